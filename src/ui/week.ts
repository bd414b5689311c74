/** A day's windows as something to paint on: pure, in minutes of the day. */
export interface Window {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const dayMinutes = 1_440;

/** The windows with a stretch painted in or rubbed out, in order, without overlaps. */
export function paint(day: readonly Window[], from: number, to: number, on: boolean): readonly Window[] {
  const kept = day.flatMap(({ fromMinute, toMinute }) => [
    { fromMinute, toMinute: Math.min(toMinute, from) },
    { fromMinute: Math.max(fromMinute, to), toMinute },
  ]);
  const all = [...kept, ...(on ? [{ fromMinute: from, toMinute: to }] : [])];
  return joined(all.filter(({ fromMinute, toMinute }) => fromMinute < toMinute));
}

function joined(windows: readonly Window[]): readonly Window[] {
  const result: Window[] = [];
  for (const window of [...windows].sort((a, b) => a.fromMinute - b.fromMinute)) {
    const last = result.at(-1);
    if (last === undefined || window.fromMinute > last.toMinute) result.push(window);
    else result[result.length - 1] = { ...last, toMinute: Math.max(last.toMinute, window.toMinute) };
  }
  return result;
}

/** How much of a stretch the windows cover. */
export function covered(day: readonly Window[], from: number, to: number): 'all' | 'part' | 'none' {
  const minutes = day.reduce(
    (sum, one) => sum + Math.max(0, Math.min(one.toMinute, to) - Math.max(one.fromMinute, from)),
    0,
  );
  if (minutes <= 0) return 'none';
  return minutes >= to - from ? 'all' : 'part';
}

/** `08:00-12:00, 13:00-17:00` */
export function dayText(day: readonly Window[]): string {
  return day
    .map(({ fromMinute, toMinute }) => `${minuteText(fromMinute)}-${minuteText(toMinute)}`)
    .join(', ');
}

/** Minutes of the day as `08:30`; 1440 is `24:00`. */
export function minuteText(minute: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** What somebody wrote as windows; undefined = not times. Empty text is an empty day. */
export function parseDay(text: string): readonly Window[] | undefined {
  const windows: Window[] = [];
  for (const part of text.split(/[,;]/).map((one) => one.trim())) {
    if (part === '') continue;
    const match = /^(\d{1,2})(?::?(\d{2}))?\s*[-–]\s*(\d{1,2})(?::?(\d{2}))?$/.exec(part);
    if (match === null) return undefined;
    const from = minuteOf(match[1], match[2]);
    const to = minuteOf(match[3], match[4]);
    if (from === undefined || to === undefined || from >= to) return undefined;
    windows.push({ fromMinute: from, toMinute: to });
  }
  return joined(windows);
}

function minuteOf(hours = '', minutes = '0'): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= dayMinutes ? minute : undefined;
}
