/** From the bytes between the delimiters to a card or a key. Total: hostile bytes end as a fault, never as a card. */
import type { CardRead } from '../wiegand/reads.js';
import { checkBytes, checkOf } from './checks.js';
import type { CardRule, CheckRule } from './settings.js';

export type SerialFault = 'check' | 'text' | 'length' | 'storm';

/** The number of a card as a credential keeps it; `bits` absent = of any length. */
export type SerialCard = Pick<CardRead, 'secret' | 'label'> & {
  readonly bits?: number;
  /** The number as 0 and 1, as wide as it was sent: what learning a card goes by. */
  readonly sent: string;
};

export type ContentRead =
  | { readonly kind: 'card'; readonly card: SerialCard }
  /** All zero: nobody's card. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly fault: SerialFault; readonly bits: number };

/** More than any card here has. */
const bytesMax = 16;
const digitsMax = 38;

export interface ContentRules {
  readonly name: string;
  readonly card: CardRule;
  readonly check?: CheckRule;
}

/** `before` are the bytes of the frame ahead of the content, for checks that begin in the header. */
export function readContent(
  content: Uint8Array,
  rules: ContentRules,
  before: Uint8Array = new Uint8Array(),
): ContentRead {
  const fault = (kind: SerialFault): ContentRead => ({
    kind: 'unreadable',
    fault: kind,
    bits: content.length * 8,
  });
  const checked = rules.check === undefined ? content : withoutCheck(content, rules.check, before);
  if (checked === undefined) return fault('check');
  const found = numberIn(checked, rules.card);
  if (found === 'length' || found === 'text') return fault(found);
  if (found.value === 0n) return { kind: 'nothing' };
  return { kind: 'card', card: cardOf(found, rules) };
}

/** The key of a content that is a prefix and one byte; undefined = it is none. */
export function keyOf(
  content: Uint8Array,
  { check, keyPrefix }: { readonly check?: CheckRule; readonly keyPrefix?: Uint8Array },
  before: Uint8Array,
): number | undefined {
  if (keyPrefix === undefined) return undefined;
  const checked = check === undefined ? content : withoutCheck(content, check, before);
  if (checked?.length !== keyPrefix.length + 1) return undefined;
  return keyPrefix.every((byte, at) => checked[at] === byte) ? checked.at(-1) : undefined;
}

/** The content ahead of its check value; undefined when that is wrong. */
function withoutCheck(content: Uint8Array, rule: CheckRule, before: Uint8Array): Uint8Array | undefined {
  const { kind, crc, over, from, written, order } = rule;
  const size = checkBytes(kind) * (written === 'hex' ? 2 : 1);
  if (content.length < size) return undefined;
  const body = content.subarray(0, content.length - size);
  const sent = content.subarray(content.length - size);
  const valueBytes = written === 'hex' ? bytesOfHex(sent) : sent;
  const frame = Uint8Array.of(...before, ...body);
  const covered = over === 'decoded' ? bytesOfHex(frame.subarray(from)) : frame.subarray(from);
  if (valueBytes === undefined || covered === undefined) return undefined;
  const bytes = order === 'big' ? valueBytes : valueBytes.toReversed();
  const value = bytes.reduce((all, byte) => all * 256 + byte, 0);
  return value === checkOf(kind, covered, crc) ? body : undefined;
}

interface Found {
  readonly value: bigint;
  /** Bits it was sent in; 0 = it was decimal, which has no width. */
  readonly width: number;
}

function numberIn(content: Uint8Array, rule: CardRule): Found | 'length' | 'text' {
  const part = partOf(content, rule);
  if (part === undefined || part.length === 0) return 'length';
  if (rule.text === 'decimal') return decimalOf(part);
  const bytes = rule.text === 'hex' ? bytesOfHex(part) : part;
  if (bytes === undefined) return 'text';
  if (bytes.length > bytesMax) return 'length';
  const ordered = rule.reversed ? bytes.toReversed() : bytes;
  const value = ordered.reduce((all, byte) => all * 256n + BigInt(byte), 0n);
  return { value, width: 8 * bytes.length };
}

function partOf(content: Uint8Array, { offset, length, pattern }: CardRule): Uint8Array | undefined {
  if (pattern !== undefined) return between(content, pattern);
  const end = length === undefined ? content.length : offset + length;
  return end > content.length ? undefined : content.subarray(offset, end);
}

/** The number's place in a pattern. */
export const cardPlace = '{card}';

/** What stands between the two texts around `{card}`: the first that fits, found in one pass. */
function between(content: Uint8Array, pattern: string): Uint8Array | undefined {
  const [ahead = '', behind = ''] = pattern.split(cardPlace);
  const text = latin1(content);
  const start = text.indexOf(ahead);
  if (start < 0) return undefined;
  const from = start + ahead.length;
  const end = behind === '' ? text.length : text.indexOf(behind, from);
  return end < 0 ? undefined : content.subarray(from, end);
}

function decimalOf(part: Uint8Array): Found | 'length' | 'text' {
  const text = latin1(part);
  if (!/^\d+$/.test(text)) return 'text';
  return text.length > digitsMax ? 'length' : { value: BigInt(text), width: 0 };
}

/** Undefined when it is no whole number of hex bytes. */
function bytesOfHex(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const digits = latin1(text);
  if (!/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function cardOf({ value, width }: Found, { name, card: { bits } }: ContentRules): SerialCard {
  const digits = value.toString(16).toUpperCase();
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return {
    secret: hex,
    label: `${name} ••${value.toString().slice(-4).padStart(4, '0')}`,
    sent: value.toString(2).padStart(Math.max(width, hex.length * 4), '0'),
    ...(bits === undefined ? {} : { bits }),
  };
}
