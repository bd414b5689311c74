import type { Reads, RecordQuery } from '../core/reads.js';
import type { Connection } from './database.js';
import { currentRecord, type SweptRecordRow, sweptRecordColumns } from './zoneRecords.js';
import { sweepOfRecord } from './zoneSweeps.js';

interface Bound {
  readonly zone: number;
  readonly after: string;
  readonly limit: number;
  readonly marked: string;
  readonly readers: string;
}

type Row = SweptRecordRow & { readonly user_name: string | null };

/** The records of a zone by pages, and who is in a group; each combination of filters is prepared once. */
export function createZoneReads(db: Connection): Pick<Reads, 'zoneRecords' | 'placesOf' | 'usersOfGroup'> {
  const prepare = (sql: string) => db.prepare<[Bound], Row>(sql);
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  const users = db
    .prepare<[string, number], string>(
      "SELECT user FROM user_refs WHERE collection = 'groups' AND ref = ? LIMIT ?",
    )
    .pluck();
  const places = db.prepare<[string], SweptRecordRow>(
    `SELECT ${sweptRecordColumns} FROM zone_records r ${sweepOfRecord}
     WHERE r.user = ? AND ${standing} ORDER BY r.zone`,
  );
  return {
    zoneRecords: (zone, query) => {
      const limit = Math.max(1, query.limit);
      const sql = sqlOf(query);
      const statement = prepared.get(sql) ?? prepare(sql);
      prepared.set(sql, statement);
      const rows = statement.all({
        zone,
        after: query.after ?? '',
        limit: limit + 1,
        marked: `% ${query.marked ?? ''} %`,
        readers: JSON.stringify(query.readers ?? []),
      });
      const items = rows.slice(0, limit).map((row) => {
        return { user: row.user, userName: row.user_name ?? '', ...currentRecord(row) };
      });
      const last = items.at(-1);
      return rows.length > limit && last !== undefined ? { items, next: last.user } : { items };
    },
    placesOf: (user) => places.all(user).map((row) => ({ zone: row.zone, ...currentRecord(row) })),
    usersOfGroup: (group, limit) => users.all(group, limit),
  };
}

/**
 * Only fixed texts make up the statement; every value is bound. What a change of many on its way to the table leaves
 * is somebody outside without marks, or nobody a page shows.
 */
function sqlOf(query: RecordQuery): string {
  const filters = [
    'r.zone = @zone AND r.user > @after',
    standing,
    // Spelt out: the index of who is inside serves only a query that says its condition.
    query.side === undefined ? '' : query.side === 'entry' ? inside : outside,
    query.marked === undefined ? '' : "s.zone IS NULL AND ' ' || r.marks || ' ' LIKE @marked",
    query.readers === undefined
      ? ''
      : 's.zone IS NULL AND r.reader IN (SELECT value FROM json_each(@readers))',
  ].filter((filter) => filter !== '');
  return `SELECT ${sweptRecordColumns}, u.name AS user_name
    FROM zone_records r ${sweepOfRecord} LEFT JOIN users u ON u.id = r.user
    WHERE ${filters.join(' AND ')} ORDER BY r.user LIMIT @limit`;
}

const inside = "r.direction = 'entry' AND s.zone IS NULL";
const outside = "(r.direction = 'exit' OR s.zone IS NOT NULL)";
/** A record that is one, not a trace of forgiving. */
const standing = `(s.zone IS NULL OR (s.record IS NOT NULL AND json_extract(s.record, '$.marks[0]') IS NULL))
  AND (s.zone IS NOT NULL OR ' ' || r.marks || ' ' NOT LIKE '% cleared %')`;
