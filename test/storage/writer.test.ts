import assert from 'node:assert/strict';
import { replayLog } from '../../src/storage/replayLog.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { at, commit, openScene, operator, putUser, row, type Scene, setRecord } from './scene.js';

describe('storage writer', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = openScene();
  });
  afterEach(() => scene.end());

  it('is ready at once on an empty folder', () => {
    assert.deepEqual(scene.posts, [{ kind: 'ready', through: 0 }]);
    assert.deepEqual(verifyLog(scene.dbPath), { ok: true, rows: 0, head: { seq: 0, hash: '00'.repeat(32) } });
    assert.match(String(scene.reads.setting('pin-pepper')), /^[0-9a-f]{64}$/);
  });

  it('commits everything that arrived in one turn in one transaction', () => {
    for (let id = 1; id <= 100; id += 1) scene.writer.receive({ kind: 'commit', commits: [commit(id)] });
    assert.equal(scene.reads.lastSeq(), 0);
    scene.advance(0);
    assert.deepEqual(scene.posts.slice(1), [{ kind: 'committed', through: 100 }]);
    assert.deepEqual(scene.web, [{ kind: 'appended', lastSeq: 100 }]);
    assert.equal(scene.reads.lastSeq(), 100);
  });

  it('puts rows, records, passages and facts down together', () => {
    const passage = {
      id: 'boot-1/1',
      door: 'lobby',
      reader: 'in',
      user: 'ann',
      userName: 'Ann',
      boot: 'boot-1',
      deadlineMonoMs: 9,
      excused: [],
    };
    scene.writer.receive({
      kind: 'commit',
      commits: [
        {
          id: 1,
          rows: [row(), row({ kind: 'access-taken', records: [setRecord(7, 'ann'), setRecord(8, 'ann')] })],
          passages: [{ kind: 'put', passage }],
          facts: [
            { key: 'door/lobby', value: { flag: 'locked' } },
            { key: 'fire', value: true },
          ],
        },
      ],
    });
    scene.advance(0);
    const stored = scene.reads.stored('boot-2');
    assert.equal(stored.boot, 'boot-2');
    assert.deepEqual(
      [...stored.records].map(({ zone, user }) => [zone, user]),
      [
        [7, 'ann'],
        [8, 'ann'],
      ],
    );
    assert.deepEqual(stored.passages, [passage]);
    assert.deepEqual(
      stored.facts,
      new Map<string, unknown>([
        ['door/lobby', { flag: 'locked' }],
        ['fire', true],
      ]),
    );
    assert.equal(scene.reads.zoneRecords(7, { limit: 5 }).items[0]?.seq, 2);
    scene.writer.receive({
      kind: 'commit',
      commits: [
        {
          id: 2,
          rows: [row({ kind: 'zone-cleared', records: [{ kind: 'forget', zone: 7, user: 'ann' }] })],
          passages: [{ kind: 'drop', id: 'boot-1/1' }],
          facts: [{ key: 'fire', value: null }],
        },
      ],
    });
    scene.advance(0);
    const after = scene.reads.stored('boot-2');
    assert.deepEqual(
      [...after.records].map(({ zone }) => zone),
      [8],
    );
    assert.deepEqual(after.passages, []);
    assert.deepEqual([...after.facts.keys()], ['door/lobby']);
    assert.equal(replayLog(scene.dbPath).differing, 0);
  });

  it('takes a commit that is sent again only once, also after a restart of the thread', () => {
    scene.writer.receive({ kind: 'commit', commits: [commit(1), commit(2)] });
    scene.advance(0);
    scene.writer.receive({ kind: 'commit', commits: [commit(1), commit(2), commit(3)] });
    scene.advance(0);
    assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 3 });
    assert.equal(scene.reads.lastSeq(), 3);
    scene.writer.close();
    scene.restart();
    assert.deepEqual(scene.posts.at(-1), { kind: 'ready', through: 3 });
    scene.writer.receive({ kind: 'commit', commits: [commit(5)] });
    scene.writer.receive({ kind: 'commit', commits: [commit(3), commit(4)], resent: true });
    scene.advance(0);
    assert.equal(scene.reads.lastSeq(), 4);
    scene.writer.close();
    scene.restart('session-2');
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.equal(scene.reads.lastSeq(), 5);
  });

  it('writes door commits before management writes, and both before it answers', () => {
    const write = { by: operator, ops: [putUser('ann')] };
    scene.writer.receive({ kind: 'write', id: 5, at, write });
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    assert.deepEqual(scene.posts.slice(1), [
      { kind: 'committed', through: 1 },
      { kind: 'written', id: 5, result: { ok: true, revisions: [1], seq: 2 } },
    ]);
    assert.deepEqual(
      scene.reads.events({ order: 'asc', limit: 9 }).map(({ kind }) => kind),
      ['access-granted', 'changed'],
    );
  });

  it('exports the chain head every few seconds and at close', () => {
    const exported = () => verifyLog(scene.dbPath, {});
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    scene.advance(5_000);
    scene.writer.receive({ kind: 'commit', commits: [commit(2)] });
    scene.writer.close();
    assert.deepEqual(scene.posts.at(-1), { kind: 'closed' });
    const verdict = exported();
    assert.ok(verdict.ok && verdict.rows === 2);
  });
});

describe('storage writer under a long import', () => {
  it('stops adding management writes after a slice, so that a swipe need not wait for all', () => {
    const scene = openScene({ tickMs: 1 });
    for (let id = 1; id <= 20; id += 1) {
      scene.writer.receive({ kind: 'write', id, at, write: { by: operator, ops: [putUser(`u${id}`)] } });
    }
    scene.advance(0);
    const seen: number[] = scene.web.map(({ lastSeq }) => lastSeq);
    assert.equal(seen.at(-1), 20);
    assert.ok(seen.length >= 4, `20 writes in ${seen.length} transactions`);
    scene.end();
  });
});
