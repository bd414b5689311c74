/**
 * What a violation sets going: outputs pulsed, readers alarmed, doors locked, addresses called. Lives until its end,
 * its stop rule or the release of the zone's alarm; a restart ends it, the alarm itself stays.
 */
import { setFlag } from './lock.js';
import type { DoorId, ReaderPattern, Signal, Zone, ZoneAction, ZoneId } from './model.js';
import type { RunningAction } from './state.js';
import type { Turn } from './turn.js';
import { addRow, switchOutput } from './turn.js';
import { releaseAllAlarms } from './zoneAlarm.js';

/** An action at one moment: is it on, when does that change next (ms after its start), is it over? */
interface Level {
  readonly active: boolean;
  readonly nextMs?: number;
  readonly over: boolean;
}

/** A violation in the zone: its actions start, those that give way to it anew; what runs otherwise goes on. */
export function startActions(turn: Turn, zone: Zone, door: DoorId): void {
  stop(turn, (one) => one.zone === zone.id && one.action.stop === 'next-action');
  const running = new Set(turn.state.running.filter((one) => one.zone === zone.id).map(({ index }) => index));
  const started = [...(zone.actions ?? []).entries()]
    .filter(([index]) => !running.has(index))
    .map(([index, action]): RunningAction => {
      return { zone: zone.id, index, action, door, startedMonoMs: turn.at.monoMs, active: false };
    });
  if (started.length === 0) return;
  turn.state = { ...turn.state, running: [...turn.state.running, ...started] };
  settleActions(turn);
}

/** The door closed: what should run no longer than it stood open ends. */
export function stopAtClosing(turn: Turn, door: DoorId): void {
  stop(turn, (one) => one.action.stop === 'door-closed' && one.door === door);
}

/** The zone's alarm was released, or the zone is gone. */
export function stopActions(turn: Turn, zone: ZoneId): void {
  stop(turn, (one) => one.zone === zone);
}

function stop(turn: Turn, which: (one: RunningAction) => boolean): void {
  const ending = turn.state.running.filter(which);
  if (ending.length === 0) return;
  turn.state = { ...turn.state, running: turn.state.running.filter((one) => !ending.includes(one)) };
  for (const one of ending) {
    if (one.active) perform(turn, one, false);
  }
}

/** Brings every running action in line with the time. */
export function settleActions(turn: Turn): void {
  for (const one of turn.state.running) {
    // One that releases the alarm ends others of this list.
    if (!turn.state.running.includes(one)) continue;
    const { active, over } = levelOf(one.action, turn.at.monoMs - one.startedMonoMs);
    replace(turn, one, over ? undefined : { ...one, active });
    if (active !== one.active) perform(turn, one, active);
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

/** Does an action alarm this reader now? */
export function alarmsReader(running: readonly RunningAction[], reader: string): boolean {
  return running.some(
    ({ action, active }) =>
      active && (action.kind === 'led' || action.kind === 'buzzer') && action.reader === reader,
  );
}

function perform(turn: Turn, { zone, index, action, door }: RunningAction, active: boolean): void {
  if (active) addRow(turn, { kind: 'zone-action', zone, door, detail: { action: index, does: action.kind } });
  switch (action.kind) {
    case 'output':
      switchOutput(turn, action.output, active);
      return;
    case 'lock-door':
    case 'unlock-door': {
      const flag = action.kind === 'lock-door' ? 'locked' : 'unlocked';
      setFlag(turn, action.door, 'operator', active ? flag : undefined);
      return;
    }
    case 'release-alarm':
      if (active) releaseAllAlarms(turn);
      return;
    // A reader shows what `alarmsReader` says; an address is called by whoever reads the row.
    default:
  }
}

function levelOf(action: ZoneAction, sinceMs: number): Level {
  const atMs = sinceMs - action.delayMs;
  if (atMs < 0) return { active: false, nextMs: action.delayMs, over: false };
  const level = startedLevel(action, atMs);
  return level.nextMs === undefined ? level : { ...level, nextMs: level.nextMs + action.delayMs };
}

function startedLevel(action: ZoneAction, atMs: number): Level {
  switch (action.kind) {
    case 'output':
      return cycleLevel(
        action.signal.count,
        phasesOf(action.signal),
        atMs - action.signal.delayMs,
        action.signal.delayMs,
      );
    case 'led':
      return cycleLevel(
        action.pattern.count,
        stepsOf(action.pattern, ({ color }) => color !== 'off'),
        atMs,
        0,
      );
    case 'buzzer':
      return cycleLevel(
        action.pattern.count,
        stepsOf(action.pattern, ({ tone }) => tone !== 'off'),
        atMs,
        0,
      );
    // Stand until they are stopped.
    case 'lock-door':
    case 'unlock-door':
      return { active: true, over: false };
    case 'release-alarm':
    case 'url':
      return { active: true, over: true };
  }
}

interface Phase {
  readonly active: boolean;
  readonly ms: number;
}

function phasesOf({ onMs, offMs }: Signal): readonly Phase[] {
  return [
    { active: true, ms: onMs },
    { active: false, ms: offMs },
  ];
}

function stepsOf<Step>({ steps }: ReaderPattern<Step>, isOn: (step: Step) => boolean): readonly Phase[] {
  return steps.flatMap((step) => [
    { active: false, ms: step.delayMs },
    { active: isOn(step), ms: step.durationMs },
  ]);
}

/** Where a repeated pattern stands. `offsetMs` is added to the times it gives. */
function cycleLevel(count: number, phases: readonly Phase[], atMs: number, offsetMs: number): Level {
  if (atMs < 0) return { active: false, nextMs: offsetMs, over: false };
  const cycleMs = phases.reduce((sum, { ms }) => sum + ms, 0);
  if (cycleMs === 0 || (count > 0 && atMs >= count * cycleMs)) return { active: false, over: true };
  let endMs = atMs - (atMs % cycleMs);
  const phase = phases.find(({ ms }) => {
    endMs += ms;
    return atMs < endMs;
  });
  return { active: phase?.active === true, nextMs: endMs + offsetMs, over: false };
}
