/** Doors: their behaviour as stored, their state as it is now, and the commands of an operator. */
import { z } from 'zod';
import { doorFault } from '../core/doorFault.js';
import type { Revised, StoredDoor, WriteOp } from '../core/management.js';
import type { ControlStatus } from '../core/requests.js';
import { defaultDoor } from '../core/site.js';
import { merge, patchOf, precondition } from './collection.js';
import { type Context, write } from './context.js';
import { deniedProblem, fieldProblem, laterProblem, notFound, type Problem } from './problem.js';
import { type Call, noContent, ok, type Reply, type Row, row } from './route.js';
import {
  administrators,
  doorWatchers,
  id,
  idParams,
  ids,
  operators,
  pageOf,
  releasers,
  revision,
  text,
} from './schemas.js';
import { surroundings } from './zoneOps.js';
import { doorAction } from './zoneSchema.js';

const durationMaxMs = 24 * 60 * 60_000;
// IEC 60839-11-1: a release lasts at least 3 s.
const releaseMs = z.int().min(3_000).max(durationMaxMs);
const openMs = z.int().min(1_000).max(durationMaxMs);
const fields = z.object({
  name: text(1, 128),
  unlockMs: releaseMs,
  extendedUnlockMs: releaseMs,
  heldOpenMs: openMs,
  extendedHeldOpenMs: openMs,
  rexUnlockMs: releaseMs,
  relockOnClose: z.boolean(),
  passageCounts: z.enum(['at-opening', 'at-grant']),
  onStorageFailure: z.enum(['deny', 'grant-degraded']),
  unlockOnFire: z.boolean(),
  holdOpenSchedule: id.exactOptional(),
  autoLockOff: z.literal(true).exactOptional(),
  locksWhenClosed: z.literal(true).exactOptional(),
  twoPersons: z
    .strictObject({
      side: z.enum(['entry', 'exit', 'both']),
      schedule: id,
      withinSeconds: z.int().min(1).max(300),
      lastInGroups: ids(16).min(1).readonly().exactOptional(),
    })
    .exactOptional(),
  forcedActions: z.array(doorAction).max(5).readonly().exactOptional(),
  heldActions: z.array(doorAction).max(5).readonly().exactOptional(),
});
/** The door as it is now; absent while the controller gives no status. */
const live = z.strictObject({
  leaf: z.enum(['none', 'unknown', 'closed', 'open']),
  lock: z.enum(['locked', 'unlocked']),
  alarm: z.enum(['none', 'held', 'forced']),
  flags: z.record(z.string(), z.string()),
  waiting: z.int(),
});
const view = fields
  .extend({
    id,
    number: z.union([z.int(), z.string()]),
    hasContact: z.boolean(),
    state: live.exactOptional(),
    revision,
  })
  .strict();
const done = z.strictObject({ result: z.enum(['released', 'done']) });
const commands = {
  release: 'Release a door for one pulse',
  lock: 'Lock a door until told otherwise',
  unlock: 'Unlock a door until told otherwise',
  normal: 'End a standing lock or unlock',
} as const;

/** All rows about doors. Doors come from the site file: none is made or deleted here. */
export function doorRows(context: Context): readonly Row[] {
  const path = '/api/v1/doors';
  const single = `${path}/{id}`;
  return [
    row({
      method: 'GET',
      path,
      roles: doorWatchers,
      summary: 'All doors: behaviour and state',
      response: pageOf(view),
      handler: async () => {
        const status = await statusOf(context);
        return ok({
          items: context.site.doors.map((door) => viewOf(door, storedDoor(context, door), status)),
        });
      },
    }),
    row({
      method: 'GET',
      path: single,
      roles: doorWatchers,
      summary: 'One door: behaviour and state',
      params: idParams,
      response: view,
      handler: async ({ params }) => {
        const door = doorOf(context, params.id);
        if (door === undefined) return notFound('door');
        const found = storedDoor(context, door);
        return ok(viewOf(door, found, await statusOf(context)), found.revision);
      },
    }),
    row({
      method: 'PUT',
      path: single,
      roles: administrators,
      ifMatch: true,
      summary: 'Replace the behaviour of a door (If-Match)',
      params: idParams,
      body: fields.strict(),
      response: view,
      handler: (call) => change(context, call, () => call.body),
    }),
    row({
      method: 'PATCH',
      path: single,
      roles: administrators,
      ifMatch: true,
      summary: 'Change the behaviour of a door (If-Match); null takes the hold-open schedule away (RFC 7396)',
      params: idParams,
      body: patchOf(fields),
      response: view,
      handler: (call) => change(context, call, ({ id: _id, ...before }) => merge(before, call.body)),
    }),
    alarmRow(context, single),
    ...(Object.keys(commands) as (keyof typeof commands)[]).map((command) =>
      commandRow(context, single, command),
    ),
  ];
}

