/**
 * Running actions over a restart: what stands until its alarm is released stands again, a signal of some pulses
 * sounds on for the rest of its time and never late, and what is done once is done if it was not.
 */
import { type ActionList, actionsIn, labelOf } from './actionList.js';
import type { Json } from './log.js';
import type { BootId, Instant, Site, ZoneAction } from './model.js';
import type { RunningAction, State, Stored } from './state.js';
import type { Turn } from './turn.js';
import { addFact } from './turn.js';

/** One action of a list as the disk keeps it. */
interface Kept {
  readonly index: number;
  readonly does: string;
  readonly door: string;
  readonly who: RunningAction['who'];
  readonly boot: BootId;
  readonly startedMonoMs: number;
  readonly noted: boolean;
}

/** At the end of a step: each list whose running actions are others than before is written. */
export function keepRunning(turn: Turn, before: State): void {
  const { running } = turn.state;
  if (running === before.running) return;
  for (const list of new Set([...before.running, ...running].map((one) => one.list))) {
    const now = keptOf(running, list, turn.state.boot);
    if (JSON.stringify(now) === JSON.stringify(keptOf(before.running, list, turn.state.boot))) continue;
    addFact(turn, `${list}/running`, now.length === 0 ? null : now);
  }
}

function keptOf(running: State['running'], list: ActionList, boot: BootId): readonly (Kept & Json)[] {
  return running
    .filter((one) => one.list === list)
    .map(({ index, action, door, who, startedMonoMs, noted }) => {
      return { index, does: labelOf(action), door, who, boot, startedMonoMs, noted };
    });
}

/** What a start finds. What is configured no more is there as well, for the first step to end. */
export function runningOf(site: Site, stored: Stored, at: Instant): readonly RunningAction[] {
  return [...stored.facts].flatMap(([key, value]) => {
    const list = /^(zone\/\d{1,10}|door\/[^/]+\/(?:forced|held))\/running$/.exec(key)?.[1];
    if (list === undefined || !Array.isArray(value)) return [];
    return value.flatMap((one: Json) => {
      const kept = keptFrom(one);
      return kept === undefined ? [] : [restored(site, list as ActionList, kept, stored.boot, at)];
    });
  });
}

function keptFrom(value: Json): Kept | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const fact = value as { readonly [key: string]: Json };
  const { index, does, door, boot, startedMonoMs, noted } = fact;
  if (typeof index !== 'number' || typeof does !== 'string' || typeof door !== 'string') return undefined;
  if (typeof boot !== 'string' || typeof startedMonoMs !== 'number') return undefined;
  return { index, does, door, who: whoFrom(fact), boot, startedMonoMs, noted: noted === true };
}

function whoFrom({ who }: { readonly [key: string]: Json }): RunningAction['who'] {
  const given = typeof who === 'object' && who !== null ? Object.entries(who) : [];
  const known = given.filter(([name, of]) => whoNames.has(name) && typeof of === 'string');
  return Object.fromEntries(known);
}

const whoNames = new Set(['reader', 'user', 'userName']);

/** Times of another boot cannot be compared: what has no end of its own begins anew, its delay is over. */
function restored(site: Site, list: ActionList, kept: Kept, boot: BootId, at: Instant): RunningAction {
  const { index, door, who, noted } = kept;
  const found = actionsIn(site, list)[index];
  const wanted = found !== undefined && labelOf(found) === kept.does ? found : undefined;
  const sameBoot = kept.boot === boot;
  const action = wanted === undefined ? goneAction(kept.does) : sameBoot || !hasEnd(wanted) ? wanted : over;
  const startedMonoMs = sameBoot ? kept.startedMonoMs : at.monoMs - action.delayMs;
  // A command to a door stands on the disk by itself; outputs and readers begin a run released.
  const active = noted && (action.kind === 'lock-door' || action.kind === 'unlock-door');
  return { list, index, action, door, who, startedMonoMs, active, noted };
}

function hasEnd(action: ZoneAction): boolean {
  if (action.kind === 'output') return action.signal.count > 0;
  return (action.kind === 'led' || action.kind === 'buzzer') && action.pattern.count > 0;
}

/** Does nothing, and is over. */
const over: ZoneAction = {
  ...{ kind: 'led', reader: '', pattern: { count: 1, steps: [] } },
  ...{ delayMs: 0, stop: 'never' },
};

/** Of what nobody wants any more only a command to a door is left to be taken back. */
function goneAction(does: string): ZoneAction {
  const [, kind, door] = /^(lock-door|unlock-door) (.+)$/.exec(does) ?? [];
  if (kind === undefined || door === undefined) return over;
  return { kind: kind === 'lock-door' ? 'lock-door' : 'unlock-door', door, delayMs: 0, stop: 'never' };
}
