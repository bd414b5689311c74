/**
 * Keypads on Wiegand lines, and the assembly of a PIN. Most send one short frame a key, between card frames:
 * `8-bit`: the low nibble is the key, the high nibble its complement (1 = E1). `8-bit-swapped`: the other way
 * round (1 = 1E). The two give the same bytes to different keys, so the mode is configured, never guessed.
 * Buffered ones send the whole PIN once it is typed: `buffered-26` as the number of a 26-bit card with a facility
 * of its own (0 unless set; leading zeros are lost, 65535 is a failed entry), `buffered-24` as six digits in BCD.
 */
import { decode, encode } from './formats.js';
import { wiegandFormats } from './formatTable.js';

export const keypadModes = ['4-bit', '8-bit', '8-bit-swapped', 'buffered-26', 'buffered-24'] as const;
export type KeypadMode = (typeof keypadModes)[number];
/** Those that send a frame a key. */
export type KeyMode = Exclude<KeypadMode, `buffered-${string}`>;

/** How the keys of one reader are sent. */
export interface Keypad {
  readonly mode: KeypadMode;
  /** Of `buffered-26`; 0 unless given. */
  readonly facility?: number;
}

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/** What a frame of a keypad says. A fault is a frame that no keypad of this mode sends. */
export type KeypadRead =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'pin'; readonly digits: string }
  | { readonly kind: 'fault' };

/** Keys by their value on the wire: * = 10, # = 11. */
const keys: readonly Key[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];
const betweenKeysUs = 5_000_000;
const digitsMax = 16;
/** PINs have at least so many digits: what comes shorter has lost its leading zeros. */
const digitsMin = 4;
const failedEntry = 0xffff;

/** Reads a frame as the keypad's; undefined = it is none of it, but a card's. */
export function readKeypad(bits: string, { mode, facility = 0 }: Keypad): KeypadRead | undefined {
  if (mode === 'buffered-26') return readNumber(bits, facility);
  if (mode === 'buffered-24') return bits.length === 24 ? readBcd(bits) : undefined;
  if (bits.length !== keyLength(mode)) return undefined;
  const key = keyOf(bits, mode);
  return key === undefined ? { kind: 'fault' } : { kind: 'key', key };
}

/** The frames of a PIN as the keypad sends it, # included where keys are sent; undefined = it cannot be typed there. */
export function framesOfPin(pin: string, { mode, facility = 0 }: Keypad): readonly string[] | undefined {
  if (mode === 'buffered-26') return numberFrame(pin, facility);
  if (mode === 'buffered-24')
    return /^\d{6}$/.test(pin) ? [[...pin].map((digit) => nibble(Number(digit))).join('')] : undefined;
  return /^[0-9*#]+$/.test(pin) ? [...pin, '#'].map((key) => bitsOfKey(key as Key, mode)) : undefined;
}

/** The frame a keypad sends for a key. */
export function bitsOfKey(key: Key, mode: KeyMode): string {
  const value = keys.indexOf(key);
  if (mode === '4-bit') return nibble(value);
  return mode === '8-bit' ? nibble(15 - value) + nibble(value) : nibble(value) + nibble(15 - value);
}

function keyLength(mode: KeyMode): number {
  return mode === '4-bit' ? 4 : 8;
}

function keyOf(bits: string, mode: KeyMode): Key | undefined {
  if (mode === '4-bit') return keys[Number.parseInt(bits, 2)];
  const high = Number.parseInt(bits.slice(0, 4), 2);
  const low = Number.parseInt(bits.slice(4), 2);
  if ((high ^ low) !== 15) return undefined;
  return keys[mode === '8-bit' ? low : high];
}

const standard = [...wiegandFormats.values()].filter(({ name }) => name === 'H10301');

function readNumber(bits: string, facility: number): KeypadRead | undefined {
  const read = decode(bits, standard);
  if (!read.ok || read.facility !== facility) return undefined;
  if (Number(read.number) === failedEntry) return { kind: 'fault' };
  return { kind: 'pin', digits: read.number.padStart(digitsMin, '0') };
}

function numberFrame(pin: string, facility: number): readonly string[] | undefined {
  if (!/^\d{1,5}$/.test(pin) || Number(pin) >= failedEntry) return undefined;
  return standard.flatMap((format) => {
    const encoded = encode(format, { facility, number: pin });
    return encoded.ok ? [encoded.bits] : [];
  });
}

function readBcd(bits: string): KeypadRead {
  const digits = Array.from({ length: 6 }, (_, at) => Number.parseInt(bits.slice(at * 4, at * 4 + 4), 2));
  return digits.some((digit) => digit > 9) ? { kind: 'fault' } : { kind: 'pin', digits: digits.join('') };
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
