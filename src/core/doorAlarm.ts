/**
 * The alarm of a door: forced, or held open. Durable, so that one that stood before a restart still stands. It ends
 * when the door closes or somebody ends it; one that was set by hand only by hand.
 */
import type { Event } from './events.js';
import type { Json } from './log.js';
import type { Actor, DoorId } from './model.js';
import type { DoorState } from './state.js';
import type { Turn } from './turn.js';
import { addAnswer, addFact, addRow, answerWhenDurable, setDoor } from './turn.js';
import { startActions, stopActions } from './zoneActions.js';

type SetDoorAlarm = Extract<Event, { kind: 'set-door-alarm' }>;
type Raised = Exclude<DoorState['alarm'], 'none'>;

/** The door is in this alarm from now on, and in no other. */
export function raiseDoorAlarm(turn: Turn, door: DoorId, alarm: Raised, by?: Actor): void {
  if (turn.state.doors.get(door)?.alarm === alarm) return;
  endDoorAlarm(turn, door, by);
  const byHand = by === undefined ? {} : { alarmByHand: true as const };
  setDoor(turn, door, ({ heldAtMonoMs: _, ...state }) => ({ ...state, alarm, ...byHand }));
  addFact(turn, factKey(door), { alarm, ...byHand });
  addRow(turn, { kind: `door-${alarm}`, door, ...(by === undefined ? {} : { by }) });
  startActions(turn, `door/${door}/${alarm}`, door);
}

/** The alarm is over, and with it what it set going. */
export function endDoorAlarm(turn: Turn, door: DoorId, by?: Actor): void {
  const alarm = turn.state.doors.get(door)?.alarm ?? 'none';
  if (alarm === 'none') return;
  setDoor(turn, door, ({ alarmByHand: _, ...state }) => ({ ...state, alarm: 'none' }));
  addFact(turn, factKey(door), null);
  addRow(turn, { kind: `door-${alarm}-ended`, door, ...(by === undefined ? {} : { by }) });
  stopActions(turn, `door/${door}/${alarm}`);
}

/** The leaf has closed, or was found closed. */
export function endAtClosing(turn: Turn, door: DoorId): void {
  if (turn.state.doors.get(door)?.alarmByHand !== true) endDoorAlarm(turn, door);
}

/** Somebody sets or ends the alarm of doors, all or none. A door that stays open is a held one again in its time. */
export function setDoorAlarm(turn: Turn, { doors, alarm, by, request }: SetDoorAlarm): void {
  if (!doors.every((door) => turn.state.doors.has(door))) {
    addAnswer(turn, request, { kind: 'denied', reason: 'unknown-door' });
    return;
  }
  const changing = doors.filter((door) => turn.state.doors.get(door)?.alarm !== alarm);
  for (const door of changing) {
    if (alarm === 'none') endDoorAlarm(turn, door, by);
    else raiseDoorAlarm(turn, door, alarm, by);
  }
  // What writes nothing has no commit to wait for.
  if (changing.length === 0) addAnswer(turn, request, { kind: 'done' });
  else answerWhenDurable(turn, request, { kind: 'done' });
}

/** What a start finds. */
export function restoredAlarm(
  facts: ReadonlyMap<string, Json>,
  door: DoorId,
): Partial<Pick<DoorState, 'alarm' | 'alarmByHand'>> {
  const fact = facts.get(factKey(door));
  if (fact === undefined || fact === null || typeof fact !== 'object') return {};
  const { alarm, alarmByHand } = fact as { readonly [key: string]: Json };
  if (alarm !== 'forced' && alarm !== 'held') return {};
  return { alarm, ...(alarmByHand === true ? { alarmByHand } : {}) };
}

function factKey(door: DoorId): string {
  return `door/${door}/alarm`;
}
