/** Keys that people type and thieves try first. Of random keys one in 2^60 is refused; ours are random. */
import { defaultKey } from './secure.js';

const differentBytesMin = 6;

/** Is it the key everybody knows, constant, counting, repeated or mirrored? `key` is 16 bytes. */
export function isWeakKey(key: Uint8Array): boolean {
  const bytes = [...key];
  const digits = bytes.flatMap((byte) => [byte >> 4, byte & 15]);
  return (
    new Set(bytes).size < differentBytesMin ||
    bytes.every((byte, at) => byte === defaultKey[at]) ||
    counts(bytes, 256) ||
    counts(digits, 16) ||
    repeats(digits) ||
    mirrors(digits)
  );
}

/** The same step from each to the next: 00 01 02, F0 E0 D0, 11 22 33. */
function counts(values: readonly number[], base: number): boolean {
  const step = (at: number) => ((values[at] ?? 0) - (values[at - 1] ?? 0) + base) % base;
  return values.every((_, at) => at < 2 || step(at) === step(1));
}

/** A shorter piece again and again: 0123456789ABCDEF twice. */
function repeats(digits: readonly number[]): boolean {
  return [1, 2, 4, 8, 16].some((period) => digits.every((digit, at) => digit === digits[at % period]));
}

/** The second half is the first, backwards. */
function mirrors(digits: readonly number[]): boolean {
  return digits.every((digit, at) => digit === digits[digits.length - 1 - at]);
}
