/** What a person can do at a reader: the same card held is one read, and no more than five things a second happen. */
import type { ContentRead } from './content.js';

export type Passed = Exclude<ContentRead, { readonly kind: 'nothing' }>;
/** Undefined = it is no read of its own. */
export type Gate = (read: Passed, nowMs: number) => Passed | undefined;

const windowMs = 1_000;
const readsMax = 5;

/** `repeatMs` counts from the last time the card was seen, so that one held for long is still one read. */
export function createGate(repeatMs: number): Gate {
  let last: { readonly secret: string; readonly atMs: number } | undefined;
  let recentMs: readonly number[] = [];
  let stormUntilMs = Number.NEGATIVE_INFINITY;
  return (read, nowMs) => {
    if (read.kind === 'card') {
      const isHeld = last?.secret === read.card.secret && nowMs - last.atMs < repeatMs;
      last = { secret: read.card.secret, atMs: nowMs };
      if (isHeld) return undefined;
    }
    if (nowMs < stormUntilMs) return undefined;
    recentMs = [...recentMs.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    if (recentMs.length <= readsMax) return read;
    stormUntilMs = nowMs + windowMs;
    return { kind: 'unreadable', fault: 'storm', bits: 0 };
  };
}
