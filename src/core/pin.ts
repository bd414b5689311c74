/** Readers that want a PIN after the card: what they take, and the wait between the two. */
import { isLockedOut } from './decide.js';
import type { DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import type { Reader, ReaderId, UserFacts } from './model.js';
import { rowOf } from './moves.js';
import { detailOf } from './passage.js';
import { showDenied, showWaitingForPin } from './signals.js';
import type { PinWait } from './state.js';
import type { Turn } from './turn.js';
import { addRow } from './turn.js';

/** From the card to the whole PIN: eight digits and # at a pace anybody keeps. */
const PIN_WAIT_MS = 15_000;

/** What is to be judged, and the refusal that stands before any judgement. */
export interface Presented {
  readonly asked: AccessRequested;
  readonly refusal?: DenyReason;
  /** Both halves are there, or the reader wants one only. */
  readonly complete: boolean;
}

/** Card, PIN, or the PIN of the card before: what a reader's rule makes of what was presented there. */
export function presentedAt(turn: Turn, asked: AccessRequested): Presented {
  const reader = readerOf(turn, asked);
  if (reader?.asks === undefined || reader.asks === 'card-or-pin') return { asked, complete: true };
  const isPin = asked.credential.kind === 'pin';
  if (reader.asks === 'card') {
    return isPin ? { asked, complete: true, refusal: 'pin-not-accepted' } : { asked, complete: true };
  }
  const wait = takeWait(turn, reader.id);
  if (!isPin) {
    if (wait !== undefined) giveUp(turn, wait);
    return { asked, complete: false };
  }
  if (wait === undefined) return { asked, complete: true, refusal: 'pin-not-accepted' };
  // Locked out: not even a right PIN is looked at, and the door does not tell one from the other.
  if (isLockedOut(turn.state, asked)) return { asked, complete: true };
  return joined(asked, wait);
}

/** The PIN must be of whose card it was; refusals name the card's user. What is sent on is the card. */
function joined({ forward: _, ...pin }: AccessRequested, wait: PinWait): Presented {
  const { user, asked: first } = wait;
  const asked = { ...pin, ...(first.forward === undefined ? {} : { forward: first.forward }) };
  const credential = { kind: 'card', label: `${first.credential.label} + PIN` } as const;
  if (asked.user?.id !== user.id) {
    return { asked: { ...asked, credential, user }, complete: true, refusal: 'wrong-pin' };
  }
  const credentialEnabled = user.credentialEnabled && asked.user.credentialEnabled;
  const both = { ...asked.user, credentialEnabled, ...usedOf(user, asked.user) };
  return { asked: { ...asked, credential, user: both }, complete: true };
}

/** Of the two the one that serves a number of times is spent; the card, if both do. */
function usedOf(card: UserFacts, pin: UserFacts): Pick<UserFacts, 'credential'> {
  const used = [card, pin].find(({ credential }) => credential?.usesLeft !== undefined) ?? card;
  return used.credential === undefined ? {} : { credential: used.credential };
}

/** The card is good: the reader asks for its PIN. */
export function waitForPin(turn: Turn, asked: AccessRequested, user: UserFacts): void {
  const { reader } = asked;
  if (reader === undefined) return;
  const wait: PinWait = { asked, user, untilMonoMs: turn.at.monoMs + PIN_WAIT_MS };
  turn.state = { ...turn.state, pinWaits: new Map(turn.state.pinWaits).set(reader, wait) };
  showWaitingForPin(turn, reader, PIN_WAIT_MS);
}

/** Cards whose PIN did not come in time. */
export function endPinWaits(turn: Turn): void {
  for (const [reader, wait] of turn.state.pinWaits) {
    if (wait.untilMonoMs > turn.at.monoMs) continue;
    takeWait(turn, reader);
    giveUp(turn, wait);
    showDenied(turn, reader, 'pin-missing');
  }
}

function giveUp(turn: Turn, { asked, user }: PinWait): void {
  addRow(turn, { ...rowOf(asked, user), kind: 'access-denied', reason: 'pin-missing', ...detailOf(asked) });
}

function takeWait(turn: Turn, reader: ReaderId): PinWait | undefined {
  const wait = turn.state.pinWaits.get(reader);
  if (wait === undefined) return undefined;
  const pinWaits = new Map(turn.state.pinWaits);
  pinWaits.delete(reader);
  turn.state = { ...turn.state, pinWaits };
  return wait;
}

/** Somebody in front of it; an OpenDoor request that stands for the reader brings all it needs. */
function readerOf(turn: Turn, { by, reader }: AccessRequested): Reader | undefined {
  return by.kind !== 'reader' || reader === undefined ? undefined : turn.site.readers.get(reader);
}
