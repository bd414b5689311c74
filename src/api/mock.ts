/** The mock board's hands: cards, PINs, contacts, exit buttons. In the table only while the mock is the board. */
import { z } from 'zod';
import type { ControlReply, MockRequest } from '../core/requests.js';
import type { Context } from './context.js';
import { fieldProblem, laterProblem, notFound, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { id, watchers } from './schemas.js';

const actors = ['administrator', 'operator', 'demo'] as const;
const present = z.union([
  z.strictObject({
    format: z.string().min(1).max(32),
    facility: z.int().min(0).max(0xffff_ffff).default(0),
    issue: z.int().min(0).max(0xffff_ffff).default(0),
    number: z.union([z.string().regex(/^[0-9]{1,78}$/), z.int().min(0).transform(String)]),
  }),
  z.strictObject({ bits: z.string().regex(/^[01]{1,256}$/, 'is 1 to 256 of 0 and 1, first sent first') }),
  z.strictObject({ pin: z.string().regex(/^[0-9*#]{1,16}$/, 'is 1 to 16 keys') }),
]);
const line = z.strictObject({
  line: z.string(),
  direction: z.enum(['input', 'output']),
  active: z.boolean(),
  history: z.array(z.strictObject({ atUs: z.number(), active: z.boolean() })),
});

/** The rows of the mock board; none with any other board. */
export function mockRows(context: Context): readonly Row[] {
  if (context.site.board !== 'mock') return [];
  const ask = async (request: MockRequest) => replyOf(await context.control(request));
  return [
    row({
      method: 'POST',
      path: '/api/v1/mock/readers/{reader}/present',
      roles: actors,
      summary: 'Present a card (format, facility, issue, number; or raw bits) or type a PIN at a reader',
      params: z.strictObject({ reader: id }),
      body: present,
      handler: ({ params, body }) => {
        const what = whatOf(context, body);
        return 'problem' in what ? what : ask({ kind: 'mock-present', reader: params.reader, what });
      },
    }),
    row({
      method: 'POST',
      path: '/api/v1/mock/doors/{door}/contact',
      roles: actors,
      summary: 'Open or close the leaf of a door',
      params: z.strictObject({ door: id }),
      body: z.strictObject({ open: z.boolean() }),
      handler: ({ params, body }) => ask({ kind: 'mock-contact', door: params.door, open: body.open }),
    }),
    row({
      method: 'POST',
      path: '/api/v1/mock/doors/{door}/rex',
      roles: actors,
      summary: 'Press or let go of the exit button of a door',
      params: z.strictObject({ door: id }),
      body: z.strictObject({ active: z.boolean() }),
      handler: ({ params, body }) => ask({ kind: 'mock-rex', door: params.door, active: body.active }),
    }),
    row({
      method: 'POST',
      path: '/api/v1/mock/readers/{reader}/tamper',
      roles: actors,
      summary: 'Open or close the housing of a reader',
      params: z.strictObject({ reader: id }),
      body: z.strictObject({ active: z.boolean() }),
      handler: ({ params, body }) => ask({ kind: 'mock-tamper', reader: params.reader, active: body.active }),
    }),
    row({
      method: 'POST',
      path: '/api/v1/mock/fire',
      roles: actors,
      summary: 'Raise or end the alarm at the fire input',
      body: z.strictObject({ active: z.boolean() }),
      handler: ({ body }) => ask({ kind: 'mock-fire', active: body.active }),
    }),
    row({
      method: 'GET',
      path: '/api/v1/mock/lines',
      roles: watchers,
      summary: 'Every line of the board with its latest changes',
      response: z.strictObject({ items: z.array(line) }),
      handler: () => ask({ kind: 'mock-lines' }),
    }),
  ];
}

function whatOf(
  context: Context,
  body: z.output<typeof present>,
): { readonly bits: string } | { readonly pin: string } | Problem {
  if (!('format' in body)) return body;
  if (!context.cards.formats.includes(body.format)) {
    return fieldProblem('format', `is one of ${context.cards.formats.join(', ')}`);
  }
  const bits = context.cards.encode(body.format, body.facility, body.number, body.issue);
  return bits === undefined
    ? fieldProblem('number', `facility, issue and number do not fit ${body.format}`)
    : { bits };
}

function replyOf(reply: ControlReply): Reply | Problem {
  if (reply.kind === 'lines') return ok({ items: reply.lines });
  if (reply.kind !== 'error') return noContent;
  switch (reply.error) {
    case 'unknown-reader':
      return notFound('such reader');
    case 'unknown-user':
      return notFound('such user');
    case 'unknown-door':
      return notFound('such door');
    case 'no-line':
      return problem(409, 'No line of the board is wired for this.');
    case 'mock-not-configured':
      return problem(404, 'There is nothing at this address.');
    case 'busy':
      return laterProblem(503, 'The controller is busy.', 1);
  }
}
