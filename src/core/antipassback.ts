/** The reference rule and its kin: does this passage violate this zone? */
import type { DenyReason } from './decision.js';
import type { BootId, Direction, Instant, Site, UserFacts, UserId, Zone } from './model.js';
import type { Passage, State, ZoneRecord } from './state.js';
import { hasMark, isInside, recordOf } from './zoneRecords.js';

/** What a passage broke. */
export type ViolationRule = Extract<
  DenyReason,
  'passback' | 'passback-blocked' | 'tailgate' | 'not-in-outer-zone' | 'still-in-inner-zone'
>;

/** One zone that does not agree with a passage. */
export interface Violation {
  readonly zone: Zone;
  readonly rule: ViolationRule;
  readonly severity: 'soft' | 'hard';
  /** The user is refused from now on until cleared (hard-everywhere, trap). */
  readonly blocks: boolean;
}

/** A passage as a zone sees it. */
export interface Step {
  readonly user: UserId;
  readonly reader: string;
  readonly direction: Direction;
  readonly at: Instant;
}

/** A wall clock that may be compared with another boot's. */
export function isTrusted(at: Pick<Instant, 'trust'>): boolean {
  return at.trust === 'rtc' || at.trust === 'ntp';
}

/**
 * Age of a stamp: by the monotonic clock within one boot; across boots by the wall clocks if both were
 * trusted, never below 0; else only the time this boot has run, so that it is never overstated.
 */
export function ageMs(
  stamp: Pick<ZoneRecord, 'boot' | 'monoMs' | 'wallMs' | 'trusted'>,
  boot: BootId,
  at: Instant,
): number {
  if (stamp.boot === boot) return at.monoMs - stamp.monoMs;
  if (stamp.trusted && isTrusted(at)) return Math.max(0, at.wallMs - stamp.wallMs);
  return at.monoMs;
}

/** What the zone says of a passage; undefined = nothing against it. A disabled zone is never violated. */
export function judge(site: Site, state: State, zone: Zone, step: Step): Violation | undefined {
  if (zone.disabled) return undefined;
  const found = recordOf(state, zone.id, step.user);
  const record = hasMark(found, 'cleared') ? undefined : found;
  switch (zone.rule ?? 'alternate') {
    case 'timed':
      return repeats(state, zone, record, step)
        ? broken(zone, 'passback', typeSeverity(zone.type))
        : undefined;
    case 'route':
      return leavesRoute(state, zone, record, step)
        ? broken(zone, 'passback', typeSeverity(zone.type))
        : undefined;
    case 'alternate':
      return judgeSides(site, state, { zone, record, found, step });
  }
}

/** A repeat within the time, counted from the last success: at the same reader, or at any of the zone. */
function repeats(state: State, zone: Zone, record: ZoneRecord | undefined, step: Step): boolean {
  if (record === undefined || lapsed(state, zone, record, step.at)) return false;
  return zone.timedAt === 'any-reader' || record.reader === step.reader;
}

/** Only the reader after the last one counts, after the last the first; the first read may be anywhere unless told. */
function leavesRoute(state: State, zone: Zone, record: ZoneRecord | undefined, step: Step): boolean {
  const readers = zone.members.map((member) => member.reader);
  const last =
    record === undefined || lapsed(state, zone, record, step.at) ? -1 : readers.indexOf(record.reader);
  if (last < 0) return zone.startAtFirst === true && step.reader !== readers[0];
  return step.reader !== readers[(last + 1) % readers.length];
}

/** A record as old as the zone's reset time is unknown; at that second exactly it has lapsed. */
export function lapsed(state: State, zone: Zone, record: ZoneRecord, at: Instant): boolean {
  return zone.resetSeconds > 0 && ageMs(record, state.boot, at) >= zone.resetSeconds * 1000;
}

interface Sides {
  readonly zone: Zone;
  /** Undefined when unknown. */
  readonly record: ZoneRecord | undefined;
  /** With its traces: somebody forgiven is not somebody never seen. */
  readonly found: ZoneRecord | undefined;
  readonly step: Step;
}

