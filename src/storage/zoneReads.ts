import type { Reads, RecordQuery } from '../core/reads.js';
import type { Connection } from './database.js';
import { type ZoneRecordRow, zoneRecordColumns, zoneRecordOf } from './zoneRecords.js';

interface Bound {
  readonly zone: number;
  readonly after: string;
  readonly limit: number;
  readonly marked: string;
  readonly readers: string;
}

type Row = ZoneRecordRow & { readonly user_name: string | null };

/** The records of a zone by pages, and who is in a group; each combination of filters is prepared once. */
export function createZoneReads(db: Connection): Pick<Reads, 'zoneRecords' | 'usersOfGroup'> {
  const prepare = (sql: string) => db.prepare<[Bound], Row>(sql);
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  const users = db
    .prepare<[string, number], string>(
      "SELECT user FROM user_refs WHERE collection = 'groups' AND ref = ? LIMIT ?",
    )
    .pluck();
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
        return { user: row.user, userName: row.user_name ?? '', record: zoneRecordOf(row), seq: row.seq };
      });
      const last = items.at(-1);
      return rows.length > limit && last !== undefined ? { items, next: last.user } : { items };
    },
    usersOfGroup: (group, limit) => users.all(group, limit),
  };
}

/** Only fixed texts make up the statement; every value is bound. */
function sqlOf(query: RecordQuery): string {
  const columns = zoneRecordColumns.split(', ').map((name) => `r.${name}`);
  const filters = [
    "r.zone = @zone AND r.user > @after AND ' ' || r.marks || ' ' NOT LIKE '% cleared %'",
    // Spelt out: the index of who is inside serves only a query that says its condition.
    query.side === undefined ? '' : query.side === 'entry' ? "r.direction = 'entry'" : "r.direction = 'exit'",
    query.marked === undefined ? '' : "' ' || r.marks || ' ' LIKE @marked",
    query.readers === undefined ? '' : 'r.reader IN (SELECT value FROM json_each(@readers))',
  ].filter((filter) => filter !== '');
  return `SELECT ${columns.join(', ')}, u.name AS user_name FROM zone_records r LEFT JOIN users u ON u.id = r.user
    WHERE ${filters.join(' AND ')} ORDER BY r.user LIMIT @limit`;
}
