import type { RecordChange } from '../core/log.js';
import type { Direction, ZoneId } from '../core/model.js';
import type { ZoneMark, ZoneRecord } from '../core/state.js';
import type { Connection } from './database.js';

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

export interface ZoneRecordTable {
  /** Does to the table what the row with this sequence number says. */
  apply(change: RecordChange, seq: number): void;
  countOfZone(zone: ZoneId): number;
  countOfUser(user: string): number;
}

/** The zone records on the writing connection. */
export function createZoneRecordTable(db: Connection): ZoneRecordTable {
  const set = db.prepare(
    // Not OR REPLACE, which deletes and inserts: the index by user would be written anew with every passage.
    `INSERT INTO zone_records (${zoneRecordColumns}) VALUES (?,?,?,?,?,?,?,?,?,?)
     ON CONFLICT DO UPDATE SET direction = excluded.direction, reader = excluded.reader, seq = excluded.seq,
       boot = excluded.boot, mono_ms = excluded.mono_ms, wall_ms = excluded.wall_ms, trusted = excluded.trusted,
       marks = excluded.marks`,
  );
  const setAll = db.prepare(
    `UPDATE zone_records SET direction = ?, reader = ?, seq = ?, boot = ?, mono_ms = ?, wall_ms = ?, trusted = ?,
       marks = ? WHERE zone = ? AND ' ' || marks || ' ' LIKE ?`,
  );
  const forgetMarked = db.prepare("DELETE FROM zone_records WHERE zone = ? AND ' ' || marks || ' ' LIKE ?");
  const forget = db.prepare('DELETE FROM zone_records WHERE zone = ? AND user = ?');
  const forgetZone = db.prepare('DELETE FROM zone_records WHERE zone = ?');
  const forgetUser = db.prepare('DELETE FROM zone_records WHERE user = ?');
  const ofZone = db.prepare<[number], number>('SELECT count(*) FROM zone_records WHERE zone = ?').pluck();
  const ofUser = db.prepare<[string], number>('SELECT count(*) FROM zone_records WHERE user = ?').pluck();
  return {
    apply: (change, seq) => {
      switch (change.kind) {
        case 'set': {
          set.run(change.zone, change.user, ...valuesOf(change.record, seq));
          return;
        }
        case 'set-all':
          setAll.run(...valuesOf(change.record, seq), change.zone, patternOf(change.marked));
          return;
        case 'forget-marked':
          forgetMarked.run(change.zone, patternOf(change.marked));
          return;
        case 'forget':
          forget.run(change.zone, change.user);
          return;
        case 'forget-zone':
          forgetZone.run(change.zone);
          return;
        case 'forget-user':
          forgetUser.run(change.user);
      }
    },
    countOfZone: (zone) => ofZone.get(zone) ?? 0,
    countOfUser: (user) => ofUser.get(user) ?? 0,
  };
}

function valuesOf(record: ZoneRecord, seq: number) {
  const { direction, reader, boot, monoMs, wallMs, trusted, marks = [] } = record;
  return [direction, reader, seq, boot, monoMs, wallMs, trusted ? 1 : 0, marks.join(' ')] as const;
}

/** What the marks of a record, spaces around, must look like. */
function patternOf(mark: ZoneMark | undefined): string {
  return mark === undefined ? '%' : `% ${mark} %`;
}
