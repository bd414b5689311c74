/**
 * A grant's way from the decision to the passage: on its way to the disk, unlocked, waiting for the door,
 * then taken, lapsed or withdrawn.
 */
import { isExempt, judge } from './antipassback.js';
import { mayDegrade } from './decide.js';
import type { Decision, DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import { interlockedBy } from './interlock.js';
import { pulse, topFlag, unlockMsOf } from './lock.js';
import type { LogRow, RecordChange } from './log.js';
import type { Door, DoorId, UserFacts, UserId, ZoneId } from './model.js';
import { moveRecords, moverOf, rowOf, withRecords } from './moves.js';
import { showDenied, showGranted } from './signals.js';
import type { Awaiting, Passage, State, WaitingPassage } from './state.js';
import type { Turn } from './turn.js';
import { addAnswer, addPassage, addRow, setDoor, whenDurable } from './turn.js';
import { giveBack, settleUses, spend } from './uses.js';
import { noteCrowded, noteDetected } from './violations.js';
import { recordOf, sameRecord, withRecord } from './zoneRecords.js';

type Grant = Extract<Awaiting['outcome'], { kind: 'grant' }>;
type Granted = Extract<Decision, { kind: 'granted' }>;

/** Puts a grant into the state at once, so that the next swipe sees it, and asks for its durable row. */
export function grant(turn: Turn, asked: AccessRequested, user: UserFacts, decision: Granted): void {
  const door = turn.site.doors.get(asked.door);
  const state = turn.state.doors.get(asked.door);
  if (door === undefined || state === undefined) return;
  const renewed = waitingHere(state.waiting, user.id, asked.reader);
  const countsNow = renewed === undefined && (door.passageCounts === 'at-grant' || state.leaf === 'open');
  reportFindings(turn, asked, user, decision, renewed?.passage.excused ?? []);
  const mover = moverOf(turn, user, asked.reader, blocksOf(decision));
  const moved = countsNow ? moveRecords(turn, mover, asked.reader) : [];
  addRow(turn, {
    ...{ ...rowOf(asked, user), kind: 'access-granted' },
    ...grantedDetail(asked, decision),
    ...withRecords(moved),
  });
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
    answer: { kind: 'granted', door: door.id, detected: decision.detected.map(({ zone }) => zone.id) },
    moved,
    ...(asked.reader === undefined ? {} : { reader: asked.reader }),
    ...(asked.request === undefined ? {} : { request: asked.request }),
    ...(passage === undefined ? {} : { passage }),
    ...(renewed === undefined ? spend(turn, user) : {}),
  };
  if (turn.state.storage === 'failed') fulfil(turn, outcome);
  else whenDurable(turn, outcome);
}

/** Beside what the sender said: whose card it was, and which zones could not be asked. */
function grantedDetail(asked: AccessRequested, { unconfirmed }: Granted): Pick<LogRow, 'detail'> {
  const detail = {
    ...detailOf(asked).detail,
    ...(asked.carpool === undefined ? {} : { carpool: asked.carpool }),
    ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
  };
  return Object.keys(detail).length === 0 ? {} : { detail };
}

function blocksOf({ detected }: Granted): readonly ZoneId[] {
  return detected.filter(({ blocks }) => blocks).map(({ zone }) => zone.id);
}

export function detailOf(asked: AccessRequested): Pick<LogRow, 'detail'> {
  const { name, unlockType } = asked.claimed ?? {};
  const { enrol } = asked;
  if (name === undefined && unlockType === undefined && enrol === undefined) return {};
  return {
    detail: {
      ...(name === undefined ? {} : { claimedName: name }),
      ...(unlockType === undefined ? {} : { unlockType }),
      ...(enrol === undefined ? {} : { enrol }),
    },
  };
}

