/** A backup brought back in the browser: proved, in place, started again, and the page follows by itself. */
import { equal } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { administrator, freePort, type Product, startSite } from '../site/product.js';
import { logIn } from './firstRun.js';
import { largeSite } from './largeSite.js';
import { useScene } from './scene.js';

const passphrase = 'correct horse battery';

describe('ui: restoring', function () {
  this.timeout(90_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene(
    {},
    async (scene) => {
      ({ product, page } = scene);
      ({ token } = product);
      await product.api('POST', '/api/v1/users', { id: 'ann', name: 'Ann' });
      await logIn(page, product, '/', administrator);
    },
    // It starts again at the same address, where the page waits for it.
    async (dataDir) => startSite(dataDir, largeSite(), await freePort()),
  );

  async function open(): Promise<void> {
    await page.goto(`${product.url}/settings?tab=backups`);
    await page.getByRole('button', { name: 'Restore' }).click();
  }

  it('a wrong passphrase changes nothing and says so', async () => {
    await product.api('PUT', '/api/v1/backup-passphrase', { passphrase }, token, '*');
    equal((await product.api('POST', '/api/v1/backups', undefined, token)).status, 201);
    await open();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill('not this one at all');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByRole('alert').getByText('Nothing was changed').waitFor();
    equal(await dialog.getByLabel('Passphrase').inputValue(), 'not this one at all');
  });

  it('what was changed since is as it was; progress is shown, and the page comes back by itself', async () => {
    await product.api('POST', '/api/v1/users', { id: 'late', name: 'Late Guest' }, token);
    await open();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill(passphrase);
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByRole('progressbar').waitFor();
    await page.waitForURL(`${product.url}/`);
    const enter = page.getByRole('button', { name: 'Log in' });
    await enter.or(page.locator('.door-card')).first().waitFor();
    if (await enter.isVisible()) await logIn(page, product, '/', administrator);
    await page.goto(`${product.url}/people`);
    await page.getByRole('link', { name: 'Ann' }).waitFor();
    equal(await page.getByRole('link', { name: 'Late Guest' }).count(), 0);
  });
});
