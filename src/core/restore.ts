import { restoredAlarm } from './doorAlarm.js';
import { runningOf } from './keptActions.js';
import { newDoorState } from './lock.js';
import { LOCKOUT_MS } from './lockout.js';
import type { Json } from './log.js';
import type { BootId, DoorId, Instant, Site, ZoneId } from './model.js';
import { emergenciesOf } from './muster.js';
import type {
  DoorState,
  FlagLevel,
  FlagValue,
  Lockout,
  Passage,
  State,
  Stored,
  ZoneRecords,
} from './state.js';
import { restoredTimer } from './timedCommand.js';
import { trieBuilder } from './trie.js';
import { insideOf } from './zoneCounts.js';
import { counted } from './zoneRecords.js';
import { resetsOf } from './zoneReset.js';

/** A controller that remembers nothing: all records unknown, all doors locked. */
export function emptyState(site: Site, boot: BootId): State {
  const doors = new Map([...site.doors.values()].map((door) => [door.id, newDoorState(door)]));
  return {
    boot,
    records: new Map(),
    company: [],
    running: [],
    resets: new Map(),
    sweeps: [],
    musters: new Map(),
    lockdowns: new Set(),
    linked: new Set(),
    insideOnDisk: new Map(),
    counting: [],
    countsOn: new Map(),
    alarmedZones: new Set(),
    doors,
    lockouts: new Map(),
    pinWaits: new Map(),
    unreadables: new Map(),
    signals: new Map(),
    floods: new Map(),
    fire: 'off',
    storage: 'ok',
    awaiting: [],
    uses: new Map(),
    nextCommit: 1,
    committedThrough: 0,
  };
}

/**
 * The state after a start: records, alarms and what runs for them, standing commands, pauses and a latched fire as
 * they were; grants are
 * not repeated. A passage that waited may still count if the boot is the same and its time not over (case C6);
 * the others are dropped by the first step, as no entry after grant.
 */
export function restoreState(site: Site, stored: Stored, at: Instant): State {
  const empty = emptyState(site, stored.boot);
  const records = recordsOf(site, stored);
  return {
    ...empty,
    records,
    insideOnDisk: insideOf(site, { records }),
    resets: resetsOf(stored),
    ...emergenciesOf(stored),
    alarmedZones: alarmsOf(stored),
    running: runningOf(site, stored, at),
    doors: new Map([...empty.doors].map(([id, door]) => [id, restoreDoor(id, door, stored, at)])),
    lockouts: lockoutsOf(stored, at),
    fire: stored.facts.get('fire') === 'latched' ? 'latched' : 'off',
  };
}

function recordsOf(site: Site, stored: Stored): ReadonlyMap<ZoneId, ZoneRecords> {
  const builders = new Map([...site.zones.keys()].map((zone) => [zone, trieBuilder()]));
  for (const { zone, user, record } of stored.records) builders.get(zone)?.add(user, record);
  const records = [...builders].map(([zone, builder]) => [zone, counted(builder.done())] as const);
  return new Map(records.filter(([, trie]) => trie.size > 0));
}

/** Also of zones that were deleted: their end may not have reached the disk, and the next change of the site ends them. */
function alarmsOf(stored: Stored): ReadonlySet<ZoneId> {
  const zones = [...stored.facts].flatMap(([key, value]) => {
    const zone = /^zone\/(\d{1,10})\/alarm$/.exec(key)?.[1];
    return zone === undefined || value !== true ? [] : [Number(zone)];
  });
  return new Set(zones);
}

function restoreDoor(id: DoorId, door: DoorState, stored: Stored, at: Instant): DoorState {
  const levels: readonly FlagLevel[] = ['emergency', 'operator'];
  const flags = Object.fromEntries(
    levels.flatMap((level): [FlagLevel, FlagValue][] => {
      const value = stored.facts.get(`door/${id}/${level}`);
      return value === 'locked' || value === 'unlocked' ? [[level, value]] : [];
    }),
  );
  const waiting = stored.passages
    .filter((passage) => passage.door === id)
    .map((passage) => ({ passage: outlived(passage, stored.boot, at) }));
  const timer = flags['operator'] === undefined ? {} : restoredTimer(stored.facts, id, stored.boot, at);
  return { ...door, flags, waiting, ...timer, ...restoredAlarm(stored.facts, id) };
}

/** Another boot's deadline cannot be compared: it is over now. */
function outlived(passage: Passage, boot: BootId, at: Instant): Passage {
  return passage.boot === boot ? passage : { ...passage, deadlineMonoMs: at.monoMs };
}

/** A pause is never shortened: one of another boot starts anew. None is longer than any can be, whatever was stored. */
function lockoutsOf(stored: Stored, at: Instant): ReadonlyMap<string, Lockout> {
  const lockouts = new Map<string, Lockout>();
  for (const [key, value] of stored.facts) {
    if (!key.startsWith('lockout/')) continue;
    const until = Math.min(untilOf(value, stored.boot) ?? Infinity, at.monoMs + LOCKOUT_MS);
    lockouts.set(key.slice('lockout/'.length), { failedAtMonoMs: [], untilMonoMs: until });
  }
  return lockouts;
}

function untilOf(value: Json, boot: BootId): number | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { boot: of, untilMonoMs } = value as { readonly [key: string]: Json };
  return of === boot && typeof untilMonoMs === 'number' ? untilMonoMs : undefined;
}
