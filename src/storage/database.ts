import { statSync } from 'node:fs';
import { type Connection, Sqlite } from './sqlite.js';

export type { Connection };

/** The one database file in the data folder. */
export const databaseFile = 'sallyport.db';

/** "SALY": tells our files from any other SQLite database. */
const applicationId = 0x53414c59;
const busyMs = 2_000;
/** Pages in the WAL before they are carried over: the same ones are written again and again, and the commit that does it waits. */
const checkpointPages = 4_000;
/** Of each connection: the driver's 16 MB, three times over, is much of a small Pi; the kernel caches the file anyway. */
const cacheKb = 2_000;
/** Larger files are checked in part at start, the whole of them by the nightly run. */
const quickCheckBytesMax = 32 * 1024 * 1024;
const smallTables = [
  'chain_head',
  'commit_progress',
  'pending_passages',
  'core_facts',
  'zone_sweeps',
  'zone_sweep_progress',
  'items',
];

/**
 * Opens an existing database for writing. `synchronous=FULL` comes first and on every connection: the driver
 * falls back to NORMAL in WAL mode, and NORMAL loses the last commits at a power cut.
 */
export function openWriter(path: string): Connection {
  return configured(new Sqlite(path, { fileMustExist: true, timeout: busyMs }));
}

/** Makes a new database file, empty but ours. */
export function createDatabase(path: string): Connection {
  const db = configured(new Sqlite(path, { timeout: busyMs }));
  db.pragma(`application_id = ${applicationId}`);
  return db;
}

/** A database in memory, gone when closed. */
export function openScratch(): Connection {
  return new Sqlite(':memory:');
}

/** The version of the engine in the driver. */
export function sqliteVersion(): string {
  const db = openScratch();
  try {
    return String(db.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}

/** Opens an existing database for reading only. */
export function openReader(path: string): Connection {
  const db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: busyMs });
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = -${cacheKb}`);
  return db;
}

function configured(db: Connection): Connection {
  try {
    db.pragma('synchronous = FULL');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') throw new Error(`SQLite answered journal mode ${String(mode)} instead of wal.`);
    db.pragma(`cache_size = -${cacheKb}`);
    db.pragma('foreign_keys = ON');
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    db.pragma(`journal_size_limit = ${checkpointPages * 4 * 1024}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Is this file a database, and ours? Asked read-only: opening for writing changes even a stranger's file. */
export function isOurs(path: string): boolean {
  const db = openReader(path);
  try {
    return db.pragma('application_id', { simple: true }) === applicationId;
  } finally {
    db.close();
  }
}

/** Says what is damaged, or undefined. Bounded: large files are checked in their small tables. */
export function databaseFault(db: Connection, path: string): string | undefined {
  const whole = statSync(path).size <= quickCheckBytesMax;
  const scopes = whole ? ['1'] : smallTables;
  for (const scope of scopes) {
    const answer = db.pragma(`quick_check(${scope})`, { simple: true });
    if (answer !== 'ok') return String(answer);
  }
  return undefined;
}

/** Is the file itself damaged, rather than the disk full, read-only or busy? */
export function isCorruption(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** The SQLite result code of an error, or an empty text. */
export function sqliteCode(error: unknown): string {
  return error instanceof Sqlite.SqliteError ? error.code : '';
}

/** What went wrong, for a person: SQLite's code and text, never the values of a statement. */
export function errorText(error: unknown): string {
  const code = sqliteCode(error);
  if (!(error instanceof Error)) return 'unknown error';
  return code === '' ? error.message : `${code}: ${error.message}`;
}
