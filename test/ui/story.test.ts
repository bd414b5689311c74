/** The first ten minutes in a real browser against the real product: from the claim code to the forgiven passback. */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Product, shell } from '../site/product.js';
import { watchPage } from './browser.js';
import { claimInBrowser, logIn } from './firstRun.js';
import { useScene } from './scene.js';
import { shown } from './shown.js';

describe('ui: the first ten minutes', function () {
  this.timeout(60_000);
  const scene = useScene();

  it('claims, names, meets an unknown card, adds its user, is passed back, is forgiven, opens by a line, backs up', async () => {
    const { page, product } = scene();
    const faults = watchPage(page, product.url);
    await claimInBrowser(page, product, (step) => answerOwnWay(page, step));
    deepEqual(await doorNames(product), ['Lobby', 'Tiefgarage']);
    await showUnknownCard(page);
    await addItsUser(page);
    await page.getByRole('link', { name: 'Now' }).click();
    await chooseCard(page, 'Mia');
    await present(page, 'Lobby entry');
    await shown(page.getByText('Mia, let in at Lobby entry'));
    await shown(page.locator('[data-door=lobby][data-lock=unlocked]'));
    await present(page, 'Lobby entry');
    await shown(page.getByText(/Mia, denied at Lobby entry: already inside since \d\d:\d\d/));
    await page.getByRole('button', { name: 'Forgive' }).click();
    await shown(page.getByText('Mia may pass in either direction again.'));
    await present(page, 'Lobby entry');
    await shown(page.getByText('Mia, let in at Lobby entry').nth(1));
    await openByCopiedLine(page, product);
    await backUp(page, product.url);
    deepEqual(faults, []);
  });

  it('shows one swipe in two browsers at once', async () => {
    const { browser, product } = scene();
    const pages = await Promise.all(
      [0, 1].map(async () => {
        const page = await (await browser.newContext()).newPage();
        await logIn(page, product);
        await shown(page.locator('.door-card').first());
        return page;
      }),
    );
    const before = await product.events();
    await product.present('garage-in', 4823);
    await Promise.all(pages.map((page) => page.getByText('Bob, let in at Garage entry').waitFor()));
    equal(before.filter(({ user }) => user === 'bob').length, 2);
  });
});

/** Another language and back, and a door by the name people use. */
async function answerOwnWay(page: Page, step: string): Promise<void> {
  if (step === 'doors') await page.getByLabel('Door 2').fill('Tiefgarage');
  if (step !== 'place') return;
  await page.getByLabel('Language').selectOption('de');
  await shown(page.getByText('Zeitzone der Anlage'));
  await page.getByLabel('Sprache').selectOption('en');
}

async function doorNames(product: Product): Promise<readonly string[]> {
  const { body } = await product.api('GET', '/api/v1/site');
  return (body as { readonly doors: readonly { readonly name: string }[] }).doors.map(({ name }) => name);
}

async function showUnknownCard(page: Page): Promise<void> {
  await chooseCard(page, 'An unknown card');
  await present(page, 'Lobby entry');
  await shown(page.getByText(/denied at Lobby entry: nobody has this card/));
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
  // The card that was shown is given as it is: no number is typed.
  await dialog.getByText('is given to this person').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shown(page.getByRole('heading', { name: 'Mia' }));
}

/** The line of the OpenDoor tab as it is copied, with the password that the start printed in its place. */
async function openByCopiedLine(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/settings?tab=sources`);
  const line = await page.getByRole('textbox', { name: 'curl' }).inputValue();
  const password = /-u demo:(\S+)/.exec(product.curl)?.[1] ?? '';
  const { retcode } = JSON.parse(await shell(line.replace('PASSWORD', password)));
  equal(retcode, 0);
}

async function backUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/settings?tab=backups`);
  await page.locator('input[name=passphrase]').fill('correct horse battery');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByRole('button', { name: 'Back up now' }).click();
  const row = page.locator('.card-row').first();
  await row.waitFor();
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: /^Download/ }).click();
  match((await download).suggestedFilename(), /^sallyport-\d{8}T\d{6}Z\.backup$/);
}
