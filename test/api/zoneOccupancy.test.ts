/** The number inside over time against the core's own: whatever moves records, the chart says what the core said. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { createOccupancy } from '../../src/api/zoneOccupancy.js';
import type { RecordChange } from '../../src/core/log.js';
import type { ZoneRecord } from '../../src/core/state.js';
import { trieGet } from '../../src/core/trie.js';
import { noRecords, put, swept } from '../../src/core/zoneRecords.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const zone = 1;
const stepMs = 60_000;
const steps = 10;
const record = (direction: 'entry' | 'exit', marks: ZoneRecord['marks'] = undefined): ZoneRecord => ({
  ...{ direction, reader: 'in', boot: 'b', monoMs: 0, wallMs: 0, trusted: true },
  ...(marks === undefined ? {} : { marks }),
});

const someRecord = fc
  .tuple(fc.constantFrom('entry' as const, 'exit' as const), fc.boolean())
  .map(([direction, daily]) => record(direction, daily ? ['daily'] : undefined));
const user = fc.constantFrom('ann', 'bob', 'cid', 'dan', 'eve');
const users = fc.uniqueArray(user, { minLength: 1 });
const marked = fc.constantFrom({}, { marked: 'daily' as const });
const change: fc.Arbitrary<RecordChange> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), zone: fc.constant(zone), user, record: someRecord }),
  fc.record({ kind: fc.constant('forget' as const), zone: fc.constant(zone), user }),
  fc.record({ kind: fc.constant('forget-user' as const), user }),
  fc.record({ kind: fc.constant('forget-users' as const), zone: fc.constant(zone), users }),
  fc.record({ kind: fc.constant('set-users' as const), zone: fc.constant(zone), users, record: someRecord }),
  fc.record({
    kind: fc.constant('forget-marked' as const),
    zone: fc.constant(zone),
    marked: fc.constant('daily' as const),
  }),
  fc.constant({ kind: 'forget-zone' as const, zone }),
  fc.tuple(marked, someRecord).map(([mark, of]) => ({ kind: 'set-all' as const, zone, record: of, ...mark })),
);
const story = fc
  .array(fc.tuple(fc.integer({ min: -3 * stepMs, max: (steps + 2) * stepMs }), change), { maxLength: 60 })
  .map((rows) => rows.sort(([a], [b]) => a - b));

/** What the core's own records say at the end of each step. */
function byTheCore(rows: readonly (readonly [number, RecordChange])[]) {
  let records = noRecords;
  const everybody = ['ann', 'bob', 'cid', 'dan', 'eve'];
  const inside: number[] = [];
  for (let step = 0, next = 0; step < steps; step += 1) {
    for (; next < rows.length; next += 1) {
      const [at, what] = rows[next] as readonly [number, RecordChange];
      if (at >= (step + 1) * stepMs) break;
      for (const one of everybody) records = put(records, one, madeOf(records, what, one));
    }
    inside.push(records.inside);
  }
  for (const [at, what] of rows) {
    if (at < steps * stepMs) continue;
    for (const one of everybody) records = put(records, one, madeOf(records, what, one));
  }
  return { inside, now: records.inside };
}

function madeOf(records: typeof noRecords, what: RecordChange, user: string): ZoneRecord | undefined {
  const before = trieGet(records, user);
  switch (what.kind) {
    case 'set':
      return what.user === user ? what.record : before;
    case 'forget':
    case 'forget-user':
      return what.user === user ? undefined : before;
    case 'forget-users':
    case 'set-users':
      return swept({ change: what, listed: new Set(what.users) }, user, before);
    default:
      return swept({ change: what, listed: new Set() }, user, before);
  }
}

describe('occupancy over time', () => {
  it('says at each step what the core said, whatever moved the records', () => {
    fc.assert(
      fc.property(story, (rows) => {
        const occupancy = createOccupancy({ fromMs: 0, stepMs, steps });
        for (const [at, what] of rows) occupancy.play(at, what);
        const { inside, now } = byTheCore(rows);
        deepEqual(occupancy.told(now, true), { inside: [...inside], complete: true });
      }),
    );
  });

  it('people who came before the rows that are played are inside until everybody is cleared', () => {
    const occupancy = createOccupancy({ fromMs: 0, stepMs, steps: 4 });
    occupancy.play(0, { kind: 'set', zone, user: 'ann', record: record('entry') });
    occupancy.play(stepMs, { kind: 'set', zone, user: 'ann', record: record('exit') });
    deepEqual(occupancy.told(2, false), { inside: [3, 2, 2, 2], complete: true });
  });

  it('what was before everybody was cleared is not known of those who came earlier still, and it says so', () => {
    const occupancy = createOccupancy({ fromMs: 0, stepMs, steps: 4 });
    occupancy.play(0, { kind: 'set', zone, user: 'ann', record: record('entry') });
    occupancy.play(2 * stepMs, { kind: 'forget-zone', zone });
    deepEqual(occupancy.told(0, false), { inside: [1, 1, 0, 0], complete: false });
  });

  describe('asked for', () => {
    let edge: Edge;
    beforeEach(async () => {
      edge = await openEdge();
    });
    afterEach(() => edge.end());

    const asked = (path: string) =>
      call(edge, 'GET', `/api/v1/zones/${path}`, { token: edge.token('viewer') });

    it('reads the log of the zone that is asked for, and of no other', async () => {
      const from = edge.clock.wallMs;
      const token = edge.token('administrator');
      const members = [
        { reader: 'lobby-in', direction: 'entry' },
        { reader: 'lobby-out', direction: 'exit' },
      ];
      for (const id of [1, 12]) {
        const body = { zones: [{ id, name: `Zone ${id}`, type: 'hard', members }] };
        equal((await call(edge, 'POST', '/api/v1/zone-operations/add', { token, body })).status, 200);
      }
      edge.record(1, 'ann', record('entry'));
      edge.record(12, 'bob', record('entry'));
      edge.clock = { ...edge.clock, wallMs: from + 2 * stepMs };
      edge.record(1, 'ann', record('exit'));
      const { status, body } = await asked(`1/occupancy?fromMs=${from}&stepMs=${stepMs}&steps=4`);
      equal(status, 200, JSON.stringify(body));
      deepEqual(body, { inside: [1, 1, 0, 0], complete: true });
    });

    it('refuses a zone that is not there, and steps beyond reason', async () => {
      equal((await asked('9/occupancy?fromMs=0&stepMs=60000&steps=4')).status, 404);
      equal((await asked('1/occupancy?fromMs=0&stepMs=1&steps=4')).status, 400);
      equal((await asked('1/occupancy?fromMs=0&stepMs=60000&steps=1501')).status, 400);
    });
  });
});
