import { randomBytes } from 'node:crypto';
import type { Connection } from '../database.js';
import { migration0001 } from './0001.js';
import { migration0002 } from './0002.js';
import { migration0003 } from './0003.js';
import { migration0004 } from './0004.js';
import { migration0005 } from './0005.js';
import { migration0006 } from './0006.js';
import { migration0007 } from './0007.js';
import { migration0008 } from './0008.js';

/** In order; the schema version is how many have run. Never edit one that has been released: add the next. */
const migrations: readonly string[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
  migration0008,
];

/** The database was written by a newer Sallyport; this one must not touch it. */
export class SchemaError extends Error {
  constructor(found: number) {
    super(
      `The database has schema ${found}, this version knows up to ${migrations.length}: ` +
        'start the newer version again, or restore a backup made by this one.',
    );
    this.name = 'SchemaError';
  }
}

/** Brings the database to the newest schema in one transaction; throws `SchemaError` if it is newer. */
export function migrate(db: Connection): void {
  db.transaction(() => {
    db.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
    const found = schemaVersion(db);
    if (found > migrations.length) throw new SchemaError(found);
    for (const sql of migrations.slice(found)) db.exec(sql);
    db.exec('DELETE FROM schema_version');
    db.prepare('INSERT INTO schema_version (version) VALUES (?)').run(migrations.length);
    db.prepare(
      "INSERT OR IGNORE INTO items (collection, id, revision, body) VALUES ('settings', ?, 1, ?)",
    ).run('pin-pepper', JSON.stringify({ id: 'pin-pepper', value: randomBytes(32).toString('hex') }));
  }).immediate();
}

function schemaVersion(db: Connection): number {
  return Number(db.prepare('SELECT max(version) FROM schema_version').pluck().get() ?? 0);
}

/** All tables as SQL text. (Indexes rebuild, and a missing trigger loses nothing: the hash chain does not depend on it.) */
export function schemaOf(db: Connection): string {
  const tables = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  return tables.join(';\n');
}
