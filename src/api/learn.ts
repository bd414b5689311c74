/**
 * Learning a card at a reader: the next one presented there is not read but shown, with every format that fits. Whole
 * card numbers: for those who manage people only; the bits as sent for administrators only; kept nowhere.
 */
import { z } from 'zod';
import type { LearnState } from '../core/requests.js';
import type { Context } from './context.js';
import { laterProblem, notFound, type Problem } from './problem.js';
import { ok, type Reply, type Row, row } from './route.js';
import { idParams, operators } from './schemas.js';

const reading = z.strictObject({
  format: z.string(),
  facility: z.int().exactOptional(),
  issue: z.int().exactOptional(),
  number: z.string(),
  /** The look-up key: what `hex` of a new credential takes. */
  hex: z.string(),
});
const view = z.strictObject({
  reader: z.string(),
  phase: z.enum(['off', 'armed', 'read']),
  /** Until it gives up waiting, or forgets what it read. */
  secondsLeft: z.number().exactOptional(),
  /** The frame as sent, check bits included; administrators only. */
  bits: z.string().exactOptional(),
  readings: z.array(reading).exactOptional(),
});

/** The rows about learning. */
export function learnRows(context: Context): readonly Row[] {
  const path = '/api/v1/readers/{id}/learn';
  return [
    row({
      method: 'POST',
      path,
      roles: operators,
      summary: 'Learn the next card presented at this reader: it is shown here and opens nothing',
      params: idParams,
      body: z.strictObject({ seconds: z.int().min(5).max(300).default(60) }),
      response: view,
      handler: async ({ params, body, by }) => {
        const forMs = body.seconds * 1000;
        return replyOf(
          await context.control({ kind: 'learn', reader: params.id, command: 'arm', forMs, by }),
          false,
        );
      },
    }),
    row({
      method: 'GET',
      path,
      roles: operators,
      summary: 'What was learned: every format that fits, with facility and number',
      params: idParams,
      response: view,
      handler: async ({ params, caller }) =>
        replyOf(
          await context.control({ kind: 'learned', reader: params.id }),
          caller?.role === 'administrator',
        ),
    }),
    row({
      method: 'DELETE',
      path,
      roles: operators,
      summary: 'Stop learning and forget',
      params: idParams,
      response: view,
      handler: async ({ params, by }) =>
        replyOf(
          await context.control({ kind: 'learn', reader: params.id, command: 'stop', forMs: 0, by }),
          false,
        ),
    }),
  ];
}

type ControlReply = Awaited<ReturnType<Context['control']>>;

function replyOf(reply: ControlReply, withBits: boolean): Reply | Problem {
  if (reply.kind === 'learning') return ok(viewOf(reply.learning, withBits));
  if (reply.kind === 'error' && reply.error === 'unknown-reader') return notFound('reader');
  return laterProblem(503, 'The controller is busy.', 5);
}

function viewOf(state: LearnState, withBits: boolean): z.output<typeof view> {
  const { reader, phase } = state;
  if (state.phase === 'off') return { reader, phase };
  const secondsLeft = Math.ceil(state.leftMs / 1000);
  if (state.phase === 'armed') return { reader, phase, secondsLeft };
  const readings = state.readings.map(({ secret, bits: _, ...fields }) => ({ ...fields, hex: secret }));
  return { reader, phase, secondsLeft, readings, ...(withBits ? { bits: state.bits } : {}) };
}
