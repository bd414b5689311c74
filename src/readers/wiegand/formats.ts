/**
 * Card formats as rows of one table, and the two functions that read any row. Bit 0 is the first sent.
 * Length alone does not name a format: which ones a reader may send is configured.
 */

/** First and last bit, both included. */
export type BitRange = readonly [first: number, last: number];

/** A check bit: the ones in `over` and the bit at `position` together are even or odd in number. */
export interface ParityRule {
  readonly position: number;
  readonly parity: 'even' | 'odd';
  readonly over: readonly number[];
}

export interface WiegandFormat {
  readonly name: string;
  readonly length: number;
  /** Absent in formats that are one number. */
  readonly facility?: BitRange;
  readonly number: BitRange;
  /** In the order in which a sender sets them: a later rule may cover an earlier check bit. */
  readonly parity: readonly ParityRule[];
}

/** What was read. */
export interface WiegandCard {
  readonly format: string;
  readonly facility?: number;
  /** Decimal text: numbers may pass 53 bits. */
  readonly number: string;
  /** The payload (frame without check bits), upper-case hex, no leading zeros, padded to an even count. */
  readonly secret: string;
  /** Length of the payload. */
  readonly bits: number;
}

export type DecodeResult =
  | ({ readonly ok: true } & WiegandCard)
  | { readonly ok: false; readonly error: { readonly kind: 'length' | 'parity'; readonly bits: number } };

export type EncodeResult =
  | { readonly ok: true; readonly bits: string }
  | { readonly ok: false; readonly error: { readonly kind: 'facility' | 'number' } };

const rows: readonly WiegandFormat[] = [
  {
    name: 'H10301',
    length: 26,
    facility: [1, 8],
    number: [9, 24],
    parity: [even(0, run(1, 12)), odd(25, run(13, 24))],
  },
  // Also N10002, and what readers call "Wiegand 34": a 32-bit UID in bits 1-32.
  {
    name: 'H10306',
    length: 34,
    facility: [1, 16],
    number: [17, 32],
    parity: [even(0, run(1, 16)), odd(33, run(17, 32))],
  },
];

/** The formats there are, by name. */
export const wiegandFormats: ReadonlyMap<string, WiegandFormat> = new Map(
  rows.map((format) => [format.name, format]),
);

/**
 * Reads a frame by the formats configured. Of several with its length the first whose parity holds is taken.
 * Total: any text of `0` and `1` gives an answer; `bits` of an error is the length of the frame.
 */
export function decode(bits: string, formats: readonly WiegandFormat[]): DecodeResult {
  const fitting = formats.filter((format) => format.length === bits.length);
  if (fitting.length === 0) return { ok: false, error: { kind: 'length', bits: bits.length } };
  const format = fitting.find((candidate) => candidate.parity.every((rule) => holds(rule, bits)));
  if (format === undefined) return { ok: false, error: { kind: 'parity', bits: bits.length } };
  const checks = new Set(format.parity.map((rule) => rule.position));
  const payload = [...bits].filter((_, position) => !checks.has(position)).join('');
  return {
    ok: true,
    format: format.name,
    ...(format.facility === undefined ? {} : { facility: Number(valueAt(bits, format.facility)) }),
    number: valueAt(bits, format.number).toString(),
    secret: hexOf(payload),
    bits: payload.length,
  };
}

/** The frame a reader would send; an error names the field that does not fit. Bits of no field are 0. */
export function encode(
  format: WiegandFormat,
  card: { readonly facility?: number; readonly number: string },
): EncodeResult {
  const bits = Array.from({ length: format.length }, () => '0');
  if (!put(bits, format.facility, String(card.facility ?? 0)))
    return { ok: false, error: { kind: 'facility' } };
  if (!put(bits, format.number, card.number)) return { ok: false, error: { kind: 'number' } };
  for (const rule of format.parity) {
    bits[rule.position] = '0';
    if (!holds(rule, bits.join(''))) bits[rule.position] = '1';
  }
  return { ok: true, bits: bits.join('') };
}

/** A card for logs, for instance `H10301 ••4822`: the last four digits only. */
export function labelOf({ format, number }: Pick<WiegandCard, 'format' | 'number'>): string {
  return `${format} ••${number.slice(-4).padStart(4, '0')}`;
}

/** Positions `first` to `last`, both included. */
export function run(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** An even parity rule. */
export function even(position: number, over: readonly number[]): ParityRule {
  return { position, parity: 'even', over };
}

/** An odd parity rule. */
export function odd(position: number, over: readonly number[]): ParityRule {
  return { position, parity: 'odd', over };
}

function holds({ position, parity, over }: ParityRule, bits: string): boolean {
  const ones = [position, ...over].filter((at) => bits[at] === '1').length;
  return ones % 2 === (parity === 'odd' ? 1 : 0);
}

function valueAt(bits: string, [first, last]: BitRange): bigint {
  return BigInt(`0b${bits.slice(first, last + 1)}`);
}

function hexOf(payload: string): string {
  const hex = BigInt(`0b${payload}`).toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** Writes a decimal value into a field; a field that is not there holds 0 only. False = it does not fit. */
function put(bits: string[], range: BitRange | undefined, decimal: string): boolean {
  if (!/^\d{1,40}$/.test(decimal)) return false;
  const value = BigInt(decimal);
  if (range === undefined) return value === 0n;
  const [first, last] = range;
  const width = last - first + 1;
  const binary = value.toString(2).padStart(width, '0');
  if (binary.length > width) return false;
  bits.splice(first, width, ...binary);
  return true;
}
