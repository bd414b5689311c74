/** Feeds the service manager's watchdog with proofs instead of good will. */

export interface WatchdogDeps {
  /** Between two proofs; a quarter of what the service manager allows leaves room for three late ones. */
  readonly everyMs: number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** Calls back when inputs have been read once more (`Hardware.prove`). */
  readonly prove: (read: () => void) => void;
  /** How late the core's next wake is; 0 while nothing is late. */
  readonly overdueMs: () => number;
  readonly feed: () => void;
}

/** A core that should have been woken so long ago is not being turned. */
const LATE_MS = 2_000;

/**
 * Each meal is earned anew: a timer of the loop fires, the inputs' way from the kernel to the listener turns once, and
 * the core's own deadlines are being kept. Inputs that do not answer are not asked again: then the meals end, and
 * the service manager starts a new process.
 */
export function startWatchdog(deps: WatchdogDeps): { close(): void } {
  let closed = false;
  let cancel = (): void => undefined;
  const proven = (): void => {
    if (closed) return;
    if (deps.overdueMs() < LATE_MS) deps.feed();
    cancel = deps.setTimer(() => deps.prove(proven), deps.everyMs);
  };
  deps.prove(proven);
  return {
    close: () => {
      closed = true;
      cancel();
    },
  };
}
