import { isTrusted } from './antipassback.js';
import { endAtClosing, raiseDoorAlarm } from './doorAlarm.js';
import { noteBrokenInterlock } from './interlock.js';
import { setFlag } from './lock.js';
import type { Actor, Door, DoorId } from './model.js';
import { lapseAll, lapsePassages, takeWaiting } from './passage.js';
import { isActive, nextChangeMs } from './schedule.js';
import type { DoorState } from './state.js';
import type { Turn } from './turn.js';
import { addFact, addRow, answerWhenDurable, setDoor } from './turn.js';
import { stopAtClosing } from './zoneActions.js';

/** The leaf moved, or its first report after the start. */
export function contactChanged(turn: Turn, door: DoorId, open: boolean): void {
  const state = turn.state.doors.get(door);
  if (state === undefined || state.leaf === 'none' || state.leaf === (open ? 'open' : 'closed')) return;
  if (open) leafOpened(turn, door, state);
  else leafClosed(turn, door, state);
}

function leafOpened(turn: Turn, door: DoorId, before: DoorState): void {
  const atStart = before.leaf === 'unknown';
  const forced = !atStart && !before.unlocked;
  setDoor(turn, door, (state) => ({ ...state, leaf: 'open' }));
  if (forced) {
    raiseDoorAlarm(turn, door, 'forced');
    noteBlind(turn, door, 'forced');
  }
  if (!forced) addRow(turn, { kind: 'door-opened', door, ...(atStart ? { detail: { atStart } } : {}) });
  // Found open at the start: what is over by then does not count (case C6).
  if (atStart) lapsePassages(turn);
  noteBrokenInterlock(turn, door);
  takeWaiting(turn, door);
}

function leafClosed(turn: Turn, door: DoorId, before: DoorState): void {
  // Found closed and locked at the start: nobody passes any more on a grant from before it (case C6).
  if (before.leaf === 'unknown' && !before.unlocked) lapseAll(turn, door);
  if (before.leaf === 'open') {
    addRow(turn, { kind: 'door-closed', door });
    stopAtClosing(turn, door);
  }
  endAtClosing(turn, door);
  const relock = before.leaf === 'open' && turn.site.doors.get(door)?.relockOnClose === true;
  setDoor(turn, door, (state) => {
    const { pulseUntilMonoMs, heldAtMonoMs: _, ...rest } = state;
    const kept = relock || pulseUntilMonoMs === undefined ? rest : { ...rest, pulseUntilMonoMs };
    return { ...kept, leaf: 'closed', extendedOpen: false };
  });
}

/** A request to exit: opens whatever else stands, moves nobody, and says where that leaves anti-passback blind. */
export function rexChanged(turn: Turn, door: Door, active: boolean): void {
  const before = turn.state.doors.get(door.id);
  if (before === undefined || before.rexActive === active) return;
  setDoor(turn, door.id, (state) => ({ ...state, rexActive: active }));
  if (!active) return;
  setDoor(turn, door.id, (state) => ({ ...state, rexUntilMonoMs: turn.at.monoMs + door.rexUnlockMs }));
  addRow(turn, { kind: 'rex', door: door.id });
  noteBlind(turn, door.id, 'rex');
}

/** Somebody may pass unrecorded: a row for each enabled zone with a reader at this door. */
export function noteBlind(turn: Turn, door: DoorId, cause: string): void {
  const zones = new Set(
    (turn.site.readersOfDoor.get(door) ?? [])
      .flatMap((reader) => turn.site.zonesOfReader.get(reader.id) ?? [])
      .filter(({ zone }) => !zone.disabled)
      .map(({ zone }) => zone.id),
  );
  for (const zone of zones) addRow(turn, { kind: 'passback-blind', door, zone, detail: { cause } });
}

/** Fire opens its doors at once and keeps them open until somebody resets by hand (NFPA 72). */
export function fireChanged(turn: Turn, active: boolean): void {
  const before = turn.state.fire;
  if (active === (before === 'active')) return;
  addRow(turn, { kind: active ? 'fire-on' : 'fire-off' });
  turn.state = { ...turn.state, fire: active ? 'active' : 'latched' };
  if (before === 'off') addFact(turn, 'fire', 'latched');
}

/** By hand, and only when the input is quiet again. */
export function resetFire(turn: Turn, by: Actor, request: string | undefined): void {
  if (turn.state.fire === 'active') {
    addRow(turn, { kind: 'fire-reset', by, reason: 'fire-active' });
    answerWhenDurable(turn, request, { kind: 'denied', reason: 'fire-active' });
    return;
  }
  if (turn.state.fire === 'latched') {
    turn.state = { ...turn.state, fire: 'off' };
    addFact(turn, 'fire', null);
  }
  addRow(turn, { kind: 'fire-reset', by });
  answerWhenDurable(turn, request, { kind: 'done' });
}

/** Open longer than allowed. */
export function checkHeld(turn: Turn): void {
  for (const [door, state] of turn.state.doors) {
    if (state.heldAtMonoMs === undefined || turn.at.monoMs < state.heldAtMonoMs) continue;
    raiseDoorAlarm(turn, door, 'held');
  }
}

/** Hold-open schedules; an untrusted clock opens nothing. Sets when to look again. */
export function applySchedules(turn: Turn): void {
  const { wallMs } = turn.at;
  let next: number | undefined;
  for (const door of turn.site.doors.values()) {
    const schedule = door.holdOpenSchedule;
    const open = schedule !== undefined && isTrusted(turn.at) && isActive(turn.site, schedule, wallMs);
    const standing = turn.state.doors.get(door.id)?.flags.schedule;
    if (open !== (standing === 'unlocked')) setFlag(turn, door.id, 'schedule', open ? 'unlocked' : undefined);
    const change = schedule === undefined ? undefined : nextChangeMs(turn.site, schedule, wallMs);
    if (change !== undefined) next = Math.min(next ?? change, change);
  }
  const { scheduleWallMs: _, ...rest } = turn.state;
  turn.state = next === undefined ? rest : { ...rest, scheduleWallMs: next };
}
