/** Changes of many zone records at once: in force with their row in the log, carried out on the table in slices. */
import type { ManyChange } from '../core/log.js';
import type { UserId, ZoneId } from '../core/model.js';
import type { ZoneRecord } from '../core/state.js';
import type { Connection } from './database.js';

/** Records that are changed with their row; more are left to the slices. */
const atOnceMax = 200;
/** Records of one slice: what a swipe may have to wait for, besides the disk. */
const sliceRecords = 200;
/** After every id there may be. */
const lastUser = '\u{10ffff}';

/**
 * Joins to zone records `r` the change `s` on its way that holds for each, if any: with `s.record` it is the record,
 * without it there is none.
 */
export const sweepOfRecord = `LEFT JOIN zone_sweeps s ON s.zone = r.zone AND s.seq > r.seq
  AND (s.marked = '' OR ' ' || r.marks || ' ' LIKE '% ' || s.marked || ' %')
  AND (s.users IS NULL OR instr(s.users, char(10) || r.user || char(10)) > 0)`;

interface SweepRow {
  readonly zone: number;
  readonly seq: number;
  readonly marked: string;
  readonly users: string | null;
  readonly record: string | null;
  /** Of a list how many, else the last user. */
  readonly made: string;
}

export interface ZoneSweeps {
  /** Begins what the row with this number says; a change of few records is made at once. */
  begin(change: ManyChange, seq: number): void;
  /** Before a single record is forgotten: a list that would bring it back is carried out to its end. */
  endLists(): void;
  /** Carries out one slice; false = nothing is on its way. Call inside a transaction. */
  slice(): boolean;
  /** Is anything on its way? Sure only of "no". */
  mayBePending(): boolean;
}

/** Writes one record unless a later one is there. */
type SetRecord = (zone: ZoneId, user: UserId, record: ZoneRecord, seq: number) => void;

/** On the writing connection. */
export function createZoneSweeps(db: Connection, set: SetRecord): ZoneSweeps {
  const any = db.prepare<[], SweepRow>('SELECT * FROM zone_sweeps LIMIT 1');
  const ofZone = db.prepare<[number], SweepRow>('SELECT * FROM zone_sweeps WHERE zone = ?');
  const list = db.prepare<[], SweepRow>('SELECT * FROM zone_sweeps WHERE users IS NOT NULL LIMIT 1');
  const insert = db.prepare(
    "INSERT OR REPLACE INTO zone_sweeps (zone, seq, marked, users, record, made) VALUES (?, ?, ?, ?, ?, '')",
  );
  const moreThan = db.prepare('SELECT 1 FROM zone_records WHERE zone = ? LIMIT 1 OFFSET ?');
  const slices = createSlices(db, set);
  let pending = true;

  const sliceOf = (row: SweepRow, below = row.seq): void =>
    row.users === null ? slices.range(row, below) : slices.list(row, below);
  const endOf = (zone: ZoneId, below?: number): void => {
    for (let row = ofZone.get(zone); row !== undefined; row = ofZone.get(zone)) sliceOf(row, below);
  };
  return {
    begin: (what, seq) => {
      const { zone } = what;
      // What is forgotten whole needs nothing of a change that was on its way; any other builds on it.
      if (what.kind !== 'forget-zone' && pending) endOf(zone);
      const marked = 'marked' in what ? (what.marked ?? '') : '';
      const users = 'users' in what ? `\n${what.users.join('\n')}\n` : null;
      const record = 'record' in what ? JSON.stringify(what.record) : null;
      insert.run(zone, seq, marked, users, record);
      pending = true;
      const isMany =
        'users' in what ? what.users.length > atOnceMax : moreThan.get(zone, atOnceMax) !== undefined;
      // Here the row may have set records before.
      if (!isMany) endOf(zone, seq + 1);
    },
    endLists: () => {
      if (!pending) return;
      for (let row = list.get(); row !== undefined; row = list.get()) sliceOf(row);
    },
    slice: () => {
      const row = pending ? any.get() : undefined;
      pending = row !== undefined;
      if (row !== undefined) sliceOf(row);
      return pending;
    },
    mayBePending: () => pending,
  };
}

/** One slice of a change, and how far it is then; `below`: only records with a lower number. */
function createSlices(db: Connection, set: SetRecord) {
  const moveOn = db.prepare('UPDATE zone_sweeps SET made = ? WHERE zone = ?');
  const end = db.prepare('DELETE FROM zone_sweeps WHERE zone = ?');
  const further = db
    .prepare<[number, string, number], string>(
      'SELECT user FROM zone_records WHERE zone = ? AND user > ? ORDER BY user LIMIT 1 OFFSET ?',
    )
    .pluck();
  const range = `zone = @zone AND user > @after AND user <= @through AND seq < @below
    AND (@marked = '' OR ' ' || marks || ' ' LIKE '% ' || @marked || ' %')`;
  const forget = db.prepare(`DELETE FROM zone_records WHERE ${range}`);
  const forgetOne = db.prepare('DELETE FROM zone_records WHERE zone = ? AND user = ? AND seq < ?');
  const change = db.prepare(
    `UPDATE zone_records SET direction = @direction, reader = @reader, seq = @seq, boot = @boot, mono_ms = @monoMs,
       wall_ms = @wallMs, trusted = @trusted, marks = @marks WHERE ${range}`,
  );
  /** A long list is taken apart once. */
  let known: { readonly of: SweepRow; readonly users: readonly string[] } | undefined;
  const usersOf = (row: SweepRow): readonly string[] => {
    if (known?.of.zone !== row.zone || known.of.seq !== row.seq)
      known = { of: row, users: (row.users ?? '').slice(1, -1).split('\n') };
    return known.users;
  };
  return {
    list: (row: SweepRow, below: number): void => {
      const { zone, seq } = row;
      const users = usersOf(row);
      const made = Number(row.made);
      const record = row.record === null ? undefined : (JSON.parse(row.record) as ZoneRecord);
      for (const user of users.slice(made, made + sliceRecords)) {
        if (record === undefined) forgetOne.run(zone, user, below);
        else set(zone, user, record, seq);
      }
      if (made + sliceRecords < users.length) moveOn.run(String(made + sliceRecords), zone);
      else end.run(zone);
    },
    range: ({ zone, seq, marked, record, made }: SweepRow, below: number): void => {
      const next = further.get(zone, made, sliceRecords - 1);
      const where = { zone, marked, below, after: made, through: next ?? lastUser };
      if (record === null) forget.run(where);
      else {
        const { trusted, marks = [], ...values } = JSON.parse(record) as ZoneRecord;
        change.run({ ...where, ...values, seq, trusted: trusted ? 1 : 0, marks: marks.join(' ') });
      }
      if (next === undefined) end.run(zone);
      else moveOn.run(next, zone);
    },
  };
}
