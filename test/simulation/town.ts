/** Simulated sites: doors, readers, zones, people and the changes an operator makes to them. */
import type { Door, Reader, Schedule, Site, UserFacts, Zone, ZoneMember } from '../../src/core/model.js';
import { defaultDoor, makeSite } from './core.js';
import { at, type Random, randomFrom } from './random.js';

/** A site, its people, and how each lock behaves without power. */
export interface Town {
  readonly site: Site;
  readonly users: readonly UserFacts[];
  readonly failSafeDoors: ReadonlySet<string>;
}

/** What an operator may change; numbers are drawn once and mean the same at every replay. */
export type Edit =
  | { readonly edit: 'zone'; readonly zone: number; readonly seed: number }
  | { readonly edit: 'zone-members'; readonly zone: number; readonly seed: number }
  | { readonly edit: 'zone-delete'; readonly zone: number }
  | { readonly edit: 'zone-add'; readonly seed: number }
  | { readonly edit: 'user'; readonly user: number; readonly seed: number }
  | { readonly edit: 'user-delete'; readonly user: number }
  | { readonly edit: 'door'; readonly door: number; readonly seed: number };

/** What must never be found in a row; it stands beside the facts, where a careless copy would take it along. */
export const PLANTED_SECRET = 'pin-4711-and-key-00112233';

const GROUPS = ['staff', 'guards'];
const WALL_START_MS = Date.UTC(2026, 2, 2, 7, 30);
export const WALL_MS = WALL_START_MS;

/** The site of a seed. */
export function makeTown(random: Random): Town {
  const doors = new Map<string, Door>();
  const readers = new Map<string, Reader>();
  const failSafeDoors = new Set<string>();
  const count = 1 + random.below(3);
  for (let i = 0; i < count; i += 1) {
    const id = `door${i}`;
    doors.set(id, someDoor(random, { ...defaultDoor(id, `Door ${i}`, random.chance(0.6)) }));
    if (random.chance(0.3)) failSafeDoors.add(id);
    readers.set(`in${i}`, { id: `in${i}`, name: `In ${i}`, door: id, direction: 'entry' });
    if (i === 0 || random.chance(0.8))
      readers.set(`out${i}`, { id: `out${i}`, name: `Out ${i}`, door: id, direction: 'exit' });
    if (random.chance(0.2))
      readers.set(`side${i}`, { id: `side${i}`, name: `Side ${i}`, door: id, direction: 'entry' });
  }
  const zones = new Map<number, Zone>();
  const zoneCount = 1 + random.below(3);
  for (let id = 1; id <= zoneCount; id += 1) zones.set(id, someZone(random, id, [...readers.values()]));
  const users = Array.from({ length: 2 + random.below(4) }, (_, i) => someUser(random, `user${i}`, i < 2));
  const site = siteOf(random, doors, readers, zones);
  return { site: someRulesOfDoors(random, site), users, failSafeDoors };
}

/** Drawn last, so that what else a seed makes stays: readers that ask for one kind or both, doors of a mantrap. */
function someRulesOfDoors(random: Random, site: Site): Site {
  const readers = new Map(
    [...site.readers].map(([id, reader]): [string, Reader] => {
      if (random.chance(0.6)) return [id, reader];
      return [id, { ...reader, asks: random.pick(['card', 'card-or-pin', 'card-and-pin', 'card-and-pin']) }];
    }),
  );
  const doors = [...site.doors.keys()];
  if (doors.length < 2 || random.chance(0.6)) return makeSite({ ...site, readers });
  return makeSite({
    ...site,
    readers,
    interlocks: [{ id: 'trap', doors: doors.slice(0, 2 + random.below(2)) }],
  });
}

function siteOf(
  random: Random,
  doors: ReadonlyMap<string, Door>,
  readers: ReadonlyMap<string, Reader>,
  zones: ReadonlyMap<number, Zone>,
): Site {
  const everywhere = (schedule: string) => [...doors.keys()].map((door) => ({ door, schedule }));
  return makeSite({
    timeZone: 'Etc/UTC',
    doors,
    readers,
    zones,
    schedules: new Map([['office', office()]]),
    holidays: new Map([['2026-03-04', 'closed']]),
    groups: new Map(GROUPS.map((id) => [id, { id, name: id, accessRights: id === 'staff' ? ['all'] : [] }])),
    accessRights: new Map([
      ['all', { id: 'all', name: 'all', doors: everywhere('always') }],
      ['day', { id: 'day', name: 'day', doors: everywhere('office') }],
      ['first', { id: 'first', name: 'first', doors: everywhere('always').slice(0, 1) }],
      ['no', { id: 'no', name: 'no', doors: everywhere('never') }],
    ]),
    untrustedClock: random.chance(0.5) ? 'deny' : 'allow',
    storageDeadlineMs: random.pick([300, 1_000]),
  });
}

function office(): Schedule {
  const day = [
    { fromMinute: 480, toMinute: 720 },
    { fromMinute: 780, toMinute: 1_020 },
  ];
  return { id: 'office', name: 'Office', week: [day, day, day, day, day, [], []], holidays: { closed: [] } };
}

