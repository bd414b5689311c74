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

/** Event code, sub code, entity and device of each record of a row. */
function recordsFor(row: Partial<StoredEvent>): readonly (readonly number[])[] {
  const whole = { seq: 5, boot: 'b', monoMs: 1, wallMs: 1_000, trust: 'ntp', kind: '', hash: '', ...row };
  return recordsOf({ context: { site }, devices }, whole).map((one) => [
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
      { context: { site }, devices },
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
