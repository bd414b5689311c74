import { sameMembers } from './antipassback.js';
import type { Event } from './events.js';
import type { ManyChange, RecordChange } from './log.js';
import type { Actor, Site, UserId, ZoneId } from './model.js';
import { stampOf } from './moves.js';
import { dropEmergencies } from './muster.js';
import { dropWaiting, takeAwaiting, withdraw } from './passage.js';
import type { Awaiting, SweepPart, ZoneRecord } from './state.js';
import { beginSweep, SLICE_RECORDS, sweepPart } from './sweep.js';
import type { Turn } from './turn.js';
import { addRow, answerWhenDurable } from './turn.js';
import { dropAlarm, followAlarm } from './zoneAlarm.js';
import { changed, clearedRecord, hasMark, keepsCleared, recordOf, recordsOf } from './zoneRecords.js';

type ClearZone = Extract<Event, { kind: 'clear-zone' }>;
type SmallChange = Exclude<RecordChange, { kind: 'forget-users' | 'set-users' }>;
type WholeChange = Extract<ManyChange, { kind: 'set-all' | 'forget-zone' }>;
type SiteChanged = Extract<Event, { kind: 'site-changed' }>;

/**
 * Forget one, several or all users of a zone, or of all zones: their next read at either side is accepted and
 * defines the side. One zone that does not exist refuses the request. A row for each zone.
 */
export function clearZone(turn: Turn, event: ClearZone): void {
  const { zone, users, by, request } = event;
  const zones = zone === 'all' ? [...turn.site.zones.keys()] : [zone];
  const refusal = !zones.every((one) => turn.site.zones.has(one))
    ? 'unknown-zone'
    : turn.state.storage === 'failed'
      ? 'storage-failed'
      : undefined;
  if (refusal !== undefined) {
    for (const one of zones) addRow(turn, { kind: 'zone-cleared', zone: one, by, reason: refusal });
    answerWhenDurable(turn, request, { kind: 'denied', reason: refusal });
    return;
  }
  const touched = zones.map((one) => {
    if (users !== 'all') return users.length;
    return keepsCleared(turn.site, one) ? recordsOf(turn.state, one).size : 0;
  });
  if (sum(touched) > SLICE_RECORDS) {
    const parts = zones.map((one) => partOf(turn, one, users, by));
    beginSweep(turn, { parts, needsStorage: true, ...(request === undefined ? {} : { request }) });
    return;
  }
  const count = sum(zones.map((one) => clearOne(turn, one, users, by)));
  answerWhenDurable(turn, request, { kind: 'forgotten', count });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Of many users the row has the number, and the list once. */
function partOf(turn: Turn, zone: ZoneId, users: ClearZone['users'], by: Actor): SweepPart {
  const who = users === 'all' ? users : users.length;
  return sweepPart({
    ...{ zone, row: { kind: 'zone-cleared', zone, by, detail: { users: who } } },
    change: users === 'all' ? wholeChangeOf(turn, zone) : listChangeOf(turn, zone, users),
  });
}

function wholeChangeOf(turn: Turn, zone: ZoneId): WholeChange {
  return keepsCleared(turn.site, zone)
    ? { kind: 'set-all', zone, record: clearedNow(turn) }
    : { kind: 'forget-zone', zone };
}

function listChangeOf(turn: Turn, zone: ZoneId, users: readonly UserId[]): ManyChange {
  return keepsCleared(turn.site, zone)
    ? { kind: 'set-users', zone, users, record: clearedNow(turn) }
    : { kind: 'forget-users', zone, users };
}

function clearedNow(turn: Turn): ZoneRecord {
  return clearedRecord(stampOf(turn.state.boot, turn.at));
}

function clearOne(turn: Turn, zone: ZoneId, users: ClearZone['users'], by: Actor): number {
  const records = changesOf(turn, zone, users);
  let count = 0;
  for (const change of records) count += follow(turn, change);
  const who = users === 'all' ? 'all' : users;
  addRow(turn, { kind: 'zone-cleared', zone, by, detail: { users: who, forgotten: count }, records });
  return count;
}

/** Where forgetting leaves a trace it is a record of its own, also of somebody who had none. */
function changesOf(turn: Turn, zone: ZoneId, users: ClearZone['users']): readonly SmallChange[] {
  if (users === 'all') return [wholeChangeOf(turn, zone)];
  if (!keepsCleared(turn.site, zone)) return users.map((user) => ({ kind: 'forget', zone, user }));
  const record = clearedNow(turn);
  return users.map((user) => ({ kind: 'set', zone, user, record }));
}

/** Does to the state what the change says; how many were known and are not. */
function follow(turn: Turn, change: SmallChange): number {
  const known = change.kind === 'set' ? recordOf(turn.state, change.zone, change.user) : undefined;
  const { state, count } = changed(turn.state, change);
  turn.state = state;
  if (change.kind !== 'set') return count;
  return known === undefined || hasMark(known, 'cleared') ? 0 : 1;
}

/**
 * Storage has changed the configuration and forgotten what the change forgets (another member set, a deleted
 * zone or user) in its own transaction. The state follows. Passages of ours that reach the disk only after
 * that transaction would bring a record back, so while any is on its way the forgetting is written again.
 */
export function siteChanged(turn: Turn, before: Site, event: SiteChanged): void {
  const { forgottenUsers, alarms = [] } = event;
  const inFlight = turn.state.nextCommit - 1 > turn.state.committedThrough;
  for (const zone of turn.state.records.keys()) {
    const old = before.zones.get(zone);
    const now = turn.site.zones.get(zone);
    if (old !== undefined && now !== undefined && sameMembers(old, now)) continue;
    const forgotten = follow(turn, { kind: 'forget-zone', zone });
    if (!inFlight) continue;
    addRow(turn, {
      kind: 'zone-forgotten',
      zone,
      detail: { forgotten },
      records: [{ kind: 'forget-zone', zone }],
    });
  }
  for (const user of forgottenUsers) forgetUser(turn, user, inFlight);
  for (const { zone, alarmed } of alarms) followAlarm(turn, zone, alarmed, inFlight);
  for (const zone of turn.state.alarmedZones) {
    if (!turn.site.zones.has(zone)) dropAlarm(turn, zone);
  }
  dropEmergencies(turn);
}

function forgetUser(turn: Turn, user: UserId, inFlight: boolean): void {
  follow(turn, { kind: 'forget-user', user });
  // Grants still on their way to the disk open nothing any more.
  const isTheirs = ({ outcome }: Awaiting): boolean => outcome.kind === 'grant' && outcome.user === user;
  for (const outcome of takeAwaiting(turn, isTheirs)) {
    if (outcome.kind === 'grant') withdraw(turn, outcome, 'unknown-credential');
  }
  for (const door of turn.state.doors.keys()) {
    const gone = dropWaiting(turn, door, ({ passage }) => passage.user === user);
    for (const { passage } of gone) {
      const { reader, userName } = passage;
      addRow(turn, { kind: 'grant-withdrawn', door, reader, user, userName, reason: 'unknown-credential' });
    }
  }
  if (inFlight) addRow(turn, { kind: 'zone-forgotten', user, records: [{ kind: 'forget-user', user }] });
}
