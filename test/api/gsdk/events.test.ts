import assert from 'node:assert/strict';
import { createDevices } from '../../../src/api/gsdk/devices.js';
import { recordsOf, seqOf } from '../../../src/api/gsdk/events.js';
import { nameOf, numberOf } from '../../../src/api/gsdk/numbers.js';
import { type DenyReason, denyReasons } from '../../../src/core/decision.js';
import { type LogKind, logKinds } from '../../../src/core/log.js';
import type { StoredEvent } from '../../../src/core/management.js';

const site = {
  doors: [
    { id: 'lobby', number: 1, name: 'Lobby', hasContact: true },
    { id: 'side', number: 2, name: 'Side', hasContact: true },
  ],
  interlocks: [{ id: '12', doors: ['lobby', 'side'] }],
};
const readers = [{ id: 'in', name: 'In', door: 'lobby', direction: 'entry' as const }];
const whole = { ...{ name: 'Site', timeZone: 'UTC', board: 'mock', http: {} }, ...site, readers };
const devices = createDevices(whole, { controller: 900, readers: { in: 901 } });

/** Zone 8 is a timed one. */
const reads = {
  get: (_: string, id: string) => (id === '8' ? { revision: 1, body: { rule: 'timed' } } : undefined),
} as unknown as EventDesk['context']['reads'];
type EventDesk = Parameters<typeof recordsOf>[0];

function rowOf(row: Partial<StoredEvent>): StoredEvent {
  return { seq: 5, boot: 'b', monoMs: 1, wallMs: 1_000, trust: 'ntp', kind: '', hash: '', ...row };
}

/** Event code, sub code, entity and device of each record of a row. */
function recordsFor(row: Partial<StoredEvent>): readonly (readonly number[])[] {
  return recordsOf({ context: { site, reads }, devices }, rowOf(row)).map((one) => [
    one.eventCode,
    one.subCode,
    one.entityID,
    one.deviceID,
  ]);
}

