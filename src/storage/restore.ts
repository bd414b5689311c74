/**
 * Restoring a backup: unpacked and proved beside the database in use, then put in its place in one rename. Until
 * that moment, and after any failure, the old state is the state. The old database is kept under another name.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Actor, Instant } from '../core/model.js';
import { syncFolder } from './backup.js';
import { contents, outsideFolder } from './backupContents.js';
import { BackupError, readBackup } from './backupFile.js';
import { exportHead } from './chainHead.js';
import { databaseFile, isOurs, openWriter } from './database.js';
import { type ChainHead, createEventLog } from './eventLog.js';
import { lockFolder } from './folderLock.js';
import { migrate } from './migrations/migrate.js';
import { type FreeBytes, needRoom } from './room.js';
import { verifyLog } from './verifyLog.js';

/** A backup that was proved and waits to be put in place. */
const stagedFolder = 'restore-ready';
const workFolder = 'restore-work';
/** What a backup may hold; anything else is refused. */
const known = new Set([databaseFile, ...contents.map(({ name }) => name)]);

export interface Staged {
  readonly madeAt: string;
  readonly head: ChainHead;
  /** Names of files for outside the data folder, which a restore leaves in its `outsideFolder`. */
  readonly outside: readonly string[];
}

export interface StageOptions {
  readonly dataDir: string;
  readonly file: string;
  readonly passphrase: string;
  readonly by: Actor;
  readonly at: Instant;
  readonly freeBytes?: FreeBytes;
}

/**
 * Unpacks and proves a backup: key, every byte, the database's structure, its schema, the whole log. Adds the row
 * `restored` to it. Rejects with a `BackupError` or `NoRoomError` that says what is wrong; the state in use is not
 * touched.
 */
export async function stageRestore(options: StageOptions): Promise<Staged> {
  const { dataDir, file, passphrase, by, at } = options;
  const work = join(dataDir, workFolder);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    const { madeAt, names } = await readBackup(file, { passphrase }, work, (bytes) =>
      needRoom(dataDir, bytes, options.freeBytes),
    );
    if (!names.includes(databaseFile) || !names.every((name) => known.has(name))) {
      throw new BackupError('The backup does not hold what a backup of Sallyport holds.');
    }
    const path = join(work, databaseFile);
    const head = proved(path);
    const outside = contents
      .filter(({ name, place }) => dirname(place) === outsideFolder && names.includes(name))
      .map(({ name }) => name);
    noteRestore(path, { madeAt, head, outside, by, at });
    const ready = join(dataDir, stagedFolder);
    rmSync(ready, { recursive: true, force: true });
    renameSync(work, ready);
    syncFolder(dataDir);
    return { madeAt, head, outside };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function proved(path: string): ChainHead {
  if (!isOurs(path)) throw new BackupError("The backup holds another program's database.");
  const db = openWriter(path);
  try {
    const answer = db.pragma('integrity_check(1)', { simple: true });
    if (answer !== 'ok') throw new BackupError(`The database in the backup is damaged: ${String(answer)}`);
    migrate(db);
  } finally {
    db.close();
  }
  const verdict = verifyLog(path);
  if (!verdict.ok) throw new BackupError(`The log in the backup is not whole. ${verdict.message}`);
  return verdict.head;
}

function noteRestore(path: string, of: Staged & Pick<StageOptions, 'by' | 'at'>): void {
  const db = openWriter(path);
  try {
    const detail = { madeAt: of.madeAt, throughSeq: of.head.seq, hash: of.head.hash };
    db.transaction(() => createEventLog(db, '').append({ kind: 'restored', at: of.at, by: of.by, detail }))();
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** Is there a proved backup that waits to be put in place? */
export function isStaged(dataDir: string): boolean {
  return existsSync(join(dataDir, stagedFolder, databaseFile));
}

/**
 * Puts a staged backup in place; nobody may run on the folder (throws `FolderInUseError`). Returns where the old
 * database is kept, or undefined when nothing was staged. A power cut at any moment leaves the old or the new one.
 */
export function putInPlace(dataDir: string, stamp: string): { readonly kept?: string } | undefined {
  if (!isStaged(dataDir)) return undefined;
  const lock = lockFolder(dataDir);
  try {
    const staged = join(dataDir, stagedFolder);
    const path = join(dataDir, databaseFile);
    const kept = keepOld(path, `${path}.${stamp}.before-restore`);
    for (const content of contents) placeFile(dataDir, content, stamp);
    const head = headOf(join(staged, databaseFile));
    // The moment: before it all is old, after it all is new.
    renameSync(join(staged, databaseFile), path);
    syncFolder(dataDir);
    exportHead(dataDir, head);
    rmSync(staged, { recursive: true, force: true });
    return kept === undefined ? {} : { kept };
  } finally {
    lock.release();
  }
}

function placeFile(dataDir: string, { name, place, keep }: (typeof contents)[number], stamp: string): void {
  const from = join(dataDir, stagedFolder, name);
  const target = join(dataDir, place);
  if (!existsSync(from) || (keep === true && existsSync(target))) return;
  if (existsSync(target)) copyFileSync(target, `${target}.${stamp}.before-restore`);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  renameSync(from, target);
  syncFolder(dirname(target));
}

/** Everything of the old database in its one file, and that under a second name: a left-over log would be played into the new one. */
function keepOld(path: string, name: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const db = openWriter(path);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
  } catch {
    // A damaged database is often why somebody restores: it is kept as it is, with its log beside it.
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, name + suffix);
    }
  }
  linkSync(path, name);
  return name;
}

function headOf(path: string): ChainHead {
  const db = openWriter(path);
  try {
    return createEventLog(db, '').head();
  } finally {
    db.close();
  }
}
