import assert from 'node:assert/strict';
import fc from 'fast-check';
import { relayRightsOf, scheduleRelayOf } from '../../../src/api/akuvox/scheduleRelay.js';
import { listCell, listOf, plainCell, safeCell, timeCell, timeOfCell } from '../../../src/api/csv/cells.js';

describe('csv: cells', () => {
  it('no cell is a formula, and every cell comes back', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('=1+1', '+1', '-1', '@x', '\tx', '\rx', "'x", "''=", "'", '=cmd|'),
    );
    fc.assert(
      fc.property(text, (value) => {
        const cell = safeCell(value);
        assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
        assert.equal(plainCell(cell), value);
      }),
    );
  });

  it('lists come back, whatever is in them', () => {
    const value = fc.string({ minLength: 1 }).filter((one) => one.trim() === one && one !== '');
    fc.assert(fc.property(fc.array(value), (values) => assert.deepEqual(listOf(listCell(values)), values)));
    assert.deepEqual(listOf(' staff ; guests;'), ['staff', 'guests']);
  });

  it('times come back; half and impossible ones are none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) =>
        assert.equal(timeOfCell(timeCell(ms)), ms),
      ),
    );
    assert.equal(timeOfCell('2026-01-31'), Date.UTC(2026, 0, 31));
    assert.equal(timeOfCell('2026-01-31T08:00:00+01:00'), Date.UTC(2026, 0, 31, 7));
    for (const bad of ['', '31.01.2026', '2026-13-01', '2026-01-31 08:00', 'tomorrow', '2026-01-31T08:00']) {
      assert.equal(timeOfCell(bad), undefined, bad);
    }
  });

  it('access as Akuvox writes it becomes rights and comes back', () => {
    const doors = [
      { id: 'lobby', number: 1 },
      { id: 'lab', number: 3 },
    ];
    const rights = relayRightsOf('1001-13;1002-1;', doors, () => false) ?? [];
    assert.deepEqual(
      rights.map(({ id, doors: of }) => [id, of.map(({ door, schedule }) => `${door} ${schedule}`)]),
      [
        ['relay-1001-13', ['lobby always', 'lab always']],
        ['relay-1002-1', ['lobby never']],
      ],
    );
    const find = (id: string) => rights.find((right) => right.id === id);
    assert.equal(
      scheduleRelayOf(
        rights.map(({ id }) => id),
        find,
        doors,
      ),
      '1001-13;1002-1;',
    );
    const own = {
      id: 'all',
      name: 'All',
      doors: [
        { door: 'lab', schedule: 'always' },
        { door: 'lobby', schedule: 'always' },
      ],
    };
    assert.equal(
      scheduleRelayOf(['all', 'gone'], (id) => (id === 'all' ? own : undefined), doors),
      '1001-13;',
    );
    for (const bad of ['1001', '1001-2', '7-1', '1001-11', 'x-1', '1001-1;;=1']) {
      assert.equal(
        relayRightsOf(bad, doors, () => false),
        undefined,
        bad,
      );
    }
  });
});
