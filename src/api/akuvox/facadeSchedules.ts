/**
 * Schedules as the dialect has them: one window of the day on some days of the week (types 1 weekly, 2 daily), perhaps
 * between two dates only (type 0). What says more than that is shown read-only.
 */
import type { WriteOp } from '../../core/management.js';
import type { DayWindow, Schedule } from '../../core/model.js';
import { type Context, write } from '../context.js';
import { type Asked, badParameter, fault, itemsOf, type Outcome, text } from './facadeCall.js';
import { pageOf } from './facadeLog.js';

const pageSchedules = 10;
const schedulesMax = 1_000;
/** Up to here the numbers are the dialect's own: 1001 always, 1002 never. */
const firstOwn = 1_003;
const dayMinutes = 1_440;

interface Simple {
  readonly days: string;
  readonly window: DayWindow | undefined;
  readonly dates?: Dates;
}

type Dates = NonNullable<Schedule['dates']>;

export function getSchedules(context: Context, { query }: Asked): Outcome {
  const items = [
    itemOf('1001', 'Always', { days: '1234567', window: { fromMinute: 0, toMinute: dayMinutes } }, '2'),
    itemOf('1002', 'Never', { days: '', window: undefined }, '2'),
    ...stored(context).map((schedule) => {
      const simple = simpleOf(schedule);
      const shown = simple ?? {
        ...datesOf(schedule),
        days: daysOf(schedule),
        window: schedule.week.flat()[0],
      };
      return itemOf(schedule.id, schedule.name, shown, simple === undefined ? '2' : '1');
    }),
  ];
  const all = !query.has('page') || query.get('page') === '-1';
  const page = all ? 1 : pageOf(query);
  const item = all ? items : items.slice((page - 1) * pageSchedules, page * pageSchedules);
  return { retcode: 0, data: { num: items.length, curPageNum: page, item } };
}

export function changeSchedules(how: 'add' | 'set' | 'del') {
  return async (context: Context, asked: Asked): Promise<Outcome> => {
    const items = itemsOf(asked);
    if (items === undefined || items.length > 64) return badParameter;
    const taken = new Set(stored(context).map(({ id }) => id));
    const ops: WriteOp[] = [];
    for (const [index, item] of items.entries()) {
      const op = writeOf(context, how, item, taken);
      if (typeof op === 'string') return fault(`item ${index}`, op);
      ops.push(op);
    }
    const done = await write(context, asked.by, ops);
    return 'problem' in done ? fault(undefined, done.problem.detail) : { retcode: 0 };
  };
}

/** What to write for one record, or what is wrong with it. */
function writeOf(
  context: Context,
  how: 'add' | 'set' | 'del',
  item: Readonly<Record<string, unknown>>,
  taken: Set<string>,
): WriteOp | string {
  const asked = text(item['ID']);
  if (asked === '1001' || asked === '1002') return 'ID: 1001 and 1002 are built in';
  const id = how === 'add' && asked === '' ? freeId(taken) : asked;
  const before = context.reads.get('schedules', id);
  if (how !== 'add') {
    if (before === undefined) return 'ID: no such schedule';
    if (simpleOf(before.body) === undefined) return 'ID: this schedule says more than can be written here';
  }
  if (how === 'del') return { op: 'delete', collection: 'schedules', id };
  if (!/^[1-9]\d{0,8}$/.test(id)) return 'ID: is a number';
  if (how === 'add' && taken.has(id)) return 'ID: exists';
  taken.add(id);
  const name = text(item['Name'] ?? before?.body.name ?? `Schedule ${id}`).trim();
  if (name === '' || name.length > 128 || /\p{Cc}/u.test(name)) return 'Name: is 1 to 128 characters';
  const week = weekOf(item);
  if (typeof week === 'string') return week;
  const dates = rangeOf(item);
  if (typeof dates === 'string') return dates;
  const body: Schedule = { id, name, week, holidays: before?.body.holidays ?? {}, ...dates };
  return { op: 'put', collection: 'schedules', id, body, expect: before?.revision ?? 'absent' };
}

function freeId(taken: ReadonlySet<string>): string {
  let id = firstOwn;
  while (taken.has(String(id))) id += 1;
  return String(id);
}

