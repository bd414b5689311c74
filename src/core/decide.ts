import { isTrusted, pendingElsewhere } from './antipassback.js';
import { type Decision, type DenyReason, type Findings, nothingFound } from './decision.js';
import type { AccessRequested } from './events.js';
import { interlockedBy } from './interlock.js';
import { topFlag } from './lock.js';
import type { AccessRightId, Site, UserFacts } from './model.js';
import { roomFor } from './occupancy.js';
import { ALWAYS, needsClock, rightAt } from './schedule.js';
import type { State } from './state.js';
import { missingSecond } from './twoPersons.js';
import { refusalByUses } from './uses.js';
import { judgeZones, lockedDown } from './zoneJudge.js';

/** Passages that may wait at one door; more is an attack or a broken door, and memory is finite. */
const WAITING_MAX = 500;
/** Grants that may be given while storage is away (door policy `grant-degraded`). */
const DEGRADED_MAX = 1_000;

/** What is asked: a request, and who would pass at the same moment because they wait for company there. */
export interface Question {
  readonly site: Site;
  readonly state: State;
  readonly asked: AccessRequested;
  readonly along: readonly AccessRequested[];
}

/** What one check says. */
export type Said =
  | { readonly kind: 'passes'; readonly found?: Partial<Findings> }
  /** Passes, and whatever is left is not this controller's to judge. */
  | { readonly kind: 'suffices' }
  /** There is nothing to ask this about. */
  | { readonly kind: 'not-asked' }
  | Exclude<Decision, { kind: 'granted' }>;

export interface Check {
  readonly name: string;
  readonly ask: (question: Question) => Said;
}

const passes: Said = { kind: 'passes' };
const notAsked: Said = { kind: 'not-asked' };

/** Every check in its order: `decide` ends at the first that refuses, `explain` goes through all. */
export const checks: readonly Check[] = [
  { name: 'request', ask: ({ asked }) => saidOf(asked.refused) },
  { name: 'door', ask: askDoor },
  { name: 'reader', ask: askReader },
  {
    name: 'lockout',
    ask: ({ state, asked }) => saidOf(isLockedOut(state, asked) ? 'reader-locked-out' : undefined),
  },
  {
    name: 'credential',
    ask: ({ state, asked: { user } }) =>
      saidOf(user === undefined ? 'unknown-credential' : refusalByUses(state, user)),
  },
  { name: 'user', ask: ofUser((user, { site, asked }) => saidOf(refusalByPerson(site, user, asked))) },
  { name: 'rights', ask: ofUser((user, { site, asked }) => saidOf(refusalByRights(site, user, asked))) },
  // The door, its zones and its storage are those of the controller that is asked.
  { name: 'forward', ask: ({ site, asked }) => (forwards(site, asked) ? { kind: 'suffices' } : passes) },
  { name: 'door-lock', ask: askDoorLock },
  { name: 'interlock', ask: askInterlock },
  { name: 'zone-lockdown', ask: askLockdown },
  { name: 'passback', ask: ofUser(askPassback) },
  { name: 'passage-pending', ask: ofUser(askPending) },
  { name: 'two-persons', ask: ofUser(askTwoPersons) },
  { name: 'occupancy', ask: ofUser(askOccupancy) },
  { name: 'queue', ask: askQueue },
  { name: 'storage', ask: askStorage },
];

/** May this credential pass here now? The checks in their order; nothing is changed. */
export function decide(
  site: Site,
  state: State,
  asked: AccessRequested,
  along: readonly AccessRequested[] = [],
): Decision {
  const question = { site, state, asked, along };
  let found = nothingFound;
  for (const { ask } of checks) {
    const said = ask(question);
    if (said.kind === 'denied' || said.kind === 'waits') return said;
    if (said.kind === 'suffices') break;
    if (said.kind === 'passes' && said.found !== undefined) found = { ...found, ...said.found };
  }
  return { kind: 'granted', ...found };
}

function saidOf(reason: DenyReason | undefined): Said {
  return reason === undefined ? passes : { kind: 'denied', reason, violated: [] };
}

function ofUser(ask: (user: UserFacts, question: Question) => Said): Check['ask'] {
  return (question) => (question.asked.user === undefined ? notAsked : ask(question.asked.user, question));
}

function askDoor({ site, state, asked }: Question): Said {
  const known = site.doors.has(asked.door) && state.doors.has(asked.door);
  return saidOf(known ? undefined : 'unknown-door');
}

function askReader({ site, asked }: Question): Said {
  if (asked.reader === undefined) return notAsked;
  return saidOf(site.readers.has(asked.reader) ? undefined : 'unknown-reader');
}

function askInterlock({ site, state, asked }: Question): Said {
  if (!site.doors.has(asked.door)) return notAsked;
  return saidOf(interlockedBy(site, state, asked.door) === undefined ? undefined : 'interlock');
}

function askDoorLock({ state, asked }: Question): Said {
  const door = state.doors.get(asked.door);
  if (door === undefined) return notAsked;
  return saidOf(topFlag(door) === 'locked' ? 'door-locked' : undefined);
}

