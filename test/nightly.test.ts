import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NightlyOptions, startNightly } from '../src/nightly.js';
import { databaseFile, openWriter } from '../src/storage/database.js';
import { dropDataDir, newDataDir, startProduct } from './site/product.js';

/** The watch with a clock, timers and a disk of glass; the check itself is the real one, in its thread. */
function openWatch(dataDir: string, run?: NonNullable<NightlyOptions['run']>) {
  const clock = { wallMs: Date.UTC(2026, 9, 24, 22, 0) };
  const disk = { bytes: 1_000_000_000, free: 900_000_000 };
  const told: string[] = [];
  let timer: (() => void) | undefined;
  let armed: (() => void) | undefined;
  const watch = startNightly({
    dataDir,
    timeZone: 'Europe/Berlin',
    now: () => ({ monoMs: clock.wallMs, wallMs: clock.wallMs, trust: 'ntp' }),
    checked: ({ rows }) => told.push(`checked ${rows > 0}`),
    fault: (text) => told.push(text),
    setTimer: (set) => {
      timer = set;
      armed?.();
      return () => {
        timer = undefined;
      };
    },
    room: async () => disk,
    ...(run === undefined ? {} : { run }),
  });
  /** Moves the clock, looks, and waits until what was begun is done. */
  const at = async (wallMs: number): Promise<readonly string[]> => {
    clock.wallMs = wallMs;
    const again = new Promise<void>((resolve) => {
      armed = resolve;
    });
    timer?.();
    await again;
    return told.splice(0);
  };
  return { at, disk, watch, waits: () => timer !== undefined };
}

const evening = Date.UTC(2026, 9, 24, 22, 0);
const hourMs = 3_600_000;

describe('the nightly look after the database', function () {
  this.timeout(60_000);
  let dataDir: string;
  before(async () => {
    dataDir = newDataDir();
    await (await startProduct(dataDir)).kill('SIGTERM');
  });
  after(() => dropDataDir(dataDir));

  it('checks all once a night, early in the morning there, also as summer time ends', async () => {
    const { at, watch, waits } = openWatch(dataDir);
    assert.deepEqual(await at(evening + hourMs), []);
    assert.deepEqual(await at(evening + 3.9 * hourMs), []);
    // Berlin leaves summer time that night, and three o'clock comes twice: the second counts as four.
    assert.deepEqual(await at(evening + 4 * hourMs), ['checked true']);
    assert.deepEqual(await at(evening + 5 * hourMs), []);
    assert.deepEqual(await at(evening + 20 * hourMs), []);
    assert.deepEqual(await at(evening + 29 * hourMs), ['checked true']);
    watch.close();
    assert.equal(waits(), false);
  });

  it('tells a row that was changed, and a file that is damaged or gone', async () => {
    const bad = newDataDir();
    try {
      const path = join(bad, databaseFile);
      for (const suffix of ['', '-wal', '-shm'])
        copyFileSync(join(dataDir, databaseFile + suffix), path + suffix);
      const db = openWriter(path);
      for (const { name } of db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as {
        name: string;
      }[])
        db.exec(`DROP TRIGGER ${name}`);
      db.prepare("UPDATE events SET door = 'elsewhere' WHERE seq = 2").run();
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      const { at, watch } = openWatch(bad);
      assert.deepEqual(await at(evening + 5 * hourMs), [
        'The log is not as it was written: Row 2 is not what was written.',
      ]);
      writeFileSync(path, Buffer.alloc(40_000, 7));
      assert.match((await at(evening + 29 * hourMs)).join(), /^The database is damaged: SQLITE_NOTADB/);
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
      assert.match(
        (await at(evening + 53 * hourMs)).join(),
        /^The nightly check could not be made: SQLITE_CANTOPEN/,
      );
      watch.close();
    } finally {
      dropDataDir(bad);
    }
  });

  it('tells of a disk that fills, once, and again after it was emptied', async () => {
    const { at, disk, watch } = openWatch(dataDir, async () => ({ rows: 1 }));
    assert.deepEqual(await at(evening + 1), []);
    disk.free = 195_000_000;
    const warning = 'The disk is 80 % full: 195 MB are left for the log.';
    assert.deepEqual(await at(evening + 2), [warning]);
    disk.free = 240_000_000;
    assert.deepEqual(await at(evening + 3), []);
    disk.free = 190_000_000;
    assert.deepEqual(await at(evening + 4), [], 'it had not fallen below three quarters');
    disk.free = 300_000_000;
    assert.deepEqual(await at(evening + 5), []);
    disk.free = 100_000_000;
    assert.equal((await at(evening + 6)).length, 1);
    watch.close();
  });
});
