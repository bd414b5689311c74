import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { openWriter } from '../../src/storage/database.js';
import { SchemaError } from '../../src/storage/migrations/migrate.js';
import { Sqlite } from '../../src/storage/sqlite.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { commit, newFolder, openScene, putUser, row, type Scene } from './scene.js';

/** A closed folder with three rows in it. */
function used(): Scene {
  const scene = openScene();
  scene.writer.receive({ kind: 'commit', commits: [commit(1), commit(2)] });
  scene.write(putUser('ann'));
  scene.writer.close();
  return scene;
}

function readyAfter(scene: Scene): { setAside?: string; logFault?: string } {
  scene.restart('session-2');
  const ready = scene.posts.at(-1);
  assert.equal(ready?.kind, 'ready');
  return ready?.kind === 'ready' ? ready : {};
}

describe('storage start', () => {
  it('finds what was closed, in a folder it makes itself', () => {
    const scene = used();
    const ready = readyAfter(scene);
    assert.deepEqual(ready, { kind: 'ready', through: 0 });
    assert.equal(scene.reads.count('users'), 1);
    scene.end();
    const nested = join(newFolder(), 'a', 'b');
    openScene({ dataDir: nested }).end();
    rmSync(dirname(dirname(nested)), { recursive: true });
  });

  for (const [name, damage] of [
    ['empty', (path: string) => truncateSync(path, 0)],
    ['text', (path: string) => writeFileSync(path, 'this is not a database, it is a text file\n'.repeat(50))],
    ['cut short', (path: string) => truncateSync(path, 9_000)],
    [
      "another program's",
      (path: string) => {
        rmSync(path);
        new Sqlite(path).exec('CREATE TABLE other (a)').close();
      },
    ],
  ] as const) {
    it(`sets a database that is ${name} aside, starts a fresh one and says so`, () => {
      const scene = used();
      damage(scene.dbPath);
      const bytes = readFileSync(scene.dbPath);
      const { setAside, logFault } = readyAfter(scene);
      assert.equal(setAside, `${scene.dbPath}.2026-01-01T00-00-00-000Z`);
      assert.deepEqual(readFileSync(setAside ?? ''), bytes, 'never erased');
      assert.match(logFault ?? '', /had 3 rows and starts anew/);
      scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
      scene.advance(0);
      assert.deepEqual(scene.posts.at(-1), { kind: 'committed', through: 1 });
      assert.ok(verifyLog(scene.dbPath).ok);
      scene.writer.close();
      assert.equal(readyAfter(scene).logFault, undefined, 'said once');
      scene.end();
    });
  }

  it('does not play a left-over WAL into a fresh database', () => {
    const scene = openScene();
    scene.writer.receive({ kind: 'commit', commits: [commit(1)] });
    scene.advance(0);
    const other = newFolder();
    copyFileSync(`${scene.dbPath}-wal`, join(other, 'sallyport.db-wal'));
    scene.end();
    const fresh = openScene({ dataDir: other });
    assert.equal(fresh.reads.lastSeq(), 0);
    assert.equal(readdirSync(other).filter((file) => file.includes('2026')).length, 1);
    fresh.end();
  });

  it('says so when the database is gone, cut back or an older copy', () => {
    const gone = used();
    rmSync(gone.dbPath);
    assert.match(readyAfter(gone).logFault ?? '', /is gone/);
    assert.ok(
      readdirSync(gone.dataDir).some((file) => /^chain-head\.2026.*json$/.test(file)),
      'the old head is kept',
    );
    gone.end();

    const older = openScene();
    older.writer.receive({ kind: 'commit', commits: [commit(1)] });
    older.writer.close();
    copyFileSync(older.dbPath, `${older.dbPath}.old`);
    older.restart('session-2');
    older.writer.receive({ kind: 'commit', commits: [commit(1)] });
    older.writer.close();
    copyFileSync(`${older.dbPath}.old`, older.dbPath);
    assert.match(readyAfter(older).logFault ?? '', /Row 2 was written and is gone/);
    older.end();

    const edited = used();
    const db = openWriter(edited.dbPath);
    db.exec("DROP TRIGGER events_no_update; UPDATE events SET door = 'x' WHERE seq = 2");
    db.close();
    assert.match(readyAfter(edited).logFault ?? '', /Row 2 is not what was written/);
    edited.end();
  });

  it('starts with anything in the head file, and with a database too large to be checked whole', () => {
    const scene = used();
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((hash) => `{"seq":3,"hash":${hash}}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        writeFileSync(join(scene.dataDir, 'chain-head.json'), text);
        readyAfter(scene);
        scene.writer.close();
      }),
      { numRuns: 50 },
    );
    scene.restart('session-3');
    const large = 'x'.repeat(1024 * 1024);
    for (let id = 1; id <= 36; id += 1) {
      scene.writer.receive({ kind: 'commit', commits: [commit(id, row({ detail: { large } }))] });
    }
    scene.writer.close();
    assert.deepEqual(readyAfter(scene), { kind: 'ready', through: 0 });
    scene.end();
  });

  it('refuses a newer schema and leaves it alone', () => {
    const scene = used();
    const db = openWriter(scene.dbPath);
    db.exec('UPDATE schema_version SET version = 99');
    db.close();
    assert.throws(
      () => scene.restart(),
      (error) => error instanceof SchemaError && /schema 99/.test(error.message),
    );
    assert.deepEqual(
      readdirSync(scene.dataDir).filter((file) => file.includes('2026')),
      [],
    );
    rmSync(scene.dataDir, { recursive: true });
  });

  it('starts whatever bytes are in the way, and serves', () => {
    const scene = used();
    const whole = readFileSync(scene.dbPath);
    let folder = 0;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const dataDir = join(scene.dataDir, `flip-${folder++}`);
        mkdirSync(dataDir);
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(offset) ^ flip, offset);
        writeFileSync(join(dataDir, 'sallyport.db'), bytes);
        let bent: Scene;
        try {
          bent = openScene({ dataDir });
        } catch (error) {
          // One flip in the version number makes it newer: refused, not set aside.
          assert.ok(error instanceof SchemaError);
          return;
        }
        assert.equal(bent.posts[0]?.kind, 'ready', JSON.stringify(bent.posts[0]));
        bent.end();
      }),
      {
        numRuns: 60,
        examples: [
          [11_751, 1],
          [2_176, 65],
        ],
      },
    );
    assert.ok(existsSync(scene.dbPath));
    rmSync(scene.dataDir, { recursive: true });
  });
});
