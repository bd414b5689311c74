/**
 * The storage and web threads as the control thread holds them: started, spoken to, started again when they die.
 * What crosses threads in numbers goes as JSON text: for these small nested objects that took half the time of
 * structured clones.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Commit, CommitId } from './core/effects.js';
import type { Collection, ManagementWrite, WriteResult } from './core/management.js';
import type { Instant } from './core/model.js';
import type { ControlReply, ControlRequest } from './core/requests.js';
import type { FromStorage, ToStorage } from './storage/messages.js';

export interface StorageHandlers {
  committed(through: CommitId): void;
  written(id: number, result: WriteResult): void;
  failed(error: string): void;
  recovered(through: CommitId): void;
}

export interface StorageThread {
  commit(commits: readonly Commit[], resent: boolean): void;
  write(id: number, at: Instant, write: ManagementWrite): void;
  /** What to tell when things happen; until then what happens waits. */
  attach(handlers: StorageHandlers): void;
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly dataDir: string;
  readonly boot: string;
  readonly session: string;
}

/** Room for short-lived objects: V8 would take many times as much under load and keep it. */
const STORAGE_YOUNG_MB = 3;
const WEB_YOUNG_MB = 12;
/** A dead storage thread is started again after this. */
const STORAGE_RESTART_MS = 1_000;
/** A start waits so long for a database that cannot be opened. */
const STORAGE_START_MS = 3_000;
/** A dead web thread is started again after this. */
const WEB_RESTART_MS = 1_000;
/** Each time it dies before it listens it waits twice as long, up to this: every death is a row in the log. */
const WEB_RESTART_MAX_MS = 60_000;

export interface StartedStorage {
  readonly thread: StorageThread;
  readonly setAside?: string;
  readonly logFault?: string;
  /** It cannot write yet and goes on trying: why. Who can read may start all the same. */
  readonly failed?: string;
}

/**
 * Starts the storage thread and waits until its database is open, or has failed to open for some seconds. If it dies later, `failed` is told and it is
 * started again; `ready` then counts as `recovered`.
 */
export async function startStorage(options: StorageOptions): Promise<StartedStorage> {
  let handlers: StorageHandlers | undefined;
  /** Absent while a dead thread waits to be started again. */
  let worker: Worker | undefined;
  let closing = false;
  const early: FromStorage[] = [];
  const tell = (message: FromStorage): void => {
    if (handlers === undefined) early.push(message);
    else dispatch(handlers, message);
  };
  const spawn = (): Worker => {
    const made = new Worker(new URL('./storageThread.js', import.meta.url), {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: STORAGE_YOUNG_MB },
    });
    made.on('message', tell);
    made.on('error', (error) => tell({ kind: 'failed', error: `storage thread: ${error.message}` }));
    made.on('exit', (code) => {
      worker = undefined;
      if (closing) return;
      tell({ kind: 'failed', error: `storage thread ended with code ${code}` });
      setTimeout(() => {
        if (!closing) worker = spawn();
      }, STORAGE_RESTART_MS);
    });
    return made;
  };
  const first = spawn();
  worker = first;
  const opened = await openedOf(first).catch(async (error: unknown) => {
    closing = true;
    await first.terminate();
    throw error;
  });
  // A failure stays, to be told to whoever attaches.
  if (opened.kind === 'ready') early.splice(0, early.indexOf(opened) + 1);
  const post = (message: ToStorage): void => worker?.postMessage(JSON.stringify(message));
  const thread: StorageThread = {
    commit: (commits, resent) => post({ kind: 'commit', commits, ...(resent ? { resent: true } : {}) }),
    write: (id, at, write) => {
      // Nobody is there to answer it, and unlike a commit it is not sent again.
      if (worker === undefined) tell({ kind: 'written', id, result: threadGone });
      else post({ kind: 'write', id, at, write });
    },
    attach: (told) => {
      handlers = told;
      for (const message of early.splice(0)) dispatch(told, message);
    },
    close: async () => {
      closing = true;
      const ended = endOf(worker);
      post({ kind: 'close' });
      await ended;
    },
  };
  if (opened.kind === 'failed') return { thread, failed: opened.error };
  const { setAside, logFault } = opened;
  return {
    thread,
    ...(setAside === undefined ? {} : { setAside }),
    ...(logFault === undefined ? {} : { logFault }),
  };
}

const threadGone: WriteResult = {
  ok: false,
  error: { kind: 'storage', message: 'the storage thread is being started again' },
};

/** Fulfilled when the thread has ended; at once when there is none. */
function endOf(worker: Worker | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (worker === undefined) resolve();
    else worker.once('exit', () => resolve());
  });
}

type Opened = Extract<FromStorage, { kind: 'ready' | 'failed' }>;

