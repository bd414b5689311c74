/** Changes of many zone records at once: in force with their row in the log, carried out on the table in slices. */
import type { ManyChange } from '../core/log.js';
import type { UserId, ZoneId } from '../core/model.js';
import type { ZoneRecord } from '../core/state.js';
import type { Connection } from './database.js';

/**
 * Records of one slice: what a swipe may have to wait for, besides the disk. No more than that is changed with its row.
 * Those of a range lie side by side, a page holds 40; those of a list lie anywhere, each in three pages.
 */
const sliceOfRange = 200;
const sliceOfList = 100;
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
  /** Has it a list of users? */
  readonly listed: number;
  /** Of a list how many, else the last user; null = nothing yet. */
  readonly made: string | null;
}

/** Of a change what each slice needs and none changes: read once, it may be 140 kB. */
interface SweepWhole {
  readonly of: Pick<SweepRow, 'zone' | 'seq'>;
  readonly users: readonly UserId[];
  readonly record?: ZoneRecord;
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
  const rows = `SELECT s.zone, s.seq, s.marked, s.users IS NOT NULL AS listed, p.made
    FROM zone_sweeps s LEFT JOIN zone_sweep_progress p ON p.zone = s.zone`;
  const any = db.prepare<[], SweepRow>(`${rows} LIMIT 1`);
  const ofZone = db.prepare<[number], SweepRow>(`${rows} WHERE s.zone = ?`);
  const list = db.prepare<[], SweepRow>(`${rows} WHERE s.users IS NOT NULL LIMIT 1`);
  const insert = db.prepare(
    'INSERT OR REPLACE INTO zone_sweeps (zone, seq, marked, users, record) VALUES (?, ?, ?, ?, ?)',
  );
  const startAnew = db.prepare('DELETE FROM zone_sweep_progress WHERE zone = ?');
  const moreThan = db.prepare('SELECT 1 FROM zone_records WHERE zone = ? LIMIT 1 OFFSET ?');
  const slices = createSlices(db, set);
  let pending = true;

  const sliceOf = (row: SweepRow, below = row.seq): void =>
    row.listed === 0 ? slices.range(row, below) : slices.list(row, below);
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
      startAnew.run(zone);
      slices.begun();
      pending = true;
      const isMany =
        'users' in what ? what.users.length > sliceOfList : moreThan.get(zone, sliceOfRange) !== undefined;
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
  const moveOn = db.prepare('INSERT OR REPLACE INTO zone_sweep_progress (zone, made) VALUES (?, ?)');
  const ends = ['zone_sweeps', 'zone_sweep_progress'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE zone = ?`),
  );
  const end = (zone: ZoneId): void => {
    for (const one of ends) one.run(zone);
  };
  const whole = db.prepare<[number], { readonly users: string | null; readonly record: string | null }>(
    'SELECT users, record FROM zone_sweeps WHERE zone = ?',
  );
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
  let known: SweepWhole | undefined;
  const wholeOf = (of: SweepRow): SweepWhole => {
    if (known?.of.zone === of.zone && known.of.seq === of.seq) return known;
    const { users = null, record = null } = whole.get(of.zone) ?? {};
    // In the order of the table, so that a slice of a long list has pages in common.
    const inOrder = users === null ? [] : users.slice(1, -1).split('\n').sort();
    known = { of, users: inOrder, ...(record === null ? {} : { record: JSON.parse(record) as ZoneRecord }) };
    return known;
  };
  return {
    /** A number may come again, after a transaction that was rolled back. */
    begun: (): void => {
      known = undefined;
    },
    list: (row: SweepRow, below: number): void => {
      const { zone, seq } = row;
      const { users, record } = wholeOf(row);
      const made = Number(row.made ?? 0);
      for (const user of users.slice(made, made + sliceOfList)) {
        if (record === undefined) forgetOne.run(zone, user, below);
        else set(zone, user, record, seq);
      }
      if (made + sliceOfList < users.length) moveOn.run(zone, String(made + sliceOfList));
      else end(zone);
    },
    range: (row: SweepRow, below: number): void => {
      const { zone, seq, marked } = row;
      const { record } = wholeOf(row);
      const after = row.made ?? '';
      const next = further.get(zone, after, sliceOfRange - 1);
      const where = { zone, marked, below, after, through: next ?? lastUser };
      if (record === undefined) forget.run(where);
      else {
        const { trusted, marks = [], ...values } = record;
        change.run({ ...where, ...values, seq, trusted: trusted ? 1 : 0, marks: marks.join(' ') });
      }
      if (next === undefined) end(zone);
      else moveOn.run(zone, next);
    },
  };
}
