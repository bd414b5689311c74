import { isExempt, isTrusted, pendingElsewhere, violates } from './antipassback.js';
import type { Decision, DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import { topFlag } from './lock.js';
import type { AccessRightId, Site, UserFacts, ZoneId } from './model.js';
import { ALWAYS, needsClock, rightAt } from './schedule.js';
import type { State } from './state.js';

/** Passages that may wait at one door; more is an attack or a broken door, and memory is finite. */
const WAITING_MAX = 500;
/** Grants that may be given while storage is away (door policy `grant-degraded`). */
const DEGRADED_MAX = 1_000;

/** May this credential pass here now? The checks in their order; nothing is changed. */
export function decide(site: Site, state: State, asked: AccessRequested): Decision {
  if (asked.refused !== undefined) return denied(asked.refused);
  const door = site.doors.get(asked.door);
  const doorState = state.doors.get(asked.door);
  if (door === undefined || doorState === undefined) return denied('unknown-door');
  if (asked.reader !== undefined && !site.readers.has(asked.reader)) return denied('unknown-reader');
  if (isLockedOut(state, asked)) return denied('reader-locked-out');
  const user = asked.user;
  if (user === undefined) return denied('unknown-credential');
  const refusal = refusalByPerson(site, user, asked) ?? refusalByRights(site, user, asked);
  if (refusal !== undefined) return denied(refusal);
  // The door, its zones and its storage are those of the controller that is asked.
  if (forwards(site, asked)) return { kind: 'granted', detected: [], exempt: [] };
  if (topFlag(doorState) === 'locked') return denied('door-locked');
  const passback = judgeZones(site, state, user, asked);
  if (passback.kind === 'denied') return passback;
  if (doorState.waiting.length >= WAITING_MAX) return denied('too-many-pending');
  if (state.storage === 'failed' && !mayDegrade(state, door.onStorageFailure))
    return denied('storage-failed');
  return passback;
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
function isLockedOut(state: State, asked: AccessRequested): boolean {
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

/** All zones on one snapshot; one hard violation refuses, and then no soft one is reported. */
function judgeZones(site: Site, state: State, user: UserFacts, asked: AccessRequested): Decision {
  const reader = asked.reader;
  if (reader === undefined) return { kind: 'granted', detected: [], exempt: [] };
  const detected: ZoneId[] = [];
  const violated: ZoneId[] = [];
  const exempt: ZoneId[] = [];
  for (const { zone, direction } of site.zonesOfReader.get(reader) ?? []) {
    if (!violates(state, zone, user.id, direction, asked.at)) continue;
    if (isExempt(zone, user)) exempt.push(zone.id);
    else if (zone.type === 'hard') violated.push(zone.id);
    else detected.push(zone.id);
  }
  if (violated.length > 0) return { kind: 'denied', reason: 'passback', violated };
  if (pendingElsewhere(site, state, user, reader)) return denied('passback-pending');
  return { kind: 'granted', detected, exempt };
}

function denied(reason: DenyReason): Decision {
  return { kind: 'denied', reason, violated: [] };
}
