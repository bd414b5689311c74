/** Moments as a wall clock of some time zone shows them, and back; pure. */

/** `2026-11-25T14:30` on the clock of `zone` (IANA name). */
export function toLocal(ms: number, zone: string | undefined): string {
  return shown(ms, zone).slice(0, 16);
}

/**
 * The moment at which that clock shows `text`; undefined = no such text. Of a time that a clock set back shows twice
 * the first one counts; a time that a clock set forward leaves out is taken as if it had not been set.
 */
export function fromLocal(text: string, zone: string | undefined): number | undefined {
  const asUtc = Date.parse(`${text}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || Number.isNaN(asUtc)) return undefined;
  // The offset of the day before and of the day after: one of the two holds.
  const day = 86_400_000;
  const before = asUtc - offsetMs(asUtc - day, zone);
  const after = asUtc - offsetMs(asUtc + day, zone);
  return toLocal(before, zone) === text.slice(0, 16)
    ? before
    : toLocal(after, zone) === text.slice(0, 16)
      ? after
      : before;
}

function offsetMs(ms: number, zone: string | undefined): number {
  return Date.parse(`${shown(ms, zone)}Z`) - Math.floor(ms / 1_000) * 1_000;
}

const made = new Map<string, Intl.DateTimeFormat>();

function shown(ms: number, zone: string | undefined): string {
  const key = zone ?? '';
  const numeric = '2-digit';
  const format =
    made.get(key) ??
    new Intl.DateTimeFormat('sv-SE', {
      ...{ year: 'numeric', month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
      hourCycle: 'h23',
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
  made.set(key, format);
  return format.format(ms).replace(' ', 'T');
}
