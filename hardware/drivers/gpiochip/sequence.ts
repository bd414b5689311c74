/** Sequence numbers of one request of lines. */
export interface SequenceWatch {
  /** The next edge, in the order of the kernel's queue. */
  see(seqno: number): void;
  stop(): void;
}

/** Two lines have two interrupt threads: numbers may come out of order by so much time, not by more. */
const graceMs = 5;
/** More than a few missing numbers are one loss. */
const missingMax = 64;

/**
 * Tells `lost` once for each loss: a number that has not come some milliseconds after a higher one. The kernel's
 * first number is 1. Numbers are unsigned 32 bits and wrap.
 */
export function createSequenceWatch(deps: {
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  readonly lost: () => void;
}): SequenceWatch {
  const missing = new Set<number>();
  let next = 1;
  let cancel: (() => void) | undefined;
  const settle = () => {
    cancel = undefined;
    if (missing.size === 0) return;
    missing.clear();
    deps.lost();
  };
  return {
    see(seqno) {
      const ahead = (seqno - next) | 0;
      if (ahead < 0) {
        missing.delete(seqno);
        return;
      }
      for (let skipped = 0; skipped < Math.min(ahead, missingMax); skipped += 1) {
        missing.add((next + skipped) >>> 0);
      }
      next = (seqno + 1) >>> 0;
      if (ahead > 0) cancel ??= deps.setTimer(settle, graceMs);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
