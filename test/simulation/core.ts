/**
 * The one seam through which the simulation reaches the core: the built one beside it, or the one in the
 * folder named by CORE_DIR (a mutant).
 */
import { pathToFileURL } from 'node:url';

type Controller = typeof import('../../src/core/controller.js');
type Restore = typeof import('../../src/core/restore.js');
type SiteModule = typeof import('../../src/core/site.js');

const folder = process.env['CORE_DIR'];
const base = folder === undefined ? new URL('../../src/core/', import.meta.url) : pathToFileURL(`${folder}/`);

async function load(file: string): Promise<unknown> {
  return import(new URL(file, base).href);
}

const controller = (await load('controller.js')) as Controller;
const restore = (await load('restore.js')) as Restore;
const site = (await load('site.js')) as SiteModule;

export const step = controller.step;
export const nextWakeMs = controller.nextWakeMs;
export const restoreState = restore.restoreState;
export const makeSite = site.makeSite;
export const defaultDoor = site.defaultDoor;
