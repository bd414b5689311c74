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

/** Room for short-lived objects in each of the two: V8 would take four times as much under load and keep it. */
const YOUNG_MB = 12;
/** A dead storage thread is started again after this. */
const STORAGE_RESTART_MS = 1_000;
/** A dead web thread is started again after this. */
const WEB_RESTART_MS = 1_000;

/**
 * Starts the storage thread and waits until its database is open. If it dies later, `failed` is told and it is
 * started again; `ready` then counts as `recovered`.
 */
export async function startStorage(
  options: StorageOptions,
): Promise<{ readonly thread: StorageThread; readonly setAside?: string; readonly logFault?: string }> {
  let handlers: StorageHandlers | undefined;
  let worker: Worker;
  let closing = false;
  const early: FromStorage[] = [];
  const tell = (message: FromStorage): void => {
    if (handlers === undefined) early.push(message);
    else dispatch(handlers, message);
  };
  const spawn = (): Worker => {
    const made = new Worker(new URL('./storageThread.js', import.meta.url), {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    made.on('message', tell);
    made.on('error', (error) => tell({ kind: 'failed', error: `storage thread: ${error.message}` }));
    made.on('exit', (code) => {
      if (closing) return;
      tell({ kind: 'failed', error: `storage thread ended with code ${code}` });
      setTimeout(() => {
        if (!closing) worker = spawn();
      }, STORAGE_RESTART_MS);
    });
    return made;
  };
  worker = spawn();
  const ready = await readyOf(worker);
  early.splice(0, early.indexOf(ready) + 1);
  const post = (message: ToStorage): void => worker.postMessage(JSON.stringify(message));
  const thread: StorageThread = {
    commit: (commits, resent) => post({ kind: 'commit', commits, ...(resent ? { resent: true } : {}) }),
    write: (id, at, write) => post({ kind: 'write', id, at, write }),
    attach: (told) => {
      handlers = told;
      for (const message of early.splice(0)) dispatch(told, message);
    },
    close: async () => {
      closing = true;
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      post({ kind: 'close' });
      await ended;
    },
  };
  const { setAside, logFault } = ready;
  return {
    thread,
    ...(setAside === undefined ? {} : { setAside }),
    ...(logFault === undefined ? {} : { logFault }),
  };
}

type Ready = Extract<FromStorage, { kind: 'ready' }>;

function readyOf(worker: Worker): Promise<Ready> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromStorage) => {
      if (message.kind === 'ready') resolve(message);
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
  | { readonly kind: 'listening'; readonly address: string; readonly port: number }
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
export async function startWeb(
  workerData: unknown,
  handlers: WebHandlers,
): Promise<{ readonly thread: WebThread; readonly address: string; readonly port: number }> {
  let worker: Worker;
  let port: MessagePort;
  let closing = false;
  const tell = (message: ControlToWeb): void => port.postMessage(JSON.stringify(message));
  const spawn = (): Promise<Extract<WebReport, { kind: 'listening' }>> => {
    const channel = new MessageChannel();
    port = channel.port1;
    serve(channel.port1, handlers);
    worker = new Worker(new URL('./webThread.js', import.meta.url), {
      workerData: { web: workerData, control: channel.port2 },
      transferList: [channel.port2],
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    let why = 'ended';
    worker.on('error', (error) => {
      why = error.message;
    });
    worker.on('exit', () => {
      channel.port1.close();
      if (closing) return;
      handlers.died(why);
      setTimeout(() => {
        if (!closing) spawn().catch(() => undefined);
      }, WEB_RESTART_MS);
    });
    return listeningOf(worker);
  };
  const listening = await spawn().catch((error: unknown) => {
    closing = true;
    throw error;
  });
  return {
    address: listening.address,
    port: listening.port,
    thread: {
      changed: (collections) => tell({ kind: 'changed', collections: [...collections] }),
      close: async () => {
        closing = true;
        const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
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
