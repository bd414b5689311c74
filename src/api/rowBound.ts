/**
 * A bound on rows an outsider can cause: the log is on flash, and a flood of rows would wear it out and hide
 * what matters. What is held back is counted and told with the next row that passes.
 */

/** Asks for room for one row under `key`: the number held back since the last one, or undefined = no room. */
export type RowBound = (key: string, nowMs: number) => number | undefined;

const keysMax = 1_024;

interface Window {
  readonly sinceMs: number;
  rows: number;
  heldBack: number;
}

/** At most `rows` rows per `windowMs` for each key; at most 1,024 keys are told apart. */
export function createRowBound(rows: number, windowMs: number): RowBound {
  const windows = new Map<string, Window>();
  return (key, nowMs) => {
    const known = windows.get(key);
    if (known !== undefined && nowMs - known.sinceMs < windowMs) {
      if (known.rows >= rows) {
        known.heldBack += 1;
        return undefined;
      }
      known.rows += 1;
      return 0;
    }
    windows.delete(key);
    for (const oldest of windows.size >= keysMax ? windows.keys() : []) {
      windows.delete(oldest);
      break;
    }
    windows.set(key, { sinceMs: nowMs, rows: 1, heldBack: 0 });
    return known?.heldBack ?? 0;
  };
}
