/** The largest directory one controller keeps: found as one types, and never more of it in the page than is looked at. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { cardOf, makeDataDir } from '../bench/fixture.js';
import { dropDataDir, eventually, type Product, startProduct } from '../site/product.js';
import { claimFor } from './firstRun.js';
import { useScene } from './scene.js';

const users = 240_000;
/** Each of them is inside, by a row of the log. */
const inside = 3_000;

describe('ui: 240,000 people', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  let filled: string | undefined;
  useScene(
    {},
    async (scene) => {
      ({ product, page } = scene);
      token = await claimFor(page, product);
    },
    () => {
      filled = makeDataDir({ users, events: inside });
      return startProduct(filled);
    },
  );
  after(() => filled === undefined || dropDataDir(filled));

  const people = () => page.locator('.person-name b').allInnerTexts();
  const search = () => page.getByLabel('Search by name');
  const found = async (text: string) => {
    const path = `/api/v1/users?limit=60&text=${encodeURIComponent(text)}`;
    const { body } = await product.api('GET', path, undefined, token);
    return (body as { items: { name: string }[] }).items.map(({ name }) => name);
  };

  it('are searched as one types, each letter in the address, and the newest question wins', async () => {
    await page.goto(`${product.url}/people`);
    await page.getByText('60 shown').waitFor();
    await search().pressSequentially('user 23999');
    const wanted = await found('user 23999');
    equal(wanted.length, 11);
    await eventually(people, (names) => names.length === wanted.length);
    deepEqual(await people(), wanted);
    ok(page.url().endsWith('?q=user+23999'), page.url());
    await search().press('Backspace');
    const wider = await found('user 2399');
    await eventually(people, (names) => names.length === wider.length && names[0] === wider[0]);
    await search().fill('nobody at all');
    await page.getByText('Nobody has a name that begins so.').waitFor();
  });

  it('are read on page by page', async () => {
    await page.goto(`${product.url}/people?q=user`);
    await page.getByText('60 shown').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('120 shown').waitFor();
    const names = await people();
    equal(new Set(names).size, 120);
  });

  it('one of them is found by the card in the hand', async () => {
    await page.goto(`${product.url}/people`);
    await page.getByRole('button', { name: 'Find a card' }).click();
    const { facility, number } = cardOf(users - 1);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Card number').fill(`${facility}/${number}`);
    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByRole('link', { name: `User ${users - 1}` }).waitFor();
  });

  it('a thousand of those inside are listed, and all are counted', async () => {
    await page.goto(`${product.url}/zones/1`);
    const list = page.getByRole('region', { name: 'Who is inside' });
    await list.getByText('3,000 people').waitFor();
    await list.getByText('The first thousand are shown.').waitFor();
    const rows = list.locator('tbody tr');
    equal(await rows.count(), 1_000);
    // On paper nobody may be missing.
    await page.evaluate('print = () => { globalThis.printed = true; }');
    await list.getByRole('button', { name: 'Print roll call' }).click();
    await eventually(() => page.evaluate('globalThis.printed'), Boolean);
    equal(await rows.count(), inside);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await eventually(
      () => rows.count(),
      (count) => count === 1_000,
    );
  });

  it('a long log is walked to its end with the rows in sight and few more', async () => {
    await page.goto(`${product.url}/log`);
    await page.locator('.log-row time').first().waitFor();
    await page.getByRole('listbox').press('End');
    await page.locator('.log-row[data-seq="1"] time').waitFor();
    ok((await page.locator('.log-row').count()) < 100);
  });
});
