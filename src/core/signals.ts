/**
 * What readers show by lamp and beeper. The answer to somebody stands for a moment; then a reader shows how its
 * door stands. Each answer is an effect of its own, so that the same one twice is shown twice.
 */
import type { DenyReason } from './decision.js';
import type { ReaderSignal } from './effects.js';
import { standsUnlocked } from './lock.js';
import type { DoorId, Reader, ReaderId } from './model.js';
import type { ShownSignal } from './state.js';
import type { Turn } from './turn.js';
import { addSignal } from './turn.js';
import { alarmedReaders } from './zoneActions.js';

/** How long a refusal is shown: long enough to be seen and heard, short enough not to keep the next one. */
const REFUSAL_MS = 2_000;

/** Granted, for as long as the lock stays open for it (at most so long). */
export function showGranted(turn: Turn, reader: ReaderId | undefined, unlockMs: number): void {
  showAnswer(turn, reader, 'granted', unlockMs);
}

/** At every reader of the door: somebody there is let in. */
export function showGrantedAtDoor(turn: Turn, door: DoorId, unlockMs: number): void {
  for (const reader of turn.site.readersOfDoor.get(door) ?? []) showGranted(turn, reader.id, unlockMs);
}

/** Refused; by anti-passback it looks different, since the card itself is good. */
export function showDenied(turn: Turn, reader: ReaderId | undefined, reason: DenyReason): void {
  const passback = byPassback.has(reason);
  showAnswer(turn, reader, passback ? 'denied-passback' : 'denied', REFUSAL_MS);
}

/** The card is good, its PIN is awaited. */
export function showWaitingForPin(turn: Turn, reader: ReaderId, ms: number): void {
  showAnswer(turn, reader, 'waiting-for-pin', ms);
}

/** The relay did not move: whoever was told "granted" is told otherwise. */
export function takeBackGranted(turn: Turn, door: DoorId): void {
  for (const { id } of turn.site.readersOfDoor.get(door) ?? []) {
    if (turn.state.signals.get(id)?.answer?.signal === 'granted') showDenied(turn, id, 'relay-failed');
  }
}

/** The card is good, and its user stands at the wrong side. */
const byPassback: ReadonlySet<DenyReason> = new Set<DenyReason>([
  'passback',
  'passback-blocked',
  'passback-pending',
  'tailgate',
  'not-in-outer-zone',
  'still-in-inner-zone',
]);

/** Brings every reader in line with its door. The one place where answers end. */
export function settleSignals(turn: Turn): void {
  for (const id of concerned(turn)) {
    const reader = turn.site.readers.get(id);
    if (reader !== undefined) settleSignal(turn, reader);
  }
}

/** Readers that show something, or are to: all others are as they should be, however many there are. */
function concerned(turn: Turn): ReadonlySet<ReaderId> {
  const ids = new Set(turn.state.signals.keys());
  for (const door of turn.site.doors.keys()) {
    if (doorSignal(turn, door) === 'normal') continue;
    for (const { id } of turn.site.readersOfDoor.get(door) ?? []) ids.add(id);
  }
  for (const id of alarmedReaders(turn.state.running)) ids.add(id);
  return ids;
}

function showAnswer(turn: Turn, id: ReaderId | undefined, signal: ReaderSignal, ms: number): void {
  if (id === undefined || !turn.site.readers.has(id)) return;
  addSignal(turn, id, signal);
  put(turn, id, { shown: signal, answer: { signal, untilMonoMs: turn.at.monoMs + ms } });
}

function settleSignal(turn: Turn, reader: Reader): void {
  const before = turn.state.signals.get(reader.id);
  const answer = before?.answer;
  const stands = answer !== undefined && answerStands(turn, reader, answer);
  const wanted = stands ? answer.signal : standingSignal(turn, reader);
  if (wanted !== (before?.shown ?? 'normal')) addSignal(turn, reader.id, wanted);
  if (stands || (before === undefined && wanted === 'normal')) return;
  if (before?.shown !== wanted || answer !== undefined) put(turn, reader.id, { shown: wanted });
}

/** An answer lasts its time; "granted" no longer than the lock is open. */
function answerStands(
  turn: Turn,
  reader: Reader,
  { signal, untilMonoMs }: NonNullable<ShownSignal['answer']>,
): boolean {
  if (untilMonoMs <= turn.at.monoMs) return false;
  // A door that another controller opened is none of ours.
  if (signal !== 'granted' || reader.forwards === true) return true;
  return turn.state.doors.get(reader.door)?.unlocked === true;
}

/** Alarms before all; a door that stands unlocked says so to everybody. */
function standingSignal(turn: Turn, reader: Reader): ReaderSignal {
  return alarmedReaders(turn.state.running).includes(reader.id) ? 'alarm' : doorSignal(turn, reader.door);
}

function doorSignal(turn: Turn, id: DoorId): ReaderSignal {
  const door = turn.site.doors.get(id);
  const state = turn.state.doors.get(id);
  if (door === undefined || state === undefined) return 'normal';
  if (state.alarm === 'forced') return 'alarm';
  if (state.alarm === 'held') return 'held';
  return standsUnlocked(door, state, turn.state.fire) ? 'granted' : 'normal';
}

/** A reader that shows nothing special has no entry. */
function put(turn: Turn, id: ReaderId, shown: ShownSignal): void {
  const signals = new Map(turn.state.signals);
  if (shown.shown === 'normal' && shown.answer === undefined) signals.delete(id);
  else signals.set(id, shown);
  turn.state = { ...turn.state, signals };
}