/** What the zones say of somebody they let in: of a renewal only what is new. */
function reportFindings(
  turn: Turn,
  asked: AccessRequested,
  user: UserFacts,
  decision: Granted,
  known: readonly ZoneId[],
): void {
  const row = rowOf(asked, user);
  for (const zone of decision.exempt) {
    if (!known.includes(zone)) addRow(turn, { ...row, kind: 'passback-exempt', zone });
  }
  for (const violation of decision.detected) {
    if (!known.includes(violation.zone.id)) noteDetected(turn, asked.door, row, violation);
  }
  for (const crowding of decision.crowded) noteCrowded(turn, row, crowding, 'soft');
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
  decision: Granted,
  renewed: WaitingPassage | undefined,
): string | undefined {
  if (asked.reader === undefined) return undefined;
  // Of a passenger nothing is asked: only the presenter is judged.
  const exempt = (turn.site.zonesOfReader.get(asked.reader) ?? [])
    .filter(({ zone }) => asked.carpool !== undefined || isExempt(zone, user))
    .map(({ zone }) => zone.id);
  const detected = decision.detected.map(({ zone }) => zone.id);
  const { user: _, ...mover } = moverOf(turn, user, asked.reader, blocksOf(decision));
  const commit = turn.state.nextCommit;
  const passage: Passage = {
    id: renewed?.passage.id ?? newPassageId(turn),
    door: door.id,
    reader: asked.reader,
    user: user.id,
    userName: user.name,
    boot: turn.state.boot,
    deadlineMonoMs: turn.at.monoMs + turn.site.storageDeadlineMs + unlockMsOf(door, user.extendedUnlock),
    excused: [...new Set([...(renewed?.passage.excused ?? []), ...detected, ...exempt])],
    ...mover,
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

/** Several of one step, who go together, are told apart. */
function newPassageId({ state, at, passages }: Turn): string {
  const id = `${state.boot}/${at.monoMs}/${state.nextCommit}`;
  return passages.length === 0 ? id : `${id}/${passages.length}`;
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
  if (interlockedBy(turn.site, turn.state, door.id) !== undefined) {
    withdraw(turn, outcome, 'interlock');
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
  const { door, reader, user } = passage;
  const late = (turn.site.zonesOfReader.get(reader) ?? []).flatMap(({ zone, direction }) => {
    if (passage.excused.includes(zone.id)) return [];
    const violation = judge(turn.site, turn.state, zone, { user, reader, direction, at: turn.at });
    return violation === undefined ? [] : [violation];
  });
  for (const violation of late) noteDetected(turn, door, row, violation);
  const blocks = late.filter((violation) => violation.blocks).map(({ zone }) => zone.id);
  const mover = { ...passage, blocks: [...(passage.blocks ?? []), ...blocks] };
  const moved = moveRecords(turn, mover, reader);
  addRow(turn, { ...row, kind: 'access-taken', ...withRecords(moved) });
  addPassage(turn, { kind: 'drop', id: passage.id });
}

/** The grant does not happen after all: records go back, the passage is dropped, the log says so. */
export function withdraw(turn: Turn, outcome: Grant, reason: DenyReason): void {
  // What was built on it first: a record set twice in one millisecond says the same both times.
  for (const later of takeAwaiting(turn, builtOn(turn, outcome))) {
    if (later.kind === 'grant') withdraw(turn, later, reason);
  }
  const records: RecordChange[] = [];
  for (const moved of outcome.moved.toReversed()) {
    const { zone, user, before } = moved;
    if (sameRecord(recordOf(turn.state, zone, user), moved.set)) {
      turn.state = withRecord(turn.state, zone, user, before);
      records.push(
        before === undefined ? { kind: 'forget', zone, user } : { kind: 'set', zone, user, record: before },
      );
    }
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
  giveBack(turn, outcome.spent);
  showDenied(turn, outcome.reader, reason);
  addAnswer(turn, outcome.request, { kind: 'denied', reason });
}

/**
 * Grants that counted on a passage which did not happen fall with it: the user's own at readers of the same zones
 * (out and in again, of which only "in" would be left), and anybody's where numbers inside decide.
 */
function builtOn(turn: Turn, gone: Grant): (entry: Awaiting) => boolean {
  const zones = new Set(gone.moved.map(({ zone }) => zone));
  return ({ outcome }) =>
    outcome.kind === 'grant' &&
    outcome.commit > gone.commit &&
    (turn.site.zonesOfReader.get(outcome.reader ?? '') ?? []).some(
      ({ zone }) => zones.has(zone.id) && (outcome.user === gone.user || zone.occupancy !== undefined),
    );
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
    const { awaiting } = turn.state;
    const index = awaiting.findIndex(which);
    const entry = awaiting[index];
    if (entry === undefined) return;
    turn.state = { ...turn.state, awaiting: awaiting.toSpliced(index, 1) };
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
  settleUses(turn, through);
  for (const outcome of takeAwaiting(turn, (entry) => entry.commit <= through)) {
    if (outcome.kind === 'grant') fulfil(turn, outcome);
    else addAnswer(turn, outcome.request, outcome.answer);
  }
}
