/** Alarms: rows of the log that somebody should see to, and who has. */
import { z } from 'zod';
import type { Revised, StoredAlarm } from '../core/management.js';
import { type Context, write } from './context.js';
import { notFound, problem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { operators, pageOf, revision, text, watchers } from './schemas.js';
import { timeOf } from './times.js';

const key = z.string().regex(/^[1-9][0-9]{0,15}$/, 'is the number of a row of the log');
const params = z.strictObject({ id: key });
const view = z.strictObject({
  id: z.string(),
  kind: z.string(),
  door: z.string().exactOptional(),
  reader: z.string().exactOptional(),
  zone: z.int().exactOptional(),
  user: z.string().exactOptional(),
  at: z.string(),
  /** Does what it tells of last? */
  active: z.boolean(),
  ended: z.string().exactOptional(),
  acknowledged: z.strictObject({ by: z.string(), at: z.string(), note: z.string() }).exactOptional(),
  revision,
});

/** The rows about alarms. */
export function alarmRows(context: Context): readonly Row[] {
  const path = '/api/v1/alarms';
  return [
    row({
      method: 'GET',
      path,
      roles: watchers,
      summary: 'Alarms, newest first: those that last or wait for an acknowledgement, or all that are kept',
      query: z.strictObject({
        state: z.enum(['open', 'all']).default('open'),
        cursor: key.optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      response: pageOf(view),
      handler: ({ query: { state, cursor, limit } }) => {
        const page = context.reads.alarms({
          open: state === 'open',
          limit,
          ...(cursor === undefined ? {} : { before: cursor }),
        });
        return ok({ items: page.items.map(viewOf), ...(page.next === undefined ? {} : { next: page.next }) });
      },
    }),
    row({
      method: 'GET',
      path: `${path}/{id}`,
      roles: watchers,
      summary: 'One alarm',
      params,
      response: view,
      handler: (call) => {
        const found = context.reads.get('alarms', call.params.id);
        return found === undefined ? notFound('alarm') : ok(viewOf(found), found.revision);
      },
    }),
    row({
      method: 'POST',
      path: `${path}/{id}/acknowledge`,
      roles: operators,
      summary: 'Say that you have seen an alarm, in the log for good; it goes on while its cause lasts',
      params,
      body: z.strictObject({ note: text(0, 500).default('') }),
      response: view,
      handler: async (call) => {
        const found = context.reads.get('alarms', call.params.id);
        if (found === undefined) return notFound('alarm');
        if (found.body.acknowledged !== undefined) {
          return problem(409, `It was acknowledged already by ${found.body.acknowledged.by}.`);
        }
        const acknowledged = {
          by: call.caller?.operator ?? '',
          atMs: context.now().wallMs,
          note: call.body.note,
        };
        const body: StoredAlarm = { ...found.body, acknowledged };
        const done = await write(context, call.by, [
          { op: 'put', collection: 'alarms', id: body.id, body, expect: found.revision },
        ]);
        if ('problem' in done) return done;
        const [made = found.revision + 1] = done.revisions;
        return ok(viewOf({ body, revision: made }), made);
      },
    }),
  ];
}

function viewOf({ body, revision: made }: Revised<StoredAlarm>): z.output<typeof view> {
  const { raisedMs, endedMs, acknowledged, ...rest } = body;
  return {
    ...rest,
    at: timeOf(raisedMs),
    active: endedMs === undefined,
    ...(endedMs === undefined ? {} : { ended: timeOf(endedMs) }),
    ...(acknowledged === undefined
      ? {}
      : { acknowledged: { by: acknowledged.by, at: timeOf(acknowledged.atMs), note: acknowledged.note } }),
    revision: made,
  };
}
