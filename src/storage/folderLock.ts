import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteCode } from './database.js';
import { Sqlite } from './sqlite.js';

/** Thrown when another program writes in the data folder: two would each grant what the other has refused. */
export class FolderInUseError extends Error {
  constructor(dataDir: string) {
    super(
      `another Sallyport runs on the data folder ${dataDir}: stop it, or name another folder (SALLYPORT_DATA)`,
    );
    this.name = 'FolderInUseError';
  }
}

/** An empty file beside the database; what counts is the lock on it. */
const lockFile = 'lock';

/**
 * Takes the data folder for this process until `release`. The lock is the kernel's (SQLite locks an empty
 * database of its own): it ends with the process, however that ends, and cannot be left behind. Throws
 * `FolderInUseError`, or what the disk says.
 */
export function lockFolder(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new Sqlite(join(dataDir, lockFile), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw sqliteCode(error) === 'SQLITE_BUSY' ? new FolderInUseError(dataDir) : error;
  }
  return { release: () => db.close() };
}
