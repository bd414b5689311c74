/** What a person wrote is never lost: to somebody else's change, to a failed save, to a session that ended. */
import { equal } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Product } from '../site/product.js';
import { createCuttableLine } from './cuttableLine.js';
import { changeElsewhere } from './elsewhere.js';
import { claimInBrowser, operator, tokenOf } from './firstRun.js';
import { useScene } from './scene.js';

describe('ui: editing', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    await claimInBrowser(page, product);
    token = await tokenOf(product);
  });

  const person = async (id: string) =>
    (await product.api('GET', `/api/v1/users/${id}`, undefined, token)).body as Record<string, unknown>;

  const changedElsewhere = (id: string, change: object) =>
    changeElsewhere(product, `/users/${id}`, change, token);

  async function openPerson(id: string): Promise<void> {
    await page.goto(`${product.url}/people/${id}`);
    await page.getByLabel('Name', { exact: true }).waitFor();
  }

  const name = () => page.getByLabel('Name', { exact: true });
  const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();

  it('a stale save is refused kindly, names the other change, and keeps the input', async () => {
    await openPerson('ann');
    await name().fill('Ann Smith');
    await changedElsewhere('ann', { note: 'has a new phone' });
    await save();
    const note = page.getByRole('alert');
    await note.getByText('Somebody changed this meanwhile').waitFor();
    await note.getByText('Different now: Note').waitFor();
    equal(await name().inputValue(), 'Ann Smith');
    equal((await person('ann'))['name'], 'Ann');
    await note.getByRole('button', { name: 'Save mine' }).click();
    await page.getByText('Saved.').waitFor();
    const after = await person('ann');
    // Only what was changed here was sent: the other change stands too.
    equal(`${after['name']}, ${after['note']}`, 'Ann Smith, has a new phone');
  });

  it('or theirs is taken over', async () => {
    await openPerson('bob');
    await name().fill('Bobby');
    await changedElsewhere('bob', { name: 'Robert' });
    await save();
    await page.getByRole('button', { name: 'Take over theirs' }).click();
    equal(await name().inputValue(), 'Robert');
  });

  it('a save that fails on the way says what to do and loses nothing', async () => {
    await openPerson('sue');
    await name().fill('Susan');
    await page.route('**/api/v1/users/sue', (route) => route.abort());
    await save();
    await page.getByText('The controller does not answer.').waitFor();
    equal(await name().inputValue(), 'Susan');
    await page.unroute('**/api/v1/users/sue');
    await save();
    await page.getByText('Saved.').waitFor();
    equal((await person('sue'))['name'], 'Susan');
  });

  it('a field the controller refuses is named beside it', async () => {
    await page.goto(`${product.url}/doors/lobby`);
    await page.getByLabel('Unlocked after a grant').fill('20');
    await page.getByLabel('Unlocked for people who need more time').fill('10');
    await save();
    await page.locator('.field.wrong', { hasText: 'Unlocked for people who need more time' }).waitFor();
  });

  it('a session that ended asks for the password in place and goes on', async () => {
    await openPerson('sue');
    await name().fill('Sue again');
    await page.context().clearCookies();
    // Either the save brings the login up, or the page that kept itself fresh did already and the save waits behind it.
    const saving = save();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password').fill(operator.password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await saving;
    await page.getByText('Saved.').waitFor();
    equal((await person('sue'))['name'], 'Sue again');
  });

  it('live events go on after a lost connection, without a gap', async () => {
    const line = await createCuttableLine(product.url);
    await page.goto(line.url);
    await page.locator('.line[data-state=live]').waitFor({ state: 'attached' });
    line.cut();
    await page.getByText('Connection lost, trying again').waitFor();
    await product.present('garage-in', 4823);
    line.mend();
    await page.getByText('Robert, let in at Garage entry').waitFor();
    await page.locator('.line[data-state=live]').waitFor({ state: 'attached' });
    line.close();
  });
});
