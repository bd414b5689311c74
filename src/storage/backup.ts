/** Backups: made from a running database, kept for a while, and the key that makes them without the passphrase. */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupEntry } from '../core/backups.js';
import { backupKeyFile, type OutsideFile, presentContents } from './backupContents.js';
import { type BackupKey, newBackupKey, streamed, writeBackup } from './backupFile.js';
import { databaseFile, openReader } from './database.js';
import { type FreeBytes, isNoRoom, needRoom } from './room.js';

/** In the data folder: where backups are kept. */
export const backupFolder = 'backups';

const backupName = /^sallyport-\d{8}T\d{6}Z\.backup$/;

/** What is not whole yet: the copy of the database, the backup made of it, one that is being brought. */
const copyPart = 'copy.part';
const newPart = 'new.part';
const receivedPart = 'received.part';

/** Pages copied in one go; between two of them the thread does other things. */
const pagesAtOnce = 256;

/**
 * Copies the database as it stands at one moment, encrypts it and names it by that moment. Writers are not held up:
 * the copy reads one snapshot. Rejects and leaves nothing behind when the disk does not have the room: a
 * `NoRoomError` before any of the doors' is taken.
 */
export async function makeBackup(
  dataDir: string,
  wallMs: number,
  outside: readonly OutsideFile[] = [],
  freeBytes?: FreeBytes,
): Promise<BackupEntry> {
  const key = readBackupKey(dataDir);
  if (key === undefined) throw new Error('there is no backup passphrase yet: set one first');
  const madeAt = new Date(wallMs).toISOString();
  const folder = join(dataDir, backupFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `sallyport-${madeAt.replace(/\.\d+|[-:]/g, '')}.backup`;
  const copy = join(folder, copyPart);
  const part = join(folder, newPart);
  for (const old of [copy, part]) rmSync(old, { force: true });
  const roomFor = (bytes: number): void => needRoom(folder, bytes, freeBytes);
  try {
    const database = join(dataDir, databaseFile);
    roomFor(statSync(database).size);
    await copyDatabase(database, copy, () => roomFor(0));
    const files = [{ name: databaseFile, path: copy }, ...presentContents(dataDir, outside)];
    await writeBackup(part, key, madeAt, files, roomFor);
    renameSync(part, join(folder, name));
    syncFolder(folder);
    return { name, bytes: statSync(join(folder, name)).size };
  } finally {
    for (const old of [copy, part]) rmSync(old, { force: true });
  }
}

/** SQLite's backup of one snapshot: without the transaction it would begin anew after every write of another. */
async function copyDatabase(from: string, to: string, between: () => void): Promise<void> {
  const db = openReader(from);
  try {
    db.exec('BEGIN');
    db.prepare('SELECT seq FROM chain_head').get();
    await db.backup(to, {
      progress: () => {
        between();
        return pagesAtOnce;
      },
    });
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** The backups of a data folder, newest first. */
export function listBackups(dataDir: string): readonly BackupEntry[] {
  const folder = join(dataDir, backupFolder);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => backupName.test(name));
  return names
    .sort()
    .reverse()
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

/** The path of one of them; undefined for any other name. */
export function backupPath(dataDir: string, name: string): string | undefined {
  const path = join(dataDir, backupFolder, name);
  return backupName.test(name) && existsSync(path) ? path : undefined;
}

/** One of them to be read; undefined for any other name. */
export function openBackup(
  dataDir: string,
  name: string,
): { readonly bytes: number; readonly stream: Readable } | undefined {
  const path = backupPath(dataDir, name);
  return path === undefined ? undefined : { bytes: statSync(path).size, stream: createReadStream(path) };
}

/** Takes a backup from elsewhere in. What does not arrive whole, or has no room, leaves nothing. */
export async function storeBackup(
  dataDir: string,
  name: string,
  source: AsyncIterable<Buffer>,
  freeBytes?: FreeBytes,
): Promise<'stored' | 'exists' | 'no-room' | 'broken'> {
  const folder = join(dataDir, backupFolder);
  if (!backupName.test(name) || existsSync(join(folder, name))) return 'exists';
  const part = join(folder, receivedPart);
  async function* bounded(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      needRoom(folder, piece.length, freeBytes);
      yield piece;
    }
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = createWriteStream(part, { mode: 0o600, flush: true });
    await streamed(target, () => pipeline(source, bounded, target));
    renameSync(part, join(folder, name));
    syncFolder(folder);
    return 'stored';
  } catch (error) {
    return isNoRoom(error) ? 'no-room' : 'broken';
  } finally {
    rmSync(part, { force: true });
  }
}

/** Removes what a sudden end left half done: it would take room until the next backup. */
export function dropHalfBackups(dataDir: string): void {
  for (const part of [copyPart, `${copyPart}-journal`, newPart, receivedPart]) {
    rmSync(join(dataDir, backupFolder, part), { force: true });
  }
}

/** Removes all but the newest `keep`. */
export function trimBackups(dataDir: string, keep: number): void {
  for (const { name } of listBackups(dataDir).slice(Math.max(1, keep))) {
    rmSync(join(dataDir, backupFolder, name), { force: true });
  }
}

/** From now on backups open with this passphrase. It is not kept; the key made of it is, readable by us alone. */
export function setBackupPassphrase(dataDir: string, passphrase: string): void {
  const { key, kdf } = newBackupKey(passphrase);
  const path = join(dataDir, backupKeyFile);
  writeFileSync(`${path}.new`, JSON.stringify({ kdf, key: key.toString('hex') }), {
    mode: 0o600,
    flush: true,
  });
  renameSync(`${path}.new`, path);
}

/** The key of this data folder's backups; undefined where no passphrase was set. */
export function readBackupKey(dataDir: string): BackupKey | undefined {
  const path = join(dataDir, backupKeyFile);
  if (!existsSync(path)) return undefined;
  const { kdf, key } = JSON.parse(readFileSync(path, 'utf8')) as { kdf: BackupKey['kdf']; key: string };
  return { kdf, key: Buffer.from(key, 'hex') };
}

/** A rename is durable when its folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
