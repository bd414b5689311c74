/** What makes a zone impossible: limits of the contract, names nobody knows, settings that contradict each other. */
import type { DoorId, GroupId, OutputId, ReaderId, Zone, ZoneId } from './model.js';
import { actionFault } from './zoneActionFault.js';

/** The first wrong field of a zone, its path with dots, and what is wrong with it. */
export interface ZoneFault {
  readonly field: string;
  readonly message: string;
}

/** What a zone may name. */
export interface ZoneSurroundings {
  /** The door of a reader; undefined = there is no such reader. */
  readonly doorOf: (reader: ReaderId) => DoorId | undefined;
  readonly hasDoor: (door: DoorId) => boolean;
  readonly hasOutput: (output: OutputId) => boolean;
  /** Absent: groups may be added later. */
  readonly hasGroup?: (group: GroupId) => boolean;
  /** A request to exit that opens the door without us, confirmed by the installer. */
  readonly hasHardwareRex: (door: DoorId) => boolean;
  /** Another zone, as it will be when this one is stored. */
  readonly zoneOf: (zone: ZoneId) => Zone | undefined;
  /** Those that will lie directly in a zone; absent = none. */
  readonly innerOf?: (zone: ZoneId) => readonly Zone[];
}

const UINT32_MAX = 0xffff_ffff;
/** Zones a controller holds. */
export const ZONES_MAX = 100;

/** The first thing that is wrong with a zone, in the order of its fields; undefined = it can be stored. */
export function zoneFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  return (
    identityFault(zone) ??
    memberFault(zone, around) ??
    actionFault(zone.actions, around) ??
    namesFault(zone, around) ??
    ruleFault(zone) ??
    sidesFault(zone) ??
    trapFault(zone, around) ??
    nestingFault(zone, around) ??
    resetFault(zone, around) ??
    occupancyFault(zone) ??
    countsFault(zone, around) ??
    musterFault(zone, around) ??
    vehiclesFault(zone) ??
    ownerFault(zone)
  );
}

function fault(field: string, message: string): ZoneFault {
  return { field, message };
}

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function twice(list: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return list.find((one) => seen.size === seen.add(one).size);
}

function identityFault(zone: Zone): ZoneFault | undefined {
  if (!within(zone.id, 1, UINT32_MAX)) return fault('id', 'must be an unsigned 32-bit number, not 0');
  const characters = [...zone.name].length;
  if (characters === 0 || characters > 48)
    return fault('name', `has ${characters} characters: may have 1 to 48`);
  const bytes = utf8Length(zone.name);
  if (bytes > 144) return fault('name', `has ${bytes} bytes of UTF-8: may have 144`);
  if (!within(zone.resetSeconds, 0, UINT32_MAX))
    return fault('resetSeconds', 'must be a number of seconds, 0 to 4294967295');
  return undefined;
}

