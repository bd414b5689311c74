/**
 * What is done to zones, for either dialect: each one call, all or nothing. A bad zone changes nothing and the answer
 * names its field.
 */
import type { WriteOp } from '../core/management.js';
import type { Actor, GroupId, UserId, Zone, ZoneId } from '../core/model.js';
import type { ZoneNow } from '../core/requests.js';
import { ZONES_MAX, type ZoneFault, type ZoneSurroundings, zoneFault } from '../core/zoneFault.js';
import { type Context, write } from './context.js';
import { deniedProblem, fieldProblem, laterProblem, type Problem, problem } from './problem.js';
import { withZonePasswords } from './zoneUrls.js';

/** A zone to add or replace. An alarm that is not given is off (Suprema Add). */
export interface ZoneToAdd {
  readonly zone: Zone;
  readonly alarmed: boolean;
  /** The one that it replaces, 0 = none; absent: whatever stands there (Suprema Add). */
  readonly revision?: number;
}

/** Users in one call of Clear. */
export const CLEAR_USERS_MAX = 10_000;

/** All stored zones, by number. */
export function allZones(context: Context): readonly Zone[] {
  const zones: Zone[] = [];
  for (let after: string | undefined; ; ) {
    const page = context.reads.list('zones', { limit: 1_000, ...(after === undefined ? {} : { after }) });
    zones.push(...page.items.map(({ body }) => body));
    if (page.next === undefined) return zones.sort((a, b) => a.id - b.id);
    after = page.next;
  }
}

/** What a zone may name, were `coming` stored already. */
export function surroundings(context: Context, coming: readonly Zone[]): ZoneSurroundings {
  const { doors, readers, outputs = [] } = context.site;
  const zones = new Map([...allZones(context), ...coming].map((zone) => [zone.id, zone]));
  return {
    doorOf: (reader) => readers.find(({ id }) => id === reader)?.door,
    hasDoor: (door) => doors.some(({ id }) => id === door),
    hasOutput: (output) => outputs.includes(output),
    hasGroup: (group) => context.reads.get('groups', group) !== undefined,
    hasHardwareRex: (door) => doors.find(({ id }) => id === door)?.hardwareRex === true,
    zoneOf: (zone) => zones.get(zone),
    innerOf: (zone) => [...zones.values()].filter(({ inside }) => inside === zone),
  };
}

/** The first thing wrong with any of these zones; its field begins with `path(index)`. */
function faultOf(
  zones: readonly Zone[],
  around: ZoneSurroundings,
  path: (index: number) => string,
): ZoneFault | undefined {
  const twice = zones.findIndex(({ id }, index) => zones.findIndex((one) => one.id === id) !== index);
  if (twice >= 0)
    return { field: `${path(twice)}id`, message: `zone ${zones[twice]?.id} stands there twice` };
  for (const [index, zone] of zones.entries()) {
    const wrong = zoneFault(zone, around);
    if (wrong !== undefined) return { ...wrong, field: `${path(index)}${wrong.field}` };
  }
  return undefined;
}

/**
 * Adds zones; an existing number replaces the zone, whose records are kept if the members are the same. `path` names
 * the zone at an index in the words of the dialect, for instance `zones.3.`. What `first` asks for is done
 * before them in the same transaction, for instance groups they name.
 */
export async function addZones(
  context: Context,
  by: Actor,
  adding: readonly ZoneToAdd[],
  path: (index: number) => string,
  first: readonly WriteOp[] = [],
): Promise<{ readonly revisions: readonly number[] } | Problem> {
  const zones: Zone[] = [];
  for (const [index, { zone: sent }] of adding.entries()) {
    const zone = withZonePasswords(sent, context.reads.get('zones', String(sent.id))?.body);
    if ('field' in zone) return fieldProblem(path(index) + zone.field, zone.message);
    zones.push(zone);
  }
  const { hasGroup, ...stored } = surroundings(context, zones);
  const comes = (group: GroupId) =>
    first.some(({ collection, id }) => collection === 'groups' && id === group);
  const around = { ...stored, hasGroup: (group: GroupId) => comes(group) || hasGroup?.(group) === true };
  const wrong = faultOf(zones, around, path);
  if (wrong !== undefined) return fieldProblem(wrong.field, wrong.message);
  const known = new Set(allZones(context).map(({ id }) => id));
  const total = new Set([...known, ...zones.map(({ id }) => id)]).size;
  if (total > ZONES_MAX) return tooMany(total);
  // Outer zones first: what lies inside names them.
  const ordered = [...zones.entries()].sort(([, a], [, b]) => depthOf(a, around) - depthOf(b, around));
  const ops = ordered.map(([index, body]): WriteOp => {
    const revision = adding[index]?.revision;
    const expect = revision === undefined ? {} : { expect: revision === 0 ? ('absent' as const) : revision };
    return { op: 'put', collection: 'zones', id: String(body.id), body, ...expect };
  });
  const alarms = adding.map(({ zone, alarmed }) => ({ zone: zone.id, alarmed }));
  const done = await write(context, by, [...first, ...ops], undefined, undefined, alarms);
  if ('problem' in done) return done;
  const made = done.revisions.slice(first.length);
  const revisions = new Map(ordered.map(([index], at) => [index, made[at] ?? 1]));
  return { revisions: zones.map((_, index) => revisions.get(index) ?? 1) };
}

