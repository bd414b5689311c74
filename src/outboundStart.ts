/**
 * The outbound thread as the control thread holds it: started when there is somebody to call, spoken to, started again
 * when it dies. Most doors call nobody, and a thread that waits for nothing takes 7 MB.
 */
import { Worker } from 'node:worker_threads';
import type { ForwardAnswer, ForwardOrder, PresentedCode } from './core/forwarding.js';
import type { OutboundAnswer, OutboundAsk } from './core/hooks.js';
import type { FromOutbound, ToOutbound } from './outbound/messages.js';
import type { OutboundData } from './outboundThread.js';

export interface OutboundHandlers {
  forwarded(answer: ForwardAnswer): void;
  /** Doors as they stand. */
  doors(): PresentedCode['doors'];
  died(error: string): void;
}

/** When the thread is wanted. It is asked at the start and with each change of hooks and zones, until it says yes. */
export interface OutboundNeed {
  /** Is there a reader that forwards, a hook, or a zone's action that calls an address? */
  somebodyToCall(): boolean;
  /** The last row of the log. */
  lastSeq(): number;
}

export interface OutboundThread {
  /** False = nobody is there to call. */
  forward(order: ForwardOrder): boolean;
  ask(ask: OutboundAsk, reply: (answer: OutboundAnswer) => void): void;
  /** Hooks were changed. */
  changed(): void;
  close(): Promise<void>;
}

const youngMb = 3;
const oldMb = 128;
const restartMs = 1_000;
/** Each time it dies at once it waits twice as long, up to this: every death is a row in the log. */
const restartMaxMs = 60_000;
/** A thread that lived this long had started well. */
const settledMs = 60_000;

const gone: OutboundAnswer = { kind: 'unavailable', error: 'the outbound thread is being started again' };

export function startOutbound(
  data: OutboundData,
  need: OutboundNeed,
  handlers: OutboundHandlers,
): OutboundThread {
  /** Absent until it is wanted, and while a dead thread waits to be started again. */
  let worker: Worker | undefined;
  let wanted = false;
  let closing = false;
  let waitMs = restartMs;
  const asked = new Map<number, (answer: OutboundAnswer) => void>();
  let nextId = 1;
  const spawn = (since?: number): void => {
    const made = workerOn(since === undefined ? data : { ...data, since });
    worker = made;
    let why = 'ended';
    const settled = setTimeout(() => {
      waitMs = restartMs;
    }, settledMs);
    settled.unref();
    made.on('message', (text: string) => {
      const message = JSON.parse(text) as FromOutbound;
      if (message.kind === 'forwarded') return handlers.forwarded(message.answer);
      if (message.kind === 'doors') return tell(made, { ...message, doors: handlers.doors() });
      asked.get(message.id)?.(message.answer);
      asked.delete(message.id);
    });
    made.on('error', (error) => {
      why = error.message;
    });
    made.on('exit', () => {
      clearTimeout(settled);
      worker = undefined;
      for (const reply of asked.values()) reply(gone);
      asked.clear();
      if (closing) return;
      handlers.died(why);
      setTimeout(() => {
        if (!closing) spawn();
      }, waitMs);
      waitMs = Math.min(waitMs * 2, restartMaxMs);
    });
  };
  const want = (since?: number): void => {
    if (wanted || closing) return;
    wanted = true;
    spawn(since);
  };
  if (need.somebodyToCall()) want();
  const post = (message: ToOutbound): boolean => tell(worker, message);
  return {
    forward: (order) => post({ kind: 'forward', order }),
    ask: (ask, reply) => {
      want();
      const id = nextId++;
      if (post({ kind: 'ask', id, ask })) asked.set(id, reply);
      else reply(gone);
    },
    changed: () => {
      // What happens while it starts is for the new hook as well.
      if (!wanted && need.somebodyToCall()) want(need.lastSeq());
      else post({ kind: 'changed' });
    },
    close: () =>
      new Promise((resolve) => {
        closing = true;
        if (worker === undefined) resolve();
        else worker.once('exit', () => resolve());
        post({ kind: 'close' });
      }),
  };
}

/** False = it is not there. */
function tell(worker: Worker | undefined, message: ToOutbound): boolean {
  worker?.postMessage(JSON.stringify(message));
  return worker !== undefined;
}

function workerOn(workerData: OutboundData): Worker {
  return new Worker(new URL('./outboundThread.js', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: oldMb, maxYoungGenerationSizeMb: youngMb },
  });
}
