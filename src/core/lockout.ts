import { lockoutKey } from './decide.js';
import type { DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import type { Instant, ReaderId } from './model.js';
import type { Flood, Lockout } from './state.js';
import type { Turn } from './turn.js';
import { addFact, addRow } from './turn.js';

/** Five unknown presentations within 30 s close the reader to unknown cards and PINs for 30 s (reliability, section 7). */
const FAILURES_MAX = 5;
const WINDOW_MS = 30_000;
export const LOCKOUT_MS = 30_000;

/** Rows of noise one reader may write within a second; the rest is summed into one (reliability, section 9). */
const FLOOD_ROWS_MAX = 10;
const FLOOD_MS = 1_000;

/** What somebody who tries cards or PINs hears. */
const guesses: ReadonlySet<DenyReason> = new Set<DenyReason>([
  'unknown-credential',
  'wrong-facility',
  'wrong-pin',
]);

/** Counts a wrong presentation against its reader or source. */
export function countFailure(turn: Turn, asked: AccessRequested, reason: DenyReason): void {
  if (!guesses.has(reason)) return;
  const key = lockoutKey(asked);
  const now = turn.at.monoMs;
  const earlier = turn.state.lockouts.get(key)?.failedAtMonoMs ?? [];
  const failedAtMonoMs = [...earlier.filter((at) => at > now - WINDOW_MS), now];
  if (failedAtMonoMs.length < FAILURES_MAX) {
    setLockout(turn, key, { failedAtMonoMs });
    return;
  }
  setLockout(turn, key, { failedAtMonoMs: [], untilMonoMs: now + LOCKOUT_MS });
  addFact(turn, `lockout/${key}`, { boot: turn.state.boot, untilMonoMs: now + LOCKOUT_MS });
  const where = asked.reader === undefined ? {} : { reader: asked.reader };
  addRow(turn, {
    kind: 'reader-locked-out',
    door: asked.door,
    ...where,
    by: asked.by,
    detail: { pauseMs: LOCKOUT_MS },
  });
}

function setLockout(turn: Turn, key: string, lockout: Lockout): void {
  turn.state = { ...turn.state, lockouts: new Map(turn.state.lockouts).set(key, lockout) };
}

/** Forgets pauses that are over. */
export function endLockouts(turn: Turn): void {
  for (const [key, { untilMonoMs }] of turn.state.lockouts) {
    if (untilMonoMs === undefined || untilMonoMs > turn.at.monoMs) continue;
    const lockouts = new Map(turn.state.lockouts);
    lockouts.delete(key);
    turn.state = { ...turn.state, lockouts };
    addFact(turn, `lockout/${key}`, null);
  }
}

/** May this reader's noise have a row of its own? If not it is counted, and `endFloods` writes the sum. */
export function mayWriteNoise(turn: Turn, reader: ReaderId): boolean {
  const flood = turn.state.floods.get(reader) ?? newFlood(turn.at);
  const full = flood.rows >= FLOOD_ROWS_MAX;
  const next = full ? { ...flood, suppressed: flood.suppressed + 1 } : { ...flood, rows: flood.rows + 1 };
  turn.state = { ...turn.state, floods: new Map(turn.state.floods).set(reader, next) };
  return !full;
}

function newFlood(at: Instant): Flood {
  return { sinceMonoMs: at.monoMs, rows: 0, suppressed: 0 };
}

/** Seconds that are over: what was not written one by one gets its one row. */
export function endFloods(turn: Turn): void {
  for (const [reader, flood] of turn.state.floods) {
    if (turn.at.monoMs < floodEndMs(flood)) continue;
    const floods = new Map(turn.state.floods);
    floods.delete(reader);
    turn.state = { ...turn.state, floods };
    if (flood.suppressed === 0) continue;
    addRow(turn, { kind: 'unreadable', reader, detail: { fault: 'flood', suppressed: flood.suppressed } });
  }
}

export function floodEndMs(flood: Flood): number {
  return flood.sinceMonoMs + FLOOD_MS;
}
