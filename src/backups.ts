/** Backups as the control thread holds them: made when asked and once a day, one job at a time, each in its thread. */
import { Worker } from 'node:worker_threads';
import type { BackupDone, BackupJob } from './backupThread.js';
import {
  type BackupAnswer,
  type BackupAsk,
  type BackupSettings,
  defaultBackupSettings,
} from './core/backups.js';
import type { Json } from './core/log.js';
import type { Actor, Instant } from './core/model.js';
import { dropHalfBackups, listBackups, readBackupKey } from './storage/backup.js';
import type { OutsideFile } from './storage/backupContents.js';

export interface BackupOptions {
  readonly dataDir: string;
  /** Files outside the data folder that belong into a backup. */
  readonly outside: readonly OutsideFile[];
  readonly timeZone: string;
  readonly now: () => Instant;
  readonly setting: () => Json | undefined;
  /** Writes a row about what was done. */
  readonly note: (
    event: 'backup-made' | 'backup-failed',
    by: Actor,
    detail: { readonly [key: string]: Json },
  ) => void;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** A proved backup waits: everything ends and begins again on it. */
  readonly restart: () => void;
  readonly run?: (job: BackupJob) => Promise<BackupDone>;
}

export interface Backups {
  ask(ask: BackupAsk, reply: (answer: BackupAnswer) => void): void;
  close(): void;
}

/** How often the day's backup is thought of; after a failure it waits longer. */
const lookMs = 60_000;
const failedMs = 3_600_000;
/** Between the answer to a restore and the restart: time for the answer to arrive. */
const restartAfterMs = 500;

export function startBackups(options: BackupOptions): Backups {
  const { dataDir, outside, now, note, setTimer, run = runJob } = options;
  let busy = false;
  let lastError: string | undefined;
  let cancel = (): void => undefined;

  const make = async (by: Actor): Promise<BackupAnswer> => {
    const { keep } = settingsOf(options.setting());
    const result = await run({ job: 'make', dataDir, wallMs: now().wallMs, keep, outside });
    lastError = result.ok ? undefined : result.error;
    if (result.ok && 'bytes' in result) {
      const entry = { name: result.name, bytes: result.bytes };
      note('backup-made', by, entry);
      return { kind: 'made', entry };
    }
    note('backup-failed', by, { error: lastError ?? '' });
    return { kind: 'failed', error: lastError ?? '' };
  };
  const work = async (ask: Exclude<BackupAsk, { kind: 'list' }>): Promise<BackupAnswer> => {
    if (ask.kind === 'make') return make(ask.by);
    if (ask.kind === 'passphrase') {
      const set = await run({ job: 'passphrase', dataDir, passphrase: ask.passphrase });
      return set.ok ? { kind: 'done' } : { kind: 'failed', error: set.error };
    }
    const { name, passphrase, by } = ask;
    const staged = await run({ job: 'stage', dataDir, name, passphrase, by, at: now() });
    if (!staged.ok)
      return staged.missing === true ? { kind: 'missing' } : { kind: 'failed', error: staged.error };
    if (!('madeAt' in staged)) return { kind: 'failed', error: 'the backup was not read' };
    setTimer(options.restart, restartAfterMs);
    const { madeAt, throughSeq } = staged;
    return { kind: 'restoring', madeAt, throughSeq, outside: staged.outside };
  };
  const alone = (act: () => Promise<BackupAnswer>, reply: (answer: BackupAnswer) => void): void => {
    if (busy) {
      reply({ kind: 'busy' });
      return;
    }
    busy = true;
    void act()
      .catch((error: unknown): BackupAnswer => ({ kind: 'failed', error: String(error) }))
      .then((answer) => {
        busy = false;
        reply(answer);
      });
  };
  const look = (): void => {
    const isDue = due(options);
    if (isDue)
      alone(
        () => make({ kind: 'system' }),
        () => undefined,
      );
    cancel = setTimer(look, isDue && lastError !== undefined ? failedMs : lookMs);
  };
  dropHalfBackups(dataDir);
  cancel = setTimer(look, lookMs);
  return {
    ask: (ask, reply) => {
      if (ask.kind === 'list') {
        const passphraseSet = readBackupKey(dataDir) !== undefined;
        const failed = lastError === undefined ? {} : { lastError };
        reply({ kind: 'list', items: listBackups(dataDir), passphraseSet, ...failed });
      } else alone(() => work(ask), reply);
    },
    close: () => cancel(),
  };
}

function due({ dataDir, timeZone, now, setting }: BackupOptions): boolean {
  const { daily, hour } = settingsOf(setting());
  const [newest] = listBackups(dataDir);
  if (!daily || readBackupKey(dataDir) === undefined) return false;
  return (
    newest === undefined ||
    backupDay(now().wallMs, hour, timeZone) > backupDay(timeOfName(newest.name), hour, timeZone)
  );
}

/** The local date whose backup is due at this moment: before the hour, still that of the day before. */
export function backupDay(wallMs: number, hour: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(wallMs - hour * 3_600_000));
}

/** `sallyport-20260101T020000Z.backup` -> Unix milliseconds. */
function timeOfName(name: string): number {
  const [, day, time] = /(\d{8})T(\d{6})Z/.exec(name) ?? [];
  const text = `${day}T${time}`.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(text);
}

/** The settings as stored; what is missing or strange is as it comes. */
export function settingsOf(value: Json | undefined): BackupSettings {
  const { daily, hour, keep } = ((typeof value === 'object' ? value : null) as Partial<BackupSettings>) ?? {};
  return {
    daily: daily ?? defaultBackupSettings.daily,
    hour: hour ?? defaultBackupSettings.hour,
    keep: keep ?? defaultBackupSettings.keep,
  };
}

function runJob(job: BackupJob): Promise<BackupDone> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./backupThread.js', import.meta.url), { workerData: job });
    worker.once('message', resolve);
    worker.once('error', (error) => resolve({ ok: false, error: error.message }));
    worker.once('exit', () => resolve({ ok: false, error: 'the thread ended before it was done' }));
  });
}