/** The first word that counts: ready, or still failed after a while. */
function openedOf(worker: Worker): Promise<Opened> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromStorage) => {
      if (message.kind === 'ready') resolve(message);
      if (message.kind === 'failed') setTimeout(() => resolve(message), STORAGE_START_MS).unref();
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`storage thread ended with code ${code} before it was ready`)),
    );
  });
}

function dispatch(handlers: StorageHandlers, message: FromStorage): void {
  switch (message.kind) {
    case 'committed':
      handlers.committed(message.through);
      return;
    case 'written':
      handlers.written(message.id, message.result);
      return;
    case 'failed':
      handlers.failed(message.error);
      return;
    case 'recovered':
      handlers.recovered(message.through);
      return;
    case 'ready':
      handlers.recovered(message.through);
      return;
    case 'closed':
  }
}

/** From the web thread, many at once. */
export interface WebToControl {
  readonly kind: 'requests';
  readonly requests: readonly { readonly id: number; readonly request: ControlRequest }[];
}

export type ControlToWeb =
  | {
      readonly kind: 'replies';
      readonly replies: readonly { readonly id: number; readonly reply: ControlReply }[];
    }
  | { readonly kind: 'changed'; readonly collections: readonly Collection[] }
  | { readonly kind: 'close' };

export type WebReport =
  /** `sha256` of the certificate; absent = plain HTTP. */
  | { readonly kind: 'listening'; readonly address: string; readonly port: number; readonly sha256?: string }
  | { readonly kind: 'cannot-listen'; readonly error: string };

export interface WebThread {
  changed(collections: ReadonlySet<Collection>): void;
  close(): Promise<void>;
}

export interface WebHandlers {
  handle(request: ControlRequest, reply: (reply: ControlReply) => void): void;
  died(error: string): void;
}

/**
 * Starts the web thread and waits until it listens. It is started again whenever it dies; the doors do not notice.
 * Rejects when the address cannot be had the first time.
 */
export async function startWeb<Data extends { readonly port: number }>(
  workerData: Data,
  handlers: WebHandlers,
): Promise<{
  readonly thread: WebThread;
  readonly address: string;
  readonly port: number;
  readonly sha256: string | undefined;
}> {
  /** Absent while a dead thread waits to be started again. */
  let worker: Worker | undefined;
  let port: MessagePort;
  /** Asked for 0, the first start gets one, and the next ones serve there too. */
  let httpPort = workerData.port;
  let restartMs = WEB_RESTART_MS;
  let closing = false;
  const tell = (message: ControlToWeb): void => port.postMessage(JSON.stringify(message));
  const spawn = (): Promise<Extract<WebReport, { kind: 'listening' }>> => {
    const channel = new MessageChannel();
    port = channel.port1;
    serve(channel.port1, handlers);
    const made = new Worker(new URL('./webThread.js', import.meta.url), {
      workerData: { web: { ...workerData, port: httpPort }, control: channel.port2 },
      transferList: [channel.port2],
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: WEB_YOUNG_MB },
    });
    worker = made;
    let why = 'ended';
    made.on('error', (error) => {
      why = error.message;
    });
    made.on('exit', () => {
      channel.port1.close();
      worker = undefined;
      if (closing) return;
      handlers.died(why);
      setTimeout(() => {
        if (!closing) spawn().catch(() => undefined);
      }, restartMs);
      restartMs = Math.min(restartMs * 2, WEB_RESTART_MAX_MS);
    });
    return listeningOf(made).then((listening) => {
      restartMs = WEB_RESTART_MS;
      return listening;
    });
  };
  const listening = await spawn().catch((error: unknown) => {
    closing = true;
    throw error;
  });
  httpPort = listening.port;
  return {
    address: listening.address,
    port: listening.port,
    sha256: listening.sha256,
    thread: {
      changed: (collections) => tell({ kind: 'changed', collections: [...collections] }),
      close: async () => {
        closing = true;
        const ended = endOf(worker);
        tell({ kind: 'close' });
        await ended;
      },
    },
  };
}

/** Requests of one message are handled together and their replies go back together. */
function serve(port: MessagePort, handlers: WebHandlers): void {
  let replies: { readonly id: number; readonly reply: ControlReply }[] = [];
  const send = (): void => {
    const batch = replies;
    replies = [];
    port.postMessage(JSON.stringify({ kind: 'replies', replies: batch } satisfies ControlToWeb));
  };
  port.on('message', (text: string) => {
    const { requests } = JSON.parse(text) as WebToControl;
    for (const { id, request } of requests) {
      handlers.handle(request, (reply) => {
        if (replies.length === 0) queueMicrotask(send);
        replies.push({ id, reply });
      });
    }
  });
}

function listeningOf(worker: Worker): Promise<Extract<WebReport, { kind: 'listening' }>> {
  return new Promise((resolve, reject) => {
    worker.once('message', (report: WebReport) => {
      if (report.kind === 'listening') resolve(report);
      else reject(new Error(report.error));
    });
    worker.once('exit', () => reject(new Error('the web thread ended before it listened')));
  });
}
