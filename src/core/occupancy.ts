/** Limits of the number of people inside a zone: maximum, minimum (two-person rule), supervisor first. */
import { isExempt } from './antipassback.js';
import type { Crowding } from './decision.js';
import type { AccessRequested } from './events.js';
import type { Direction, OccupancyRules, ReaderId, ReaderZone, Site, UserId, Zone } from './model.js';
import type { Passage, State } from './state.js';
import { isInside, recordsOf } from './zoneRecords.js';

/** A limit that refuses; a minimum makes people wait instead. */
export type Full = Crowding & { readonly rule: 'occupancy-max' | 'supervisor-first' };

/** What the limits say of somebody and whoever moves along. */
export type Room =
  | { readonly kind: 'room'; readonly crowded: readonly Crowding[] }
  | { readonly kind: 'full'; readonly crowded: Full }
  | { readonly kind: 'waits'; readonly zone: Zone['id']; readonly withinSeconds: number };

/** `along`: who waits at the same reader and would move at the same moment. */
export function roomFor(
  site: Site,
  state: State,
  asked: AccessRequested,
  along: readonly AccessRequested[],
): Room {
  const crowded: Crowding[] = [];
  const { user, reader } = asked;
  if (user === undefined || reader === undefined) return { kind: 'room', crowded };
  for (const at of site.zonesOfReader.get(reader) ?? []) {
    const { zone, direction } = at;
    const rules = zone.occupancy;
    if (rules === undefined || zone.disabled || isExempt(zone, user)) continue;
    const moving = movingPast(site, state, at, reader, [asked, ...along]);
    if (moving.users.length === 0) continue;
    const found =
      direction === 'entry' ? entering(state, zone, rules, moving) : leaving(state, zone, rules, moving);
    for (const [rule, severity] of found) {
      if (severity === 'soft') crowded.push({ zone: zone.id, rule });
      else if (rule !== 'occupancy-min') return { kind: 'full', crowded: { zone: zone.id, rule } };
      else return { kind: 'waits', zone: zone.id, withinSeconds: rules.min?.withinSeconds ?? 0 };
    }
  }
  return { kind: 'room', crowded };
}

/** Who shares a vehicle with the user at this reader, in the order of the vehicle; without the user. */
export function companionsOf(site: Site, reader: ReaderId, user: UserId): readonly UserId[] {
  const zones = (site.zonesOfReader.get(reader) ?? []).filter(({ vehicle }) => vehicle);
  const together = zones.flatMap(
    ({ zone }) => zone.vehicles?.find(({ users }) => users.includes(user))?.users ?? [],
  );
  return [...new Set(together)].filter((other) => other !== user);
}

/** Whoever changes the number of people inside by this passage, and who will have by passages that wait. */
interface Moving {
  readonly users: readonly UserId[];
  readonly supervisor: boolean;
  readonly pendingIn: readonly Passage[];
  readonly pendingOut: readonly Passage[];
}

function movingPast(
  site: Site,
  state: State,
  { zone, direction }: ReaderZone,
  reader: ReaderId,
  asked: readonly AccessRequested[],
): Moving {
  const inside = (user: UserId): boolean => isInside(state, zone.id, user);
  const pendingIn = waitingAt(state, zone, 'entry').filter(({ user }) => !inside(user));
  const pendingOut = waitingAt(state, zone, 'exit').filter(({ user }) => inside(user));
  const pending = new Set((direction === 'entry' ? pendingIn : pendingOut).map(({ user }) => user));
  const people = asked.flatMap(({ user }) => (user === undefined ? [] : [user]));
  const together = people.flatMap(({ id }) => [id, ...companionsOf(site, reader, id)]);
  const users = [...new Set(together)].filter(
    (user) => inside(user) === (direction === 'exit') && !pending.has(user),
  );
  return { users, supervisor: people.some(({ supervisor }) => supervisor), pendingIn, pendingOut };
}

/** Passages of this side that wait for a door, one a user. */
function waitingAt(state: State, zone: Zone, direction: Direction): readonly Passage[] {
  const readers = new Set(
    zone.members.filter((member) => member.direction === direction).map((member) => member.reader),
  );
  const found = new Map<UserId, Passage>();
  for (const door of state.doors.values()) {
    for (const { passage } of door.waiting) {
      if (readers.has(passage.reader)) found.set(passage.user, passage);
    }
  }
  return [...found.values()];
}

type Found = readonly (readonly [Crowding['rule'], 'soft' | 'hard'])[];

function entering(state: State, zone: Zone, rules: OccupancyRules, moving: Moving): Found {
  const { inside, supervisors } = recordsOf(state, zone.id);
  const { max, min, supervisorFirst } = rules;
  const led = moving.supervisor || supervisors > 0 || moving.pendingIn.some((passage) => passage.supervisor);
  const coming = inside + moving.pendingIn.length + moving.users.length;
  const found: (readonly [Crowding['rule'], 'soft' | 'hard'])[] = [];
  if (supervisorFirst !== undefined && !led) found.push(['supervisor-first', supervisorFirst]);
  // Whoever may still leave keeps a place: the door may never open for them.
  if (max !== undefined && coming > max.count) found.push(['occupancy-max', max.severity]);
  if (min !== undefined && isLonely(coming - moving.pendingOut.length, min.count))
    found.push(['occupancy-min', min.severity]);
  return found;
}

function leaving(state: State, zone: Zone, { min }: OccupancyRules, moving: Moving): Found {
  if (min === undefined) return [];
  const { inside } = recordsOf(state, zone.id);
  const staying = inside + moving.pendingIn.length - moving.pendingOut.length - moving.users.length;
  return isLonely(staying, min.count) ? [['occupancy-min', min.severity]] : [];
}

/** Somebody inside, and too few. */
function isLonely(people: number, least: number): boolean {
  return people > 0 && people < least;
}
