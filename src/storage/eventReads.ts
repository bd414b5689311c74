import type { Json } from '../core/log.js';
import type { StoredEvent } from '../core/management.js';
import type { Actor } from '../core/model.js';
import type { EventPage, EventQuery } from '../core/reads.js';
import type { Connection } from './database.js';
import { blockOf, createBlockSearch, rowsOf } from './eventBlocks.js';

interface EventRow {
  readonly seq: number;
  readonly boot: string;
  readonly mono_ms: number;
  readonly wall_ms: number;
  readonly trust: string;
  readonly kind: string;
  readonly door: string | null;
  readonly reader: string | null;
  readonly zone: number | null;
  readonly user: string | null;
  readonly user_name: string | null;
  readonly credential_kind: string | null;
  readonly credential_label: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly hash: Buffer;
}

const columns =
  'seq, boot, mono_ms, wall_ms, trust, kind, door, reader, zone, user, user_name, ' +
  'credential_kind, credential_label, by, reason, detail, hash';

/** Pages of the event log; each combination of filters is prepared once. */
export function createEventReads(db: Connection): (query: EventQuery) => readonly StoredEvent[] {
  const prepare = (sql: string) => db.prepare<[EventQuery], EventRow>(sql);
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  return (query) => {
    const sql = sqlOf(query);
    const statement = prepared.get(sql) ?? prepare(sql);
    prepared.set(sql, statement);
    return statement.all({ ...query, limit: Math.max(0, query.limit) }).map(storedEventOf);
  };
}

/** Blocks looked into for one page: what bounds its time, however rare what is asked for. */
const blocksMax = 160;

/** Pages by what no index holds: block after block that may have it, from where the last page ended. */
export function createEventPages(
  db: Connection,
  events: (query: EventQuery) => readonly StoredEvent[],
): (query: EventQuery) => EventPage {
  const search = createBlockSearch(db);
  const lastSeq = db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM events').pluck();
  const pageOf = (query: EventQuery, items: readonly StoredEvent[]): EventPage => {
    const last = items.at(-1);
    return items.length < query.limit || last === undefined ? { items } : { items, next: last.seq };
  };
  return (query) => {
    const { after = 0, before = Number.MAX_SAFE_INTEGER, order, limit } = query;
    // These have an index, and nothing at all needs none.
    const byTime = query.fromMs !== undefined || query.toMs !== undefined;
    const open = ['door', 'reader', 'kind', 'reason'].every((name) => !(name in query)) && !byTime;
    if (open) return pageOf(query, events(query));
    if (query.user !== undefined || query.zone !== undefined) {
      return pageOf(query, events(query));
    }
    const last = Math.min(before - 1, lastSeq.get() ?? 0);
    if (last <= after) return { items: [] };
    const items: StoredEvent[] = [];
    let blocks = 0;
    for (const block of search(query, blockOf(after + 1), blockOf(last))) {
      const [firstRow, lastRow] = rowsOf(block);
      if (blocks >= blocksMax) {
        return { items, next: order === 'asc' ? firstRow - 1 : lastRow + 1 };
      }
      blocks += 1;
      const bounds = { after: Math.max(after, firstRow - 1), before: Math.min(last, lastRow) + 1 };
      items.push(...events({ ...query, ...bounds, limit: limit - items.length }));
      if (items.length >= limit) break;
    }
    return pageOf(query, items);
  };
}

/** Only fixed texts make up the statement; every value is bound. */
function sqlOf(query: EventQuery): string {
  const filters = [
    query.after === undefined ? '' : 'seq > @after',
    query.before === undefined ? '' : 'seq < @before',
    query.kind === undefined ? '' : 'kind = @kind',
    query.user === undefined ? '' : 'user = @user',
    query.door === undefined ? '' : 'door = @door',
    query.reader === undefined ? '' : 'reader = @reader',
    query.zone === undefined ? '' : 'zone = @zone',
    query.fromMs === undefined ? '' : 'wall_ms >= @fromMs',
    query.toMs === undefined ? '' : 'wall_ms < @toMs',
    query.reason === undefined ? '' : 'reason = @reason',
  ].filter((filter) => filter !== '');
  const where = filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`;
  return `SELECT ${columns} FROM events ${where} ORDER BY seq ${query.order === 'asc' ? 'ASC' : 'DESC'} LIMIT @limit`;
}

function storedEventOf(row: EventRow): StoredEvent {
  return {
    seq: row.seq,
    boot: row.boot,
    monoMs: row.mono_ms,
    wallMs: row.wall_ms,
    trust: row.trust,
    kind: row.kind,
    ...(row.door === null ? {} : { door: row.door }),
    ...(row.reader === null ? {} : { reader: row.reader }),
    ...(row.zone === null ? {} : { zone: row.zone }),
    ...(row.user === null ? {} : { user: row.user }),
    ...(row.user_name === null ? {} : { userName: row.user_name }),
    ...(row.credential_kind === null
      ? {}
      : { credential: { kind: row.credential_kind, label: row.credential_label ?? '' } }),
    ...(row.by === null ? {} : { by: JSON.parse(row.by) as Actor }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as { readonly [key: string]: Json } }),
    hash: row.hash.toString('hex'),
  };
}
