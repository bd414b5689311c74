/** G-SDK clients against the whole product: gRPC in, the mock board's pulses, the log and the live stream out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ensureCertificates } from '../../../src/certificates.js';
import { dropDataDir, eventually, newDataDir } from '../../site/product.js';
import { clientsTo, type Gsdk, type OpenGsdk, openGsdk, seen, startGsdkProduct } from './gsdkClient.js';

const HARD = 0x6000;
const code = { invalid: 3, notFound: 5, failed: 9, unavailable: 14 };

interface Explained {
  readonly checks: readonly { readonly check: string; readonly answer: string }[];
}
interface User {
  readonly accessRights: readonly string[];
}

describe('G-SDK clients', function () {
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

  it('finds one device and its readers as slaves of a master channel', async () => {
    const { deviceInfos } = await ok('connect.Connect/GetDeviceList', {});
    assert.deepEqual(
      deviceInfos.map((one: { readonly deviceID: number; readonly type: number }) => [
        one.deviceID,
        one.type,
      ]),
      [[deviceID, 0x0e]],
    );
    const { config } = await ok('rs485.RS485/GetConfig', device());
    assert.equal(config.channels[0].mode, 1);
    assert.equal(config.channels[0].slaveDevices.length, 4);
    assert.equal(new Set(readers).size, 4);
    await ok('rs485.RS485/SetDevice', { ...device(), slaveInfos: [] });
  });

  it('a zone: added, read back, violated live, its alarm and its passback ended apart, deleted', async () => {
    await ok('event.Event/EnableMonitoring', device());
    const live = gsdk.stream('event.Event/SubscribeRealtimeLog', { queueSize: 100 });
    const action = {
      deviceID: readers[0],
      type: 10,
      delay: 5,
      buzzer: { signals: [{ tone: 3, duration: 100 }], count: 2 },
    };
    const sent = zone(7, { resetDuration: 3_600, actions: [action], bypassGroupIDs: [42, 3_000_000_000] });
    await ok('apb_zone.APBZone/Add', { ...device(), zones: [sent] });
    const { zones } = await ok('apb_zone.APBZone/Get', device());
    assert.deepEqual(
      [zones[0].zoneID, zones[0].name, zones[0].type, zones[0].resetDuration, zones[0].bypassGroupIDs],
      [7, 'Zone 7', 0, 3_600, [42, 3_000_000_000]],
    );
    assert.deepEqual(zones[0].members, sent.members);
    assert.deepEqual([zones[0].actions[0].type, zones[0].actions[0].buzzer.signals[0].tone], [10, 3]);

    await present('lobby-in', 4822);
    await eventually(seen(live), (seen) => seen.some(({ eventCode }) => eventCode === 0x1000));
    await present('lobby-in', 4822);
    await eventually(seen(live), (seen) => seen.some(({ eventCode }) => eventCode === 0x6100));
    const codes = live.seen.map(({ eventCode, subCode, entityID, userID }) => [
      eventCode,
      subCode,
      entityID,
      userID,
    ]);
    assert.deepEqual(
      codes.filter(([one]) => one === HARD || one === 0x1900 || one === 0x6100),
      [
        [HARD, 1, 7, 'ann'],
        [0x1900, 5, 1, 'ann'],
        [0x6100, 0, 7, ''],
      ],
    );
    const status = () => ok('apb_zone.APBZone/GetStatus', device()).then((reply) => reply.status);
    assert.deepEqual(await status(), [{ zoneID: 7, status: 1, disabled: false }]);
    await ok('apb_zone.APBZone/SetAlarm', { ...device(), zoneIDs: [7], alarmed: false });
    assert.deepEqual(await status(), [{ zoneID: 7, status: 0, disabled: false }]);
    await present('lobby-in', 4822);
    await eventually(
      async () => (await seen(live)()).filter(({ eventCode }) => eventCode === HARD).length,
      (count) => count === 2,
    );
    await ok('apb_zone.APBZone/Clear', { ...device(), zoneID: 7, userIDs: ['ann', 'nobody'] });
    await present('lobby-in', 4822);
    await eventually(
      async () => (await seen(live)()).filter(({ eventCode }) => eventCode === 0x1000).length,
      (count) => count === 2,
    );
    live.cancel();
    await ok('apb_zone.APBZone/ClearAll', { ...device(), zoneID: 7 });
    await ok('apb_zone.APBZone/Delete', { ...device(), zoneIDs: [7, 99] });
    assert.deepEqual((await ok('apb_zone.APBZone/Get', device())).zones, []);
    const missed = await ok('event.Event/GetLog', {
      ...device(),
      startEventID: live.seen[0]?.ID,
      maxNumOfLog: 1_000,
    });
    const first = live.seen.length;
    assert.deepEqual(missed.events.slice(0, first), live.seen, 'history and stream tell the same, ID by ID');
  });

  it('a hundred zones in one call; the hundred-and-first is refused', async () => {
    const zones = Array.from({ length: 100 }, (_, index) => zone(index + 1));
    await ok('apb_zone.APBZone/Add', { ...device(), zones });
    assert.equal((await ok('apb_zone.APBZone/Get', device())).zones.length, 100);
    const more = await gsdk.call('apb_zone.APBZone/Add', { ...device(), zones: [zone(101)] });
    assert.equal(more.code, 8, more.details);
    await ok('apb_zone.APBZone/DeleteAll', device());
  });

  it('what is wrong is refused by its field, and nothing is stored', async () => {
    const members = (...list: object[]) => ({ members: list });
    const wrong: readonly [object, RegExp][] = [
      [zone(0), /zones\[1\]\.zoneID/],
      [zone(2, members(member(0, 0))), /zones\[1\]\.members/],
      [zone(2, members(member(0, 0), member(2, 0))), /zones\[1\]\.members/],
      [zone(2, members(...Array.from({ length: 65 }, () => member(0, 0)))), /zones\[1\]\.members: has 65/],
      [zone(2, members(member(0, 0), member(0, 1))), /zones\[1\]\.members: names a reader twice/],
      [
        zone(2, members(member(0, 0), { deviceID: 77, readerType: 1 })),
        /zones\[1\]\.members\[1\]\.deviceID: 77/,
      ],
      [zone(2, members(member(0, 0), { deviceID: readers[1], readerType: 9 })), /readerType: 9/],
      [zone(2, { type: 5 }), /zones\[1\]\.type: 5/],
      [zone(2, { name: 'n'.repeat(49) }), /zones\[1\]\.name/],
      [zone(2, { name: '\u{1F6AA}'.repeat(48) }), /zones\[1\]\.name.*bytes/],
      [zone(2, { name: '' }), /zones\[1\]\.name/],
      [zone(2, { name: 'a\nb' }), /zones\[1\]\.name: has control characters/],
      [zone(2, { bypassGroupIDs: Array.from({ length: 17 }, (_, index) => index + 1) }), /bypassGroupIDs/],
      [zone(2, { bypassGroupIDs: [0] }), /bypassGroupIDs\[0\]/],
      [zone(2, { actions: Array.from({ length: 6 }, () => ({ type: 4 })) }), /actions/],
      [zone(2, { actions: [{ type: 10 }] }), /actions\[0\]\.buzzer: is missing/],
      [zone(2, { actions: [{ type: 4, relay: { relayIndex: 0 } }] }), /actions\[0\]\.relay: does not go/],
      [zone(2, { actions: [{ type: 8 }] }), /actions\[0\]\.type: 8 is not supported/],
      [zone(2, { actions: [{ type: 99 }] }), /actions\[0\]\.type: 99 is not an ActionType/],
      [zone(2, { actions: [{ type: 4, delay: 70_000 }] }), /actions\[0\]\.delay: 70000/],
      [zone(2, { actions: [{ type: 4, stopFlag: 3 }] }), /actions\[0\]\.stopFlag/],
    ];
    for (const [bad, field] of wrong) {
      const answer = await gsdk.call('apb_zone.APBZone/Add', { ...device(), zones: [zone(1), bad] });
      assert.equal(answer.code, code.invalid, `${JSON.stringify(bad)}: ${answer.details}`);
      assert.match(answer.details, field);
    }
    assert.deepEqual((await ok('apb_zone.APBZone/Get', device())).zones, []);
  });

  it('whatever numbers and words a zone has, it is stored whole or refused with a status', async () => {
    const number = fc.oneof(fc.constantFrom(0, 1, 2, 0xffff_ffff), fc.nat());
    const arbitraryZone = fc.record({
      zoneID: number,
      name: fc.string({ unit: 'grapheme', maxLength: 60 }),
      type: fc.nat(3),
      resetDuration: number,
      members: fc.array(
        fc.record({ deviceID: fc.oneof(fc.constantFrom(...readers), number), readerType: fc.nat(3) }),
      ),
      actions: fc.array(
        fc.record({ deviceID: number, type: fc.nat(17), stopFlag: fc.nat(4), delay: number }),
      ),
      bypassGroupIDs: fc.array(number, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryZone, { maxLength: 3 }), async (zones) => {
        const before = (await ok('apb_zone.APBZone/Get', device())).zones;
        const { code: answered, details } = await gsdk.call('apb_zone.APBZone/Add', { ...device(), zones });
        assert.ok([0, code.invalid].includes(answered), details);
        if (answered === 0) await ok('apb_zone.APBZone/DeleteAll', device());
        else assert.deepEqual((await ok('apb_zone.APBZone/Get', device())).zones, before);
      }),
      { numRuns: 150 },
    );
  });

  it('strangers are not found, empty lists are never "all"', async () => {
    const cases: readonly [string, object, number][] = [
      ['apb_zone.APBZone/Get', { deviceID: 5 }, code.notFound],
      ['apb_zone.APBZone/GetStatus', { ...device(), zoneIDs: [9] }, code.notFound],
      ['apb_zone.APBZone/Clear', { ...device(), zoneID: 9, userIDs: ['ann'] }, code.notFound],
      ['apb_zone.APBZone/ClearAll', { ...device(), zoneID: 9 }, code.notFound],
      ['apb_zone.APBZone/SetAlarm', { ...device(), zoneIDs: [9], alarmed: true }, code.notFound],
      ['apb_zone.APBZone/SetAlarm', { ...device(), alarmed: true }, code.invalid],
      ['apb_zone.APBZone/Delete', device(), code.invalid],
      ['apb_zone.APBZone/Clear', { ...device(), zoneID: 9 }, code.invalid],
      [
        'apb_zone.APBZone/Clear',
        { ...device(), zoneID: 9, userIDs: Array(10_001).fill('ann') },
        code.invalid,
      ],
      ['door.Door/Lock', { ...device(), doorFlag: 4 }, code.invalid],
      ['door.Door/Unlock', { ...device(), doorIDs: [8], doorFlag: 4 }, code.notFound],
      ['door.Door/Unlock', { ...device(), doorIDs: [1], doorFlag: 1 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [1], alarmFlag: 1 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 3 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 8 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 4 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [2, 9], alarmFlag: 1 }, code.notFound],
      ['door.Door/SetAlarm', { ...device(), alarmFlag: 0 }, code.invalid],
      ['user.User/SetAccessGroup', { ...device(), userAccessGroups: [{ userID: 'nobody' }] }, code.notFound],
    ];
    for (const [method, request, wanted] of cases) {
      const answer = await gsdk.call(method, request);
      assert.equal(answer.code, wanted, `${method} ${JSON.stringify(request)}: ${answer.details}`);
    }
  });

  it('groups, levels and who is in them', async () => {
    const level = { ID: 3, name: 'Lobby always', doorSchedules: [{ doorID: 1, scheduleID: 1 }] };
    await ok('access.Access/AddLevel', { ...device(), levels: [level] });
    await ok('access.Access/Add', { ...device(), groups: [{ ID: 9, name: '', levelIDs: [3] }] });
    await ok('user.User/SetAccessGroup', {
      ...device(),
      userAccessGroups: [{ userID: 'sue', accessGroupIDs: [9] }],
    });
    const { userAccessGroups } = await ok('user.User/GetAccessGroup', { ...device(), userIDs: ['sue'] });
    assert.deepEqual(userAccessGroups, [{ userID: 'sue', accessGroupIDs: [9] }]);
    const { levels } = await ok('access.Access/GetLevelList', device());
    assert.ok(levels.some((one: { readonly ID: number }) => one.ID === 3));
    const granted = async () =>
      (
        (await gsdk.api('POST', '/api/v1/explain', { user: 'sue', reader: 'lobby-in' })).body as Explained
      ).checks.some(({ check, answer }) => check === 'rights' && answer === 'passes');
    const numbersIn = async (method: string, list: string) =>
      (await ok(method, device()))[list].map((one: { readonly ID: number }) => one.ID);
    // Sue has no right but this group's.
    const { body } = await gsdk.api('GET', '/api/v1/users/sue');
    await gsdk.patch('/api/v1/users/sue', { accessRights: [] });
    assert.equal(await granted(), true);

    // As a client that writes everything anew does: what is named is gone, and back with who names it.
    await ok('access.Access/DeleteAll', device());
    await ok('access.Access/DeleteAllLevel', device());
    assert.deepEqual(await numbersIn('access.Access/GetList', 'groups'), []);
    assert.deepEqual(await numbersIn('access.Access/GetLevelList', 'levels'), []);
    assert.equal(await granted(), false);
    await ok('access.Access/AddLevel', { ...device(), levels: [level] });
    assert.equal(await granted(), false);
    await ok('access.Access/Add', { ...device(), groups: [{ ID: 9, name: 'Back', levelIDs: [3] }] });
    assert.deepEqual(await numbersIn('access.Access/GetList', 'groups'), [9]);
    assert.equal(await granted(), true);
    const still = await ok('user.User/GetAccessGroup', { ...device(), userIDs: ['sue'] });
    assert.deepEqual(still.userAccessGroups, [{ userID: 'sue', accessGroupIDs: [9] }]);
    await ok('user.User/SetAccessGroup', { ...device(), userAccessGroups: [{ userID: 'sue' }] });
    await ok('access.Access/Delete', { ...device(), groupIDs: [9, 1_000] });
    assert.equal((await gsdk.api('GET', '/api/v1/groups/9')).status, 404, 'nothing names it any more');
    await gsdk.patch('/api/v1/users/sue', { accessRights: (body as User).accessRights });
  });

  it('a zone replaced by one with the same members keeps what the dialect has no word for', async () => {
    const id = 30;
    const members = ['lobby-in', 'lobby-out'].map((reader, index) => {
      return { reader, direction: index === 0 ? 'entry' : 'exit' };
    });
    const url = { kind: 'url', url: 'http://u:s3cret-s3cret@192.0.2.9/' };
    const made = await gsdk.api('POST', '/api/v1/zones', {
      ...{ id, name: 'Own', type: 'hard-everywhere', members, actions: [url] },
      occupancy: { max: { count: 5, severity: 'hard' } },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { zones } = await ok('apb_zone.APBZone/Get', device());
    await ok('apb_zone.APBZone/Add', {
      ...device(),
      zones: [{ ...zones[0], name: 'Theirs', resetDuration: 60 }],
    });
    const stored = async () => (await gsdk.api('GET', `/api/v1/zones/${id}`)).body as Record<string, unknown>;
    const kept = await stored();
    assert.deepEqual([kept['name'], kept['resetSeconds'], kept['type']], ['Theirs', 60, 'hard-everywhere']);
    assert.deepEqual(kept['occupancy'], { max: { count: 5, severity: 'hard' } });
    assert.equal((kept['actions'] as readonly unknown[]).length, 1);
    await ok('apb_zone.APBZone/Add', {
      ...device(),
      zones: [zone(id, { type: 1, members: [member(2, 0), member(1, 1)] })],
    });
    const replaced = await stored();
    assert.deepEqual([replaced['type'], replaced['occupancy'], replaced['actions']], ['soft', undefined, []]);
    await ok('apb_zone.APBZone/DeleteAll', device());
  });

  it('nothing is answered after Disconnect until Connect', async () => {
    const changes = gsdk.stream('connect.Connect/SubscribeStatus', {});
    await ok('connect.Connect/GetDeviceList', {});
    await ok('connect.Connect/Disconnect', { deviceIDs: [deviceID] });
    assert.equal((await gsdk.call('apb_zone.APBZone/Get', device())).code, code.notFound);
    await ok('connect.Connect/Connect', {});
    await ok('apb_zone.APBZone/Get', device());
    await eventually(
      async () => (await seen(changes)()).length,
      (count) => count >= 1,
    );
    changes.cancel();
  });
});

describe('G-SDK clients with certificates', function () {
  this.timeout(60_000);

  it('only those of the authority are served', async () => {
    const folder = newDataDir();
    const own = await ensureCertificates(folder, ['client'], Date.now());
    const gsdk = await startGsdkProduct({ clients: 'certificate', clientCa: join(folder, 'ca.crt') }, own);
    const ca = readFileSync(join(gsdk.dataDir, 'tls', 'ca.crt'), 'utf8');
    const stranger = clientsTo(gsdk.port, ca);
    assert.equal((await stranger.call('connect.Connect/GetDeviceList', {})).code, code.unavailable);
    stranger.close();
    await gsdk.close();
    dropDataDir(folder);
  });
});
