/**
 * Keypads on Wiegand lines: one short frame a key, between card frames, and the assembly of a PIN.
 * `8-bit`: the low nibble is the key, the high nibble its complement (1 = E1). `8-bit-swapped`: the other way
 * round (1 = 1E). The two give the same bytes to different keys, so the mode is configured, never guessed.
 */
export type KeypadMode = '4-bit' | '8-bit' | '8-bit-swapped';

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/** Keys by their value on the wire: * = 10, # = 11. */
const keys: readonly Key[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];
const betweenKeysUs = 5_000_000;
const digitsMax = 16;

/** Is this the length of a key frame, so that it is a key and no card? */
export function isKeyLength(bits: string, mode: KeypadMode): boolean {
  return bits.length === (mode === '4-bit' ? 4 : 8);
}

/** The key of a frame; undefined when no key sends these bits. */
export function keyOf(bits: string, mode: KeypadMode): Key | undefined {
  if (!isKeyLength(bits, mode)) return undefined;
  if (mode === '4-bit') return keys[Number.parseInt(bits, 2)];
  const high = Number.parseInt(bits.slice(0, 4), 2);
  const low = Number.parseInt(bits.slice(4), 2);
  if ((high ^ low) !== 15) return undefined;
  return keys[mode === '8-bit' ? low : high];
}

/** The frame a keypad sends for a key. */
export function bitsOfKey(key: Key, mode: KeypadMode): string {
  const value = keys.indexOf(key);
  if (mode === '4-bit') return nibble(value);
  return mode === '8-bit' ? nibble(15 - value) + nibble(value) : nibble(value) + nibble(15 - value);
}

/** Digits so far. Holds a secret: never log it. */
export interface PinEntry {
  readonly digits: string;
  /** More than 16 digits came: nothing is handed out until # or *. */
  readonly tooLong: boolean;
  readonly lastUs: number;
}

/** No digit yet. */
export const noPin: PinEntry = { digits: '', tooLong: false, lastUs: Number.NEGATIVE_INFINITY };

/** Takes a key: # enters, * clears, and so do 5 seconds without a key. `pin` is there when one was entered. */
export function pressKey(
  entry: PinEntry,
  key: Key,
  atUs: number,
): { readonly entry: PinEntry; readonly pin?: string } {
  const current = atUs - entry.lastUs > betweenKeysUs ? noPin : entry;
  if (key === '*') return { entry: noPin };
  if (key === '#') {
    if (current.digits === '' || current.tooLong) return { entry: noPin };
    return { entry: noPin, pin: current.digits };
  }
  if (current.tooLong || current.digits.length === digitsMax) {
    return { entry: { digits: '', tooLong: true, lastUs: atUs } };
  }
  return { entry: { digits: current.digits + key, tooLong: false, lastUs: atUs } };
}

function nibble(value: number): string {
  return value.toString(2).padStart(4, '0');
}
