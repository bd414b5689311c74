/** What an operator can do over the API is done in the browser: people, zones, hooks, lockdown, fire. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually, type Product, startSite } from '../site/product.js';
import { enter } from './firstRun.js';
import { giveUp, type Refusing } from './givenUp.js';
import { largeSite } from './largeSite.js';
import { useScene } from './scene.js';
import { gone, shown } from './shown.js';

describe('ui: managing', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  useScene(
    {},
    async (scene) => {
      ({ product, page } = scene);
      const doors = [1, 2, 3, 4].map((n) => ({ door: `d${n}`, schedule: 'always' }));
      await post('/access-rights', { id: 'all', name: 'All doors', doors });
      await post('/groups', { id: 'staff', name: 'Staff', accessRights: ['all'] });
      for (const [id, name] of [
        ['ann', 'Ann'],
        ['bob', 'Bob'],
      ])
        await post('/users', { id, name, groups: ['staff'] });
      await post('/credentials', {
        user: 'ann',
        kind: 'card',
        format: 'H10301',
        facility: 25,
        number: '4822',
      });
      await enter(page, product, product.token);
    },
    (dataDir) => startSite(dataDir, largeSite()),
  );

  async function post(path: string, body: unknown): Promise<void> {
    const { status, body: said } = await product.api('POST', `/api/v1${path}`, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`);
  }
  const get = async <T>(path: string) => (await product.api('GET', `/api/v1${path}`)).body as T;
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
  /** Presses Save and waits until the controller has it. */
  async function save(): Promise<void> {
    const stored = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await press('Save');
    const response = await stored;
    equal(response.status(), 200, await response.text());
  }

  it('a person: URLs to call, supervisor; a made-up PIN that serves once and calls for help', async () => {
    await page.goto(`${product.url}/people/ann`);
    await page.getByLabel('URLs to call').fill('http://10.0.0.9/x?who=$name\n\nhttp://u:secret@10.0.0.9/y');
    await page.getByLabel('Is a supervisor').check();
    await save();
    const { urls, supervisor } = await get<{ urls: string[]; supervisor: boolean }>('/users/ann');
    deepEqual([urls, supervisor], [['http://10.0.0.9/x?who=$name', 'http://u:*****@10.0.0.9/y'], true]);
    await press('Add card or code');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Kind').selectOption('pin');
    await dialog.getByRole('button', { name: 'Make up a one-time code' }).click();
    match(await dialog.getByLabel('PIN', { exact: true }).inputValue(), /^\d{8}$/);
    await dialog.getByLabel('Silent alarm').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('PIN · serves 1 more time · Silent alarm').waitFor();
    await page.getByRole('button', { name: 'How it serves: PIN' }).click();
    await dialog.getByLabel('Serves so many times').fill('3');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('PIN · serves 3 more times · Silent alarm').waitFor();
  });

  it('an interlock is told at its doors and in the wiring', async () => {
    const [one, other] = ['Haupteingang Verwaltungsgebäude Nord', 'Warenannahme und Kühlhaus 2'];
    await page.goto(`${product.url}/doors/d1`);
    await page.getByText(`Interlocked: opens only while ${other} is closed.`).waitFor();
    await page.goto(`${product.url}/doors?tab=wiring`);
    await page.getByRole('region', { name: 'Interlocks' }).getByText(`${one} + ${other}`).waitFor();
  });

  it('who has this card, without its number in the address', async () => {
    await page.goto(`${product.url}/people`);
    await press('Find a card');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Card number').fill('25/4822');
    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByRole('link', { name: 'Ann' }).waitFor();
    equal(page.url(), `${product.url}/people`);
    await dialog.getByRole('link', { name: 'Ann' }).click();
    await page.getByRole('heading', { name: 'Ann' }).waitFor();
  });

  it('people come in as a file, checked first, and go out as one', async () => {
    await page.goto(`${product.url}/people`);
    await press('Import, export');
    const dialog = page.getByRole('dialog');
    const file = (text: string) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    const chooser = dialog.getByLabel('CSV file to bring in');
    await chooser.setInputFiles(file('id,name,groups\nzoe,Zoe,nowhere\n'));
    await dialog.getByRole('button', { name: 'Check the file' }).click();
    await dialog.getByText('1 mistake: nothing would be changed.').waitFor();
    await dialog.getByText(/Line 2/).waitFor();
    await chooser.setInputFiles(file('id,name,groups\nzoe,Zoe,staff\nyan,Yan,staff\n'));
    await dialog.getByRole('button', { name: 'Check the file' }).click();
    await dialog.getByText('2 people: 2 new, 0 changed, 0 as they are.').waitFor();
    await dialog.getByRole('button', { name: 'Bring it in' }).click();
    await dialog.getByText('Done: 2 of 2, 0 refused.').waitFor();
    equal((await get<{ name: string }>('/users/zoe')).name, 'Zoe');
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download everybody as CSV' }).click();
    equal((await download).suggestedFilename(), 'users.csv');
  });

  it('a zone from a preset with the finer rules, and its actions', async () => {
    await page.goto(`${product.url}/zones`);
    await press('Add zone');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Hof');
    await dialog.getByLabel('Readers').selectOption('(1,3):(2,4)');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Hof', level: 1 }).waitFor();
    for (const part of await page.locator('details.finer > summary').all()) await part.click();
    await page.getByLabel('Out without having come in is').selectOption('hard');
    await page.getByLabel('Forgets everybody every').fill('600');
    await page.getByLabel('At least inside').fill('2');
    await page.getByRole('checkbox', { name: 'Haupteingang Verwaltungsgebäude Nord innen' }).check();
    await press('Add a car pool');
    await page.getByLabel('Vehicle', { exact: true }).fill('Red van');
    const sharers = page.getByRole('group', { name: 'Who shares it (2 to 16)' });
    for (const name of ['Ann', 'Bob']) {
      await sharers.getByRole('searchbox').fill(name);
      await sharers.getByRole('button', { name }).click();
    }
    const counts = page.getByRole('group', { name: 'Outputs that follow the number inside' });
    await counts.getByRole('button', { name: 'Add' }).click();
    await counts.getByLabel('Output', { exact: true }).selectOption('lamp');
    await page.getByLabel('Empfang innen', { exact: true }).check();
    await page.getByLabel('Action to add').selectOption('url');
    const actions = page.getByRole('group', { name: 'On a violation' });
    await actions.getByRole('button', { name: 'Add' }).click();
    await actions.getByLabel('Where').fill('https://u:geheim@10.0.0.9/apb?who=$name');
    await actions.getByLabel('Answer Basic too').check();
    await actions.getByLabel('after (s)').fill('1.5');
    await save();
    const [zone] = (await get<{ items: Record<string, unknown>[] }>('/zones')).items;
    deepEqual(
      {
        ...{ tailgate: zone?.['tailgate'], every: zone?.['resetEveryMinutes'], counts: zone?.['counts'] },
        ...{ muster: zone?.['musterReaders'], vehicles: zone?.['vehicles'], actions: zone?.['actions'] },
        occupancy: zone?.['occupancy'],
      },
      {
        tailgate: 'hard',
        every: 600,
        counts: [{ when: 'occupied', output: 'lamp' }],
        muster: ['d8-in'],
        vehicles: [{ name: 'Red van', users: ['ann', 'bob'] }],
        actions: [
          {
            ...{ kind: 'url', url: 'https://u:*****@10.0.0.9/apb?who=$name', basic: true },
            ...{ delayMs: 1_500, stop: 'never' },
          },
        ],
        occupancy: { min: { count: 2, withinSeconds: 30, severity: 'hard' } },
      },
    );
  });

  it('a person is put in and out by hand, a group is forgiven, a zone is closed and opened', async () => {
    await page.goto(`${product.url}/people/ann`);
    const places = page.getByRole('region', { name: 'Where they are' });
    await shown(places.getByText('not known'));
    await places.getByRole('button', { name: 'Put inside: Hof' }).click();
    await shown(places.getByText('inside', { exact: true }));
    await places.getByRole('link', { name: 'Hof' }).click();
    await shown(page.getByRole('row', { name: /Ann/ }));
    await page.getByLabel('Forgive a group').selectOption('Staff');
    await page.getByRole('dialog').getByRole('button', { name: 'Forgive' }).click();
    await shown(page.getByText('Nobody is recorded inside.'));
    await press('Nobody in');
    await page.getByRole('dialog').getByRole('button', { name: 'Nobody in' }).click();
    await shown(page.getByText('Nobody is let in at the moment.'));
    await press('Let people in again');
    await shown(page.getByRole('button', { name: 'Nobody in' }));
  });

  it('lockdown is said plainly, in every browser, and ended in one place; a fire that is over too', async () => {
    await page.goto(product.url);
    await press('Lockdown');
    await page.getByRole('dialog').getByRole('button', { name: 'Lockdown' }).click();
    const banner = page.getByRole('region', { name: 'Lockdown' });
    await shown(banner.getByText('Nobody gets in by card, code or schedule.'));
    await banner.getByRole('button', { name: 'End lockdown' }).click();
    await gone(banner);
    const door = page.locator('[data-door=d8]');
    await door.getByRole('button', { name: 'Hold unlocked' }).click();
    await shown(door.getByText('Held unlocked'));
    await door.getByRole('button', { name: 'Back to normal' }).click();
    await gone(door.getByText('Held unlocked'));
    await product.api('POST', '/api/v1/mock/fire', { active: true });
    await shown(page.getByText('Fire: the doors set so are released.'));
    await product.api('POST', '/api/v1/mock/fire', { active: false });
    await press('Lock again');
    await page.getByRole('dialog').getByRole('button', { name: 'Lock again' }).click();
    await shown(page.getByText(/reset the fire release/));
  });

  describe('a receiver that refuses', () => {
    let refusing: Refusing;
    before(async () => {
      refusing = await giveUp(product, product.token, 5);
    });
    after(() => refusing?.close());

    const letters = async () =>
      (await get<{ items: { seq: number }[] }>('/hooks/feed/dead-letters')).items.map(({ seq }) => seq);
    /** How often this row was sent. */
    const sent = (seq: number) =>
      refusing.receiver.seen.filter(({ body }) => body.includes(`"seq":${seq}`)).length;

    it('what it did not take is listed with the reason, tried again, or deleted', async () => {
      const [first = 0, second = 0, ...others] = await letters();
      await page.goto(`${product.url}/settings?tab=outgoing`);
      await press('5 given up');
      const dialog = page.getByRole('dialog');
      await dialog
        .getByText(/5 tries/)
        .first()
        .waitFor();
      await dialog.getByRole('button', { name: `Try again ${first}` }).click();
      await page.getByText(/did not take it/).waitFor();
      deepEqual(await letters(), [first, second, ...others]);
      refusing.relent();
      await dialog.getByRole('button', { name: `Try again ${first}` }).click();
      await page.getByText('The receiver took it.').waitFor();
      await eventually(letters, (left) => left.length === 4);
      await dialog.getByRole('button', { name: `Delete ${second}` }).click();
      await eventually(letters, (left) => left.length === 3);
      ok(sent(first) > 5);
      equal(sent(second), 5);
    });

    it('all of them are tried, beyond those shown too, up to the first that is not taken', async () => {
      const left = await letters();
      // A page holds 200; here two, so that the third is beyond it.
      const pages = '**/dead-letters?limit=200*';
      await page.route(pages, (route) =>
        route.continue({ url: route.request().url().replace('limit=200', 'limit=2') }),
      );
      await page.goto(`${product.url}/settings?tab=outgoing`);
      await press('3 given up');
      const dialog = page.getByRole('dialog');
      await dialog.getByText('The oldest 200 are shown.').waitFor();
      equal(await dialog.getByRole('listitem').count(), 2);
      refusing.refuse();
      await dialog.getByRole('button', { name: 'Try all again' }).click();
      await page.getByText(/^0 were taken\. .*400/).waitFor();
      deepEqual(await letters(), left);
      deepEqual(left.map(sent), [6, 5, 5], 'the second is not tried once the first was refused');
      refusing.relent();
      await dialog.getByRole('button', { name: 'Try all again' }).click();
      await page.getByText('3 were taken.').waitFor();
      await dialog.getByText('None').waitFor();
      deepEqual(await letters(), []);
      await page.unroute(pages);
    });
  });
});
