/** The doors in the browser: moved by the drawn site, commanded, set up, explained; each time as the controller has it. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { boards } from '../../hardware/boards/boards.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { wiringList } from '../../src/config/wiringList.js';
import type { StoredEvent } from '../../src/core/management.js';
import { known } from '../../src/known.js';
import { administrator, eventually, type Product, startSite } from '../site/product.js';
import { changeElsewhere } from './elsewhere.js';
import { enter } from './firstRun.js';
import { useScene } from './scene.js';
import { gone, shown } from './shown.js';
import { store } from './wrote.js';

/** A gate with everything, a shed that wants card and PIN. Schedules need a clock that is trusted. */
const site = `name: Works
board: mock
timeZone: UTC
clock: assume-trusted
doors:
  gate:
    name: Gate
    number: 1
    relay: { line: relay1 }
    contact: { line: in1, openWhen: active }
    rex: { line: in2 }
  shed: { name: Shed, number: 2, relay: { line: relay2 } }
readers:
  gate-in: { door: gate, direction: entry, wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301] } }
  shed-in:
    door: shed
    direction: entry
    asks: card-and-pin
    wiegand: { d0: w2.d0, d1: w2.d1, formats: [H10301], keypad: 4-bit, led: { line: w2.led } }
`;

/** The same on the header of a Raspberry Pi: each line of the mock board on a pin. */
function onHeader(): string {
  const pins = { relay1: 17, relay2: 18, in1: 27, in2: 22 };
  const readers = { 'w1.d0': 23, 'w1.d1': 24, 'w2.d0': 25, 'w2.d1': 16, 'w2.led': 26 };
  return Object.entries({ mock: 'pi', ...pins, ...readers }).reduce(
    (text, [line, to]) => text.replace(line, typeof to === 'number' ? `gpio${to}` : to),
    site,
  );
}

interface Status {
  readonly doors: readonly {
    readonly id: string;
    readonly lock: string;
    readonly alarm: string;
    readonly flags: Readonly<Record<string, string>>;
  }[];
}

