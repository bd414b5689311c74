/** Every view at phone and desktop size, light and dark, into `screenshots/` (ignored by git): npm run screenshots. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dropDataDir, newDataDir, startProduct } from '../site/product.js';
import { chromiumPath, launch } from './browser.js';
import { claimInBrowser, tokenOf } from './firstRun.js';
import { livedIn, views } from './views.js';

const folder = 'screenshots';
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 860 } } as const;

async function main(): Promise<void> {
  if (chromiumPath === undefined) throw new Error('no chromium here: apt install chromium, or set CHROMIUM');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const dataDir = newDataDir();
  const [product, browser] = await Promise.all([startProduct(dataDir), launch()]);
  try {
    const page = await browser.newPage();
    await page.goto(product.url);
    await page.getByLabel('Claim code').waitFor();
    await page.screenshot({ path: join(folder, 'first-run.png') });
    await claimInBrowser(page, product);
    await livedIn(product, await tokenOf(product));
    for (const view of views) {
      await page.goto(product.url + view.path);
      await page.locator(view.ready).first().waitFor();
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const path = join(folder, `${view.name}-${size}-${colorScheme}.png`);
          await page.screenshot({ path, animations: 'disabled' });
        }
      }
    }
  } finally {
    await browser.close();
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  }
}

await main();
