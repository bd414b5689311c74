import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import fc from 'fast-check';
import type { RecordChange } from '../../src/core/log.js';
import type { ZoneRecord } from '../../src/core/state.js';
import { openWriter } from '../../src/storage/database.js';
import { replayLog } from '../../src/storage/replayLog.js';
import { commit, openScene, putUser, putZone, record, row, type Scene, setRecord } from './scene.js';

const many = 700;
const users = Array.from({ length: many }, (_, i) => `u${i}`);
const cleared = record({ direction: 'exit', reader: '', marks: ['cleared'] });
const outside = record({ direction: 'exit', reader: '' });

/** Numbers commits as they are sent. */
function sender(scene: Scene) {
  let id = 0;
  return (...changes: RecordChange[]) => {
    id += 1;
    scene.writer.receive({ kind: 'commit', commits: [commit(id, row({ records: changes }))] });
    scene.advance(0);
  };
}

function fill(send: (...changes: RecordChange[]) => void, zone = 1): void {
  send(...users.map((user, i) => setRecord(zone, user, i % 2 === 0 ? { marks: ['daily'] } : {})));
}

/** What pages show, `user direction`. */
function shown(scene: Scene, zone = 1): readonly string[] {
  const { items } = scene.reads.zoneRecords(zone, { limit: 10_000 });
  return items.map(({ user, record: { direction, marks = [] } }) => [user, direction, ...marks].join(' '));
}

function rowsInTable(scene: Scene): number {
  const db = openWriter(scene.dbPath);
  const count = db.prepare<[], number>('SELECT count(*) FROM zone_records').pluck().get();
  db.close();
  return count ?? 0;
}