describe('ui: at the doors', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  useScene(
    {},
    async (scene) => {
      ({ product, page } = scene);
      const doors = ['gate', 'shed'].map((door) => ({ door, schedule: 'always' }));
      await send('POST', '/access-rights', { id: 'all', name: 'All doors', doors });
      await send('POST', '/groups', { id: 'staff', name: 'Staff', accessRights: ['all'] });
      await send('POST', '/users', { id: 'ann', name: 'Ann', groups: ['staff'] });
      const card = { kind: 'card', format: 'H10301', facility: 25, number: '4822' };
      await send('POST', '/credentials', { user: 'ann', ...card });
      // Nobody wants to wait half a minute for a lock.
      for (const door of ['gate', 'shed']) {
        await changeElsewhere(product, `/doors/${door}`, { unlockMs: 3_000, rexUnlockMs: 3_000 });
      }
      await enter(page, product, product.token);
    },
    (dataDir) => startSite(dataDir, site),
  );

  async function send(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, body: said } = await product.api(method, `/api/v1${path}`, body);
    ok(status < 300, `${path}: ${status} ${JSON.stringify(said)}`);
    return said;
  }
  const get = async <T>(path: string) => (await send('GET', path)) as T;
  const doorNow = async (id: string) => (await get<Status>('/status')).doors.find((one) => one.id === id);
  const until = (id: string, check: (door: Status['doors'][number] | undefined) => boolean) =>
    eventually(() => doorNow(id), check);
  /** The next row of the log, after `before`, that is as wanted. */
  const logged = async (before: number, wanted: Partial<StoredEvent>) => {
    const fits = (event: StoredEvent) =>
      event.seq > before &&
      Object.entries(wanted).every(([name, value]) => event[name as keyof StoredEvent] === value);
    return (await eventually(product.events, (events) => events.some(fits))).find(fits) as StoredEvent;
  };
  const newest = async () => (await product.events()).at(-1)?.seq ?? 0;
  const card = (door: string) => page.locator(`[data-door=${door}]`);
  const drawn = (door: string) =>
    page.getByRole('region', { name: 'The site in memory' }).getByRole('region', { name: door });
  /** Now, with Ann's card in the hand of whoever plays with the drawn site. */
  const withAnnsCard = async () => {
    await page.goto(product.url);
    const hand = page.getByLabel('Card in your hand');
    await hand.locator('option:checked', { hasText: 'Ann' }).waitFor({ state: 'attached' });
  };
  /** The gate's leaf opens and closes, which locks it before its time is over. */
  const walkThrough = async () => {
    const before = await newest();
    for (const [open, kind] of [
      [true, 'door-opened'],
      [false, 'door-closed'],
    ] as const) {
      await send('POST', '/mock/doors/gate/contact', { open });
      await logged(before, { kind, door: 'gate' });
    }
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const save = () => store(page);

  it('a card and the leaf move the controller', async () => {
    await withAnnsCard();
    const before = await newest();
    await drawn('Gate').getByRole('button', { name: 'Present at Gate entry' }).click();
    await logged(before, { kind: 'access-granted', door: 'gate', user: 'ann' });
    await drawn('Gate').getByRole('button', { name: 'Open the leaf' }).click();
    await logged(before, { kind: 'access-taken', door: 'gate', user: 'ann' });
    await shown(drawn('Gate').getByRole('img', { name: /^Gate: .*, leaf open/ }));
    await drawn('Gate').getByRole('button', { name: 'Close the leaf' }).click();
    await logged(before, { kind: 'door-closed', door: 'gate' });
    await shown(drawn('Gate').getByRole('button', { name: 'Open the leaf' }));
  });

  it('a door forced open is an alarm, which is acknowledged by whoever is logged in', async () => {
    const before = await newest();
    await drawn('Gate').getByRole('button', { name: 'Open the leaf' }).click();
    const { seq } = await logged(before, { kind: 'door-forced', door: 'gate' });
    await shown(card('gate').getByText('Forced open'));
    const alarms = page.getByRole('region', { name: 'Needs attention' });
    await shown(alarms.getByText('Gate was forced open'));
    await alarms.getByRole('button', { name: 'Acknowledge' }).click();
    await shown(alarms.getByText(`seen by ${administrator.name}`));
    const alarm = await get<{ active: boolean; acknowledged: { by: string } }>(`/alarms/${seq}`);
    deepEqual([alarm.active, alarm.acknowledged.by], [true, administrator.name]);
    equal((await logged(seq, { kind: 'alarm-acknowledged' })).by?.kind, 'operator');
    await drawn('Gate').getByRole('button', { name: 'Close the leaf' }).click();
    await gone(alarms);
    deepEqual((await get<{ items: unknown[] }>('/alarms')).items, []);
  });

  it('commands: open once, hold, lock down, back to normal: by name in the log', async () => {
    const command = async (name: string, wanted: Partial<StoredEvent>, toldAs?: string) => {
      const before = await newest();
      await card('gate').getByRole('button', { name }).click();
      const event = await logged(before, { ...wanted, door: 'gate' });
      deepEqual([event.by?.kind, event.detail?.['command']], ['operator', toldAs]);
    };
    await command('Open once', { kind: 'door-released' });
    await walkThrough();
    await until('gate', (door) => door?.lock === 'locked');
    await command('Hold unlocked', { kind: 'door-command' }, 'unlock');
    await until('gate', (door) => door?.flags['operator'] === 'unlocked' && door.lock === 'unlocked');
    await shown(card('gate').getByText('Held unlocked'));
    await command('Back to normal', { kind: 'door-command' }, 'normal');
    await until('gate', (door) => door?.flags['operator'] === undefined && door?.lock === 'locked');
    await command('Lock down', { kind: 'door-command' }, 'lock');
    const before = await newest();
    await product.present('gate-in', 4822);
    await logged(before, { kind: 'access-denied', reason: 'door-locked', user: 'ann' });
    await shown(page.getByText('Ann, denied at Gate entry: the door is locked down').first());
    await command('Back to normal', { kind: 'door-command' }, 'normal');
    await until('gate', (door) => door?.flags['operator'] === undefined);
  });

  it('commands: every door at once, and back', async () => {
    await press('Lockdown');
    await page.getByRole('dialog').getByRole('button', { name: 'Lockdown' }).click();
    for (const door of ['gate', 'shed']) await until(door, (now) => now?.flags['operator'] === 'locked');
    await press('End lockdown');
    for (const door of ['gate', 'shed']) await until(door, (now) => now?.flags['operator'] === undefined);
  });

  it('the behaviour of a door is saved, and holds at once', async () => {
    await page.goto(`${product.url}/doors/gate`);
    await page.getByLabel('Unlocked after a grant').fill('7.5');
    await page.getByLabel('Unlocked by the exit button').fill('4');
    await page.getByLabel('Lock as soon as the leaf closes').uncheck();
    await page.getByLabel('Unlock on fire').uncheck();
    await page.getByLabel('A passage counts').selectOption('at-grant');
    await page.getByLabel('When the log cannot be written').selectOption('grant-degraded');
    await page.getByLabel('Open by itself during').selectOption('always');
    await save();
    const {
      unlockMs,
      rexUnlockMs,
      relockOnClose,
      unlockOnFire,
      passageCounts,
      onStorageFailure,
      holdOpenSchedule,
    } = await get<Record<string, unknown>>('/doors/gate');
    deepEqual(
      [unlockMs, rexUnlockMs, relockOnClose, unlockOnFire, passageCounts, onStorageFailure, holdOpenSchedule],
      [7_500, 4_000, false, false, 'at-grant', 'grant-degraded', 'always'],
    );
    await until('gate', (door) => door?.flags['schedule'] === 'unlocked' && door.lock === 'unlocked');
    await page.goto(product.url);
    await card('gate').getByText('Open by schedule').waitFor();
    await page.goto(`${product.url}/doors/gate`);
    await page.getByLabel('Open by itself during').selectOption('');
    await page.getByLabel('A passage counts').selectOption('at-opening');
    await save();
    await until('gate', (door) => door?.flags['schedule'] === undefined && door?.lock === 'locked');
  });

  /** The last row before the exit button was pressed. */
  let pressed = 0;

  it('the exit button unlocks', async () => {
    await page.goto(product.url);
    pressed = await newest();
    const letGo = page.waitForResponse((answer) => answer.request().postData() === '{"active":false}');
    await drawn('Gate').getByRole('button', { name: 'Press exit button' }).click();
    await logged(pressed, { kind: 'rex', door: 'gate' });
    const unlocked = await logged(pressed, { kind: 'unlocked', door: 'gate' });
    equal(unlocked.detail?.['cause'], 'rex');
    await letGo;
    // Somebody goes out and leaves it open; what comes of it is looked at last.
    await changeElsewhere(product, '/doors/gate', { heldOpenMs: 1_000 });
    await send('POST', '/mock/doors/gate/contact', { open: true });
    await shown(page.locator('[data-door=gate][data-leaf=open]'));
  });

  it('a schedule is made and named, and holidays of a kind get hours of their own', async () => {
    await page.goto(`${product.url}/doors?tab=holidays`);
    await page.getByLabel('Date').fill('2027-12-24');
    await page.getByLabel('Name', { exact: true }).fill('Christmas Eve');
    await page.getByLabel('Kind').fill('half');
    await store(page, 'Add');
    await page.getByText('Friday, December 24, 2027').waitFor();
    const holiday = { id: '2027-12-24', name: 'Christmas Eve', kind: 'half' };
    const { revision: _, ...kept } = await get<Record<string, unknown>>('/holidays/2027-12-24');
    deepEqual(kept, holiday);
    await page.goto(`${product.url}/doors?tab=schedules`);
    await store(page, 'Add');
    await page.getByLabel('Name of the schedule').fill('Shifts');
    await page.getByLabel('Sunday', { exact: true }).fill('22:15-24:00');
    await page.getByLabel('Kind').selectOption('half');
    await page
      .getByRole('group', { name: 'On holidays of this kind' })
      .getByRole('button', { name: 'Add' })
      .click();
    await page.getByLabel('half').fill('06:00-12:30');
    await save();
    const [schedule] = (
      await get<{ items: { name: string; week: unknown[]; holidays: unknown }[] }>('/schedules')
    ).items;
    equal(schedule?.name, 'Shifts');
    deepEqual(schedule?.week[6], [{ fromMinute: 1_335, toMinute: 1_440 }]);
    deepEqual(schedule?.holidays, { half: [{ fromMinute: 360, toMinute: 750 }] });
    await page.goto(`${product.url}/doors?tab=holidays`);
    await press('Delete 2027-12-24');
    await page.getByText('No holidays yet.').waitFor();
    deepEqual((await get<{ items: unknown[] }>('/holidays')).items, []);
  });

  it('the header of a Raspberry Pi is drawn pin by pin', async () => {
    const board = boards.find(({ id }) => id === 'pi');
    const file = parseSiteFile(onHeader(), 'pi.yaml', known);
    if (!file.ok || board === undefined) throw new Error(JSON.stringify(file));
    // No Raspberry Pi is here: the page gets what the controller would say of one, from the same list.
    const items = wiringList(file.site, board);
    await page.route('**/api/v1/wiring', (route) => route.fulfill({ json: { items, interlocks: [] } }));
    await page.goto(`${product.url}/doors?tab=wiring`);
    const header = page.getByRole('list', { name: 'The 40-pin header' });
    await header.waitFor();
    equal(await header.getByRole('listitem').count(), 20);
    const uses: Readonly<Record<string, string>> = {
      gpio17: 'Door Gate: relay (strike, fail-secure)',
      gpio27: 'Door Gate: door contact, open when active',
      gpio22: 'Door Gate: exit button',
      gpio18: 'Door Shed: relay (strike, fail-secure)',
      gpio23: 'Reader Gate entry: D0, entry of Gate',
      gpio24: 'Reader Gate entry: D1, entry of Gate',
      gpio25: 'Reader Shed entry: D0, entry of Shed',
      gpio16: 'Reader Shed entry: D1, entry of Shed',
      gpio26: 'Reader Shed entry: lamp',
    };
    equal(items.length, Object.keys(uses).length);
    for (const { headerPin = 0, line, direction } of items) {
      const row = header.getByRole('listitem').nth(Math.floor((headerPin - 1) / 2));
      const pin = row.locator(`.pin.${direction}`, { hasText: new RegExp(`${headerPin}$`) });
      await pin.getByText(line).waitFor({ state: 'attached' });
      await row.getByText(uses[line] ?? 'nothing', { exact: true }).waitFor();
    }
    equal(await header.locator('.pin.power').count(), 12);
    const german = page.getByRole('list', { name: 'Die 40-polige Stiftleiste' });
    await page.getByLabel('Language').selectOption('de');
    for (const use of ['Tür Gate: Relais (Türöffner, stromlos verriegelt)', 'Leser Shed entry: Lampe'])
      await german.getByText(use, { exact: true }).first().waitFor();
    await page.getByLabel('Sprache').selectOption('en');
    await page.unroute('**/api/v1/wiring');
  });

  it('why somebody would be refused is drawn check by check, as the controller says', async () => {
    await page.goto(`${product.url}/people/ann`);
    const panel = page.getByRole('region', { name: 'Would they be let in?' });
    const asked = async () => {
      await panel.getByRole('button', { name: 'Ask' }).click();
      await panel.locator('.checks').waitFor();
    };
    type Said = { decision: string; checks: readonly { check: string; answer: string }[] };
    const said = async (more: object) =>
      (await send('POST', '/explain', { user: 'ann', reader: 'gate-in', ...more })) as Said;
    const marks = () =>
      panel
        .locator('.checks > li')
        .evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
          all.map((one) => one.getAttribute('class') ?? ''),
        );
    await asked();
    await panel.getByText('Would be let in').waitFor();
    deepEqual(
      await marks(),
      (await said({})).checks.map(({ answer }) => answer),
    );
    await send('POST', '/doors/gate/lock');
    await asked();
    await panel.getByText('Would be refused').waitFor();
    await panel.getByText('Door locked down: refuses (the door is locked down)').waitFor();
    const refused = await said({});
    equal(refused.decision, 'denied');
    deepEqual(
      await marks(),
      refused.checks.map(({ answer }) => answer),
    );
    await send('POST', '/doors/gate/normal');
    await panel.getByLabel('Reader').selectOption('shed-in');
    await asked();
    await panel.getByText('Would be let in').waitFor();
  });

  it('a PIN that serves only with the card opens with it, and with nothing else', async () => {
    await page.goto(`${product.url}/people/ann`);
    await press('Add card or code');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Kind').selectOption('pin');
    await dialog.getByLabel('PIN', { exact: true }).fill('4711');
    await dialog.getByLabel('Only together with the card').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('PIN · Only together with the card').waitFor();
    const present = async (pin: string) => {
      const before = await newest();
      const blinks = async () =>
        ((await product.lines()).find(({ line }) => line === 'w2.led')?.history ?? []).length;
      const lit = await blinks();
      await withAnnsCard();
      await drawn('Shed').getByRole('button', { name: 'Present at Shed entry' }).click();
      // Its lamp asks for the PIN.
      await eventually(blinks, (count) => count > lit);
      await send('POST', '/mock/readers/shed-in/present', { pin });
      return before;
    };
    let before = await present('4712');
    await logged(before, { kind: 'access-denied', reason: 'wrong-pin', user: 'ann' });
    await page.getByText('Ann, denied at Shed entry: the PIN was wrong').waitFor();
    before = await present('4711');
    const granted = await logged(before, { kind: 'access-granted', door: 'shed', user: 'ann' });
    equal(granted.credential?.label, 'H10301 ••4822 + PIN');
    await page.getByText('Ann, let in at Shed entry').waitFor();
  });

  it('a door left open is an alarm until it is closed, and locked in any case', async () => {
    await logged(pressed, { kind: 'locked', door: 'gate' });
    await logged(pressed, { kind: 'door-held', door: 'gate' });
    await page.goto(product.url);
    await shown(card('gate').getByText('Held open'));
    const alarms = page.getByRole('region', { name: 'Needs attention' });
    await shown(alarms.getByText('Gate is held open too long'));
    await send('POST', '/mock/doors/gate/contact', { open: false });
    await shown(card('gate').getByText('Locked'));
    await shown(alarms.getByText('over'));
  });
});
