/** `sallyport restore`: puts a backup into a data folder that no controller runs on, a fresh one or an old one. */
import { accessSync, constants, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { outsideFolder } from '../storage/backupContents.js';
import { putInPlace, stageRestore } from '../storage/restore.js';

export interface RestoreOptions {
  readonly file: string;
  readonly dataDir: string;
  /** Where the site file goes; absent = it is left in the data folder. */
  readonly site?: string;
  readonly passphrase: string;
  readonly wallMs: number;
}

/** Says what it did. Rejects, with the old state as it was, when the backup is not whole or the folder is in use. */
export async function restore({ file, dataDir, site, passphrase, wallMs }: RestoreOptions): Promise<string> {
  // Before anything is done: what cannot be finished is not begun.
  if (site !== undefined) accessSync(dirname(site), constants.W_OK);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const at = { monoMs: 0, wallMs, trust: 'unset' } as const;
  const by = { kind: 'system' } as const;
  const { madeAt, head, outside } = await stageRestore({ dataDir, file: resolve(file), passphrase, by, at });
  const stamp = new Date(wallMs).toISOString().replace(/\D/g, '').slice(0, 14);
  const placed = putInPlace(dataDir, stamp);
  const kept = placed?.kept === undefined ? '' : ` What was there before is kept as ${placed.kept}.`;
  const done = `Restored the backup of ${madeAt}: the log is whole to row ${head.seq}:${head.hash}.${kept}`;
  return [done, ...outside.map((name) => placedOutside({ name, dataDir, site, stamp }))].join('\n');
}

/** Copies the site file where it was told to, and says of each file where it is and what to do with it. */
function placedOutside(of: {
  readonly name: string;
  readonly dataDir: string;
  readonly site: string | undefined;
  readonly stamp: string;
}): string {
  const { name, dataDir, site, stamp } = of;
  const from = join(dataDir, outsideFolder, name);
  if (name !== 'site.yaml') return `${from}: put it where the site file names it.`;
  if (site === undefined)
    return `${from} is the site file of the old controller: run with it (or restore with --site).`;
  if (existsSync(site)) copyFileSync(site, `${site}.${stamp}.before-restore`);
  copyFileSync(from, site);
  return `The site file is ${site}.`;
}
