/** The shadow's grants: foretold from the request to the passage, or to its end without one. */
import type { Answer, DenyReason } from '../../src/core/decision.js';
import type { AccessRequested } from '../../src/core/events.js';
import type { LogRow } from '../../src/core/log.js';
import type { Door } from '../../src/core/model.js';
import { judge, type Verdict } from './judge.js';
import {
  allRecords,
  breaksRule,
  excuses,
  forget,
  keyOf,
  type Ledger,
  LOCKOUT_MS,
  type Move,
  passageRecord,
  pauseKey,
  type RowNote,
  setRecord,
  undoGrant,
  type Waiting,
  zonesAt,
} from './ledger.js';
import { answerKey, type Grant, interlocked, lockedDown, type Shadow, tell } from './shadow.js';
import { lapseCards, presented, waitForPin } from './shadowPins.js';

/** Takes grants off the way to the disk one by one. */
export function* takeGrants(shadow: Shadow, which: (grant: Grant) => boolean): Generator<Grant> {
  for (let next = shadow.grants.find(which); next !== undefined; next = shadow.grants.find(which)) {
    const taken = next;
    shadow.grants = shadow.grants.filter((grant) => grant !== taken);
    yield taken;
  }
}

/** What time alone brings. */
export function due(shadow: Shadow): void {
  const now = shadow.at.monoMs;
  for (const grant of takeGrants(shadow, ({ deadlineMonoMs }) => deadlineMonoMs <= now)) {
    const policy = shadow.site.doors.get(grant.asked.door)?.onStorageFailure;
    const room = shadow.nextCommit - 1 - shadow.committedThrough < 1_000;
    if (policy === 'grant-degraded' && room) fulfil(shadow, grant, false);
    else withdraw(shadow, grant, 'storage-failed');
  }
  for (const { request, answer } of shadow.asked.filter(({ deadlineMonoMs }) => deadlineMonoMs <= now)) {
    const told: Answer = answer.kind === 'denied' ? answer : { kind: 'denied', reason: 'storage-failed' };
    shadow.out.answers.push(answerKey(request, told));
  }
  shadow.asked = shadow.asked.filter(({ deadlineMonoMs }) => deadlineMonoMs > now);
  lapse(shadow, ({ deadlineMonoMs }) => deadlineMonoMs <= now);
  lapseCards(shadow);
  for (const [reader, flood] of shadow.floods) {
    if (flood.sinceMonoMs + 1_000 > now) continue;
    shadow.floods.delete(reader);
    if (flood.summed > 0) tell(shadow, { kind: 'unreadable', reader });
  }
}

/** Confirmed passages that end without an opening. */
export function lapse(shadow: Shadow, over: (waiting: Waiting) => boolean): void {
  const renewing = (passage: number): boolean => shadow.grants.some((grant) => grant.passage === passage);
  const gone = shadow.ledger.waiting.filter(
    (waiting) => waiting.commit === undefined && !renewing(waiting.passage) && over(waiting),
  );
  shadow.ledger.waiting = shadow.ledger.waiting.filter((waiting) => !gone.includes(waiting));
  for (const { door, reader, user, passage } of gone)
    tell(shadow, { kind: 'no-entry-after-grant', door, reader, user }, { note: 'ended', passage, moved: [] });
}

/** May this reader's noise have its own row? */
export function noise(shadow: Shadow, reader: string): boolean {
  const flood = shadow.floods.get(reader) ?? { sinceMonoMs: shadow.at.monoMs, rows: 0, summed: 0 };
  shadow.floods.set(reader, flood);
  if (flood.rows < 10) {
    flood.rows += 1;
    return true;
  }
  flood.summed += 1;
  return false;
}

export function answerLater(shadow: Shadow, request: string | undefined, answer: Answer): void {
  if (request === undefined) return;
  if (shadow.storageAway) {
    shadow.out.answers.push(answerKey(request, answer));
    return;
  }
  const deadlineMonoMs = shadow.at.monoMs + shadow.site.storageDeadlineMs;
  shadow.asked.push({ commit: shadow.nextCommit, deadlineMonoMs, request, answer });
}