function commandRow(context: Context, single: string, command: keyof typeof commands): Row {
  return row({
    method: 'POST',
    path: `${single}/${command}`,
    roles: command === 'release' ? releasers : operators,
    summary: commands[command],
    params: idParams,
    response: done,
    handler: async ({ params, by }) => {
      if (doorOf(context, params.id) === undefined) return notFound('door');
      const reply = await context.control({
        kind: 'door-command',
        door: params.id,
        command,
        level: 'operator',
        by,
      });
      if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
      if (reply.answer.kind === 'denied') return deniedProblem(reply.answer.reason);
      return ok({ result: reply.answer.kind === 'released' ? 'released' : 'done' });
    },
  });
}

function alarmRow(context: Context, single: string): Row {
  return row({
    method: 'POST',
    path: `${single}/alarm`,
    roles: operators,
    summary: 'End the alarm of a door, or set one that stands until it is ended; needs a door contact',
    params: idParams,
    body: z.strictObject({ alarm: z.enum(['none', 'forced', 'held']) }),
    handler: async ({ params, body: { alarm }, by }) => {
      const door = doorOf(context, params.id);
      if (door === undefined) return notFound('door');
      if (!door.hasContact) return fieldProblem('alarm', 'needs a door contact, and this door has none');
      const reply = await context.control({ kind: 'set-door-alarm', doors: [door.id], alarm, by });
      if (reply.kind !== 'answer') return laterProblem(503, 'The controller is busy.', 5);
      return reply.answer.kind === 'denied' ? deniedProblem(reply.answer.reason) : noContent;
    },
  });
}

type SiteDoor = Context['site']['doors'][number];
type DoorFields = z.output<typeof fields>;
type DoorWrite = WriteOp & { readonly op: 'put'; readonly collection: 'doors'; readonly body: StoredDoor };

async function change(
  context: Context,
  call: Call<{ readonly id: string }, unknown, unknown>,
  after: (before: StoredDoor) => unknown,
): Promise<Reply | Problem> {
  const door = doorOf(context, call.params.id);
  if (door === undefined) return notFound('door');
  const before = storedDoor(context, door);
  const refusal = precondition(call, before, 'door');
  if (refusal !== undefined) return refusal;
  const op = doorWrite(context, door, before, after(before.body));
  if ('problem' in op) return op;
  const { body } = op;
  const written = await write(context, call.by, [op]);
  if ('problem' in written) return written;
  const [made = before.revision + 1] = written.revisions;
  return ok(viewOf(door, { body, revision: made }, await statusOf(context)), made);
}

/** The write that gives a door this behaviour, or what is wrong with it. */
export function doorWrite(
  context: Context,
  door: SiteDoor,
  before: Revised<StoredDoor>,
  after: unknown,
): DoorWrite | Problem {
  const checked = fields.strict().safeParse(after);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return fieldProblem(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'does not fit');
  }
  const wrong = wrongField(context, door, checked.data);
  if (wrong !== undefined) return wrong;
  const expect = before.revision === 0 ? 'absent' : before.revision;
  return { op: 'put', collection: 'doors', id: door.id, body: { id: door.id, ...checked.data }, expect };
}

function wrongField(context: Context, door: SiteDoor, behaviour: DoorFields): Problem | undefined {
  const wrong = doorFault(door, behaviour, surroundings(context, []));
  if (wrong !== undefined) return fieldProblem(wrong.field, wrong.message);
  if (behaviour.passageCounts === 'at-opening' && !door.hasContact) {
    return fieldProblem('passageCounts', 'at-opening needs a door contact, and this door has none');
  }
  if (behaviour.extendedUnlockMs < behaviour.unlockMs) {
    return fieldProblem('extendedUnlockMs', 'must not be shorter than unlockMs');
  }
  if (behaviour.extendedHeldOpenMs < behaviour.heldOpenMs) {
    return fieldProblem('extendedHeldOpenMs', 'must not be shorter than heldOpenMs');
  }
  return undefined;
}

function doorOf(context: Context, door: string): SiteDoor | undefined {
  return context.site.doors.find((one) => one.id === door);
}

/** As stored; a door nobody has changed yet has revision 0. */
export function storedDoor(context: Context, door: SiteDoor): Revised<StoredDoor> {
  const found = context.reads.get('doors', door.id);
  if (found !== undefined) return found;
  const { hasContact: _contact, ...body } = defaultDoor(door.id, door.name, door.hasContact);
  return { revision: 0, body };
}

async function statusOf(context: Context): Promise<ControlStatus | undefined> {
  const reply = await context.control({ kind: 'status' });
  return reply.kind === 'status' ? reply.status : undefined;
}

function viewOf(
  door: SiteDoor,
  { body, revision: made }: Revised<StoredDoor>,
  status: ControlStatus | undefined,
): z.output<typeof view> {
  const now = status?.doors.find((one) => one.id === door.id);
  const base = { ...body, number: door.number, hasContact: door.hasContact, revision: made };
  if (now === undefined) return base;
  const { leaf, unlocked, alarm, flags } = now.state;
  const state = {
    leaf,
    lock: unlocked ? ('unlocked' as const) : ('locked' as const),
    alarm,
    flags: { ...flags },
  };
  return { ...base, state: { ...state, waiting: now.waiting } };
}
