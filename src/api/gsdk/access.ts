/**
 * The Access and User services in their subsets: access groups are our groups, access levels our access rights, and
 * a user's access groups the groups of the user. What is deleted while it is named opens nothing from then on, and is
 * there again for who names it once it is added again, as on the devices.
 */
import type { WriteOp } from '../../core/management.js';
import type { AccessRight, Actor, Group } from '../../core/model.js';
import { write } from '../context.js';
import { type Desk, demand, everything, nameText, type Service, some } from './desk.js';
import { nameOf, numberOf } from './numbers.js';
import { existing, fromSchedule, toSchedule } from './schedules.js';
import { code, invalid, RpcError } from './wire.js';

const LEVELS_MAX = 128;
const GROUPS_OF_USER_MAX = 16;
/** From here on the dialect means floor levels, which there are none of. */
const LEVEL_ID_MAX = 32_767;

interface OfDevice {
  readonly deviceID: number;
}
interface WireGroup {
  readonly ID: number;
  readonly name: string;
  readonly levelIDs: readonly number[];
}
interface WireLevel {
  readonly ID: number;
  readonly name: string;
  readonly doorSchedules: readonly { readonly doorID: number; readonly scheduleID: number }[];
}
interface WireUserGroups {
  readonly userID: string;
  readonly accessGroupIDs: readonly number[];
}

export function accessService(desk: Desk): Service {
  return { ...groupCalls(desk), ...levelCalls(desk) };
}

function groupCalls(desk: Desk): Service {
  const { context, devices } = desk;
  const groups = () =>
    everything(context, 'groups').flatMap(({ body }) => (body.placeholder === true ? [] : [body]));
  const remove = async (by: Actor, ids: readonly string[]) => {
    const ops = ids
      .filter((id) => context.reads.get('groups', id) !== undefined)
      .map((id): WriteOp => ({ op: 'delete', collection: 'groups', id, ifUsed: 'placeholder' }));
    if (ops.length > 0) demand(await write(context, by, ops));
    return {};
  };
  return {
    GetList: ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      return { groups: groups().map(fromGroup) };
    },
    Add: async (
      { deviceID, groups: sent }: OfDevice & { readonly groups: readonly WireGroup[] },
      by: Actor,
    ) => {
      devices.demand(deviceID);
      const known = idsOf(desk, 'groups');
      const levels = idsOf(desk, 'access-rights');
      const ops = some(sent, 'groups').map((group, index): WriteOp => {
        const body = toGroup(group, known, levels, `groups[${index}]`);
        return { op: 'put', collection: 'groups', id: body.id, body };
      });
      demand(await write(context, by, ops));
      return {};
    },
    Delete: ({ deviceID, groupIDs }: OfDevice & { readonly groupIDs: readonly number[] }, by: Actor) => {
      devices.demand(deviceID);
      const known = idsOf(desk, 'groups');
      return remove(by, unique(some(groupIDs, 'groupIDs').map((id) => nameOf(id, known))));
    },
    DeleteAll: ({ deviceID }: OfDevice, by: Actor) => {
      devices.demand(deviceID);
      return remove(by, idsOf(desk, 'groups'));
    },
  };
}

function levelCalls(desk: Desk): Service {
  const { context, devices } = desk;
  const remove = async (by: Actor, ids: readonly string[]) => {
    const ops = ids
      .filter((id) => context.reads.get('access-rights', id) !== undefined)
      .map((id): WriteOp => ({ op: 'delete', collection: 'access-rights', id, ifUsed: 'placeholder' }));
    if (ops.length > 0) demand(await write(context, by, ops));
    return {};
  };
  return {
    GetLevelList: ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      const levels = everything(context, 'access-rights')
        .filter(({ body }) => body.placeholder !== true)
        .map(({ body }) => fromRight(desk, body));
      return { levels };
    },
    AddLevel: async (
      { deviceID, levels }: OfDevice & { readonly levels: readonly WireLevel[] },
      by: Actor,
    ) => {
      devices.demand(deviceID);
      const known = idsOf(desk, 'access-rights');
      const schedules = idsOf(desk, 'schedules');
      const ops = some(levels, 'levels').map((level, index): WriteOp => {
        const body = toRight(desk, level, known, schedules, `levels[${index}]`);
        return { op: 'put', collection: 'access-rights', id: body.id, body };
      });
      demand(await write(context, by, ops));
      return {};
    },
    DeleteLevel: ({ deviceID, levelIDs }: OfDevice & { readonly levelIDs: readonly number[] }, by: Actor) => {
      devices.demand(deviceID);
      const known = idsOf(desk, 'access-rights');
      return remove(by, unique(some(levelIDs, 'levelIDs').map((id) => nameOf(id, known))));
    },
    DeleteAllLevel: ({ deviceID }: OfDevice, by: Actor) => {
      devices.demand(deviceID);
      return remove(by, idsOf(desk, 'access-rights'));
    },
  };
}

