/**
 * Whose turn it is on a line. Round and round over the readers that answer; one with something to do comes in
 * between, but only every second time. A reader that may stay silent costs the line a fifth of a second and more, so
 * there is at most one such attempt in a round, and readers that are gone share a twelfth of the line's time.
 */
import type { Peripheral } from './peripheral.js';

/** Attempts at readers that are gone are this many times their cost apart. */
const probeShare = 12;

export interface Turns {
  /** The reader to speak to now, if any. */
  pick(nowMs: number): Peripheral | undefined;
  /** When `pick` will have one at the latest; not before the line is free. */
  nextMs(lineFreeMs: number): number;
  answered(peripheral: Peripheral): void;
  silent(peripheral: Peripheral, nowMs: number, costMs: number): void;
  /** It has a command waiting. */
  hurry(peripheral: Peripheral, nowMs: number): void;
}

export function createTurns(all: () => readonly Peripheral[]): Turns {
  let cursor = 0;
  let wasUrgent = false;
  /** Answers since the last silence. */
  let answers = Number.POSITIVE_INFINITY;
  let probeFromMs = 0;

  const isHealthy = (one: Peripheral) => one.up && !(one.exchange !== undefined && one.exchange.tries > 0);
  const healthy = () => all().reduce((count, one) => count + (isHealthy(one) && isPolled(one) ? 1 : 0), 0);
  const mayBeSilent = (one: Peripheral, nowMs: number, healthyCount: number) =>
    answers >= healthyCount && (one.up || healthyCount === 0 || nowMs >= probeFromMs);

  return {
    pick(nowMs) {
      const readers = all();
      const ready = (one: Peripheral) => one.readyMs <= nowMs;
      if (!wasUrgent) {
        const urgent = readers.find((one) => isUrgent(one) && isHealthy(one) && ready(one));
        if (urgent !== undefined) {
          wasUrgent = true;
          return urgent;
        }
      }
      wasUrgent = false;
      const healthyCount = healthy();
      for (let step = 0; step < readers.length; step++) {
        const at = (cursor + step) % readers.length;
        const one = readers[at];
        if (one === undefined || !ready(one)) continue;
        if (!isHealthy(one) && !mayBeSilent(one, nowMs, healthyCount)) continue;
        cursor = at + 1;
        return one;
      }
      return undefined;
    },
    nextMs(lineFreeMs) {
      const healthyCount = healthy();
      let next = Number.POSITIVE_INFINITY;
      for (const one of all()) {
        if (isHealthy(one)) next = Math.min(next, one.readyMs);
        else if (answers >= healthyCount) {
          const gate = one.up || healthyCount === 0 ? 0 : probeFromMs;
          next = Math.min(next, Math.max(one.readyMs, gate));
        }
      }
      return Math.max(next, lineFreeMs);
    },
    answered(one) {
      answers++;
      if (one.up) return;
      probeFromMs = 0;
    },
    silent(one, nowMs, costMs) {
      answers = 0;
      if (!one.up) probeFromMs = nowMs + probeShare * costMs;
    },
    hurry(one, nowMs) {
      if (one.up && one.phase.kind === 'online' && one.exchange === undefined) one.readyMs = nowMs;
    },
  };
}

/** It is asked again and again, so its turn will come. */
function isPolled({ phase }: Peripheral): boolean {
  return phase.kind !== 'held' && phase.kind !== 'unpaired';
}

function isUrgent({ phase, waiting, exchange }: Peripheral): boolean {
  if (exchange !== undefined) return exchange.busy > 0;
  if (phase.kind === 'online' || phase.kind === 'keying') return waiting.length > 0;
  return phase.kind !== 'held' && phase.kind !== 'unpaired';
}
