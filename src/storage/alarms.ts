import { alarmChange } from '../core/alarms.js';
import type { LogRow } from '../core/log.js';
import type { Revised, StoredAlarm } from '../core/management.js';
import type { Page, Reads } from '../core/reads.js';
import type { Connection } from './database.js';

/** As many are kept; the oldest go. Their rows stay in the log. */
const alarmsMax = 10_000;
/** More than this above the limit and the oldest are taken out, many at once. */
const alarmsSpare = 256;

interface AlarmRow {
  readonly body: string;
  readonly revision: number;
}

export interface AlarmTable {
  /** Follows a row just written under `seq`. Call in its transaction. */
  follow(seq: number, row: LogRow): void;
  /** What was followed last has been undone. */
  reread(): void;
  get(id: string): Revised<StoredAlarm> | undefined;
  put(alarm: StoredAlarm, revision: number): void;
  remove(id: string): void;
}

/** The list of alarms on the writing connection. */
export function createAlarmTable(db: Connection): AlarmTable {
  const insert = db.prepare(
    'INSERT INTO alarms (seq, key, ended, acknowledged, body, revision) VALUES (?, ?, ?, 0, ?, 1)',
  );
  const end = db.prepare(
    `UPDATE alarms SET ended = 1, revision = revision + 1, body = json_set(body, '$.endedMs', ?)
     WHERE key = ? AND ended = 0`,
  );
  const lastingKeys = db.prepare<[], string>('SELECT key FROM alarms WHERE ended = 0').pluck();
  const count = db.prepare<[], number>('SELECT count(*) FROM alarms').pluck();
  const trim = db.prepare(
    'DELETE FROM alarms WHERE seq <= (SELECT seq FROM alarms ORDER BY seq DESC LIMIT 1 OFFSET ?)',
  );
  const select = db.prepare<[number], AlarmRow>('SELECT body, revision FROM alarms WHERE seq = ?');
  const update = db.prepare('UPDATE alarms SET acknowledged = ?, body = ?, revision = ? WHERE seq = ?');
  const remove = db.prepare('DELETE FROM alarms WHERE seq = ?');
  /** Most rows end nothing: a door closes at every passage. Known, that costs no look-up. */
  let known: { readonly lasting: Set<string>; rows: number } | undefined;
  const state = () => {
    known ??= { lasting: new Set(lastingKeys.all()), rows: count.get() ?? 0 };
    return known;
  };
  return {
    follow: (seq, row) => {
      const made = alarmChange(row);
      if (made === undefined) return;
      const { change, key } = made;
      const now = state();
      if (change === 'end') {
        if (now.lasting.delete(key)) end.run(row.at.wallMs, key);
        return;
      }
      if (now.lasting.has(key)) return;
      if (change === 'raise') now.lasting.add(key);
      insert.run(seq, key, change === 'note' ? 1 : 0, JSON.stringify(alarmOf(seq, row, change === 'note')));
      now.rows += 1;
      if (now.rows <= alarmsMax + alarmsSpare) return;
      trim.run(alarmsMax);
      known = undefined;
    },
    reread: () => {
      known = undefined;
    },
    get: (id) => alarmRowOf(select.get(Number(id))),
    put: (alarm, revision) => {
      update.run(alarm.acknowledged === undefined ? 0 : 1, JSON.stringify(alarm), revision, Number(alarm.id));
    },
    remove: (id) => {
      remove.run(Number(id));
      known = undefined;
    },
  };
}

function alarmOf(seq: number, row: LogRow, over: boolean): StoredAlarm {
  return {
    id: String(seq),
    kind: row.kind,
    ...(row.door === undefined ? {} : { door: row.door }),
    ...(row.reader === undefined ? {} : { reader: row.reader }),
    ...(row.zone === undefined ? {} : { zone: row.zone }),
    ...(row.user === undefined ? {} : { user: row.user }),
    raisedMs: row.at.wallMs,
    ...(over ? { endedMs: row.at.wallMs } : {}),
  };
}

/** The reading side, on a reader's connection. */
export function createAlarmReads(db: Connection): {
  readonly get: (id: string) => Revised<StoredAlarm> | undefined;
  readonly alarms: Reads['alarms'];
} {
  const one = db.prepare<[number], AlarmRow>('SELECT body, revision FROM alarms WHERE seq = ?');
  const end = 'ORDER BY seq DESC LIMIT ?';
  const all = db.prepare<[number, number], AlarmRow>(
    `SELECT body, revision FROM alarms WHERE seq < ? ${end}`,
  );
  const open = db.prepare<[number, number], AlarmRow>(
    `SELECT body, revision FROM alarms WHERE (ended = 0 OR acknowledged = 0) AND seq < ? ${end}`,
  );
  return {
    get: (id) => alarmRowOf(one.get(Number(id))),
    alarms: (query) => {
      const before = query.before === undefined ? Number.MAX_SAFE_INTEGER : Number(query.before);
      const limit = Math.max(1, query.limit);
      const rows = (query.open ? open : all).all(before, limit + 1);
      const items = rows.slice(0, limit).flatMap((row) => alarmRowOf(row) ?? []);
      const last = items.at(-1);
      const page: Page<Revised<StoredAlarm>> =
        rows.length > limit && last !== undefined ? { items, next: last.body.id } : { items };
      return page;
    },
  };
}

function alarmRowOf(row: AlarmRow | undefined): Revised<StoredAlarm> | undefined {
  return row === undefined
    ? undefined
    : { revision: row.revision, body: JSON.parse(row.body) as StoredAlarm };
}
