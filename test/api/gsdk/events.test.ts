import assert from 'node:assert/strict';
import { createDevices } from '../../../src/api/gsdk/devices.js';
import { recordsOf, seqOf } from '../../../src/api/gsdk/events.js';
import { nameOf, numberOf } from '../../../src/api/gsdk/numbers.js';
import type { StoredEvent } from '../../../src/core/management.js';

const site = {
  name: 'Site',
  timeZone: 'UTC',
  doors: [{ id: 'lobby', number: 1, name: 'Lobby', hasContact: true }],
  readers: [{ id: 'in', name: 'In', door: 'lobby', direction: 'entry' as const }],
  board: 'mock',
  http: {},
};
const devices = createDevices(site, { controller: 900, readers: { in: 901 } });

/** Zone 8 is a timed one. */
const reads = {
  get: (_: string, id: string) => (id === '8' ? { revision: 1, body: { rule: 'timed' } } : undefined),
} as unknown as EventDesk['context']['reads'];
type EventDesk = Parameters<typeof recordsOf>[0];

/** Event code, sub code, entity and device of each record of a row. */
function recordsFor(row: Partial<StoredEvent>): readonly (readonly number[])[] {
  const whole = { seq: 5, boot: 'b', monoMs: 1, wallMs: 1_000, trust: 'ntp', kind: '', hash: '', ...row };
  return recordsOf({ context: { site, reads }, devices }, whole).map((one) => [
    one.eventCode,
    one.subCode,
    one.entityID,
    one.deviceID,
  ]);
}

describe('rows as G-SDK event records', () => {
  it('have the documented codes, and say which door, zone and device', () => {
    const at = { door: 'lobby', reader: 'in', user: 'ann' };
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
      [
        { kind: 'door-held', door: 'lobby', by: { kind: 'operator', operator: 'g-sdk' } },
        [[0x5800, 0, 1, 900]],
      ],
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
      [{ kind: 'changed' }, []],
    ];
    for (const [row, wanted] of cases) assert.deepEqual(recordsFor(row), wanted, JSON.stringify(row));
  });

  it('IDs rise with the log and lead back to their row', () => {
    const [first] = recordsOf(
      { context: { site, reads }, devices },
      { seq: 5, boot: 'b', monoMs: 1, wallMs: 1, trust: 'ntp', kind: 'rex', door: 'lobby', hash: '' },
    );
    assert.equal(seqOf(first?.ID ?? 0), 5);
  });

  it('names are numbers that stay: their own, or a hash', () => {
    assert.equal(numberOf('42'), 42);
    assert.equal(nameOf(numberOf('staff'), ['visitors', 'staff']), 'staff');
    assert.equal(nameOf(43, ['staff']), '43');
    assert.ok(numberOf('staff') >= 0x4000_0000 && numberOf('staff') < 2 ** 31);
  });

  it('two devices with one number are refused', () => {
    assert.throws(() => createDevices(site, { controller: 901, readers: { in: 901 } }), /one number/);
  });
});
