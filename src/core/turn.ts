import type { Answer } from './decision.js';
import type {
  Commit,
  Effect,
  FactChange,
  PassageChange,
  ReaderSignal,
  RequestId,
  UnlockCause,
  UseChange,
} from './effects.js';
import type { Json, LogRow } from './log.js';
import type { DoorId, Instant, OutputId, ReaderId, Site } from './model.js';
import type { Awaiting, DoorState, State } from './state.js';

/**
 * One step in the making: the state so far and what has been asked for. Lives only inside `step`, which
 * turns it into a state and effects; everything in it is replaced, never changed in place.
 */
export interface Turn {
  readonly site: Site;
  readonly at: Instant;
  state: State;
  rows: readonly LogRow[];
  passages: readonly PassageChange[];
  facts: readonly FactChange[];
  uses: readonly UseChange[];
  relays: readonly Effect[];
  answers: readonly Effect[];
  signals: readonly Effect[];
}

export function beginTurn(site: Site, state: State, at: Instant): Turn {
  return {
    site,
    at,
    state,
    rows: [],
    passages: [],
    facts: [],
    uses: [],
    relays: [],
    answers: [],
    signals: [],
  };
}

/** Relays move first, then the commit that tells of them, then the answers, then what readers show. */
export function endTurn(turn: Turn): { readonly state: State; readonly effects: readonly Effect[] } {
  const { relays, answers, signals } = turn;
  const commit = commitOf(turn);
  if (commit === undefined) return { state: turn.state, effects: [...relays, ...answers, ...signals] };
  const state = { ...turn.state, nextCommit: turn.state.nextCommit + 1 };
  return { state, effects: [...relays, { kind: 'commit', commit }, ...answers, ...signals] };
}

function commitOf(turn: Turn): Commit | undefined {
  const { rows, passages, facts, uses } = turn;
  if (rows.length === 0 && passages.length === 0 && facts.length === 0) return undefined;
  return { id: turn.state.nextCommit, rows, passages, facts, ...(uses.length === 0 ? {} : { uses }) };
}

export function addRow(turn: Turn, row: Omit<LogRow, 'at'>): void {
  turn.rows = [...turn.rows, { ...row, at: turn.at }];
}

export function addPassage(turn: Turn, change: PassageChange): void {
  turn.passages = [...turn.passages, change];
}

export function addFact(turn: Turn, key: string, value: Json): void {
  turn.facts = [...turn.facts, { key, value }];
}

export function addAnswer(turn: Turn, request: RequestId | undefined, answer: Answer): void {
  if (request !== undefined) turn.answers = [...turn.answers, { kind: 'answer', request, answer }];
}

/** Goes out with the answers: both are for somebody elsewhere. */
export function addForward(turn: Turn, effect: Extract<Effect, { kind: 'forward' }>): void {
  turn.answers = [...turn.answers, effect];
}

export function addSignal(turn: Turn, reader: ReaderId, signal: ReaderSignal): void {
  turn.signals = [...turn.signals, { kind: 'signal', reader, signal }];
}

/** An output that belongs to no door. */
export function switchOutput(turn: Turn, output: OutputId, active: boolean): void {
  turn.relays = [...turn.relays, { kind: 'output', output, active }];
}

export function moveRelay(turn: Turn, door: DoorId, unlocked: boolean, cause: UnlockCause): void {
  const effect: Effect = unlocked ? { kind: 'unlock', door, cause } : { kind: 'lock', door };
  turn.relays = [...turn.relays, effect];
}

/** Replaces parts of one door's state. A door that is not there is left alone. */
export function setDoor(turn: Turn, door: DoorId, change: (state: DoorState) => DoorState): void {
  const before = turn.state.doors.get(door);
  if (before === undefined) return;
  const after = change(before);
  if (after !== before) turn.state = { ...turn.state, doors: new Map(turn.state.doors).set(door, after) };
}

/**
 * The answer follows once this turn's commit is durable; at once while storage is known to be away, since
 * nobody should wait for a disk that is not there.
 */
export function answerWhenDurable(turn: Turn, request: RequestId | undefined, answer: Answer): void {
  if (request === undefined) return;
  if (turn.state.storage === 'failed') {
    addAnswer(turn, request, answer);
    return;
  }
  whenDurable(turn, { kind: 'answer', request, answer });
}

/** Something to do when this turn's commit is durable, or when its time is over. */
export function whenDurable(turn: Turn, outcome: Awaiting['outcome']): void {
  const entry: Awaiting = {
    commit: turn.state.nextCommit,
    deadlineMonoMs: turn.at.monoMs + turn.site.storageDeadlineMs,
    outcome,
  };
  turn.state = { ...turn.state, awaiting: [...turn.state.awaiting, entry] };
}
