/** Anti-passback zones, who is recorded in them, and how records are cleared. */
import { z } from 'zod';
import { collectionRows } from './collection.js';
import type { Context } from './context.js';
import { deniedProblem, fieldProblem, laterProblem, notFound, type Problem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { administrators, id, ids, operators, pageOf, pageQuery, readers, text, watchers } from './schemas.js';
import { timeOf } from './times.js';

// Suprema APBZone: at most 48 characters, kept by it in 144 bytes of UTF-8.
const zoneName = text(1, 144).refine(
  (name) => [...name].length <= 48 && Buffer.byteLength(name) <= 144,
  'may have 48 characters',
);
const uint32Max = 0xffff_ffff;
const zoneId = z.int().min(1).max(uint32Max);
const zoneKey = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/)
  .refine((key) => Number(key) <= uint32Max, 'is an unsigned 32-bit number, not 0');
const direction = z.enum(['entry', 'exit']);
const zoneFields = z.object({
  name: zoneName,
  type: z.enum(['hard', 'soft']),
  disabled: z.boolean().default(false),
  resetSeconds: z.int().min(0).max(uint32Max).default(0),
  members: z
    .array(z.strictObject({ reader: id, direction }))
    .min(2)
    .max(64)
    .refine((members) => new Set(members.map((one) => one.direction)).size === 2, 'needs both directions')
    .refine(
      (members) => new Set(members.map((one) => one.reader)).size === members.length,
      'names a reader twice',
    ),
  bypassGroups: ids(16).default([]),
});
const zoneParams = z.strictObject({ id: zoneKey });

/** All rows about zones. */
export function zoneRows(context: Context): readonly Row[] {
  const rows = collectionRows(context, {
    collection: 'zones',
    path: '/api/v1/zones',
    noun: 'zone',
    read: watchers,
    change: administrators,
    fields: zoneFields,
    key: zoneKey,
    keyBody: zoneId,
    makeKey: freeZoneId,
    view: zoneFields.extend({ id: zoneId }),
    toBody: (key, fields) => {
      const unknown = fields.members.findIndex(
        ({ reader }) => !context.site.readers.some((one) => one.id === reader),
      );
      if (unknown >= 0) return fieldProblem(`members.${unknown}.reader`, 'there is no such reader');
      return { id: Number(key), ...fields };
    },
    toView: (body) => body,
    toFields: ({ id: _id, ...fields }) => fields,
  });
  return [...rows, recordsRow(context), clearRow(context), alarmRow(context)];
}

const recordView = z.strictObject({
  user: z.string(),
  userName: z.string(),
  direction,
  reader: z.string(),
  at: z.string(),
  clockTrusted: z.boolean(),
  seq: z.int(),
});

function recordsRow(context: Context): Row {
  return row({
    method: 'GET',
    path: '/api/v1/zones/{id}/records',
    roles: readers,
    summary: 'Who is recorded in a zone: the last counted passage of each user',
    params: zoneParams,
    query: pageQuery,
    response: pageOf(recordView),
    handler: ({ params, query }) => {
      if (context.reads.get('zones', params.id) === undefined) return notFound('zone');
      const page = context.reads.zoneRecords(Number(params.id), {
        limit: query.limit,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
      });
      const items = page.items.map(({ user, userName, record, seq }) => ({
        user,
        userName,
        direction: record.direction,
        reader: record.reader,
        at: timeOf(record.wallMs),
        clockTrusted: record.trusted,
        seq,
      }));
      return ok({ items, ...(page.next === undefined ? {} : { next: page.next }) });
    },
  });
}

function clearRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zones/{id}/clear',
    roles: operators,
    summary: 'Forget the zone records of all or some users, so that either direction may come first',
    params: zoneParams,
    body: z.strictObject({ users: z.union([z.literal('all'), ids(1_000).min(1)]) }),
    response: z.strictObject({ forgotten: z.int() }),
    handler: async ({ params, body, by }) => {
      const { users } = body;
      return forgotten(await context.control({ kind: 'clear-zone', zone: Number(params.id), users, by }));
    },
  });
}

function forgotten(reply: Awaited<ReturnType<Context['control']>>): ReturnType<typeof ok> | Problem {
  if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
  if (reply.answer.kind === 'denied') return deniedProblem(reply.answer.reason);
  return ok({ forgotten: reply.answer.kind === 'forgotten' ? reply.answer.count : 0 });
}

function alarmRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zones/{id}/alarm',
    roles: operators,
    summary: 'Set or end the alarm of a zone',
    params: zoneParams,
    body: z.strictObject({ alarmed: z.boolean() }),
    response: z.strictObject({ alarmed: z.boolean() }),
    handler: async ({ params, body, by }) => {
      const { alarmed } = body;
      const reply = await context.control({ kind: 'set-zone-alarm', zone: Number(params.id), alarmed, by });
      if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
      return reply.answer.kind === 'denied' ? deniedProblem(reply.answer.reason) : ok({ alarmed });
    },
  });
}

/** The lowest number no zone has. */
function freeZoneId(context: Context): string {
  const taken = new Set<number>();
  for (let after: string | undefined; ; ) {
    const page = context.reads.list('zones', { limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const { body } of page.items) taken.add(body.id);
    if (page.next === undefined) break;
    after = page.next;
  }
  let free = 1;
  while (taken.has(free)) free += 1;
  return String(free);
}
