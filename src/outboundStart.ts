/** The outbound thread as the control thread holds it: started, spoken to, started again when it dies. */
import { Worker } from 'node:worker_threads';
import type { ForwardAnswer, ForwardOrder } from './core/forwarding.js';
import type { OutboundAnswer, OutboundAsk } from './core/hooks.js';
import type { FromOutbound, ToOutbound } from './outbound/messages.js';
import type { OutboundData } from './outboundThread.js';

export interface OutboundHandlers {
  forwarded(answer: ForwardAnswer): void;
  died(error: string): void;
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

export function startOutbound(data: OutboundData, handlers: OutboundHandlers): OutboundThread {
  /** Absent while a dead thread waits to be started again. */
  let worker: Worker | undefined;
  let closing = false;
  let waitMs = restartMs;
  const asked = new Map<number, (answer: OutboundAnswer) => void>();
  let nextId = 1;
  const spawn = (): void => {
    const made = new Worker(new URL('./outboundThread.js', import.meta.url), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: oldMb, maxYoungGenerationSizeMb: youngMb },
    });
    worker = made;
    let why = 'ended';
    const settled = setTimeout(() => {
      waitMs = restartMs;
    }, settledMs);
    settled.unref();
    made.on('message', (text: string) => {
      const message = JSON.parse(text) as FromOutbound;
      if (message.kind === 'forwarded') return handlers.forwarded(message.answer);
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
  spawn();
  const post = (message: ToOutbound): boolean => {
    worker?.postMessage(JSON.stringify(message));
    return worker !== undefined;
  };
  return {
    forward: (order) => post({ kind: 'forward', order }),
    ask: (ask, reply) => {
      const id = nextId++;
      if (post({ kind: 'ask', id, ask })) asked.set(id, reply);
      else reply(gone);
    },
    changed: () => {
      post({ kind: 'changed' });
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
