/**
 * Learning a card: for a while the next frame at one reader is not read but kept, with everything it may be. What was
 * kept is whole card numbers: it stays in this memory, goes to whoever may ask, and is forgotten soon.
 */
import type { ReaderId } from '../core/model.js';
import type { LearnState } from '../core/requests.js';
import { readings, type WiegandFormat } from '../readers/wiegand/formats.js';

/** What was read and not fetched is forgotten after this. */
const KEEP_MS = 300_000;

export interface LearnDeps {
  /** The formats there are, those of the site included. */
  readonly formats: ReadonlyMap<string, WiegandFormat>;
  readonly nowMonoMs: () => number;
  /** A frame was taken: its length, and the names of the formats that fit. */
  readonly learned: (reader: ReaderId, bits: number, formats: readonly string[]) => void;
}

export interface Learning {
  /** The next frame at this reader within `forMs` is learned; what was learned there before is forgotten. */
  arm(reader: ReaderId, forMs: number): void;
  /** Reads cards as cards again, and forgets. */
  stop(reader: ReaderId): void;
  /** A whole frame that is no key; true = it is learned and no card. For readers of any kind. */
  take(reader: ReaderId, bits: string): boolean;
  state(reader: ReaderId): LearnState;
}

type Phase =
  | { readonly phase: 'armed'; readonly untilMonoMs: number }
  | { readonly phase: 'read'; readonly untilMonoMs: number; readonly bits: string };

export function createLearning({ formats, nowMonoMs, learned }: LearnDeps): Learning {
  const phases = new Map<ReaderId, Phase>();
  const standing = (reader: ReaderId): Phase | undefined => {
    const found = phases.get(reader);
    if (found === undefined || nowMonoMs() < found.untilMonoMs) return found;
    phases.delete(reader);
    return undefined;
  };
  return {
    arm: (reader, forMs) => phases.set(reader, { phase: 'armed', untilMonoMs: nowMonoMs() + forMs }),
    stop: (reader) => phases.delete(reader),
    take: (reader, bits) => {
      if (standing(reader)?.phase !== 'armed') return false;
      phases.set(reader, { phase: 'read', untilMonoMs: nowMonoMs() + KEEP_MS, bits });
      learned(
        reader,
        bits.length,
        readings(bits, formats.values()).map(({ format }) => format),
      );
      return true;
    },
    state: (reader) => {
      const found = standing(reader);
      if (found === undefined) return { reader, phase: 'off' };
      const leftMs = found.untilMonoMs - nowMonoMs();
      if (found.phase === 'armed') return { reader, phase: 'armed', leftMs };
      const { bits } = found;
      return { reader, phase: 'read', leftMs, bits, readings: readings(bits, formats.values()) };
    },
  };
}
