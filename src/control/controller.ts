/** The shell around the core: feeds it events, does what it asks, wakes it when it wants. */
import { nextWakeMs, step } from '../core/controller.js';
import type { Answer } from '../core/decision.js';
import type { Commit, CommitId, Effect, ReaderSignal } from '../core/effects.js';
import type { Event } from '../core/events.js';
import type { DoorId, Instant, OutputId, ReaderId, Site } from '../core/model.js';
import type { State } from '../core/state.js';
import { createOutbox } from './outbox.js';

/** An event without its instant: the shell reads the clock. */
export type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

export interface ControllerDeps {
  readonly site: Site;
  readonly state: State;
  readonly now: () => Instant;
  readonly outputs: {
    setUnlocked(door: DoorId, unlocked: boolean): { ok: true } | { ok: false; error: string };
    /** An output that belongs to no door. */
    setOutput(output: OutputId, active: boolean): { ok: true } | { ok: false; error: string };
  };
  /** Hands commits to storage; must not block. `resent` once after each recovery, with all that is not confirmed. */
  readonly store: (commits: readonly Commit[], resent: boolean) => void;
  readonly answer: (request: string, answer: Answer) => void;
  /** What a reader shows from now on; the same again starts anew. For any kind of reader; must not throw. */
  readonly show: (reader: ReaderId, signal: ReaderSignal) => void;
  /** Sends a swipe on to other controllers; must not block. */
  readonly forward: (effect: Extract<Effect, { kind: 'forward' }>) => void;
  /** Calls back after `ms`, at most 2^31-1. */
  readonly setTimer: (callback: () => void, ms: number) => () => void;
}

/** A wall clock that moves this far against the monotonic one was stepped, not slewed. */
const STEP_MS = 1_000;
/** Deadlines further away are approached in hops: timers above 24.8 days fire at once. */
const HOP_MS = 3_600_000;

/** Holds the core's state and does what it asks. One of them; it never waits and never throws. */
export class Controller {
  readonly #deps: ControllerDeps;
  readonly #outbox = createOutbox();
  #site: Site;
  #state: State;
  #last: Instant;
  #outgoing: Commit[] = [];
  #settling = false;
  #closed = false;
  #cancelTimer: () => void = () => undefined;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#site = deps.site;
    this.#state = deps.state;
    this.#last = deps.now();
  }

  submit(happening: Happening): void {
    const at = this.#deps.now();
    const last = this.#last;
    const expectedWallMs = last.wallMs + (at.monoMs - last.monoMs);
    const stepped = Math.abs(at.wallMs - expectedWallMs) > STEP_MS || at.trust !== last.trust;
    this.#last = at;
    if (stepped) this.#run({ kind: 'clock-stepped', at, expectedWallMs });
    this.#run({ ...happening, at } as Event);
  }

  /**
   * Goes the way of this event to the disk and back, and drops what comes of it. After a pause code and data are out of
   * the processor's caches: the first decision then takes many times as long as the second.
   */
  rehearse(happening: Happening): void {
    const at = this.#deps.now();
    const { state } = step(this.#site, this.#state, { ...happening, at } as Event);
    step(this.#site, state, { kind: 'committed', at, through: state.nextCommit - 1 });
  }

  committed(through: CommitId): void {
    this.#outbox.confirm(through);
    this.submit({ kind: 'committed', through });
  }

  storageFailed(error: string): void {
    this.#outbox.fail();
    this.submit({ kind: 'storage-failed', error });
  }

  storageRecovered(through: CommitId): void {
    const { resend, rowsLost } = this.#outbox.recover(through);
    this.#outgoing = [];
    this.#deps.store(resend, true);
    if (through > 0) this.submit({ kind: 'committed', through });
    this.submit({ kind: 'storage-recovered', rowsLost });
  }

  site(): Site {
    return this.#site;
  }

  state(): State {
    return this.#state;
  }

  /** Rows in memory that the disk has not confirmed. */
  rowsWaiting(): number {
    return this.#outbox.rowsWaiting();
  }

  /** How late the core's next wake is: 0 while the timers keep what the core asked for. */
  overdueMs(): number {
    const at = this.#deps.now();
    return Math.max(0, at.monoMs - (nextWakeMs(this.#state, at) ?? at.monoMs));
  }

  /** Wakes nobody any more; what was submitted is done. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#cancelTimer = () => undefined;
  }

  #run(event: Event): void {
    const next = step(this.#site, this.#state, event);
    this.#state = next.state;
    if (event.kind === 'site-changed') this.#site = event.site;
    this.#perform(next.effects);
    this.#settleSoon();
  }

  #perform(effects: readonly Effect[]): void {
    const failed = new Map<DoorId, string>();
    const stuck = new Map<OutputId, string>();
    for (const effect of effects) this.#do(effect, failed, stuck);
    // Told after all of them: the next step's commit must not overtake this one's.
    for (const [door, error] of failed) this.submit({ kind: 'output-failed', door, error });
    for (const [output, error] of stuck) this.submit({ kind: 'output-failed', output, error });
  }

  #do(effect: Effect, failed: Map<DoorId, string>, stuck: Map<OutputId, string>): void {
    switch (effect.kind) {
      case 'commit':
        this.#send(effect.commit);
        return;
      case 'answer':
        this.#deps.answer(effect.request, withRelay(effect.answer, failed));
        return;
      case 'forward':
        this.#deps.forward(effect);
        return;
      case 'signal':
        this.#deps.show(effect.reader, effect.signal);
        return;
      case 'output':
        this.#switchOutput(effect.output, effect.active, stuck);
        return;
      default:
        this.#moveRelay(effect.door, effect.kind === 'unlock', failed);
    }
  }

  #moveRelay(door: DoorId, unlocked: boolean, failed: Map<DoorId, string>): void {
    const done = this.#deps.outputs.setUnlocked(door, unlocked);
    if (!done.ok) failed.set(door, done.error);
  }

  #switchOutput(output: OutputId, active: boolean, stuck: Map<OutputId, string>): void {
    const done = this.#deps.outputs.setOutput(output, active);
    if (!done.ok) stuck.set(output, done.error);
  }

  #send(commit: Commit): void {
    if (this.#outbox.add(commit)) this.#outgoing.push(commit);
  }

  /** Once after everything that happens in this turn of the loop: one message to storage, one timer. */
  #settleSoon(): void {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      const commits = this.#outgoing;
      this.#outgoing = [];
      if (commits.length > 0) this.#deps.store(commits, false);
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#closed) return;
    this.#cancelTimer();
    const at = this.#deps.now();
    const wakeMs = nextWakeMs(this.#state, at) ?? Number.POSITIVE_INFINITY;
    const hopMs = Math.min(HOP_MS, Math.max(0, wakeMs - at.monoMs));
    this.#cancelTimer = this.#deps.setTimer(() => this.submit({ kind: 'tick' }), hopMs);
  }
}

/** Nobody is told "open" of a door whose relay did not move. */
function withRelay(answer: Answer, failed: ReadonlyMap<DoorId, string>): Answer {
  if ((answer.kind === 'granted' || answer.kind === 'released') && failed.has(answer.door)) {
    return { kind: 'denied', reason: 'relay-failed' };
  }
  return answer;
}
