/**
 * Our names as the unsigned 32-bit numbers of the dialect, and back. A name that is a number is that number;
 * any other is a hash of it above 2^30, the same at every start and on every controller.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const NAMED = 0x4000_0000;

const UINT32_MAX = 0xffff_ffff;

/** The number of a name; never 0. */
export function numberOf(name: string): number {
  const number = /^[1-9]\d{0,9}$/.test(name) ? Number(name) : Infinity;
  return number <= UINT32_MAX ? number : NAMED + (fnv1a(name) % NAMED);
}

/** The name with this number among `names`; the number itself where none has it. */
export function nameOf(number: number, names: readonly string[]): string {
  const digits = String(number);
  return names.includes(digits) ? digits : (names.find((name) => numberOf(name) === number) ?? digits);
}

/** 32-bit FNV-1a over the UTF-8 of a text. */
function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
