/** Rules, records and access of operators in the browser; each time as the controller has it afterwards. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually, type Product } from '../site/product.js';
import { changeElsewhere } from './elsewhere.js';
import { claimFor } from './firstRun.js';
import { useScene } from './scene.js';
import { shown } from './shown.js';
import { livedIn } from './views.js';
import { store, wrote } from './wrote.js';

describe('ui: rules and records', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene({}, async (set) => {
    ({ product, page } = set);
    token = await claimFor(page, product);
    await livedIn(product, token);
  });

  async function send(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, body: said } = await product.api(method, `/api/v1${path}`, body, token);
    ok(status < 300, `${path}: ${status} ${JSON.stringify(said)}`);
    return said;
  }
  const get = async <T>(path: string) => (await send('GET', path)) as T;
  const items = async <T>(path: string) => (await get<{ items: readonly T[] }>(path)).items;
  const open = (path: string) => page.goto(product.url + path);
  const press = (name: string | RegExp, within: Locator | Page = page) =>
    within.getByRole('button', { name, exact: true }).click();
  const dialog = () => page.getByRole('dialog');
  const save = (within: Locator | Page = page) => store(page, 'Save', within);

  describe('zones', () => {
    it('a daily reset of some groups, exempt people, and an owner with what holds while it is away', async () => {
      await open('/zones/1');
      await page.getByLabel('Forgotten every day at').fill('03:30');
      for (const part of await page.locator('details.finer > summary').all()) await part.click();
      await page.getByRole('group', { name: 'Of these groups only' }).getByLabel('Staff').check();
      await page.getByLabel('After the daily reset people are').selectOption('outside');
      const exempt = page.getByRole('group', { name: 'Exempt people' });
      await exempt.getByRole('searchbox').fill('su');
      await press('Sue', exempt);
      await page.getByLabel('Source name of that controller').fill('demo');
      await page.getByLabel('While it cannot be reached').selectOption('deny');
      await save();
      const zone = await get<Record<string, unknown>>('/zones/1');
      deepEqual(zone['dailyReset'], { minute: 210, to: 'outside', groups: ['staff'] });
      deepEqual([zone['bypassUsers'], zone['owner'], zone['ownerLost']], [['sue'], 'demo', 'deny']);
      // And away again, all of it.
      await page.getByLabel('Source name of that controller').fill('');
      await page.getByLabel('While it cannot be reached').selectOption('last-known');
      await press('Delete Sue', exempt);
      await page.getByLabel('Forgotten every day at').fill('');
      await save();
      const after = await get<Record<string, unknown>>('/zones/1');
      deepEqual(
        ['dailyReset', 'bypassUsers', 'owner', 'ownerLost'].filter((name) => name in after),
        [],
      );
    });

    it('an exempt person passes twice and is not refused', async () => {
      await changeElsewhere(product, '/zones/1', { bypassUsers: ['sue'] }, token);
      for (let n = 0; n < 2; n += 1) await product.present('lobby-in', 4824);
      const passed = await eventually(product.events, (events) =>
        events.some(({ kind, user }) => kind === 'passback-exempt' && user === 'sue'),
      );
      equal(passed.filter(({ kind, user }) => kind === 'access-denied' && user === 'sue').length, 0);
      await changeElsewhere(product, '/zones/1', { bypassUsers: null }, token);
    });

    it('a muster is begun and ended, and the alarm of a violation too', async () => {
      await open('/zones/1');
      await press('Begin a muster');
      await store(page, 'Begin a muster', dialog());
      await page.getByText(/^A muster has begun at \d/).waitFor();
      const call = () => get<{ inside: number; musterSince?: string }>('/zones/1/roll-call?limit=1');
      ok((await call()).musterSince !== undefined);
      await store(page, 'End the muster');
      await page.getByText(/^A muster has begun at/).waitFor({ state: 'detached' });
      equal((await call()).musterSince, undefined);
      await store(page, 'End the alarm');
      await page.getByRole('button', { name: 'End the alarm' }).waitFor({ state: 'detached' });
      const [zone] = (await get<{ zones: { alarmed: boolean }[] }>('/status')).zones;
      equal(zone?.alarmed, false);
    });

    it('the roll call is printed: a head, everybody inside, a box to tick, and no buttons', async () => {
      await open('/zones/1');
      await page.getByRole('row', { name: /Ann/ }).waitFor();
      await page.evaluate('print = () => { globalThis.printed = true; }');
      await press('Print roll call');
      await eventually(() => page.evaluate('globalThis.printed'), Boolean);
      // Paper is light, whatever the screen is.
      const surface = () =>
        page.evaluate<string>("getComputedStyle(document.documentElement).getPropertyValue('--surface')");
      await page.evaluate("document.documentElement.dataset.theme = 'dark'");
      equal(await surface(), '#161d27');
      await page.emulateMedia({ media: 'print' });
      equal(await surface(), '#ffffff');
      await page.getByText(/^Roll call of hq, Demo site, /).waitFor();
      const inside = await items<{ user: string }>('/zones/1/records?side=entry');
      ok(inside.length > 1);
      const boxes = page.locator('.rollcall tbody .box');
      equal(await boxes.count(), inside.length);
      for (const box of await boxes.all()) ok(await box.isVisible());
      for (const name of ['Forgive', 'Print roll call', 'Lockdown'])
        equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
      equal(await page.getByRole('navigation').count(), 0);
      const names = await page.locator('.rollcall tbody th').allTextContents();
      deepEqual(names, [...names].sort(), 'by name');
      mkdirSync('screenshots', { recursive: true });
      const paper = await page.pdf({ path: join('screenshots', 'roll-call.pdf'), format: 'A4' });
      // One sheet holds them, so nothing is hidden that still takes room.
      equal(paper.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1);
      await page.emulateMedia({ media: 'screen' });
      const download = page.waitForEvent('download');
      await press('CSV', page.getByRole('region', { name: 'Who is inside' }));
      const csv = readFileSync(await (await download).path(), 'utf8');
      for (const { user } of inside) ok(csv.includes(user), csv);
    });
  });

  describe('the log', () => {
    it('filters narrow it, and what is exported is what is shown', async () => {
      await open('/log');
      await page.getByLabel('Door', { exact: true }).selectOption('lobby');
      await page.getByLabel('What').selectOption('access-denied');
      await page.getByLabel('Reason').selectOption('passback');
      await page.getByLabel('Person').fill('Ann');
      await page.waitForURL(/user=ann/);
      match(page.url(), /door=lobby/);
      const wanted = await items<{ seq: number; hash: string }>(
        '/events?user=ann&door=lobby&kind=access-denied&reason=passback',
      );
      equal(wanted.length, 1);
      const rows = page.getByRole('option', { name: /Ann, denied at Lobby entry/ });
      await eventually(
        () => rows.count(),
        (count) => count === wanted.length,
      );
      equal(await page.locator('.log-row').count(), wanted.length);
      const download = page.waitForEvent('download');
      await press('Export CSV');
      const file = await download;
      equal(file.suggestedFilename(), 'sallyport-log.csv');
      const [head, ...lines] = readFileSync(await file.path(), 'utf8')
        .trim()
        .split('\r\n');
      match(head ?? '', /^seq,at,kind,user,/);
      equal(lines.length, wanted.length);
      equal(lines[0]?.split(',')[0], String(wanted[0]?.seq));
      ok(lines[0]?.endsWith(wanted[0]?.hash ?? 'no hash'));
      await press('Clear filters');
      await page.waitForURL(`${product.url}/log`);
      await eventually(
        () => page.locator('.log-row').count(),
        (count) => count > 10,
      );
    });

    it('the charts count what the controller counts', async () => {
      await open('/log?charts=1');
      const total = async (panel: string, kind: string) => {
        const region = page.getByRole('region', { name: panel });
        await region.getByText('As a table').click();
        const { body } = await product.api('GET', `/api/v1/events?kind=${kind}&limit=1000`, undefined, token);
        const wanted = (body as { items: unknown[] }).items.length;
        ok(wanted > 0);
        const column = 1 + (await region.locator('thead th').allInnerTexts()).indexOf(kinds[kind] ?? '');
        const cells = () => region.locator(`tbody tr > :nth-child(${column})`).allInnerTexts();
        const sum = (texts: readonly string[]) => texts.reduce((all, text) => all + Number(text), 0);
        await eventually(cells, (texts) => sum(texts) === wanted);
        await region.getByText('As a table').click();
      };
      const kinds: Readonly<Record<string, string>> = {
        'access-granted': 'Granted',
        'access-denied': 'Denied',
        'passback-violation': 'Passback violation',
      };
      await total('Last 24 hours, by the hour', 'access-granted');
      await total('Last 24 hours, by the hour', 'access-denied');
      await total('Passback violations, last 30 days', 'passback-violation');
    });

    it('is live in sight of the newest row, and stands still further down', async () => {
      await open('/log');
      const top = page.locator('.log-row').first();
      await shown(top.locator('time'));
      await product.present('lobby-in', 4_998);
      await shown(page.locator('#log-0').getByText(/4998.* nobody has this card/));
      await page.getByRole('listbox').press('End');
      const last = page.locator('.log-row[data-seq="1"] time');
      await shown(last);
      await product.present('lobby-in', 4_997);
      const newer = page.getByRole('button', { name: /^\d+ newer$/ });
      await shown(newer);
      ok(await last.isVisible());
      await newer.click();
      await page.getByRole('listbox').press('Home');
      await shown(page.locator('#log-0').getByText(/4997.* nobody has this card/));
    });

    it('a span of time shows what happened in it', async () => {
      await open('/log?from=2020-01-01T00:00&to=2020-01-02T00:00');
      await page.getByText('Nothing in the log fits.').waitFor();
      await page.getByLabel('To').fill('');
      await page.locator('.log-row time').first().waitFor();
    });
  });

  it('storage and clock are told as the controller knows them', async () => {
    await open('/');
    const { clock, storage } = await get<{ clock: { trust: string }; storage: string }>('/status');
    const trusts: Readonly<Record<string, string>> = {
      ...{ rtc: 'trusted', ntp: 'synchronised' },
      ...{ saved: 'not synchronised', unset: 'not set' },
    };
    equal(storage, 'ok');
    await page.getByText('Storage: writing').waitFor();
    await page.getByText(`Clock: ${trusts[clock.trust]}`, { exact: true }).waitFor();
  });

  describe('people', () => {
    it('a validity is given in the time of the site and taken away, groups are chosen, somebody is disabled', async () => {
      await open('/people/bob');
      await page.getByLabel('Valid until').fill('2031-07-01T18:00');
      await page.getByRole('group', { name: 'Access rights beside' }).getByLabel('All doors').check();
      await page.getByLabel('May use credentials').uncheck();
      await save();
      const bob = await get<Record<string, unknown>>('/users/bob');
      // The site is in Berlin, two hours ahead in summer.
      deepEqual(
        [bob['validUntilMs'], bob['accessRights'], bob['enabled']],
        [Date.UTC(2031, 6, 1, 16), ['all-doors'], false],
      );
      await page.getByLabel('Valid until').fill('');
      await page.getByLabel('May use credentials').check();
      await save();
      const after = await get<Record<string, unknown>>('/users/bob');
      deepEqual([after['validUntilMs'], after['enabled']], [undefined, true]);
    });

    it('a card reported stolen opens nothing and raises an alarm', async () => {
      await open('/people/bob');
      await wrote(page, () => page.getByLabel(/^State of/).selectOption('stolen'));
      await product.present('garage-in', 4823);
      const tried = await eventually(product.events, (events) =>
        events.some(({ kind, user }) => kind === 'missing-credential' && user === 'bob'),
      );
      equal(
        tried.filter(({ kind, user }) => kind === 'access-denied' && user === 'bob').at(-1)?.reason,
        'credential-disabled',
      );
      await open('/');
      await page
        .getByRole('region', { name: 'Needs attention' })
        .getByText(/^bob at Garage entry: a lost or stolen/i)
        .waitFor();
    });

    it('a card is added by what is printed on it, in either notation', async () => {
      const opens = async (number: number) => {
        await product.present('garage-in', number);
        await eventually(product.events, (events) =>
          events.some(
            ({ user, reader, credential }) =>
              user === 'bob' && reader === 'garage-in' && credential?.label.endsWith(String(number)) === true,
          ),
        );
      };
      await open('/people/bob');
      await press('Add card or code');
      await dialog().getByLabel('Facility').fill('025');
      await dialog().getByLabel('Card number').fill('04779');
      await save(dialog());
      await opens(4_779);
      await press('Add card or code');
      await dialog().getByLabel('Kind').selectOption('notation');
      await dialog().getByLabel('Card, as an Akuvox device shows it').fill('02504781');
      await save(dialog());
      await opens(4_781);
    });

    it('a card is added by being shown, with nothing typed', async () => {
      await open('/people/bob');
      await press('Add card or code');
      await press('Watch for a card', dialog());
      await dialog().getByRole('button', { name: 'Show the card at a reader' }).waitFor();
      await product.present('garage-in', 4_777);
      await dialog()
        .getByText(/is given to this person/)
        .waitFor();
      await save(dialog());
      await product.present('garage-out', 4_777);
      await eventually(product.events, (events) =>
        events.some(
          ({ kind, user, credential }) =>
            kind === 'access-granted' && user === 'bob' && credential?.label.endsWith('4777') === true,
        ),
      );
    });
  });
});
