/** Zones that forget by themselves: at a local time of day, and every so many minutes (A19, A20; open case C9). */
import { ageMs, isTrusted } from './antipassback.js';
import type { Json, RecordChange } from './log.js';
import type { DailyReset, Instant, Site, Zone, ZoneId } from './model.js';
import { stampOf } from './moves.js';
import { instantOf, localDay } from './schedule.js';
import type { Stamp, State, Stored, ZoneRecord, ZoneResets } from './state.js';
import { beginSweep, SLICE_RECORDS, sweepPart } from './sweep.js';
import type { Turn } from './turn.js';
import { addFact, addRow } from './turn.js';
import { changed, clearedRecord, keepsCleared, recordsOf } from './zoneRecords.js';

const MINUTE_MS = 60_000;

/** Every reset whose time has come; sets when to look again. */
export function applyResets(turn: Turn): void {
  for (const zone of turn.site.zones.values()) {
    if (zone.dailyReset !== undefined) applyDaily(turn, zone, zone.dailyReset);
    if (zone.resetEveryMinutes !== undefined) applyInterval(turn, zone, zone.resetEveryMinutes);
  }
  for (const [zone, resets] of turn.state.resets) dropMarks(turn, zone, resets);
  const daily = nextDailyMs(turn.site, turn.at);
  const interval = nextIntervalMs(turn);
  const { dailyWallMs: _, intervalMonoMs: __, ...rest } = turn.state;
  turn.state = {
    ...rest,
    ...(daily === undefined ? {} : { dailyWallMs: daily }),
    ...(interval === undefined ? {} : { intervalMonoMs: interval }),
  };
}

/** Has the time come that `applyResets` set? */
export function resetsAreDue({ dailyWallMs, intervalMonoMs }: State, at: Instant): boolean {
  return at.wallMs >= (dailyWallMs ?? Infinity) || at.monoMs >= (intervalMonoMs ?? Infinity);
}

