/**
 * The words Akuvox devices send, folded to ours. Accepting sets: what the field is known to write; anything
 * else in the mode is refused, in the type it is kept for the log and refuses nothing.
 */
import type { StoredSource } from '../../core/management.js';
import type { Direction } from '../../core/model.js';
import type { SecretKey } from '../../core/requests.js';

/** What AntiPassbackMode says: a direction, that there is none, or nothing we may act on. */
export type Mode = Direction | 'none' | 'bad';

/** What UnlockType says of the credential; `unknown` covers every other word. */
type UnlockKind = 'card' | 'pin' | 'code' | 'unknown';

const entryWords = new Set(['entry', 'in', 'enter', 'entrance', 'ingress']);
const exitWords = new Set(['exit', 'out', 'leave', 'egress']);
const noneWords = new Set(['', 'none', 'off', 'disable', 'disabled', 'null', '-1']);

const unlockWords = new Map<string, UnlockKind>([
  ...['card', 'rf card', 'rfid', 'rf', 'nfc', 'wiegand'].map((word) => [word, 'card'] as const),
  ...['pin', 'private pin', 'public pin', 'code', 'password', 'key'].map((word) => [word, 'pin'] as const),
  ...['qr', 'qr code', 'qrcode', 'license plate', 'plate', 'lpr', 'uhf'].map(
    (word) => [word, 'code'] as const,
  ),
]);

/** A value beginning with `$` is a variable the sender did not substitute: as good as absent. */
export function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value.startsWith('$') ? undefined : value;
}

/** The direction on the wire, digits read as the source is set. */
export function modeOf(value: string | undefined, numeric: StoredSource['numericMode']): Mode {
  const word = fold(value ?? '');
  if (word.startsWith('$') || noneWords.has(word)) return 'none';
  if (entryWords.has(word)) return 'entry';
  if (exitWords.has(word)) return 'exit';
  if (word === '0') return numeric === '0-1' ? 'entry' : 'none';
  if (word === '1') return numeric === '0-1' ? 'exit' : 'entry';
  if (word === '2' && numeric === '1-2') return 'exit';
  return 'bad';
}

/** What kind of credential the sender says it read. */
export function unlockKindOf(value: string | undefined): UnlockKind {
  return unlockWords.get(fold(value ?? '')) ?? 'unknown';
}

/**
 * The look-up keys a code may stand for, in the order they are tried. A sender that names the kind is taken
 * at its word, so that a card number never opens as somebody's PIN; `pin` makes a PIN's key, undefined
 * where the installation has none.
 */
export function candidatesOf(
  code: string,
  kind: UnlockKind,
  format: StoredSource['codeFormat'],
  pin: (digits: string) => string | undefined,
): readonly SecretKey[] {
  const candidates: SecretKey[] = [];
  const card = kind === 'card' || kind === 'unknown' ? cardSecretOf(code, format) : undefined;
  if (card !== undefined) candidates.push({ kind: 'card', secret: card });
  const digits = kind === 'pin' || kind === 'unknown' ? pinOf(code, pin) : undefined;
  if (digits !== undefined) candidates.push({ kind: 'pin', secret: digits });
  if (kind === 'code' || kind === 'unknown') candidates.push({ kind: 'code', secret: code });
  return candidates;
}

/** A card as a display mode prints it -> payload hex as it is stored, or undefined if it is none. */
export function cardSecretOf(code: string, format: StoredSource['codeFormat']): string | undefined {
  const text = code.replace(/[\s:._-]/g, '').toUpperCase();
  if (format === '8HN') return hexSecret(text);
  if (format === '8HR') return /^[0-9A-F]+$/.test(text) ? hexSecret(reverseBytes(text)) : undefined;
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  if (format === '8H10D')
    return Number(text) <= 0xffff_ffff ? hexSecret(Number(text).toString(16)) : undefined;
  // 6H3D5D: three decimal digits of facility, five of card.
  if (text.length > 8) return undefined;
  const [facility, number] = [Number(text.slice(0, -5)), Number(text.slice(-5))];
  return facility <= 0xff && number <= 0xffff
    ? hexSecret((facility * 0x1_0000 + number).toString(16))
    : undefined;
}

/** Hex digits -> upper case, no leading zero bytes, an even number of digits; undefined for anything else. */
export function hexSecret(text: string): string | undefined {
  if (!/^[0-9a-f]{1,64}$/i.test(text)) return undefined;
  const digits = text.toUpperCase().replace(/^0+(?=.)/, '');
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** What the log may show: a card's or code's last four behind dots when enough stays hidden, never a PIN. */
export function labelOf(code: string, kind: UnlockKind): string {
  if (kind === 'pin') return 'PIN';
  const text = code.replace(/[\s:._-]/g, '').toUpperCase();
  // Of an unnamed kind, up to eight digits may be somebody's PIN.
  if (kind === 'unknown' && /^[0-9]{0,8}$/.test(text)) return '••••';
  return maskedLabel(text);
}

/** The last four behind two dots; four dots where that would show most of it. */
export function maskedLabel(text: string): string {
  const printable = text.replace(/[^\x21-\x7e]/g, '?');
  return printable.length > 4 ? `••${printable.slice(-4)}` : '••••';
}

function pinOf(code: string, pin: (digits: string) => string | undefined): string | undefined {
  return /^[0-9]{2,8}$/.test(code) ? pin(code) : undefined;
}

function reverseBytes(text: string): string {
  const padded = text.padStart(Math.max(8, text.length + (text.length % 2)), '0');
  return (padded.match(/../g) ?? []).reverse().join('');
}

/** Trimmed, unquoted, lower case; separators become single spaces, but a signed number keeps its sign. */
function fold(value: string): string {
  const text = value
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()
    .toLowerCase();
  if (/^-[0-9]+$/.test(text)) return text;
  // Separators alone are a word nobody knows, not an empty value.
  return text.replace(/[\s_+-]+/g, ' ').trim() || text;
}
