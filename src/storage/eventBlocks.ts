/** Which rows stand in which stretch of the log: two small tables, written once in 256 rows. */
import type { LogRow } from '../core/log.js';
import type { EventQuery } from '../core/reads.js';
import type { Connection } from './database.js';

/** Rows of one block. Part of the schema: the migration says it too. */
const blockRows = 256;

/** What a row can be found by. */
const fields = ['door', 'reader', 'kind', 'reason'] as const;
type Found = Partial<Readonly<Record<(typeof fields)[number], string | null | undefined>>>;

export function blockOf(seq: number): number {
  return Math.floor((seq - 1) / blockRows);
}

/** The first and last row of a block. */
export function rowsOf(block: number): readonly [first: number, last: number] {
  return [block * blockRows + 1, (block + 1) * blockRows];
}

/** The names under which a row, or a question, is found. */
function termsOf(of: Found): readonly string[] {
  return fields.flatMap((field) => {
    const value = of[field];
    return value === undefined || value === null ? [] : [`${field} ${value}`];
  });
}

export interface BlockWriter {
  /** Follows a row just written; call in its transaction. */
  follow(seq: number, row: LogRow): void;
  /** What was followed last has been undone. */
  reread(): void;
}

interface Open {
  readonly block: number;
  min: number;
  max: number;
  readonly terms: Set<string>;
}

/** On the writing connection. */
export function createBlockWriter(db: Connection): BlockWriter {
  const rowsBetween = db.prepare<[number, number], Found & { readonly wall_ms: number }>(
    'SELECT wall_ms, door, reader, kind, reason FROM events WHERE seq >= ? AND seq < ?',
  );
  const putBlock = db.prepare(
    'INSERT OR REPLACE INTO event_blocks (block, wall_min, wall_max) VALUES (?, ?, ?)',
  );
  const putTerm = db.prepare('INSERT OR IGNORE INTO event_terms (term, block) VALUES (?, ?)');
  /** The block being filled; read again from its rows after a start or an undoing. */
  let open: Open | undefined;
  const add = (to: Open, wallMs: number, of: Found): void => {
    to.min = Math.min(to.min, wallMs);
    to.max = Math.max(to.max, wallMs);
    for (const term of termsOf(of)) to.terms.add(term);
  };
  const openAt = (seq: number): Open => {
    const block = blockOf(seq);
    if (open?.block === block) return open;
    const fresh: Open = {
      block,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      terms: new Set(),
    };
    for (const { wall_ms: wallMs, ...row } of rowsBetween.all(rowsOf(block)[0], seq)) add(fresh, wallMs, row);
    open = fresh;
    return fresh;
  };
  return {
    follow: (seq, row) => {
      const current = openAt(seq);
      add(current, row.at.wallMs, row);
      if (seq < rowsOf(current.block)[1]) return;
      putBlock.run(current.block, current.min, current.max);
      for (const term of current.terms) putTerm.run(term, current.block);
      open = undefined;
    },
    reread: () => {
      open = undefined;
    },
  };
}

/** What a search of blocks asks. */
type Search = Pick<EventQuery, 'order' | 'fromMs' | 'toMs' | 'door' | 'reader' | 'kind' | 'reason'>;

/** Finds the blocks that may hold what is asked, in its order, from `first` to `last`; those not full yet among them. */
export function createBlockSearch(
  db: Connection,
): (asked: Search, first: number, last: number) => Generator<number> {
  const prepare = (sql: string) => db.prepare<[object], number>(sql).pluck();
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  const newest = db.prepare<[], number>('SELECT ifnull(max(block), -1) FROM event_blocks').pluck();
  return function* search(asked, first, last) {
    const full = newest.get() ?? -1;
    // One at most is being filled; more only where somebody wrote past the writer.
    const filling = Array.from({ length: Math.max(0, last - Math.max(full, first - 1)) }, (_, n) => last - n);
    const terms = termsOf(asked);
    const sql = sqlOf(asked, terms.length);
    const statement = prepared.get(sql) ?? prepare(sql);
    prepared.set(sql, statement);
    const named = Object.fromEntries(terms.map((term, n) => [`term${n}`, term]));
    const { fromMs = null, toMs = null } = asked;
    const known = statement.all({ first, last: Math.min(last, full), fromMs, toMs, ...named });
    if (asked.order === 'desc') yield* filling;
    yield* known;
    if (asked.order === 'asc') yield* filling.reverse();
  };
}

function sqlOf({ order, fromMs, toMs }: Search, terms: number): string {
  const joins = Array.from(
    { length: terms },
    (_, n) => ` AND EXISTS (SELECT 1 FROM event_terms t WHERE t.term = @term${n} AND t.block = b.block)`,
  );
  return `SELECT b.block FROM event_blocks b WHERE b.block BETWEEN @first AND @last
    ${fromMs === undefined ? '' : 'AND b.wall_max >= @fromMs'} ${toMs === undefined ? '' : 'AND b.wall_min < @toMs'}
    ${joins.join('')} ORDER BY b.block ${order === 'asc' ? 'ASC' : 'DESC'}`;
}
