/** What operators do in an emergency, and the question why: muster, lockdown, places by hand, explain. */
import { z } from 'zod';
import type { ControlRequest } from '../core/requests.js';
import { presetMembers, presetReaders, zonePresets } from '../core/zonePresets.js';
import type { Context } from './context.js';
import { deniedProblem, fieldProblem, laterProblem, notFound, type Problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { administrators, id, ids, operators, readers, text, unixMs } from './schemas.js';
import { addZones, freeZoneIds } from './zoneOps.js';
import { zoneId, zoneKey } from './zoneSchema.js';

const params = z.strictObject({ id: zoneKey });
const switched = z.strictObject({ active: z.boolean() });

/** Rows about acting on zones. */
export function actRows(context: Context): readonly Row[] {
  return [
    switchRow(context, 'muster', 'Begin or end the assembly of whoever is inside a zone'),
    switchRow(context, 'lockdown', 'Nobody may enter a zone, anybody may leave; or end that'),
    assignRow(context),
    explainRow(context),
    presetRow(context),
  ];
}

function switchRow(context: Context, what: 'muster' | 'lockdown', summary: string): Row {
  return row({
    method: 'POST',
    path: `/api/v1/zones/{id}/${what}`,
    roles: operators,
    summary,
    params,
    body: switched,
    handler: ({ params: of, body: { active }, by }) => {
      const kind = what === 'muster' ? 'muster' : 'zone-lockdown';
      return act(context, { kind, zone: Number(of.id), active, by });
    },
  });
}

function assignRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zones/{id}/assign',
    roles: operators,
    summary: 'Put a user inside or outside a zone by hand',
    params,
    body: z.strictObject({ user: id, place: z.enum(['inside', 'outside']) }),
    handler: ({ params: of, body: { user, place }, by }) => {
      if (context.reads.get('users', user) === undefined) return notFound('user');
      return act(context, { kind: 'assign', zone: Number(of.id), user, place, by });
    },
  });
}

async function act(context: Context, request: ControlRequest): Promise<Reply | Problem> {
  const reply = await context.control(request);
  if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
  return reply.answer.kind === 'denied' ? deniedProblem(reply.answer.reason) : noContent;
}

const explained = z.strictObject({
  decision: z.enum(['granted', 'waits', 'denied']),
  reason: z.string().exactOptional(),
  checks: z.array(
    z.strictObject({
      check: z.string(),
      answer: z.enum(['passes', 'refuses', 'waits', 'not-asked']),
      reason: z.string().exactOptional(),
      zones: z.array(z.strictObject({ zone: zoneId, says: z.string() })),
    }),
  ),
});

function explainRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/explain',
    roles: readers,
    summary:
      'What would be decided for a user at a reader, now or at an instant, and what each check says; changes nothing',
    body: z.strictObject({ user: id, reader: id, atMs: unixMs.optional() }),
    response: explained,
    handler: async ({ body: { user, reader, atMs } }) => {
      const at = atMs === undefined ? {} : { atWallMs: atMs };
      const reply = await context.control({ kind: 'explain', user, reader, ...at });
      if (reply.kind === 'explained') return ok(reply.explained);
      if (reply.kind !== 'error' || reply.error === 'busy')
        return laterProblem(503, 'The controller is busy.', 5);
      return notFound(reply.error === 'unknown-user' ? 'user' : 'reader');
    },
  });
}

/** The usual pairs of up to four readers, as zones. */
function presetRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zone-operations/preset',
    roles: administrators,
    summary: 'Make the zones of a preset for readers 1 to 4: left of the colon enters, right of it leaves',
    body: z.strictObject({
      preset: z.enum(zonePresets),
      readers: ids(4),
      name: text(1, 144),
      type: z.enum(['hard', 'soft']),
      resetSeconds: z.int().min(0).max(0xffff_ffff).default(0),
    }),
    response: z.strictObject({ zones: z.array(zoneId) }),
    handler: async ({ body, by }) => {
      const { preset, name, type, resetSeconds } = body;
      const count = presetReaders(preset);
      if (body.readers.length !== count) return fieldProblem('readers', `${preset} needs ${count} readers`);
      const lists = presetMembers(preset, body.readers);
      const free = freeZoneIds(context, lists.length);
      const zones = lists.map((members, index) => ({
        ...{
          id: free[index] ?? 0,
          type,
          resetSeconds,
          members,
          disabled: false,
          bypassGroups: [],
          actions: [],
        },
        name: lists.length === 1 ? name : `${name} ${index + 1}`,
      }));
      const done = await addZones(
        context,
        by,
        // Another preset made meanwhile may have been given the same numbers.
        zones.map((zone) => ({ zone, alarmed: false, revision: 0 })),
        () => '',
      );
      return 'problem' in done ? done : ok({ zones: zones.map((zone) => zone.id) });
    },
  });
}
