/** Counts over stretches of the log for charts, and whether a row still fits the chain. */
import type { RecordChange } from '../core/log.js';
import type { EventCount, EventCountQuery, Reads } from '../core/reads.js';
import type { Connection } from './database.js';
import { chainHash, genesisHash, hashedColumns } from './eventLog.js';

interface CountRow {
  readonly bucket: number;
  readonly kind: string;
  readonly reader: string | null;
  readonly moved: number;
  readonly count: number;
}

/** One stretch of rows counted by time, kind and reader; the caller asks for short ones in turn. */
export function createEventCounts(db: Connection): Reads['countEvents'] {
  const select = db.prepare<[EventCountQuery & { readonly kindList: string }], CountRow>(
    `SELECT CAST((wall_ms - @fromMs) / @stepMs AS INTEGER) AS bucket, kind, reader,
       records IS NOT NULL AS moved, count(*) AS count
     FROM events
     WHERE seq > @afterSeq AND seq <= @throughSeq AND wall_ms >= @fromMs
       AND kind IN (SELECT value FROM json_each(@kindList))
     GROUP BY 1, 2, 3, 4`,
  );
  return (query) =>
    select.all({ ...query, kindList: JSON.stringify(query.kinds) }).map(
      ({ bucket, kind, reader, moved, count }): EventCount => ({
        bucket,
        kind,
        ...(reader === null ? {} : { reader }),
        moved: moved === 1,
        count,
      }),
    );
}

/** What rows did to the records of one zone. */
export function createRecordChanges(db: Connection): Reads['recordChanges'] {
  // The text is looked at first: few rows are of this zone, and to read it as JSON costs more.
  const select = db.prepare<[number, number, number], { readonly wall_ms: number; readonly records: string }>(
    `SELECT wall_ms, records FROM events
     WHERE seq > ? AND seq <= ? AND records IS NOT NULL
       AND (instr(records, '"zone":' || CAST(? AS INTEGER)) > 0 OR instr(records, '"forget-user"') > 0)
     ORDER BY seq`,
  );
  return ({ zone, afterSeq, throughSeq }) =>
    select
      .all(afterSeq, throughSeq, zone)
      .flatMap(({ wall_ms: wallMs, records }) =>
        (JSON.parse(records) as RecordChange[])
          .filter((change) => change.kind === 'forget-user' || change.zone === zone)
          .map((change) => ({ wallMs, change })),
      );
}

/** The last row before a moment, by halving: the wall clock of a log rises, but for the steps of a set clock. */
export function createSeqBefore(db: Connection): Reads['seqBefore'] {
  const wallOf = db
    .prepare<[number], number>('SELECT wall_ms FROM events WHERE seq >= ? ORDER BY seq LIMIT 1')
    .pluck();
  const last = db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM events').pluck();
  return (wallMs) => {
    let low = 0;
    let high = last.get() ?? 0;
    while (low < high) {
      const middle = Math.floor((low + high + 1) / 2);
      if ((wallOf.get(middle) ?? Number.POSITIVE_INFINITY) < wallMs) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}

/** Does the row's hash follow from its content and the row before it? */
export function createProof(db: Connection): Reads['proofOf'] {
  const columns = db
    .prepare<[number], unknown[]>(`SELECT ${hashedColumns}, hash FROM events WHERE seq = ?`)
    .raw();
  const hashOf = db.prepare<[number], Buffer>('SELECT hash FROM events WHERE seq = ?').pluck();
  return (seq) => {
    const row = columns.get(seq);
    const before = seq === 1 ? genesisHash : hashOf.get(seq - 1);
    if (row === undefined || before === undefined) return 'missing';
    const stored = row.pop();
    return stored instanceof Buffer && chainHash(before, row).equals(stored) ? 'whole' : 'changed';
  };
}
