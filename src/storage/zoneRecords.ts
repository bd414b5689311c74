import type { RecordChange } from '../core/log.js';
import type { Direction, ZoneId } from '../core/model.js';
import type { ZoneMark, ZoneRecord } from '../core/state.js';
import type { Connection } from './database.js';
import { createZoneSweeps, sweepOfRecord, type ZoneSweeps } from './zoneSweeps.js';

/** A row of the zone records table. */
export interface ZoneRecordRow {
  readonly zone: number;
  readonly user: string;
  readonly direction: Direction;
  readonly reader: string;
  readonly seq: number;
  readonly boot: string;
  readonly mono_ms: number;
  readonly wall_ms: number;
  readonly trusted: number;
  /** Spaces between. */
  readonly marks: string;
}

export const zoneRecordColumns = 'zone, user, direction, reader, seq, boot, mono_ms, wall_ms, trusted, marks';

export function zoneRecordOf(row: ZoneRecordRow): ZoneRecord {
  return {
    direction: row.direction === 'entry' ? 'entry' : 'exit',
    reader: row.reader,
    boot: row.boot,
    monoMs: row.mono_ms,
    wallMs: row.wall_ms,
    trusted: row.trusted === 1,
    ...(row.marks === '' ? {} : { marks: row.marks.split(' ') as ZoneMark[] }),
  };
}

/** A row and what a change of many on its way to the table makes of it. */
export interface SweptRecordRow extends ZoneRecordRow {
  readonly sweep_seq: number | null;
  readonly sweep_record: string | null;
}

/** The columns of such a row: zone records by the name `r`, joined by `sweepOfRecord`. */
export const sweptRecordColumns = `${zoneRecordColumns
  .split(', ')
  .map((name) => `r.${name}`)
  .join(', ')}, s.seq AS sweep_seq, s.record AS sweep_record`;

/** The record as the log has it. Not of a row that is forgotten. */
export function currentRecord(row: SweptRecordRow): { readonly record: ZoneRecord; readonly seq: number } {
  const { sweep_seq: seq, sweep_record: record } = row;
  if (seq === null || record === null) return { record: zoneRecordOf(row), seq: row.seq };
  return { record: JSON.parse(record) as ZoneRecord, seq };
}

export interface ZoneRecordTable {
  /** Does to the table what the row with this sequence number says; to many records, in slices from then on. */
  apply(change: RecordChange, seq: number): void;
  countOfZone(zone: ZoneId): number;
  countOfUser(user: string): number;
  readonly sweeps: Pick<ZoneSweeps, 'slice' | 'mayBePending'>;
}

/** The zone records on the writing connection. */
export function createZoneRecordTable(db: Connection): ZoneRecordTable {
  const set = db.prepare(
    // Not OR REPLACE, which deletes and inserts: the index by user would be written anew with every passage.
    `INSERT INTO zone_records (${zoneRecordColumns}) VALUES (?,?,?,?,?,?,?,?,?,?)
     ON CONFLICT DO UPDATE SET direction = excluded.direction, reader = excluded.reader, seq = excluded.seq,
       boot = excluded.boot, mono_ms = excluded.mono_ms, wall_ms = excluded.wall_ms, trusted = excluded.trusted,
       marks = excluded.marks WHERE zone_records.seq <= excluded.seq`,
  );
  const forget = db.prepare('DELETE FROM zone_records WHERE zone = ? AND user = ?');
  const forgetUser = db.prepare('DELETE FROM zone_records WHERE user = ?');
  const count = `SELECT count(*) FROM zone_records r ${sweepOfRecord}
    WHERE (s.zone IS NULL OR s.record IS NOT NULL) AND`;
  const ofZone = db.prepare<[number], number>(`${count} r.zone = ?`).pluck();
  const ofUser = db.prepare<[string], number>(`${count} r.user = ?`).pluck();
  const put = (zone: ZoneId, user: string, record: ZoneRecord, seq: number): void => {
    set.run(zone, user, ...valuesOf(record, seq));
  };
  const sweeps = createZoneSweeps(db, put);
  return {
    apply: (change, seq) => {
      switch (change.kind) {
        case 'set':
          put(change.zone, change.user, change.record, seq);
          return;
        case 'forget':
          sweeps.endLists();
          forget.run(change.zone, change.user);
          return;
        case 'forget-user':
          sweeps.endLists();
          forgetUser.run(change.user);
          return;
        default:
          sweeps.begin(change, seq);
      }
    },
    countOfZone: (zone) => ofZone.get(zone) ?? 0,
    countOfUser: (user) => ofUser.get(user) ?? 0,
    sweeps,
  };
}

function valuesOf(record: ZoneRecord, seq: number) {
  const { direction, reader, boot, monoMs, wallMs, trusted, marks = [] } = record;
  return [direction, reader, seq, boot, monoMs, wallMs, trusted ? 1 : 0, marks.join(' ')] as const;
}
