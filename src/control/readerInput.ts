/** The two lines of one Wiegand reader: frames ended in time, reads told, counts kept, stuck lines found. */
import type { Hardware, LineFault, LineName } from '../../hardware/ports.js';
import type { ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import { wiegandFormats } from '../readers/wiegand/formats.js';
import { type KeypadMode, noPin } from '../readers/wiegand/keypad.js';
import {
  deadlineUs,
  endIfOver,
  type PulseEdge,
  type PulseStep,
  quietLines,
  takeEdge,
} from '../readers/wiegand/pulses.js';
import {
  type CardRead,
  type Read,
  type ReaderSettings,
  readOutput,
  type UnreadableFault,
} from '../readers/wiegand/reads.js';

/** A line active this long is stuck: a broken wire, a missing pull-up or no common ground. */
const stuckUs = 1_000_000;

export interface ReaderWiring {
  readonly id: ReaderId;
  readonly d0: LineName;
  readonly d1: LineName;
  /** Names of `wiegandFormats`, in order of preference where two have one length. */
  readonly formats: readonly string[];
  /** Silence that ends a frame, 5 to 100. */
  readonly frameGapMs: number;
  readonly keypad?: KeypadMode;
  readonly tamper?: LineName;
}

export interface ReaderListener {
  card(reader: ReaderId, card: CardRead): void;
  pin(reader: ReaderId, digits: string): void;
  /** Bits arrived that are no card; `bits` is how many. */
  unreadable(reader: ReaderId, fault: UnreadableFault, bits: number): void;
  fault(line: LineName, fault: LineFault['fault']): void;
}

export interface ReaderDeps {
  readonly hardware: Pick<Hardware, 'isActive'>;
  /** The clock of the edges' stamps. */
  readonly nowUs: () => number;
  readonly nowWallMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
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
  const settings = settingsOf(wiring);
  const gapUs = wiring.frameGapMs * 1000;
  const counter = createCounter(wiring.id, deps.nowWallMs);
  const alarm = createAlarm(nowUs, deps.setTimer);
  const stuck = createStuckWatch((line) => on.fault(line, 'stuck'));
  let pulses = quietLines;
  let entry = noPin;
  let stopped = false;

  const apply = (step: PulseStep) => {
    pulses = step.state;
    for (const output of step.outputs) {
      const result = readOutput(output, entry, settings);
      entry = result.entry;
      counter.count(result.read);
      tell(wiring.id, result.read, on);
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
    const active = [wiring.d0, wiring.d1].find((line) => hardware.isActive(line));
    apply(endIfOver(pulses, seenUs, gapUs, active !== undefined));
    stuck.see(active, seenUs);
    schedule();
  };
  look(nowUs());
  return {
    wiring,
    take(edge) {
      apply(takeEdge(pulses, edge, gapUs));
      schedule();
    },
    health: counter.health,
    stop() {
      stopped = true;
      alarm.cancel();
    },
  };
}

function settingsOf({ id, formats, keypad }: ReaderWiring): ReaderSettings {
  const rows = formats.map((name) => {
    const format = wiegandFormats.get(name);
    if (format !== undefined) return format;
    const known = [...wiegandFormats.keys()].join(', ');
    throw new Error(`reader ${id}: no Wiegand format "${name}"; choose of: ${known}`);
  });
  return { formats: rows, ...(keypad === undefined ? {} : { keypad }) };
}

function tell(reader: ReaderId, read: Read, on: ReaderListener): void {
  if (read.kind === 'card') on.card(reader, read.card);
  if (read.kind === 'pin') on.pin(reader, read.digits);
  if (read.kind === 'unreadable') on.unreadable(reader, read.fault, read.bits);
}

/** Each end of a frame counts once: `frames` are cards and keys read, `noise` is all that was no whole frame. */
function createCounter(id: ReaderId, nowWallMs: () => number) {
  const counts = { frames: 0, parityErrors: 0, lengthErrors: 0, noise: 0 };
  let lastSeenWallMs: number | undefined;
  return {
    count(read: Read) {
      const counted = countOf(read);
      counts[counted] += 1;
      if (counted !== 'noise') lastSeenWallMs = nowWallMs();
    },
    health: (): ReaderHealth => ({
      id,
      ...counts,
      ...(lastSeenWallMs === undefined ? {} : { lastSeenWallMs }),
    }),
  };
}

function countOf(read: Read): 'frames' | 'parityErrors' | 'lengthErrors' | 'noise' {
  if (read.kind === 'noise') return 'noise';
  if (read.kind !== 'unreadable') return 'frames';
  if (read.fault === 'length') return 'lengthErrors';
  return read.fault === 'parity' || read.fault === 'key' ? 'parityErrors' : 'noise';
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
function createAlarm(nowUs: () => number, setTimer: ReaderDeps['setTimer']) {
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
    set = { dueUs, cancel: setTimer(fire, Math.max(0, (dueUs - nowUs()) / 1000)) };
  };
  return { at, cancel };
}
