/** What a data folder proves about the product that wrote it, read from beside it. */
import { deepEqual, equal } from 'node:assert/strict';
import { join } from 'node:path';
import type { RecordChange } from '../../src/core/log.js';
import { databaseFile, openReader } from '../../src/storage/database.js';
import { sallyport } from '../site/product.js';

export interface LoggedRow {
  readonly seq: number;
  readonly kind: string;
  readonly door: string | null;
  readonly user: string | null;
  readonly reason: string | null;
  /** The `Name` of the OpenDoor request. */
  readonly tag: string | null;
  readonly detail: string | null;
  readonly records: string | null;
}

/** All rows of the log, in order. */
export function logOf(dataDir: string): readonly LoggedRow[] {
  const db = openReader(join(dataDir, databaseFile));
  try {
    const sql =
      "SELECT seq, kind, door, user, reason, detail, records, json_extract(detail, '$.claimedName') AS tag " +
      'FROM events ORDER BY seq';
    return db.prepare<[], LoggedRow>(sql).all();
  } finally {
    db.close();
  }
}

/**
 * The database is whole, the log has no gap and verifies, and the stored zone records equal its replay, as the
 * commands say it. Returns the log.
 */
export async function soundLog(dataDir: string): Promise<readonly LoggedRow[]> {
  const db = openReader(join(dataDir, databaseFile));
  equal(db.pragma('integrity_check', { simple: true }), 'ok');
  db.close();
  const commands = ['verify-log', 'replay'].map((name) => sallyport(name, '--data', dataDir));
  for (const { code, text } of await Promise.all(commands)) equal(code, 0, text);
  const rows = logOf(dataDir);
  deepEqual(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
  );
  return rows;
}

/** The last counted direction of each user in zone 1, from the log alone. */
export function directionsOf(rows: readonly LoggedRow[]): ReadonlyMap<string, 'entry' | 'exit'> {
  const directions = new Map<string, 'entry' | 'exit'>();
  for (const { records } of rows) {
    for (const change of JSON.parse(records ?? '[]') as RecordChange[]) {
      if (change.kind === 'set') directions.set(change.user, change.record.direction);
      else if (change.kind === 'forget') directions.delete(change.user);
      else throw new Error(`nothing here makes a ${change.kind}`);
    }
  }
  return directions;
}
