import { hash as hashOnce } from 'node:crypto';
import type { LogRow } from '../core/log.js';
import type { BootId } from '../core/model.js';
import { type AlarmTable, createAlarmTable } from './alarms.js';
import type { Connection } from './database.js';
import { createBlockWriter } from './eventBlocks.js';

/** The end of the hash chain: sequence number and hash (hex) of the last row. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** All columns the hash covers, in the order it covers them: every one but the hash itself. */
export const hashedColumns =
  'seq, boot, mono_ms, wall_ms, trust, kind, door, reader, zone, user, user_name, ' +
  'credential_kind, credential_label, by, reason, detail, records';

/** The hash before the first row: 32 zero bytes. */
export const genesisHash: Buffer = Buffer.alloc(32);

/** One value of a row as SQLite keeps it. */
export type Column = string | number | null;

/** Room for a hash and a row of usual length; nothing keeps it longer than one call. */
const scratch = Buffer.allocUnsafe(4_096);
/** A UTF-16 unit is three bytes of UTF-8 at most. */
const bytesPerUnit = 3;

/** h(n) = SHA-256(h(n-1) || JSON array of all columns of row n). */
export function chainHash(previous: Uint8Array, columns: readonly unknown[]): Buffer {
  // In one call: an object that takes one piece after the other costs more than the hash.
  const json = JSON.stringify(columns);
  const longest = previous.length + json.length * bytesPerUnit;
  const bytes = longest <= scratch.length ? scratch : Buffer.allocUnsafe(longest);
  bytes.set(previous);
  const end = previous.length + bytes.write(json, previous.length);
  return hashOnce('sha256', bytes.subarray(0, end), 'buffer');
}

export interface EventLog {
  /** Adds one row at the end and moves the chain head; returns its sequence number. Call inside a transaction. */
  append(row: LogRow): number;
  /** The same, but the chain head stays until `seal`, which must follow in the same transaction. */
  add(row: LogRow): number;
  /** The chain head follows what was added. */
  seal(): void;
  head(): ChainHead;
  /** What was appended last has been undone: the end is read again from the table. */
  reread(): void;
  /** The alarms that rows raise and end. */
  readonly alarms: AlarmTable;
}

/** The append side of the log, on the writing connection. */
export function createEventLog(db: Connection, boot: BootId): EventLog {
  const insert = db.prepare(
    `INSERT INTO events (${hashedColumns}, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const moveHead = db.prepare('UPDATE chain_head SET seq = ?, hash = ? WHERE id = 1');
  const readHead = db.prepare<[], { seq: number; hash: Buffer }>(
    'SELECT seq, hash FROM chain_head WHERE id = 1',
  );
  const alarms = createAlarmTable(db);
  const blocks = createBlockWriter(db);
  const readLast = db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM events').pluck();
  /** Nobody else writes: the end is known once it was read, until something is undone. */
  let known: { readonly seq: number; readonly hash: Buffer } | undefined;
  /** A head cut back by hand must not make us write a number twice: go on after whichever is later. */
  const end = (): { readonly seq: number; readonly hash: Buffer } => {
    if (known !== undefined) return known;
    const head = readHead.get();
    const last = readLast.get() ?? 0;
    known = { seq: Math.max(head?.seq ?? 0, last), hash: head?.hash ?? genesisHash };
    return known;
  };
  const add = (row: LogRow): number => {
    const before = end();
    const columns = columnsOf(before.seq + 1, boot, row);
    const hash = chainHash(before.hash, columns);
    insert.run(...columns, hash);
    known = { seq: before.seq + 1, hash };
    alarms.follow(known.seq, row);
    blocks.follow(known.seq, row);
    return known.seq;
  };
  const seal = (): void => {
    const { seq, hash } = end();
    moveHead.run(seq, hash);
  };
  return {
    append: (row) => {
      const seq = add(row);
      seal();
      return seq;
    },
    add,
    seal,
    head: () => {
      const { seq, hash } = end();
      return { seq, hash: hash.toString('hex') };
    },
    reread: () => {
      known = undefined;
      alarms.reread();
      blocks.reread();
    },
    alarms,
  };
}

function columnsOf(seq: number, boot: BootId, row: LogRow): readonly Column[] {
  return [
    seq,
    boot,
    row.at.monoMs,
    row.at.wallMs,
    row.at.trust,
    row.kind,
    text(row.door),
    text(row.reader),
    row.zone ?? null,
    text(row.user),
    text(row.userName),
    text(row.credential?.kind),
    text(row.credential?.label),
    json(row.by),
    text(row.reason),
    json(row.detail),
    row.records === undefined || row.records.length === 0 ? null : JSON.stringify(row.records),
  ];
}

const loneSurrogate = /\p{Surrogate}/u;

/** Lone surrogates become U+FFFD here, as they would on their way through UTF-8: the hash must cover what is kept. */
function text(value: string | undefined): string | null {
  if (value === undefined) return null;
  return loneSurrogate.test(value) ? Buffer.from(value, 'utf8').toString('utf8') : value;
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
