/** Schedules by their numbers: 0 never, 1 always, every other one by its own. */
import { nameOf, numberOf } from './numbers.js';
import { invalid } from './wire.js';

const SCHEDULE_NEVER = 0;
const SCHEDULE_ALWAYS = 1;

/** The schedule with this number; `RpcError` names `field` where there is none. */
export function toSchedule(scheduleID: number, schedules: readonly string[], field: string): string {
  if (scheduleID === SCHEDULE_NEVER) return 'never';
  if (scheduleID === SCHEDULE_ALWAYS) return 'always';
  return existing(scheduleID, schedules, field, 'schedule');
}

export function fromSchedule(schedule: string): number {
  if (schedule === 'never') return SCHEDULE_NEVER;
  return schedule === 'always' ? SCHEDULE_ALWAYS : numberOf(schedule);
}

/** The name with this number among those that are there. */
export function existing(number: number, known: readonly string[], field: string, noun: string): string {
  const id = nameOf(number, known);
  if (!known.includes(id)) throw invalid(field, `there is no ${noun} ${number}`);
  return id;
}
