/** A clock that stands until it is moved, with the timers that hang on it. */
export interface ManualClock {
  readonly nowUs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** Moves on, firing each timer at its moment, in order. */
  advanceMs(ms: number): void;
  /** Moves on without firing: a busy program. `fireDue` then fires what is late. */
  stallMs(ms: number): void;
  fireDue(): void;
  /** Timers that stand. */
  armed(): number;
  /** Timers set so far. */
  setCount(): number;
}

interface Timer {
  readonly dueUs: number;
  readonly run: () => void;
}

export function createManualClock(startUs = 1_000_000): ManualClock {
  let timeUs = startUs;
  const timers = new Set<Timer>();
  let setCount = 0;
  const next = (untilUs: number) =>
    [...timers].filter((timer) => timer.dueUs <= untilUs).sort((a, b) => a.dueUs - b.dueUs)[0];
  const fireUntil = (untilUs: number) => {
    for (let timer = next(untilUs); timer !== undefined; timer = next(untilUs)) {
      timers.delete(timer);
      timeUs = Math.max(timeUs, timer.dueUs);
      timer.run();
    }
  };
  return {
    nowUs: () => timeUs,
    setTimer(run, afterMs) {
      const timer = { dueUs: timeUs + afterMs * 1000, run };
      timers.add(timer);
      setCount += 1;
      return () => timers.delete(timer);
    },
    advanceMs(ms) {
      const untilUs = timeUs + ms * 1000;
      fireUntil(untilUs);
      timeUs = untilUs;
    },
    stallMs(ms) {
      timeUs += ms * 1000;
    },
    fireDue: () => fireUntil(timeUs),
    armed: () => timers.size,
    setCount: () => setCount,
  };
}