/** RFC 3629: 1 to 4 bytes a code point. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function memberFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const { members } = zone;
  const least = zone.rule === 'timed' ? 1 : 2;
  if (!within(members.length, least, 64))
    return fault('members', `has ${members.length} readers: may have ${least} to 64`);
  const unknown = members.findIndex(({ reader }) => around.doorOf(reader) === undefined);
  if (unknown >= 0)
    return fault(`members.${unknown}.reader`, `there is no reader ${members[unknown]?.reader}`);
  const repeated = twice(members.map(({ reader }) => reader));
  if (repeated !== undefined) return fault('members', `names a reader twice: ${repeated}`);
  const sides = new Set(members.map(({ direction }) => direction));
  const needsBoth = zone.rule === undefined || zone.rule === 'alternate';
  if (needsBoth && sides.size < 2)
    return fault('members', `needs both directions, and has ${[...sides].join('')} readers only`);
  return undefined;
}

function namesFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const lists = { bypassGroups: zone.bypassGroups, bypassUsers: zone.bypassUsers ?? [] };
  const most = { bypassGroups: 16, bypassUsers: 64 };
  for (const field of ['bypassGroups', 'bypassUsers'] as const) {
    const list = lists[field];
    if (list.length > most[field]) return fault(field, `has ${list.length}: may have ${most[field]}`);
    const repeated = twice(list);
    if (repeated !== undefined) return fault(field, `names one twice: ${repeated}`);
  }
  return groupFault('bypassGroups', zone.bypassGroups, around);
}

function groupFault(
  field: string,
  groups: readonly GroupId[],
  { hasGroup }: ZoneSurroundings,
): ZoneFault | undefined {
  const unknown = hasGroup === undefined ? -1 : groups.findIndex((group) => !hasGroup(group));
  return unknown < 0 ? undefined : fault(`${field}.${unknown}`, `there is no group ${groups[unknown]}`);
}

/** What belongs to one rule only. */
function ruleFault(zone: Zone): ZoneFault | undefined {
  const { rule = 'alternate' } = zone;
  if (rule === 'timed' && zone.resetSeconds === 0)
    return fault('resetSeconds', 'a timed zone needs the time it refuses a repeat, at least 1 s');
  if (zone.timedAt !== undefined && rule !== 'timed') return fault('timedAt', 'belongs to rule timed');
  if (zone.startAtFirst !== undefined && rule !== 'route')
    return fault('startAtFirst', 'belongs to rule route');
  if (rule === 'alternate') return undefined;
  if (zone.type === 'hard-everywhere' || zone.type === 'trap')
    return fault(
      'type',
      `${zone.type} needs entries and exits, and rule ${rule} knows none: use hard or soft`,
    );
  const sided = ['check', 'passback', 'tailgate', 'requireEntry', 'inside', 'occupancy', 'counts'] as const;
  const wrong = sided.find((field) => zone[field] !== undefined);
  return wrong === undefined
    ? undefined
    : fault(wrong, `needs entries and exits, and rule ${rule} knows none: use rule alternate`);
}

/** What is judged at which side. */
function sidesFault(zone: Zone): ZoneFault | undefined {
  const { check = 'both', tailgate, passback, requireEntry = false, type } = zone;
  const whole = type === 'hard-everywhere' || type === 'trap';
  if (whole && check !== 'both') return fault('check', `type ${type} needs both sides checked`);
  if (whole && passback !== undefined) return fault('passback', `contradicts type ${type}`);
  if (whole && tailgate !== undefined) return fault('tailgate', `contradicts type ${type}`);
  if (check === 'entries' && tailgate !== undefined)
    return fault('tailgate', 'is found at exits, and only entries are checked');
  if (check === 'exits' && passback !== undefined)
    return fault('passback', 'is found at entries, and only exits are checked');
  if (requireEntry && (tailgate === undefined || tailgate === 'none'))
    return fault('requireEntry', 'needs tailgate soft or hard: an exit without entry is a tailgate');
  return undefined;
}

/** Somebody may be kept inside: every exit door must open without us. */
function trapFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  if (zone.type !== 'trap') return undefined;
  const doors = zone.members
    .filter(({ direction }) => direction === 'exit')
    .map(({ reader }) => around.doorOf(reader) ?? '');
  const closed = doors.find((door) => !around.hasHardwareRex(door));
  if (closed === undefined) return undefined;
  return fault(
    'type',
    `trap needs a confirmed hardware request to exit at each exit door: ${closed} has none`,
  );
}

function nestingFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const { rule = 'alternate' } = zone;
  const inner = rule === 'alternate' ? undefined : around.innerOf?.(zone.id)[0];
  if (inner !== undefined)
    return fault('rule', `zone ${inner.id} lies in this one, and rule ${rule} knows no inside`);
  if (zone.inside === undefined) return undefined;
  const outer = around.zoneOf(zone.inside);
  if (outer === undefined) return fault('inside', `there is no zone ${zone.inside}`);
  if ((outer.rule ?? 'alternate') !== 'alternate')
    return fault('inside', `zone ${outer.id} has no inside: it follows rule ${outer.rule}`);
  for (let next: Zone | undefined = outer, depth = 0; next !== undefined; depth += 1) {
    if (next.id === zone.id || depth > ZONES_MAX) return fault('inside', 'the zone would lie in itself');
    next = next.inside === undefined ? undefined : around.zoneOf(next.inside);
  }
  return undefined;
}

function resetFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const { dailyReset: daily, resetEveryMinutes: every } = zone;
  if (every !== undefined && !within(every, 1, 10_080))
    return fault('resetEveryMinutes', 'must be a number of minutes, 1 to 10080');
  if (daily === undefined) return undefined;
  if (!within(daily.minute, 0, 1_439))
    return fault('dailyReset.minute', 'must be a minute of the day, 0 to 1439');
  if (daily.to === 'outside' && (zone.rule ?? 'alternate') !== 'alternate')
    return fault('dailyReset.to', `rule ${zone.rule} knows no outside: use unknown`);
  const groups = daily.groups ?? [];
  if (daily.groups !== undefined && !within(groups.length, 1, 16))
    return fault('dailyReset.groups', `has ${groups.length}: may have 1 to 16`);
  return groupFault('dailyReset.groups', groups, around);
}

function occupancyFault(zone: Zone): ZoneFault | undefined {
  const { max, min } = zone.occupancy ?? {};
  if (max !== undefined && !within(max.count, 1, 1_000_000))
    return fault('occupancy.max.count', 'must be a number of people, 1 to 1000000');
  if (min === undefined) return undefined;
  if (!within(min.count, 2, 16)) return fault('occupancy.min.count', 'must be a number of people, 2 to 16');
  if (!within(min.withinSeconds, 1, 300))
    return fault('occupancy.min.withinSeconds', 'must be a number of seconds, 1 to 300');
  if (max !== undefined && max.count < min.count)
    return fault('occupancy.max.count', `is below the minimum of ${min.count}: nobody could ever enter`);
  return undefined;
}

function countsFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const counts = zone.counts ?? [];
  if (counts.length > 8) return fault('counts', `has ${counts.length}: may have 8`);
  for (const [index, { when, at, output }] of counts.entries()) {
    const field = `counts.${index}`;
    if (when !== 'full' && at !== undefined) return fault(`${field}.at`, `belongs to full, not to ${when}`);
    if (when === 'full' && at === undefined && zone.occupancy?.max === undefined)
      return fault(`${field}.at`, 'full needs a number, or occupancy.max');
    if (at !== undefined && !within(at, 1, 1_000_000))
      return fault(`${field}.at`, 'must be a number of people, 1 to 1000000');
    if (output !== undefined && !around.hasOutput(output))
      return fault(`${field}.output`, `there is no output ${output}`);
  }
  const repeated = twice(counts.flatMap(({ output }) => (output === undefined ? [] : [output])));
  return repeated === undefined ? undefined : fault('counts', `two counts drive output ${repeated}`);
}

function musterFault(zone: Zone, around: ZoneSurroundings): ZoneFault | undefined {
  const readers = zone.musterReaders ?? [];
  if (readers.length > 16) return fault('musterReaders', `has ${readers.length}: may have 16`);
  const unknown = readers.findIndex((reader) => around.doorOf(reader) === undefined);
  if (unknown >= 0) return fault(`musterReaders.${unknown}`, `there is no reader ${readers[unknown]}`);
  const members = new Set(zone.members.map(({ reader }) => reader));
  const member = readers.findIndex((reader) => members.has(reader));
  if (member >= 0)
    return fault(`musterReaders.${member}`, `${readers[member]} is a member: it would let in and assemble`);
  const repeated = twice(readers);
  return repeated === undefined ? undefined : fault('musterReaders', `names a reader twice: ${repeated}`);
}

function vehiclesFault(zone: Zone): ZoneFault | undefined {
  const vehicles = zone.vehicles ?? [];
  const marked = zone.members.some((member) => member.vehicle === true);
  if (vehicles.length > 500) return fault('vehicles', `has ${vehicles.length}: may have 500`);
  if (vehicles.length > 0 && !marked) return fault('vehicles', 'needs a member marked vehicle');
  if (marked && vehicles.length === 0)
    return fault('members', 'one is marked vehicle, and there are no vehicles');
  const wrong = vehicles.findIndex(({ users }) => !within(users.length, 2, 16));
  if (wrong >= 0)
    return fault(`vehicles.${wrong}.users`, `has ${vehicles[wrong]?.users.length} users: may have 2 to 16`);
  const repeated = twice(vehicles.flatMap(({ users }) => users));
  return repeated === undefined ? undefined : fault('vehicles', `user ${repeated} stands there twice`);
}

function ownerFault(zone: Zone): ZoneFault | undefined {
  if (zone.ownerLost !== undefined && zone.owner === undefined)
    return fault('ownerLost', 'belongs to a zone that another controller owns');
  return undefined;
}
