/** The APBZone service, whole: translation only, what a zone may be is `zoneFault`'s and what it does the core's. */
import { sameMembers } from '../../core/antipassback.js';
import type { WriteOp } from '../../core/management.js';
import type { Actor, Zone } from '../../core/model.js';
import {
  addZones,
  allZones,
  CLEAR_USERS_MAX,
  clearZones,
  deleteZones,
  setZoneAlarms,
  type ZoneToAdd,
  zoneStatuses,
} from '../zoneOps.js';
import { fromAction, toAction } from './actions.js';
import { type Desk, demand, everything, nameText, type Service, some } from './desk.js';
import { nameOf, numberOf } from './numbers.js';
import { invalid, type WireZone } from './wire.js';

const types = ['hard', 'soft'] as const;
const directions = ['entry', 'exit'] as const;
const STATUS_ALARMED = 1;

interface OfDevice {
  readonly deviceID: number;
}
interface OfZones extends OfDevice {
  readonly zoneIDs: readonly number[];
}

export function zoneService(desk: Desk): Service {
  const { context, devices } = desk;
  return {
    Get: async ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      const alarmed = await alarmedZones(desk);
      return { zones: allZones(context).map((zone) => fromZone(desk, zone, alarmed.has(zone.id))) };
    },
    GetStatus: async ({ deviceID, zoneIDs }: OfZones) => {
      devices.demand(deviceID);
      const found = demand(await zoneStatuses(context, zoneIDs));
      return {
        status: found.map(({ id, disabled, alarmed }) => ({
          zoneID: id,
          disabled,
          status: alarmed ? STATUS_ALARMED : 0,
        })),
      };
    },
    Add: async ({ deviceID, zones }: OfDevice & { readonly zones: readonly WireZone[] }, by: Actor) => {
      devices.demand(deviceID);
      const adding = some(zones, 'zones').map((zone, index) => toZone(desk, zone, `zones[${index}]`));
      const groups = missingGroups(
        desk,
        adding.flatMap(({ zone }) => zone.bypassGroups),
      );
      demand(await addZones(context, by, adding, (index) => `zones.${index}.`, groups));
      return {};
    },
    Delete: async ({ deviceID, zoneIDs }: OfZones, by: Actor) => {
      devices.demand(deviceID);
      demand(await deleteZones(context, by, some(zoneIDs, 'zoneIDs')));
      return {};
    },
    DeleteAll: async ({ deviceID }: OfDevice, by: Actor) => {
      devices.demand(deviceID);
      demand(await deleteZones(context, by, 'all'));
      return {};
    },
    Clear: async (
      request: OfDevice & { readonly zoneID: number; readonly userIDs: readonly string[] },
      by: Actor,
    ) => {
      devices.demand(request.deviceID);
      const users = some(request.userIDs, 'userIDs');
      if (users.length > CLEAR_USERS_MAX)
        throw invalid('userIDs', `has ${users.length}: may have ${CLEAR_USERS_MAX} in one call`);
      demand(await clearZones(context, by, request.zoneID, [...new Set(users)]));
      return {};
    },
    ClearAll: async ({ deviceID, zoneID }: OfDevice & { readonly zoneID: number }, by: Actor) => {
      devices.demand(deviceID);
      demand(await clearZones(context, by, zoneID, 'all'));
      return {};
    },
    SetAlarm: async ({ deviceID, zoneIDs, alarmed }: OfZones & { readonly alarmed: boolean }, by: Actor) => {
      devices.demand(deviceID);
      demand(await setZoneAlarms(context, by, [...new Set(some(zoneIDs, 'zoneIDs'))], alarmed));
      return {};
    },
  };
}

/** A zone as we keep it; `RpcError` names the field at `path`. */
export function toZone(desk: Desk, sent: WireZone, path: string): ZoneToAdd {
  const type = types[sent.type];
  if (type === undefined) throw invalid(`${path}.type`, `${sent.type} is not a Type`);
  const groups = everything(desk.context, 'groups').map(({ body }) => body.id);
  const zone: Zone = {
    id: sent.zoneID,
    name: nameText(sent.name, '', `${path}.name`),
    type,
    disabled: sent.disabled,
    resetSeconds: sent.resetDuration,
    members: sent.members.map((member, index) => toMember(desk, member, `${path}.members[${index}]`)),
    actions: sent.actions.map((action, index) => toAction(desk, action, `${path}.actions[${index}]`)),
    bypassGroups: sent.bypassGroupIDs.map((id, index) => {
      if (id === 0) throw invalid(`${path}.bypassGroupIDs[${index}]`, 'is 0, which no group has');
      return nameOf(id, groups);
    }),
  };
  return { zone: withKept(desk, zone), alarmed: sent.alarmed };
}

/**
 * What the dialect has no word for stays when a zone is replaced by one with the same members, as the records do: a
 * client that writes back what it has read takes nothing away that it could not see.
 */
function withKept(desk: Desk, zone: Zone): Zone {
  const { context } = desk;
  const before = context.reads.get('zones', String(zone.id))?.body;
  if (before === undefined || !sameMembers(before, zone)) return zone;
  const { type, members, actions = [] } = before;
  const unseen = actions.filter((action) => fromAction(desk, action) === undefined);
  return {
    ...before,
    ...zone,
    type: (type === 'soft') === (zone.type === 'soft') ? type : zone.type,
    members: zone.members.map((one) => members.find(({ reader }) => reader === one.reader) ?? one),
    actions: [...(zone.actions ?? []), ...unseen],
  };
}

function toMember({ devices }: Desk, member: WireZone['members'][number], path: string) {
  const direction = directions[member.readerType];
  if (direction === undefined)
    throw invalid(`${path}.readerType`, `${member.readerType} is not a ReaderType`);
  const reader = devices.readerOf(member.deviceID);
  if (reader === undefined)
    throw invalid(`${path}.deviceID`, `${member.deviceID} is not a reader of this controller`);
  return { reader, direction };
}

/** A zone as the dialect shows it: what it has no word for is left out, an unusual hard kind is HARD. */
export function fromZone(desk: Desk, zone: Zone, alarmed: boolean): object {
  return {
    zoneID: zone.id,
    name: zone.name,
    type: zone.type === 'soft' ? 1 : 0,
    disabled: zone.disabled,
    alarmed,
    resetDuration: zone.resetSeconds,
    members: zone.members.map(({ reader, direction }) => ({
      deviceID: desk.devices.deviceOf(reader),
      readerType: directions.indexOf(direction),
    })),
    actions: (zone.actions ?? []).flatMap((action) => fromAction(desk, action) ?? []),
    bypassGroupIDs: zone.bypassGroups.map(numberOf),
  };
}

/** Clients may add groups later than the zones and doors that name them: until then they are placeholders. */
export function missingGroups({ context }: Desk, named: readonly string[]): readonly WriteOp[] {
  return [...new Set(named)]
    .filter((id) => context.reads.get('groups', id) === undefined)
    .map((id): WriteOp => {
      const body = { id, name: `Access group ${id}`, accessRights: [], placeholder: true } as const;
      return { op: 'put', collection: 'groups', id, body };
    });
}

/** The numbers of the zones in alarm. */
export async function alarmedZones({ context }: Desk): Promise<ReadonlySet<number>> {
  const statuses = demand(await zoneStatuses(context, []));
  return new Set(statuses.filter(({ alarmed }) => alarmed).map(({ id }) => id));
}
