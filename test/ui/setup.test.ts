/** Setting up by mouse and by keyboard alone, in either language. */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Product } from '../site/product.js';
import { claimFor } from './firstRun.js';
import { useScene } from './scene.js';
import { livedIn } from './views.js';

describe('ui: setting up', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    token = await claimFor(page, product);
    await livedIn(product, token);
  });

  const saturday = async () => {
    const { body } = await product.api('GET', '/api/v1/schedules/office', undefined, token);
    return (body as { readonly week: readonly unknown[] }).week[5];
  };

  async function saved(): Promise<void> {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').last().waitFor();
  }

  it('a week is painted with the mouse', async () => {
    await page.goto(`${product.url}/doors?tab=schedules`);
    const from = await page.locator('[data-day="5"][data-slot="20"]').boundingBox();
    const to = await page.locator('[data-day="5"][data-slot="27"]').boundingBox();
    if (from === null || to === null) throw new Error('no slots');
    await page.mouse.move(from.x + 3, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 3, to.y + 5, { steps: 12 });
    await page.mouse.up();
    await saved();
    deepEqual(await saturday(), [{ fromMinute: 600, toMinute: 840 }]);
  });

  it('and by keyboard', async () => {
    await page.goto(`${product.url}/doors?tab=schedules`);
    await page.locator('.slot[tabindex="0"]').focus();
    // From Monday 08:00, which is on, down to Saturday, and an hour rubbed out from 10:00.
    for (let n = 0; n < 5; n += 1) await page.keyboard.press('ArrowDown');
    for (let n = 0; n < 4; n += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    await saved();
    deepEqual(await saturday(), [{ fromMinute: 660, toMinute: 840 }]);
  });

  it('a zone is changed, and tells who is inside', async () => {
    await page.goto(`${product.url}/zones/1`);
    await page.getByRole('row', { name: /Ann/ }).getByRole('button', { name: 'Forgive' }).click();
    await page.getByText('Ann may pass in either direction again.').waitFor();
    await page.getByRole('row', { name: /Ann/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Forgive all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forgive all' }).click();
    await page.getByText('Nobody is recorded inside.').waitFor();
    await page
      .getByRole('group', { name: 'Exempt groups: tracked, never refused' })
      .getByLabel('Staff')
      .check();
    await page.getByLabel('A violation is').selectOption('soft');
    await page.getByLabel('At most inside').fill('5');
    await saved();
    const { body } = await product.api('GET', '/api/v1/zones/1', undefined, token);
    const { type, bypassGroups, occupancy } = body as Readonly<Record<string, unknown>>;
    deepEqual([type, bypassGroups, occupancy], ['soft', ['staff'], { max: { count: 5, severity: 'hard' } }]);
  });

  it('a long log is walked by keyboard, a row opens with its proof, filters stand in the address', async () => {
    await page.goto(`${product.url}/log?kind=access-denied`);
    await page.locator('.log-row time').first().waitFor();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('verified: follows from the row before').waitFor();
    match(page.url(), /kind=access-denied&row=\d+$/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('another language loses nothing that is half written', async () => {
    await page.goto(`${product.url}/people/sue`);
    await page.getByLabel('Name', { exact: true }).fill('Half a name');
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('region', { name: 'Karten und Codes' }).waitFor();
    equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Half a name');
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByRole('region', { name: 'Cards and codes' }).waitFor();
    equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Half a name');
    await page.getByLabel('Name', { exact: true }).fill('Sue');
  });

  it('speaks German at once, and still after a reload', async () => {
    await page.goto(product.url);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Jetzt' }).waitFor();
    await page.reload();
    await page
      .getByText(/abgewiesen an Lobby entry/)
      .first()
      .waitFor();
    equal(await page.locator('html').getAttribute('lang'), 'de');
  });
});
