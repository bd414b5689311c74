/** A product and a page for one suite: started before it, ended after it; skipped where there is no browser. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { dropDataDir, newDataDir, type Product, startProduct } from '../site/product.js';
import { browserOfAll, endBrowserOfAll, needsBrowser } from './browser.js';

// Beside all suites: after the last of them.
after(endBrowserOfAll);

export interface Scene {
  readonly product: Product;
  readonly browser: Browser;
  /** A page of its own context; not yet anywhere. */
  readonly page: Page;
}

/** Registers the suite's hooks; what it returns may be called within its tests. */
export function useScene(
  options: BrowserContextOptions = {},
  ready?: (scene: Scene) => Promise<void>,
  start: (dataDir: string) => Promise<Product> = startProduct,
): () => Scene {
  let scene: Scene | undefined;
  let dataDir: string | undefined;

  before(async function () {
    needsBrowser(this);
    dataDir = newDataDir();
    const [product, browser] = await Promise.all([start(dataDir), browserOfAll()]);
    const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
    scene = { product, browser, page };
    await ready?.(scene);
  });

  after(async () => {
    await scene?.page.context().close();
    await scene?.product.kill('SIGKILL');
    if (dataDir !== undefined) dropDataDir(dataDir);
  });

  return () => {
    if (scene === undefined) throw new Error('the scene is not set yet');
    return scene;
  };
}
