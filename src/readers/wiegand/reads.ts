import { decode, labelOf, type WiegandCard, type WiegandFormat } from './formats.js';
import { type Keypad, type KeypadRead, noPin, type PinEntry, pressKey, readKeypad } from './keypad.js';
import type { Damage, PulseOutput } from './pulses.js';

/** How one reader speaks. */
export interface ReaderSettings {
  /** In order of preference where two have one length. */
  readonly formats: readonly WiegandFormat[];
  readonly keypad?: Keypad;
  /** Cards of other facilities are refused before anybody looks for their users; absent = all are welcome. */
  readonly facilities?: readonly number[];
}

/** A card with the name it has in logs. `secret` and `number` never go there. */
export interface CardRead extends WiegandCard {
  readonly label: string;
}

export type UnreadableFault = 'length' | 'parity' | 'key' | 'storm' | Damage;

export type Read =
  | { readonly kind: 'card'; readonly card: CardRead; readonly refused?: 'wrong-facility' }
  | { readonly kind: 'pin'; readonly digits: string }
  /** A key of a PIN that is not entered yet. */
  | { readonly kind: 'key' }
  | { readonly kind: 'unreadable'; readonly fault: UnreadableFault; readonly bits: number }
  | { readonly kind: 'noise' };

/** What the end of a frame means, and the PIN typed so far. */
export function readOutput(
  output: PulseOutput,
  entry: PinEntry,
  { formats, keypad, facilities }: ReaderSettings,
): { readonly entry: PinEntry; readonly read: Read } {
  if (output.kind === 'noise') return { entry, read: { kind: 'noise' } };
  if (output.kind === 'storm') return { entry, read: unreadable('storm', output.bits) };
  if (output.kind === 'damaged') return { entry, read: unreadable(output.why, output.bits) };
  const typed = keypad === undefined ? undefined : readKeypad(output.bits, keypad);
  if (typed !== undefined) return readTyped(output, entry, typed);
  return { entry, read: readCard(output.bits, formats, facilities) };
}

/** Is this frame the keypad's, so that no card can be meant? */
export function isTyped(bits: string, { keypad }: ReaderSettings): boolean {
  return keypad !== undefined && readKeypad(bits, keypad) !== undefined;
}

/** Would this frame be a card if D0 and D1 were exchanged? */
export function readsSwapped(bits: string, formats: readonly WiegandFormat[]): boolean {
  const complement = [...bits].map((bit) => (bit === '0' ? '1' : '0')).join('');
  return decode(complement, formats).ok;
}

function readCard(
  bits: string,
  formats: readonly WiegandFormat[],
  facilities: readonly number[] | undefined,
): Read {
  const decoded = decode(bits, formats);
  if (!decoded.ok) return unreadable(decoded.error.kind, decoded.error.bits);
  const { ok: _, ...card } = decoded;
  const read = { kind: 'card', card: { ...card, label: labelOf(card) } } as const;
  const welcome =
    facilities === undefined || (card.facility !== undefined && facilities.includes(card.facility));
  return welcome ? read : { ...read, refused: 'wrong-facility' };
}

function readTyped(
  frame: PulseOutput & { readonly kind: 'frame' },
  entry: PinEntry,
  typed: KeypadRead,
): { readonly entry: PinEntry; readonly read: Read } {
  if (typed.kind === 'fault') return { entry, read: unreadable('key', frame.bits.length) };
  if (typed.kind === 'pin') return { entry: noPin, read: typed };
  const pressed = pressKey(entry, typed.key, frame.endUs);
  if (pressed.pin === undefined) return { entry: pressed.entry, read: { kind: 'key' } };
  return { entry: pressed.entry, read: { kind: 'pin', digits: pressed.pin } };
}

function unreadable(fault: UnreadableFault, bits: number): Read {
  return { kind: 'unreadable', fault, bits };
}
