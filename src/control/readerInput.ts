/** The two lines of one Wiegand reader: frames ended in time, reads told, counts kept, stuck lines found. */
import type { Hardware, LineFault, LineName } from '../../hardware/ports.js';
import type { ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import type { WiegandFormat } from '../readers/wiegand/formats.js';
import { type Keypad, noPin } from '../readers/wiegand/keypad.js';
import {
  bitsMaxUsual,
  deadlineUs,
  endIfOver,
  type PulseEdge,
  type PulseOutput,
  type PulseStep,
  quietLines,
  takeEdge,
} from '../readers/wiegand/pulses.js';
import {
  type CardRead,
  isTyped,
  type Read,
  type ReaderSettings,
  readOutput,
  readsSwapped,
  type UnreadableFault,
} from '../readers/wiegand/reads.js';
import { createReaderCounter } from './readerCounter.js';

/** A line active this long is stuck: a broken wire, a missing pull-up or no common ground. */
const stuckUs = 1_000_000;
/** Frames in a row that are wrong as they come and right with D0 and D1 exchanged: then the wires are exchanged. */
const swappedFrames = 3;

export interface ReaderWiring {
  readonly id: ReaderId;
  readonly d0: LineName;
  readonly d1: LineName;
  /** Names of formats, in order of preference where two have one length. */
  readonly formats: readonly string[];
  /** Silence that ends a frame, 5 to 100. */
  readonly frameGapMs: number;
  readonly keypad?: Keypad;
  /** The facilities whose cards are welcome; absent = all. */
  readonly facilities?: readonly number[];
  readonly tamper?: LineName;
}

export interface ReaderListener {
  /** `refused`: by this reader's own rule, whoever carries it. */
  card(reader: ReaderId, card: CardRead, refused?: 'wrong-facility'): void;
  /** The frame is over in a moment and is this card if nothing more comes; nothing has happened yet. */
  expect(reader: ReaderId, card: CardRead): void;
  /** A whole frame that no key sends, before it is read; true = it was wanted for something else and is no card. */
  learn(reader: ReaderId, bits: string): boolean;
  pin(reader: ReaderId, digits: string): void;
  /** Bits arrived that are no card; `bits` is how many. */
  unreadable(reader: ReaderId, fault: UnreadableFault, bits: number): void;
  fault(line: LineName, fault: LineFault['fault'] | 'd0-d1-swapped'): void;
}

export interface ReaderDeps {
  /** The formats there are, those of the site included. */
  readonly formats: ReadonlyMap<string, WiegandFormat>;
  readonly hardware: Pick<Hardware, 'isActive' | 'deliver'>;
  /** The clock of the edges' stamps. */
  readonly nowUs: () => number;
  readonly nowWallMs: () => number;
  /** `soon` is called once a moment before `run`, when there is one. */
  readonly setTimer: (run: () => void, afterMs: number, soon?: () => void) => () => void;
  /** Runs `run` once every edge that is already waiting has been delivered (on Node: `setImmediate`). */
  readonly afterDelivery: (run: () => void) => void;
  readonly on: ReaderListener;
}

export interface ReaderInput {
  readonly wiring: ReaderWiring;
  take(edge: PulseEdge): void;
  /** Counts since start. */
  health(): ReaderHealth;
  stop(): void;
}

/**
 * Starts one reader. Its one timer stands only while a frame is open or a line is watched for being stuck. When it
 * fires the frame is not ended at once: a busy program's timers come before the edges that wait in the kernel.
 * Throws for a format that is not in the table.
 */
export function createReaderInput(wiring: ReaderWiring, deps: ReaderDeps): ReaderInput {
  const { hardware, nowUs, on } = deps;
  const settings = settingsOf(wiring, deps.formats);
  const bitsMax = Math.max(bitsMaxUsual, ...settings.formats.map(({ length }) => length));
  const gapUs = wiring.frameGapMs * 1000;
  const counter = createReaderCounter(wiring.id, deps.nowWallMs);
  const swapped = createSwapWatch(settings, () => on.fault(wiring.d0, 'd0-d1-swapped'));
  const alarm = createAlarm(nowUs, deps.setTimer, () => expectCard());
  const stuck = createStuckWatch((line) => on.fault(line, 'stuck'));
  let pulses = quietLines;
  let entry = noPin;
  let stopped = false;

  const apply = (step: PulseStep) => {
    pulses = step.state;
    for (const output of step.outputs) {
      if (output.kind === 'frame' && !isTyped(output.bits, settings) && on.learn(wiring.id, output.bits)) {
        counter.seen();
        continue;
      }
      const result = readOutput(output, entry, settings);
      entry = result.entry;
      counter.count(output, result.read);
      tell(wiring.id, result.read, on);
      swapped.see(output, result.read);
    }
  };
  const expectCard = () => {
    const overUs = deadlineUs(pulses, gapUs);
    if (overUs === undefined || stopped) return;
    for (const output of endIfOver(pulses, overUs, gapUs, false).outputs) {
      const { read } = readOutput(output, entry, settings);
      if (read.kind === 'card' && read.refused === undefined) on.expect(wiring.id, read.card);
    }
  };
  const schedule = () => {
    alarm.at(Math.min(deadlineUs(pulses, gapUs) ?? Infinity, stuck.dueUs()), () => {
      const seenUs = nowUs();
      deps.afterDelivery(() => look(seenUs));
    });
  };
  const look = (seenUs: number) => {
    if (stopped) return;
    // On one busy processor the thread that waits for the kernel may not have had its turn: edges of this frame are still there.
    if (deadlineUs(pulses, gapUs) !== undefined) hardware.deliver();
    const active = [wiring.d0, wiring.d1].find((line) => hardware.isActive(line));
    // It may be the first pulse of the next frame, come since: its edge then ends the frame before as a good one.
    if (active !== undefined) hardware.deliver();
    apply(endIfOver(pulses, seenUs, gapUs, active !== undefined));
    stuck.see(active, seenUs);
    schedule();
  };
  look(nowUs());
  return {
    wiring,
    take(edge) {
      apply(takeEdge(pulses, edge, gapUs, bitsMax));
      schedule();
    },
    health: () => ({ ...counter.health(), ...(swapped.found() ? { swapped: true } : {}) }),
    stop() {
      stopped = true;
      alarm.cancel();
    },
  };
}

function settingsOf(
  { id, formats, keypad, facilities }: ReaderWiring,
  known: ReaderDeps['formats'],
): ReaderSettings {
  const rows = formats.map((name) => {
    const format = known.get(name);
    if (format !== undefined) return format;
    throw new Error(`reader ${id}: no Wiegand format "${name}"; choose of: ${[...known.keys()].join(', ')}`);
  });
  return {
    formats: rows,
    ...(keypad === undefined ? {} : { keypad }),
    ...(facilities === undefined ? {} : { facilities }),
  };
}

function tell(reader: ReaderId, read: Read, on: ReaderListener): void {
  if (read.kind === 'card') on.card(reader, read.card, read.refused);
  if (read.kind === 'pin') on.pin(reader, read.digits);
  if (read.kind === 'unreadable') on.unreadable(reader, read.fault, read.bits);
}

/** Tells once when frames are wrong as they come and right complemented, several in a row; a good one ends it. */
function createSwapWatch({ formats }: ReaderSettings, tellSwapped: () => void) {
  let inRow = 0;
  return {
    see(output: PulseOutput, read: Read) {
      if (read.kind === 'card') inRow = 0;
      if (output.kind !== 'frame' || read.kind !== 'unreadable') return;
      inRow = readsSwapped(output.bits, formats) ? inRow + 1 : 0;
      if (inRow === swappedFrames) tellSwapped();
    },
    found: () => inRow >= swappedFrames,
  };
}

/** Tells once when a line stays active for `stuckUs`; a quiet look makes it ready to tell again. */
function createStuckWatch(tellStuck: (line: LineName) => void) {
  let sinceUs: number | undefined;
  let told = false;
  return {
    see(active: LineName | undefined, atUs: number) {
      if (active === undefined) {
        sinceUs = undefined;
        told = false;
        return;
      }
      sinceUs ??= atUs;
      if (told || atUs - sinceUs < stuckUs) return;
      told = true;
      tellStuck(active);
    },
    dueUs: () => (sinceUs === undefined || told ? Infinity : sinceUs + stuckUs),
  };
}

/** One timer for a moment that moves: moved later it stays and its owner asks anew when it fires. */
function createAlarm(nowUs: () => number, setTimer: ReaderDeps['setTimer'], soon: () => void) {
  let set: { readonly dueUs: number; readonly cancel: () => void } | undefined;
  const cancel = () => {
    set?.cancel();
    set = undefined;
  };
  const at = (dueUs: number, ring: () => void) => {
    if (dueUs === Infinity) return cancel();
    if (set !== undefined && set.dueUs <= dueUs) return;
    cancel();
    const fire = () => {
      set = undefined;
      ring();
    };
    set = { dueUs, cancel: setTimer(fire, Math.max(0, (dueUs - nowUs()) / 1000), soon) };
  };
  return { at, cancel };
}
