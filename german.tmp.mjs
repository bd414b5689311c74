import { mkdirSync } from 'node:fs';
import { launch } from './dist/test/ui/browser.js';
import { claimInBrowser, tokenOf } from './dist/test/ui/firstRun.js';
import { livedIn, views } from './dist/test/ui/views.js';
import { newDataDir, dropDataDir, startProduct } from './dist/test/site/product.js';
const out = process.argv[2]; mkdirSync(out, { recursive: true });
const only = process.argv.slice(3);
const dir = newDataDir();
const product = await startProduct(dir);
const browser = await launch();
try {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', locale: 'de-DE' })).newPage();
  await page.goto(product.url);
  await page.evaluate("localStorage.setItem('sallyport-language', 'en')");
  await claimInBrowser(page, product);
  const token = await tokenOf(product);
  await livedIn(product, token);
  await page.evaluate("localStorage.setItem('sallyport-language', 'de')");
  for (const { name, path, ready } of views) {
    if (only.length > 0 && !only.includes(name)) continue;
    for (const [size, viewport] of Object.entries({ phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 860 } })) {
      await page.setViewportSize(viewport);
      await page.goto(product.url + path);
      await page.locator(ready).first().waitFor();
      await page.screenshot({ path: `${out}/${name}-${size}.png`, fullPage: !ready.includes('dialog'), animations: 'disabled' });
    }
  }
} finally { await browser.close(); await product.kill('SIGKILL'); dropDataDir(dir); }