export function request(shadow: Shadow, given: AccessRequested): void {
  const { asked, refusal, half } = presented(shadow, given);
  const bench = {
    site: shadow.site,
    boot: shadow.boot,
    ledger: shadow.ledger,
    lockedDown: lockedDown(shadow, asked.door),
    interlocked: interlocked(shadow, asked.door),
    storageAway: shadow.storageAway,
    rowsInFlight: shadow.nextCommit - 1 - shadow.committedThrough,
  };
  const verdict =
    refusal === undefined ? judge(bench, asked) : { reason: refusal, hard: [], soft: [], exempt: [] };
  if (verdict.reason === 'granted' && half) {
    waitForPin(shadow, asked);
    return;
  }
  shadow.out.verdict = verdict;
  if (verdict.reason === 'granted') grant(shadow, asked, verdict);
  else refuse(shadow, asked, verdict);
}

function refuse(shadow: Shadow, asked: AccessRequested, verdict: Verdict): void {
  if (verdict.reason === 'granted') return;
  const { door, reader, user, request: id } = asked;
  const who = {
    door,
    ...(reader === undefined ? {} : { reader }),
    ...(user === undefined ? {} : { user: user.id }),
  };
  for (const zone of verdict.hard) tell(shadow, { ...who, kind: 'passback-violation', zone });
  const silent = user === undefined && id === undefined && reader !== undefined && !noise(shadow, reader);
  const [first] = verdict.hard;
  const ofZone = first === undefined ? {} : { zone: first };
  if (!silent) tell(shadow, { ...who, ...ofZone, kind: 'access-denied', reason: verdict.reason });
  for (const zone of verdict.hard) alarm(shadow, zone);
  if (verdict.reason === 'unknown-credential' || verdict.reason === 'wrong-pin') countFailure(shadow, asked);
  answerLater(shadow, id, { kind: 'denied', reason: verdict.reason });
}

function countFailure(shadow: Shadow, asked: AccessRequested): void {
  const key = pauseKey(asked);
  const now = shadow.at.monoMs;
  const fails = [...(shadow.fails.get(key) ?? []).filter((at) => at > now - 30_000), now];
  shadow.fails.set(key, fails.length < 5 ? fails : []);
  if (fails.length < 5) return;
  shadow.ledger.pauses.set(key, now + LOCKOUT_MS);
  const where = asked.reader === undefined ? {} : { reader: asked.reader };
  tell(shadow, { kind: 'reader-locked-out', door: asked.door, ...where });
}

export function alarm(shadow: Shadow, zone: number): void {
  if (shadow.ledger.alarms.has(zone)) return;
  shadow.ledger.alarms.add(zone);
  tell(shadow, { kind: 'zone-alarm-on', zone });
}

function grant(shadow: Shadow, asked: AccessRequested, verdict: Verdict): void {
  const door = shadow.site.doors.get(asked.door);
  const leaf = shadow.doors.get(asked.door)?.leaf;
  const { user, reader } = asked;
  if (door === undefined || user === undefined) return;
  const number = shadow.nextGrant++;
  const who = { door: door.id, user: user.id, ...(reader === undefined ? {} : { reader }) };
  const renewed = shadow.ledger.waiting.find(
    (waiting) => waiting.door === door.id && waiting.user === user.id && waiting.reader === reader,
  );
  const counts = renewed === undefined && (door.passageCounts === 'at-grant' || leaf === 'open');
  const known = renewed?.excused ?? [];
  for (const zone of verdict.exempt.filter((id) => !known.includes(id)))
    tell(shadow, { ...who, kind: 'passback-exempt', zone });
  for (const zone of verdict.soft.filter((id) => !known.includes(id))) {
    tell(shadow, { ...who, kind: 'passback-violation', zone });
    alarm(shadow, zone);
  }
  const moved = counts ? movesAt(shadow, reader) : [];
  const waits = counts || reader === undefined ? undefined : wait(shadow, asked, verdict, renewed, number);
  const note: RowNote = { note: 'grant', grant: number, moved, ...(waits === undefined ? {} : { waits }) };
  tell(shadow, { ...who, kind: 'access-granted' }, note);
  moveRecords(shadow, { ...who, kind: 'access-granted', at: shadow.at }, moved, number);
  if (counts && leaf === 'open' && reader !== undefined) tell(shadow, { ...who, kind: 'access-taken' });
  const deadlineMonoMs = shadow.at.monoMs + shadow.site.storageDeadlineMs;
  const passage = waits === undefined ? {} : { passage: waits.passage };
  const made: Grant = {
    grant: number,
    commit: shadow.nextCommit,
    deadlineMonoMs,
    asked,
    verdict,
    counted: counts,
    ...passage,
  };
  if (shadow.storageAway) fulfil(shadow, made, false);
  else shadow.grants.push(made);
}

