/** How a Wiegand reader fares: every end of a frame counts once. */
import type { ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import type { PulseOutput } from '../readers/wiegand/pulses.js';
import type { Read } from '../readers/wiegand/reads.js';

export interface ReaderCounter {
  count(output: PulseOutput, read: Read): void;
  /** A frame came that is counted as nothing else. */
  seen(): void;
  health(): ReaderHealth;
}

/** `frames` are cards and keys read, `shortFrames` a few bits of nothing, `noise` all else that was no whole frame. */
export function createReaderCounter(id: ReaderId, nowWallMs: () => number): ReaderCounter {
  const counts = { frames: 0, parityErrors: 0, lengthErrors: 0, shortFrames: 0, noise: 0 };
  let lastSeenWallMs: number | undefined;
  const seen = (): void => {
    lastSeenWallMs = nowWallMs();
  };
  return {
    count(output, read) {
      const counted = countOf(output, read);
      counts[counted] += 1;
      if (counted !== 'noise' && counted !== 'shortFrames') seen();
    },
    seen,
    health: () => ({ id, ...counts, ...(lastSeenWallMs === undefined ? {} : { lastSeenWallMs }) }),
  };
}

function countOf(
  output: PulseOutput,
  read: Read,
): 'frames' | 'parityErrors' | 'lengthErrors' | 'shortFrames' | 'noise' {
  if (output.kind === 'noise') return 'shortFrames';
  if (read.kind !== 'unreadable') return 'frames';
  if (read.fault === 'length') return 'lengthErrors';
  return read.fault === 'parity' || read.fault === 'key' ? 'parityErrors' : 'noise';
}
