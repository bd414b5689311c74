import type { RecordChange } from '../core/log.js';
import type { UserId, ZoneId } from '../core/model.js';
import type { ZoneRecord } from '../core/state.js';
import { type Connection, openReader } from './database.js';
import { currentRecord, type SweptRecordRow, sweptRecordColumns } from './zoneRecords.js';
import { sweepOfRecord } from './zoneSweeps.js';

export interface ReplayDifference {
  readonly zone: ZoneId;
  readonly user: UserId;
  /** What the log alone says; absent = no record. */
  readonly replayed?: ZoneRecord & { readonly seq: number };
  /** What the table holds; absent = no record. */
  readonly stored?: ZoneRecord & { readonly seq: number };
}

export interface ReplayResult {
  readonly rows: number;
  readonly records: number;
  /** All of them counted, the first 1,000 listed. */
  readonly differing: number;
  readonly differences: readonly ReplayDifference[];
}

type Entry = ZoneRecord & { readonly seq: number };
type Replayed = Map<ZoneId, Map<UserId, Entry>>;
const listedMax = 1_000;

/** Rebuilds the zone records from the log alone and compares them with the stored ones. Throws if the file cannot be read. */
export function replayLog(dbPath: string): ReplayResult {
  const db = openReader(dbPath);
  try {
    return db.transaction(() => {
      const replayed: Replayed = new Map();
      let rows = 0;
      const events = db.prepare<[], { seq: number; records: string }>(
        'SELECT seq, records FROM events WHERE records IS NOT NULL ORDER BY seq',
      );
      for (const { seq, records } of events.iterate()) {
        rows += 1;
        for (const change of JSON.parse(records) as RecordChange[]) fold(replayed, change, seq);
      }
      const stored = db.prepare<[], SweptRecordRow>(
        `SELECT ${sweptRecordColumns} FROM zone_records r ${sweepOfRecord} WHERE s.zone IS NULL OR s.record IS NOT NULL`,
      );
      return { rows, ...compare(replayed, stored.iterate(), listedOn(db)) };
    })();
  } finally {
    db.close();
  }
}

function fold(replayed: Replayed, change: RecordChange, seq: number): void {
  switch (change.kind) {
    case 'set': {
      const zone = replayed.get(change.zone) ?? new Map<UserId, Entry>();
      replayed.set(change.zone, zone.set(change.user, { ...change.record, seq }));
      return;
    }
    case 'forget':
      replayed.get(change.zone)?.delete(change.user);
      return;
    case 'forget-users':
      for (const user of change.users) replayed.get(change.zone)?.delete(user);
      return;
    case 'set-users': {
      const zone = replayed.get(change.zone) ?? new Map<UserId, Entry>();
      for (const user of change.users) zone.set(user, { ...change.record, seq });
      replayed.set(change.zone, zone);
      return;
    }
    case 'forget-zone':
      replayed.delete(change.zone);
      return;
    case 'set-all':
    case 'forget-marked': {
      const zone = replayed.get(change.zone) ?? new Map<UserId, Entry>();
      for (const [user, { marks = [] }] of zone) {
        if (change.marked !== undefined && !marks.includes(change.marked)) continue;
        if (change.kind === 'set-all') zone.set(user, { ...change.record, seq });
        else zone.delete(user);
      }
      return;
    }
    case 'forget-user':
      for (const zone of replayed.values()) zone.delete(change.user);
  }
}

/** Is the user's record still to be made by a list on its way, whose row has this number? */
type Listed = (zone: ZoneId, user: UserId, seq: number) => boolean;

function listedOn(db: Connection): Listed {
  const find = db.prepare(
    `SELECT 1 FROM zone_sweeps WHERE zone = ? AND seq = ? AND record IS NOT NULL
      AND instr(users, char(10) || ? || char(10)) > 0`,
  );
  return (zone, user, seq) => find.get(zone, seq, user) !== undefined;
}

/** Takes what matches out of `replayed`; what is left there has no stored counterpart. */
function compare(
  replayed: Replayed,
  stored: Iterable<SweptRecordRow>,
  listed: Listed,
): Omit<ReplayResult, 'rows'> {
  const differences: ReplayDifference[] = [];
  let differing = 0;
  let records = 0;
  const report = (difference: ReplayDifference): void => {
    differing += 1;
    if (differences.length < listedMax) differences.push(difference);
  };
  for (const row of stored) {
    records += 1;
    const expected = replayed.get(row.zone)?.get(row.user);
    const { record, seq } = currentRecord(row);
    const found: Entry = { ...record, seq };
    replayed.get(row.zone)?.delete(row.user);
    if (expected === undefined) report({ zone: row.zone, user: row.user, stored: found });
    else if (!same(expected, found)) {
      report({ zone: row.zone, user: row.user, replayed: expected, stored: found });
    }
  }
  for (const [zone, users] of replayed) {
    for (const [user, entry] of users) {
      if (!listed(zone, user, entry.seq)) report({ zone, user, replayed: entry });
    }
  }
  return { records, differing, differences };
}

function same(a: Entry, b: Entry): boolean {
  return (
    a.seq === b.seq &&
    a.direction === b.direction &&
    a.reader === b.reader &&
    a.boot === b.boot &&
    a.monoMs === b.monoMs &&
    a.wallMs === b.wallMs &&
    a.trusted === b.trusted &&
    (a.marks ?? []).join(' ') === (b.marks ?? []).join(' ')
  );
}