const at = { door: 'lobby', reader: 'in', user: 'ann' };
/** Rows, and the code, sub code, entity and device of each of their records. */
const cases: readonly [Partial<StoredEvent>, readonly (readonly number[])[]][] = [
  [{ ...at, kind: 'access-granted', credential: { kind: 'card', label: '' } }, [[0x1000, 6, 1, 901]]],
  [{ ...at, kind: 'access-granted', credential: { kind: 'pin', label: '' } }, [[0x1000, 1, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'passback' }, [[0x1900, 5, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'expired' }, [[0x1900, 3, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'passback-blocked', zone: 7 }, [[0x1900, 5, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'passback', zone: 8 }, [[0x1900, 6, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'occupancy-max' }, [[0x1900, 0x16, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'wrong-pin' }, [[0x1800, 2, 1, 901]]],
  [{ ...at, kind: 'access-denied', reason: 'no-company' }, [[0x1800, 3, 1, 901]]],
  [
    { ...at, kind: 'access-granted', credential: { kind: 'card', label: '••••4822 + PIN' } },
    [[0x1000, 7, 1, 901]],
  ],
  [
    { ...at, kind: 'passback-violation', zone: 8, detail: { type: 'soft' } },
    [
      [0x6300, 2, 8, 901],
      [0x1900, 9, 1, 901],
    ],
  ],
  [{ kind: 'zone-alarm-on', zone: 8 }, [[0x6400, 0, 8, 900]]],
  [{ kind: 'zone-alarm-off', zone: 8 }, [[0x6500, 0, 8, 900]]],
  [{ ...at, kind: 'occupancy-violation', zone: 7 }, [[0xa700, 0, 7, 901]]],
  [{ kind: 'door-forced-ended', door: 'lobby' }, [[0x5700, 0, 1, 900]]],
  [{ kind: 'door-held', door: 'lobby', by: { kind: 'operator', operator: 'g-sdk' } }, [[0x5800, 0, 1, 900]]],
  [{ ...at, kind: 'access-denied', reason: 'unknown-credential' }, [[0x1100, 2, 1, 901]]],
  [{ ...at, kind: 'passback-violation', zone: 7, detail: { type: 'hard' } }, [[0x6000, 1, 7, 901]]],
  [
    { ...at, kind: 'passback-violation', zone: 7, detail: { type: 'soft' } },
    [
      [0x6000, 2, 7, 901],
      [0x1900, 8, 1, 901],
    ],
  ],
  [{ kind: 'zone-alarm-on', zone: 7 }, [[0x6100, 0, 7, 900]]],
  [{ kind: 'zone-alarm-off', zone: 7 }, [[0x6200, 0, 7, 900]]],
  [
    { kind: 'door-forced', door: 'lobby' },
    [
      [0x5400, 0, 1, 900],
      [0x5600, 0, 1, 900],
    ],
  ],
  [
    { kind: 'door-command', door: 'lobby', detail: { command: 'lock', level: 'operator' } },
    [[0x5d04, 0, 1, 900]],
  ],
  [
    { kind: 'door-command', door: 'lobby', detail: { command: 'normal', level: 'emergency' } },
    [[0x5c00, 2, 1, 900]],
  ],
  [{ kind: 'unlocked', door: 'lobby', detail: { cause: 'grant' } }, [[0x5000, 0, 1, 900]]],
  [
    { kind: 'unlocked', door: 'lobby', detail: { cause: 'schedule' } },
    [
      [0x5e01, 0, 1, 900],
      [0x5000, 0, 1, 900],
    ],
  ],
  [{ kind: 'locked', door: 'lobby' }, [[0x5100, 0, 1, 900]]],
  [
    { kind: 'locked', door: 'lobby', detail: { cause: 'schedule' } },
    [
      [0x5c00, 1, 1, 900],
      [0x5100, 0, 1, 900],
    ],
  ],
  [
    { ...at, kind: 'access-denied', reason: 'interlock' },
    [
      [0xa200, 0, 12, 901],
      [0x1900, 0x0f, 1, 901],
    ],
  ],
  [{ kind: 'interlock-broken', door: 'lobby', detail: { other: 'side' } }, [[0xa000, 0, 12, 900]]],
  [
    { ...at, kind: 'access-granted', detail: { unconfirmed: [7, 8, 9, 10] } },
    [
      [0x1000, 6, 1, 901],
      [0x8000, 0, 7, 901],
      [0x8000, 0, 8, 901],
      [0x8000, 0, 9, 901],
    ],
  ],
  [{ ...at, kind: 'grant-withdrawn', reason: 'door-locked' }, [[0x1900, 0x17, 1, 901]]],
  [{ ...at, kind: 'grant-withdrawn', reason: 'unknown-credential' }, [[0x1900, 2, 1, 901]]],
  [{ ...at, kind: 'duress', credential: { kind: 'pin', label: '' } }, [[0x1200, 1, 1, 901]]],
  [
    { kind: 'fire-on' },
    [
      [0x3f00, 0, 0, 900],
      [0x6700, 0, 0, 900],
    ],
  ],
  [{ kind: 'fire-off' }, [[0x3f00, 0, 0, 900]]],
  [{ kind: 'fire-reset' }, [[0x6800, 0, 0, 900]]],
  [{ kind: 'fire-reset', reason: 'fire-active' }, []],
  [{ kind: 'reader-alarm-on', reader: 'in', detail: { alarm: 'tamper' } }, [[0x4000, 0, 0, 901]]],
  [{ kind: 'reader-alarm-off', reader: 'in', detail: { alarm: 'tamper' } }, [[0x4100, 0, 0, 901]]],
  [{ kind: 'reader-alarm-on', reader: 'in', detail: { alarm: 'power' } }, []],
  [{ kind: 'started' }, [[0x3100, 0, 0, 900]]],
  [{ kind: 'clock-step' }, [[0x3200, 0, 0, 900]]],
  [{ kind: 'changed' }, []],
];

/** Reasons that the table tells as an access group's, and why there is no better word. */
const accessGroup: Readonly<Partial<Record<DenyReason, string>>> = {
  'clock-untrusted': 'a right that holds at certain times, and nobody knows the time',
  'no-access-right': 'it is one',
  'outside-schedule': 'a schedule is part of the level',
  'waiting-for-company': 'an answer only: the row is company-awaited',
  'too-many-pending': 'a bound of ours',
  'storage-failed': 'a fault of ours',
  'relay-failed': 'a fault of ours',
  'unknown-door': 'a request that names nothing here',
  'unknown-reader': 'a request that names nothing here',
  'unknown-zone': 'a request that names nothing here',
  'lower-priority': 'a command, answered by a status',
  'fire-active': 'a command, answered by a status',
  'source-not-allowed': 'another door than the sender may open',
  'not-ready': 'a start that is not over',
};

const told = 'told by the row of the decision';
const noWord = 'the table has no word for it';
const own = "of the controller's own running";
/** Kinds of rows that G-SDK clients are told of. */
type Coded =
  | ('access-granted' | 'access-denied' | 'grant-withdrawn' | 'duress' | 'passback-violation')
  | ('occupancy-violation' | 'zone-alarm-on' | 'zone-alarm-off' | 'interlock-broken')
  | ('unlocked' | 'locked' | 'door-opened' | 'door-closed' | 'door-command' | 'door-released' | 'rex')
  | ('door-forced' | 'door-forced-ended' | 'door-held' | 'door-held-ended')
  | ('fire-on' | 'fire-off' | 'fire-reset' | 'tamper-on' | 'tamper-off' | 'started' | 'clock-step')
  | ('reader-online' | 'reader-offline' | 'reader-alarm-on' | 'reader-alarm-off');

/** All others, and why not: whoever adds a kind says so here, or gives it its code. */
const withoutCode: Readonly<Record<Exclude<LogKind, Coded>, string>> = {
  'access-taken': told,
  'passback-exempt': told,
  'reader-locked-out': told,
  'missing-credential': told,
  'no-entry-after-grant': noWord,
  'passback-blind': noWord,
  'company-awaited': noWord,
  unreadable: noWord,
  'reader-unreadable-on': noWord,
  'reader-unreadable-off': noWord,
  'door-action': noWord,
  'zone-action': noWord,
  'zone-cleared': noWord,
  'zone-forgotten': noWord,
  'zone-reset': noWord,
  'zone-count': noWord,
  'zone-assigned': noWord,
  'zone-lockdown-on': noWord,
  'zone-lockdown-off': noWord,
  'muster-started': noWord,
  'muster-ended': noWord,
  'muster-read': noWord,
  'access-forwarded': 'decided elsewhere',
  'forward-answered': 'decided elsewhere',
  'learn-armed': own,
  'learn-stopped': own,
  'card-learned': own,
  'reader-service': own,
  'reader-notice': own,
  'dead-letter-dropped': own,
  'dead-letter-retried': own,
  restored: own,
  imported: own,
  exported: own,
  'backup-made': own,
  'backup-failed': own,
  'storage-checked': own,
  stopping: own,
  'storage-failed': own,
  'storage-fault': own,
  'storage-recovered': own,
  overflow: own,
  'output-failed': own,
  'input-fault': own,
  'web-restarted': own,
  'outbound-restarted': own,
  changed: own,
  claimed: own,
  login: own,
  'login-failed': own,
  'source-refused': own,
  'request-refused': own,
  'alarm-acknowledged': own,
  'backup-fetched': own,
  'backup-received': own,
  'link-down': 'no device here',
  'link-up': 'no device here',
};

describe('rows as G-SDK event records', () => {
  it('have the documented codes, and say which door, zone and device', () => {
    for (const [row, wanted] of cases) assert.deepEqual(recordsFor(row), wanted, JSON.stringify(row));
  });

  it('inputs and interlocks say what they carry', () => {
    const tell = (row: Partial<StoredEvent>) => recordsOf({ context: { site, reads }, devices }, rowOf(row));
    assert.deepEqual(
      [tell({ kind: 'fire-on' })[0]?.inputInfo, tell({ kind: 'fire-off' })[0]?.inputInfo],
      [1, 0].map((value) => ({ ioDeviceID: 900, port: 0, value })),
    );
    const denied = tell({ kind: 'access-denied', reason: 'interlock', door: 'side' });
    assert.deepEqual(denied[0]?.interlockZoneInfo, { zoneID: 12, doorIDs: [1, 2] });
  });

  it("every reason of a refusal has its code; those the table has no word for are an access group's", () => {
    const codeOf = (reason: string) => recordsFor({ kind: 'access-denied', door: 'lobby', reason }).at(-1);
    const unspoken = denyReasons.filter((reason) => {
      const [eventCode, subCode] = codeOf(reason) ?? [];
      assert.ok(eventCode !== undefined && [0x1100, 0x1800, 0x1900].includes(eventCode), reason);
      assert.ok(subCode !== undefined && subCode > 0, reason);
      return eventCode === 0x1900 && subCode === 0x01;
    });
    assert.deepEqual(unspoken, Object.keys(accessGroup));
  });

  it('every kind of row has its documented codes, or there is a reason why not', () => {
    const silent = logKinds.filter((kind) => {
      const detail = { type: 'hard', level: 'operator', command: 'lock', alarm: 'tamper' };
      return recordsFor({ kind, door: 'lobby', reader: 'in', zone: 7, user: 'ann', detail }).length === 0;
    });
    assert.deepEqual([...silent].sort(), Object.keys(withoutCode).sort());
  });

  it('IDs rise with the log and lead back to their row', () => {
    const [first] = recordsOf(
      { context: { site, reads }, devices },
      { seq: 5, boot: 'b', monoMs: 1, wallMs: 1, trust: 'ntp', kind: 'rex', door: 'lobby', hash: '' },
    );
    assert.equal(seqOf(first?.ID ?? 0), 5);
  });

  it('names are numbers that stay: their own, or a hash', () => {
    for (const own of [42, 999_999_999, 1_073_741_825, 3_000_000_000, 4_294_967_295]) {
      assert.equal(numberOf(String(own)), own);
      assert.equal(nameOf(own, ['staff', String(own)]), String(own));
    }
    assert.ok(numberOf('4294967296') < 2 ** 31);
    // Whose own number it is comes before whose hash it is.
    const hashed = String(numberOf('staff'));
    assert.equal(nameOf(numberOf('staff'), ['staff', hashed]), hashed);
    assert.equal(nameOf(numberOf('staff'), ['visitors', 'staff']), 'staff');
    assert.equal(nameOf(43, ['staff']), '43');
    assert.ok(numberOf('staff') >= 0x4000_0000 && numberOf('staff') < 2 ** 31);
  });

  it('two devices with one number are refused', () => {
    assert.throws(() => createDevices(whole, { controller: 901, readers: { in: 901 } }), /one number/);
  });
});
