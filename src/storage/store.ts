import type { BootId } from '../core/model.js';
import type { Connection } from './database.js';
import { createDoorCommits, type DoorCommits } from './doorCommits.js';
import { type ChainHead, createEventLog, type EventLog } from './eventLog.js';
import { createManagementWrites, type ManagementWrites } from './managementWrites.js';
import { tailFault } from './verifyLog.js';
import { createZoneRecordTable, type ZoneRecordTable } from './zoneRecords.js';

/** Everything the writer does on one connection; it lives as long as the connection. */
export interface Store {
  begin(): void;
  commit(): void;
  readonly log: EventLog;
  readonly doors: DoorCommits;
  readonly management: ManagementWrites;
  /** Changes of many zone records that are carried out in slices. */
  readonly sweeps: ZoneRecordTable['sweeps'];
  /** Checkpoints and closes. Neither throws: the disk may just have failed. */
  close(): void;
  /** Rolls back what is open and closes, without waiting for anything. */
  abandon(): void;
}

export function createStore(
  db: Connection,
  { boot, session }: { readonly boot: BootId; readonly session: string },
): Store {
  const log = createEventLog(db, boot);
  const records = createZoneRecordTable(db);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    begin: () => {
      begin.run();
    },
    commit: () => {
      commit.run();
    },
    log,
    doors: createDoorCommits(db, { session, log, records }),
    management: createManagementWrites(db, { log, records }),
    sweeps: records.sweeps,
    close: () => {
      quietly(() => db.pragma('wal_checkpoint(TRUNCATE)'));
      quietly(() => db.close());
    },
    abandon: () => {
      quietly(() => db.inTransaction && db.exec('ROLLBACK'));
      quietly(() => db.close());
    },
  };
}

/**
 * Makes a reopened database safe to acknowledge on. After a failed fsync the kernel may call pages clean that
 * never reached the disk, and a commit reported as failed may be found in the WAL: the checkpoint writes all
 * of it anew and syncs it. Then what was acknowledged must still be there, the rows after it must chain, and
 * something new must reach the disk. Throws if not.
 */
export function secure(db: Connection, durable: ChainHead | undefined): void {
  const [answer] = db.pragma('wal_checkpoint(TRUNCATE)') as { log: number; checkpointed: number }[];
  if (answer === undefined || answer.log !== answer.checkpointed) {
    throw new Error('The database cannot be brought to a safe state: readers hold it.');
  }
  if (durable !== undefined && durable.seq > 0) checkTail(db, durable);
  tryWriting(db);
}

function checkTail(db: Connection, durable: ChainHead): void {
  const hash = db.prepare('SELECT hash FROM events WHERE seq = ?').pluck().get(durable.seq);
  if (!(hash instanceof Buffer) || hash.toString('hex') !== durable.hash) {
    throw new Error(`Row ${durable.seq} was acknowledged and is not in the database.`);
  }
  const fault = tailFault(db, durable.seq, undefined);
  if (fault !== undefined) throw new Error(fault);
}

/** About what a thousand waiting rows need. */
const trialBytes = 256 * 1024;

/**
 * With nothing in the WAL the checkpoint writes nothing and proves nothing: storage would call itself recovered,
 * fail with the next commit and so on every second, each time with two more rows to keep.
 */
function tryWriting(db: Connection): void {
  const key = 'storage-trial';
  db.prepare('INSERT OR REPLACE INTO core_facts (key, value) VALUES (?, ?)').run(key, 'x'.repeat(trialBytes));
  db.prepare('DELETE FROM core_facts WHERE key = ?').run(key);
}

/** What is not done here, SQLite does at the next opening: nothing acknowledged depends on it. */
function quietly(step: () => unknown): void {
  try {
    step();
  } catch {
    // See above.
  }
}
