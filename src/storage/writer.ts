import { join } from 'node:path';
import type { Commit, CommitId } from '../core/effects.js';
import type { ManagementWrite, WriteResult } from '../core/management.js';
import type { BootId, Instant } from '../core/model.js';
import { dropBallast, ensureBallast } from './ballast.js';
import { exportHead } from './chainHead.js';
import { type Connection, databaseFile, errorText, openWriter, sqliteCode } from './database.js';
import type { ChainHead } from './eventLog.js';
import { FolderInUseError, lockFolder } from './folderLock.js';
import type { FromStorage, StorageToWeb, ToStorage } from './messages.js';
import { SchemaError } from './migrations/migrate.js';
import { openStore } from './startup.js';
import { createStore, type Store, secure } from './store.js';

/** Commits in one transaction; more wait for the next, which is never far. */
const commitsMax = 1_000;
/** Management work in one transaction: what a swipe may have to wait for, besides the disk. */
const sliceMs = 5;
/** Between two slices of a change of many records. */
const sweepPauseMs = 5;
const slicesAtStart = 20;
const retryMs = 1_000;
const headExportMs = 5_000;
const defaultBallastBytes = 8 * 1024 * 1024;

export interface WriterOptions {
  readonly dataDir: string;
  readonly boot: BootId;
  /** Names this run of the core; commit ids start again with it. */
  readonly session: string;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Unix milliseconds, to name what is set aside. */
  readonly wallMs: () => number;
  readonly post: (message: FromStorage) => void;
  readonly postWeb: (message: StorageToWeb) => void;
  /** Runs something later; 0 = as soon as the messages that are here have been received. Returns its cancel. */
  readonly schedule: (delayMs: number, run: () => void) => () => void;
  /** How an existing database is opened for writing. */
  readonly open?: (path: string) => Connection;
  readonly ballastBytes?: number;
}

interface QueuedWrite {
  readonly id: number;
  readonly at: Instant;
  readonly write: ManagementWrite;
}

interface Written {
  readonly id: number;
  readonly result: WriteResult;
}

/** What one transaction made durable. */
interface Batch {
  readonly through: number;
  readonly written: readonly Written[];
  readonly head: ChainHead;
}

/**
 * The only writer of the database: takes messages, answers by messages, waits for nobody but the disk.
 * Whatever arrived during one transaction goes into the next, door commits before management writes.
 */
export class Writer {
  readonly #options: WriterOptions;
  #store: Store | undefined;
  #lock: ReturnType<typeof lockFolder> | undefined;
  #commits: Commit[] = [];
  #writes: QueuedWrite[] = [];
  #phase: 'starting' | 'running' | 'closed' = 'starting';
  /** After a recovery: what was durable then. Until the rest is sent again, only the very next commit fits. */
  #resendAfter: CommitId | undefined;
  /** The last row known to be on the disk. */
  #durable: ChainHead | undefined;
  #cancelTurn: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelExport: (() => void) | undefined;

  /**
   * Takes the folder and opens the database (see `openStore`). Throws `FolderInUseError` if another program
   * writes there and `SchemaError` if the database is from a newer version; any other failure is posted and
   * tried again every second.
   */
  constructor(options: WriterOptions) {
    this.#options = options;
    try {
      this.#start();
      this.#ensureBallast();
    } catch (error) {
      this.#throwFinal(error);
      this.#fail(error);
    }
  }

  receive(message: ToStorage): void {
    if (this.#phase === 'closed') return;
    if (message.kind === 'close') this.close();
    else if (message.kind === 'write') this.#receiveWrite(message);
    else this.#receiveCommits(message.commits, message.resent === true);
  }

  /** Writes what is here, exports the chain head and closes the database. */
  close(): void {
    if (this.#phase === 'closed') return;
    while (this.#store !== undefined && this.#commits.length + this.#writes.length > 0) this.#turn();
    for (const cancel of [this.#cancelTurn, this.#cancelRetry, this.#cancelSweep, this.#cancelExport])
      cancel?.();
    this.#phase = 'closed';
    this.#exportHead();
    this.#store?.close();
    this.#store = undefined;
    this.#lock?.release();
    this.#options.post({ kind: 'closed' });
  }

  /** What no second try will mend. */
  #throwFinal(error: unknown): void {
    if (!(error instanceof SchemaError) && !(error instanceof FolderInUseError)) return;
    this.#lock?.release();
    throw error;
  }

  #receiveWrite(queued: QueuedWrite): void {
    if (this.#store === undefined) {
      this.#options.post({ kind: 'written', id: queued.id, result: refused('Storage is not available.') });
      return;
    }
    this.#writes.push(queued);
    this.#wake();
  }

  #receiveCommits(commits: readonly Commit[], resent: boolean): void {
    if (this.#store === undefined) return;
    const gap = this.#resendAfter !== undefined && commits[0]?.id !== this.#resendAfter + 1;
    if (gap && !resent) return;
    this.#resendAfter = undefined;
    for (const commit of commits) this.#commits.push(commit);
    if (commits.length > 0) this.#wake();
  }

  #wake(): void {
    this.#cancelTurn ??= this.#options.schedule(0, () => this.#turn());
  }

  /** One transaction. */
  #turn(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    if (this.#store === undefined) return;
    const commits = this.#commits.splice(0, commitsMax);
    let batch: Batch;
    try {
      batch = this.#writeBatch(this.#store, commits);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#writes = this.#writes.slice(batch.written.length);
    this.#tell(batch, commits.length > 0);
    if (this.#commits.length + this.#writes.length > 0) this.#wake();
    else this.#sweepOn();
  }

  /** What is carried out in slices goes on, leaving the disk alone most of the time. */
  #sweepOn(): void {
    if (this.#store?.sweeps.mayBePending() !== true) return;
    this.#cancelSweep ??= this.#options.schedule(sweepPauseMs, () => {
      this.#cancelSweep = undefined;
      this.#wake();
    });
  }

  /** Records are read from the table at a start: what is on its way is carried out before, a crash may end it anywhere. */
  #endSweeps({ begin, sweeps, commit }: Store): void {
    while (sweeps.mayBePending()) {
      begin();
      for (let n = 0; n < slicesAtStart && sweeps.slice(); n += 1);
      commit();
    }
  }

