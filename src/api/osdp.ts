/** Readers on RS485 lines: how they are, keys, addresses, what is on the line. Keys themselves are never here. */
import { z } from 'zod';
import type { OsdpAnswer, OsdpAsk, OsdpRefusal } from '../core/osdp.js';
import type { Context } from './context.js';
import { laterProblem, notFound, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { administrators, id, readers } from './schemas.js';

const address = z.int().min(0).max(126);
const baud = z.union([9_600, 19_200, 38_400, 57_600, 115_200, 230_400].map((speed) => z.literal(speed)));
const place = z.strictObject({ address, baud });
const hexText = (bytesMin: number, bytesMax: number) =>
  z
    .string()
    .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hexadecimal, two digits a byte')
    .min(bytesMin * 2)
    .max(bytesMax * 2);

const key = z.string().regex(/^[0-9A-Fa-f]{32}$/, 'must be a key of 16 bytes, 32 hexadecimal digits');

const identity = z.strictObject({
  vendor: z.string(),
  model: z.int(),
  version: z.int(),
  serial: z.int(),
  firmware: z.string(),
});
const peripheral = z.strictObject({
  reader: z.string(),
  line: z.string(),
  address: z.int(),
  state: z.enum(['offline', 'identifying', 'secure-channel', 'online']),
  /** Its frames are sealed under a key of its own. */
  secure: z.boolean(),
  policy: z.enum(['required', 'off']),
  keyed: z.boolean(),
  keyEnded: z.enum(['keyed', 'refused', 'not-taken', 'time', 'not-stored']).exactOptional(),
  alarms: z.array(z.string()),
  armedForMs: z.number().exactOptional(),
  identity: identity.exactOptional(),
  capabilities: z.array(z.strictObject({ function: z.int(), level: z.int(), count: z.int() })),
  inputs: z.array(z.string()),
  counters: z.record(z.string(), z.int()),
  replyMs: z.strictObject({ p50: z.number(), p99: z.number() }).exactOptional(),
});
const survey = z.strictObject({
  kind: z.enum(['scan', 'move']),
  done: z.boolean(),
  share: z.number(),
  found: z.array(z.strictObject({ address: z.int(), baud: z.int(), identity: identity.exactOptional() })),
  outcome: z.enum(['moved', 'refused', 'silent', 'lost']).exactOptional(),
});
const line = z.strictObject({
  line: z.string(),
  baud: z.int(),
  readers: z.array(peripheral),
  survey: survey.exactOptional(),
});
const trace = z.strictObject({
  records: z.array(
    z.strictObject({ seq: z.int(), wallMs: z.number(), io: z.enum(['input', 'output']), data: z.string() }),
  ),
  last: z.int(),
});

const words = z.strictObject({
  items: z.array(z.strictObject({ seq: z.int(), wallMs: z.number(), oui: z.string(), data: z.string() })),
  last: z.int(),
});

const refusals: Readonly<Record<Exclude<OsdpRefusal, 'unknown-reader' | 'unknown-line' | 'busy'>, string>> = {
  offline: 'The reader is not online.',
  'clear-reader': 'The site file says that this reader speaks in clear (secure: off).',
  'no-key-store': 'The key store cannot be used; the log says why.',
  'address-taken': 'A reader of this line has that address.',
  'weak-key': 'Everybody would try that key: it counts, repeats, or is well known. Take a random one.',
  'key-pending':
    'A key was sent to the reader and is not proved yet: perhaps it knows no other. Install a key anew.',
  'too-long': 'The reader takes no message of that length: its capability 10 says how long one may be.',
  refused: 'The reader refused.',
};

/** The rows about OSDP lines and readers. */
export function osdpRows(context: Context): readonly Row[] {
  const path = '/api/v1/osdp';
  const ask = async (question: OsdpAsk): Promise<OsdpAnswer | Problem> => {
    const reply = await context.control({ kind: 'osdp', ask: question });
    return reply.kind === 'osdp' ? reply.answer : laterProblem(503, 'The controller is busy.', 5);
  };
  const act = async (question: OsdpAsk) => replyOf(await ask(question));
  return [...lookRows(path, act), ...keyRows(path, act), ...serviceRows(path, act)];
}

type Act = (question: OsdpAsk) => Promise<Reply | Problem>;

const readerParams = z.strictObject({ reader: id });
const lineParams = z.strictObject({ line: id });

function lookRows(path: string, act: Act): readonly Row[] {
  return [
    row({
      method: 'GET',
      path,
      roles: readers,
      summary: 'OSDP lines with their readers: state, security, identity, capabilities, line quality',
      response: z.strictObject({ items: z.array(line) }),
      handler: () => act({ ask: 'lines' }),
    }),
    row({
      method: 'GET',
      path: `${path}/lines/{line}/trace`,
      roles: administrators,
      summary: 'The latest frames of a line; keys and PINs are zeros in them',
      params: lineParams,
      query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
      response: trace,
      handler: ({ params, query }) => act({ ask: 'trace', line: params.line, after: query.after }),
    }),
  ];
}

function keyRows(path: string, act: Act): readonly Row[] {
  return [
    row({
      method: 'POST',
      path: `${path}/readers/{reader}/install-key`,
      roles: administrators,
      summary: 'For five minutes: give this reader a new key, also if it knows only the default one',
      params: readerParams,
      handler: ({ params, by }) => act({ ask: 'arm', reader: params.reader, by }),
    }),
    row({
      method: 'DELETE',
      path: `${path}/readers/{reader}/install-key`,
      roles: administrators,
      summary: 'End install mode now',
      params: readerParams,
      handler: ({ params, by }) => act({ ask: 'disarm', reader: params.reader, by }),
    }),
    row({
      method: 'PUT',
      path: `${path}/readers/{reader}/key`,
      roles: administrators,
      summary:
        'The key a reader was given by a card or an app of its maker; it is tried from now on, and never shown',
      params: readerParams,
      body: z.strictObject({ key }),
      handler: ({ params, body, by }) => act({ ask: 'enter-key', reader: params.reader, key: body.key, by }),
    }),
  ];
}

function serviceRows(path: string, act: Act): readonly Row[] {
  return [
    row({
      method: 'POST',
      path: `${path}/lines/{line}/scan`,
      roles: administrators,
      summary: 'Look for readers of unknown address and speed; the readers of the line stand still meanwhile',
      params: lineParams,
      body: z.strictObject({ bauds: z.array(baud).min(1).max(6).default([9_600, 38_400, 115_200]) }),
      handler: ({ params, body, by }) => act({ ask: 'scan', line: params.line, bauds: body.bauds, by }),
    }),
    row({
      method: 'POST',
      path: `${path}/lines/{line}/move`,
      roles: administrators,
      summary: 'Give a reader without a key another address and speed',
      params: lineParams,
      body: z.strictObject({ from: place, to: place }),
      handler: ({ params, body, by }) => act({ ask: 'move', line: params.line, ...body, by }),
    }),
    row({
      method: 'POST',
      path: `${path}/readers/{reader}/address`,
      roles: administrators,
      summary: 'Give a reader of the site file another address or speed, in its session',
      params: readerParams,
      body: place,
      handler: ({ params, body, by }) => act({ ask: 'set-address', reader: params.reader, ...body, by }),
    }),
    row({
      method: 'POST',
      path: `${path}/readers/{reader}/manufacturer`,
      roles: administrators,
      summary: "A vendor's own command: its number (OUI) and data; the answer comes back",
      params: readerParams,
      body: z.strictObject({ oui: hexText(3, 3), data: hexText(0, 1_000).default('') }),
      response: z.strictObject({ data: z.string().exactOptional() }),
      handler: async ({ params, body, by }) => {
        const reply = await act({ ask: 'manufacturer', reader: params.reader, ...body, by });
        return reply === noContent ? ok({}) : reply;
      },
    }),
    row({
      method: 'GET',
      path: `${path}/readers/{reader}/manufacturer`,
      roles: administrators,
      summary: "What a reader said in its vendor's words without being asked, the latest 32",
      params: readerParams,
      query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
      response: words,
      handler: ({ params, query }) => act({ ask: 'words', reader: params.reader, after: query.after }),
    }),
    row({
      method: 'POST',
      path: `${path}/readers/{reader}/file`,
      roles: administrators,
      summary: 'Send a file to a reader: firmware, a picture; answered when the reader has it',
      params: readerParams,
      large: true,
      body: z.strictObject({
        type: z.int().min(1).max(255),
        base64: z.base64().min(4).max(5_700_000),
      }),
      handler: ({ params, body, by }) => act({ ask: 'file', reader: params.reader, ...body, by }),
    }),
  ];
}

function replyOf(answer: OsdpAnswer | Problem): Reply | Problem {
  if ('problem' in answer) return answer;
  switch (answer.answer) {
    case 'lines':
      return ok({ items: answer.lines });
    case 'words':
      return ok({ items: answer.words, last: answer.last });
    case 'trace':
      return ok({ records: answer.records, last: answer.last });
    case 'done':
      return answer.data === undefined ? noContent : ok({ data: answer.data });
    case 'refused':
      return refusalOf(answer.why);
  }
}

function refusalOf(why: OsdpRefusal): Problem {
  if (why === 'unknown-reader') return notFound('such OSDP reader');
  if (why === 'unknown-line') return notFound('such line');
  if (why === 'busy') return laterProblem(503, 'The line or the reader is busy with something else.', 5);
  return problem(409, refusals[why]);
}