function nextIntervalMs({ site, state, at }: Turn): number | undefined {
  const times = [...state.resets].flatMap(([zone, { interval }]) => {
    const minutes = site.zones.get(zone)?.resetEveryMinutes;
    if (interval === undefined || minutes === undefined) return [];
    return [at.monoMs + Math.max(0, minutes * MINUTE_MS - ageMs(interval, state.boot, at))];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Once a local date, when a trusted clock shows its time past, late if it was missed; a clock set back does not run it
 * again. A zone that has just been given the time begins with the next one.
 */
function applyDaily(turn: Turn, zone: Zone, daily: DailyReset): void {
  if (!isTrusted(turn.at)) return;
  const today = localDay(turn.at.wallMs, turn.site.timeZone);
  const isPast = turn.at.wallMs >= instantOf(today, daily.minute, turn.site.timeZone);
  const latest = isPast ? today : today - 1;
  const done = turn.state.resets.get(zone.id)?.day;
  // A mark from a clock that was far ahead would keep the zone from ever being reset.
  if (done === undefined || done > today + 1) {
    markDone(turn, zone.id, { day: latest });
    return;
  }
  if (latest <= done) return;
  reset(turn, zone, { cause: 'daily', ...daily }, { day: latest });
}

/** On the monotonic clock; after an outage once, without catching up. */
function applyInterval(turn: Turn, zone: Zone, minutes: number): void {
  const last = turn.state.resets.get(zone.id)?.interval;
  const now = stampOf(turn.state.boot, turn.at);
  if (last === undefined) {
    markDone(turn, zone.id, { interval: now });
    return;
  }
  const everyMs = minutes * MINUTE_MS;
  const age = ageMs(last, turn.state.boot, turn.at);
  if (age < everyMs) return;
  const lateMs = last.boot === turn.state.boot ? age % everyMs : 0;
  const done = { interval: { ...now, monoMs: now.monoMs - lateMs, wallMs: now.wallMs - lateMs } };
  reset(turn, zone, { cause: 'interval', to: 'unknown' }, done);
}

type ResetChange = Extract<RecordChange, { kind: 'set-all' | 'forget-marked' | 'forget-zone' }>;

interface Reset extends Pick<DailyReset, 'to' | 'groups'> {
  readonly cause: 'daily' | 'interval';
}

/** At once, or in slices; its mark is durable with it, so that one cut short by a crash is made good. */
function reset(turn: Turn, zone: Zone, { cause, to, groups }: Reset, done: ZoneResets): void {
  const change = changeOf(turn, zone, to, groups !== undefined);
  const row = { kind: 'zone-reset', zone: zone.id, detail: { cause, to } } as const;
  if (change.kind !== 'forget-zone' && recordsOf(turn.state, zone.id).size > SLICE_RECORDS) {
    const mark = remember(turn, zone.id, done);
    beginSweep(turn, {
      parts: [sweepPart({ zone: zone.id, change, row, mark })],
      needsStorage: false,
    });
    return;
  }
  markDone(turn, zone.id, done);
  const { state, count } = changed(turn.state, change);
  turn.state = state;
  addRow(turn, { ...row, detail: { ...row.detail, forgotten: count }, records: [change] });
}

function changeOf(turn: Turn, zone: Zone, to: DailyReset['to'], marked: boolean): ResetChange {
  const stamp = stampOf(turn.state.boot, turn.at);
  const which = marked ? ({ marked: 'daily' } as const) : {};
  const outside: ZoneRecord = { ...stamp, direction: 'exit', reader: '' };
  if (to === 'outside') return { kind: 'set-all', zone: zone.id, record: outside, ...which };
  if (keepsCleared(turn.site, zone.id))
    return { kind: 'set-all', zone: zone.id, record: clearedRecord(stamp), ...which };
  return marked
    ? { kind: 'forget-marked', zone: zone.id, marked: 'daily' }
    : { kind: 'forget-zone', zone: zone.id };
}

function markDone(turn: Turn, zone: ZoneId, done: ZoneResets): void {
  const mark = remember(turn, zone, done);
  addFact(turn, mark.key, mark.value);
}

/** Not to be done again, as far as this run knows; the mark says so for ever. */
function remember(turn: Turn, zone: ZoneId, done: ZoneResets) {
  const before = turn.state.resets.get(zone);
  turn.state = { ...turn.state, resets: new Map(turn.state.resets).set(zone, { ...before, ...done }) };
  const { day, interval } = done;
  return interval === undefined
    ? ({ of: 'day', key: `zone/${zone}/daily`, value: day ?? 0 } as const)
    : ({ of: 'interval', key: `zone/${zone}/interval`, value: { ...interval } } as const);
}

/** A reset nobody wants any more begins anew should it be wanted again. */
function dropMarks(turn: Turn, zone: ZoneId, { day, interval }: ZoneResets): void {
  const wanted = turn.site.zones.get(zone);
  const dropDay = day !== undefined && wanted?.dailyReset === undefined;
  const dropInterval = interval !== undefined && wanted?.resetEveryMinutes === undefined;
  if (!dropDay && !dropInterval) return;
  if (dropDay) addFact(turn, `zone/${zone}/daily`, null);
  if (dropInterval) addFact(turn, `zone/${zone}/interval`, null);
  const kept: ZoneResets = {
    ...(day === undefined || dropDay ? {} : { day }),
    ...(interval === undefined || dropInterval ? {} : { interval }),
  };
  const resets = new Map(turn.state.resets);
  if (Object.keys(kept).length === 0) resets.delete(zone);
  else resets.set(zone, kept);
  turn.state = { ...turn.state, resets };
}

function nextDailyMs(site: Site, at: Instant): number | undefined {
  const today = localDay(at.wallMs, site.timeZone);
  const times = [...site.zones.values()].flatMap(({ dailyReset }) =>
    dailyReset === undefined
      ? []
      : [0, 1, 2].map((ahead) => instantOf(today + ahead, dailyReset.minute, site.timeZone)),
  );
  const later = times.filter((time) => time > at.wallMs);
  return later.length === 0 ? undefined : Math.min(...later);
}

/** The marks a start finds. */
export function resetsOf(stored: Stored): ReadonlyMap<ZoneId, ZoneResets> {
  const resets = new Map<ZoneId, ZoneResets>();
  for (const [key, value] of stored.facts) {
    const [, id, what] = /^zone\/(\d{1,10})\/(daily|interval)$/.exec(key) ?? [];
    if (id === undefined) continue;
    const zone = Number(id);
    const mark: ZoneResets =
      what === 'daily' && typeof value === 'number' ? { day: value } : intervalOf(value);
    resets.set(zone, { ...resets.get(zone), ...mark });
  }
  return resets;
}

function intervalOf(value: Json): ZoneResets {
  if (value === null || typeof value !== 'object') return {};
  const { boot, monoMs, wallMs, trusted } = value as { readonly [key: string]: Json };
  if (typeof boot !== 'string' || typeof monoMs !== 'number' || typeof wallMs !== 'number') return {};
  const interval: Stamp = { boot, monoMs, wallMs, trusted: trusted === true };
  return { interval };
}
