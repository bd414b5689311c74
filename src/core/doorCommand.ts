/**
 * An operator's commands, at one door or at several as one (Suprema Door.Lock, Unlock, Release). What would fail at one
 * of several doors is done at none.
 */
import type { DenyReason } from './decision.js';
import { noteBlind } from './door.js';
import type { DoorCommand, DoorCommands } from './events.js';
import { interlockedBy } from './interlock.js';
import { pulse, setFlag, unlockMsOf } from './lock.js';
import type { Door, DoorId } from './model.js';
import { lapseAll } from './passage.js';
import { showGrantedAtDoor } from './signals.js';
import type { FlagValue } from './state.js';
import { setTimer } from './timedCommand.js';
import type { Turn } from './turn.js';
import { addAnswer, addRow, answerWhenDurable, setDoor } from './turn.js';

/** `release` never waits for the disk; the others answer when they are durable. */
export function commandDoor(turn: Turn, command: DoorCommand): void {
  const door = turn.site.doors.get(command.door);
  const refusal = refusalOf(turn, command, []);
  if (refusal !== undefined || door === undefined) {
    refuse(turn, command, refusal ?? 'unknown-door');
    return;
  }
  if (command.command === 'release') {
    release(turn, door, command);
    return;
  }
  setStanding(turn, { ...command, command: command.command });
  answerWhenDurable(turn, command.request, { kind: 'done' });
}

/** All or none, in one step and with one commit; the row and the answer of a refusal name the door. */
export function commandDoors(turn: Turn, { kind: _, doors, ...common }: DoorCommands): void {
  const each = [...new Set(doors)];
  for (const door of each) {
    const refusal = refusalOf(turn, { ...common, door }, each);
    if (refusal === undefined) continue;
    refuse(turn, { ...common, door }, refusal, each);
    return;
  }
  for (const door of each) setStanding(turn, { ...common, door });
  // What writes nothing has no commit to wait for.
  if (each.length === 0) addAnswer(turn, common.request, { kind: 'done' });
  else answerWhenDurable(turn, common.request, { kind: 'done' });
}

type AtDoor = Omit<DoorCommand, 'kind'>;
type Standing = Omit<DoorCommands, 'kind' | 'doors'> & { readonly door: DoorId };

function release(turn: Turn, door: Door, { by, request }: AtDoor): void {
  const { id } = door;
  const unlockMs = unlockMsOf(door, false);
  pulse(turn, id, unlockMs);
  showGrantedAtDoor(turn, id, unlockMs);
  addRow(turn, { kind: 'door-released', door: id, by });
  noteBlind(turn, id, 'release');
  addAnswer(turn, request, { kind: 'released', door: id });
}

function setStanding(turn: Turn, { door, command, level, forMs, by }: Standing): void {
  setFlag(turn, door, level, flagOf(command));
  if (level === 'operator') setTimer(turn, door, command === 'normal' ? undefined : forMs);
  if (command === 'lock') endPulse(turn, door);
  addRow(turn, { kind: 'door-command', door, by, detail: { command, level } });
}

function refuse(
  turn: Turn,
  { door, command, level, by, request }: AtDoor,
  reason: DenyReason,
  doors?: readonly DoorId[],
): void {
  const several = doors !== undefined;
  const detail = { command, level, ...(several ? { doors } : {}) };
  addRow(turn, { kind: 'door-command', door, by, reason, detail });
  answerWhenDurable(turn, request, { kind: 'denied', reason, ...(several ? { door } : {}) });
}

function flagOf(command: Standing['command']): FlagValue | undefined {
  if (command === 'normal') return undefined;
  return command === 'lock' ? 'locked' : 'unlocked';
}

/** A command against a higher standing one of the opposite sense fails; `together`: all doors of the command. */
function refusalOf(
  turn: Turn,
  { door, command, level }: AtDoor,
  together: readonly DoorId[],
): DenyReason | undefined {
  const state = turn.state.doors.get(door);
  if (state === undefined || !turn.site.doors.has(door)) return 'unknown-door';
  if (level === 'emergency' || command === 'normal') return undefined;
  const locks = command === 'lock';
  const standing = state.flags.emergency;
  if (standing !== undefined && standing !== (locks ? 'locked' : 'unlocked')) return 'lower-priority';
  if (locks || interlockedBy(turn.site, turn.state, door, together) === undefined) return undefined;
  return 'interlock';
}

/** A standing lock ends the pulse under way, and with it the hope of whoever was granted. */
function endPulse(turn: Turn, door: DoorId): void {
  setDoor(turn, door, ({ pulseUntilMonoMs: _, ...rest }) => rest);
  lapseAll(turn, door);
}
