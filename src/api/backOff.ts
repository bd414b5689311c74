/** A growing pause after wrong logins, for each name and address; bounded in memory. */

export interface BackOff {
  /** Seconds still to wait, 0 = go on. */
  waitSeconds(key: string, nowMs: number): number;
  /** Counts one; what it gives takes that back, for a try that was not looked at after all. */
  failed(key: string, nowMs: number): () => void;
  succeeded(key: string): void;
}

interface Failures {
  readonly count: number;
  readonly untilMs: number;
}

const firstPauseMs = 30_000;
const pauseMaxMs = 15 * 60_000;
const forgetMs = 60 * 60_000;
const keysMax = 4_096;

/** No failures yet; times are monotonic milliseconds. From the fifth failure on, unless told: 30 s, doubled up to 15 min. */
export function createBackOff(freeFailures = 5): BackOff {
  const known = new Map<string, Failures>();
  return {
    waitSeconds(key, nowMs) {
      const untilMs = known.get(key)?.untilMs ?? 0;
      return Math.max(0, Math.ceil((untilMs - nowMs) / 1_000));
    },
    failed(key, nowMs) {
      const before = known.get(key);
      const count = before === undefined || nowMs - before.untilMs > forgetMs ? 1 : before.count + 1;
      const pauseMs =
        count < freeFailures
          ? 0
          : Math.min(pauseMaxMs, firstPauseMs * 2 ** Math.min(16, count - freeFailures));
      known.delete(key);
      for (const oldest of known.size >= keysMax ? known.keys() : []) {
        known.delete(oldest);
        break;
      }
      const counted = { count, untilMs: nowMs + pauseMs };
      known.set(key, counted);
      return () => {
        // Others that were counted meanwhile stand on this one.
        if (known.get(key) !== counted) return;
        if (before === undefined) known.delete(key);
        else known.set(key, before);
      };
    },
    succeeded: (key) => void known.delete(key),
  };
}
