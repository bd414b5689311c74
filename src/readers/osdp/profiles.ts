/** What an OSDP reader shows for each signal: commands for its light, sounder and display. */
import type { ReaderSignal } from '../../core/effects.js';
import type { Command, LedColour, LedPattern } from './commands.js';

/** How one reader's display differs from the usual. */
export interface Profile {
  /** The colour at rest. */
  readonly idle: LedColour;
  /** Words for a display, by signal; none are sent without. */
  readonly texts: Readonly<Partial<Record<ReaderSignal, string>>>;
}

/** A refusal and a grant are shown at most this long, whatever becomes of the line; the controller ends them sooner. */
const answerMs = 5_000;
const grantedMs = 60_000;

const steady = (colour: LedColour): LedPattern => ({ onMs: 100, offMs: 0, on: colour, off: colour });
const blink = (colour: LedColour, ms: number): LedPattern => ({
  onMs: ms,
  offMs: ms,
  on: colour,
  off: 'off',
});
const answered = (pattern: LedPattern, forMs = answerMs): Command => ({
  ...{ kind: 'led', reader: 0, led: 0 },
  temporary: { ...pattern, forMs },
});
const standing = (pattern: LedPattern): Command => ({
  ...{ kind: 'led', reader: 0, led: 0, temporary: 'cancel' },
  permanent: pattern,
});
const beeps = (onMs: number, offMs: number, count: number): Command => ({
  ...{ kind: 'buzzer', reader: 0, tone: 'default', onMs, offMs, count },
});
const quiet: Command = { kind: 'buzzer', reader: 0, tone: 'off', onMs: 0, offMs: 0, count: 0 };

/**
 * The commands for a signal. Answers are temporary, so that a reader whose line is cut returns to rest by itself; what
 * stands (held, alarm) stays until the next signal. Passback is one long tone, every other refusal three short ones.
 */
export function commandsOf(signal: ReaderSignal, { idle, texts }: Profile): readonly Command[] {
  const text = texts[signal];
  return [...lights(signal, idle), ...(text === undefined ? [] : [textOf(text, signal)])];
}

function lights(signal: ReaderSignal, idle: LedColour): readonly Command[] {
  switch (signal) {
    case 'granted':
      return [answered(steady('green'), grantedMs), beeps(100, 0, 1)];
    case 'denied':
      return [answered(steady('red')), beeps(100, 100, 3)];
    case 'denied-passback':
      return [answered(blink('red', 200)), beeps(800, 0, 1)];
    case 'waiting-for-pin':
      return [answered(blink('amber', 300)), beeps(100, 0, 1)];
    case 'held':
      return [standing(blink('amber', 500)), beeps(100, 900, 0)];
    case 'alarm':
      return [standing(blink('red', 300)), beeps(500, 500, 0)];
    case 'normal':
      return [standing(steady(idle)), quiet];
  }
}

function textOf(text: string, signal: ReaderSignal): Command {
  const isStanding = signal === 'normal' || signal === 'held' || signal === 'alarm';
  const forSeconds = isStanding ? {} : { forSeconds: answerMs / 1_000 };
  return { kind: 'text', reader: 0, row: 1, column: 1, text, ...forSeconds };
}