function weekOf(item: Readonly<Record<string, unknown>>): Schedule['week'] | string {
  const type = text(item['Type']);
  if (!/^[012]$/.test(type)) return 'Type: is 0 (between dates), 1 (weekly) or 2 (daily)';
  const week = text(item['Week']);
  const days = type === '2' || (type === '0' && week === '') ? '1234567' : week;
  if (!/^[1-7]{0,7}$/.test(days)) return 'Week: is the numbers of days, 1 Monday to 7 Sunday';
  const [from, to] = timesOf(item);
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  if (fromMinute === undefined) return 'TimeStart: is HH:MM';
  if (toMinute === undefined) return 'TimeEnd: is HH:MM';
  const end = toMinute === dayMinutes - 1 ? dayMinutes : toMinute;
  if (fromMinute >= end) return 'TimeEnd: must be after TimeStart';
  return Array.from({ length: 7 }, (_, day) =>
    days.includes(String(day + 1)) ? [{ fromMinute, toMinute: end }] : [],
  );
}

/** `DateStart` and `DateEnd` of type 0, both included, as `YYYYMMDD`; the other types hold on all days. */
function rangeOf(item: Readonly<Record<string, unknown>>): { readonly dates?: Dates } | string {
  if (text(item['Type']) !== '0') return {};
  const from = dateOf(text(item['DateStart']));
  const until = dateOf(text(item['DateEnd']));
  if (from === undefined) return 'DateStart: is a date, YYYYMMDD';
  if (until === undefined) return 'DateEnd: is a date, YYYYMMDD';
  return from <= until ? { dates: { from, until } } : 'DateEnd: must not be before DateStart';
}

/** `20261231`, dashes allowed -> `2026-12-31`; undefined = no day of the calendar. */
function dateOf(digits: string): string | undefined {
  const date = digits.trim().replace(/^(\d{4})-?(\d{2})-?(\d{2})$/, '$1-$2-$3');
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? undefined : date;
}

function datesOf({ dates }: Schedule): { readonly dates?: Dates } {
  return dates === undefined ? {} : { dates };
}

/** `TimeStart` and `TimeEnd`, or both in `Daily` with a dash. */
function timesOf(item: Readonly<Record<string, unknown>>): readonly [string, string] {
  const [from = '', to = ''] = text(item['Daily']).split('-');
  return [text(item['TimeStart'] ?? from).trim(), text(item['TimeEnd'] ?? to).trim()];
}

function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):?([0-5]\d)(?::[0-5]\d)?$/.exec(time) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

function stored({ reads }: Context): readonly Schedule[] {
  return reads.list('schedules', { limit: schedulesMax }).items.map(({ body }) => body);
}

/** The one window it has, on its days; undefined = it has several, or they differ by day, or on holidays. */
function simpleOf(schedule: Schedule): Simple | undefined {
  const windows = schedule.week.flat();
  const [window] = windows;
  const same = windows.every(
    (one) => one.fromMinute === window?.fromMinute && one.toMinute === window.toMinute,
  );
  if (!same || schedule.week.some((day) => day.length > 1)) return undefined;
  return { ...datesOf(schedule), days: daysOf(schedule), window };
}

function daysOf({ week }: Schedule): string {
  return week.flatMap((windows, day) => (windows.length === 0 ? [] : [String(day + 1)])).join('');
}

function itemOf(id: string, name: string, { days, window, dates }: Simple, sourceType: '1' | '2'): object {
  const [from, to] = [timeOf(window?.fromMinute ?? 0), timeOf(window?.toMinute ?? 0)];
  return {
    ID: id,
    Name: name,
    Type: dates === undefined ? '1' : '0',
    SourceType: sourceType,
    Week: days,
    DateStart: dates?.from.replaceAll('-', '') ?? '',
    DateEnd: dates?.until.replaceAll('-', '') ?? '',
    TimeStart: from,
    TimeEnd: to,
    Daily: `${from}-${to}`,
  };
}

/** The end of the day is 23:59 in the dialect. */
function timeOf(minute: number): string {
  const within = Math.min(minute, dayMinutes - 1);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}
