/** What looks after the database: the whole of it checked each night in a thread of its own, room on the disk watched. */
import { statfs } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { backupDay } from './backups.js';
import type { Instant } from './core/model.js';
import type { NightlyDone, NightlyJob } from './nightlyThread.js';

export interface NightlyOptions {
  readonly dataDir: string;
  readonly timeZone: string;
  readonly now: () => Instant;
  /** All is as it was written; `tookMs` is what the check took. */
  readonly checked: (detail: { readonly rows: number; readonly tookMs: number }) => void;
  /** What is wrong, for an alarm. */
  readonly fault: (text: string) => void;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly run?: (job: NightlyJob) => Promise<NightlyDone>;
  /** Bytes of the disk and of those that are free. */
  readonly room?: () => Promise<{ readonly bytes: number; readonly free: number }>;
}

/** Local hour of the check: before the first people come, and after the hours that summer time skips. */
const hour = 4;
const lookMs = 60_000;
/** A disk this full is told, once until it has fallen below the second figure again (reliability: warn at 80 %). */
const fullAt = 0.8;
const roomyAt = 0.75;

/** Starts looking. The first check comes at the first hour that is due after the start. */
export function startNightly(options: NightlyOptions): { close(): void } {
  const { dataDir, timeZone, now, checked, fault, setTimer, run = runJob } = options;
  const room = options.room ?? (() => roomOf(dataDir));
  let day = backupDay(now().wallMs, hour, timeZone);
  let cancel = (): void => undefined;
  let closed = false;
  let full = false;

  const check = async (): Promise<void> => {
    const startedMs = now().monoMs;
    const done = await run({ dataDir });
    if (closed) return;
    if (done.fault === undefined) checked({ rows: done.rows, tookMs: Math.round(now().monoMs - startedMs) });
    else fault(done.fault);
  };
  const watchRoom = async (): Promise<void> => {
    const { bytes, free } = await room();
    const used = 1 - free / bytes;
    if (used >= fullAt && !full && !closed)
      fault(
        `The disk is ${Math.floor(used * 100)} % full: ${Math.floor(free / 1_000_000)} MB are left for the log.`,
      );
    full = full ? used >= roomyAt : used >= fullAt;
  };
  const look = (): void => {
    const today = backupDay(now().wallMs, hour, timeZone);
    const jobs = [watchRoom()];
    if (today !== day) jobs.push(check());
    day = today;
    // A disk that cannot be asked is the writer's to report.
    void Promise.allSettled(jobs).then(() => {
      if (!closed) cancel = setTimer(look, lookMs);
    });
  };
  cancel = setTimer(look, lookMs);
  return {
    close: () => {
      closed = true;
      cancel();
    },
  };
}

async function roomOf(dataDir: string): Promise<{ readonly bytes: number; readonly free: number }> {
  const { blocks, bavail, bsize } = await statfs(dataDir);
  return { bytes: blocks * bsize, free: bavail * bsize };
}

function runJob(workerData: NightlyJob): Promise<NightlyDone> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./nightlyThread.js', import.meta.url), { workerData });
    const failed = (why: string) => resolve({ fault: `The nightly check could not be made: ${why}.` });
    worker.once('message', resolve);
    worker.once('error', (error) => failed(error.message));
    worker.once('exit', () => failed('its thread ended'));
  });
}
