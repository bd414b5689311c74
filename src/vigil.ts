import { availableParallelism } from 'node:os';

interface VigilDeps {
  readonly processors: number;
  readonly nowMs: () => number;
  readonly nextTurn: (run: () => void) => void;
}

const ofThisThread: VigilDeps = {
  processors: availableParallelism(),
  nowMs: () => performance.now(),
  nextTurn: setImmediate,
};

/** From the last two milliseconds of a frame's gap until its commit has come back from a quick disk. */
const VIGIL_MS = 4;

/**
 * Keeps the loop of the thread that calls the result turning for 4 ms. A thread that sleeps takes up a message some
 * tenths of a millisecond late, its processor having gone to sleep with it: between two threads and back that is as
 * long as the commit a swipe waits for. With one processor only, others need it more: then nothing happens.
 */
export function createVigil({ processors, nowMs, nextTurn }: VigilDeps = ofThisThread): () => void {
  if (processors < 2) return () => undefined;
  let untilMs = 0;
  let turning = false;
  const turn = (): void => {
    turning = nowMs() < untilMs;
    if (turning) nextTurn(turn);
  };
  return () => {
    untilMs = nowMs() + VIGIL_MS;
    if (!turning) turn();
  };
}
