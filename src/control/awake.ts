/**
 * Keeps a thread's loop turning for a moment, so that what is about to come finds it awake: to wake an idle thread takes
 * longer than a decision. In each turn everything else goes on as usual.
 */
export interface Awake {
  /** From now on for a swipe's way to the disk and back at the most. */
  keep(): void;
  /** It has come. */
  rest(): void;
}

/** The last 2 ms of a frame's gap, a commit, and the way back. */
const KEEP_US = 8_000;

export function createAwake(deps: {
  readonly nowUs: () => number;
  /** Runs something in the next turn of the loop (on Node: `setImmediate`). */
  readonly nextTurn: (run: () => void) => void;
}): Awake {
  let untilUs = 0;
  let turning = false;
  const turn = (): void => {
    turning = deps.nowUs() < untilUs;
    if (turning) deps.nextTurn(turn);
  };
  return {
    keep: () => {
      untilUs = deps.nowUs() + KEEP_US;
      if (!turning) turn();
    },
    rest: () => {
      untilUs = 0;
    },
  };
}
