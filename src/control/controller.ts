/** The shell around the core: feeds it events, does what it asks, wakes it when it wants. */
import { nextWakeMs, step } from '../core/controller.js';
import type { Answer } from '../core/decision.js';
import type { Commit, CommitId, Effect } from '../core/effects.js';
import type { Event } from '../core/events.js';
import type { DoorId, Instant, Site } from '../core/model.js';
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
  };
  /** Hands commits to storage; must not block. `resent` once after each recovery, with all that is not confirmed. */
  readonly store: (commits: readonly Commit[], resent: boolean) => void;
  readonly answer: (request: string, answer: Answer) => void;
  /** Calls back after `ms`, at most 2^31-1. */
  readonly setTimer: (callback: () => void, ms: number) => () => void;
}

export interface Controller {
  submit(happening: Happening): void;
  committed(through: CommitId): void;
  storageFailed(error: string): void;
  storageRecovered(through: CommitId): void;
  site(): Site;
  state(): State;
  rowsWaiting(): number;
  /** Stops waking; what was submitted is done. */
  close(): void;
}

/** A wall clock that moves this far against the monotonic one was stepped, not slewed. */
const STEP_MS = 1_000;
/** Deadlines further away are approached in hops: timers above 24.8 days fire at once. */
const HOP_MS = 3_600_000;

export function createController(deps: ControllerDeps): Controller {
  let site = deps.site;
  let state = deps.state;
  let last = deps.now();
  let outgoing: Commit[] = [];
  let settling = false;
  let cancelTimer = (): void => undefined;
  const outbox = createOutbox();

  const run = (event: Event): void => {
    const next = step(site, state, event);
    state = next.state;
    if (event.kind === 'site-changed') site = event.site;
    perform(next.effects);
    settleSoon();
  };

  const perform = (effects: readonly Effect[]): void => {
    const failed = new Map<DoorId, string>();
    for (const effect of effects) {
      if (effect.kind === 'commit') send(effect.commit);
      else if (effect.kind === 'answer') deps.answer(effect.request, withRelay(effect.answer, failed));
      else moveRelay(effect.door, effect.kind === 'unlock', failed);
    }
    for (const [door, error] of failed) submit({ kind: 'output-failed', door, error });
  };

  const moveRelay = (door: DoorId, unlocked: boolean, failed: Map<DoorId, string>): void => {
    const done = deps.outputs.setUnlocked(door, unlocked);
    if (!done.ok) failed.set(door, done.error);
  };

  const send = (commit: Commit): void => {
    if (outbox.add(commit)) outgoing.push(commit);
  };

  /** Once after everything that happens in this turn of the loop: one message to storage, one timer. */
  const settleSoon = (): void => {
    if (settling) return;
    settling = true;
    queueMicrotask(() => {
      settling = false;
      const commits = outgoing;
      outgoing = [];
      if (commits.length > 0) deps.store(commits, false);
      arm();
    });
  };

  const arm = (): void => {
    cancelTimer();
    const at = deps.now();
    const wakeMs = nextWakeMs(state, at);
    const hop = Math.min(HOP_MS, Math.max(0, (wakeMs ?? Number.POSITIVE_INFINITY) - at.monoMs));
    cancelTimer = deps.setTimer(() => submit({ kind: 'tick' }), hop);
  };

  const submit = (happening: Happening): void => {
    const at = deps.now();
    const expectedWallMs = last.wallMs + (at.monoMs - last.monoMs);
    const stepped = Math.abs(at.wallMs - expectedWallMs) > STEP_MS || at.trust !== last.trust;
    last = at;
    if (stepped) run({ kind: 'clock-stepped', at, expectedWallMs });
    run({ ...happening, at } as Event);
  };

  return {
    submit,
    committed: (through) => {
      outbox.confirm(through);
      submit({ kind: 'committed', through });
    },
    storageFailed: (error) => {
      outbox.fail();
      submit({ kind: 'storage-failed', error });
    },
    storageRecovered: (through) => {
      const { resend, rowsLost } = outbox.recover(through);
      outgoing = [];
      deps.store(resend, true);
      if (through > 0) submit({ kind: 'committed', through });
      submit({ kind: 'storage-recovered', rowsLost });
    },
    site: () => site,
    state: () => state,
    rowsWaiting: outbox.rowsWaiting,
    close: () => {
      cancelTimer();
      cancelTimer = () => undefined;
    },
  };
}

/** Nobody is told "open" of a door whose relay did not move. */
function withRelay(answer: Answer, failed: ReadonlyMap<DoorId, string>): Answer {
  if ((answer.kind === 'granted' || answer.kind === 'released') && failed.has(answer.door)) {
    return { kind: 'denied', reason: 'relay-failed' };
  }
  return answer;
}
