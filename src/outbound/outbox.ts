/**
 * How far each hook has come through the event log, and what was given up: a small database of its own beside the
 * one of the doors. The log itself is the queue, so nothing waiting can be lost or grow here.
 */
import { existsSync, renameSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { DeadLetter } from '../core/hooks.js';

/** Where a hook stands; `attempts` and the times are those of the row after `cursor` that is due. */
export interface Progress {
  readonly cursor: number;
  readonly attempts: number;
  readonly firstMs: number;
  readonly nextMs: number;
  readonly error: string;
}

export interface Outbox {
  get(hook: string): Progress | undefined;
  put(hook: string, progress: Progress): void;
  /** Gives the row up: into the dead letters and past it, in one. */
  giveUp(hook: string, letter: DeadLetter): void;
  /** Forgets hooks that are no more. */
  keepOnly(hooks: readonly string[]): void;
  letters(hook: string, after: number, limit: number): readonly DeadLetter[];
  letter(hook: string, seq: number): DeadLetter | undefined;
  drop(hook: string, seq: number): boolean;
  countLetters(hook: string): number;
  close(): void;
}

/** Kept for each hook; the oldest make room, the log still has their rows. */
const lettersMax = 1_000;

/** Opens the outbox with this driver, making it where there is none; a damaged one is set aside with the stamp. */
export function openOutbox(Sqlite: typeof Database, path: string, stamp: string): Outbox {
  try {
    return outboxOn(new Sqlite(path));
  } catch (error) {
    if (!isDamage(error) || !existsSync(path)) throw error;
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.${stamp}${suffix}`);
    }
    return outboxOn(new Sqlite(path));
  }
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

const schema = `
CREATE TABLE IF NOT EXISTS progress (
  hook TEXT PRIMARY KEY, cursor INTEGER NOT NULL, attempts INTEGER NOT NULL,
  first_ms REAL NOT NULL, next_ms REAL NOT NULL, error TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS letters (
  hook TEXT NOT NULL, seq INTEGER NOT NULL, wall_ms REAL NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL,
  PRIMARY KEY (hook, seq)
) STRICT, WITHOUT ROWID;`;

function outboxOn(db: Database.Database): Outbox {
  try {
    // A power cut may set a cursor back some rows: they are sent again, none is skipped. So no commit waits for the disk.
    db.pragma('synchronous = NORMAL');
    db.pragma('journal_mode = WAL');
    db.exec(schema);
    return statementsOn(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function statementsOn(db: Database.Database): Outbox {
  const select = db.prepare<[string], Progress>(
    'SELECT cursor, attempts, first_ms AS firstMs, next_ms AS nextMs, error FROM progress WHERE hook = ?',
  );
  const upsert = db.prepare(
    'INSERT OR REPLACE INTO progress (hook, cursor, attempts, first_ms, next_ms, error) VALUES (?,?,?,?,?,?)',
  );
  const fields = 'seq, wall_ms AS wallMs, attempts, error';
  const letters = db.prepare<[string, number, number], DeadLetter>(
    `SELECT ${fields} FROM letters WHERE hook = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const letter = db.prepare<[string, number], DeadLetter>(
    `SELECT ${fields} FROM letters WHERE hook = ? AND seq = ?`,
  );
  const insert = db.prepare(
    'INSERT OR REPLACE INTO letters (hook, seq, wall_ms, attempts, error) VALUES (?,?,?,?,?)',
  );
  const trim = db.prepare(
    `DELETE FROM letters WHERE hook = @hook AND seq <=
      (SELECT seq FROM letters WHERE hook = @hook ORDER BY seq DESC LIMIT 1 OFFSET ${lettersMax})`,
  );
  const drop = db.prepare('DELETE FROM letters WHERE hook = ? AND seq = ?');
  const count = db.prepare<[string], number>('SELECT count(*) FROM letters WHERE hook = ?').pluck();
  const known = db.prepare<[], string>('SELECT hook FROM progress UNION SELECT hook FROM letters').pluck();
  const put: Outbox['put'] = (hook, { cursor, attempts, firstMs, nextMs, error }) => {
    upsert.run(hook, cursor, attempts, firstMs, nextMs, error);
  };
  return {
    get: (hook) => select.get(hook),
    put,
    giveUp: db.transaction((hook: string, given: DeadLetter) => {
      insert.run(hook, given.seq, given.wallMs, given.attempts, given.error);
      trim.run({ hook });
      put(hook, freshAt(given.seq));
    }),
    keepOnly: db.transaction((hooks: readonly string[]) => {
      for (const hook of known.all().filter((one) => !hooks.includes(one))) {
        db.prepare('DELETE FROM progress WHERE hook = ?').run(hook);
        db.prepare('DELETE FROM letters WHERE hook = ?').run(hook);
      }
    }),
    letters: (hook, after, limit) => letters.all(hook, after, limit),
    letter: (hook, seq) => letter.get(hook, seq),
    drop: (hook, seq) => drop.run(hook, seq).changes > 0,
    countLetters: (hook) => count.get(hook) ?? 0,
    close: () => {
      db.close();
    },
  };
}

/** Everything up to `cursor` is done with. */
export function freshAt(cursor: number): Progress {
  return { cursor, attempts: 0, firstMs: 0, nextMs: 0, error: '' };
}
