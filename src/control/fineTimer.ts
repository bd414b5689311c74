export type FineTimer = (run: () => void, afterMs: number, soon?: () => void) => () => void;

/**
 * A timer to the tenth of a millisecond. The loop's own timers are whole milliseconds and often one late, which is more
 * than a decision takes; so the last two are waited out turn by turn, in which everything else goes on as usual.
 * `afterMs` may have a fraction. `soon` is called once when only these are left: there is time for what makes the rest
 * quick.
 */
export function createFineTimer(deps: {
  readonly nowUs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** Runs something in the next turn of the loop (on Node: `setImmediate`). */
  readonly nextTurn: (run: () => void) => void;
}): FineTimer {
  const { nowUs, setTimer, nextTurn } = deps;
  return (run, afterMs, soon) => {
    const dueUs = nowUs() + afterMs * 1_000;
    let standing = true;
    const wait = (): void => {
      if (!standing) return;
      if (nowUs() >= dueUs) run();
      else nextTurn(wait);
    };
    const begin = (): void => {
      if (standing && nowUs() < dueUs) soon?.();
      wait();
    };
    const cancel = setTimer(begin, Math.max(0, Math.floor(afterMs) - TURNS_MS));
    return () => {
      standing = false;
      cancel();
    };
  };
}

const TURNS_MS = 2;