export function tooMany(total: number): Problem {
  return problem(409, `That would be ${total} zones: a controller has at most ${ZONES_MAX}.`);
}

function depthOf(zone: Zone, around: ZoneSurroundings): number {
  let depth = 0;
  for (let outer = zone.inside; outer !== undefined && depth < ZONES_MAX; depth += 1) {
    outer = around.zoneOf(outer)?.inside;
  }
  return depth;
}

/**
 * Deletes zones with their records; one that does not exist is left out. Answers how many there were. What `first` asks
 * for is done before in the same transaction.
 */
export async function deleteZones(
  context: Context,
  by: Actor,
  which: 'all' | readonly ZoneId[],
  first: readonly WriteOp[] = [],
): Promise<{ readonly deleted: number } | Problem> {
  const around = surroundings(context, []);
  const found = allZones(context).filter(({ id }) => which === 'all' || which.includes(id));
  if (found.length + first.length === 0) return { deleted: 0 };
  const innerFirst = found.sort((a, b) => depthOf(b, around) - depthOf(a, around));
  const ops = innerFirst.map(({ id }): WriteOp => ({ op: 'delete', collection: 'zones', id: String(id) }));
  const done = await write(context, by, [...first, ...ops]);
  return 'problem' in done ? done : { deleted: found.length };
}

/** Forgets the records of users in one zone, or in all zones. */
export async function clearZones(
  context: Context,
  by: Actor,
  zone: ZoneId | 'all',
  users: 'all' | readonly UserId[],
): Promise<{ readonly forgotten: number } | Problem> {
  const reply = await context.control({ kind: 'clear-zone', zone, users, by });
  if (reply.kind !== 'answer') return busy();
  if (reply.answer.kind === 'denied') return deniedProblem(reply.answer.reason);
  return { forgotten: reply.answer.kind === 'forgotten' ? reply.answer.count : 0 };
}

/** Forgets the records of whoever is in a group now, in one zone or in all. */
export async function clearGroup(
  context: Context,
  by: Actor,
  zone: ZoneId | 'all',
  group: GroupId,
): Promise<{ readonly forgotten: number } | Problem> {
  if (context.reads.get('groups', group) === undefined)
    return fieldProblem('group', 'there is no such group');
  const users = context.reads.usersOfGroup(group, CLEAR_USERS_MAX + 1);
  if (users.length > CLEAR_USERS_MAX)
    return fieldProblem(
      'group',
      `has more than ${CLEAR_USERS_MAX} users: clear the zone, or lists of users`,
      409,
    );
  return users.length === 0 ? { forgotten: 0 } : clearZones(context, by, zone, users);
}

/** The lowest numbers no zone has. */
export function freeZoneIds(context: Context, count: number): readonly ZoneId[] {
  const taken = new Set(allZones(context).map(({ id }) => id));
  const free: ZoneId[] = [];
  for (let id = 1; free.length < count; id += 1) {
    if (!taken.has(id)) free.push(id);
  }
  return free;
}

/** Sets or ends the alarm of zones; one that does not exist refuses the call. */
export async function setZoneAlarms(
  context: Context,
  by: Actor,
  zones: readonly ZoneId[],
  alarmed: boolean,
): Promise<{ readonly alarmed: boolean } | Problem> {
  const reply = await context.control({ kind: 'set-zone-alarm', zones, alarmed, by });
  if (reply.kind !== 'answer') return busy();
  return reply.answer.kind === 'denied' ? deniedProblem(reply.answer.reason) : { alarmed };
}

/** A zone's status and whether it is disabled. */
export type ZoneStatus = ZoneNow & { readonly disabled: boolean };

/** The status of zones, by number; no numbers = of all. Undefined = one of them does not exist. */
export async function zoneStatuses(
  context: Context,
  which: readonly ZoneId[],
): Promise<readonly ZoneStatus[] | Problem> {
  const zones = allZones(context);
  const missing = which.find((id) => !zones.some((zone) => zone.id === id));
  if (missing !== undefined) return problem(404, `There is no zone ${missing}.`);
  const reply = await context.control({ kind: 'status' });
  if (reply.kind !== 'status') return busy();
  const states = new Map(reply.status.zones.map((zone) => [zone.id, zone]));
  return zones
    .filter(({ id }) => which.length === 0 || which.includes(id))
    .map(({ id, disabled }) => {
      const nothing = { id, alarmed: false, records: 0, inside: 0, lockdown: false };
      return { ...(states.get(id) ?? nothing), disabled };
    });
}

function busy(): Problem {
  return laterProblem(503, 'The controller is busy.', 5);
}
