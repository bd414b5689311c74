/** Names of weekdays, Monday first. */
import { language } from '../../i18n.js';

/** 0 = Monday. */
export function dayName(day: number, style: 'long' | 'short' = 'long'): string {
  // 5 January 1970 was a Monday.
  const at = new Date(Date.UTC(1970, 0, 5 + day));
  return new Intl.DateTimeFormat(language.get(), { weekday: style, timeZone: 'UTC' }).format(at);
}
