/** A data folder as after years of use: many users with cards and zone records, a long log with a whole chain. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRow } from '../../src/core/log.js';
import { demoPeople } from '../../src/demo/people.js';
import { databaseFile } from '../../src/storage/database.js';
import { createEventLog } from '../../src/storage/eventLog.js';
import { type Connection, Sqlite } from '../../src/storage/sqlite.js';
import { createStore } from '../../src/storage/store.js';
import { Writer } from '../../src/storage/writer.js';

export interface FixtureSize {
  readonly users: number;
  readonly events: number;
}

const BOOT = 'bench-boot';
const START_WALL_MS = Date.UTC(2026, 0, 1);

/** The card of the n-th user: the payload of facility 1 + n / 65536, number n mod 65536. */
export function cardOf(n: number): {
  readonly facility: number;
  readonly number: number;
  readonly code: string;
} {
  const facility = 26 + Math.floor(n / 65_536);
  const number = n % 65_536;
  return { facility, number, code: (facility * 65_536 + number).toString(16).toUpperCase().padStart(8, '0') };
}

/** Makes the folder and fills it; the events move the users' zone records, so that the log replays to them. */
export function makeDataDir(size: FixtureSize): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  new Writer({
    dataDir: dir,
    boot: BOOT,
    session: 'fixture',
    nowMs: () => 0,
    wallMs: () => START_WALL_MS,
    post: () => undefined,
    postWeb: () => undefined,
    schedule: () => () => undefined,
  }).close();
  const db = new Sqlite(join(dir, databaseFile));
  db.pragma('synchronous = OFF');
  fillSite(db);
  fillUsers(db, size.users);
  fillEvents(db, size);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return dir;
}

function fillSite(db: Connection): void {
  const store = createStore(db, { boot: BOOT, session: 'fixture' });
  const at = { monoMs: 0, wallMs: START_WALL_MS, trust: 'ntp' } as const;
  db.transaction(() => store.management.apply({ by: { kind: 'system' }, ops: demoPeople() }, at))();
}

function fillUsers(db: Connection, users: number): void {
  const user = db.prepare(
    `INSERT INTO users (id, name, name_key, enabled, groups, access_rights, extended_unlock, note, revision)
     VALUES (?, ?, ?, 1, '["staff"]', '[]', 0, '', 1)`,
  );
  const ref = db.prepare("INSERT INTO user_refs (collection, ref, user) VALUES ('groups', 'staff', ?)");
  const card = db.prepare(
    `INSERT INTO credentials (id, user, kind, secret, bits, format, facility, number, status, revision)
     VALUES (?, ?, 'card', ?, 24, 'H10301', ?, ?, 'active', 1)`,
  );
  db.transaction(() => {
    for (let n = 0; n < users; n += 1) {
      const id = `user-${n}`;
      const { facility, number, code } = cardOf(n);
      user.run(id, `User ${n}`, `user ${n}`);
      ref.run(id);
      const secret = code.replace(/^0+/, '');
      card.run(`card-${n}`, id, secret.length % 2 === 0 ? secret : `0${secret}`, facility, String(number));
    }
  })();
}

/** Everybody goes in once (his record), then grants and refusals by turns until the log is as long as asked. */
function fillEvents(db: Connection, { users, events }: FixtureSize): void {
  const log = createEventLog(db, BOOT);
  const set = db.prepare(
    `INSERT INTO zone_records (zone, user, direction, reader, seq, boot, mono_ms, wall_ms, trusted)
     VALUES (1, ?, 'entry', 'lobby-in', ?, ?, ?, ?, 1)`,
  );
  db.transaction(() => {
    for (let n = 0; n < events; n += 1) {
      const row = rowOf(n, users);
      const seq = log.append(row);
      if (n < users) set.run(row.user, seq, BOOT, row.at.monoMs, row.at.wallMs);
    }
  })();
}

function rowOf(n: number, users: number): LogRow {
  const monoMs = n * 500;
  const at = { monoMs, wallMs: START_WALL_MS + monoMs, trust: 'ntp' } as const;
  const user = `user-${n % users}`;
  const record = {
    direction: 'entry',
    reader: 'lobby-in',
    boot: BOOT,
    monoMs,
    wallMs: at.wallMs,
    trusted: true,
  } as const;
  return {
    kind: n < users ? 'access-granted' : 'access-denied',
    at,
    door: 'lobby',
    reader: 'lobby-in',
    user,
    userName: `User ${n % users}`,
    credential: { kind: 'card', label: 'H10301 ••0000' },
    by: { kind: 'reader', reader: 'lobby-in' },
    ...(n < users
      ? { records: [{ kind: 'set' as const, zone: 1, user, record }] }
      : { reason: 'passback' as const }),
  };
}
