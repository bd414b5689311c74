/** Local dates and minutes by looking at the clock on the wall, minute by minute: slow, and hard to get wrong. */

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The local date as days since 1970-01-01, and the minute of that day. */
function localOf(wallMs: number, timeZone: string): { readonly day: number; readonly minute: number } {
  const options = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('en', { ...options, hourCycle: 'h23', timeZone });
  clocks.set(timeZone, clock);
  const parts = new Map(clock.formatToParts(wallMs).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = Date.UTC(of('year'), of('month') - 1, of('day')) / 86_400_000;
  return { day, minute: of('hour') * 60 + of('minute') };
}

export function dayOf(wallMs: number, timeZone: string): number {
  return localOf(wallMs, timeZone).day;
}

const firsts = new Map<string, number>();

/** The first minute of a local date at which the clock on the wall shows this minute or a later one. */
export function firstAt(day: number, minute: number, timeZone: string): number {
  const key = `${day} ${minute} ${timeZone}`;
  const known = firsts.get(key);
  if (known !== undefined) return known;
  let ms = day * 86_400_000 - 14 * 3_600_000;
  for (; ; ms += 60_000) {
    const local = localOf(ms, timeZone);
    if (local.day > day || (local.day === day && local.minute >= minute)) break;
  }
  firsts.set(key, ms);
  return ms;
}
