/** One door's lock: what stands, what pulses, and the one place that moves its relay. */
import type { UnlockCause } from './effects.js';
import type { Door, DoorId } from './model.js';
import type { DoorState, FlagLevel, FlagValue, State } from './state.js';
import type { Turn } from './turn.js';
import { addFact, addRow, moveRelay, setDoor } from './turn.js';

/** Highest first (Suprema door flags: EMERGENCY > OPERATOR > SCHEDULED). */
const levels: readonly FlagLevel[] = ['emergency', 'operator', 'schedule'];

export function newDoorState(door: Door): DoorState {
  return {
    leaf: door.hasContact ? 'unknown' : 'none',
    flags: {},
    rexActive: false,
    unlocked: false,
    alarm: 'none',
    extendedOpen: false,
    waiting: [],
  };
}

/** What the highest standing command says; undefined = the door is on its own. */
export function topFlag(state: DoorState): FlagValue | undefined {
  const level = levels.find((name) => state.flags[name] !== undefined);
  return level === undefined ? undefined : state.flags[level];
}

/** Is the door meant to stay unlocked, without a pulse? */
export function standsUnlocked(door: Door, state: DoorState, fire: State['fire']): boolean {
  return (fire !== 'off' && door.unlockOnFire) || topFlag(state) === 'unlocked';
}

/**
 * Should the lock be open now? Fire before everything; a standing lock stops grants (they are refused) but no
 * request to exit and no release: nobody is stranded.
 */
function wantsUnlocked(door: Door, state: DoorState, fire: State['fire'], monoMs: number): boolean {
  if (standsUnlocked(door, state, fire)) return true;
  if (state.rexActive || (state.rexUntilMonoMs ?? 0) > monoMs) return true;
  if ((state.pulseUntilMonoMs ?? 0) > monoMs) return true;
  const waits = door.locksWhenClosed === true && state.leaf === 'open' && topFlag(state) !== 'locked';
  return waits && state.unlocked;
}

/** What keeps the lock open beside a pulse: a start or a late disk unlocks by another event than its cause. */
function causeOf(door: Door, state: DoorState, turn: Turn): UnlockCause | undefined {
  if (turn.state.fire !== 'off' && door.unlockOnFire) return 'fire';
  if (topFlag(state) === 'unlocked') return levels.find((level) => state.flags[level] !== undefined);
  return state.rexActive || (state.rexUntilMonoMs ?? 0) > turn.at.monoMs ? 'rex' : undefined;
}

/**
 * Brings every relay and every held-open deadline in line with the state, which was `before` when the step began. The
 * one place that moves relays.
 */
export function settleDoors(turn: Turn, pulsedBy: 'grant' | 'release', before: State): void {
  for (const door of turn.site.doors.values()) {
    const scheduled = before.doors.get(door.id)?.flags.schedule !== undefined;
    settleDoor(turn, door, pulsedBy, scheduled);
  }
}

function settleDoor(turn: Turn, door: Door, pulsedBy: 'grant' | 'release', scheduled: boolean): void {
  const state = turn.state.doors.get(door.id);
  if (state === undefined) return;
  const cause = causeOf(door, state, turn) ?? pulsedBy;
  const unlocked = wantsUnlocked(door, state, turn.state.fire, turn.at.monoMs);
  if (unlocked !== state.unlocked) {
    moveRelay(turn, door.id, unlocked, cause);
    const ended = scheduled && state.flags.schedule === undefined ? { detail: { cause: 'schedule' } } : {};
    addRow(
      turn,
      unlocked
        ? { kind: 'unlocked', door: door.id, detail: { cause } }
        : { kind: 'locked', door: door.id, ...ended },
    );
    // Locked again and never opened: whoever needed longer did not come.
    const extendedOpen = state.extendedOpen && (unlocked || state.leaf === 'open');
    setDoor(turn, door.id, (before) => ({ ...before, unlocked, extendedOpen }));
  }
  setDoor(turn, door.id, (before) => withHeldDeadline(turn, door, before));
}

/** An open door is timed unless it is meant to be open or is in alarm already. */
function withHeldDeadline(turn: Turn, door: Door, state: DoorState): DoorState {
  const timed =
    state.leaf === 'open' && state.alarm === 'none' && !standsUnlocked(door, state, turn.state.fire);
  if (timed === (state.heldAtMonoMs !== undefined)) return state;
  const { heldAtMonoMs: _, ...untimed } = state;
  if (!timed) return untimed;
  const allowedMs = state.extendedOpen ? door.extendedHeldOpenMs : door.heldOpenMs;
  return { ...untimed, heldAtMonoMs: turn.at.monoMs + allowedMs };
}

/** For all there is of time, and still a number: a hundred years. */
const ENDLESS_MS = 100 * 365 * 86_400_000;

/** How long a grant or a release keeps the lock open. */
export function unlockMsOf(door: Door, extended: boolean): number {
  if (door.autoLockOff === true) return ENDLESS_MS;
  return extended ? door.extendedUnlockMs : door.unlockMs;
}

/** A pulse of the lock, counted from the latest cause, never added up. */
export function pulse(turn: Turn, door: DoorId, ms: number): void {
  setDoor(turn, door, (state) => ({
    ...state,
    pulseUntilMonoMs: Math.max(state.pulseUntilMonoMs ?? 0, turn.at.monoMs + ms),
  }));
}

/** Sets or clears a standing command; an operator's is durable, a schedule's follows from the clock. */
export function setFlag(turn: Turn, door: DoorId, level: FlagLevel, value: FlagValue | undefined): void {
  setDoor(turn, door, (state) => {
    const { [level]: _, ...flags } = state.flags;
    return { ...state, flags: value === undefined ? flags : { ...flags, [level]: value } };
  });
  if (level !== 'schedule') addFact(turn, `door/${door}/${level}`, value ?? null);
}
