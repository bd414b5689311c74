import type { AccessRightId, DayWindow, DoorId, Schedule, ScheduleId, Site } from './model.js';

/** Built in: needs no clock. */
export const ALWAYS: ScheduleId = 'always';
/** Built in: needs no clock. */
export const NEVER: ScheduleId = 'never';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Days looked ahead for the next change of a schedule; later ones are found when this one is over. */
const HORIZON_DAYS = 8;

/** Whether a schedule's answer depends on the time at all. */
export function needsClock(schedule: ScheduleId): boolean {
  return schedule !== ALWAYS && schedule !== NEVER;
}

/** What of a site tells when its schedules are active. */
type Calendar = Pick<Site, 'timeZone' | 'schedules' | 'holidays'>;

/**
 * Is the schedule active at this instant? Windows are local; each boundary happens once: a time that does not
 * exist (spring) is the moment of the change, a time that comes twice (autumn) is its first coming.
 * An unknown schedule is never active.
 */
export function isActive(site: Calendar, id: ScheduleId, wallMs: number): boolean {
  if (id === ALWAYS) return true;
  const schedule = site.schedules.get(id);
  if (schedule === undefined) return false;
  const day = localDay(wallMs, site.timeZone);
  return spansOfDay(site, schedule, day).some((span) => span.fromMs <= wallMs && wallMs < span.untilMs);
}

/** The first instant after `wallMs` at which the schedule may change, within eight days. */
export function nextChangeMs(site: Site, id: ScheduleId, wallMs: number): number | undefined {
  const schedule = site.schedules.get(id);
  if (schedule === undefined) return undefined;
  const today = localDay(wallMs, site.timeZone);
  for (let day = today; day <= today + HORIZON_DAYS; day += 1) {
    const bounds = spansOfDay(site, schedule, day).flatMap((span) => [span.fromMs, span.untilMs]);
    const later = bounds.filter((ms) => ms > wallMs);
    if (later.length > 0) return Math.min(...later);
  }
  return instantOf(today + HORIZON_DAYS, 0, site.timeZone);
}

/** What the user's rights say of a door now: `no-right`, `outside` all their schedules, or `open`. */
export function rightAt(
  site: Site,
  rights: readonly AccessRightId[],
  door: DoorId,
  wallMs: number,
): 'no-right' | 'outside' | 'open' {
  let found: 'no-right' | 'outside' = 'no-right';
  for (const id of rights) {
    for (const entry of site.accessRights.get(id)?.doors ?? []) {
      if (entry.door !== door) continue;
      if (isActive(site, entry.schedule, wallMs)) return 'open';
      found = 'outside';
    }
  }
  return found;
}

/** Days since 1970-01-01 of the local calendar. */
export function localDay(wallMs: number, timeZone: string): number {
  return Math.floor((wallMs + offsetMs(wallMs, timeZone)) / DAY_MS);
}

/** The instant of a local minute of a local day, by the rule of `isActive`. */
export function instantOf(day: number, minute: number, timeZone: string): number {
  const local = day * DAY_MS + minute * MINUTE_MS;
  const offsets = [offsetMs(local - DAY_MS, timeZone), offsetMs(local + DAY_MS, timeZone)];
  const before = offsets[0] ?? 0;
  const after = offsets[1] ?? 0;
  const early = local - Math.max(before, after);
  if (early + offsetMs(early, timeZone) === local) return early;
  const late = local - Math.min(before, after);
  if (late + offsetMs(late, timeZone) === local) return late;
  return transitionBetween(early, late, timeZone);
}

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

function spansOfDay(site: Calendar, schedule: Schedule, day: number): readonly Span[] {
  return windowsOf(site, schedule, day).map((window) => ({
    fromMs: instantOf(day, window.fromMinute, site.timeZone),
    untilMs: instantOf(day, window.toMinute, site.timeZone),
  }));
}

function windowsOf(site: Calendar, schedule: Schedule, day: number): readonly DayWindow[] {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const { dates } = schedule;
  if (dates !== undefined && (date < dates.from || date > dates.until)) return [];
  const holiday = site.holidays.get(date);
  const onHoliday = holiday === undefined ? undefined : schedule.holidays[holiday];
  // 1970-01-01 was a Thursday: index 3 when Monday is 0.
  return onHoliday ?? schedule.week[(((day + 3) % 7) + 7) % 7] ?? [];
}

/** The clock change between two instants: the local time jumps over what was asked for. */
function transitionBetween(fromMs: number, untilMs: number, timeZone: string): number {
  const before = offsetMs(fromMs, timeZone);
  let low = fromMs;
  let high = untilMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle, timeZone) === before) low = middle;
    else high = middle;
  }
  return high;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Local time minus UTC. */
function offsetMs(wallMs: number, timeZone: string): number {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(wallMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(wallMs / 1000) * 1000;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}
