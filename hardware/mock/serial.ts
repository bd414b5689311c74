import type { SerialLine } from '../ports.js';

/** Bytes kept for an end that does not listen yet; the rest is lost, as in a terminal's buffer. */
const waitingMax = 4096;

/**
 * Two ends of one cable in memory: what one end writes the other receives, in order. A write from inside a
 * listener is delivered after that listener returns. Writing into a closed far end is lost, as on a cut cable.
 */
export function openSerialPair(): readonly [SerialLine, SerialLine] {
  const pending: (() => void)[] = [];
  let running = false;
  const later = (run: () => void) => {
    pending.push(run);
    if (running) return;
    running = true;
    try {
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) next();
    } finally {
      running = false;
    }
  };
  const a = createEnd();
  const b = createEnd();
  return [lineOf(a, b, later), lineOf(b, a, later)];
}

interface End {
  listener: ((bytes: Uint8Array) => void) | undefined;
  waiting: number[];
  closed: boolean;
}

function createEnd(): End {
  return { listener: undefined, waiting: [], closed: false };
}

function lineOf(own: End, far: End, later: (run: () => void) => void): SerialLine {
  return {
    onBytes(listener) {
      own.listener = listener;
      const bytes = Uint8Array.from(own.waiting.splice(0));
      if (bytes.length > 0) later(() => receive(own, bytes));
    },
    write(bytes) {
      if (own.closed) throw new Error('serial line: written after close');
      const copy = Uint8Array.from(bytes);
      later(() => receive(far, copy));
    },
    close() {
      own.closed = true;
    },
  };
}

function receive(end: End, bytes: Uint8Array): void {
  if (end.closed) return;
  if (end.listener === undefined) {
    end.waiting.push(...bytes.subarray(0, waitingMax - end.waiting.length));
    return;
  }
  end.listener(bytes);
}
