/**
 * Swipes that another controller decides, between the core and the thread that calls it: what was presented waits
 * here for the core's word (the core never sees it), and the answer finds its way back. Bounded in number and time.
 */
import type { Effect } from '../core/effects.js';
import type { ForwardAnswer, ForwardOrder, PresentedCode } from '../core/forwarding.js';
import type { ReaderId } from '../core/model.js';
import type { Controller } from './controller.js';

export interface ForwardDeps {
  readonly controller: Pick<Controller, 'submit'>;
  /** Hands an order to the thread that calls; false = it is not there. */
  readonly send: (order: ForwardOrder) => boolean;
  /** Doors as they stand, by DoorNum. */
  readonly doors: () => PresentedCode['doors'];
  readonly setTimer: (callback: () => void, ms: number) => () => void;
}

export interface Forwards {
  /** Keeps what was presented until the core has decided; its name, or undefined when too many wait. */
  keep(code: string): string | undefined;
  /** The core sends it on. */
  start(effect: Extract<Effect, { kind: 'forward' }>): void;
  /** The core has decided otherwise: what was kept is forgotten. */
  drop(key: string): void;
  /** The card waits for its PIN: what was kept stays until the reader's next, or until no PIN can come any more. */
  hold(key: string, reader: ReaderId): void;
  answered(answer: ForwardAnswer): void;
}

/** Swipes on their way at once, over all readers. */
const waitingMax = 64;
/** Longer than the longest call may take: then nothing will come any more. */
const givenUpMs = 70_000;
/** Longer than the core waits for a PIN. */
const heldMs = 20_000;

type Waiting = Extract<Effect, { kind: 'forward' }> & { readonly cancel: () => void };

export function createForwards({ controller, send, doors, setTimer }: ForwardDeps): Forwards {
  const kept = new Map<string, PresentedCode>();
  const waiting = new Map<string, Waiting>();
  const held = new Map<ReaderId, () => void>();
  let nextKey = 1;
  const answered = ({ key, ...answer }: ForwardAnswer): void => {
    const asked = waiting.get(key);
    if (asked === undefined) return;
    waiting.delete(key);
    asked.cancel();
    const { reader, user, userName } = asked;
    controller.submit({ kind: 'forward-answered', reader, user, userName, ...answer });
  };
  const nobody = (key: string): void =>
    answered({ key, outcome: 'unreachable', reason: 'no-answer', targets: 0, opened: 0 });
  return {
    keep: (code) => {
      if (kept.size + waiting.size >= waitingMax) return undefined;
      const key = String(nextKey++);
      kept.set(key, { code, doors: doors() });
      return key;
    },
    start: (effect) => {
      const presented = kept.get(effect.key);
      kept.delete(effect.key);
      if (presented === undefined) return;
      waiting.set(effect.key, { ...effect, cancel: setTimer(() => nobody(effect.key), givenUpMs) });
      const { key, reader, user, userName, credential } = effect;
      if (!send({ key, reader, user, userName, credential, presented })) nobody(key);
    },
    drop: (key) => {
      kept.delete(key);
    },
    hold: (key, reader) => {
      held.get(reader)?.();
      const cancel = setTimer(() => held.get(reader)?.(), heldMs);
      held.set(reader, () => {
        cancel();
        held.delete(reader);
        kept.delete(key);
      });
    },
    answered,
  };
}
