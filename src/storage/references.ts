import type { Collections, StoredDoor, WriteFailure, WriteOp } from '../core/management.js';
import type { Zone } from '../core/model.js';
import { pinsAllowed, tooManyPins } from '../core/pinNumbers.js';
import type { Tables } from './tables.js';

type Conflict = Extract<WriteFailure, { kind: 'conflict' }>;
type PutOp = Extract<WriteOp, { op: 'put' }>;
type DeleteOp = Extract<WriteOp, { op: 'delete' }>;

/** Schedules that exist without being stored. */
const builtInSchedules: ReadonlySet<string> = new Set(['always', 'never']);

/** Does something this body names not exist, or something it must not share exist already? */
export function putConflict(tables: Tables, op: PutOp): Conflict | undefined {
  const missing = (
    field: string,
    collection: keyof typeof nouns,
    ids: readonly string[],
  ): Conflict | undefined => {
    const absent = ids.find(
      (id) => !tables.has(collection, id) && !(collection === 'schedules' && builtInSchedules.has(id)),
    );
    return absent === undefined
      ? undefined
      : conflict(op, field, `${nouns[collection]} ${absent} does not exist.`);
  };
  switch (op.collection) {
    case 'users':
      return (
        missing('groups', 'groups', op.body.groups) ??
        missing('accessRights', 'access-rights', op.body.accessRights)
      );
    case 'credentials':
      return (
        missing('user', 'users', [op.body.user]) ??
        twinConflict(tables, op, op.body) ??
        pinConflict(tables, op, op.body)
      );
    case 'groups':
      return missing('accessRights', 'access-rights', op.body.accessRights);
    case 'access-rights':
      return missing(
        'doors',
        'schedules',
        op.body.doors.map(({ schedule }) => schedule),
      );
    case 'doors': {
      const { holdOpenSchedule, twoPersons } = op.body;
      return (
        missing('holdOpenSchedule', 'schedules', listOf(holdOpenSchedule)) ??
        missing('twoPersons.schedule', 'schedules', listOf(twoPersons?.schedule)) ??
        missing('twoPersons.lastInGroups', 'groups', twoPersons?.lastInGroups ?? [])
      );
    }
    case 'zones':
      return (
        missing('bypassGroups', 'groups', op.body.bypassGroups) ??
        missing('dailyReset.groups', 'groups', op.body.dailyReset?.groups ?? []) ??
        missing('inside', 'zones', op.body.inside === undefined ? [] : [String(op.body.inside)])
      );
    case 'tokens':
      return missing('operator', 'operators', [op.body.operator]);
    case 'operators':
      return isAdministrator(op.body) ? undefined : lastAdministrator(tables, op, 'role');
    default:
      return undefined;
  }
}

function listOf(id: string | undefined): readonly string[] {
  return id === undefined ? [] : [id];
}

/** Whoever owns a card may be named; naming the owner of a PIN would tell the asker somebody's PIN. */
function twinConflict(tables: Tables, op: PutOp, body: Collections['credentials']): Conflict | undefined {
  const twin = tables.credentials.twin(body);
  if (twin === undefined || twin.id === op.id) return undefined;
  if (body.kind === 'pin') return conflict(op, 'secret', 'This PIN cannot be used, choose another.');
  return conflict(op, 'secret', `Credential ${twin.id} of user ${twin.user} is the same ${body.kind}.`);
}

function pinConflict(tables: Tables, op: PutOp, body: Collections['credentials']): Conflict | undefined {
  if (body.kind !== 'pin' || body.withCard === true || body.bits === undefined) return undefined;
  if (tables.credentials.get(op.id) !== undefined) return undefined;
  if (tables.credentials.countPins(body.bits) < pinsAllowed(body.bits)) return undefined;
  return conflict(op, 'secret', tooManyPins(body.bits));
}

/** Nobody could manage anything any more, nor claim the unit anew. */
function lastAdministrator(tables: Tables, op: PutOp | DeleteOp, field: string): Conflict | undefined {
  const administrators = tables.all('operators').filter(isAdministrator);
  const isLast = administrators.length === 1 && administrators[0]?.id === op.id;
  return isLast ? conflict(op, field, 'The last administrator must stay one.') : undefined;
}

function isAdministrator({ role, disabled }: Collections['operators']): boolean {
  return role === 'administrator' && !disabled;
}

/** Who still uses what is to be deleted? */
export function deleteConflict(tables: Tables, op: DeleteOp): Conflict | undefined {
  if (op.collection === 'operators') return lastAdministrator(tables, op, 'id');
  const user = userOf(tables, op);
  return user === undefined ? undefined : conflict(op, 'id', `Still used by ${user}.`);
}

function userOf(tables: Tables, { collection, id }: DeleteOp): string | undefined {
  switch (collection) {
    case 'groups':
      return (
        named('user', tables.userReferring('groups', id)) ??
        named('zone', tables.all('zones').find((zone) => namesGroup(zone, id))?.id) ??
        named('door', tables.all('doors').find((door) => door.twoPersons?.lastInGroups?.includes(id))?.id)
      );
    case 'access-rights':
      return (
        named('user', tables.userReferring('access-rights', id)) ??
        named('group', tables.all('groups').find((group) => group.accessRights.includes(id))?.id)
      );
    case 'schedules':
      return (
        named(
          'access right',
          tables.all('access-rights').find((right) => right.doors.some(({ schedule }) => schedule === id))
            ?.id,
        ) ?? named('door', tables.all('doors').find((door) => namesSchedule(door, id))?.id)
      );
    case 'zones':
      return named('zone', tables.all('zones').find((zone) => String(zone.inside) === id)?.id);
    default:
      return undefined;
  }
}

function namesSchedule({ holdOpenSchedule, twoPersons }: StoredDoor, schedule: string): boolean {
  return holdOpenSchedule === schedule || twoPersons?.schedule === schedule;
}

function namesGroup({ bypassGroups, dailyReset }: Zone, group: string): boolean {
  return bypassGroups.includes(group) || dailyReset?.groups?.includes(group) === true;
}

const nouns = {
  users: 'User',
  operators: 'Operator',
  groups: 'Group',
  'access-rights': 'Access right',
  schedules: 'Schedule',
  zones: 'Zone',
} as const;

function named(noun: string, id: string | number | undefined): string | undefined {
  return id === undefined ? undefined : `${noun} ${id}`;
}

function conflict(op: PutOp | DeleteOp, field: string, message: string): Conflict {
  return { kind: 'conflict', collection: op.collection, id: op.id, field, message };
}
