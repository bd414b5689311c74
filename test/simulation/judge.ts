/** May this credential pass? Worked out anew from the written rules, for comparison with the core's answer. */
import type { DenyReason } from '../../src/core/decision.js';
import type { AccessRequested } from '../../src/core/events.js';
import type { Instant, Site, UserFacts } from '../../src/core/model.js';
import { breaksRule, excuses, type Ledger, pauseKey, zonesAt } from './ledger.js';

/** What ought to be said, and of which zones. */
export interface Verdict {
  readonly reason: DenyReason | 'granted';
  /** Hard zones that refuse, soft zones that notice, zones that excuse. */
  readonly hard: readonly number[];
  readonly soft: readonly number[];
  readonly exempt: readonly number[];
}

/** What the judge may look at. */
export interface Bench {
  readonly site: Site;
  readonly boot: string;
  readonly ledger: Ledger;
  readonly lockedDown: boolean;
  readonly interlocked: boolean;
  readonly storageAway: boolean;
  readonly rowsInFlight: number;
}

export function trusts(at: Pick<Instant, 'trust'>): boolean {
  return at.trust === 'ntp' || at.trust === 'rtc';
}

/** Rights, schedule, pause, lockdown, anti-passback, storage, in that order. */
export function judge(bench: Bench, asked: AccessRequested): Verdict {
  const plain = refusalWithoutZones(bench, asked);
  if (plain !== undefined) return no(plain);
  const zones = asked.reader === undefined || asked.user === undefined ? noZones : judgeZones(bench, asked);
  if (zones.hard.length > 0) return { ...no('passback'), hard: zones.hard };
  if (zones.pending) return no('passback-pending');
  const degrade = bench.site.doors.get(asked.door)?.onStorageFailure === 'grant-degraded';
  if (bench.storageAway && !(degrade && bench.rowsInFlight < 1_000)) return no('storage-failed');
  return { reason: 'granted', hard: [], soft: zones.soft, exempt: zones.exempt };
}

function no(reason: DenyReason): Verdict {
  return { reason, hard: [], soft: [], exempt: [] };
}

function refusalWithoutZones(bench: Bench, asked: AccessRequested): DenyReason | undefined {
  const { site } = bench;
  const { user, at } = asked;
  if (asked.refused !== undefined) return asked.refused;
  if (!site.doors.has(asked.door)) return 'unknown-door';
  if (asked.reader !== undefined && !site.readers.has(asked.reader)) return 'unknown-reader';
  if ((user === undefined || asked.credential.kind === 'pin') && isPaused(bench, asked))
    return 'reader-locked-out';
  if (user === undefined) return 'unknown-credential';
  return refusalByUser(site, user, at) ?? refusalByRights(site, user, asked) ?? lockdown(bench);
}

function lockdown(bench: Bench): DenyReason | undefined {
  if (bench.lockedDown) return 'door-locked';
  return bench.interlocked ? 'interlock' : undefined;
}

function isPaused(bench: Bench, asked: AccessRequested): boolean {
  return asked.at.monoMs < (bench.ledger.pauses.get(pauseKey(asked)) ?? 0);
}

function refusalByUser(site: Site, user: UserFacts, at: Instant): DenyReason | undefined {
  if (!user.credentialEnabled) return 'credential-disabled';
  if (!user.enabled) return 'user-disabled';
  const { validFromMs, validUntilMs } = user;
  const dated = validFromMs !== undefined || validUntilMs !== undefined;
  if (dated && !trusts(at)) return site.untrustedClock === 'allow' ? undefined : 'clock-untrusted';
  if (at.wallMs < (validFromMs ?? Number.NEGATIVE_INFINITY)) return 'not-yet-valid';
  return at.wallMs < (validUntilMs ?? Number.POSITIVE_INFINITY) ? undefined : 'expired';
}

function refusalByRights(site: Site, user: UserFacts, asked: AccessRequested): DenyReason | undefined {
  const rights = [
    ...user.accessRights,
    ...user.groups.flatMap((id) => site.groups.get(id)?.accessRights ?? []),
  ];
  const plans = rights
    .flatMap((id) => site.accessRights.get(id)?.doors ?? [])
    .filter(({ door }) => door === asked.door)
    .map(({ schedule }) => schedule);
  if (plans.length === 0) return 'no-access-right';
  if (plans.includes('always')) return undefined;
  const timed = plans.filter((plan) => plan !== 'never');
  if (timed.length > 0 && !trusts(asked.at))
    return site.untrustedClock === 'allow' ? undefined : 'clock-untrusted';
  return timed.some((plan) => isOpenTime(site, plan, asked.at.wallMs)) ? undefined : 'outside-schedule';
}

/** Schedules of the simulated sites are in UTC, where a day is a day. */
export function isOpenTime(site: Site, id: string, wallMs: number): boolean {
  if (id === 'always') return true;
  const schedule = site.schedules.get(id);
  if (schedule === undefined) return false;
  const date = new Date(wallMs);
  const holiday = site.holidays.get(date.toISOString().slice(0, 10));
  const special = holiday === undefined ? undefined : schedule.holidays[holiday];
  const windows = special ?? schedule.week[(date.getUTCDay() + 6) % 7] ?? [];
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  return windows.some(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute);
}

const noZones = { hard: [], soft: [], exempt: [], pending: false };

function judgeZones(
  bench: Bench,
  asked: AccessRequested,
): Omit<Verdict, 'reason'> & { readonly pending: boolean } {
  const { user, reader } = asked;
  if (user === undefined || reader === undefined) return noZones;
  const found = { hard: [] as number[], soft: [] as number[], exempt: [] as number[], pending: false };
  for (const { zone, direction } of zonesAt(bench.site, reader)) {
    const who = { user: user.id, direction };
    const excused = excuses(zone, user);
    if (
      !excused &&
      !zone.disabled &&
      zone.type === 'hard' &&
      waitsElsewhere(bench.ledger, zone.id, asked, bench.site)
    )
      found.pending = true;
    if (!breaksRule(bench.ledger, zone, who, bench.boot, asked.at)) continue;
    const list = excused ? found.exempt : zone.type === 'hard' ? found.hard : found.soft;
    list.push(zone.id);
  }
  return found;
}

/** Case C3: a passage that waits at another reader of the same side. */
function waitsElsewhere(ledger: Ledger, zoneId: number, asked: AccessRequested, site: Site): boolean {
  const members = site.zones.get(zoneId)?.members ?? [];
  const side = members.find(({ reader }) => reader === asked.reader)?.direction;
  return ledger.waiting.some(
    ({ user, reader }) =>
      user === asked.user?.id &&
      reader !== asked.reader &&
      members.some((member) => member.reader === reader && member.direction === side),
  );
}
