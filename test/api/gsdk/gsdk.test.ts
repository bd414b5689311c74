/** G-SDK clients against the whole product: gRPC in, the mock board's pulses, the log and the live stream out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ensureCertificates } from '../../../src/certificates.js';
import { dropDataDir, eventually, newDataDir } from '../../site/product.js';
import { clientsTo, type Gsdk, startGsdkProduct } from './gsdkClient.js';

const HARD = 0x6000;
const code = { invalid: 3, notFound: 5, failed: 9, unimplemented: 12, unavailable: 14 };

/** What has come by now, once the loop has turned: the product runs in this process too. */
function seen<T>(stream: { readonly seen: T[] }): () => Promise<readonly T[]> {
  return () => new Promise((resolve) => setImmediate(() => resolve(stream.seen)));
}

describe('G-SDK clients', function () {
  this.timeout(60_000);
  let gsdk: Gsdk;
  let deviceID = 0;
  let readers: readonly number[] = [];
  const device = () => ({ deviceID });
  const member = (index: number, readerType: number) => ({ deviceID: readers[index], readerType });
  const zone = (zoneID: number, more: object = {}) => ({
    zoneID,
    name: `Zone ${zoneID}`,
    type: 0,
    members: [member(0, 0), member(1, 1)],
    ...more,
  });
  const ok = async (method: string, request: object) => {
    const answer = await gsdk.call(method, request);
    assert.equal(answer.code, 0, `${method}: ${answer.details}`);
    return answer.reply;
  };
  const present = (reader: string, number: number) =>
    gsdk.api('POST', `/api/v1/mock/readers/${reader}/present`, {
      format: 'H10301',
      facility: 25,
      number: String(number),
    });

  before(async () => {
    gsdk = await startGsdkProduct();
    deviceID = (await ok('connect.Connect/Connect', { connectInfo: { IPAddr: '10.0.0.1', port: 51_211 } }))
      .deviceID;
    const { slaveInfos } = await ok('rs485.RS485/GetDevice', device());
    readers = slaveInfos.map((slave: { readonly deviceID: number }) => slave.deviceID);
    await ok('apb_zone.APBZone/DeleteAll', device());
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
    const sent = zone(7, { resetDuration: 3_600, actions: [action], bypassGroupIDs: [42] });
    await ok('apb_zone.APBZone/Add', { ...device(), zones: [sent] });
    const { zones } = await ok('apb_zone.APBZone/Get', device());
    assert.deepEqual(
      [zones[0].zoneID, zones[0].name, zones[0].type, zones[0].resetDuration, zones[0].bypassGroupIDs],
      [7, 'Zone 7', 0, 3_600, [42]],
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
      ['door.Door/Lock', { ...device(), doorFlag: 4 }, code.invalid],
      ['door.Door/Unlock', { ...device(), doorIDs: [8], doorFlag: 4 }, code.notFound],
      ['door.Door/Unlock', { ...device(), doorIDs: [1], doorFlag: 1 }, code.invalid],
      ['door.Door/SetAlarm', { ...device(), doorIDs: [1], alarmFlag: 1 }, code.unimplemented],
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
    const used = await gsdk.call('access.Access/Delete', { ...device(), groupIDs: [9] });
    assert.equal(used.code, code.failed, used.details);
    await ok('user.User/SetAccessGroup', { ...device(), userAccessGroups: [{ userID: 'sue' }] });
    await ok('access.Access/Delete', { ...device(), groupIDs: [9, 1_000] });
  });

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

  it('a forced door is in alarm until it closes; a client may only say that it has seen it', async () => {
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
    const status = async () => (await ok('door.Door/GetStatus', device())).status[1];
    await eventually(status, ({ alarmFlags }) => alarmFlags === 1);
    const alarm = async () => {
      const { body } = await gsdk.api('GET', '/api/v1/alarms');
      const { items } = body as {
        readonly items: readonly { kind: string; acknowledged?: { by: string } }[];
      };
      return items.find(({ kind }) => kind === 'door-forced');
    };
    await eventually(alarm, (found) => found !== undefined);
    await ok('door.Door/SetAlarm', { ...device(), doorIDs: [2], alarmFlag: 0 });
    assert.equal((await alarm())?.acknowledged?.by, 'g-sdk');
    await gsdk.api('POST', '/api/v1/mock/doors/garage/contact', { open: false });
    await eventually(status, ({ alarmFlags, isOpen }) => alarmFlags === 0 && !isOpen);
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
