/**
 * The shape of the site file. Every key carries a description that completes "write ...": it is the second half
 * of the message an installer gets when the key is missing or wrong.
 */
import { z } from 'zod';
import { deviceId, gsdk } from './gsdkSchema.js';
import { serialReader } from './serialReaderSchema.js';
import { osdp, serialPort } from './serialSchema.js';

/** Ids stand in URLs, log rows and file names, hence few characters and one spelling. */
const idPattern = /^[a-z][a-z0-9_-]{0,31}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const printable = /^[^\u0000-\u001f\u007f]+$/;

const id = z
  .string()
  .regex(idPattern)
  .describe('an id of lower-case letters, digits, - and _ that begins with a letter (at most 32)');
const displayName = z
  .string()
  .min(1)
  .max(64)
  .regex(printable)
  .describe('a name of 1 to 64 characters on one line');
const line = z.string().min(1).max(64).describe('the name of a line of the board, for instance relay1');
const activeLow = z
  .boolean()
  .default(false)
  .describe('true when the low level is the active one, else false');
const debounceMs = z.int().min(0).max(5_000).default(20).describe('milliseconds, 0 to 5000');

const contact = z.strictObject({
  line,
  openWhen: z.enum(['active', 'inactive']).default('active').describe('active or inactive'),
  activeLow,
  debounceMs,
});
const level = z.strictObject({ line, activeLow, debounceMs });

const lock = z
  .strictObject({
    kind: z.enum(['strike', 'maglock']).default('strike').describe('strike or maglock'),
    failMode: z
      .enum(['fail-secure', 'fail-safe'])
      .default('fail-secure')
      .describe('fail-secure (locked without power) or fail-safe (unlocked without power)'),
  })
  .prefault({});

const door = z
  .strictObject({
    name: displayName,
    number: z.int().min(1).max(8).describe('the OpenDoor DoorNum, 1 to 8, each once'),
    relay: z.strictObject({ line, activeLow, lock }).describe('the relay, for instance { line: relay1 }'),
    contact: contact.optional().describe('the door contact, for instance { line: in1 }'),
    rex: level.optional().describe('the request to exit, for instance { line: in2 }'),
    hardwareRex: z
      .literal('confirmed')
      .optional()
      .describe('confirmed, once a button that cuts the power of the lock by itself is fitted and tried'),
  })
  .describe('a door: name, number and relay at least');

const lamp = z.strictObject({ line, activeLow });

const stretches = z
  .array(z.int().min(20).max(10_000).describe('milliseconds, 20 to 10000'))
  .min(1)
  .max(16)
  .describe('milliseconds active, inactive, active, ... (at most 16), for instance [100, 200]');
const pattern = z
  .union([
    z.enum(['off', 'steady']),
    z.strictObject({ once: stretches }),
    z.strictObject({
      // An odd count would be active at its end and at its beginning: one long stretch.
      repeat: stretches.refine((list) => list.length % 2 === 0),
    }),
  ])
  .describe(
    'off, steady, { once: [100] } or { repeat: [100, 900] } (an even count of 20 to 10000 ms, at most 16)',
  );
const lampPattern = z
  .strictObject({ led: pattern.optional(), ledRed: pattern.optional(), beep: pattern.optional() })
  .describe('what its lines do, for instance { beep: { once: [300] } }');
const shows = lampPattern.optional();

const keypads = [
  ...(['4-bit', '6-bit', '6-bit-rosslare', '8-bit-high', '8-bit-swapped'] as const),
  ...(['10-bit', '10-bit-high', '10-bit-swapped'] as const),
  ...(['buffered-26', 'buffered-24', 'buffered-26-bcd'] as const),
];

// Its lines idle high and pulse low, always.
const wiegand = z.strictObject({
  d0: line,
  d1: line,
  formats: z
    .array(z.string().min(1).max(32).describe('the name of a card format, for instance H10301'))
    .min(1)
    .max(32)
    .describe('a list of card formats, for instance [H10301]'),
  frameGapMs: z.int().min(5).max(1_000).default(25).describe('milliseconds, 5 to 1000'),
  keypad: z
    .enum(keypads)
    .optional()
    .describe(`${keypads.join(', ')}, or leave it out for a reader without keys`),
  keypadFacility: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe('the facility with which a buffered-26 keypad sends its PINs, 0 to 255'),
  keypadDigits: z
    .int()
    .min(4)
    .max(5)
    .optional()
    .describe('how many digits every PIN of a buffered-26 keypad has, 4 or 5: it loses leading zeros'),
  facilities: z
    .array(z.int().min(0).max(0xffff_ffff).describe('a facility code'))
    .min(1)
    .max(64)
    .optional()
    .describe('the facility codes whose cards are welcome, for instance [25]; leave it out for all'),
  led: lamp.optional().describe('the (green) lamp, for instance { line: w1.led }'),
  ledRed: lamp.optional().describe('a red lamp with a line of its own, for instance { line: w1.led2 }'),
  beep: lamp.optional().describe('the beeper, for instance { line: w1.beep }'),
  signals: z
    .strictObject({
      granted: shows,
      denied: shows,
      'denied-passback': shows,
      'waiting-for-pin': shows,
      held: shows,
      alarm: shows,
      normal: shows,
    })
    .optional()
    .describe('what differs from the usual, for instance { denied: { beep: { once: [300] } } }'),
});