function movesAt(shadow: Shadow, reader: string | undefined): readonly Move[] {
  if (reader === undefined) return [];
  return zonesAt(shadow.site, reader).map(({ zone, direction }) => ({ zone: zone.id, direction }));
}

function moveRecords(shadow: Shadow, row: LogRow, moved: readonly Move[], number?: number): void {
  for (const { zone, direction } of moved) {
    const key = keyOf(zone, row.user ?? '');
    setRecord(shadow.ledger, key, passageRecord(row, shadow.boot, direction), number);
    shadow.out.touched.add(key);
  }
}

function wait(
  shadow: Shadow,
  asked: AccessRequested,
  verdict: Verdict,
  renewed: Ledger['waiting'][number] | undefined,
  number: number,
): Waiting | undefined {
  const { user, reader } = asked;
  const door = shadow.site.doors.get(asked.door);
  if (user === undefined || reader === undefined || door === undefined) return undefined;
  const exempt = zonesAt(shadow.site, reader)
    .filter(({ zone }) => excuses(zone, user))
    .map(({ zone }) => zone.id);
  const waiting: Waiting = {
    passage: renewed?.passage ?? number,
    door: door.id,
    reader,
    user: user.id,
    boot: shadow.boot,
    deadlineMonoMs: shadow.at.monoMs + shadow.site.storageDeadlineMs + unlockMsOf(door, asked),
    excused: [...(renewed?.excused ?? []), ...verdict.soft, ...exempt],
  };
  // What may be opened already stays so, by its own end, until the renewal is durable.
  const kept = renewed?.commit === undefined ? renewed : undefined;
  const own =
    kept === undefined
      ? { commit: shadow.nextCommit }
      : { commit: undefined, deadlineMonoMs: kept.deadlineMonoMs };
  const entry = { ...waiting, ...own };
  const others = shadow.ledger.waiting;
  shadow.ledger.waiting =
    renewed === undefined ? [...others, entry] : others.map((w) => (w === renewed ? entry : w));
  return waiting;
}

function unlockMsOf(door: Door, asked: AccessRequested): number {
  return asked.user?.extendedUnlock === true ? door.extendedUnlockMs : door.unlockMs;
}

/** The grant is durable, or may do without. */
export function fulfil(shadow: Shadow, made: Grant, durable: boolean): void {
  const { asked } = made;
  const door = shadow.site.doors.get(asked.door);
  const state = shadow.doors.get(asked.door);
  if (door === undefined || state === undefined) return;
  if (lockedDown(shadow, door.id)) {
    withdraw(shadow, made, 'door-locked');
    lapse(shadow, (waiting) => waiting.door === door.id);
    return;
  }
  if (interlocked(shadow, door.id)) {
    withdraw(shadow, made, 'interlock');
    return;
  }
  const { passage } = made;
  if (passage !== undefined && !shadow.ledger.waiting.some((waiting) => waiting.passage === passage)) {
    // A renewal of what was taken meanwhile.
    answerGranted(shadow, made);
    return;
  }
  const until = shadow.at.monoMs + unlockMsOf(door, asked);
  state.pulseUntilMonoMs = Math.max(state.pulseUntilMonoMs, until);
  shadow.out.opened.push({ door: door.id, commit: made.commit, durable });
  shadow.ledger.waiting = shadow.ledger.waiting.map((waiting) =>
    waiting.passage === passage ? { ...waiting, commit: undefined, deadlineMonoMs: until } : waiting,
  );
  if (state.leaf === 'open') takeAll(shadow, door.id);
  answerGranted(shadow, made);
}

