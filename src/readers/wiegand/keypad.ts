/**
 * Keypads on Wiegand lines, and the assembly of a PIN. Most send one short frame a key, between card frames. Several modes
 * give the same bits to different keys, so the mode is configured, never guessed.
 * `4-bit`: the key. `6-bit`: between an even and an odd parity bit; `6-bit-rosslare` counts 0 as 10, * as 11, # as 12.
 * `8-bit`: the low nibble is the key, the high nibble its complement (1 = E1); `8-bit-swapped`: the other way round (1 =
 * 1E). `10-bit`, `10-bit-high` and `10-bit-swapped`: a byte (0 and the key, or those two) between parity bits.
 * Buffered ones send the whole PIN once it is typed: `buffered-26` as the number of a 26-bit card with a facility
 * of its own (0 unless set; 65535 is a failed entry), `buffered-24` and `buffered-26-bcd`, which has
 * parity bits, as six digits in BCD.
 */
import { decode, encode } from './formats.js';
import { wiegandFormats } from './formatTable.js';

const keyModes = [
  ...(['4-bit', '6-bit', '6-bit-rosslare', '8-bit', '8-bit-swapped'] as const),
  ...(['10-bit', '10-bit-high', '10-bit-swapped'] as const),
] as const;
export const keypadModes = [...keyModes, 'buffered-26', 'buffered-24', 'buffered-26-bcd'] as const;
export type KeypadMode = (typeof keypadModes)[number];
/** Those that send a frame a key. */
export type KeyMode = (typeof keyModes)[number];

/** How the keys of one reader are sent. */
export interface Keypad {
  readonly mode: KeypadMode;
  /** Of `buffered-26`; 0 unless given. */
  readonly facility?: number;
  /** Of `buffered-26`: how long PINs are there, 4 unless given. Its frame is a number, which has no leading zeros. */
  readonly digits?: number;
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
const digitsUsual = 4;
const failedEntry = 0xffff;

/** Reads a frame as the keypad's; undefined = it is none of it, but a card's. */
export function readKeypad(bits: string, keypad: Keypad): KeypadRead | undefined {
  const { mode } = keypad;
  if (mode === 'buffered-26') return readNumber(bits, keypad);
  if (mode === 'buffered-24') return bits.length === 24 ? readBcd(bits) : undefined;
  if (mode === 'buffered-26-bcd') return bits.length === 26 ? readBcdBetweenParities(bits) : undefined;
  const frames = keysOf[mode];
  if (bits.length !== frames.length) return undefined;
  const key = frames.keys.get(bits);
  return key === undefined ? { kind: 'fault' } : { kind: 'key', key };
}

/** The frames of a PIN as the keypad sends it, # included where keys are sent; undefined = it cannot be typed there. */
export function framesOfPin(pin: string, { mode, facility = 0 }: Keypad): readonly string[] | undefined {
  if (mode === 'buffered-26') return numberFrame(pin, facility);
  if (mode === 'buffered-24' || mode === 'buffered-26-bcd') {
    if (!/^\d{6}$/.test(pin)) return undefined;
    const bits = [...pin].map((digit) => nibble(Number(digit))).join('');
    return [mode === 'buffered-24' ? bits : betweenParities(bits)];
  }
  return /^[0-9*#]+$/.test(pin) ? [...pin, '#'].map((key) => bitsOfKey(key as Key, mode)) : undefined;
}

/** The frame a keypad sends for a key. */
export function bitsOfKey(key: Key, mode: KeyMode): string {
  const value = keys.indexOf(key);
  const high = nibble(15 - value) + nibble(value);
  const swapped = nibble(value) + nibble(15 - value);
  switch (mode) {
    case '4-bit':
      return nibble(value);
    case '6-bit':
      return betweenParities(nibble(value));
    case '6-bit-rosslare':
      return betweenParities(nibble(value === 0 ? 10 : value + Number(value >= 10)));
    case '8-bit':
      return high;
    case '8-bit-swapped':
      return swapped;
    case '10-bit':
      return betweenParities(nibble(0) + nibble(value));
    case '10-bit-high':
      return betweenParities(high);
    case '10-bit-swapped':
      return betweenParities(swapped);
  }
}

/** Even parity over the first half, odd over the second. */
function betweenParities(bits: string): string {
  const half = bits.length / 2;
  const ones = (part: string) => [...part].filter((bit) => bit === '1').length;
  return `${ones(bits.slice(0, half)) % 2}${bits}${1 - (ones(bits.slice(half)) % 2)}`;
}

function framesOf(mode: KeyMode): { readonly length: number; readonly keys: ReadonlyMap<string, Key> } {
  return {
    length: bitsOfKey('0', mode).length,
    keys: new Map(keys.map((key) => [bitsOfKey(key, mode), key])),
  };
}

const keysOf = Object.fromEntries(keyModes.map((mode) => [mode, framesOf(mode)])) as Readonly<
  Record<KeyMode, ReturnType<typeof framesOf>>
>;

const standard = [...wiegandFormats.values()].filter(({ name }) => name === 'H10301');

function readNumber(bits: string, { facility = 0, digits = digitsUsual }: Keypad): KeypadRead | undefined {
  const read = decode(bits, standard);
  if (!read.ok || read.facility !== facility) return undefined;
  if (Number(read.number) === failedEntry) return { kind: 'fault' };
  return { kind: 'pin', digits: read.number.padStart(digits, '0') };
}

function numberFrame(pin: string, facility: number): readonly string[] | undefined {
  if (!/^\d{1,5}$/.test(pin) || Number(pin) >= failedEntry) return undefined;
  return standard.flatMap((format) => {
    const encoded = encode(format, { facility, number: pin });
    return encoded.ok ? [encoded.bits] : [];
  });
}

function readBcdBetweenParities(bits: string): KeypadRead {
  const inner = bits.slice(1, -1);
  return bits === betweenParities(inner) ? readBcd(inner) : { kind: 'fault' };
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
