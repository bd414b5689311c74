/** The shadow's cards that wait for their PIN at readers that ask for both. */
import type { DenyReason } from '../../src/core/decision.js';
import type { AccessRequested } from '../../src/core/events.js';
import { pauseKey } from './ledger.js';
import { type Shadow, tell } from './shadow.js';

const PIN_MS = 15_000;

/** What there is to judge. */
export interface Presented {
  readonly asked: AccessRequested;
  /** Refused without looking further. */
  readonly refusal?: DenyReason;
  /** A card whose PIN is wanted. */
  readonly half: boolean;
}

/** Only somebody in front of the reader is asked for a PIN; a request from elsewhere brings what it has. */
export function presented(shadow: Shadow, asked: AccessRequested): Presented {
  const id = asked.reader;
  const asks = asked.by.kind === 'reader' && id !== undefined ? shadow.site.readers.get(id)?.asks : undefined;
  const isPin = asked.credential.kind === 'pin';
  if (id === undefined || asks === undefined || asks === 'card-or-pin') return { asked, half: false };
  if (asks === 'card') return { asked, half: false, ...(isPin ? { refusal: 'pin-not-accepted' } : {}) };
  const card = shadow.cards.get(id)?.asked;
  shadow.cards.delete(id);
  if (!isPin) {
    if (card !== undefined) giveUp(shadow, card);
    return { asked, half: true };
  }
  if (card === undefined) return { asked, half: false, refusal: 'pin-not-accepted' };
  const paused = asked.at.monoMs < (shadow.ledger.pauses.get(pauseKey(asked)) ?? 0);
  if (paused) return { asked, half: false };
  return both(asked, card);
}

function both(pin: AccessRequested, { user }: AccessRequested): Presented {
  const credential = { kind: 'card', label: 'both' } as const;
  const { user: typed, ...rest } = pin;
  if (user === undefined) return { asked: pin, half: false };
  if (typed?.id !== user.id)
    return { asked: { ...rest, credential, user }, half: false, refusal: 'wrong-pin' };
  const credentialEnabled = typed.credentialEnabled && user.credentialEnabled;
  return { asked: { ...rest, credential, user: { ...typed, credentialEnabled } }, half: false };
}

export function waitForPin(shadow: Shadow, asked: AccessRequested): void {
  if (asked.reader === undefined) return;
  shadow.cards.set(asked.reader, { asked, untilMonoMs: shadow.at.monoMs + PIN_MS });
}

/** Cards whose PIN did not come in time. */
export function lapseCards(shadow: Shadow): void {
  for (const [reader, { asked, untilMonoMs }] of shadow.cards) {
    if (untilMonoMs > shadow.at.monoMs) continue;
    shadow.cards.delete(reader);
    giveUp(shadow, asked);
  }
}

function giveUp(shadow: Shadow, { door, reader, user }: AccessRequested): void {
  const who = {
    ...(reader === undefined ? {} : { reader }),
    ...(user === undefined ? {} : { user: user.id }),
  };
  tell(shadow, { kind: 'access-denied', door, ...who, reason: 'pin-missing' });
}
