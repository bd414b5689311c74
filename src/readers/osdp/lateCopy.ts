/**
 * Replies in clear that come after their time. Three numbers go round so fast that a reply which was given up, asked
 * for again and answered may arrive under a command of the same number, and its card would count twice. A session
 * needs none of this: there the seal would be wrong.
 */
import type { Frame } from './frame.js';
import type { Exchange, Peripheral } from './peripheral.js';

/** No adapter holds bytes back for longer. */
const lateMs = 2_000;

/** A reply that was asked for more than once: its other copies may still be on their way. */
export interface LateCopy {
  readonly bytes: Uint8Array;
  readonly left: number;
  readonly untilMs: number;
}

/** Is this such a copy? It is then no answer to anything. */
export function isLateCopy(peripheral: Peripheral, { bytes }: Frame, nowMs: number): boolean {
  const { lateCopy } = peripheral;
  if (lateCopy === undefined) return false;
  if (nowMs > lateCopy.untilMs || lateCopy.left === 0) {
    peripheral.lateCopy = undefined;
    return false;
  }
  const isSame =
    bytes.length === lateCopy.bytes.length && bytes.every((byte, at) => byte === lateCopy.bytes[at]);
  if (isSame) peripheral.lateCopy = { ...lateCopy, left: lateCopy.left - 1 };
  return isSame;
}

/** This reply with data, a card perhaps, came after repeats. A bare ACK does no harm and looks like all the others. */
export function noteLateCopies(
  peripheral: Peripheral,
  { tries, commandMac }: Exchange,
  { bytes, data }: Frame,
  nowMs: number,
): void {
  if (tries <= 1 || commandMac !== undefined || data.length === 0) return;
  peripheral.lateCopy = { bytes, left: tries - 1, untilMs: nowMs + lateMs };
}
