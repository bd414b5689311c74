/** Doors as G-SDK clients see them, against the whole product. */
import assert from 'node:assert/strict';
import { eventually } from '../../site/product.js';
import { type Gsdk, type OpenGsdk, openGsdk, seen } from './gsdkClient.js';

const code = { invalid: 3, notFound: 5, failed: 9 };

interface Items {
  readonly items: readonly {
    readonly seq: number;
    readonly door?: string;
    readonly reason?: string;
    readonly detail?: { readonly command?: string; readonly doors?: readonly string[] };
  }[];
}
interface WireStatus {
  readonly lockFlags: number;
  readonly unlockFlags: number;
  readonly isUnlocked: boolean;
}
type WireTimes = Readonly<
  Record<'autoLockTimeout' | 'heldOpenTimeout' | 'extendedDoorOpenTime' | 'dualAuthTimeout', number>
>;

describe('doors to G-SDK clients', function () {
  this.timeout(60_000);
  let gsdk: Gsdk;
  let deviceID = 0;
  let readers: readonly number[] = [];
  let device: OpenGsdk['device'];
  let member: OpenGsdk['member'];
  let zone: OpenGsdk['zone'];
  let ok: OpenGsdk['ok'];
  let present: OpenGsdk['present'];

  before(async () => {
    ({ gsdk, deviceID, readers, device, member, zone, ok, present } = await openGsdk());
  });
  after(() => gsdk.close());

  it('doors: behaviour, status, commands by their priority, an unlock that ends by itself', async () => {
    const apbZone = { name: 'Garage', members: [member(2, 0), member(3, 1)] };
    await ok('door.Door/Add', {
      ...device(),
      doors: [{ doorID: 2, name: 'Big garage', autoLockTimeout: 4, apbZone }],
    });
    const { doors } = await ok('door.Door/GetList', device());
    const garage = doors.find((one: { readonly doorID: number }) => one.doorID === 2);
    assert.deepEqual([garage.name, garage.autoLockTimeout, garage.apbZone.zoneID], ['Big garage', 4, 2]);
    const oneSided = { name: 'Lobby', members: [member(0, 0)] };
    const refused = await gsdk.call('door.Door/Add', {
      ...device(),
      doors: [{ doorID: 1, name: 'Renamed', apbZone: oneSided }],
    });
    assert.equal(refused.code, code.invalid);
    assert.match(refused.details, /^doors\[0\]\.apbZone\.members/);
    const after = (await ok('door.Door/GetList', device())).doors[0];
    assert.deepEqual([after.name, after.apbZone], ['Lobby', null], 'a bad zone leaves the door as it was');
    const command = (name: string, doorFlag: number, more: object = {}) =>
      gsdk.call(`door.Door/${name}`, { ...device(), doorIDs: [1], doorFlag, ...more });
    const lobby = async () => (await ok('door.Door/GetStatus', device())).status[0];
    assert.equal((await command('Lock', 2)).code, 0);
    assert.equal((await command('Unlock', 4)).code, code.failed, 'an operator against a standing emergency');
    assert.equal((await lobby()).lockFlags, 2);
    assert.equal((await command('Release', 2)).code, 0);
    assert.equal((await command('Unlock', 4, { normalizeTimer: 1 })).code, 0);
    assert.deepEqual([(await lobby()).isUnlocked, (await lobby()).unlockFlags], [true, 4]);
    await eventually(lobby, ({ isUnlocked }) => isUnlocked === false);
    await ok('door.Door/DeleteAll', device());
    assert.deepEqual((await ok('apb_zone.APBZone/Get', device())).zones, []);
  });

  it('a command at several doors is done at all of them as one, or at none if one refuses', async () => {
    const command = (name: string, doorIDs: readonly number[], doorFlag: number, more: object = {}) =>
      gsdk.call(`door.Door/${name}`, { ...device(), doorIDs, doorFlag, ...more });
    const flags = async () =>
      (await ok('door.Door/GetStatus', device())).status.map(
        ({ lockFlags, unlockFlags, isUnlocked }: WireStatus) => [lockFlags, unlockFlags, isUnlocked],
      );
    const free = [0, 0, false];
    const rows = async (after: number) =>
      (await gsdk.api('GET', `/api/v1/events?kind=door-command&order=asc&after=${after}`)).body as Items;
    const before = (await gsdk.api('GET', '/api/v1/events?limit=1')).body as Items;
    const seq = before.items[0]?.seq ?? 0;
    assert.deepEqual(await flags(), [free, free]);

    const unknown = await command('Unlock', [1, 77], 4);
    assert.deepEqual([unknown.code, unknown.details], [code.notFound, 'doorIDs: there is no door 77']);
    assert.equal((await command('Unlock', [], 4)).code, code.invalid);
    assert.equal((await command('Unlock', [1, 2], 1)).code, code.invalid);
    assert.equal((await command('Unlock', [1, 2], 2, { normalizeTimer: 1 })).code, code.invalid);
    assert.equal((await command('Lock', [2], 2)).code, 0);
    const refused = await command('Unlock', [1, 2], 4);
    assert.equal(refused.code, code.failed);
    assert.match(refused.details, /^doorIDs: 2: .*lower-priority/);
    assert.deepEqual(await flags(), [free, [2, 0, false]], 'the first door was not touched');
    assert.equal((await command('Release', [1, 2], 2)).code, 0);
    assert.equal((await command('Unlock', [2, 1, 2], 4)).code, 0);
    assert.deepEqual(await flags(), [
      [0, 4, true],
      [0, 4, true],
    ]);
    assert.equal((await command('Release', [1, 2], 4)).code, 0);
    assert.deepEqual(await flags(), [free, free]);

    const { items } = await rows(seq);
    assert.deepEqual(
      items.map(({ door, reason = 'done', detail }) => [door, detail?.command, reason]),
      [
        ['garage', 'lock', 'done'],
        ['garage', 'unlock', 'lower-priority'],
        ['lobby', 'normal', 'done'],
        ['garage', 'normal', 'done'],
        ['garage', 'unlock', 'done'],
        ['lobby', 'unlock', 'done'],
        ['lobby', 'normal', 'done'],
        ['garage', 'normal', 'done'],
      ],
    );
    assert.deepEqual(items[1]?.detail?.doors, ['lobby', 'garage']);
  });

  it('times that are not given are the default; auto lock 0 is off, and the door stays open until it closes', async () => {
    const garage = async () => (await ok('door.Door/GetList', device())).doors[1];
    const status = async () => (await ok('door.Door/GetStatus', device())).status[1];
    const times = ({
      autoLockTimeout,
      heldOpenTimeout,
      extendedDoorOpenTime,
      dualAuthTimeout,
    }: WireTimes) => [...[autoLockTimeout, heldOpenTimeout, extendedDoorOpenTime, dualAuthTimeout]];
    const sent = { doorID: 2, name: 'Garage', instantLock: true, dualAuthDevice: 1, dualAuthScheduleID: 1 };
    const own = { autoLockTimeout: 4, heldOpenTimeout: 20, extendedDoorOpenTime: 60, dualAuthTimeout: 30 };
    await ok('door.Door/Add', { ...device(), doors: [{ ...sent, ...own }] });
    assert.deepEqual(times(await garage()), [4, 20, 60, 30]);
    await ok('door.Door/Add', { ...device(), doors: [sent] });
    assert.deepEqual(times(await garage()), [0, 10, 10, 15]);
    await ok('door.Door/Add', { ...device(), doors: [await garage()] });
    assert.deepEqual(times(await garage()), [0, 10, 10, 15], 'what was read may be written back');
    const { body } = await gsdk.api('GET', '/api/v1/doors/garage');
    assert.equal((body as { readonly autoLockOff?: true }).autoLockOff, true);

    await gsdk.patch('/api/v1/doors/garage', { twoPersons: null, unlockMs: 3_000 });
    await present('garage-in', 4822);
    await eventually(status, ({ isUnlocked }) => isUnlocked);
    // A timer of the other door that ends later than this one's would.
    const timed = { ...device(), doorIDs: [1], doorFlag: 4, normalizeTimer: 4 };
    await ok('door.Door/Unlock', timed);
    const lobby = async () => (await ok('door.Door/GetStatus', device())).status[0];
    await eventually(lobby, ({ isUnlocked }) => !isUnlocked);
    assert.equal((await status()).isUnlocked, true);
    for (const open of [true, false]) {
      await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open });
      await eventually(status, ({ isOpen }) => isOpen === open);
    }
    await eventually(status, ({ isUnlocked }) => !isUnlocked);
    await gsdk.patch('/api/v1/doors/garage', { autoLockOff: null });
    assert.equal((await garage()).autoLockTimeout, 3, 'as it was before');
    const wrong: readonly [object, RegExp][] = [
      [{ autoLockTimeout: 2 }, /doors\[0\]\.autoLockTimeout: 2 s: may be 3 to 86400, or 0/],
      [{ autoLockTimeout: 86_401 }, /autoLockTimeout: 86401/],
      [{ heldOpenTimeout: 86_401 }, /heldOpenTimeout: 86401/],
      [{ extendedDoorOpenTime: 86_401 }, /extendedDoorOpenTime: 86401/],
    ];
    for (const [fields, field] of wrong) {
      const answer = await gsdk.call('door.Door/Add', { ...device(), doors: [{ ...sent, ...fields }] });
      assert.equal(answer.code, code.invalid);
      assert.match(answer.details, field);
    }
    await ok('door.Door/DeleteAll', device());
  });

  it('a forced door is in alarm until it closes, or a client ends that; one that a client sets it ends itself', async () => {
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
    const status = async () => (await ok('door.Door/GetStatus', device())).status[1];
    await eventually(status, ({ alarmFlags }) => alarmFlags === 1);
    const alarm = async () => {
      const { body } = await gsdk.api('GET', '/api/v1/alarms');
      const { items } = body as { readonly items: readonly { kind: string }[] };
      return items.find(({ kind }) => kind === 'door-forced');
    };
    await eventually(alarm, (found) => found !== undefined);
    await ok('door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 0 });
    assert.deepEqual([(await status()).alarmFlags, (await status()).isOpen], [0, true]);
    assert.equal(await alarm(), undefined, 'over, and seen');
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: false });
    await eventually(status, ({ isOpen }) => !isOpen);

    await ok('event.Event/EnableMonitoring', device());
    const live = gsdk.stream('event.Event/SubscribeRealtimeLog', { queueSize: 100 });
    await ok('apb_zone.APBZone/Add', {
      ...device(),
      zones: [zone(2, { members: [member(2, 0), member(3, 1)] })],
    });
    await ok('door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 1 | 4 });
    assert.equal((await status()).alarmFlags, 1 | 4);
    await ok('door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 2 });
    assert.equal((await status()).alarmFlags, 2 | 4);
    await ok('door.Door/SetAlarm', { ...device(), doorIDs: [1, 2], alarmFlag: 0 });
    assert.equal((await status()).alarmFlags, 0);
    const codes = await eventually(
      // The row of the closing may reach the disk only now.
      async () =>
        (await seen(live)())
          .filter(({ eventCode }) => eventCode !== 0x5300)
          .map(({ eventCode, entityID }) => [eventCode, entityID]),
      (list) => list.some(([one]) => one === 0x6200),
    );
    assert.deepEqual(codes, [
      [0x5600, 2],
      [0x6100, 2],
      [0x5700, 2],
      [0x5800, 2],
      [0x5900, 2],
      [0x6200, 2],
    ]);
    live.cancel();
    await ok('apb_zone.APBZone/DeleteAll', device());
  });

  it('a door with actions and dual authentication: read back as sent, at work, put back by Delete', async () => {
    const buzzer = { signals: [{ tone: 3, duration: 500 }], count: 4 };
    const sent = {
      ...{ doorID: 2, name: 'Garage', autoLockTimeout: 3, unconditionalLock: true },
      forcedOpenActions: [{ deviceID: readers[2], type: 10, buzzer }],
      heldOpenActions: [{ deviceID: readers[2], type: 1, stopFlag: 1 }],
      ...{ dualAuthScheduleID: 1, dualAuthDevice: 1, dualAuthType: 1, dualAuthGroupIDs: [77] },
    };
    await ok('door.Door/Add', { ...device(), doors: [sent] });
    const garage = async () => (await ok('door.Door/GetList', device())).doors[1];
    const shown = await garage();
    assert.deepEqual(
      [shown.unconditionalLock, shown.dualAuthDevice, shown.dualAuthType, shown.dualAuthTimeout],
      [true, 1, 1, 15],
    );
    assert.deepEqual([shown.dualAuthGroupIDs, shown.dualAuthScheduleID], [[77], 1]);
    assert.deepEqual(shown.forcedOpenActions[0].buzzer.signals[0].tone, 3);
    assert.deepEqual([shown.heldOpenActions[0].type, shown.heldOpenActions[0].stopFlag], [1, 1]);
    assert.deepEqual(shown.button.deviceID, deviceID);
    await ok('door.Door/Add', { ...device(), doors: [shown] });
    assert.deepEqual(await garage(), shown, 'what was read may be written back');

    await ok('event.Event/EnableMonitoring', device());
    const live = gsdk.stream('event.Event/SubscribeRealtimeLog', { queueSize: 100, eventCodes: [0x1000] });
    const level = { ID: 5, name: '', doorSchedules: [{ doorID: 2, scheduleID: 1 }] };
    await ok('access.Access/AddLevel', { ...device(), levels: [level] });
    const groups = [77, 78].map((ID) => ({ ID, name: '', levelIDs: [5] }));
    await ok('access.Access/Add', { ...device(), groups });
    const inGroup = (userID: string, group: number) => ({ userID, accessGroupIDs: [group] });
    const userAccessGroups = [inGroup('bob', 77), inGroup('ann', 78)];
    await ok('user.User/SetAccessGroup', { ...device(), userAccessGroups });
    await present('garage-in', 4823);
    const waits = async () => (await gsdk.api('GET', '/api/v1/events?kind=company-awaited')).body as Items;
    await eventually(waits, ({ items }) => items.length === 1);
    await present('garage-in', 4822);
    await eventually(waits, ({ items }) => items.length === 2);
    await present('garage-in', 4823);
    await eventually(seen(live), (events) => events.length === 2);
    assert.deepEqual(
      live.seen.map(({ userID }) => userID),
      ['ann', 'bob'],
    );
    live.cancel();

    await eventually(
      async () => (await ok('door.Door/GetStatus', device())).status[1],
      ({ isUnlocked }) => isUnlocked === false,
    );
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
    const actions = async () => (await gsdk.api('GET', '/api/v1/events?kind=door-action')).body as Items;
    const [action] = (await eventually(actions, ({ items }) => items.length === 1)).items;
    assert.deepEqual(
      [action?.door, action?.detail],
      ['garage', { action: 0, does: 'buzzer', alarm: 'forced' }],
    );
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: false });
    await ok('door.Door/Delete', { ...device(), doorIDs: [2] });
    const back = await garage();
    assert.deepEqual([back.dualAuthDevice, back.forcedOpenActions, back.heldOpenActions], [0, [], []]);
  });

  it('a door that cannot be so is refused by its field, and stays as it was', async () => {
    const before = (await ok('door.Door/GetList', device())).doors;
    const buzzer = {
      deviceID: readers[0],
      type: 10,
      buzzer: { signals: [{ tone: 1, duration: 1 }], count: 1 },
    };
    const wrong: readonly [object, RegExp][] = [
      [{ doorID: 1, forcedOpenActions: [buzzer] }, /forcedOpenActions: needs a door contact/],
      [{ doorID: 2, heldOpenActions: Array.from({ length: 6 }, () => buzzer) }, /heldOpenActions: has 6/],
      [{ doorID: 2, forcedOpenActions: [{ type: 10 }] }, /forcedOpenActions\[0\]\.buzzer: is missing/],
      [{ doorID: 2, dualAuthDevice: 4 }, /dualAuthDevice: 4/],
      [{ doorID: 2, dualAuthType: 2 }, /dualAuthType: 2/],
      [{ doorID: 2, dualAuthDevice: 1, dualAuthType: 1 }, /dualAuthGroupIDs: is empty/],
      [
        { doorID: 2, dualAuthDevice: 1, dualAuthScheduleID: 55 },
        /dualAuthScheduleID: there is no schedule 55/,
      ],
      [{ doorID: 2, dualAuthTimeout: 301 }, /dualAuthTimeout: 301/],
      [{ doorID: 2, dualAuthGroupIDs: [0] }, /dualAuthGroupIDs: has a 0/],
      [
        { doorID: 2, dualAuthGroupIDs: Array.from({ length: 17 }, (_, id) => id + 1) },
        /dualAuthGroupIDs: has 17/,
      ],
    ];
    for (const [door, field] of wrong) {
      const answer = await gsdk.call('door.Door/Add', { ...device(), doors: [door] });
      assert.equal(answer.code, code.invalid, answer.details);
      assert.match(answer.details, field);
    }
    assert.deepEqual((await ok('door.Door/GetList', device())).doors, before);
  });
});
