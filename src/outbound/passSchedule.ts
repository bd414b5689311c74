/** By which schedule a user may pass a door at a moment: `$schedule`. */
import type { Reads } from '../core/reads.js';
import { ALWAYS, isActive } from '../core/schedule.js';

const holidaysMax = 1_000;

/**
 * Name of the first schedule that lets the user through, in the order of the rights, the user's own first;
 * undefined when none does.
 */
export function passSchedule(
  reads: Pick<Reads, 'get' | 'list'>,
  timeZone: string,
  { user, door, wallMs }: { readonly user: string; readonly door: string; readonly wallMs: number },
): string | undefined {
  const found = reads.get('users', user)?.body;
  if (found === undefined) return undefined;
  const ofGroups = found.groups.flatMap((id) => reads.get('groups', id)?.body.accessRights ?? []);
  const named = [...new Set([...found.accessRights, ...ofGroups])]
    .flatMap((id) => reads.get('access-rights', id)?.body.doors ?? [])
    .filter((entry) => entry.door === door)
    .map(({ schedule }) => schedule);
  const stored = named.flatMap((id) => reads.get('schedules', id)?.body ?? []);
  const { items } = reads.list('holidays', { limit: holidaysMax });
  const calendar = {
    timeZone,
    schedules: new Map(stored.map((schedule) => [schedule.id, schedule])),
    holidays: new Map(items.map(({ body }) => [body.id, body.kind])),
  };
  const active = named.find((id) => isActive(calendar, id, wallMs));
  return active === ALWAYS ? 'Always' : calendar.schedules.get(active ?? '')?.name;
}