describe('changes of many zone records at once', () => {
  it('a cleared zone is empty for everybody at once, its rows go in slices', () => {
    const scene = openScene();
    const send = sender(scene);
    fill(send);
    send({ kind: 'forget-zone', zone: 1 });
    assert.equal(rowsInTable(scene), many);
    assert.deepEqual(shown(scene), []);
    assert.equal(replayLog(scene.dbPath).differing, 0);
    scene.advance(5);
    assert.equal(rowsInTable(scene), many - 200);
    send(setRecord(1, 'u699', { direction: 'exit' }));
    assert.deepEqual(shown(scene), ['u699 exit']);
    for (let n = 0; n < 5; n += 1) scene.advance(5);
    assert.equal(rowsInTable(scene), 1);
    assert.deepEqual(shown(scene), ['u699 exit']);
    assert.equal(replayLog(scene.dbPath).differing, 0);
    scene.end();
  });

  it('stopped in the middle, the next start carries it out before records are read', () => {
    for (const slices of [0, 1, 3, 6]) {
      const scene = openScene();
      const send = sender(scene);
      fill(send);
      fill(send, 2);
      send({ kind: 'forget-users', zone: 1, users: users.slice(1) });
      send({ kind: 'set-users', zone: 2, users: [...users, 'new'], record: cleared });
      for (let n = 0; n < slices; n += 1) scene.advance(5);
      const before = replayLog(scene.dbPath);
      assert.equal(before.differing, 0, `after ${slices} slices`);
      scene.writer.close();
      scene.restart('session-2');
      const stored = [...scene.reads.stored('boot-1').records];
      assert.equal(stored.filter(({ zone }) => zone === 1).length, 1);
      const traces = stored.filter(({ zone }) => zone === 2);
      assert.equal(traces.length, many + 1);
      assert.ok(traces.every((one) => one.record.marks?.includes('cleared') === true));
      assert.equal(replayLog(scene.dbPath).differing, 0);
      scene.end();
    }
  });

  it('a slice of a long list writes what it changes, not the list', () => {
    const scene = openScene();
    const send = sender(scene);
    fill(send);
    const walBytes = () => statSync(`${scene.dbPath}-wal`).size;
    const nobody = Array.from({ length: 10_000 }, (_, n) => `nobody ${n}`);
    send({ kind: 'forget-users', zone: 1, users: [...nobody, ...users.slice(100)] });
    const sizes: number[] = [];
    while (rowsInTable(scene) > 100) {
      const before = walBytes();
      scene.advance(5);
      sizes.push(walBytes() - before);
    }
    // A page with its frame is 4,120 bytes: how far it is in one, 100 users in a few of each index.
    assert.ok(Math.max(...sizes) < 80_000, `${sizes}`);
    assert.ok(
      sizes.slice(0, 99).every((bytes) => bytes < 9_000),
      `${sizes}`,
    );
    assert.equal(replayLog(scene.dbPath).differing, 0);
    scene.end();
  });

  it('one that is on its way when the schema is changed is carried out from its beginning', () => {
    const scene = openScene();
    const send = sender(scene);
    fill(send);
    send({ kind: 'set-users', zone: 1, users, record: cleared });
    scene.advance(5);
    scene.writer.close();
    const db = openWriter(scene.dbPath);
    db.exec(`DROP TABLE zone_sweep_progress;
      ALTER TABLE zone_sweeps ADD COLUMN made TEXT NOT NULL DEFAULT '400';
      UPDATE schema_version SET version = 7`);
    db.close();
    scene.restart('session-2');
    assert.deepEqual(
      [...scene.reads.stored('boot-1').records].filter(({ record: { marks } }) => marks?.[0] !== 'cleared'),
      [],
    );
    assert.equal(replayLog(scene.dbPath).differing, 0);
    scene.end();
  });

  it('a user deleted meanwhile does not come back by a list on its way', () => {
    const scene = openScene();
    const send = sender(scene);
    scene.write(putUser('u650'));
    fill(send);
    send({ kind: 'set-users', zone: 1, users, record: cleared });
    scene.write({ op: 'delete', collection: 'users', id: 'u650' });
    send({ kind: 'set-users', zone: 1, users, record: cleared }, { kind: 'forget', zone: 1, user: 'u640' });
    for (let n = 0; n < 9; n += 1) scene.advance(5);
    assert.equal(rowsInTable(scene), many - 1);
    assert.equal(replayLog(scene.dbPath).differing, 0);
    scene.end();
  });

  it('a zone whose members change while it is being cleared counts who is left', () => {
    const scene = openScene();
    const send = sender(scene);
    scene.write(putZone(1));
    fill(send);
    send({ kind: 'forget-users', zone: 1, users: users.slice(10) });
    scene.write(putZone(1, { members: [{ reader: 'in', direction: 'entry' }] }));
    const forgotten = scene.reads
      .events({ limit: 10, order: 'desc' })
      .find(({ kind }) => kind === 'zone-forgotten');
    assert.equal(forgotten?.detail?.['count'], 10);
    assert.deepEqual(shown(scene), []);
    scene.end();
  });

  const zone = fc.constantFrom(1, 2);
  const user = fc.constantFrom('u0', 'u1', 'u350', 'u698', 'new');
  const list = fc.nat(many - 300).map((from) => [...users.slice(from, from + 300), 'new']);
  const becomes = fc.constantFrom<ZoneRecord>(cleared, outside);
  const change: fc.Arbitrary<RecordChange | 'slice' | 'restart'> = fc.oneof(
    fc.constant('slice' as const),
    fc.constant('slice' as const),
    fc.constant('restart' as const),
    fc.tuple(zone, user).map(([z, u]) => setRecord(z, u, { monoMs: 9 })),
    fc.record({ kind: fc.constant('forget' as const), zone, user }),
    fc.record({ kind: fc.constant('forget-user' as const), user }),
    fc.record({ kind: fc.constant('forget-zone' as const), zone }),
    fc.record({ kind: fc.constant('forget-users' as const), zone, users: list }),
    fc.record({ kind: fc.constant('set-users' as const), zone, users: list, record: becomes }),
    fc.record({ kind: fc.constant('set-all' as const), zone, record: becomes }),
    fc.record({
      kind: fc.constant('set-all' as const),
      zone,
      record: becomes,
      marked: fc.constant('daily' as const),
    }),
    fc.record({ kind: fc.constant('forget-marked' as const), zone, marked: fc.constant('daily' as const) }),
  );

  it('whatever comes in whatever order: at every moment the table says what the log says', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 3, maxLength: 12 }), (changes) => {
        const scene = openScene();
        let send = sender(scene);
        fill(send);
        fill(send, 2);
        for (const [at, one] of changes.entries()) {
          if (one === 'slice') scene.advance(5);
          else if (one === 'restart') {
            scene.writer.close();
            scene.restart(`session-${at}`);
            send = sender(scene);
          } else send(one);
          const { differing, differences } = replayLog(scene.dbPath);
          assert.equal(differing, 0, JSON.stringify(differences.slice(0, 3)));
        }
        for (let n = 0; n < 30; n += 1) scene.advance(5);
        assert.equal(replayLog(scene.dbPath).differing, 0);
        scene.end();
      }),
      { numRuns: 20 },
    );
  }).timeout(60_000);
});
