/** A backup brought back in the browser: proved, in place, started again, and the page follows by itself. */
import { equal } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Product } from '../site/product.js';
import { claimInBrowser, operator, tokenOf } from './firstRun.js';
import { useScene } from './scene.js';

const passphrase = 'correct horse battery';

describe('ui: restoring', function () {
  this.timeout(90_000);
  let product: Product;
  let page: Page;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    await claimInBrowser(page, product);
  });

  async function open(): Promise<void> {
    await page.goto(`${product.url}/settings?tab=backups`);
    await page.getByRole('button', { name: 'Restore' }).click();
  }

  it('a wrong passphrase changes nothing and says so', async () => {
    const token = await tokenOf(product);
    await product.api('PUT', '/api/v1/backup-passphrase', { passphrase }, token);
    equal((await product.api('POST', '/api/v1/backups', undefined, token)).status, 201);
    await open();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill('not this one at all');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByRole('alert').getByText('Nothing was changed').waitFor();
    equal(await dialog.getByLabel('Passphrase').inputValue(), 'not this one at all');
  });

  it('what was changed since is as it was; progress is shown, and the page comes back by itself', async () => {
    const token = await tokenOf(product);
    await product.api('POST', '/api/v1/users', { id: 'late', name: 'Late Guest' }, token);
    await open();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill(passphrase);
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByRole('progressbar').waitFor();
    await page.locator('.door-card, input[type=password]').first().waitFor();
    const asked = page.getByLabel('Password');
    if (await asked.isVisible()) {
      await page.getByLabel('Name', { exact: true }).fill(operator.name);
      await asked.fill(operator.password);
      await page.getByRole('button', { name: 'Log in' }).click();
    }
    await page.getByText('A backup was restored').first().waitFor();
    await page.goto(`${product.url}/people`);
    await page.getByRole('link', { name: 'Ann' }).waitFor();
    equal(await page.getByRole('link', { name: 'Late Guest' }).count(), 0);
  });
});
