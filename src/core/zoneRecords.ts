/** The records of every zone, and how many of them are inside: kept with each change, never counted again. */
import type { RecordChange } from './log.js';
import type { Site, UserId, ZoneId } from './model.js';
import type { State, SweepPart, ZoneMark, ZoneRecord, ZoneRecords } from './state.js';
import { emptyTrie, type Trie, trieEntries, trieGet, trieRemove, trieSet } from './trie.js';

export const noRecords: ZoneRecords = { ...emptyTrie(), inside: 0, supervisors: 0, cleared: 0 };

/** The records of one zone. */
export function recordsOf(state: State, zone: ZoneId): ZoneRecords {
  return state.records.get(zone) ?? noRecords;
}

/** The user's record in a zone, a cleared one included; undefined = never seen, or forgotten. */
export function recordOf(state: State, zone: ZoneId, user: UserId): ZoneRecord | undefined {
  return trieGet(recordsOf(state, zone), user);
}

export function hasMark(record: ZoneRecord | undefined, mark: ZoneMark): boolean {
  return record?.marks?.includes(mark) === true;
}

/** Records are values: made anew with each look, equal when all they say is. */
export function sameRecord(a: ZoneRecord | undefined, b: ZoneRecord): boolean {
  if (a === undefined) return false;
  if (a.direction !== b.direction || a.reader !== b.reader || a.boot !== b.boot) return false;
  if (a.monoMs !== b.monoMs || a.wallMs !== b.wallMs || a.trusted !== b.trusted) return false;
  return a.marks?.join() === b.marks?.join();
}

/** Is the user recorded inside? A record that has lapsed for anti-passback still counts: nobody saw them leave. */
export function isInside(state: State, zone: ZoneId, user: UserId): boolean {
  return recordOf(state, zone, user)?.direction === 'entry';
}

/** The state with one record set, or removed when `record` is undefined. */
export function withRecord(state: State, zone: ZoneId, user: UserId, record: ZoneRecord | undefined): State {
  const after = withRecords(state, zone, put(recordsOf(state, zone), user, record));
  return withParts(after, zone, (part) =>
    part.ready === undefined ? part : { ...part, ready: put(part.ready, user, swept(part, user, record)) },
  );
}

/** The records of a zone with one set or removed, and their counts. */
export function put(before: ZoneRecords, user: UserId, record: ZoneRecord | undefined): ZoneRecords {
  const gone = countsOf(trieGet(before, user));
  const come = countsOf(record);
  const trie = record === undefined ? trieRemove(before, user) : trieSet(before, user, record);
  return {
    ...trie,
    inside: before.inside - gone.inside + come.inside,
    supervisors: before.supervisors - gone.supervisors + come.supervisors,
    cleared: before.cleared - gone.cleared + come.cleared,
  };
}

/** What the change on its way makes of this record of this user. */
export function swept(
  { change, listed }: Pick<SweepPart, 'change' | 'listed'>,
  user: UserId,
  record: ZoneRecord | undefined,
): ZoneRecord | undefined {
  switch (change.kind) {
    case 'forget-zone':
      return undefined;
    case 'forget-users':
      return listed.has(user) ? undefined : record;
    case 'set-users':
      return listed.has(user) ? change.record : record;
    case 'forget-marked':
      return hasMark(record, change.marked) ? undefined : record;
    case 'set-all':
      return record === undefined || (change.marked !== undefined && !hasMark(record, change.marked))
        ? record
        : change.record;
  }
}

/** A zone nobody is recorded in has no entry. */
export function withRecords(state: State, zone: ZoneId, now: ZoneRecords): State {
  const records = new Map(state.records);
  if (now.size === 0) records.delete(zone);
  else records.set(zone, now);
  return { ...state, records };
}

/** All records of a zone are others: what was made ready of a change on its way is made anew. */
function withOthers(state: State, zone: ZoneId, now: ZoneRecords): State {
  return withParts(withRecords(state, zone, now), zone, ({ ready: _, ...part }) => {
    return { ...part, made: 0, met: 0 };
  });
}

function withParts(state: State, zone: ZoneId, change: (part: SweepPart) => SweepPart): State {
  const [sweep, ...later] = state.sweeps;
  if (sweep === undefined) return state;
  const parts = sweep.parts.map((part) => (part.zone === zone ? change(part) : part));
  return { ...state, sweeps: [{ ...sweep, parts }, ...later] };
}

/** A trie with its counts. */
export function counted(trie: Trie): ZoneRecords {
  let inside = 0;
  let supervisors = 0;
  let cleared = 0;
  for (const [, record] of trieEntries(trie)) {
    const counts = countsOf(record);
    inside += counts.inside;
    supervisors += counts.supervisors;
    cleared += counts.cleared;
  }
  return { ...trie, inside, supervisors, cleared };
}

function countsOf(record: ZoneRecord | undefined): Omit<ZoneRecords, keyof Trie> {
  if (record === undefined) return noRecords;
  const inside = record.direction === 'entry' ? 1 : 0;
  return {
    inside,
    supervisors: hasMark(record, 'supervisor') ? inside : 0,
    cleared: hasMark(record, 'cleared') ? 1 : 0,
  };
}

/**
 * Does forgetting in this zone leave a trace? Where "never seen" is refused, somebody forgiven must be told from
 * somebody never seen: zones others lie in, and zones that require an entry.
 */
export function keepsCleared(site: Site, zone: ZoneId): boolean {
  return site.zones.get(zone)?.requireEntry === true || site.innerZones.has(zone);
}

/** The record of somebody forgiven: unknown, but not never seen. */
export function clearedRecord(now: Omit<ZoneRecord, 'direction' | 'reader'>): ZoneRecord {
  return { ...now, direction: 'exit', reader: '', marks: ['cleared'] };
}

/** The state after one change, and how many records it took or moved. */
export function changed(
  state: State,
  change: Exclude<RecordChange, { kind: 'forget-users' | 'set-users' }>,
): { readonly state: State; readonly count: number } {
  switch (change.kind) {
    case 'set':
      return { state: withRecord(state, change.zone, change.user, change.record), count: 1 };
    case 'forget': {
      const known = recordOf(state, change.zone, change.user) !== undefined;
      return { state: withRecord(state, change.zone, change.user, undefined), count: known ? 1 : 0 };
    }
    case 'forget-zone': {
      const { size, cleared } = recordsOf(state, change.zone);
      return { state: withOthers(state, change.zone, noRecords), count: size - cleared };
    }
    case 'forget-user': {
      const zones = [...state.records.keys()].filter(
        (zone) => recordOf(state, zone, change.user) !== undefined,
      );
      const after = zones.reduce((now, zone) => withRecord(now, zone, change.user, undefined), state);
      return { state: after, count: zones.length };
    }
    default:
      return changedMany(state, change);
  }
}

function changedMany(
  state: State,
  change: Extract<RecordChange, { kind: 'set-all' | 'forget-marked' }>,
): { readonly state: State; readonly count: number } {
  const { zone, marked } = change;
  let trie: Trie = recordsOf(state, zone);
  let count = 0;
  for (const [user, record] of trieEntries(trie)) {
    if (marked !== undefined && !hasMark(record, marked)) continue;
    if (!hasMark(record, 'cleared')) count += 1;
    trie = change.kind === 'set-all' ? trieSet(trie, user, change.record) : trieRemove(trie, user);
  }
  return { state: withOthers(state, zone, counted(trie)), count };
}