export function userService(desk: Desk): Service {
  const { context, devices } = desk;
  return {
    GetAccessGroup: ({ deviceID, userIDs }: OfDevice & { readonly userIDs: readonly string[] }) => {
      devices.demand(deviceID);
      const userAccessGroups = some(userIDs, 'userIDs').map((userID) => ({
        userID,
        accessGroupIDs: storedUser(desk, userID).body.groups.map(numberOf),
      }));
      return { userAccessGroups };
    },
    SetAccessGroup: async (
      request: OfDevice & { readonly userAccessGroups: readonly WireUserGroups[] },
      by: Actor,
    ) => {
      devices.demand(request.deviceID);
      const known = idsOf(desk, 'groups');
      const sent = some(request.userAccessGroups, 'userAccessGroups');
      const ops = sent.map((one, index) => userOp(desk, one, known, `userAccessGroups[${index}]`));
      demand(await write(context, by, ops));
      return {};
    },
  };
}

function userOp(desk: Desk, sent: WireUserGroups, known: readonly string[], path: string): WriteOp {
  const { body, revision } = storedUser(desk, sent.userID);
  const field = `${path}.accessGroupIDs`;
  if (sent.accessGroupIDs.length > GROUPS_OF_USER_MAX)
    throw invalid(field, `has ${sent.accessGroupIDs.length}: may have ${GROUPS_OF_USER_MAX}`);
  const groups = unique(sent.accessGroupIDs.map((id) => existing(id, known, field, 'access group')));
  return { op: 'put', collection: 'users', id: body.id, body: { ...body, groups }, expect: revision };
}

function storedUser({ context }: Desk, userID: string) {
  const found = context.reads.get('users', userID);
  if (found === undefined)
    throw new RpcError(code.notFound, `userID ${JSON.stringify(userID)}: there is no such user`);
  return found;
}

function toGroup(sent: WireGroup, known: readonly string[], levels: readonly string[], path: string): Group {
  checkId(sent.ID, `${path}.ID`);
  if (sent.levelIDs.length > LEVELS_MAX)
    throw invalid(`${path}.levelIDs`, `has ${sent.levelIDs.length}: may have ${LEVELS_MAX}`);
  const id = nameOf(sent.ID, known);
  const accessRights = sent.levelIDs.map((level) =>
    existing(level, levels, `${path}.levelIDs`, 'access level'),
  );
  return {
    id,
    name: nameText(sent.name, `Access group ${id}`, `${path}.name`),
    accessRights: unique(accessRights),
  };
}

function fromGroup({ id, name, accessRights }: Group): WireGroup {
  return { ID: numberOf(id), name, levelIDs: accessRights.map(numberOf) };
}

function toRight(
  { context }: Desk,
  sent: WireLevel,
  known: readonly string[],
  schedules: readonly string[],
  path: string,
): AccessRight {
  checkId(sent.ID, `${path}.ID`);
  const id = nameOf(sent.ID, known);
  if (id === String(sent.ID) && sent.ID > LEVEL_ID_MAX)
    throw invalid(`${path}.ID`, `${sent.ID} is more than ${LEVEL_ID_MAX}: there are no floor levels`);
  if (sent.doorSchedules.length > LEVELS_MAX)
    throw invalid(`${path}.doorSchedules`, `has ${sent.doorSchedules.length}: may have ${LEVELS_MAX}`);
  const doors = sent.doorSchedules.map(({ doorID, scheduleID }, index) => {
    const field = `${path}.doorSchedules[${index}]`;
    const door = context.site.doors.find(({ number }) => number === doorID);
    if (door === undefined) throw invalid(`${field}.doorID`, `${doorID} is no door of this controller`);
    return { door: door.id, schedule: toSchedule(scheduleID, schedules, `${field}.scheduleID`) };
  });
  return { id, name: nameText(sent.name, `Access level ${id}`, `${path}.name`), doors };
}

function fromRight({ context }: Desk, { id, name, doors }: AccessRight): WireLevel {
  const doorSchedules = doors.flatMap(({ door, schedule }) => {
    const number = context.site.doors.find((one) => one.id === door)?.number;
    return typeof number === 'number' ? [{ doorID: number, scheduleID: fromSchedule(schedule) }] : [];
  });
  return { ID: numberOf(id), name, doorSchedules };
}

function checkId(id: number, field: string): void {
  if (id === 0) throw invalid(field, 'is 0, which none may have');
}

function idsOf({ context }: Desk, collection: 'groups' | 'access-rights' | 'schedules'): readonly string[] {
  return everything(context, collection).map(({ body }) => body.id);
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}
