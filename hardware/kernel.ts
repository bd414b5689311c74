/**
 * What the Linux GPIO character device (v2) does with inputs, in memory: sequence numbers and one bounded
 * queue for each request, leading edges of pulse lines, debounced levels. For the mock, and for sysfs, which does none of it.
 */
import type { Edge, LineName } from './ports.js';

/** Calls `run` once after `afterMs`; the function returned calls it off. */
export type SetTimer = (run: () => void, afterMs: number) => () => void;

/** The largest buffer the kernel gives (`event_buffer_size`). */
const queueMax = 1024;

/** One request of lines. */
export interface EdgeQueue {
  push(line: LineName, active: boolean, atUs: number): void;
  /** An edge the kernel never queued: only the sequence number shows it. */
  lose(): void;
  /** Hands over what is queued while `flowing` says so. */
  drain(): void;
}

interface QueueEnds {
  readonly flowing: () => boolean;
  readonly deliver: (edge: Edge) => void;
  readonly lost: (line: LineName) => void;
}

/** An empty queue; the first edge is number 1. A full queue drops its oldest edge, as the kernel does. */
export function createEdgeQueue(ends: QueueEnds): EdgeQueue {
  const queued: Edge[] = [];
  let seqno = 0;
  let deliveredSeqno = 0;
  const drain = () => {
    while (ends.flowing()) {
      const edge = queued.shift();
      if (edge === undefined) return;
      const gap = edge.seqno !== deliveredSeqno + 1;
      deliveredSeqno = edge.seqno;
      if (gap) ends.lost(edge.line);
      ends.deliver(edge);
    }
  };
  return {
    push(line, active, atUs) {
      seqno += 1;
      if (queued.length === queueMax) queued.shift();
      queued.push({ line, active, atUs, seqno });
      drain();
    },
    lose() {
      seqno += 1;
    },
    drain,
  };
}

/** One input line behind its edge detector. */
export interface EdgeDetector {
  /** The wire changed. */
  change(active: boolean, atUs: number): void;
  isActive(): boolean;
  lose(): void;
  stop(): void;
}

/** A pulse line: every leading edge, nothing else. */
export function pulseInput(line: LineName, queue: EdgeQueue, initial: boolean): EdgeDetector {
  let level = initial;
  return {
    change(active, atUs) {
      if (active === level) return;
      level = active;
      if (active) queue.push(line, true, atUs);
    },
    isActive: () => level,
    lose: queue.lose,
    stop() {},
  };
}

interface LevelDeps {
  readonly nowUs: () => number;
  readonly setTimer: SetTimer;
  readonly debounceMs: number;
}

/**
 * A level line by the kernel's rule: each raw edge starts the debounce period anew; at its end a level that
 * differs from the one reported last is an edge, stamped with that end.
 */
export function levelInput(
  line: LineName,
  queue: EdgeQueue,
  initial: boolean,
  deps: LevelDeps,
): EdgeDetector {
  const debounceUs = deps.debounceMs * 1000;
  let raw = initial;
  let settled = initial;
  let dueUs: number | undefined;
  let cancel = () => {};
  const settle = () => {
    if (dueUs === undefined) return;
    const atUs = dueUs;
    dueUs = undefined;
    cancel();
    if (raw === settled) return;
    settled = raw;
    queue.push(line, settled, atUs);
  };
  const isDue = (atUs: number) => dueUs !== undefined && atUs >= dueUs;
  return {
    change(active, atUs) {
      // The kernel's timer is not ours: what had settled before this edge was reported then, however late we are.
      if (isDue(atUs)) settle();
      if (active === raw) return;
      raw = active;
      dueUs = atUs + debounceUs;
      cancel();
      if (debounceUs === 0) return settle();
      cancel = deps.setTimer(settle, Math.max(0, Math.ceil((dueUs - deps.nowUs()) / 1000)));
    },
    isActive: () => (isDue(deps.nowUs()) ? raw : settled),
    lose: queue.lose,
    stop: () => cancel(),
  };
}
