/** What an OSDP reader shows for each signal: commands for its light, sounder and display. */
import type { ReaderSignal } from '../../core/effects.js';
import type { Command, LedColour, LedPattern } from './commands.js';

/** How one reader's display differs from the usual. */
export interface Profile {
  /** The colour at rest. */
  readonly idle: LedColour;
  /** Blinks slowly when the controller has been silent for a minute; `reader` = what the reader itself is set to show. */
  readonly offline: LedColour | 'reader';
  /** Words for a display, by signal; none are sent without. */
  readonly texts: Readonly<Partial<Record<ReaderSignal | 'offline', string>>>;
}

/**
 * OSDP has no command for "when nobody speaks to you any more". What it has are two patterns for each light: a
 * temporary one, and the permanent one behind it. So what a reader is to show now is temporary and told again before
 * it lapses (`again`), and the permanent pattern is the look of a reader whose controller is gone.
 */
export const againMs = 20_000;
const lapsesMs = 60_000;
/** A refusal is shown at most this long, whatever becomes of the line; the controller ends it sooner. */
const refusalMs = 5_000;

const steady = (colour: LedColour): LedPattern => ({ onMs: 100, offMs: 0, on: colour, off: colour });
const blink = (colour: LedColour, onMs: number, offMs = onMs): LedPattern => ({
  ...{ onMs, offMs, on: colour, off: 'off' },
});
const beeps = (onMs: number, offMs: number, count: number): Command => ({
  ...{ kind: 'buzzer', reader: 0, tone: 'default', onMs, offMs, count },
});
const quiet: Command = { kind: 'buzzer', reader: 0, tone: 'off', onMs: 0, offMs: 0, count: 0 };
/** As many as it takes until they are told again or the controller is gone: nothing sounds for ever. */
const standingBeeps = (onMs: number, offMs: number) => beeps(onMs, offMs, lapsesMs / (onMs + offMs));

/** What is shown when a reader has come online, behind all signals. */
export function backdropOf({ texts }: Profile): readonly Command[] {
  return texts.offline === undefined ? [] : [textOf(texts.offline)];
}

/** The commands for a signal. Passback is one long tone, every other refusal three short ones. */
export function commandsOf(signal: ReaderSignal, profile: Profile): readonly Command[] {
  return [lightOf(signal, profile), soundOf(signal), ...wordsOf(signal, profile)];
}

/** The same for a signal that still stands: what would lapse, and no sound that was heard already. */
export function againOf(signal: ReaderSignal, profile: Profile): readonly Command[] {
  const sounds = signal === 'held' || signal === 'alarm' ? [soundOf(signal)] : [];
  return [lightOf(signal, profile), ...sounds, ...wordsOf(signal, profile)].filter(lapses);
}

function lapses(command: Command): boolean {
  if (command.kind === 'led') return command.temporary !== 'cancel';
  return command.kind !== 'text' || command.forSeconds !== undefined;
}

function lightOf(signal: ReaderSignal, { idle, offline }: Profile): Command {
  const pattern = patternOf(signal, idle);
  const led = { kind: 'led', reader: 0, led: 0 } as const;
  if (offline === 'reader' && isStanding(signal)) return { ...led, temporary: 'cancel', permanent: pattern };
  const forMs = isRefusal(signal) ? refusalMs : lapsesMs;
  const permanent = offline === 'reader' ? {} : { permanent: blink(offline, 200, 1_800) };
  return { ...led, temporary: { ...pattern, forMs }, ...permanent };
}

function patternOf(signal: ReaderSignal, idle: LedColour): LedPattern {
  switch (signal) {
    case 'granted':
      return steady('green');
    case 'denied':
      return steady('red');
    case 'denied-passback':
      return blink('red', 200);
    case 'waiting-for-pin':
      return blink('amber', 300);
    case 'held':
      return blink('amber', 500);
    case 'alarm':
      return blink('red', 300);
    case 'normal':
      return steady(idle);
  }
}

function soundOf(signal: ReaderSignal): Command {
  switch (signal) {
    case 'granted':
    case 'waiting-for-pin':
      return beeps(100, 0, 1);
    case 'denied':
      return beeps(100, 100, 3);
    case 'denied-passback':
      return beeps(800, 0, 1);
    case 'held':
      return standingBeeps(100, 900);
    case 'alarm':
      return standingBeeps(500, 500);
    case 'normal':
      return quiet;
  }
}

/** Behind every text stands the one for an absent controller, if there is one; else what stands is permanent. */
function wordsOf(signal: ReaderSignal, { texts }: Profile): readonly Command[] {
  const text = texts[signal];
  if (text === undefined) return [];
  if (isRefusal(signal)) return [textOf(text, refusalMs)];
  return [isStanding(signal) && texts.offline === undefined ? textOf(text) : textOf(text, lapsesMs)];
}

/** How the door stands, and no answer to anybody. */
function isStanding(signal: ReaderSignal): boolean {
  return signal === 'normal' || signal === 'held' || signal === 'alarm';
}

function isRefusal(signal: ReaderSignal): boolean {
  return signal === 'denied' || signal === 'denied-passback';
}

function textOf(text: string, forMs?: number): Command {
  const lasts = forMs === undefined ? {} : { forSeconds: forMs / 1_000 };
  return { kind: 'text', reader: 0, row: 1, column: 1, text, ...lasts };
}
