import type { BootId, Direction, Instant, Site, UserFacts, UserId, Zone, ZoneId } from './model.js';
import type { Passage, State, ZoneRecord } from './state.js';
import { emptyTrie, trieGet, trieRemove, trieSet } from './trie.js';

/** A wall clock that may be compared with another boot's. */
export function isTrusted(at: Pick<Instant, 'trust'>): boolean {
  return at.trust === 'rtc' || at.trust === 'ntp';
}

/** The user's record in a zone; undefined = unknown. */
export function recordOf(state: State, zone: ZoneId, user: UserId): ZoneRecord | undefined {
  const records = state.records.get(zone);
  return records === undefined ? undefined : trieGet(records, user);
}

/** The state with one record set, or removed when `record` is undefined. */
export function withRecord(state: State, zone: ZoneId, user: UserId, record: ZoneRecord | undefined): State {
  const before = state.records.get(zone) ?? emptyTrie<ZoneRecord>();
  const after = record === undefined ? trieRemove(before, user) : trieSet(before, user, record);
  return { ...state, records: new Map(state.records).set(zone, after) };
}

/**
 * Age of a record: by the monotonic clock within one boot; across boots by the wall clocks if both were
 * trusted, never below 0; else only the time this boot has run, so that it is never overstated.
 */
export function ageMs(record: ZoneRecord, boot: BootId, at: Instant): number {
  if (record.boot === boot) return at.monoMs - record.monoMs;
  if (record.trusted && isTrusted(at)) return Math.max(0, at.wallMs - record.wallMs);
  return at.monoMs;
}

/**
 * The reference rule: the same direction twice violates, unless the record is unknown or as old as the
 * zone's reset time. A disabled zone is never violated.
 */
export function violates(state: State, zone: Zone, user: UserId, direction: Direction, at: Instant): boolean {
  if (zone.disabled) return false;
  const record = recordOf(state, zone.id, user);
  if (record === undefined) return false;
  if (zone.resetSeconds > 0 && ageMs(record, state.boot, at) >= zone.resetSeconds * 1000) return false;
  return record.direction === direction;
}

/** Members of a bypass group are tracked and never refused. */
export function isExempt(zone: Zone, user: Pick<UserFacts, 'groups'>): boolean {
  return zone.bypassGroups.some((group) => user.groups.includes(group));
}

/**
 * Has the user a grant waiting at another reader of the same side of a hard zone? The door in question may
 * still be opened with it, so a second one would let two people in with one card.
 */
export function pendingElsewhere(site: Site, state: State, user: UserFacts, reader: string): boolean {
  const here = site.zonesOfReader.get(reader) ?? [];
  const hard = here.filter(({ zone }) => zone.type === 'hard' && !zone.disabled && !isExempt(zone, user));
  if (hard.length === 0) return false;
  return waitingOf(state, user.id).some(
    (passage) =>
      passage.reader !== reader &&
      hard.some(({ zone, direction }) =>
        zone.members.some((member) => member.reader === passage.reader && member.direction === direction),
      ),
  );
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
