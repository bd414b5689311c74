/** Readers that send more rubbish than a good one ever does: bad wiring, a bad supply, or somebody guessing. */
import type { ReaderId } from './model.js';
import type { Unreadables } from './state.js';
import type { Turn } from './turn.js';
import { addRow } from './turn.js';

/** Unreadable frames within a minute that raise the alarm (reliability, section 1). */
const UNREADABLE_MAX = 10;
const WITHIN_MS = 60_000;

/** Counts an unreadable frame; the tenth within a minute raises the reader's alarm. */
export function countUnreadable(turn: Turn, reader: ReaderId): void {
  const before = turn.state.unreadables.get(reader) ?? { atMonoMs: [], alarmed: false };
  const now = turn.at.monoMs;
  const recent = before.atMonoMs.filter((at) => at > now - WITHIN_MS);
  const atMonoMs = [...recent, now].slice(-UNREADABLE_MAX);
  const alarmed = before.alarmed || atMonoMs.length === UNREADABLE_MAX;
  put(turn, reader, { atMonoMs, alarmed });
  if (alarmed === before.alarmed) return;
  const detail = { unreadable: UNREADABLE_MAX, withinMs: WITHIN_MS };
  addRow(turn, { kind: 'reader-unreadable-on', reader, detail });
}

/** A minute without any ends it. */
export function endReaderAlarms(turn: Turn): void {
  for (const [reader, found] of turn.state.unreadables) {
    if (quietAtMs(found) > turn.at.monoMs) continue;
    put(turn, reader, undefined);
    if (found.alarmed) addRow(turn, { kind: 'reader-unreadable-off', reader });
  }
}

/** When nothing unreadable will have come for a minute. */
export function quietAtMs({ atMonoMs }: Unreadables): number {
  return (atMonoMs.at(-1) ?? 0) + WITHIN_MS;
}

function put(turn: Turn, reader: ReaderId, value: Unreadables | undefined): void {
  const unreadables = new Map(turn.state.unreadables);
  if (value === undefined) unreadables.delete(reader);
  else unreadables.set(reader, value);
  turn.state = { ...turn.state, unreadables };
}
