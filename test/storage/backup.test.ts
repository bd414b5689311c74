import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { makeKeyFile, passphraseOf } from '../../src/commands/keyFile.js';
import { restore } from '../../src/commands/restore.js';
import {
  backupPath,
  dropHalfBackups,
  listBackups,
  makeBackup,
  readBackupKey,
  setBackupPassphrase,
  storeBackup,
  trimBackups,
} from '../../src/storage/backup.js';
import { BackupError, newBackupKey, readBackup, writeBackup } from '../../src/storage/backupFile.js';
import { openReads } from '../../src/storage/reads.js';
import { stageRestore } from '../../src/storage/restore.js';
import { NoRoomError } from '../../src/storage/room.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { at, newFolder, openScene, operator, putUser, type Scene } from './scene.js';

const passphrase = 'gallows humour at noon';
const wallMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const secret = 'scbk-0123456789abcdef';

describe('backup: one encrypted file, made while running', () => {
  let scene: Scene;
  let fresh: string;
  beforeEach(() => {
    scene = openScene();
    fresh = newFolder();
    setBackupPassphrase(scene.dataDir, passphrase);
    for (const id of ['ann', 'bob', 'sue']) scene.write(putUser(id));
    writeFileSync(join(scene.dataDir, 'osdp-keys.json'), secret);
  });
  afterEach(() => {
    scene.end();
    rmSync(fresh, { recursive: true });
  });
  const made = async (): Promise<string> => {
    const { name } = await makeBackup(scene.dataDir, wallMs);
    return backupPath(scene.dataDir, name) ?? assert.fail('no path');
  };
  const restoring = (file: string, more: object = {}) =>
    restore({ file, dataDir: fresh, passphrase, wallMs, ...more });

  it('restored into a fresh folder it has everything, the log verifies, and a row tells of it', async () => {
    const file = await made();
    assert.match(file, /backups\/sallyport-20260102T030405Z\.backup$/);
    assert.ok(!readFileSync(file).includes(secret), 'no key of a reader in clear');
    scene.write(putUser('later'));
    assert.match(
      await restoring(file),
      /^Restored the backup of 2026-01-02T03:04:05\.000Z: the log is whole to row 3:/,
    );
    const verdict = verifyLog(join(fresh, 'sallyport.db'));
    assert.deepEqual(verdict.ok && verdict.rows, 4);
    const reads = openReads(join(fresh, 'sallyport.db'));
    assert.deepEqual(
      reads.list('users', { limit: 9 }).items.map(({ body }) => body.id),
      ['ann', 'bob', 'sue'],
    );
    assert.equal(reads.setting('pin-pepper'), scene.reads.setting('pin-pepper'), 'PINs still open');
    const [last] = reads.events({ order: 'desc', limit: 1 });
    assert.deepEqual([last?.kind, last?.detail?.['throughSeq']], ['restored', 3]);
    reads.close();
    assert.equal(readFileSync(join(fresh, 'osdp-keys.json'), 'utf8'), secret);
    // The controller starts on it without an alarm: the exported head is that of the restored log.
    const started = openScene({ dataDir: fresh });
    assert.equal(started.posts.find(({ kind }) => kind === 'ready' || kind === 'failed')?.kind, 'ready');
    assert.ok(!('logFault' in (started.posts[0] ?? {})));
    started.end();
    fresh = newFolder();
  });

  it('holds no secret in clear, and only its owner may read it', async () => {
    const file = await made();
    const bytes = readFileSync(file).toString('latin1');
    for (const clear of [
      secret,
      'pin-pepper',
      String(scene.reads.setting('pin-pepper')),
      passphrase,
      'SQLite',
    ]) {
      assert.ok(!bytes.includes(clear), clear);
    }
    assert.equal(statSync(file).mode & 0o077, 0);
    assert.equal(statSync(join(scene.dataDir, 'backup-key.json')).mode & 0o077, 0);
    assert.ok(!readFileSync(join(scene.dataDir, 'backup-key.json'), 'utf8').includes(passphrase));
    assert.deepEqual(readdirSync(join(scene.dataDir, 'backups')).length, 1, 'no copy is left');
  });

  it('is one moment, whatever is written while it is copied', async () => {
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i += 1) {
        scene.write(putUser(`w${i}`), putUser(`v${i}`));
        await new Promise(setImmediate);
      }
    })();
    const file = await made();
    writing = false;
    await writer;
    await restoring(file);
    const reads = openReads(join(fresh, 'sallyport.db'));
    const ids = reads.list('users', { limit: 10_000 }).items.map(({ body }) => body.id);
    assert.equal(
      ids.filter((id) => id.startsWith('w')).length,
      ids.filter((id) => id.startsWith('v')).length,
    );
    reads.close();
  });

  it('a wrong passphrase, a cut, a flipped bit, another file: refused, and the old state is the state', async () => {
    const file = await made();
    await restoring(file);
    const before = readdirSync(fresh).sort();
    const whole = readFileSync(file);
    const bad = join(scene.dataDir, 'bad.backup');
    await assert.rejects(restoring(file, { passphrase: 'wrong wrong wrong' }), /not its passphrase/);
    await assert.rejects(restoring(join(scene.dataDir, 'sallyport.db')), /no backup of Sallyport/);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), fc.boolean(), async (place, cut) => {
        const copy = Buffer.from(whole);
        copy[place] = (copy[place] ?? 0) ^ 1;
        writeFileSync(bad, copy);
        if (cut) truncateSync(bad, place);
        const key = readBackupKey(scene.dataDir)?.key ?? assert.fail('no key');
        const folder = newFolder();
        try {
          await assert.rejects(readBackup(bad, { key }, folder), BackupError);
        } finally {
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 60 },
    );
    writeFileSync(bad, Buffer.concat([whole, Buffer.from('x')]));
    await assert.rejects(restoring(bad), BackupError);
    assert.deepEqual(readdirSync(fresh).sort(), before);
    const verdict = verifyLog(join(fresh, 'sallyport.db'));
    assert.ok(verdict.ok && verdict.rows === 4);
  });

  it('a backup whose log was changed, or that names a file it must not, is refused', async () => {
    const key = newBackupKey(passphrase);
    const stray = join(scene.dataDir, 'stray');
    writeFileSync(stray, 'not a database');
    for (const [name, why] of [
      ['sallyport.db', /another program's|not a database|SQLITE_NOTADB/i],
      ['../sallyport.db', /a file it must not/],
      ['authorized_keys', /a file it must not/],
      ['other.json', /does not hold/],
    ] as const) {
      const file = join(scene.dataDir, 'x.backup');
      rmSync(file, { force: true });
      await writeBackup(file, key, 'now', [{ name, path: stray }]);
      await assert.rejects(restoring(file), why, name);
    }
    assert.ok(!existsSync(join(fresh, 'sallyport.db')));
  });

  it('in a folder that a controller runs on nothing is put in place', async () => {
    const file = await made();
    await assert.rejects(
      restore({ file, dataDir: scene.dataDir, passphrase, wallMs }),
      /another Sallyport runs/,
    );
    assert.deepEqual(scene.reads.count('users'), 3);
  });

  it('what was there before is kept under another name', async () => {
    const file = await made();
    await restoring(file);
    assert.match(await restoring(file), /kept as .*sallyport\.db\.20260102030405\.before-restore\.$/);
    assert.ok(verifyLog(join(fresh, 'sallyport.db.20260102030405.before-restore')).ok);
  });

  it('another Pi becomes the same door: certificates and passphrase too, the site file where it is told', async () => {
    mkdirSync(join(scene.dataDir, 'tls'));
    writeFileSync(join(scene.dataDir, 'tls', 'key.pem'), 'the old key');
    const siteFile = join(scene.dataDir, 'old-site.yaml');
    writeFileSync(siteFile, 'name: Gate');
    const outside = [
      { name: 'site.yaml', path: siteFile },
      { name: 'http-key.pem', path: join(scene.dataDir, 'not-there.pem') },
    ] as const;
    const { name } = await makeBackup(scene.dataDir, wallMs, outside);
    const file = backupPath(scene.dataDir, name) ?? assert.fail('no path');
    mkdirSync(join(fresh, 'tls'));
    writeFileSync(join(fresh, 'tls', 'key.pem'), 'made at its first start');
    const site = join(fresh, 'site.yaml');
    writeFileSync(site, 'name: New');
    assert.match(await restoring(file, { site }), /\nThe site file is .*site\.yaml\.$/);
    const text = (...path: string[]) => readFileSync(join(fresh, ...path), 'utf8');
    assert.equal(text('tls', 'key.pem'), 'the old key');
    assert.equal(text('tls', 'key.pem.20260102030405.before-restore'), 'made at its first start');
    assert.equal(statSync(join(fresh, 'tls', 'key.pem')).mode & 0o077, 0);
    assert.deepEqual(
      [text('site.yaml'), text('site.yaml.20260102030405.before-restore')],
      ['name: Gate', 'name: New'],
    );
    assert.deepEqual(readBackupKey(fresh), readBackupKey(scene.dataDir), 'the next night’s backup is made');
    const before = readdirSync(fresh).sort();
    await assert.rejects(restoring(file, { site: join(fresh, 'no-such-folder', 'site.yaml') }), /ENOENT/);
    assert.deepEqual(readdirSync(fresh).sort(), before, 'what cannot be finished is not begun');
    // A passphrase set since is not taken back.
    setBackupPassphrase(fresh, 'another one, set later');
    const later = readBackupKey(fresh);
    assert.match(await restoring(file), /from-backup\/site\.yaml is the site file of the old controller/);
    assert.deepEqual(readBackupKey(fresh), later);
  });

  it('a key file opens as a passphrase does', async () => {
    const keyFile = join(fresh, 'key');
    makeKeyFile(keyFile);
    assert.throws(() => makeKeyFile(keyFile), /EEXIST/);
    assert.equal(statSync(keyFile).mode & 0o077, 0);
    setBackupPassphrase(scene.dataDir, passphraseOf({ keyFile }));
    const file = await made();
    await assert.rejects(restoring(file), /not its passphrase/);
    assert.match(await restoring(file, { passphrase: passphraseOf({ keyFile }) }), /^Restored/);
    writeFileSync(join(fresh, 'short'), 'x'.repeat(31));
    assert.throws(() => passphraseOf({ keyFile: join(fresh, 'short') }), /32 bytes/);
    assert.throws(() => passphraseOf({}), /one of the two/);
    assert.throws(() => passphraseOf({ keyFile, passphraseFile: keyFile }), /one of the two/);
  });

  it('a staged restore whose swap was cut off is finished at the next start', async () => {
    const file = await made();
    await stageRestore({ dataDir: fresh, file, passphrase, by: operator, at });
    assert.ok(!existsSync(join(fresh, 'sallyport.db')));
    mkdirSync(join(fresh, 'restore-work'));
    await restoring(file);
    assert.deepEqual(
      readdirSync(fresh).filter((name) => name.startsWith('restore')),
      [],
    );
  });

  it('on a disk without room none is made, taken in or unpacked; what is kept for the log is never touched', async () => {
    const file = await made();
    const reserved = 64 * 1024 * 1024;
    /** A disk with this much for backups, by what they have written. */
    const diskOf = (room: number) => (folder: string) =>
      reserved + room - Math.max(0, writtenIn(folder) - (before.get(folder) ?? 0));
    const before = new Map<string, number>();
    const folder = join(scene.dataDir, 'backups');
    for (const one of [folder, fresh]) before.set(one, writtenIn(one));
    const database = statSync(join(scene.dataDir, 'sallyport.db')).size;
    // Not the copy, not the encrypted file beside it.
    for (const room of [0, database - 1, database + 10]) {
      const making = makeBackup(scene.dataDir, wallMs + 1_000, [], diskOf(room));
      await assert.rejects(making, NoRoomError, `room for ${room}`);
    }
    const name = 'sallyport-20260101T000000Z.backup';
    async function* sent(total: number) {
      for (let at = 0; at < total; at += 10_000) yield Buffer.alloc(10_000);
      if (total === 0) throw Object.assign(new Error('somebody else took it'), { code: 'ENOSPC' });
    }
    assert.equal(await storeBackup(scene.dataDir, name, sent(1_000_000), diskOf(500_000)), 'no-room');
    assert.equal(await storeBackup(scene.dataDir, name, sent(0)), 'no-room');
    assert.deepEqual(readdirSync(folder), [basename(file)], 'nothing half is left');
    const staging = { dataDir: fresh, file, passphrase, by: operator, at };
    await assert.rejects(
      stageRestore({ ...staging, freeBytes: diskOf(database - 1) }),
      /^NoRoomError: The disk has no room for this: 6[67] MB are free, and 67 MB are kept for the log\.$/,
    );
    assert.deepEqual(readdirSync(fresh), []);
    assert.equal(await storeBackup(scene.dataDir, name, sent(1_000_000), diskOf(1_100_000)), 'stored');
  });

  it('what a sudden end left half done is gone after the next start', async () => {
    const file = await made();
    const folder = join(scene.dataDir, 'backups');
    for (const half of ['copy.part', 'copy.part-journal', 'new.part', 'received.part'])
      writeFileSync(join(folder, half), 'half');
    dropHalfBackups(scene.dataDir);
    assert.deepEqual(readdirSync(folder), [basename(file)]);
  });

  it('the newest are kept; without a passphrase none is made', async () => {
    for (let day = 0; day < 4; day += 1) await makeBackup(scene.dataDir, wallMs + day * 86_400_000);
    trimBackups(scene.dataDir, 2);
    assert.deepEqual(
      listBackups(scene.dataDir).map(({ name }) => name.slice(10, 18)),
      ['20260105', '20260104'],
    );
    rmSync(join(scene.dataDir, 'backup-key.json'));
    await assert.rejects(makeBackup(scene.dataDir, wallMs), /no backup passphrase/);
    assert.equal(backupPath(scene.dataDir, '../sallyport.db'), undefined);
  });
});

/** Bytes of all files in a folder and its folders. */
function writtenIn(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