function answerGranted(shadow: Shadow, { asked, verdict }: Grant): void {
  const answer: Answer = { kind: 'granted', door: asked.door, detected: verdict.soft };
  if (asked.request !== undefined) shadow.out.answers.push(answerKey(asked.request, answer));
}

export function withdraw(shadow: Shadow, made: Grant, reason: DenyReason): void {
  const { door, reader, user, request: id } = made.asked;
  for (const key of undoGrant(shadow.ledger, made.grant)) shadow.out.touched.add(key);
  const dropped = shadow.ledger.waiting.find(
    ({ passage, commit }) => passage === made.passage && commit === made.commit,
  );
  shadow.ledger.waiting = shadow.ledger.waiting.filter((waiting) => waiting !== dropped);
  const passage = dropped === undefined ? {} : { passage: dropped.passage };
  const who = {
    door,
    ...(reader === undefined ? {} : { reader }),
    ...(user === undefined ? {} : { user: user.id }),
  };
  tell(
    shadow,
    { ...who, kind: 'grant-withdrawn', reason },
    { note: 'withdrawn', grant: made.grant, ...passage },
  );
  if (id !== undefined) shadow.out.answers.push(answerKey(id, { kind: 'denied', reason }));
  for (const next of takeGrants(shadow, (later) => stoodOn(shadow, later, made)))
    withdraw(shadow, next, reason);
}

/** Was the later grant decided on a record that only the earlier one had made? */
function stoodOn(shadow: Shadow, later: Grant, earlier: Grant): boolean {
  if (!earlier.counted || later.commit <= earlier.commit) return false;
  const idsOf = ({ asked: { reader } }: Grant) => movesAt(shadow, reader).map(({ zone }) => zone);
  const shared = idsOf(later).filter((zone) => idsOf(earlier).includes(zone));
  if (later.asked.user?.id === earlier.asked.user?.id) return shared.length > 0;
  return shared.some((zone) => shadow.site.zones.get(zone)?.occupancy !== undefined);
}

/** The door stands open: every confirmed passage counts, in the order of the grants. */
export function takeAll(shadow: Shadow, door: string): void {
  const ready = shadow.ledger.waiting.filter(
    (waiting) => waiting.door === door && waiting.commit === undefined,
  );
  shadow.ledger.waiting = shadow.ledger.waiting.filter((waiting) => !ready.includes(waiting));
  for (const { reader, user, passage, excused } of ready) {
    const who = { door, reader, user };
    for (const { zone, direction } of zonesAt(shadow.site, reader)) {
      if (excused.includes(zone.id)) continue;
      if (!breaksRule(shadow.ledger, zone, { user, direction }, shadow.boot, shadow.at)) continue;
      tell(shadow, { ...who, kind: 'passback-violation', zone: zone.id });
      alarm(shadow, zone.id);
    }
    const moved = movesAt(shadow, reader);
    tell(shadow, { ...who, kind: 'access-taken' }, { note: 'ended', passage, moved });
    moveRecords(shadow, { ...who, kind: 'access-taken', at: shadow.at }, moved);
  }
}

/** Records forgotten now, by zone and user. */
export function forgetRecords(shadow: Shadow, which: (zone: number, user: string) => boolean): number {
  for (const key of allRecords(shadow.ledger).keys()) {
    const space = key.indexOf(' ');
    if (which(Number(key.slice(0, space)), key.slice(space + 1))) shadow.out.touched.add(key);
  }
  return forget(shadow.ledger, which);
}