function askLockdown({ site, state, asked }: Question): Said {
  if (asked.reader === undefined) return notAsked;
  return saidOf(lockedDown(site, state, asked.reader) ? 'zone-locked-down' : undefined);
}

function askPassback(user: UserFacts, { site, state, asked }: Question): Said {
  if (asked.reader === undefined) return notAsked;
  const verdict = judgeZones(site, state, user, asked);
  if (verdict.kind === 'refuses') return { ...verdict, kind: 'denied' };
  const { detected, exempt, unconfirmed } = verdict;
  return { kind: 'passes', found: { detected, exempt, unconfirmed } };
}

function askPending(user: UserFacts, { site, state, asked }: Question): Said {
  if (asked.reader === undefined) return notAsked;
  return saidOf(pendingElsewhere(site, state, user, asked.reader) ? 'passback-pending' : undefined);
}

/** Without a reader there is no place to wait at. */
function askTwoPersons(_: UserFacts, { site, asked, along }: Question): Said {
  const rule = missingSecond(site, asked, along);
  if (rule === undefined) return passes;
  if (asked.reader === undefined) return saidOf('no-company');
  return { kind: 'waits', withinSeconds: rule.withinSeconds };
}

function askOccupancy(_: UserFacts, { site, state, asked, along }: Question): Said {
  const room = roomFor(site, state, asked, along);
  if (room.kind === 'waits') return room;
  if (room.kind === 'room') return { kind: 'passes', found: { crowded: room.crowded } };
  const { crowded } = room;
  return { kind: 'denied', reason: crowded.rule, violated: [], crowded };
}

function askQueue({ state, asked }: Question): Said {
  const door = state.doors.get(asked.door);
  if (door === undefined) return notAsked;
  return saidOf(door.waiting.length >= WAITING_MAX ? 'too-many-pending' : undefined);
}

function askStorage({ site, state, asked }: Question): Said {
  const door = site.doors.get(asked.door);
  if (door === undefined) return notAsked;
  const away = state.storage === 'failed' && !mayDegrade(state, door.onStorageFailure);
  return saidOf(away ? 'storage-failed' : undefined);
}

/** Presented at a reader of ours that is set to forward? An OpenDoor request for its door is not sent on. */
export function forwards(site: Site, asked: AccessRequested): boolean {
  if (asked.by.kind !== 'reader' || asked.reader === undefined) return false;
  return site.readers.get(asked.reader)?.forwards === true;
}

/** May a grant be given without its durable commit? */
export function mayDegrade(state: State, policy: 'deny' | 'grant-degraded'): boolean {
  return policy === 'grant-degraded' && state.nextCommit - 1 - state.committedThrough < DEGRADED_MAX;
}

/** Whose failures count together: a reader's, or a source's. */
export function lockoutKey(asked: AccessRequested): string {
  return asked.by.kind === 'source' ? `source:${asked.by.source}` : (asked.reader ?? asked.door);
}

/** While locked out, no PIN and no unknown credential is evaluated; known cards still pass. */
export function isLockedOut(state: State, asked: AccessRequested): boolean {
  const until = state.lockouts.get(lockoutKey(asked))?.untilMonoMs;
  if (until === undefined || asked.at.monoMs >= until) return false;
  return asked.user === undefined || asked.credential.kind === 'pin';
}

function refusalByPerson(site: Site, user: UserFacts, asked: AccessRequested): DenyReason | undefined {
  if (!user.credentialEnabled) return 'credential-disabled';
  if (!user.enabled) return 'user-disabled';
  if (user.validFromMs === undefined && user.validUntilMs === undefined) return undefined;
  if (!isTrusted(asked.at)) return site.untrustedClock === 'deny' ? 'clock-untrusted' : undefined;
  if (user.validFromMs !== undefined && asked.at.wallMs < user.validFromMs) return 'not-yet-valid';
  if (user.validUntilMs !== undefined && asked.at.wallMs >= user.validUntilMs) return 'expired';
  return undefined;
}

function refusalByRights(site: Site, user: UserFacts, asked: AccessRequested): DenyReason | undefined {
  const rights = rightsOf(site, user);
  const schedules = rights.flatMap((id) =>
    (site.accessRights.get(id)?.doors ?? []).filter((entry) => entry.door === asked.door),
  );
  if (schedules.length === 0) return 'no-access-right';
  const found = rightAt(site, rights, asked.door, asked.at.wallMs);
  if (isTrusted(asked.at) || schedules.every((entry) => !needsClock(entry.schedule))) {
    return found === 'open' ? undefined : 'outside-schedule';
  }
  if (site.untrustedClock === 'allow' || schedules.some((entry) => entry.schedule === ALWAYS))
    return undefined;
  return 'clock-untrusted';
}

function rightsOf(site: Site, user: UserFacts): readonly AccessRightId[] {
  const byGroup = user.groups.flatMap((id) => site.groups.get(id)?.accessRights ?? []);
  return [...user.accessRights, ...byGroup];
}
