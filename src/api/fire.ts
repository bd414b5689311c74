/** The fire latch: doors that opened on fire stay open until somebody resets by hand, once the input is quiet. */
import { z } from 'zod';
import type { Context } from './context.js';
import { deniedProblem, laterProblem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { operators } from './schemas.js';

/** The rows about fire. */
export function fireRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'POST',
      path: '/api/v1/fire/reset',
      roles: operators,
      summary: 'Lock again after a fire alarm, when its input is quiet',
      response: z.strictObject({ result: z.literal('done') }),
      handler: async ({ by }) => {
        const reply = await context.control({ kind: 'fire-reset', by });
        if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
        if (reply.answer.kind === 'denied') return deniedProblem(reply.answer.reason);
        return ok({ result: 'done' });
      },
    }),
  ];
}
