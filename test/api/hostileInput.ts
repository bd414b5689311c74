/** What strangers and broken devices send: queries, bodies, values and keys, ready for the wire. */

/** Ann's card, entering the lobby: opens when sent whole. */
const right = {
  action: 'OpenDoor',
  DoorNum: '1',
  AntiPassbackMode: 'Entry',
  Name: 'Ann',
  UnlockType: 'Card',
  Code: '001912D6',
} as const;
type Key = keyof typeof right;
/** A query that opens. */
export const rightQuery = queryOf(right);

function queryOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** Request targets as they go over the wire, Latin-1. */
const hostileTexts = [
  'A'.repeat(1_000_000),
  'A'.repeat(65_536),
  'A'.repeat(1_900),
  "1'%20OR%20'1'%3D'1",
  '1%3B%20DROP%20TABLE%20users%3B--',
  '%00',
  'x%00y',
  '\0',
  '\xff\xfe',
  '%ff%fe',
  '\xe2\x80',
  '%C0%80',
  '%ED%A0%80',
  '%',
  '%2',
  '%zz',
  '%25%30%30',
  '%0d%0aX-Evil:%201',
  '\r\nX-Evil: 1',
  '\nX-Evil: 1',
  '\r\n',
  ' x',
  '%EF%BC%91',
  '%D0%95ntry',
  '%E2%80%AE1',
  '%D9%A1',
  '1e0',
  '0x1',
  '1.0',
  '+1',
  '01',
  '1%20',
  'NaN',
  '1e999',
  'true',
  '__proto__',
  '%7B%22%24gt%22%3A%22%22%7D',
  '<script>alert(1)</script>',
  '..%2f..%2fetc%2fpasswd',
];

/** The accepting set of AntiPassbackMode trims blanks, and a form encoder's `+` is one. */
const meansEntry = new Set(['1%20', '+1']);

/** Each parameter bent in each way. Where a good card would rightly open, the card is one nobody has. */
export function openDoorQueries(): readonly string[] {
  const keys = Object.keys(right) as Key[];
  const forgiving: readonly Key[] = ['Name', 'UnlockType'];
  const bent = keys.flatMap((key) => {
    const card = forgiving.includes(key) ? { ...right, Code: '00FFFFFF' } : right;
    const texts = hostileTexts.filter((text) => key !== 'AntiPassbackMode' || !meansEntry.has(text));
    return texts.map((text) => queryOf({ ...card, [key]: text }));
  });
  const doubled = keys.flatMap((key) => {
    const { [key]: value, ...others } = right;
    const rest = queryOf(others);
    return [
      `${rest}&${key}=${value}&${key}=${value}`,
      `${key}=x&${rest}&${key}=${value}`,
      `${rest}&${key}[]=${value}`,
      `${rest}&${key}%5B%5D=${value}`,
      `${rest}&${key}[0]=${value}`,
      `${rest}&__proto__[${key}]=${value}`,
      `${rest}&${key.toUpperCase()}=${value}`,
      `${rest}&${key}=${value}&${key.toLowerCase()}x[a]=1`,
    ];
  });
  const many = `${rightQuery}${Array.from({ length: 40 }, (_, n) => `&k${n}=`).join('')}`;
  return [...bent, ...doubled, many, '', '&&&&', '='.repeat(100), '?'.repeat(100)];
}

/** Decodes to short text without NUL, each key once and in its spelling. */
export function plain(query: string): boolean {
  if (/%00|%ff|%C0|%ED|%25|__proto__\[/i.test(query)) return false;
  const keys = query.split('&').map((part) => part.replace(/=.*/, ''));
  return keys.every((key) => key in right) && new Set(keys).size === keys.length;
}

/** Cards, frames and PINs for a mock reader; none is a card of the demo. */
export function presentBodies(): readonly string[] {
  const bitLengths = [1, 2, 7, 8, 25, 26, 27, 33, 34, 37, 38, 64, 255, 256];
  const bits = bitLengths.flatMap((length) => ['1'.repeat(length), '01'.repeat(128).slice(0, length)]);
  const wrongBits = ['', '0'.repeat(257), '1'.repeat(60_000), '012', '１０', '1 0', '0b01', '1\0'];
  const numbers = [
    '"99999999999999999999"',
    '"1e3"',
    '"0x12D6"',
    '"-1"',
    '"४८२२"',
    '1e21',
    '1e999',
    '-1',
    '1.5',
  ];
  const formats = ['__proto__', 'constructor', 'h10301', 'H10301 ', 'H10301\0', 'A'.repeat(33)];
  const pins = ['1234', '*', '####', '0'.repeat(16), '0'.repeat(17), '12３4', "' OR 1=1"];
  return [
    ...[...bits, ...wrongBits].map((text) => JSON.stringify({ bits: text })),
    ...numbers.map((number) => `{"format":"H10301","facility":25,"number":${number}}`),
    ...['256', '4294967295', '4294967296', '-1', '1e999', '"25"', 'null'].map(
      (facility) => `{"format":"H10301","facility":${facility},"number":"4822"}`,
    ),
    ...formats.map((format) => JSON.stringify({ format, facility: 25, number: '4822' })),
    ...pins.map((pin) => JSON.stringify({ pin })),
    '{"bits":["0","1"]}',
    '{"pin":1234}',
    '{"bits":"01","pin":"1"}',
    '{"format":["H10301"],"facility":25,"number":"4822"}',
  ];
}

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
/** Whole bodies. */
export const hostileBodies: readonly (readonly [name: string, body: string | Buffer])[] = [
  ['not JSON', '{not json'],
  ['a number', '1e999'],
  ['a list', '[]'],
  ['null', 'null'],
  ['deep lists', deep],
  ['a deep field', `{"name":${deep}}`],
  ['a deep object', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['70 KB', JSON.stringify({ name: 'x'.repeat(70_000) })],
  ['1 MB', Buffer.alloc(1_000_000, '"')],
  ['__proto__', '{"__proto__":{"enabled":true,"role":"administrator"},"constructor":{"prototype":{}}}'],
  ['doubled keys', '{"nobody":1,"nobody":2}'],
  ['NaN', '{"name":NaN}'],
  ['NUL', '{"na\0me":"x"}'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a UTF-16 body', Buffer.from('\ufeff{"name":"x"}', 'utf16le')],
];

/** One field's value as JSON text; none of them takes a right away from the people of the demo. */
export const hostileValues = [
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\u202eevil"',
  '"\\uffff"',
  '"__proto__"',
  `"'; DROP TABLE users; --"`,
  JSON.stringify('x'.repeat(60_000)),
  '1e999',
  '-1e999',
  '-0',
  '1e308',
  '9007199254740993',
  '{"__proto__":{"a":1}}',
  '[null]',
  '[["__proto__"]]',
];

/** Keys in a path. */
export const hostileParams = [
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e',
  '%00',
  'x%00',
  '\0',
  '%ff',
  '%',
  '\xff',
  '__proto__',
  'constructor',
  'A'.repeat(1_000_000),
];
