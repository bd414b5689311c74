/** What stands where at the beginning of a transcript, said in few words. */
import type {
  AccessRight,
  ClockTrust,
  Direction,
  Door,
  Group,
  Interlock,
  Reader,
  Schedule,
  Site,
  UserFacts,
  Zone,
} from '../../src/core/model.js';
import { defaultDoor, makeSite } from '../../src/core/site.js';

/** The beginning of a transcript: the site, who may do what, and what is remembered. */
export interface Scene {
  /** Local date of day 0. */
  readonly date: string;
  readonly timeZone: string;
  readonly trust: ClockTrust;
  readonly doors: readonly Door[];
  readonly readers: readonly Reader[];
  readonly zones: readonly Zone[];
  readonly schedules: readonly Schedule[];
  /** Local date -> holiday kind. */
  readonly holidays: Readonly<Record<string, string>>;
  readonly groups: readonly Group[];
  readonly accessRights: readonly AccessRight[];
  /** What differs from a valid user with a right to every door at any time. */
  readonly users: Readonly<Record<string, Partial<UserFacts>>>;
  /** Records at the beginning, in the words of the facts: `ann in 08:00:00` = by `lobby-in`, in the first zone. */
  readonly seen: readonly string[];
  readonly interlocks: readonly Interlock[];
  readonly untrustedClock: Site['untrustedClock'];
  readonly storageDeadlineMs: number;
  /** Answers name the secondary rows as well. */
  readonly full: boolean;
  /** Answers name what readers show, and nothing else. */
  readonly signals: boolean;
}

/** The right every user has unless the scene says otherwise. */
export const EVERYWHERE = 'everywhere';

type Changes = Partial<Scene> & {
  readonly zone?: Partial<Zone>;
  readonly lobby?: Partial<Door>;
  readonly garage?: Partial<Door>;
};

/**
 * The standing scene: zone `hq`, hard, never reset; doors `lobby` and `garage` without contact, each with a
 * reader `-in` (entry) and `-out` (exit). `changes` gives what differs.
 */
export function standing(changes: Changes = {}): Scene {
  const { zone, lobby, garage, ...rest } = changes;
  return {
    date: '2026-03-02',
    timeZone: 'UTC',
    trust: 'ntp',
    doors: [doorOf('lobby', lobby), doorOf('garage', garage)],
    readers: ['lobby', 'garage'].flatMap(readersOf),
    zones: [zoneOf(zone)],
    schedules: [],
    holidays: {},
    groups: [],
    accessRights: [],
    users: {},
    seen: [],
    interlocks: [],
    untrustedClock: 'deny',
    storageDeadlineMs: 2_000,
    full: false,
    signals: false,
    ...rest,
  };
}

/** A door with a contact: passages count at the opening. */
export const withContact: Partial<Door> = { hasContact: true, passageCounts: 'at-opening' };

function doorOf(id: string, changes: Partial<Door> = {}): Door {
  return { ...defaultDoor(id, id, false), ...changes };
}

function readersOf(door: string): readonly Reader[] {
  return [
    { id: `${door}-in`, name: `${door} in`, door, direction: 'entry' },
    { id: `${door}-out`, name: `${door} out`, door, direction: 'exit' },
  ];
}

/** Zone `hq` over all four readers. */
export function zoneOf(changes: Partial<Zone> = {}): Zone {
  return {
    id: 1,
    name: 'hq',
    type: 'hard',
    disabled: false,
    resetSeconds: 0,
    members: ['lobby', 'garage'].flatMap(readersOf).map(({ id, direction }) => ({ reader: id, direction })),
    bypassGroups: [],
    ...changes,
  };
}

/** A zone over the named readers, directions by their names. */
export function membersOf(...readers: readonly string[]): Zone['members'] {
  return readers.map((reader) => ({ reader, direction: directionOf(reader) }));
}

/** `lobby-in` is an entry, `lobby-out` an exit. */
export function directionOf(reader: string): Direction {
  return reader.endsWith('-in') ? 'entry' : 'exit';
}

/** The scene as the core gets it. */
export function siteOf(scene: Scene): Site {
  const everywhere: AccessRight = {
    id: EVERYWHERE,
    name: 'everywhere',
    doors: scene.doors.map((door) => ({ door: door.id, schedule: 'always' })),
  };
  return makeSite({
    timeZone: scene.timeZone,
    doors: byId(scene.doors),
    readers: byId(scene.readers),
    zones: byId(scene.zones),
    schedules: byId(scene.schedules),
    holidays: new Map(Object.entries(scene.holidays)),
    groups: byId(scene.groups),
    accessRights: byId([everywhere, ...scene.accessRights]),
    interlocks: scene.interlocks,
    untrustedClock: scene.untrustedClock,
    storageDeadlineMs: scene.storageDeadlineMs,
  });
}

function byId<K, T extends { readonly id: K }>(things: readonly T[]): ReadonlyMap<K, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

/** The user's facts; `stranger` is nobody. */
export function userOf(scene: Scene, name: string): UserFacts | undefined {
  if (name === 'stranger') return undefined;
  return {
    id: name,
    name,
    enabled: true,
    credentialEnabled: true,
    groups: [],
    accessRights: [EVERYWHERE],
    extendedUnlock: false,
    supervisor: false,
    ...scene.users[name],
  };
}
