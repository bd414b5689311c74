/**
 * Events as they happen. Server-sent events read with fetch, because EventSource cannot carry who asks; after a
 * lost connection it goes on after the last row it saw, so that nothing is missed.
 */
import { nowMs } from './clock.js';
import { raw } from './http.js';
import type { Event } from './model.js';
import { createStore } from './store.js';

export type Connection = 'connecting' | 'live' | 'lost';
export const connection = createStore<Connection>('connecting');

const watchers = new Set<(events: readonly Event[]) => void>();
const waitMaxMs = 8_000;
/** The controller says something every 15 s; a line this silent is dead. */
const silentMs = 40_000;
let lastSeq: number | undefined;
let stopping: AbortController | undefined;

/** Calls back with the events of each burst, until the returned function is called. */
export function onEvents(seen: (events: readonly Event[]) => void): () => void {
  watchers.add(seen);
  return () => watchers.delete(seen);
}

/** Begins to listen after the row `after`; listens until `stopLive`. */
export function startLive(after: number): void {
  if (stopping !== undefined) return;
  lastSeq = after;
  stopping = new AbortController();
  void listen(stopping.signal);
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
}

export function stopLive(): void {
  stopping?.abort();
  stopping = undefined;
  document.removeEventListener('visibilitychange', wake);
  removeEventListener('online', wake);
}

let wakeUp: (() => void) | undefined;
let sleep: number | undefined;
let endStream: (() => void) | undefined;
/** A page nobody sees gives its line back: browsers have six for all their tabs together, a Pi not many more. */
const unseenMs = 15_000;

function wake(): void {
  clearTimeout(sleep);
  if (isSeen()) wakeUp?.();
  else sleep = window.setTimeout(() => endStream?.(), unseenMs);
}

function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

async function listen(signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const startedMs = nowMs();
    await once(signal).catch(() => undefined);
    if (signal.aborted) return;
    if (!isSeen()) {
      failures = 0;
      await pause(Number.POSITIVE_INFINITY, signal);
      continue;
    }
    connection.set('lost');
    failures = nowMs() - startedMs > 5_000 ? 0 : failures + 1;
    await pause(Math.min(waitMaxMs, 250 * 2 ** failures), signal);
  }
}

async function once(stop: AbortSignal): Promise<void> {
  const own = new AbortController();
  const end = () => own.abort();
  endStream = end;
  stop.addEventListener('abort', end);
  let silent = setTimeout(end, silentMs);
  try {
    const response = await raw('GET', `/api/v1/events/stream?after=${lastSeq ?? 0}`, { signal: own.signal });
    if ('problem' in response || !response.ok || response.body === null) return;
    connection.set('live');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silent);
      silent = setTimeout(end, silentMs);
      rest = take(rest + value);
    }
  } finally {
    clearTimeout(silent);
    stop.removeEventListener('abort', end);
    end();
  }
}

/** Tells the watchers the whole messages of a text; what is left is the beginning of the next one. */
function take(text: string): string {
  const messages = text.split('\n\n');
  const rest = messages.pop() ?? '';
  const events = messages.flatMap((message) => {
    const data = /^data: (.*)$/m.exec(message)?.[1];
    return data === undefined ? [] : [JSON.parse(data) as Event];
  });
  const last = events.at(-1);
  if (last === undefined) return rest;
  lastSeq = last.seq;
  for (const seen of [...watchers]) seen(events);
  return rest;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
    const go = () => {
      clearTimeout(timer);
      resolve();
    };
    wakeUp = go;
    signal.addEventListener('abort', go, { once: true });
  });
}