/** A door's behaviour, drawn anew; the wiring (id, name, contact) stays. */
function someDoor(random: Random, door: Door): Door {
  const { holdOpenSchedule: _, ...plain } = door;
  return {
    ...plain,
    unlockMs: random.pick([3_000, 5_000]),
    extendedUnlockMs: 12_000,
    heldOpenMs: random.pick([4_000, 30_000]),
    rexUnlockMs: random.pick([3_000, 30_000]),
    relockOnClose: random.chance(0.7),
    passageCounts: door.hasContact && random.chance(0.8) ? 'at-opening' : 'at-grant',
    onStorageFailure: random.chance(0.6) ? 'deny' : 'grant-degraded',
    unlockOnFire: random.chance(0.8),
    ...(random.chance(0.12) ? { holdOpenSchedule: 'office' } : {}),
  };
}

function someZone(random: Random, id: number, readers: readonly Reader[]): Zone {
  return { id, name: `Zone ${id}`, members: someMembers(random, readers), ...someZoneRule(random) };
}

function someZoneRule(random: Random): Pick<Zone, 'type' | 'disabled' | 'resetSeconds' | 'bypassGroups'> {
  return {
    type: random.chance(0.65) ? 'hard' : 'soft',
    disabled: random.chance(0.1),
    resetSeconds: random.pick([0, 0, 0, 1, 5, 20, 60, 3_600, 86_400, 3_000_000, 4_294_967_295]),
    bypassGroups: random.chance(0.3) ? ['guards'] : [],
  };
}

/** Mostly each reader by its own direction; sometimes one is turned round, as a zone may. */
function someMembers(random: Random, readers: readonly Reader[]): readonly ZoneMember[] {
  const chosen = readers.filter((_, i) => i < 2 || random.chance(0.8));
  return chosen.map((reader, i) => {
    const turned = i >= 2 && random.chance(0.1);
    const direction = turned ? (reader.direction === 'entry' ? 'exit' : 'entry') : reader.direction;
    return { reader: reader.id, direction };
  });
}

function someUser(random: Random, id: string, plain: boolean): UserFacts {
  const facts: UserFacts & { readonly pin: string } = {
    id,
    name: `Name of ${id}`,
    enabled: plain || random.chance(0.92),
    credentialEnabled: plain || random.chance(0.92),
    ...(plain || random.chance(0.85) ? {} : { validFromMs: WALL_START_MS + random.below(100_000) - 50_000 }),
    ...(plain || random.chance(0.85) ? {} : { validUntilMs: WALL_START_MS + random.below(400_000) }),
    groups: [...(plain || random.chance(0.7) ? ['staff'] : []), ...(random.chance(0.15) ? ['guards'] : [])],
    accessRights: random.chance(0.6) ? [] : [random.pick(['all', 'day', 'first', 'no', 'gone'])],
    extendedUnlock: random.chance(0.2),
    supervisor: false,
    pin: PLANTED_SECRET,
  };
  return facts;
}

/** What a stored change makes of the site. `forgetZones` and `forgetUsers` leave storage in the same transaction. */
export interface Edited {
  readonly site: Site;
  readonly users: readonly UserFacts[];
  readonly forgetZones: readonly number[];
  readonly forgetUsers: readonly string[];
}

/** Carries out an edit. An edit that names nothing changes nothing. */
export function applyEdit(site: Site, users: readonly UserFacts[], edit: Edit): Edited {
  const same: Edited = { site, users, forgetZones: [], forgetUsers: [] };
  if (edit.edit === 'user' || edit.edit === 'user-delete') return editUser(same, edit);
  if (edit.edit === 'door') {
    const door = at([...site.doors.values()], edit.door);
    const doors = new Map(site.doors).set(door.id, someDoor(randomFrom(edit.seed), door));
    return { ...same, site: makeSite({ ...site, doors }) };
  }
  return editZone(same, edit);
}

function editUser(same: Edited, edit: Extract<Edit, { edit: 'user' | 'user-delete' }>): Edited {
  const old = at(same.users, edit.user);
  if (edit.edit === 'user-delete') {
    if (same.users.length < 2) return same;
    return { ...same, users: same.users.filter((user) => user !== old), forgetUsers: [old.id] };
  }
  const fresh = someUser(randomFrom(edit.seed), old.id, false);
  return { ...same, users: same.users.map((user) => (user === old ? fresh : user)) };
}

function editZone(same: Edited, edit: Exclude<Edit, { edit: 'user' | 'user-delete' | 'door' }>): Edited {
  const zones = new Map(same.site.zones);
  const readers = [...same.site.readers.values()];
  if (edit.edit === 'zone-add') {
    const id = Math.max(0, ...zones.keys()) + 1 + (edit.seed % 1_000);
    if (zones.size < 4) zones.set(id, someZone(randomFrom(edit.seed), id, readers));
    return { ...same, site: makeSite({ ...same.site, zones }) };
  }
  if (zones.size === 0) return same;
  const old = at([...zones.values()], edit.zone);
  if (edit.edit === 'zone-delete') {
    zones.delete(old.id);
    return { ...same, site: makeSite({ ...same.site, zones }), forgetZones: [old.id] };
  }
  const random = randomFrom(edit.seed);
  const rule = edit.edit === 'zone' ? someZoneRule(random) : {};
  // The same members in another order are the same zone.
  const members = edit.edit === 'zone' ? [...old.members].reverse() : someMembers(random, readers);
  zones.set(old.id, { ...old, ...rule, members });
  const kept = memberKey(old.members) === memberKey(members);
  return { ...same, site: makeSite({ ...same.site, zones }), forgetZones: kept ? [] : [old.id] };
}

function memberKey(members: readonly ZoneMember[]): string {
  return members
    .map(({ reader, direction }) => `${reader}>${direction}`)
    .sort()
    .join();
}
