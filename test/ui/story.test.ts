/** The first ten minutes in a real browser against the real product: from the claim code to the forgiven passback. */
import { deepEqual, equal } from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { dropDataDir, newDataDir, type Product, startProduct } from '../site/product.js';
import { launch, needsBrowser, watchPage } from './browser.js';
import { claimInBrowser, logIn } from './firstRun.js';

describe('ui: the first ten minutes', function () {
  this.timeout(60_000);
  let browser: Browser;
  let product: Product;
  let dataDir: string;

  before(async function () {
    needsBrowser(this);
    dataDir = newDataDir();
    [product, browser] = await Promise.all([startProduct(dataDir), launch()]);
  });

  after(async () => {
    await browser?.close();
    await product?.kill('SIGKILL');
    if (dataDir !== undefined) dropDataDir(dataDir);
  });

  it('claims, names, meets an unknown card, adds its user, is let in, is passed back, is forgiven', async () => {
    const page = await (await browser.newContext()).newPage();
    const faults = watchPage(page, product.url);
    await claimInBrowser(page, product);
    await showUnknownCard(page);
    await addItsUser(page);
    await page.getByRole('link', { name: 'Now' }).click();
    await chooseCard(page, 'Mia');
    await present(page, 'Lobby entry');
    await page.getByText('Mia, let in at Lobby entry').waitFor();
    await page.locator('[data-door=lobby][data-lock=unlocked]').waitFor();
    await present(page, 'Lobby entry');
    await page.getByText(/Mia, denied at Lobby entry: already inside since \d\d:\d\d/).waitFor();
    await page.getByRole('button', { name: 'Forgive' }).click();
    await page.getByText('Mia may pass in either direction again.').waitFor();
    await present(page, 'Lobby entry');
    await page.getByText('Mia, let in at Lobby entry').nth(1).waitFor();
    deepEqual(faults, []);
  });

  it('shows one swipe in two browsers at once', async () => {
    const pages = await Promise.all(
      [0, 1].map(async () => {
        const page = await (await browser.newContext()).newPage();
        await logIn(page, product);
        await page.locator('.door-card').first().waitFor();
        return page;
      }),
    );
    const before = await product.events();
    await product.present('garage-in', 4823);
    await Promise.all(pages.map((page) => page.getByText('Bob, let in at Garage entry').waitFor()));
    equal(before.filter(({ user }) => user === 'bob').length, 2);
  });
});

async function showUnknownCard(page: Page): Promise<void> {
  await chooseCard(page, 'An unknown card');
  await present(page, 'Lobby entry');
  await page.getByText(/denied at Lobby entry: nobody has this card/).waitFor();
}

async function chooseCard(page: Page, name: string): Promise<void> {
  const select = page.getByLabel('Card in your hand');
  const option = select.locator('option', { hasText: name }).first();
  await option.waitFor({ state: 'attached' });
  await select.selectOption((await option.getAttribute('value')) ?? '');
}

function present(page: Page, reader: string): Promise<void> {
  return page.getByRole('button', { name: `Present at ${reader}` }).click();
}

async function addItsUser(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Mia');
  await dialog.getByLabel('Facility').fill('25');
  await dialog.getByLabel('Card number').fill('4999');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Mia' }).waitFor();
}
