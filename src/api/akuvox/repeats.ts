/** A repeat of one swipe within its time (a double read, a lost reply) gets the first answer again. */
import type { Outcome } from './replies.js';

/** Runs `act` for a new key; within `lifeMs` of the first, answers what the first answered or will answer. */
export type Repeats = (
  key: string,
  nowMs: number,
  lifeMs: number,
  act: () => Promise<Outcome>,
) => Promise<Outcome>;

const entriesMax = 4_096;

interface Entry {
  readonly untilMs: number;
  readonly outcome: Promise<Outcome>;
  settled: boolean;
}

/** An empty memory of swipes, bounded; `lifeMs` 0 remembers nothing. */
export function createRepeats(): Repeats {
  const entries = new Map<string, Entry>();
  return (key, nowMs, lifeMs, act) => {
    if (lifeMs <= 0) return act();
    const known = entries.get(key);
    if (known !== undefined && (nowMs < known.untilMs || !known.settled)) return known.outcome;
    entries.delete(key);
    forget(entries, nowMs);
    const entry: Entry = { untilMs: nowMs + lifeMs, outcome: act(), settled: false };
    entries.set(key, entry);
    const settle = () => {
      entry.settled = true;
    };
    entry.outcome.then(settle, settle);
    return entry.outcome;
  };
}

/** Drops what is over, oldest first, and the oldest of all when there is no room. */
function forget(entries: Map<string, Entry>, nowMs: number): void {
  for (const [key, entry] of entries) {
    const over = entry.settled && nowMs >= entry.untilMs;
    if (!over && entries.size < entriesMax) return;
    entries.delete(key);
  }
}
