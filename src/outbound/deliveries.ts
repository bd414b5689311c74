/**
 * Every hook on its way through the log: one row after the other, each until its receiver has taken it or it is
 * given up. At least once: a row is done with only after the answer, and where a hook stands is kept on the disk.
 */
import type { DeadLetter, HookState, OutboundAnswer, OutboundAsk, StoredHook } from '../core/hooks.js';
import type { StoredEvent } from '../core/management.js';
import type { Reads } from '../core/reads.js';
import type { Notified } from './notify.js';
import { freshAt, type Outbox, type Progress } from './outbox.js';
import { startsAction, type ZoneHook } from './zoneHooks.js';

/** A hook of an operator, or the address a zone's action calls. */
export type DeliveredHook = StoredHook | ZoneHook;

export interface DeliveryOptions {
  readonly reads: Pick<Reads, 'events' | 'lastSeq'>;
  /** The hooks as stored now. */
  readonly hooks: () => readonly DeliveredHook[];
  readonly outbox: Outbox;
  readonly send: (hook: DeliveredHook, event: StoredEvent) => Promise<Notified>;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** The outbox failed: nothing more is delivered by these. */
  readonly failed: (error: Error) => void;
}

export interface Deliveries {
  /** Rows were added. */
  wake(): void;
  /**
   * Hooks were changed: read again, and those that waited are tried at once. Those never seen before begin after row
   * `since`, else after the last one.
   */
  reload(since?: number): void;
  ask(ask: OutboundAsk): Promise<OutboundAnswer>;
  close(): void;
}

const batchRows = 100;
const firstRetryMs = 1_000;
const retryMaxMs = 15 * 60_000;
/** Refused as wrong this often: given up. */
const finalAttemptsMax = 5;
/** A receiver that is away is tried for so long before a row is given up; the next row then starts its own time. */
const giveUpMs = 24 * 3_600_000;

/** How long to wait after the n-th failed try: doubling, capped, spread by a fifth so that hooks do not march in step. */
export function retryDelayMs(attempts: number, random: number): number {
  const planned = Math.min(firstRetryMs * 2 ** Math.min(attempts - 1, 30), retryMaxMs);
  return Math.round(planned * (0.8 + 0.4 * random));
}

/** Does this row concern this hook? */
export function concerns(hook: DeliveredHook, event: StoredEvent): boolean {
  if ('action' in hook) return startsAction(event, hook.action);
  const kind = hook.events.includes('*') || hook.events.includes(event.kind);
  return kind && (hook.doors.length === 0 || (event.door !== undefined && hook.doors.includes(event.door)));
}

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { outbox } = options;
  let hooks = new Map<string, DeliveredHook>();
  const runner = createRunner(options, (id) => hooks.get(id));
  return {
    wake: () => {
      for (const id of hooks.keys()) runner.start(id);
    },
    reload: (since) => {
      hooks = new Map(options.hooks().map((hook) => [hook.id, hook]));
      outbox.keepOnly([...hooks.keys()]);
      for (const id of hooks.keys()) {
        outbox.put(id, { ...progressOf(options, id, since), nextMs: 0 });
        runner.restart(id);
      }
    },
    ask: (ask) => answer(options, hooks, ask),
    close: runner.close,
  };
}

/** A hook seen for the first time begins with what comes from now on; so does one whose log has begun anew. */
function progressOf({ outbox, reads }: DeliveryOptions, id: string, since?: number): Progress {
  const found = outbox.get(id);
  const last = reads.lastSeq();
  if (found !== undefined && found.cursor <= last) return found;
  const fresh = freshAt(Math.min(since ?? last, last));
  outbox.put(id, fresh);
  return fresh;
}

interface Runner {
  /** Sends what is there, unless it does so already or waits for its time. */
  start(id: string): void;
  /** The same, without waiting any longer. */
  restart(id: string): void;
  close(): void;
}

function createRunner(options: DeliveryOptions, hookOf: (id: string) => DeliveredHook | undefined): Runner {
  const running = new Set<string>();
  /** Told of something new while running: perhaps after it had looked. */
  const again = new Set<string>();
  const timers = new Map<string, () => void>();
  let closed = false;
  const run = async (id: string): Promise<void> => {
    for (;;) {
      const hook = hookOf(id);
      if (closed || hook === undefined || !hook.enabled) return;
      const progress = progressOf(options, id);
      // A wall clock set back must not stretch the wait.
      const waitMs = Math.min(progress.nextMs - options.wallMs(), retryMaxMs * 4);
      if (waitMs > 0) {
        timers.set(
          id,
          options.setTimer(() => restart(id), waitMs),
        );
        return;
      }
      const next = nextEvent(options, hook, progress);
      if (next === 'end') return;
      if (next === 'more') await new Promise(setImmediate);
      else settle(options, hook, next, progress, await options.send(hook, next), () => closed);
    }
  };
  const start = (id: string): void => {
    if (closed || timers.has(id)) return;
    if (running.has(id)) {
      again.add(id);
      return;
    }
    running.add(id);
    void run(id)
      .catch((error: Error) => {
        if (!closed) options.failed(error);
      })
      .finally(() => {
        running.delete(id);
        if (again.delete(id)) start(id);
      });
  };
  const restart = (id: string): void => {
    timers.get(id)?.();
    timers.delete(id);
    start(id);
  };
  return {
    start,
    restart,
    close: () => {
      closed = true;
      for (const cancel of timers.values()) cancel();
    },
  };
}

