import { LineError, type LineName } from '../ports.js';

const historyMax = 128;

export interface LevelChange {
  readonly atUs: number;
  readonly high: boolean;
}

/**
 * The metal of a mock board: levels that outlive the process that drove them. Hand the same copper to two
 * boards opened one after the other and the second finds what the first left.
 */
export interface Copper {
  /** Undefined while nothing ever drove the line. */
  isHigh(line: LineName): boolean | undefined;
  /** Sets a level from anywhere: the program, a contact, a reader. Equal levels are no change. */
  set(line: LineName, high: boolean, atUs: number): void;
  /** The latest changes, oldest first, at most 128. */
  history(line: LineName): readonly LevelChange[];
  /** Takes lines for one process, all or none. Throws `LineError` when another process holds one. */
  take(lines: readonly LineName[]): void;
  release(lines: readonly LineName[]): void;
}

/** New copper: no line has a level yet. */
export function createCopper(): Copper {
  const levels = new Map<LineName, boolean>();
  const histories = new Map<LineName, LevelChange[]>();
  const held = new Set<LineName>();
  return {
    isHigh: (line) => levels.get(line),
    set(line, high, atUs) {
      if (levels.get(line) === high) return;
      levels.set(line, high);
      const history = histories.get(line) ?? [];
      history.push({ atUs, high });
      if (history.length > historyMax) history.shift();
      histories.set(line, history);
    },
    history: (line) => [...(histories.get(line) ?? [])],
    take(lines) {
      const busy = lines.find((line) => held.has(line));
      if (busy !== undefined) throw new LineError(busy, 'is held by another process');
      for (const line of lines) held.add(line);
    },
    release(lines) {
      for (const line of lines) held.delete(line);
    },
  };
}
