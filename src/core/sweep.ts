/**
 * Forgetting many at once without keeping a swipe waiting: the records after it are made ready in slices between other
 * events, follow every passage meanwhile, and take the place of those before in one step, with one commit.
 */

import type { Sweep, SweepPart, ZoneRecords } from './state.js';
import { trieEntriesAt, trieGet, triePlaces } from './trie.js';
import { addAnswer, addFact, addRow, answerWhenDurable, type Turn } from './turn.js';
import { hasMark, noRecords, put, recordsOf, swept, withRecords } from './zoneRecords.js';

/**
 * Records changed in one step at most; more are changed in slices of as many. Each is far from the last one in memory:
 * 500 of a list were a step of 3.5 to 9 ms, which whoever presents a card waits for.
 */
export const SLICE_RECORDS = 100;
/** Between two slices: time for whoever stands at a door. */
const PAUSE_MS = 2;

export function beginSweep(turn: Turn, sweep: Sweep): void {
  const sweeps = [...turn.state.sweeps, sweep];
  turn.state = { ...turn.state, sweeps, sweepMonoMs: turn.state.sweepMonoMs ?? turn.at.monoMs + PAUSE_MS };
}

/** A part of a sweep of which nothing is made yet. */
export function sweepPart(part: Pick<SweepPart, 'zone' | 'change' | 'row' | 'mark'>): SweepPart {
  const { change } = part;
  return { ...part, listed: new Set('users' in change ? change.users : []), made: 0, met: 0 };
}

/** The next slice, if its time has come; after the last one the records change. */
export function workSweeps(turn: Turn): void {
  const { sweeps, sweepMonoMs } = turn.state;
  const [sweep, ...later] = sweeps;
  if (sweep === undefined || sweepMonoMs === undefined || sweepMonoMs > turn.at.monoMs) return;
  const made = slice(turn, sweep);
  const ready = made.parts.every(isReady);
  const left = ready ? later : [made, ...later];
  const { sweepMonoMs: _, ...rest } = turn.state;
  const next = left.length === 0 ? {} : { sweepMonoMs: turn.at.monoMs + PAUSE_MS };
  turn.state = { ...rest, sweeps: left, ...next };
  if (ready) finish(turn, made);
}

function isReady({ change, ready, made }: SweepPart): boolean {
  return ready !== undefined && made >= ('users' in change ? change.users.length : triePlaces);
}

function slice(turn: Turn, sweep: Sweep): Sweep {
  let left = SLICE_RECORDS;
  const parts = sweep.parts.map((part) => {
    if (isReady(part) || (left <= 0 && part.change.kind !== 'forget-zone')) return part;
    const { part: further, seen } = advance(recordsOf(turn.state, part.zone), part, left);
    left -= seen;
    return further;
  });
  return { ...sweep, parts };
}

/** As far as so many records lead. */
function advance(
  records: ZoneRecords,
  part: SweepPart,
  most: number,
): { readonly part: SweepPart; readonly seen: number } {
  const { change } = part;
  if (change.kind === 'forget-zone')
    return { part: { ...part, ready: noRecords, made: triePlaces }, seen: 0 };
  let { ready = records, made, met } = part;
  let seen = 0;
  if ('users' in change) {
    for (const user of change.users.slice(made, made + most)) {
      ready = put(ready, user, swept(part, user, trieGet(records, user)));
      seen += 1;
    }
    return { part: { ...part, ready, made: made + seen }, seen };
  }
  for (; made < triePlaces && seen < most; made += 1) {
    for (const [user, record] of trieEntriesAt(records, made)) {
      seen += 1;
      const after = swept(part, user, record);
      if (after === record) continue;
      ready = put(ready, user, after);
      if (!hasMark(record, 'cleared')) met += 1;
    }
  }
  return { part: { ...part, ready, made, met }, seen };
}

/** All zones that are still there change in this step. */
function finish(turn: Turn, { parts, request, needsStorage }: Sweep): void {
  const standing = parts.filter(({ zone }) => turn.site.zones.has(zone));
  if (needsStorage && turn.state.storage === 'failed') {
    const reason = 'storage-failed';
    for (const { row } of standing) addRow(turn, { ...row, reason });
    addAnswer(turn, request, { kind: 'denied', reason });
    return;
  }
  const counts = standing.map((part) => finishPart(turn, part));
  const count = counts.reduce((sum, one) => sum + one, 0);
  // Of zones that are all gone there is no row, and so no commit to wait for.
  if (standing.length === 0) addAnswer(turn, request, { kind: 'forgotten', count });
  else answerWhenDurable(turn, request, { kind: 'forgotten', count });
}

function finishPart(turn: Turn, { zone, change, row, mark, ready = noRecords, met }: SweepPart): number {
  const before = recordsOf(turn.state, zone);
  turn.state = withRecords(turn.state, zone, ready);
  const forgotten =
    change.kind === 'set-all' ? met : before.size - before.cleared - ready.size + ready.cleared;
  if (mark !== undefined && turn.state.resets.get(zone)?.[mark.of] !== undefined)
    addFact(turn, mark.key, mark.value);
  addRow(turn, { ...row, detail: { ...row.detail, forgotten }, records: [change] });
  return forgotten;
}
