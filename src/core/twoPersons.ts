/** Doors that two people open together (Suprema's dual authentication): who is still missing. */
import { isTrusted } from './antipassback.js';
import type { AccessRequested } from './events.js';
import type { Site, TwoPersons } from './model.js';
import { isActive, needsClock } from './schedule.js';

/**
 * The rule that keeps this request waiting; undefined = it may pass. `along`: who waits at the same reader and would
 * move at the same moment.
 */
export function missingSecond(
  site: Site,
  asked: AccessRequested,
  along: readonly AccessRequested[],
): TwoPersons | undefined {
  const rule = site.doors.get(asked.door)?.twoPersons;
  if (rule === undefined || !applies(site, rule, asked)) return undefined;
  if (along.length === 0) return rule;
  const last = [asked, ...along].find((one) => one.waited !== true)?.user;
  if (rule.lastInGroups === undefined) return undefined;
  return last?.groups.some((group) => rule.lastInGroups?.includes(group)) === true ? undefined : rule;
}

/** A request without a direction may be for either side; a clock nobody trusts ends no rule. */
function applies(site: Site, { side, schedule }: TwoPersons, asked: AccessRequested): boolean {
  const direction = asked.reader === undefined ? undefined : site.readers.get(asked.reader)?.direction;
  if (side !== 'both' && direction !== undefined && direction !== side) return false;
  return (needsClock(schedule) && !isTrusted(asked.at)) || isActive(site, schedule, asked.at.wallMs);
}
