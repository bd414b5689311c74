/** Puts simulated readers on a line: replies leave after their delay, one after another, in wire time where asked. */
import type { SerialLine } from '../../../hardware/ports.js';
import type { Answer, Peripheral } from './peripheral.js';

export interface Attachment {
  readonly nowMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
}

/** One reader at its own end of a wire in memory. It follows its own changes of speed. */
export function attach(peripheral: Peripheral, line: SerialLine, deps: Attachment): void {
  const mouth: Mouth = { freeMs: 0 };
  line.onBytes((bytes) => {
    for (const answer of peripheral.hear(bytes, deps.nowMs())) {
      send(
        mouth,
        answer,
        line.write,
        () => {
          line.setBaud(peripheral.baud());
        },
        deps,
        (count) => (count * 10_000) / peripheral.baud(),
      );
    }
  });
}

/** What a pseudo-terminal gives: bytes at once, no speed. */
export interface FarEnd {
  onBytes(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
}

/**
 * Many readers behind one far end that has no wire time of its own: a reply comes when the command and it would have
 * passed at the readers' speed. Readers at another speed than the panel's hear nothing.
 */
export function attachAll(peripherals: readonly Peripheral[], far: FarEnd, deps: Attachment): void {
  const mouths = new Map(peripherals.map((one): [Peripheral, Mouth] => [one, { freeMs: 0 }]));
  far.onBytes((bytes) => {
    const heardMs = deps.nowMs();
    for (const peripheral of peripherals) {
      const wireMs = (count: number) => (count * 10_000) / peripheral.baud();
      for (const answer of peripheral.hear(bytes, heardMs)) {
        const [first, ...rest] = answer.pieces;
        const delayed =
          first === undefined
            ? []
            : [
                { ...first, afterMs: first.afterMs + wireMs(bytes.length) + wireMs(first.bytes.length) },
                ...rest,
              ];
        send(
          mouths.get(peripheral) ?? { freeMs: 0 },
          { ...answer, pieces: delayed },
          (piece) => far.write(piece),
          () => {},
          deps,
          wireMs,
        );
      }
    }
  });
}

/** A reader answers one command after the other, so what it says late holds up what it says next. */
interface Mouth {
  freeMs: number;
}

function send(
  mouth: Mouth,
  { pieces, afterwards, overtakes }: Answer,
  write: (bytes: Uint8Array) => void,
  changed: () => void,
  deps: Attachment,
  wireMs: (bytes: number) => number,
): void {
  const nowMs = deps.nowMs();
  let atMs = overtakes ? 0 : Math.max(0, mouth.freeMs - nowMs);
  for (const { bytes, afterMs } of pieces) {
    atMs += afterMs;
    deps.setTimer(() => write(bytes), atMs);
    atMs += wireMs(bytes.length);
  }
  if (!overtakes) mouth.freeMs = nowMs + atMs;
  deps.setTimer(() => {
    afterwards?.();
    changed();
  }, atMs);
}
