import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ballastFile } from '../../src/storage/ballast.js';
import { type Connection, openWriter } from '../../src/storage/database.js';
import { replayLog } from '../../src/storage/replayLog.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { at, commit, openScene, operator, putUser, row, type Scene, setRecord } from './scene.js';

/** A scene whose connections can be bent while they are open, and whose next openings too. */
function bendable(): { readonly scene: Scene; bend(change: ((db: Connection) => void) | undefined): void } {
  let current: Connection | undefined;
  let bent: ((db: Connection) => void) | undefined;
  const scene = openScene({
    open: (path) => {
      current = openWriter(path);
      bent?.(current);
      return current;
    },
  });
  return {
    scene,
    bend: (change) => {
      bent = change;
      if (current?.open === true) change?.(current);
    },
  };
}

function full(db: Connection): void {
  const pages = Number(db.pragma('page_count', { simple: true }));
  db.pragma(`max_page_count = ${pages}`);
}

const long = 'x'.repeat(20_000);
const kinds = (scene: Scene): string[] => scene.posts.map(({ kind }) => kind);

describe('storage faults', () => {
  it('disk full: fails, gives up the ballast, recovers without restart and misses nothing', () => {
    const { scene, bend } = bendable();
    const ballast = join(scene.dataDir, ballastFile);
    assert.ok(existsSync(ballast));
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    bend(full);
    const kept = [commit(2, row({ detail: { long }, records: [setRecord(1, 'ann')] })), commit(3)];
    scene.writer.receive({ kind: 'commit', commits: kept });
    scene.writer.receive({ kind: 'write', id: 1, at, write: { by: operator, ops: [putUser('ann')] } });
    bend(undefined);
    scene.advance(0);
    assert.deepEqual(kinds(scene), ['ready', 'committed', 'failed', 'written', 'recovered']);
    assert.match(JSON.stringify(scene.posts[2]), /SQLITE_FULL/);
    assert.match(JSON.stringify(scene.posts[3]), /"kind":"storage"/);
    assert.deepEqual(scene.posts[4], { kind: 'recovered', through: 1 });
    scene.writer.receive({ kind: 'commit', commits: [commit(4)] });
    scene.advance(0);
    assert.equal(scene.reads.lastSeq(), 1, 'sent before the failure was known: dropped, it comes again');
    scene.writer.receive({ kind: 'commit', commits: [...kept, commit(4)], resent: true });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 4 });
    assert.ok(verifyLog(scene.dbPath).ok);
    assert.equal(replayLog(scene.dbPath).differing, 0);
    assert.ok(existsSync(ballast), 'made again when there is room');
    scene.end();
  });

  it('disk full for good: tries every second, answers writes at once, recovers when there is room', () => {
    const { scene, bend } = bendable();
    bend(full);
    const kept = commit(1, row({ detail: { long } }));
    scene.writer.receive({ kind: 'commit', commits: [kept] });
    scene.writer.receive({ kind: 'write', id: 7, at, write: { by: operator, ops: [putUser('ann')] } });
    scene.advance(5_000);
    assert.deepEqual(
      kinds(scene),
      ['ready', 'failed', 'written'],
      'no recovery is told while nothing can be written',
    );
    bend((db) => db.pragma('max_page_count = 1000000'));
    scene.advance(1_000);
    assert.deepEqual(scene.posts.at(-1), { kind: 'recovered', through: 0 });
    scene.writer.receive({ kind: 'commit', commits: [kept], resent: true });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 1 });
    scene.end();
  });

  it('read-only: fails, then recovers when it can be written again', () => {
    const { scene, bend } = bendable();
    bend((db) => db.pragma('query_only = ON'));
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.match(JSON.stringify(scene.posts.at(-1)), /SQLITE_READONLY/);
    scene.writer.receive({ kind: 'commit', commits: [commit(2)] });
    scene.writer.receive({ kind: 'write', id: 7, at, write: { by: operator, ops: [putUser('ann')] } });
    assert.equal(scene.posts.at(-1)?.kind, 'written');
    bend(undefined);
    scene.advance(999);
    assert.equal(kinds(scene).includes('recovered'), false);
    scene.advance(1);
    assert.deepEqual(scene.posts.at(-1), { kind: 'recovered', through: 0 });
    scene.writer.receive({ kind: 'commit', commits: [commit(1), commit(2)], resent: true });
    scene.advance(0);
    assert.equal(scene.reads.lastSeq(), 2);
    scene.end();
  });

  it('cannot be opened again: goes on trying until it can', () => {
    const { scene, bend } = bendable();
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    bend((db) => db.pragma('query_only = ON'));
    scene.writer.receive({ kind: 'commit', commits: [commit(2)] });
    scene.advance(0);
    renameSync(scene.dbPath, `${scene.dbPath}.away`);
    scene.advance(5_000);
    assert.deepEqual(kinds(scene), ['ready', 'committed', 'failed']);
    assert.equal(existsSync(scene.dbPath), false, 'no empty database in its place');
    renameSync(`${scene.dbPath}.away`, scene.dbPath);
    bend(undefined);
    scene.advance(1_000);
    assert.deepEqual(scene.posts.at(-1), { kind: 'recovered', through: 1 });
    scene.end();
  });

  it('locked by another program: fails as busy and recovers', function () {
    this.timeout(20_000);
    const { scene } = bendable();
    const other = openWriter(scene.dbPath);
    other.exec('BEGIN IMMEDIATE');
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.match(JSON.stringify(scene.posts.at(-1)), /SQLITE_BUSY/);
    other.exec('ROLLBACK');
    other.close();
    scene.advance(1_000);
    scene.writer.receive({ kind: 'commit', commits: [commit(1)], resent: true });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 1 });
    scene.end();
  });

  it('does not acknowledge on a database in which an acknowledged row is gone or another', () => {
    for (const sql of [
      'DELETE FROM events WHERE seq = 2; UPDATE chain_head SET seq = 1',
      'UPDATE events SET hash = zeroblob(32) WHERE seq = 2',
    ]) {
      const { scene, bend } = bendable();
      scene.writer.receive({ kind: 'commit', commits: [commit(1), commit(2)] });
      scene.advance(0);
      bend((db) => db.pragma('query_only = ON'));
      scene.writer.receive({ kind: 'commit', commits: [commit(3)] });
      scene.advance(0);
      bend(undefined);
      const other = openWriter(scene.dbPath);
      other.exec(`DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; ${sql}`);
      other.close();
      scene.advance(5_000);
      assert.deepEqual(kinds(scene), ['ready', 'committed', 'failed']);
      scene.end();
    }
  });

  it('a start that fails is tried again, and ready is told then', () => {
    let fails = true;
    const scene = openScene({
      open: (path) => {
        if (fails) throw new Error('cannot open');
        return openWriter(path);
      },
    });
    assert.deepEqual(scene.posts, [{ kind: 'failed', error: 'cannot open' }]);
    scene.advance(3_000);
    fails = false;
    scene.advance(1_000);
    assert.deepEqual(scene.posts.slice(1), [{ kind: 'ready', through: 0 }]);
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 1 });
    scene.end();
  });

  it('a recovery before the core has begun does not make it wait for what nobody has to send again', () => {
    const { scene, bend } = bendable();
    bend((db) => db.pragma('query_only = ON'));
    scene.writer.receive({ kind: 'write', id: 1, at, write: { by: operator, ops: [putUser('ann')] } });
    scene.advance(0);
    bend(undefined);
    scene.advance(1_000);
    assert.deepEqual(kinds(scene), ['ready', 'failed', 'written', 'recovered']);
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 1 });
    scene.end();
  });
});
