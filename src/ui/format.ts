/** Times and durations as people read them, in the site's time zone. */
import { nowMs } from './clock.js';
import { language, t } from './i18n.js';
import { fromLocal, toLocal } from './localTime.js';

let zone: string | undefined;

/** The zone of the site: a door's times are told where the door is. */
export function useTimeZone(name: string): void {
  zone = name;
  made.clear();
}

const made = new Map<string, Intl.DateTimeFormat>();

function written(at: string | number, options: Intl.DateTimeFormatOptions): string {
  const key = language.get() + JSON.stringify(options);
  const format =
    made.get(key) ??
    new Intl.DateTimeFormat(language.get(), {
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
  made.set(key, format);
  return format.format(new Date(at));
}

const hourMinute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

export const clockTime = (at: string | number): string => written(at, hourMinute);
export const clockSeconds = (at: string | number): string =>
  written(at, { ...hourMinute, second: '2-digit' });
export const date = (at: string | number): string =>
  written(at, { day: 'numeric', month: 'short', year: 'numeric' });
export const dateTime = (at: string | number): string =>
  written(at, { day: 'numeric', month: 'short', year: 'numeric', ...hourMinute, second: '2-digit' });
export const dayAndMonth = (at: string | number): string => written(at, { day: 'numeric', month: 'short' });
/** `2026-11-25` in the site's zone. */
export const isoDay = (at: string | number): string =>
  new Intl.DateTimeFormat('sv-SE', zone === undefined ? {} : { timeZone: zone }).format(new Date(at));

/** The time of day if it was today, else with its date. */
export function shortTime(at: string | number): string {
  return isoDay(at) === isoDay(nowMs()) ? clockTime(at) : `${date(at)}, ${clockTime(at)}`;
}

/** `3 s`, `5 min`, `2 h`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 100) / 10;
  if (seconds < 120) return t('format.seconds', { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return t('format.minutes', { n: minutes });
  const hours = Math.round(minutes / 6) / 10;
  return hours < 48 ? t('format.hours', { n: hours }) : t('format.days', { n: Math.round(hours / 24) });
}

/** A size in bytes as people read it. */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  const units = ['KB', 'MB', 'GB'];
  let value = count / 1_024;
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit += 1) value /= 1_024;
  return `${value.toLocaleString(language.get(), { maximumFractionDigits: 1 })} ${units[unit]}`;
}

/** An instant as `<input type="datetime-local">` wants it, on the clock of the site, and back. */
export function toLocalInput(ms: number | undefined): string {
  return ms === undefined ? '' : toLocal(ms, zone);
}

export function fromLocalInput(text: string): number | undefined {
  return fromLocal(text, zone);
}
