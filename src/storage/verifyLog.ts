import { dirname } from 'node:path';
import { readExportedHead } from './chainHead.js';
import { type Connection, errorText, isCorruption, openReader } from './database.js';
import { type ChainHead, chainHash, genesisHash, hashedColumns } from './eventLog.js';

/** What is wrong with the first bad row. */
export type LogFault =
  /** Its number is missing, though later rows are there. */
  | 'missing'
  /** It is not what was written. */
  | 'changed'
  /** The log ends before it, though it had been written. */
  | 'cut'
  /** It was never written by Sallyport. */
  | 'added'
  /** The stored end of the chain does not fit the rows. */
  | 'head'
  /** The file is damaged there. */
  | 'unreadable';

export type LogVerdict =
  | { readonly ok: true; readonly rows: number; readonly head: ChainHead }
  | { readonly ok: false; readonly seq: number; readonly fault: LogFault; readonly message: string };

/**
 * Walks the whole log once, in constant memory, and names the first row that is not as it was written.
 * Compared with the head kept in the database and with an exported one: `head`, else the file beside the database.
 * A damaged file is a verdict; a missing one, or one that may not be read, throws.
 */
export function verifyLog(dbPath: string, options: { readonly head?: ChainHead } = {}): LogVerdict {
  // Read before the snapshot is taken: a head exported meanwhile would be ahead of it.
  const exported = options.head ?? readExportedHead(dirname(dbPath));
  let db: Connection | undefined;
  try {
    const reader = openReader(dbPath);
    db = reader;
    return reader.transaction(() => walk(reader, { after: 0, hash: genesisHash }, exported))();
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return bad(1, 'unreadable', errorText(error));
  } finally {
    db?.close();
  }
}

/**
 * Everything there is to check while the writer goes on: SQLite's own structures, then the log row by row. Throws as
 * `verifyLog` does.
 */
export function wholeFault(dbPath: string): { readonly rows: number } | { readonly fault: string } {
  let db: Connection | undefined;
  try {
    db = openReader(dbPath);
    const [first] = db.pragma('integrity_check(1)') as readonly { integrity_check: string }[];
    if (first?.integrity_check !== 'ok')
      return { fault: `The database is damaged: ${first?.integrity_check}.` };
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return { fault: `The database is damaged: ${errorText(error)}.` };
  } finally {
    db?.close();
  }
  const verdict = verifyLog(dbPath);
  return verdict.ok
    ? { rows: verdict.rows }
    : { fault: `The log is not as it was written: ${verdict.message}` };
}

/** The same for the rows after `after` only; undefined = nothing wrong. */
export function tailFault(
  db: Connection,
  after: number,
  exported: ChainHead | undefined,
): string | undefined {
  const before = db.prepare('SELECT hash FROM events WHERE seq = ?').pluck().get(after);
  const hash = before instanceof Buffer ? before : genesisHash;
  if (after > 0 && hash === genesisHash) return `Row ${after} is missing.`;
  const verdict = walk(db, { after, hash }, exported);
  return verdict.ok ? undefined : verdict.message;
}

interface Start {
  readonly after: number;
  readonly hash: Buffer;
}

function walk(db: Connection, start: Start, exported: ChainHead | undefined): LogVerdict {
  let seq = start.after;
  let hash = start.hash;
  try {
    const head = readHeadRow(db);
    const rows = db
      .prepare<[number], unknown[]>(`SELECT ${hashedColumns}, hash FROM events WHERE seq > ? ORDER BY seq`)
      .raw();
    // Nothing has a number below 1; a row smuggled in there would precede the first.
    for (const row of rows.iterate(start.after === 0 ? Number.MIN_SAFE_INTEGER : start.after)) {
      const found = Number(row[0]);
      if (found <= seq) return bad(found, 'added');
      if (found !== seq + 1) return bad(seq + 1, 'missing');
      if (head !== undefined && found > head.seq) return bad(found, 'added');
      const stored = row.pop();
      const computed = chainHash(hash, row);
      if (!(stored instanceof Buffer) || !computed.equals(stored)) return bad(found, 'changed');
      if (exported?.seq === found && exported.hash !== computed.toString('hex')) return bad(found, 'changed');
      seq = found;
      hash = computed;
    }
    if (head === undefined) return bad(seq, 'head');
    if (head.seq > seq || (exported?.seq ?? 0) > seq) return bad(seq + 1, 'cut');
    if (head.hash !== hash.toString('hex')) return bad(seq, 'head');
    return { ok: true, rows: seq, head };
  } catch (error) {
    return bad(seq + 1, 'unreadable', errorText(error));
  }
}

function readHeadRow(db: Connection): ChainHead | undefined {
  const row = db
    .prepare<[], { seq: number; hash: Buffer }>('SELECT seq, hash FROM chain_head WHERE id = 1')
    .get();
  return row === undefined ? undefined : { seq: row.seq, hash: row.hash.toString('hex') };
}

const messages: Readonly<Record<LogFault, string>> = {
  missing: 'is missing',
  changed: 'is not what was written',
  cut: 'and all after it were cut off',
  added: 'was not written by Sallyport',
  head: 'is the last, but the stored end of the chain says otherwise',
  unreadable: 'cannot be read',
};

function bad(seq: number, fault: LogFault, cause?: string): LogVerdict {
  const message = `Row ${seq} ${messages[fault]}${cause === undefined ? '.' : ` (${cause}).`}`;
  return { ok: false, seq, fault, message };
}