/** At this reader the user's URLs are called instead of a decision about a door of ours. */
const forward = z.strictObject({
  mode: z.enum(['entry', 'exit']).optional().describe('entry or exit, or leave it out for the direction'),
  codeFormat: z
    .enum(['8HN', '8HR', '6H3D5D', '8H10D'])
    .default('8HN')
    .describe('how the receiver reads card numbers: 8HN, 8HR, 6H3D5D or 8H10D'),
  urls: z
    .array(
      z
        .string()
        .min(8)
        .max(1_024)
        .regex(printable)
        .describe('a URL, its variables such as $code in the query'),
    )
    .max(10)
    .default([])
    .describe('URLs called for users who have none of their own, at most 10'),
  basic: z.boolean().default(false).describe('true to answer a receiver that offers Basic alone, else false'),
  certificateSha256: z
    .string()
    .regex(/^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$/)
    .optional()
    .describe("the SHA-256 fingerprint of the receivers' certificate, 64 hexadecimal digits"),
  timeoutMs: z.int().min(1_000).max(60_000).default(12_000).describe('milliseconds, 1000 to 60000'),
});

const reader = z
  .strictObject({
    name: displayName.optional(),
    door: id.describe('the id of a door above'),
    direction: z.enum(['entry', 'exit']).describe('entry or exit'),
    asks: z
      .enum(['card', 'card-or-pin', 'card-and-pin'])
      .optional()
      .describe('card, card-or-pin (the usual) or card-and-pin'),
    wiegand: wiegand
      .optional()
      .describe('the two data lines and formats, for instance { d0: w1.d0, d1: w1.d1, formats: [H10301] }'),
    osdp: osdp
      .optional()
      .describe('where an OSDP reader hangs, for instance { line: rs485, address: 0, formats: [H10301] }'),
    serial: serialReader
      .optional()
      .describe('where a simple serial reader hangs, for instance { line: rs485, framing: em4100 }'),
    tamper: level.optional().describe('the tamper contact, for instance { line: in3 }'),
    deviceId: deviceId.optional().describe('its number as a device for G-SDK clients, 1 to 4294967295'),
    forward: forward.optional().describe('how swipes are sent on to other controllers, for instance {}'),
  })
  .describe('a reader: door and direction at least');

const http = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]{1,253}$/)
      .default('127.0.0.1')
      .describe('an address of this machine, 127.0.0.1 for itself alone or 0.0.0.0 for the network'),
    port: z.int().min(0).max(65_535).default(8080).describe('a port, 1 to 65535 (0 = any free one)'),
    tls: z
      .enum(['auto', 'off', 'self-signed', 'files'])
      .default('auto')
      .describe('auto (encrypted unless for this machine alone), off, self-signed or files'),
    certificate: z
      .string()
      .min(1)
      .max(1024)
      .regex(printable)
      .optional()
      .describe('the path of a certificate in PEM, with tls: files'),
    key: z.string().min(1).max(1024).regex(printable).optional().describe('the path of its key in PEM'),
    openDoorPort: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('a second port that takes OpenDoor alone, not encrypted, 1 to 65535'),
    requestsPerMinute: z
      .int()
      .min(60)
      .max(1_000_000)
      .default(12_000)
      .describe('requests of one address within a minute, 60 to 1000000'),
    connectionsMax: z.int().min(16).max(20_000).default(512).describe('connections at once, 16 to 20000'),
    securityContact: z
      .string()
      .regex(/^(https:\/\/|mailto:)[\x21-\x7e]{3,200}$/)
      .optional()
      .describe('whom to tell of a security fault, for instance mailto:security@example.com'),
  })
  .prefault({})
  .describe('where to listen, for instance { host: 127.0.0.1, port: 8080 }');

const someBits = z.union([
  z.int().min(0).max(255),
  z
    .string()
    .max(64)
    .regex(/^\d{1,3}(-\d{1,3})?$/),
]);
const fieldBits = z
  .union([someBits, z.array(someBits).min(1).max(256)])
  .describe('bits, the first sent is 0, for instance 1-8 or [1-8, 12] (8-1 = last sent first)');
