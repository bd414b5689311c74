/** Who is where: the records of a zone and who is inside it. */
import { z } from 'zod';
import type { Context } from './context.js';
import { notFound } from './problem.js';
import { ok, type Row, row } from './route.js';
import { pageOf, pageQuery, readers } from './schemas.js';
import { timeOf } from './times.js';
import { direction, zoneKey } from './zoneSchema.js';

const zoneParams = z.strictObject({ id: zoneKey });

const recordView = z.strictObject({
  user: z.string(),
  userName: z.string(),
  direction,
  reader: z.string(),
  at: z.string(),
  clockTrusted: z.boolean(),
  seq: z.int(),
  marks: z.array(z.string()),
});

/** Rows about the places of users. */
export function placeRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/zones/{id}/records',
      roles: readers,
      summary: 'Who is recorded in a zone: the last counted passage of each user; side=entry = who is inside',
      params: zoneParams,
      query: pageQuery.extend({ side: z.enum(['entry', 'exit']).optional() }).strict(),
      response: pageOf(recordView),
      handler: ({ params, query }) => {
        if (context.reads.get('zones', params.id) === undefined) return notFound('zone');
        const page = context.reads.zoneRecords(Number(params.id), {
          limit: query.limit,
          ...(query.cursor === undefined ? {} : { after: query.cursor }),
          ...(query.side === undefined ? {} : { side: query.side }),
        });
        const items = page.items.map(({ user, userName, record, seq }) => ({
          user,
          userName,
          direction: record.direction,
          reader: record.reader,
          at: timeOf(record.wallMs),
          clockTrusted: record.trusted,
          seq,
          marks: [...(record.marks ?? [])],
        }));
        return ok({ items, ...(page.next === undefined ? {} : { next: page.next }) });
      },
    }),
  ];
}