  #writeBatch(store: Store, commits: readonly Commit[]): Batch {
    store.begin();
    store.doors.apply(commits);
    const startedMs = this.#options.nowMs();
    const written: Written[] = [];
    for (const { id, at, write } of this.#writes) {
      if (written.length > 0 && this.#options.nowMs() - startedMs >= sliceMs) break;
      written.push({ id, result: store.management.apply(write, at) });
    }
    if (commits.length === 0) store.sweeps.slice();
    const head = store.log.head();
    const through = store.doors.through();
    store.commit();
    return { through, written, head };
  }

  #tell({ through, written, head }: Batch, doors: boolean): void {
    const { post, postWeb, schedule } = this.#options;
    const grown = head.seq !== this.#durable?.seq;
    this.#durable = head;
    if (doors) post({ kind: 'committed', through });
    for (const one of written) post({ kind: 'written', ...one });
    if (!grown) return;
    postWeb({ kind: 'appended', lastSeq: head.seq });
    this.#cancelExport ??= schedule(headExportMs, () => {
      this.#cancelExport = undefined;
      this.#exportHead();
      this.#ensureBallast();
    });
  }

  /** After any error the connection is not to be trusted: close, answer what cannot be kept, open again. */
  #fail(error: unknown): void {
    const { dataDir, post, schedule } = this.#options;
    this.#store?.abandon();
    this.#store = undefined;
    this.#commits = [];
    const text = errorText(error);
    post({ kind: 'failed', error: text });
    for (const { id } of this.#writes) post({ kind: 'written', id, result: refused(text) });
    this.#writes = [];
    const madeRoom = sqliteCode(error) === 'SQLITE_FULL' && dropBallast(dataDir);
    this.#cancelRetry = schedule(madeRoom ? 0 : retryMs, () => this.#retry());
  }

  #retry(): void {
    const { post, schedule } = this.#options;
    try {
      if (this.#phase === 'starting') this.#start();
      else post({ kind: 'recovered', through: this.#reopen() });
    } catch (error) {
      this.#throwFinal(error);
      this.#cancelRetry = schedule(retryMs, () => this.#retry());
      return;
    }
    this.#ensureBallast();
  }

  #start(): void {
    const { dataDir, wallMs, post } = this.#options;
    const stamp = new Date(wallMs()).toISOString().replace(/[:.]/g, '-');
    this.#lock ??= lockFolder(dataDir);
    const { db, ...found } = openStore(dataDir, this.#options.open ?? openWriter, stamp);
    const through = this.#serve(db);
    this.#exportHead();
    this.#phase = 'running';
    if (through > 0) this.#resendAfter = through;
    post({ kind: 'ready', through, ...found });
  }

  #reopen(): CommitId {
    const db = (this.#options.open ?? openWriter)(join(this.#options.dataDir, databaseFile));
    this.#resendAfter = this.#serve(db);
    return this.#resendAfter;
  }

  /** Takes the connection into service once it is safe; returns the last durable commit of this session. */
  #serve(db: Connection): CommitId {
    try {
      if (this.#phase === 'running') secure(db, this.#durable);
      const store = createStore(db, this.#options);
      if (this.#phase === 'starting') this.#endSweeps(store);
      const head = store.log.head();
      const through = store.doors.through();
      this.#store = store;
      this.#durable = head;
      return through;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** A failed export is made good by the next: the database itself reports a disk that fails. */
  #exportHead(): void {
    try {
      if (this.#durable !== undefined) exportHead(this.#options.dataDir, this.#durable);
    } catch {
      // See above; the older head stays valid.
    }
  }

  #ensureBallast(): void {
    ensureBallast(this.#options.dataDir, this.#options.ballastBytes ?? defaultBallastBytes);
  }
}

function refused(message: string): WriteResult {
  return { ok: false, error: { kind: 'storage', message } };
}
