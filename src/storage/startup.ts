import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exportHead, headFile, readExportedHead } from './chainHead.js';
import {
  type Connection,
  createDatabase,
  databaseFault,
  databaseFile,
  errorText,
  isCorruption,
  isOurs,
  openScratch,
  sqliteCode,
} from './database.js';
import { type ChainHead, createEventLog } from './eventLog.js';
import { migrate, schemaOf } from './migrations/migrate.js';
import { tailFault } from './verifyLog.js';

/** Rows looked at when the database is opened; the whole log is verified by the nightly run and the command. */
const tailRows = 100;

export interface Opened {
  readonly db: Connection;
  /** Where a database that could not be used was moved to. */
  readonly setAside?: string;
  /** Why the log is not the one written last time. */
  readonly logFault?: string;
}

/**
 * Opens the database of a data folder for writing, making it where there is none. One that is damaged, empty
 * or not ours is renamed with the stamp, never erased, and a fresh one takes its place. Throws when the disk
 * fails (full, read-only, busy) and `SchemaError` when the database is from a newer version.
 */
export function openStore(dataDir: string, open: (path: string) => Connection, stamp: string): Opened {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, databaseFile);
  const exported = readExportedHead(dataDir);
  const found = existsSync(path) ? openExisting(path, open) : undefined;
  const existing = found?.db === undefined ? found : migrated(found.db);
  if (existing?.db !== undefined) {
    const { db } = existing;
    try {
      const logFault = startFault(db, exported);
      if (logFault !== undefined) keepHead(dataDir, stamp);
      return { db, ...(logFault === undefined ? {} : { logFault }) };
    } catch (error) {
      db.close();
      throw error;
    }
  }
  const setAside = moveAside(path, stamp);
  makeFresh(dataDir, path);
  const db = open(path);
  if (exported === undefined || exported.seq === 0)
    return { db, ...(setAside === undefined ? {} : { setAside }) };
  keepHead(dataDir, stamp);
  exportHead(dataDir, createEventLog(db, '').head());
  const logFault = `The log had ${exported.seq} rows and starts anew: the database ${existing?.fault ?? 'is gone'}.`;
  return { db, logFault, ...(setAside === undefined ? {} : { setAside }) };
}

type Existing = { readonly db: Connection } | { readonly db?: undefined; readonly fault: string };

/**
 * The database brought to the newest schema, or why it cannot be used: a flipped bit in the schema's text passes
 * every check of SQLite's own and shows only when a column has another name.
 */
function migrated(db: Connection): Existing {
  try {
    migrate(db);
    if (schemaOf(db) === newestSchema()) return { db };
    db.close();
    return { fault: 'was damaged (its tables are not those that were made)' };
  } catch (error) {
    db.close();
    if (!isCorruption(error) && sqliteCode(error) !== 'SQLITE_ERROR') throw error;
    return { fault: `was damaged (${errorText(error)})` };
  }
}

/** The open database, or why it cannot be used. */
function openExisting(path: string, open: (path: string) => Connection): Existing {
  if (statSync(path).size === 0) return { fault: 'file was empty' };
  let db: Connection | undefined;
  try {
    if (!isOurs(path)) return { fault: "was another program's" };
    db = open(path);
    const fault = databaseFault(db, path);
    if (fault === undefined) return { db };
    db.close();
    return { fault: `was damaged (${fault})` };
  } catch (error) {
    db?.close();
    if (!isCorruption(error)) throw error;
    return { fault: `was damaged (${errorText(error)})` };
  }
}

/** What `schemaOf` says of a database made today. */
function newestSchema(): string {
  const db = openScratch();
  migrate(db);
  const schema = schemaOf(db);
  db.close();
  return schema;
}

/** Is this the log that was written last time: does its tail verify, and does it hold the exported head? */
function startFault(db: Connection, exported: ChainHead | undefined): string | undefined {
  const head = createEventLog(db, '').head();
  if (exported !== undefined && exported.seq > 0) {
    const hash = db.prepare('SELECT hash FROM events WHERE seq = ?').pluck().get(exported.seq);
    if (!(hash instanceof Buffer))
      return `Row ${exported.seq} was written and is gone: rows were cut off, or an older copy was put back.`;
    if (hash.toString('hex') !== exported.hash) return `Row ${exported.seq} is not the one that was written.`;
  }
  return tailFault(db, Math.max(0, head.seq - tailRows), undefined);
}

/** The database and what belongs to it: a left-over log file would be played into the fresh database. */
function moveAside(path: string, stamp: string): string | undefined {
  const parts = ['', '-wal', '-shm'].filter((suffix) => existsSync(path + suffix));
  if (parts.length === 0) return undefined;
  let target = `${path}.${stamp}`;
  for (let n = 2; parts.some((suffix) => existsSync(target + suffix)); n += 1)
    target = `${path}.${stamp}-${n}`;
  for (const suffix of parts) renameSync(path + suffix, target + suffix);
  return target;
}

/** The exported head that does not fit stays as evidence under another name. */
function keepHead(dataDir: string, stamp: string): void {
  const path = join(dataDir, headFile);
  if (existsSync(path)) renameSync(path, join(dataDir, `chain-head.${stamp}.json`));
}

/** Made under another name and renamed when complete: a power cut leaves no database, or a whole one. */
function makeFresh(dataDir: string, path: string): void {
  const making = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(making + suffix, { force: true });
  const db = createDatabase(making);
  try {
    migrate(db);
  } finally {
    db.close();
  }
  renameSync(making, path);
  const folder = openSync(dataDir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
