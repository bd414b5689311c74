/**
 * Card formats as data, and the functions that read any of them. Bit 0 is the first sent. Length alone does not
 * name a format: which ones a reader may send is configured. The formats there are stand in `formatTable.ts`.
 */

/** Positions of a field's bits, the most significant first. */
export type BitField = readonly number[];

/** A check bit: the ones in `over` and the bit at `position` together are even or odd in number. */
export interface ParityRule {
  readonly position: number;
  readonly parity: 'even' | 'odd';
  readonly over: readonly number[];
}

export interface WiegandFormat {
  readonly name: string;
  readonly length: number;
  /** Site or company code, at most 32 bits; absent in formats that are one number. */
  readonly facility?: BitField;
  /** OEM code or issue level, at most 32 bits. */
  readonly issue?: BitField;
  readonly number: BitField;
  /** In the order in which a sender sets them: a later rule may cover an earlier check bit. */
  readonly parity: readonly ParityRule[];
  /** The data bits (all but the check bits) come last bit first, or last byte first; fields are read once turned. */
  readonly reverse?: 'bits' | 'bytes';
}

/** A card as printed. */
export interface CardNumber {
  readonly facility?: number;
  readonly issue?: number;
  /** Decimal text: numbers may pass 53 bits. */
  readonly number: string;
}

/** What was read. */
export interface WiegandCard extends CardNumber {
  readonly format: string;
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
  | { readonly ok: false; readonly error: { readonly kind: 'facility' | 'issue' | 'number' } };

/**
 * Reads a frame by the formats configured. Of several with its length the first whose parity holds is taken.
 * Total: any text of `0` and `1` gives an answer; `bits` of an error is the length of the frame.
 */
export function decode(bits: string, formats: readonly WiegandFormat[]): DecodeResult {
  const fitting = formats.filter((format) => format.length === bits.length);
  if (fitting.length === 0) return { ok: false, error: { kind: 'length', bits: bits.length } };
  const format = fitting.find((candidate) => passes(bits, candidate));
  if (format === undefined) return { ok: false, error: { kind: 'parity', bits: bits.length } };
  return { ok: true, ...cardOf(bits, format) };
}

/** Everything a frame may be, in the order of the formats. */
export function readings(bits: string, formats: Iterable<WiegandFormat>): readonly WiegandCard[] {
  return [...formats]
    .filter((format) => format.length === bits.length && passes(bits, format))
    .map((format) => cardOf(bits, format));
}

/** The frame a reader would send; an error names the field that does not fit. Bits of no field are 0. */
export function encode(format: WiegandFormat, card: CardNumber): EncodeResult {
  const bits = Array.from({ length: format.length }, () => '0');
  for (const kind of ['facility', 'issue'] as const) {
    if (!put(bits, format[kind], String(card[kind] ?? 0))) return { ok: false, error: { kind } };
  }
  if (!put(bits, format.number, card.number)) return { ok: false, error: { kind: 'number' } };
  const sent = [...turned(bits.join(''), format)];
  for (const rule of format.parity) {
    sent[rule.position] = '0';
    if (!holds(rule, sent.join(''))) sent[rule.position] = '1';
  }
  return { ok: true, bits: sent.join('') };
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

function passes(bits: string, format: WiegandFormat): boolean {
  return format.parity.every((rule) => holds(rule, bits));
}

function holds({ position, parity, over }: ParityRule, bits: string): boolean {
  const ones = [position, ...over].filter((at) => bits[at] === '1').length;
  return ones % 2 === (parity === 'odd' ? 1 : 0);
}

function cardOf(sent: string, format: WiegandFormat): WiegandCard {
  const bits = turned(sent, format);
  const payload = payloadPositions(format)
    .map((position) => bits[position])
    .join('');
  const { facility, issue } = format;
  return {
    format: format.name,
    ...(facility === undefined ? {} : { facility: Number(valueAt(bits, facility)) }),
    ...(issue === undefined ? {} : { issue: Number(valueAt(bits, issue)) }),
    number: valueAt(bits, format.number).toString(),
    secret: hexOf(payload),
    bits: payload.length,
  };
}

function payloadPositions({ length, parity }: WiegandFormat): readonly number[] {
  const checks = new Set(parity.map((rule) => rule.position));
  return run(0, length - 1).filter((position) => !checks.has(position));
}

/** The frame with its data bits the other way round; turned twice it is as before. */
function turned(bits: string, format: WiegandFormat): string {
  if (format.reverse === undefined) return bits;
  const positions = payloadPositions(format);
  const size = format.reverse === 'bits' ? 1 : 8;
  const turnedBits = [...bits];
  for (const [index, position] of positions.entries()) {
    const group = Math.floor(index / size);
    const from = positions[positions.length - (group + 1) * size + (index % size)];
    if (from !== undefined) turnedBits[position] = bits[from] ?? '0';
  }
  return turnedBits.join('');
}

function valueAt(bits: string, field: BitField): bigint {
  return BigInt(`0b${field.map((position) => bits[position] ?? '0').join('')}`);
}

function hexOf(payload: string): string {
  const hex = BigInt(`0b${payload}`).toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** Writes a decimal value into a field; a field that is not there holds 0 only. False = it does not fit. */
function put(bits: string[], field: BitField | undefined, decimal: string): boolean {
  // The largest number of 256 bits has 78 digits.
  if (!/^\d{1,78}$/.test(decimal)) return false;
  const value = BigInt(decimal);
  if (field === undefined) return value === 0n;
  const binary = value.toString(2).padStart(field.length, '0');
  if (binary.length > field.length) return false;
  for (const [index, position] of field.entries()) bits[position] = binary[index] ?? '0';
  return true;
}
