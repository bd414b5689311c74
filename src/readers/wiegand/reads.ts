import { decode, labelOf, type WiegandCard, type WiegandFormat } from './formats.js';
import { isKeyLength, type KeypadMode, keyOf, type PinEntry, pressKey } from './keypad.js';
import type { Damage, PulseOutput } from './pulses.js';

/** How one reader speaks. */
export interface ReaderSettings {
  /** In order of preference where two have one length. */
  readonly formats: readonly WiegandFormat[];
  readonly keypad?: KeypadMode;
}

/** A card with the name it has in logs. `secret` and `number` never go there. */
export interface CardRead extends WiegandCard {
  readonly label: string;
}

export type UnreadableFault = 'length' | 'parity' | 'key' | 'storm' | Damage;

export type Read =
  | { readonly kind: 'card'; readonly card: CardRead }
  | { readonly kind: 'pin'; readonly digits: string }
  /** A key of a PIN that is not entered yet. */
  | { readonly kind: 'key' }
  | { readonly kind: 'unreadable'; readonly fault: UnreadableFault; readonly bits: number }
  | { readonly kind: 'noise' };

/** What the end of a frame means, and the PIN typed so far. */
export function readOutput(
  output: PulseOutput,
  entry: PinEntry,
  { formats, keypad }: ReaderSettings,
): { readonly entry: PinEntry; readonly read: Read } {
  if (output.kind === 'noise') return { entry, read: { kind: 'noise' } };
  if (output.kind === 'storm') return { entry, read: unreadable('storm', output.bits) };
  if (output.kind === 'damaged') return { entry, read: unreadable(output.why, output.bits) };
  if (keypad !== undefined && isKeyLength(output.bits, keypad)) return readKey(output, entry, keypad);
  const decoded = decode(output.bits, formats);
  if (!decoded.ok) return { entry, read: unreadable(decoded.error.kind, decoded.error.bits) };
  const { ok: _, ...card } = decoded;
  return { entry, read: { kind: 'card', card: { ...card, label: labelOf(card) } } };
}

function readKey(
  frame: PulseOutput & { readonly kind: 'frame' },
  entry: PinEntry,
  keypad: KeypadMode,
): { readonly entry: PinEntry; readonly read: Read } {
  const key = keyOf(frame.bits, keypad);
  if (key === undefined) return { entry, read: unreadable('key', frame.bits.length) };
  const pressed = pressKey(entry, key, frame.endUs);
  if (pressed.pin === undefined) return { entry: pressed.entry, read: { kind: 'key' } };
  return { entry: pressed.entry, read: { kind: 'pin', digits: pressed.pin } };
}

function unreadable(fault: UnreadableFault, bits: number): Read {
  return { kind: 'unreadable', fault, bits };
}
