/**
 * What a violation, or the alarm of a door, sets going: outputs pulsed, readers alarmed, doors locked, addresses
 * called. Lives until its end, its stop rule or the end of the alarm, and outlives a restart (`keptActions`).
 */

import { levelOf } from './actionLevel.js';
import { type ActionList, actionsIn, labelOf, zoneOf } from './actionList.js';
import { setFlag } from './lock.js';
import type { DoorId, ReaderId } from './model.js';
import { isWanted } from './sharedOutputs.js';
import type { RunningAction } from './state.js';
import type { Turn } from './turn.js';
import { addRow, switchOutput } from './turn.js';
import { releaseAllAlarms } from './zoneAlarm.js';

/** What the list holds starts, what gives way to it anew; what runs otherwise goes on. `door`, `who`: of what happened. */
export function startActions(
  turn: Turn,
  list: ActionList,
  door: DoorId,
  who: RunningAction['who'] = {},
): void {
  stop(turn, (one) => one.list === list && one.action.stop === 'next-action');
  const running = new Set(turn.state.running.filter((one) => one.list === list).map(({ index }) => index));
  const started = [...actionsIn(turn.site, list).entries()]
    .filter(([index]) => !running.has(index))
    .map(([index, action]): RunningAction => {
      const { monoMs: startedMonoMs } = turn.at;
      return { list, index, action, door, who, startedMonoMs, active: false, noted: false };
    });
  if (started.length === 0) return;
  turn.state = { ...turn.state, running: [...turn.state.running, ...started] };
  settleActions(turn);
}

/** The door closed: what should run no longer than it stood open ends. */
export function stopAtClosing(turn: Turn, door: DoorId): void {
  stop(turn, (one) => one.action.stop === 'door-closed' && one.door === door);
}

/** The alarm was released, or what the list belongs to is gone. */
export function stopActions(turn: Turn, list: ActionList): void {
  stop(turn, (one) => one.list === list);
}

/** What no list asks for any more ends: another action stands in its place, or none. */
export function stopGone(turn: Turn): void {
  stop(turn, ({ list, index, action }) => {
    const now = actionsIn(turn.site, list)[index];
    return now === undefined || labelOf(now) !== labelOf(action);
  });
}

function stop(turn: Turn, which: (one: RunningAction) => boolean): void {
  const ending = turn.state.running.filter(which);
  if (ending.length === 0) return;
  turn.state = { ...turn.state, running: turn.state.running.filter((one) => !ending.includes(one)) };
  for (const one of ending) {
    if (one.active) end(turn, one);
  }
}

/** Brings every running action in line with the time. */
export function settleActions(turn: Turn): void {
  for (const one of turn.state.running) {
    // One that releases the alarm ends others of this list.
    if (!turn.state.running.includes(one)) continue;
    const { active, over } = levelOf(one.action, turn.at.monoMs - one.startedMonoMs);
    replace(turn, one, over ? undefined : { ...one, active, noted: one.noted || active });
    if (active === one.active) continue;
    if (active) begin(turn, one);
    else end(turn, one);
  }
}

function replace(turn: Turn, one: RunningAction, by: RunningAction | undefined): void {
  if (by !== undefined && by.active === one.active) return;
  const running = turn.state.running.flatMap((other) =>
    other !== one ? [other] : by === undefined ? [] : [by],
  );
  turn.state = { ...turn.state, running };
}

/** When the next action changes, monotonic ms. */
export function actionsWakeMs(running: readonly RunningAction[], nowMonoMs: number): number | undefined {
  const times = running.flatMap(({ action, startedMonoMs }) => {
    const { nextMs } = levelOf(action, nowMonoMs - startedMonoMs);
    return nextMs === undefined ? [] : [startedMonoMs + nextMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The readers that actions alarm now. */
export function alarmedReaders(running: readonly RunningAction[]): readonly ReaderId[] {
  return running.flatMap(({ action, active }) =>
    active && (action.kind === 'led' || action.kind === 'buzzer') ? [action.reader] : [],
  );
}

/** A row the first time only: an output that pulses for ever must not fill the log. */
function begin(turn: Turn, { list, index, action, door, who, noted }: RunningAction): void {
  if (!noted) {
    const detail = { action: index, does: action.kind };
    const zone = zoneOf(list);
    const alarm = list.endsWith('/forced') ? 'forced' : 'held';
    if (zone !== undefined) addRow(turn, { ...who, kind: 'zone-action', zone, door, detail });
    else addRow(turn, { kind: 'door-action', door, detail: { ...detail, alarm } });
  }
  switch (action.kind) {
    case 'output':
      switchOutput(turn, action.output, true);
      return;
    case 'lock-door':
    case 'unlock-door':
      setFlag(turn, action.door, 'operator', action.kind === 'lock-door' ? 'locked' : 'unlocked');
      return;
    case 'release-alarm':
      releaseAllAlarms(turn);
      return;
    // A reader shows what `alarmedReaders` says; an address is called by whoever reads the row.
    default:
  }
}

/** Off, unless another alarm wants the same. */
function end(turn: Turn, { action }: RunningAction): void {
  if (action.kind === 'output') {
    if (!isWanted(turn.state, action.output)) switchOutput(turn, action.output, false);
    return;
  }
  if (action.kind !== 'lock-door' && action.kind !== 'unlock-door') return;
  const label = labelOf(action);
  const others = turn.state.running.some((one) => one.active && labelOf(one.action) === label);
  if (!others) setFlag(turn, action.door, 'operator', undefined);
}