/** What a check bit covers may be nothing: then it is always the same. */
const bitList = z
  .union([someBits, z.array(someBits).max(256)])
  .describe('bits, the first sent is 0, for instance 1-8 or [1-8, 12] (8-1 = last sent first)');

const format = z
  .strictObject({
    bits: z.int().min(8).max(256).describe('the length of a frame, 8 to 256 bits'),
    facility: fieldBits.optional(),
    issue: fieldBits.optional(),
    number: fieldBits,
    parity: z
      .array(
        z
          .strictObject({
            bit: z.int().min(0).max(255).describe('the check bit, the first sent is 0'),
            kind: z.enum(['even', 'odd']).describe('even or odd'),
            over: bitList,
          })
          .describe('a check bit, for instance { bit: 0, kind: even, over: 1-12 }'),
      )
      .max(256)
      .describe('the check bits in the order in which the reader sets them, [] for none'),
    reverse: z
      .enum(['bits', 'bytes'])
      .optional()
      .describe('bits or bytes, when the data come last first, or leave it out'),
  })
  .describe('a card format: bits, number and parity at least');

/** Names of formats stand beside the built-in ones. */
const formatName = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,31}$/)
  .describe('a name of letters, digits, - and _ that begins with a letter (at most 32)');

/** The whole file. Only what can be checked key by key; what needs two keys is in `siteRules.ts`. */
export const siteSchema = z
  .strictObject({
    name: displayName,
    board: z.string().min(1).max(64).describe('the id of a board, for instance mock'),
    driver: z
      .enum(['gpiochip', 'onoff'])
      .optional()
      .describe(
        'gpiochip (the character device) or onoff (sysfs), or leave it out for the best one of the board',
      ),
    acceptEdgeLoss: z
      .boolean()
      .default(false)
      .describe('true to read Wiegand over driver: onoff although it loses edges, else false'),
    timeZone: z.string().min(1).max(64).describe('an IANA time zone, for instance Europe/Berlin'),
    data: z.string().min(1).max(1024).regex(printable).default('./data').describe('a folder'),
    clock: z.enum(['auto', 'assume-trusted']).default('auto').describe('auto or assume-trusted'),
    untrustedClock: z.enum(['deny', 'allow']).default('deny').describe('deny or allow'),
    storageDeadlineMs: z.int().min(50).max(10_000).default(1_000).describe('milliseconds, 50 to 10000'),
    http,
    gsdk: gsdk.optional(),
    formats: z.record(formatName, format).default({}).describe('card formats of this site by name'),
    doors: z.record(id, door).describe('the doors by id, at least one'),
    readers: z.record(id, reader).default({}).describe('the readers by id'),
    outputs: z
      .record(id, z.strictObject({ line, activeLow }))
      .default({})
      .describe('lamps, signs and sirens of zones by id, for instance { siren: { line: relay4 } }'),
    serial: z.record(id, serialPort).default({}).describe('the serial ports by id'),
    interlocks: z
      .record(id, z.array(id).min(2).max(8).describe('two doors or more, for instance [outer, inner]'))
      .default({})
      .describe('groups of doors by id, one open at a time, for instance { airlock: [outer, inner] }'),
    fire: level.optional().describe('the fire alarm input, for instance { line: in9 }'),
  })
  .describe('keys and values: name, board, timeZone and doors at least');

type Parsed = z.output<typeof siteSchema>;
type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T;

export type DoorFile = Deep<Parsed['doors'][string]> & { readonly id: string };
export type ReaderFile = Deep<Omit<Parsed['readers'][string], 'name'>> & {
  readonly id: string;
  readonly name: string;
};

/** An output that belongs to no door. */
export type OutputFile = Deep<Parsed['outputs'][string]> & { readonly id: string };

/** A site file that was checked, with every default filled in. Doors, readers and outputs in the order of the file. */
export type SiteFile = Deep<Omit<Parsed, 'doors' | 'readers' | 'outputs'>> & {
  readonly doors: readonly DoorFile[];
  readonly readers: readonly ReaderFile[];
  readonly outputs: readonly OutputFile[];
};

/** The checked value with ids inside; a reader without a name goes by its door and direction. */
export function toSiteFile(parsed: Parsed): SiteFile {
  const doors = Object.entries(parsed.doors).map(([doorId, body]) => ({ id: doorId, ...body }));
  const readers = Object.entries(parsed.readers).map(([readerId, body]) => ({
    ...body,
    id: readerId,
    name: body.name ?? `${parsed.doors[body.door]?.name ?? body.door} ${body.direction}`,
  }));
  const outputs = Object.entries(parsed.outputs).map(([outputId, body]) => ({ id: outputId, ...body }));
  return { ...parsed, doors, readers, outputs };
}
