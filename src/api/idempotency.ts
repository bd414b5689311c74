/**
 * POSTs that may be sent again: under one `Idempotency-Key` of one token the work is done once and every further
 * request gets the first one's reply. Kept in memory for an hour; a restart of the web thread forgets them.
 */
import { createHash } from 'node:crypto';
import { type Problem, problem } from './problem.js';
import type { Reply } from './route.js';

type Outcome = Reply | Problem | undefined;

export interface Replays {
  /** Does `work`, or gives what it gave the first time; `replayed` tells which. */
  run(
    of: { readonly caller: string; readonly key: string; readonly request: string; readonly nowMs: number },
    work: () => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly replayed: boolean }>;
}

interface Kept {
  readonly sinceMs: number;
  readonly request: string;
  readonly outcome: Promise<Outcome>;
}

const keptMs = 60 * 60_000;
const keptMax = 1_000;

export const usedForAnother: Problem = problem(422, 'Idempotency-Key: was used for another request.');

/** What a client may send as a key. */
export const idempotencyKey = /^[\x21-\x7e]{1,128}$/;

/** Nothing done yet. */
export function createReplays(): Replays {
  const kept = new Map<string, Kept>();
  return {
    async run({ caller, key, request, nowMs }, work) {
      const id = `${caller} ${key}`;
      const before = kept.get(id);
      const known = before !== undefined && nowMs - before.sinceMs < keptMs ? before : undefined;
      const fingerprint = createHash('sha256').update(request).digest('base64');
      if (known !== undefined && known.request !== fingerprint) {
        return { outcome: usedForAnother, replayed: false };
      }
      if (known !== undefined) return { outcome: await known.outcome, replayed: true };
      const outcome = work();
      kept.delete(id);
      for (const oldest of kept.size >= keptMax ? kept.keys() : []) {
        kept.delete(oldest);
        break;
      }
      kept.set(id, { sinceMs: nowMs, request: fingerprint, outcome });
      // What may succeed next time is not worth remembering.
      const forget = () => void kept.delete(id);
      outcome.then((done) => {
        if (done !== undefined && 'problem' in done && done.problem.status >= 500) forget();
      }, forget);
      return { outcome: await outcome, replayed: false };
    },
  };
}
