/** The one timer of a machine that says when to come back. */

export interface Wake {
  /** Monotonic ms; Infinity = never. The latest `run` counts. */
  at(dueMs: number, run: () => void): void;
  cancel(): void;
}

/** One timer for a moment that moves; a later moment leaves an earlier timer standing, which then asks again. */
export function createWake(
  nowMs: () => number,
  setTimer: (run: () => void, afterMs: number) => () => void,
): Wake {
  /** Beyond this timers are approached in hops. */
  const hopMs = 3_600_000;
  let set: { readonly dueMs: number; readonly cancel: () => void } | undefined;
  let wake: () => void = () => undefined;
  const cancel = () => {
    set?.cancel();
    set = undefined;
  };
  const at = (dueMs: number, run: () => void) => {
    wake = run;
    if (dueMs === Number.POSITIVE_INFINITY) return cancel();
    if (set !== undefined && set.dueMs <= dueMs) return undefined;
    cancel();
    const fire = () => {
      set = undefined;
      wake();
    };
    const afterMs = Math.min(hopMs, Math.max(0, Math.ceil(dueMs - nowMs())));
    set = { dueMs, cancel: setTimer(fire, afterMs) };
  };
  return { at, cancel };
}
