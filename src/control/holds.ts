/** Decisions that wait their turn while something they depend on is being changed. */
export interface Holds {
  /** Runs `decide` now, or when nothing holds any more. */
  whenFree(decide: () => void): void;
  hold(id: number): void;
  unhold(id: number): void;
}

/**
 * While a change is on its way to the disk no decision is made on the old state and logged after the change
 * (invariant I12). No longer than `longestMs`, counted from the first change: then doors come first.
 */
export function createHolds(
  longestMs: () => number,
  setTimer: (callback: () => void, ms: number) => () => void,
): Holds {
  const held: (() => void)[] = [];
  const holding = new Set<number>();
  let cancel = (): void => undefined;
  const release = (): void => {
    cancel();
    holding.clear();
    for (const decide of held.splice(0)) decide();
  };
  return {
    whenFree: (decide) => {
      if (holding.size === 0) decide();
      else held.push(decide);
    },
    hold: (id) => {
      if (holding.size === 0) cancel = setTimer(release, longestMs());
      holding.add(id);
    },
    unhold: (id) => {
      if (holding.delete(id) && holding.size === 0) release();
    },
  };
}