/** The next row of this hook; what is not its is passed over for good. */
function nextEvent(
  { reads, outbox }: DeliveryOptions,
  hook: DeliveredHook,
  progress: Progress,
): StoredEvent | 'more' | 'end' {
  const batch = reads.events({ after: progress.cursor, order: 'asc', limit: batchRows });
  const event = batch.find((one) => concerns(hook, one));
  const passed = (event === undefined ? batch.at(-1)?.seq : event.seq - 1) ?? progress.cursor;
  if (passed > progress.cursor) outbox.put(hook.id, { ...progress, cursor: passed });
  return event ?? (batch.length < batchRows ? 'end' : 'more');
}

/** What the answer to a try means for the row. */
function settle(
  { outbox, wallMs, random }: DeliveryOptions,
  hook: DeliveredHook,
  { seq }: StoredEvent,
  before: Progress,
  result: Notified,
  closed: () => boolean,
): void {
  // Closed meanwhile: it is sent again after the next start.
  if (closed() || outbox.get(hook.id) === undefined) return;
  if (result.ok) {
    outbox.put(hook.id, freshAt(seq));
    return;
  }
  const now = wallMs();
  const attempts = before.attempts + 1;
  const firstMs = before.attempts === 0 ? now : before.firstMs;
  const over = result.final ? attempts >= finalAttemptsMax : now - firstMs >= giveUpMs;
  if (over) {
    outbox.giveUp(hook.id, { seq, wallMs: now, attempts, error: result.error });
    return;
  }
  const nextMs = now + Math.max(result.afterMs ?? 0, retryDelayMs(attempts, random()));
  outbox.put(hook.id, { cursor: seq - 1, attempts, firstMs, nextMs, error: result.error });
}

async function answer(
  options: DeliveryOptions,
  hooks: ReadonlyMap<string, DeliveredHook>,
  ask: OutboundAsk,
): Promise<OutboundAnswer> {
  const { outbox } = options;
  if (ask.kind === 'hook-states') {
    return { kind: 'hook-states', states: [...hooks.keys()].map((id) => stateOf(options, id)) };
  }
  const hook = hooks.get(ask.hook);
  if (hook === undefined) return { kind: 'missing' };
  switch (ask.kind) {
    case 'hook-test':
      return sent(await options.send(hook, testEvent(options.wallMs())));
    case 'dead-letters':
      return { kind: 'dead-letters', items: outbox.letters(hook.id, ask.after ?? 0, ask.limit) };
    case 'dead-letter-drop':
      return outbox.drop(hook.id, ask.seq) ? { kind: 'done' } : { kind: 'missing' };
    case 'dead-letter-retry':
      return retryLetter(options, hook, outbox.letter(hook.id, ask.seq));
  }
}

async function retryLetter(
  { reads, outbox, send }: DeliveryOptions,
  hook: DeliveredHook,
  letter: DeadLetter | undefined,
): Promise<OutboundAnswer> {
  const [event] = letter === undefined ? [] : reads.events({ after: letter.seq - 1, order: 'asc', limit: 1 });
  if (letter === undefined || event?.seq !== letter.seq) return { kind: 'missing' };
  const result = await send(hook, event);
  if (result.ok) outbox.drop(hook.id, letter.seq);
  return sent(result);
}

function sent(result: Notified): OutboundAnswer {
  return result.ok ? { kind: 'sent', ok: true } : { kind: 'sent', ok: false, error: result.error };
}

function stateOf({ outbox, reads }: DeliveryOptions, id: string): HookState {
  const { cursor, attempts, nextMs, error } = outbox.get(id) ?? freshAt(reads.lastSeq());
  return {
    hook: id,
    throughSeq: cursor,
    behind: Math.max(0, reads.lastSeq() - cursor),
    attempts,
    deadLetters: outbox.countLetters(id),
    ...(attempts === 0 ? {} : { nextWallMs: nextMs, lastError: error }),
  };
}

/** What the test button sends: no row of the log, so its number is 0. */
function testEvent(wallMs: number): StoredEvent {
  const zeros = { seq: 0, boot: '', monoMs: 0, trust: 'unset', hash: '' };
  return { ...zeros, wallMs, kind: 'test', detail: { text: 'A test from Sallyport.' } };
}
