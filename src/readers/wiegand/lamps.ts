/** What the lamp and beeper lines of a Wiegand reader do for each signal: data, and the one way to read it. */
import { type ReaderSignal, readerSignals } from '../../core/effects.js';

/** The lines a reader may have: its (green) lamp, a red one of its own, its beeper. */
export const lampLines = ['led', 'ledRed', 'beep'] as const;
export type LampLine = (typeof lampLines)[number];

/**
 * A line's course while a signal is shown: inactive, active, or active and inactive in turn for so many milliseconds
 * each, beginning with active. `once` ends inactive.
 */
export type Pattern =
  | 'off'
  | 'steady'
  | { readonly once: readonly number[] }
  | { readonly repeat: readonly number[] };

/** The lines a signal moves; those it does not name are inactive. */
export type LampPattern = { readonly [line in LampLine]?: Pattern | undefined };
export type LampPatterns = Readonly<Record<ReaderSignal, LampPattern>>;

/** As people of the field know it: green and one short tone, no green and three tones; one long tone = passback. */
export const usualPatterns: LampPatterns = {
  granted: { led: 'steady', beep: { once: [100] } },
  denied: { ledRed: 'steady', beep: { once: [100, 100, 100, 100, 100] } },
  'denied-passback': { ledRed: { repeat: [250, 250] }, beep: { once: [800] } },
  'waiting-for-pin': { led: { repeat: [250, 250] }, beep: { once: [50] } },
  held: { ledRed: { repeat: [500, 500] }, beep: { repeat: [100, 900] } },
  alarm: { ledRed: { repeat: [250, 250] }, beep: { repeat: [500, 500] } },
  normal: {},
};

/** The usual patterns, line by line with what is set otherwise. */
export function patternsOf(
  changes: {
    readonly [signal in ReaderSignal]?: LampPattern | undefined;
  },
): LampPatterns {
  const merged = readerSignals.map((signal) => [signal, { ...usualPatterns[signal], ...changes[signal] }]);
  return Object.fromEntries(merged) as LampPatterns;
}

/** The level of a course at its `index`-th stretch, and how long that lasts; no end = it stays. */
export function stretchAt(
  pattern: Pattern,
  index: number,
): { readonly active: boolean; readonly ms?: number } {
  if (pattern === 'off') return { active: false };
  if (pattern === 'steady') return { active: true };
  if ('once' in pattern) {
    const ms = pattern.once[index];
    return ms === undefined ? { active: false } : { active: index % 2 === 0, ms };
  }
  const ms = pattern.repeat[index % pattern.repeat.length];
  return ms === undefined ? { active: false } : { active: index % 2 === 0, ms };
}
