/** Puts simulated readers on a line: replies leave after their delay, one after another, in wire time where asked. */
import type { SerialLine } from '../../../hardware/ports.js';
import type { Answer, Peripheral } from './peripheral.js';

export interface Attachment {
  readonly nowMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
}

/** One reader at its own end of a wire in memory, which takes the time of the bytes. It follows its own changes of speed. */
export function attach(peripheral: Peripheral, line: SerialLine, deps: Attachment): void {
  const mouth: Mouth = { freeMs: 0 };
  line.onBytes((bytes) => {
    const heardMs = deps.nowMs();
    for (const answer of peripheral.hear(bytes, heardMs)) {
      const wireMs = (count: number) => (count * 10_000) / peripheral.baud();
      const endMs = say(mouth, answer, heardMs, (piece, atMs) => {
        at(deps, atMs, () => line.write(piece));
        return atMs + wireMs(piece.length);
      });
      at(deps, endMs, () => {
        answer.afterwards?.();
        line.setBaud(peripheral.baud());
      });
    }
  });
}

/** What a pseudo-terminal gives: bytes at once, and the speed they were meant to have. */
export interface FarEnd {
  onBytes(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  /** Left out: every reader's own. */
  speed?(): number;
}

/**
 * Many readers behind one far end that has no wire time of its own: each piece of a reply comes when its last byte
 * would have passed at the readers' speed, counted from the moment the command's first byte was there. What the
 * simulation itself takes to think is not added. Readers at another speed than the panel's hear nothing.
 */
export function attachAll(peripherals: readonly Peripheral[], far: FarEnd, deps: Attachment): void {
  const mouths = new Map(peripherals.map((one): [Peripheral, Mouth] => [one, { freeMs: 0 }]));
  far.onBytes((bytes) => {
    const heardMs = deps.nowMs();
    const speed = far.speed?.();
    for (const peripheral of peripherals) {
      if (speed !== undefined && speed !== peripheral.baud()) continue;
      for (const answer of peripheral.hear(bytes, heardMs)) {
        const wireMs = (count: number) => (count * 10_000) / peripheral.baud();
        const mouth = mouths.get(peripheral) ?? { freeMs: 0 };
        const endMs = say(mouth, answer, heardMs + wireMs(bytes.length), (piece, atMs) => {
          const overMs = atMs + wireMs(piece.length);
          at(deps, overMs, () => far.write(piece));
          return overMs;
        });
        at(deps, endMs, () => answer.afterwards?.());
      }
    }
  });
}

/** A reader answers one command after the other, so what it says late holds up what it says next. */
interface Mouth {
  freeMs: number;
}

/** Plans the pieces of an answer; `send` is told when a piece begins and gives when it is over, as this does of all. */
function say(
  mouth: Mouth,
  { pieces, overtakes }: Answer,
  heardMs: number,
  send: (piece: Uint8Array, atMs: number) => number,
): number {
  let atMs = overtakes ? heardMs : Math.max(heardMs, mouth.freeMs);
  for (const { bytes, afterMs } of pieces) atMs = send(bytes, atMs + afterMs);
  if (!overtakes) mouth.freeMs = atMs;
  return atMs;
}

function at({ nowMs, setTimer }: Attachment, dueMs: number, run: () => void): void {
  setTimer(run, Math.max(0, dueMs - nowMs()));
}