/** In, out, in: and what lies around. */
function judgeSides(site: Site, state: State, { zone, record, found, step }: Sides): Violation | undefined {
  const { direction, user } = step;
  if (hasMark(record, 'blocked') && (zone.type !== 'trap' || direction === 'exit'))
    return broken(zone, 'passback-blocked', 'hard');
  if (zone.check === (direction === 'entry' ? 'exits' : 'entries')) return undefined;
  const nesting =
    direction === 'entry' ? lacksOuter(site, state, zone, user) : lacksInner(site, state, zone, user);
  if (nesting) {
    const rule = direction === 'entry' ? 'not-in-outer-zone' : 'still-in-inner-zone';
    return broken(zone, rule, typeSeverity(zone.type));
  }
  if (record === undefined) {
    const unseen = direction === 'exit' && zone.requireEntry === true && found === undefined;
    return unseen ? broken(zone, 'tailgate', sideSeverity(zone, direction)) : undefined;
  }
  if (record.direction !== direction || lapsed(state, zone, record, step.at)) return undefined;
  // Whoever is kept inside may enter as often as they like.
  if (hasMark(record, 'blocked')) return undefined;
  const rule = direction === 'exit' && zone.tailgate !== undefined ? 'tailgate' : 'passback';
  return broken(zone, rule, sideSeverity(zone, direction), blocksBy(zone, direction));
}

/** Entering asks for a record inside the outer zone; never seen is not enough, forgiven is. */
function lacksOuter(site: Site, state: State, zone: Zone, user: UserId): boolean {
  const outer = zone.inside === undefined ? undefined : site.zones.get(zone.inside);
  if (outer === undefined || outer.disabled) return false;
  const record = recordOf(state, outer.id, user);
  return record?.direction !== 'entry' && !hasMark(record, 'cleared');
}

/** Leaving while recorded in a zone that lies inside. */
function lacksInner(site: Site, state: State, zone: Zone, user: UserId): boolean {
  const inner = site.innerZones.get(zone.id) ?? [];
  return inner.some((one) => !one.disabled && isInside(state, one.id, user));
}

function broken(
  zone: Zone,
  rule: ViolationRule,
  severity: 'none' | 'soft' | 'hard',
  blocks = false,
): Violation | undefined {
  return severity === 'none' ? undefined : { zone, rule, severity, blocks };
}

function typeSeverity(type: Zone['type']): 'soft' | 'hard' {
  return type === 'soft' ? 'soft' : 'hard';
}

/** What the same direction twice leads to, by side. */
function sideSeverity(zone: Zone, direction: Direction): 'none' | 'soft' | 'hard' {
  if (direction === 'exit') return zone.tailgate ?? typeSeverity(zone.type);
  // Who enters a trap twice is let in.
  return zone.passback ?? (zone.type === 'trap' ? 'soft' : typeSeverity(zone.type));
}

function blocksBy(zone: Zone, direction: Direction): boolean {
  return zone.type === 'hard-everywhere' || (zone.type === 'trap' && direction === 'entry');
}

/** Users and groups that are tracked and never refused. */
export function isExempt(zone: Zone, user: Pick<UserFacts, 'id' | 'groups'>): boolean {
  return (
    zone.bypassGroups.some((group) => user.groups.includes(group)) ||
    zone.bypassUsers?.includes(user.id) === true
  );
}

/**
 * Has the user a grant waiting at another reader of the same side of a hard zone? The door in question may
 * still be opened with it, so a second one would let two people in with one card.
 */
export function pendingElsewhere(site: Site, state: State, user: UserFacts, reader: string): boolean {
  const here = site.zonesOfReader.get(reader) ?? [];
  const hard = here.filter(
    ({ zone, direction }) => !zone.disabled && !isExempt(zone, user) && refusesRepeat(zone, direction),
  );
  if (hard.length === 0) return false;
  const sided = ({ rule = 'alternate' }: Zone): boolean => rule === 'alternate';
  return waitingOf(state, user.id).some(
    (passage) =>
      passage.reader !== reader &&
      hard.some(({ zone, direction }) =>
        zone.members.some(
          (member) => member.reader === passage.reader && (member.direction === direction || !sided(zone)),
        ),
      ),
  );
}

/** Would a second passage at this side be refused once the first has counted? */
function refusesRepeat(zone: Zone, direction: Direction): boolean {
  const rule = zone.rule ?? 'alternate';
  if (rule !== 'alternate')
    return zone.type === 'hard' && (rule === 'route' || zone.timedAt === 'any-reader');
  if (zone.check === (direction === 'entry' ? 'exits' : 'entries')) return false;
  return sideSeverity(zone, direction) === 'hard';
}

/** The user's passages that wait for a door, at any door. */
export function waitingOf(state: State, user: UserId): readonly Passage[] {
  const found: Passage[] = [];
  for (const door of state.doors.values()) {
    for (const { passage } of door.waiting) {
      if (passage.user === user) found.push(passage);
    }
  }
  return found;
}

/** Are two zones the same to their records: same readers, same directions? (Order and doubles do not count.) */
export function sameMembers(a: Zone, b: Zone): boolean {
  const key = (zone: Zone): string =>
    [...new Set(zone.members.map((member) => `${member.direction} ${member.reader}`))].sort().join('\n');
  return key(a) === key(b);
}
