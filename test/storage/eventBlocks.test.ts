import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LogRow } from '../../src/core/log.js';
import type { EventQuery, Reads } from '../../src/core/reads.js';
import { type Connection, createDatabase } from '../../src/storage/database.js';
import { createEventLog, type EventLog } from '../../src/storage/eventLog.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { openReads } from '../../src/storage/reads.js';
import { newFolder } from './scene.js';

const doors = ['lobby', 'lab', 'vault'];
const kinds = ['access-granted', 'access-denied', 'door-opened'] as const;

/** Row `n` of a log in which the vault is rare and the clock once went back. */
function rowOf(n: number): Omit<LogRow, 'at'> & { readonly wallMs: number } {
  const door = n % 700 === 3 ? 'vault' : (doors[n % 2] ?? '');
  const kind = kinds[n % 3] ?? 'access-granted';
  const reason = kind === 'access-denied' && n % 5 === 0 ? 'passback' : undefined;
  const wallMs = n < 1_000 ? n * 100 : (n - 500) * 100;
  return { kind, door, reader: `${door}-in`, wallMs, ...(reason === undefined ? {} : { reason }) };
}

describe('pages of the log by what no index holds', () => {
  const count = 2_100;
  const folder = newFolder();
  let db: Connection;
  let log: EventLog;
  let reads: Reads;
  before(() => {
    db = createDatabase(join(folder, 'sallyport.db'));
    migrate(db);
    log = createEventLog(db, 'boot-1');
    reads = openReads(join(folder, 'sallyport.db'));
    write(count, (n) => {
      const { wallMs, ...row } = rowOf(n);
      return { ...row, at: { monoMs: n, wallMs, trust: 'ntp' } };
    });
  });
  after(() => {
    reads.close();
    db.close();
    rmSync(folder, { recursive: true });
  });

  const write = (rows: number, row: (n: number) => LogRow, end = 'COMMIT') => {
    db.exec('BEGIN IMMEDIATE');
    for (let n = 0; n < rows; n += 1) log.append(row(n));
    db.exec(end);
    if (end === 'ROLLBACK') log.reread();
  };
  const all = (query: EventQuery): number[] => {
    const seen: number[] = [];
    for (let bound: number | undefined, pages = 0; pages < 5_000; pages += 1) {
      const on = bound === undefined ? {} : query.order === 'asc' ? { after: bound } : { before: bound };
      const page = reads.eventPage({ ...query, ...on });
      assert.ok(page.items.length <= query.limit);
      seen.push(...page.items.map(({ seq }) => seq));
      if (page.next === undefined) return seen;
      bound = page.next;
    }
    assert.fail('no end');
  };

  it('are the rows a look at every row finds, in either order, in pages of any size', () => {
    const rows = reads.events({ order: 'asc', limit: 10_000 });
    const some = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const asked = fc.record({
      order: fc.constantFrom('asc' as const, 'desc' as const),
      limit: fc.integer({ min: 1, max: 400 }),
      door: some(fc.constantFrom(...doors, 'none')),
      reader: some(fc.constantFrom('lobby-in', 'vault-in')),
      kind: some(fc.constantFrom(...kinds, 'rex')),
      reason: some(fc.constantFrom('passback', 'expired')),
      fromMs: some(fc.integer({ min: 0, max: 220_000 })),
      toMs: some(fc.integer({ min: 0, max: 220_000 })),
    });
    fc.assert(
      fc.property(asked, (drawn) => {
        const query = Object.fromEntries(
          Object.entries(drawn).filter(([, value]) => value !== undefined),
        ) as unknown as EventQuery;
        const found = rows.filter(
          (row) =>
            (['door', 'reader', 'kind', 'reason'] as const).every(
              (name) => (query[name] ?? row[name]) === row[name],
            ) &&
            row.wallMs >= (query.fromMs ?? 0) &&
            row.wallMs < (query.toMs ?? Number.POSITIVE_INFINITY),
        );
        const wanted = found.map(({ seq }) => seq);
        assert.deepEqual(all(query), query.order === 'asc' ? wanted : wanted.reverse());
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);

  it('an undone transaction leaves no trace in the blocks, and a start goes on where it was', () => {
    const before = reads.lastSeq();
    const rex =
      (door: string, wallMs: number) =>
      (n: number): LogRow => ({
        kind: 'rex',
        door,
        at: { monoMs: n, wallMs, trust: 'ntp' },
      });
    write(300, rex('ghost', 0), 'ROLLBACK');
    log = createEventLog(db, 'boot-2');
    write(300, rex('cellar', 9e9));
    assert.equal(all({ order: 'asc', limit: 100, door: 'cellar' }).length, 300);
    assert.deepEqual(all({ order: 'asc', limit: 100, door: 'ghost' }), []);
    assert.equal(reads.lastSeq(), before + 300);
  });
});
