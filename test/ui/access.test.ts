/**
 * Every view, every dialog and what opens within them, for everybody: no serious and no critical violation of axe in
 * light and dark, on a phone and a desktop; nothing beside the screen; no error, no inline code, no other host; dialogs
 * by keyboard alone. Each leaves its pictures in `screenshots/`.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { eventually, type Product } from '../site/product.js';
import { watchPage } from './browser.js';
import { claimInBrowser, operator, tokenOf } from './firstRun.js';
import { giveUp, type Refusing } from './givenUp.js';
import { besideTheScreen, look, looked } from './looks.js';
import { dialogs, parts } from './openings.js';
import { useScene } from './scene.js';
import { livedIn, views } from './views.js';

describe('ui: every view and dialog for everybody', function () {
  this.timeout(60_000);
  let page: Page;
  let product: Product;
  let token: string;
  let faults: readonly string[];
  let refusing: Refusing | undefined;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    faults = watchPage(page, product.url);
    rmSync('screenshots', { recursive: true, force: true });
  });
  after(async () => {
    await refusing?.close();
    process.stdout.write(`    (${looked()})\n`);
  });

  it('a wrong claim code is told at its field', async () => {
    await page.goto(product.url);
    await page.getByLabel('Claim code').fill('AAAA-BBBB-CCCC-DDDD');
    await page.getByLabel('Your login name').fill(operator.name);
    await page.getByLabel('Password').fill(operator.password);
    await page.keyboard.press('Enter');
    const field = page.locator('.field.wrong', { hasText: 'Claim code' });
    await field.getByText('is not the claim code of this unit').waitFor();
    ok(await hasFocus(page.getByLabel('Claim code')));
    await look(page, 'first-run-refused');
  });

  it('the first run, then a site that is lived in', async () => {
    await claimInBrowser(page, product, (step) => look(page, `first-run-${step}`));
    token = await tokenOf(product);
    refusing = await giveUp(product, token);
    const passphrase = { passphrase: 'correct horse battery' };
    await product.api('PUT', '/api/v1/backup-passphrase', passphrase, token, '*');
    equal((await product.api('POST', '/api/v1/backups', undefined, token)).status, 201);
    await livedIn(product, token);
  });

  for (const { name, path, ready } of views) {
    it(name, async () => {
      await page.goto(product.url + path);
      await page.locator(ready).first().waitFor();
      await look(page, name);
      const headings = await page.locator('h1').count();
      ok(headings === 1 || path.includes('?'), 'one main heading');
      deepEqual(faults, []);
    });
  }

  for (const { name, path, by, key, ready } of dialogs) {
    it(`${name}: opened, answered and left by keyboard`, async () => {
      // A dialog that was left has changed nothing: the next of the same view opens over it as it stands.
      if (page.url() !== product.url + path) await page.goto(product.url + path);
      const opener = by(page);
      if (ready !== undefined) await page.locator(ready).first().waitFor({ state: 'attached' });
      await opener.press(key ?? 'Enter');
      await page.getByRole('dialog').waitFor();
      await eventually(() => hasFocus(page.locator('dialog[open]')), Boolean);
      await look(page, name, 'dialog');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await eventually(() => hasFocus(opener), Boolean);
      deepEqual(faults, []);
    });
  }

  for (const { name, path, within, open } of parts) {
    it(`${name}: opened by keyboard`, async () => {
      await page.goto(product.url + path);
      await open(page);
      await look(page, name, within ?? 'page');
      deepEqual(faults, []);
    });
  }

  it('in German, whose words are longer, nothing stands beside a phone either', async () => {
    const german = await page.context().newPage();
    await german.setViewportSize({ width: 360, height: 780 });
    await german.goto(product.url);
    await german.evaluate("localStorage.setItem('sallyport-language', 'de')");
    const wide: string[] = [];
    for (const { name, path, ready } of views) {
      await german.goto(product.url + path);
      await german.locator(ready).first().waitFor();
      wide.push(...(await besideTheScreen(german)).map((fault) => `${name}: ${fault}`));
    }
    equal(await german.locator('html').getAttribute('lang'), 'de');
    await german.evaluate("localStorage.removeItem('sallyport-language')");
    await german.close();
    deepEqual(wide, []);
  });

  it('a session that ended is asked for in place and cannot be escaped; the focus is back after it', async () => {
    await page.goto(`${product.url}/people`);
    await page.locator('.person').first().waitFor();
    await page.context().clearCookies();
    const sections = page.getByRole('navigation', { name: 'Sections' });
    const opener = sections.getByRole('link', { name: 'Doors' });
    await opener.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await look(page, 'login-again', 'dialog');
    // A browser lets a page keep a dialog open once; the second time it closes it by itself.
    for (let n = 0; n < 3; n += 1) await page.keyboard.press('Escape');
    await dialog.getByLabel('Password').fill(operator.password);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('main').getByRole('link', { name: 'Lobby' }).waitFor();
    await eventually(() => hasFocus(opener), Boolean);
    deepEqual(faults, []);
  });

  it('logging in', async () => {
    await page.goto(product.url);
    await page.getByRole('button', { name: 'Log out' }).press('Enter');
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await look(page, 'login');
    deepEqual(faults, []);
  });
});

/** Has it the focus, itself or something in it? */
function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((one: { matches(selector: string): boolean }) => one.matches(':focus-within'));
}
