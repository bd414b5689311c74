/**
 * The query of an OpenDoor request, read from the raw request target: no framework's idea of arrays, numbers
 * or repeated keys comes between the wire and the door. Total: never throws.
 */

/** Keys the two URL forms know; any other spelling of one of them is refused. */
const knownKeys = [
  'action',
  'DoorNum',
  'AntiPassbackMode',
  'Name',
  'UnlockType',
  'Code',
  'UserName',
  'Password',
] as const;

/** Every key an OpenDoor URL may carry. */
export type OpenDoorKey = (typeof knownKeys)[number];

/** Decoded values by key; a key that was not sent is absent. */
export type OpenDoorQuery = ReadonlyMap<OpenDoorKey, string>;

const spelling = new Map<string, OpenDoorKey>(knownKeys.map((key) => [key.toLowerCase(), key]));
const queryMax = 2_048;
const parametersMax = 32;
const valueMax = 64;

/**
 * The parameters of `rawQuery` (what follows `?`), or undefined when anything about them is not plain: a key
 * repeated in any case mix, a known key in another spelling, brackets or escapes in a key, NUL, a value over
 * 64 characters, or bytes that are not UTF-8 outside `Name`. Keys nobody knows are ignored.
 */
export function parseOpenDoorQuery(rawQuery: string): OpenDoorQuery | undefined {
  if (rawQuery.length > queryMax) return undefined;
  const parts = rawQuery.split('&');
  if (parts.length > parametersMax) return undefined;
  const seen = new Set<string>();
  const values = new Map<OpenDoorKey, string>();
  for (const part of parts) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    const folded = key.toLowerCase();
    if (!/^[\w$.-]+$/.test(key) || seen.has(folded)) return undefined;
    seen.add(folded);
    const known = spelling.get(folded);
    if (known === undefined) continue;
    if (known !== key) return undefined;
    const value = decodeValue(known, equals < 0 ? '' : part.slice(equals + 1));
    if (value === undefined) return undefined;
    values.set(known, value);
  }
  return values;
}

function decodeValue(key: OpenDoorKey, raw: string): string | undefined {
  // Form encoders write a space of a name as `+`; a code keeps its `+`, the accepting sets fold theirs.
  const value = key === 'Name' ? decodeName(raw.replaceAll('+', ' ')) : percentDecode(raw);
  if (value === undefined || value.includes('\0') || value.length > valueMax) return undefined;
  return value;
}

/** A name is for the log: Latin-1 of an old sender is taken as such, marks that bend a line of text are replaced. */
function decodeName(raw: string): string {
  const bytes = percentBytes(raw);
  const name = utf8(bytes) ?? bytes.toString('latin1');
  // NUL stays, to be refused.
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (mark) => (mark === '\0' ? mark : '\ufffd'));
}

/** Percent-decoded UTF-8, a lone `%` standing for itself; undefined when the bytes are not UTF-8. */
function percentDecode(raw: string): string | undefined {
  return raw.includes('%') ? utf8(percentBytes(raw)) : raw;
}

function percentBytes(raw: string): Buffer {
  // Node hands request targets over as Latin-1 text: one character, one byte.
  const unescaped = raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(unescaped, 'latin1');
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
