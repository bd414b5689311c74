/**
 * A grant's way from the decision to the passage: on its way to the disk, unlocked, waiting for the door,
 * then taken, lapsed or withdrawn.
 */
import { isExempt, isTrusted, recordOf, violates, withRecord } from './antipassback.js';
import { mayDegrade } from './decide.js';
import type { Decision, DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import { pulse, topFlag } from './lock.js';
import type { LogRow, RecordChange } from './log.js';
import type { Direction, Door, DoorId, Instant, UserFacts, UserId, ZoneId } from './model.js';
import { showDenied, showGranted } from './signals.js';
import type { Awaiting, MovedRecord, Passage, State, WaitingPassage, ZoneRecord } from './state.js';
import type { Turn } from './turn.js';
import { addAnswer, addPassage, addRow, setDoor, whenDurable } from './turn.js';
import { raiseZoneAlarm } from './zoneAlarm.js';

type Grant = Extract<Awaiting['outcome'], { kind: 'grant' }>;

/** Puts a grant into the state at once, so that the next swipe sees it, and asks for its durable row. */
export function grant(
  turn: Turn,
  asked: AccessRequested,
  user: UserFacts,
  decision: Extract<Decision, { kind: 'granted' }>,
): void {
  const door = turn.site.doors.get(asked.door);
  const state = turn.state.doors.get(asked.door);
  if (door === undefined || state === undefined) return;
  const renewed = waitingHere(state.waiting, user.id, asked.reader);
  const countsNow = renewed === undefined && (door.passageCounts === 'at-grant' || state.leaf === 'open');
  reportViolations(turn, asked, user, decision, renewed?.passage.excused ?? []);
  const moved = countsNow ? moveRecords(turn, user.id, asked.reader) : [];
  addRow(turn, { ...rowOf(asked, user), kind: 'access-granted', ...detailOf(asked), ...withRecords(moved) });
  if (countsNow && state.leaf === 'open' && asked.reader !== undefined)
    addRow(turn, { ...rowOf(asked, user), kind: 'access-taken' });
  const passage = countsNow ? undefined : wait(turn, asked, user, door, decision, renewed);
  const outcome: Grant = {
    kind: 'grant',
    commit: turn.state.nextCommit,
    door: door.id,
    user: user.id,
    userName: user.name,
    extended: user.extendedUnlock,
    answer: { kind: 'granted', door: door.id, detected: decision.detected },
    moved,
    ...(asked.reader === undefined ? {} : { reader: asked.reader }),
    ...(asked.request === undefined ? {} : { request: asked.request }),
    ...(passage === undefined ? {} : { passage }),
  };
  if (turn.state.storage === 'failed') fulfil(turn, outcome);
  else whenDurable(turn, outcome);
}

/** What a refused request leaves: rows, and nothing else. */
export function rowOf(asked: AccessRequested, user: UserFacts | undefined): Omit<LogRow, 'at' | 'kind'> {
  return {
    door: asked.door,
    credential: asked.credential,
    by: asked.by,
    ...(asked.reader === undefined ? {} : { reader: asked.reader }),
    ...(user === undefined ? {} : { user: user.id, userName: user.name }),
  };
}

export function detailOf(asked: AccessRequested): Pick<LogRow, 'detail'> {
  const { name, unlockType } = asked.claimed ?? {};
  if (name === undefined && unlockType === undefined) return {};
  return {
    detail: {
      ...(name === undefined ? {} : { claimedName: name }),
      ...(unlockType === undefined ? {} : { unlockType }),
    },
  };
}

function reportViolations(
  turn: Turn,
  asked: AccessRequested,
  user: UserFacts,
  decision: Extract<Decision, { kind: 'granted' }>,
  known: readonly ZoneId[],
): void {
  const row = rowOf(asked, user);
  for (const zone of decision.exempt) {
    if (!known.includes(zone)) addRow(turn, { ...row, kind: 'passback-exempt', zone });
  }
  for (const zone of decision.detected) {
    if (known.includes(zone)) continue;
    addRow(turn, { ...row, kind: 'passback-violation', zone, detail: { type: 'soft' } });
    raiseZoneAlarm(turn, zone);
  }
}

function waitingHere(
  waiting: readonly WaitingPassage[],
  user: UserId,
  reader: string | undefined,
): WaitingPassage | undefined {
  return waiting.find(({ passage }) => passage.user === user && passage.reader === reader);
}

/** A new waiting passage, or the same one renewed. */
function wait(
  turn: Turn,
  asked: AccessRequested,
  user: UserFacts,
  door: Door,
  decision: Extract<Decision, { kind: 'granted' }>,
  renewed: WaitingPassage | undefined,
): string | undefined {
  if (asked.reader === undefined) return undefined;
  const exempt = (turn.site.zonesOfReader.get(asked.reader) ?? [])
    .filter(({ zone }) => isExempt(zone, user))
    .map(({ zone }) => zone.id);
  const commit = turn.state.nextCommit;
  const passage: Passage = {
    id: renewed?.passage.id ?? `${turn.state.boot}/${turn.at.monoMs}/${commit}`,
    door: door.id,
    reader: asked.reader,
    user: user.id,
    userName: user.name,
    boot: turn.state.boot,
    deadlineMonoMs: turn.at.monoMs + turn.site.storageDeadlineMs + unlockMsOf(door, user.extendedUnlock),
    excused: [...new Set([...(renewed?.passage.excused ?? []), ...decision.detected, ...exempt])],
  };
  // What is unlocked already stays as it is until the renewal is durable: it may be opened, or the renewal withdrawn.
  const entry: WaitingPassage =
    renewed !== undefined && renewed.commit === undefined
      ? { passage: { ...passage, deadlineMonoMs: renewed.passage.deadlineMonoMs } }
      : { passage, commit };
  setDoor(turn, door.id, (state) => ({
    ...state,
    waiting:
      renewed === undefined
        ? [...state.waiting, entry]
        : state.waiting.map((other) => (other === renewed ? entry : other)),
  }));
  addPassage(turn, { kind: 'put', passage });
  return passage.id;
}

function unlockMsOf(door: Door, extended: boolean): number {
  return extended ? door.extendedUnlockMs : door.unlockMs;
}

/** The grant is durable (or may do without): unlock and answer, unless the door was locked down meanwhile. */
export function fulfil(turn: Turn, outcome: Grant): void {
  const door = turn.site.doors.get(outcome.door);
  const state = turn.state.doors.get(outcome.door);
  if (door === undefined || state === undefined) {
    withdraw(turn, outcome, 'unknown-door');
    return;
  }
  if (topFlag(state) === 'locked') {
    withdraw(turn, outcome, 'door-locked');
    lapseAll(turn, door.id);
    return;
  }
  const { passage } = outcome;
  if (passage !== undefined && !state.waiting.some((entry) => entry.passage.id === passage)) {
    // A renewal of what was taken meanwhile: one passage, no second pulse.
    addAnswer(turn, outcome.request, outcome.answer);
    return;
  }
  const unlockMs = unlockMsOf(door, outcome.extended);
  pulse(turn, door.id, unlockMs);
  showGranted(turn, outcome.reader, unlockMs);
  setDoor(turn, door.id, (before) => ({
    ...before,
    extendedOpen: before.extendedOpen || outcome.extended,
    waiting: before.waiting.map((entry) => confirmed(entry, passage, turn.at.monoMs + unlockMs)),
  }));
  if (state.leaf === 'open') takeWaiting(turn, door.id);
  addAnswer(turn, outcome.request, outcome.answer);
}

function confirmed(entry: WaitingPassage, id: string | undefined, deadlineMonoMs: number): WaitingPassage {
  if (entry.passage.id !== id) return entry;
  return { passage: { ...entry.passage, deadlineMonoMs } };
}

/** The door is open: every passage that waits for it counts, in the order of the grants. */
export function takeWaiting(turn: Turn, door: DoorId): void {
  const state = turn.state.doors.get(door);
  const ready = (state?.waiting ?? []).filter((entry) => entry.commit === undefined);
  if (ready.length === 0) return;
  setDoor(turn, door, (before) => ({
    ...before,
    waiting: before.waiting.filter((entry) => entry.commit !== undefined),
  }));
  for (const { passage } of ready) take(turn, passage);
}

function take(turn: Turn, passage: Passage): void {
  const row = { door: passage.door, reader: passage.reader, user: passage.user, userName: passage.userName };
  for (const { zone, direction } of turn.site.zonesOfReader.get(passage.reader) ?? []) {
    if (passage.excused.includes(zone.id)) continue;
    if (!violates(turn.state, zone, passage.user, direction, turn.at)) continue;
    addRow(turn, { ...row, kind: 'passback-violation', zone: zone.id, detail: { type: 'soft' } });
    raiseZoneAlarm(turn, zone.id);
  }
  const moved = moveRecords(turn, passage.user, passage.reader);
  addRow(turn, { ...row, kind: 'access-taken', ...withRecords(moved) });
  addPassage(turn, { kind: 'drop', id: passage.id });
}

/** Every zone of the reader learns of the passage, disabled ones too, so that enabling starts from the truth. */
function moveRecords(turn: Turn, user: UserId, reader: string | undefined): readonly MovedRecord[] {
  if (reader === undefined) return [];
  const moved: MovedRecord[] = [];
  for (const { zone, direction } of turn.site.zonesOfReader.get(reader) ?? []) {
    const set = recordAt(turn.state.boot, turn.at, reader, direction);
    moved.push({ zone: zone.id, user, set, before: recordOf(turn.state, zone.id, user) });
    turn.state = withRecord(turn.state, zone.id, user, set);
  }
  return moved;
}

function recordAt(boot: string, at: Instant, reader: string, direction: Direction): ZoneRecord {
  return { direction, reader, boot, monoMs: at.monoMs, wallMs: at.wallMs, trusted: isTrusted(at) };
}

function withRecords(moved: readonly MovedRecord[]): Pick<LogRow, 'records'> {
  if (moved.length === 0) return {};
  return { records: moved.map(({ zone, user, set }) => ({ kind: 'set', zone, user, record: set })) };
}

/** The grant does not happen after all: records go back, the passage is dropped, the log says so. */
export function withdraw(turn: Turn, outcome: Grant, reason: DenyReason): void {
  const records: RecordChange[] = [];
  for (const moved of outcome.moved) {
    const { zone, user, before } = moved;
    if (recordOf(turn.state, zone, user) === moved.set) {
      turn.state = withRecord(turn.state, zone, user, before);
      records.push(
        before === undefined ? { kind: 'forget', zone, user } : { kind: 'set', zone, user, record: before },
      );
    }
    forgetBasis(turn, moved);
  }
  // A renewal of the same passage may be on its way still: then the passage is its, and stays.
  dropWaiting(
    turn,
    outcome.door,
    (entry) => entry.passage.id === outcome.passage && entry.commit === outcome.commit,
  );
  const who = { door: outcome.door, user: outcome.user, userName: outcome.userName };
  const where = outcome.reader === undefined ? {} : { reader: outcome.reader };
  addRow(turn, {
    ...who,
    ...where,
    kind: 'grant-withdrawn',
    reason,
    ...(records.length > 0 ? { records } : {}),
  });
  showDenied(turn, outcome.reader, reason);
  addAnswer(turn, outcome.request, { kind: 'denied', reason });
}

/** A later grant built on the record that is taken back: should it be withdrawn too, it goes back further. */
function forgetBasis(turn: Turn, gone: MovedRecord): void {
  const mend = (moved: MovedRecord): MovedRecord =>
    moved.before === gone.set ? { ...moved, before: gone.before } : moved;
  const awaiting = turn.state.awaiting.map((entry) =>
    entry.outcome.kind === 'grant' && entry.outcome.moved.some((moved) => moved.before === gone.set)
      ? { ...entry, outcome: { ...entry.outcome, moved: entry.outcome.moved.map(mend) } }
      : entry,
  );
  turn.state = { ...turn.state, awaiting };
}

/** Passages whose time is over: no entry after grant. */
export function lapsePassages(turn: Turn): void {
  for (const door of turn.state.doors.keys()) {
    lapse(turn, door, (entry) => (lapsesAtMs(turn.state, entry) ?? Infinity) <= turn.at.monoMs);
  }
}

/** Nobody waits at this door any more. */
export function lapseAll(turn: Turn, door: DoorId): void {
  lapse(turn, door, (entry) => lapsesAtMs(turn.state, entry) !== undefined);
}

/** When a waiting passage ends as no entry; undefined while its grant, or a renewal, is on its way to the disk. */
export function lapsesAtMs(state: State, { passage, commit }: WaitingPassage): number | undefined {
  if (commit !== undefined) return undefined;
  const isRenewal = ({ outcome }: Awaiting): boolean =>
    outcome.kind === 'grant' && outcome.passage === passage.id;
  return state.awaiting.some(isRenewal) ? undefined : passage.deadlineMonoMs;
}

function lapse(turn: Turn, door: DoorId, over: (entry: WaitingPassage) => boolean): void {
  for (const { passage } of dropWaiting(turn, door, over)) {
    const { reader, user, userName } = passage;
    addRow(turn, { kind: 'no-entry-after-grant', door, reader, user, userName });
  }
}

/** Takes waiting passages away, durably, and says which. */
export function dropWaiting(
  turn: Turn,
  door: DoorId,
  which: (entry: WaitingPassage) => boolean,
): readonly WaitingPassage[] {
  const gone = (turn.state.doors.get(door)?.waiting ?? []).filter(which);
  if (gone.length === 0) return gone;
  setDoor(turn, door, (state) => ({
    ...state,
    waiting: state.waiting.filter((entry) => !gone.includes(entry)),
  }));
  for (const { passage } of gone) addPassage(turn, { kind: 'drop', id: passage.id });
  return gone;
}

/** Grants and answers whose commit did not come in time. */
export function checkStorageDeadlines(turn: Turn): void {
  for (const outcome of takeAwaiting(turn, (entry) => entry.deadlineMonoMs <= turn.at.monoMs)) {
    giveUpWaiting(turn, outcome);
  }
}

/** Takes entries out one by one, each as the withdrawal of the one before has left it. */
export function* takeAwaiting(
  turn: Turn,
  which: (entry: Awaiting) => boolean,
): Generator<Awaiting['outcome'], void> {
  for (;;) {
    const entry = turn.state.awaiting.find(which);
    if (entry === undefined) return;
    turn.state = { ...turn.state, awaiting: turn.state.awaiting.filter((other) => other !== entry) };
    yield entry.outcome;
  }
}

function giveUpWaiting(turn: Turn, outcome: Awaiting['outcome']): void {
  if (outcome.kind === 'answer') {
    const known =
      outcome.answer.kind === 'denied'
        ? outcome.answer
        : ({ kind: 'denied', reason: 'storage-failed' } as const);
    addAnswer(turn, outcome.request, known);
    return;
  }
  const policy = turn.site.doors.get(outcome.door)?.onStorageFailure ?? 'deny';
  if (mayDegrade(turn.state, policy)) fulfil(turn, outcome);
  else withdraw(turn, outcome, 'storage-failed');
}

/** Everything up to `through` is on the disk. */
export function confirmThrough(turn: Turn, through: number): void {
  turn.state = { ...turn.state, committedThrough: Math.max(turn.state.committedThrough, through) };
  for (const outcome of takeAwaiting(turn, (entry) => entry.commit <= through)) {
    if (outcome.kind === 'grant') fulfil(turn, outcome);
    else addAnswer(turn, outcome.request, outcome.answer);
  }
}
