/** Rules, records and access of operators in the browser; each time as the controller has it afterwards. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { type Receiver, startReceiver } from '../outbound/receiver.js';
import { eventually, type Product } from '../site/product.js';
import { changeElsewhere } from './elsewhere.js';
import { claimInBrowser, logIn, tokenOf } from './firstRun.js';
import { type Scene, useScene } from './scene.js';
import { livedIn } from './views.js';
import { store } from './wrote.js';

describe('ui: rules and records', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  const scene: () => Scene = useScene({}, async (set) => {
    ({ product, page } = set);
    await claimInBrowser(page, product);
    token = await tokenOf(product);
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

    it('the roll call is printed: a head, everybody inside, a box to tick, and no buttons', async () => {
      await open('/zones/1');
      await page.getByRole('row', { name: /Ann/ }).waitFor();
      await page.evaluate('print = () => { globalThis.printed = true; }');
      await press('Print roll call');
      equal(await page.evaluate('globalThis.printed'), true);
      await page.emulateMedia({ media: 'print' });
      await page.getByText(/^Roll call of hq, Demo site, /).waitFor();
      const inside = await items<{ user: string }>('/zones/1/records?side=entry');
      ok(inside.length > 1);
      const boxes = page.locator('.rollcall tbody .box');
      equal(await boxes.count(), inside.length);
      for (const box of await boxes.all()) ok(await box.isVisible());
      for (const name of ['Forgive', 'Print roll call', 'Lockdown'])
        equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
      equal(await page.getByRole('navigation').count(), 0);
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

    it('a span of time shows what happened in it', async () => {
      await open('/log?from=2020-01-01T00:00&to=2020-01-02T00:00');
      await page.getByText('Nothing in the log fits.').waitFor();
      await page.getByLabel('To').fill('');
      await page.locator('.log-row time').first().waitFor();
    });
  });

  describe('operators and tokens', () => {
    it('an operator is made, logs in as what they are, is shut out, and is deleted', async () => {
      await open('/settings?tab=operators');
      await press('Add');
      const password = 'another long password';
      await dialog().getByLabel('Your login name').fill('vera');
      await dialog().getByLabel('Name', { exact: true }).fill('Vera');
      await dialog().getByLabel('Role').selectOption('viewer');
      await dialog().getByLabel('Password').fill(password);
      await save(dialog());
      equal((await get<{ role: string }>('/operators/vera')).role, 'viewer');
      const theirs = await (await scene().browser.newContext()).newPage();
      await logIn(theirs, product, '/', { name: 'vera', password });
      await theirs.locator('.door-card').first().waitFor();
      equal(await theirs.getByRole('button', { name: 'Open once' }).count(), 0);
      await theirs.context().close();
      await press('Edit vera');
      await dialog().getByLabel('May not log in').check();
      await save(dialog());
      const login = () => product.api('POST', '/api/v1/login', { name: 'vera', password }, 'none');
      equal((await login()).status, 401);
      await press('Edit vera');
      await press('Delete', dialog());
      await store(page, 'Delete', dialog().last());
      await page.getByRole('button', { name: 'Edit vera' }).waitFor({ state: 'detached' });
      equal((await product.api('GET', '/api/v1/operators/vera', undefined, token)).status, 404);
    });

    it('a token is shown once, serves until it is revoked, and not longer', async () => {
      await open('/settings?tab=tokens');
      await page.getByLabel('Name', { exact: true }).fill('Gate script');
      await page.getByLabel('Role').selectOption('viewer');
      await page.getByLabel('Days').fill('7');
      await press('Add');
      const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue();
      const asked = async () => (await product.api('GET', '/api/v1/status', undefined, secret)).status;
      equal(await asked(), 200);
      equal((await product.api('POST', '/api/v1/doors/lobby/release', undefined, secret)).status, 403);
      await page.reload();
      await page.getByText('Gate script').waitFor();
      equal(await page.getByRole('textbox', { name: 'Token' }).count(), 0);
      await press('Revoke Gate script');
      await store(page, 'Revoke', dialog());
      await page.getByText('Gate script').waitFor({ state: 'detached' });
      equal(await asked(), 401);
    });
  });

  describe('a hook', () => {
    let receiver: Receiver;
    let status = 200;
    before(async () => {
      receiver = await startReceiver((_seen, response) => response.writeHead(status).end());
    });
    after(() => receiver?.close());

    it('is made, tried with its button, and what the receiver said is told', async () => {
      await open('/settings?tab=outgoing');
      await press('Add');
      await dialog().getByLabel('Name', { exact: true }).fill('Alarm desk');
      await dialog().getByLabel('URL').fill(`http://127.0.0.1:${receiver.port}/hook`);
      await save(dialog());
      await press('Test');
      await page.getByText('The receiver took the test event.').waitFor();
      deepEqual(
        receiver.seen.map(({ method, url }) => [method, url]),
        [['POST', '/hook']],
      );
      status = 500;
      await press('Test');
      await page.getByText(/^The receiver did not take it: .*500/).waitFor();
      equal(receiver.seen.length, 2);
    });
  });

  it('the audit names who changed what, and leads to the row', async () => {
    await changeElsewhere(product, '/doors/garage', { name: 'Lower garage' }, token);
    await open('/settings?tab=audit');
    await page.getByText('olga changed the door Lower garage').first().waitFor();
    await page.getByLabel('What').selectOption('claimed');
    await page.getByText('olga claimed this unit').waitFor();
    const [claimed] = await items<{ seq: number }>('/events?kind=claimed');
    await page.getByRole('main').locator('.when').click();
    await page.waitForURL(`${product.url}/log?row=${claimed?.seq}`);
    await dialog().getByText('verified: follows from the row before').waitFor();
  });

  describe('somebody else was first', () => {
    interface Form {
      readonly name: string;
      /** Address of the page, and of the thing in the API. */
      readonly at: string;
      readonly path: string;
      /** The form, where the page has several. */
      readonly form: string;
      readonly label: string;
      readonly theirs: object;
      readonly differs: string;
    }

    const forms: readonly Form[] = [
      {
        ...{ name: 'a door', at: '/doors/lobby', path: '/doors/lobby', form: 'Behaviour', label: 'Name' },
        ...{ theirs: { unlockMs: 9_000 }, differs: 'Unlocked after a grant' },
      },
      {
        ...{ name: 'a zone', at: '/zones/1', path: '/zones/1', form: 'Rules', label: 'Name' },
        ...{ theirs: { resetSeconds: 3_600 }, differs: 'Forgotten after (minutes)' },
      },
      {
        ...{
          name: 'a schedule',
          at: '/doors?tab=schedules',
          path: '/schedules/office',
          form: 'Office hours',
        },
        ...{
          label: 'Name of the schedule',
          theirs: { week: Array(7).fill([]) },
          differs: 'Hours of the week',
        },
      },
      {
        ...{ name: 'an access right', at: '/doors?tab=rights', path: '/access-rights/all-doors' },
        ...{ form: 'All doors', label: 'Name' },
        ...{ theirs: { doors: [{ door: 'lobby', schedule: 'office' }] }, differs: 'Doors' },
      },
      {
        ...{ name: 'a group', at: '/doors?tab=rights', path: '/groups/staff', form: 'Staff', label: 'Name' },
        ...{ theirs: { accessRights: [] }, differs: 'Access rights' },
      },
    ];

    for (const { name, at, path, form, label, theirs, differs } of forms) {
      it(`${name}: said kindly, nothing lost on either side`, async () => {
        await open(at);
        const here = page.getByRole('form', { name: form, exact: true });
        await here.getByLabel(label, { exact: true }).fill(`${name} of mine`);
        await changeElsewhere(product, path, theirs, token);
        // The form goes by the name in it.
        const mine = page.getByRole('form').filter({ has: page.getByRole('alert') });
        await page
          .getByRole('form')
          .filter({ has: page.getByRole('button', { name: 'Save', disabled: false }) })
          .getByRole('button', { name: 'Save' })
          .click();
        await mine.getByText('Somebody changed this meanwhile').waitFor();
        await mine.getByText(`Different now: ${differs}`).waitFor();
        ok((await get<{ name: string }>(path)).name !== `${name} of mine`);
        await store(page, 'Save mine', mine);
        await mine.waitFor({ state: 'detached' });
        const stored = await get<Record<string, unknown>>(path);
        equal(stored['name'], `${name} of mine`);
        for (const [field, value] of Object.entries(theirs)) deepEqual(stored[field], value);
      });
    }
  });
});
