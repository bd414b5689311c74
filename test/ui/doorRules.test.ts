/** What a door can be told beside its times is set in the browser, kept, and shown again. */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Product, startSite } from '../site/product.js';
import { enter } from './firstRun.js';
import { look } from './looks.js';
import { useScene } from './scene.js';

const site = `name: Two doors
board: mock
timeZone: UTC
outputs:
  siren: { line: w8.led }
doors:
  lab: { name: Lab, number: 1, relay: { line: relay1 }, contact: { line: in1, openWhen: active } }
  shed: { name: Shed, number: 2, relay: { line: relay2 } }
readers:
  lab-in: { name: Lab in, door: lab, direction: entry, wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301] } }
`;

describe('ui: rules of a door', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  useScene(
    {},
    async (scene) => {
      ({ product, page } = scene);
      await product.api('POST', '/api/v1/groups', { id: 'guards', name: 'Guards', accessRights: [] });
      await enter(page, product, product.token);
    },
    (dataDir) => startSite(dataDir, site),
  );

  /** Presses Save; what was sent under which revision. */
  async function save() {
    const stored = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const response = await stored;
    equal(response.status(), 200, await response.text());
    return response.request().headers()['if-match'];
  }
  const door = async () =>
    (await product.api('GET', '/api/v1/doors/lab')).body as Readonly<Record<string, unknown>>;
  const group = (name: string) => page.getByRole('group', { name, exact: true });

  it('two people, a lock that waits, and what alarms set going are saved under the revision', async () => {
    await page.goto(`${product.url}/doors/lab`);
    await page.getByLabel('Two people together').selectOption('both');
    await page.getByLabel('Second person within (seconds)').fill('20');
    await group('The second belongs to').getByLabel('Guards').check();
    await page.getByLabel('Lock only once the leaf has closed').check();
    const forced = group('When it is forced open');
    await forced.getByLabel('Action to add').selectOption('output');
    await forced.getByRole('button', { name: 'Add' }).click();
    await forced.getByLabel('for (s)').fill('2');
    const held = group('When it is held open too long');
    await held.getByLabel('Action to add').selectOption('buzzer');
    await held.getByRole('button', { name: 'Add' }).click();
    await look(page, 'door-actions');
    match((await save()) ?? '', /^"\d+"$/);
    const { twoPersons, locksWhenClosed, forcedActions, heldActions } = await door();
    const at = { delayMs: 0, stop: 'never' };
    deepEqual(
      { twoPersons, locksWhenClosed, forcedActions, heldActions },
      {
        twoPersons: { side: 'both', schedule: 'always', withinSeconds: 20, lastInGroups: ['guards'] },
        locksWhenClosed: true,
        forcedActions: [
          {
            ...{ ...at, kind: 'output', output: 'siren' },
            signal: { count: 1, onMs: 2_000, offMs: 0, delayMs: 0 },
          },
        ],
        heldActions: [
          {
            ...{ ...at, kind: 'buzzer', reader: 'lab-in' },
            pattern: { count: 3, steps: [{ tone: 'high', fadeout: false, durationMs: 300, delayMs: 0 }] },
          },
        ],
      },
    );
  });

  it('a door calls no URL itself: its hooks do', async () => {
    const offered = (await group('When it is forced open').getByLabel('Action to add').textContent()) ?? '';
    deepEqual([offered.includes('Beep at a reader'), offered.includes('Call a URL')], [true, false]);
  });

  it('they stand there again, and are taken away again', async () => {
    await page.reload();
    equal(await page.getByLabel('Two people together').inputValue(), 'both');
    equal(await page.getByLabel('Lock only once the leaf has closed').isChecked(), true);
    equal(await group('When it is forced open').getByLabel('for (s)').inputValue(), '2');
    await page.getByLabel('Two people together').selectOption('');
    await page.getByLabel('Lock only once the leaf has closed').uncheck();
    for (const name of ['When it is forced open', 'When it is held open too long']) {
      await group(name)
        .getByRole('button', { name: /^Delete/ })
        .click();
    }
    await save();
    const after = await door();
    deepEqual(
      ['twoPersons', 'locksWhenClosed', 'forcedActions', 'heldActions'].filter((field) => field in after),
      [],
    );
  });

  it('a door without a contact says what it cannot tell, and offers none of it', async () => {
    await page.goto(`${product.url}/doors/shed`);
    await page.getByText('This door has no door contact').waitFor();
    equal(await page.getByLabel('Lock only once the leaf has closed').count(), 0);
    equal(await page.getByLabel('Two people together').count(), 1);
  });

  it('what the API refuses of one action stands in that action', async () => {
    await page.goto(`${product.url}/doors/lab`);
    const forced = group('When it is forced open');
    for (const kind of ['lock-door', 'buzzer']) {
      await forced.getByLabel('Action to add').selectOption(kind);
      await forced.getByRole('button', { name: 'Add' }).click();
    }
    await page.route('**/api/v1/doors/lab', (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      const errors = [{ field: 'forcedActions.1.reader', message: 'there is no reader lab-in' }];
      return route.fulfill({ status: 400, json: { detail: 'wrong', errors } });
    });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.zone-action', { hasText: 'Beep' }).getByText('there is no reader lab-in').waitFor();
    await page.getByRole('alert').getByText('What is wrong is marked above').waitFor();
  });
});
