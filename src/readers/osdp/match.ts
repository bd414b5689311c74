/** Is this frame the answer to that command? Address, number, block type, session and code decide, in this order. */
import type { Frame } from './frame.js';
import type { Exchange, Peripheral } from './peripheral.js';
import { type Reply, readReply, replyCodes } from './replies.js';
import { type OsdpCrypto, type Session, unseal } from './secure.js';

export type Match =
  /** Not the answer: counted, and the wait goes on. */
  | { readonly kind: 'stray' }
  | { readonly kind: 'busy' }
  /** The reader says the command came damaged: send the same bytes again. */
  | { readonly kind: 'repeat' }
  /** The reader lost its place: begin again at number 0. */
  | { readonly kind: 'restart' }
  /** What came ends the session: a wrong seal, or clear words where sealed ones belong. */
  | { readonly kind: 'session-over'; readonly why: 'seal' | 'clear' }
  /** A handshake step that is no proof. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'reply'; readonly reply: Reply; readonly session?: Session };

export function matchReply(
  peripheral: Peripheral,
  exchange: Exchange,
  frame: Frame,
  crypto: OsdpCrypto,
): Match {
  if (!frame.reply || frame.address !== peripheral.address) return stray;
  const sameNumber = frame.sqn === exchange.sqn;
  const inClear = frame.security === undefined;
  if (inClear && frame.code === replyCodes.busy && frame.data.length === 0) {
    return sameNumber || frame.sqn === 0 ? { kind: 'busy' } : stray;
  }
  if (!sameNumber) return frame.sqn === 0 ? { kind: 'restart' } : stray;
  if (inClear && frame.code === replyCodes.nak && frame.data[0] === 1 && isDamage(peripheral, exchange))
    return { kind: 'repeat' };
  if (exchange.commandMac !== undefined)
    return matchSealed(peripheral, exchange, exchange.commandMac, frame, crypto);
  const { kind } = exchange.command;
  const isStep = kind === 'challenge' || kind === 'cryptogram';
  if (inClear && (!isStep || frame.code === replyCodes.nak)) {
    return { kind: 'reply', reply: readReply(frame.code, frame.data) };
  }
  if (kind === 'challenge') return matchStep(frame, 0x12, (selector) => selector === asked(exchange));
  if (kind === 'cryptogram') return matchStep(frame, 0x14, (status) => status === 1);
  return stray;
}

const stray: Match = { kind: 'stray' };

/**
 * NAK 1 is not believed for more than a repeat, like BUSY. As the first word of a reader it is about the kind of check
 * value; said twice to one probe, by one that went silent, too: another one may be in its place.
 */
function isDamage({ answered }: Peripheral, { probe, tries }: Exchange): boolean {
  return answered && !(probe && tries > 1);
}

function matchSealed(
  { session }: Peripheral,
  { command }: Exchange,
  commandMac: Uint8Array,
  frame: Frame,
  crypto: OsdpCrypto,
): Match {
  if (session === undefined) return stray;
  if (frame.security === undefined) {
    const reply = readReply(frame.code, frame.data);
    // Many readers drop the session with the old key, so their yes comes in clear; the next handshake proves it.
    if (command.kind === 'keyset' && reply.kind === 'ack') return { kind: 'reply', reply };
    return { kind: 'session-over', why: 'clear' };
  }
  if (frame.security.type !== 0x16 && frame.security.type !== 0x18) return stray;
  const opened = unseal(crypto, session, commandMac, frame);
  if (!opened.ok) return { kind: 'session-over', why: 'seal' };
  return { kind: 'reply', reply: readReply(frame.code, opened.data), session: opened.session };
}

function matchStep(frame: Frame, type: number, isGood: (first: number | undefined) => boolean): Match {
  if (frame.security?.type !== type) return stray;
  if (frame.security.data.length !== 1 || !isGood(frame.security.data[0])) return { kind: 'refused' };
  return { kind: 'reply', reply: readReply(frame.code, frame.data) };
}

/** The selector this challenge carried, back from its own frame. */
function asked({ bytes }: Exchange): number | undefined {
  return bytes[7];
}
