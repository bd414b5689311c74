/** What the controller is doing: a public sign of life that says nothing else, and the whole for those who watch. */
import { z } from 'zod';
import type { Context } from './context.js';
import { laterProblem } from './problem.js';
import { healthView, readerHealth } from './readers.js';
import { ok, type Row, row } from './route.js';
import { doorWatchers } from './schemas.js';
import { timeOf } from './times.js';
import { zoneNow } from './zoneSchema.js';

const view = z.strictObject({
  version: z.string(),
  board: z.string(),
  boot: z.string(),
  storage: z.enum(['ok', 'failed']),
  fire: z.enum(['off', 'active', 'latched']),
  clock: z.strictObject({ at: z.string(), trust: z.string() }),
  lastSeq: z.int(),
  rowsWaiting: z.int(),
  doors: z.array(
    z.strictObject({
      id: z.string(),
      leaf: z.string(),
      lock: z.enum(['locked', 'unlocked']),
      alarm: z.string(),
      waiting: z.int(),
      /** What stands until told otherwise, by level: emergency, operator, schedule. */
      flags: z.record(z.string(), z.string()),
    }),
  ),
  readers: z.array(readerHealth.extend({ id: z.string() }).strict()),
  zones: z.array(zoneNow),
});

/** The rows about the controller itself. */
export function statusRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/health',
      roles: 'public',
      summary: 'Is it alive?',
      response: z.strictObject({ status: z.literal('ok') }),
      handler: () => ok({ status: 'ok' }),
    }),
    row({
      method: 'GET',
      path: '/api/v1/status',
      roles: doorWatchers,
      summary: 'Doors, readers, zones, storage, clock',
      response: view,
      handler: async () => {
        const reply = await context.control({ kind: 'status' });
        if (reply.kind !== 'status') return laterProblem(503, 'The controller is busy.', 5);
        const { board, boot, storage, fire, clock, rowsWaiting, zones } = reply.status;
        return ok({
          version: context.version,
          board,
          boot,
          storage,
          fire,
          clock: { at: timeOf(clock.wallMs), trust: clock.trust },
          lastSeq: context.reads.lastSeq(),
          rowsWaiting,
          doors: reply.status.doors.map(({ id, state, waiting }) => ({
            id,
            leaf: state.leaf,
            lock: state.unlocked ? 'unlocked' : 'locked',
            alarm: state.alarm,
            waiting,
            flags: { ...state.flags },
          })),
          readers: reply.status.readers.map((reader) => ({ id: reader.id, ...healthView(reader) })),
          zones,
        });
      },
    }),
  ];
}
