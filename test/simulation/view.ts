/** An invariant: its text, and how it is watched. */
import type { View } from './world.js';

export type { View } from './world.js';

export interface Invariant {
  readonly id: string;
  /** What is checked here; and, where the core alone does not hold it, what is checked elsewhere. */
  readonly text: string;
  /** A fresh watcher for one run: says what is wrong, or nothing. */
  readonly watch: () => (view: View) => string | undefined;
}

/** An invariant that remembers nothing from step to step. */
export function always(id: string, text: string, check: (view: View) => string | undefined): Invariant {
  return { id, text, watch: () => check };
}

/** Rows of these kinds that the core wrote and should not have, or should have written and did not. */
export function strayRows(view: View, kinds: readonly string[]): string | undefined {
  const isOne = (key: string): boolean => kinds.includes(key.slice(0, key.indexOf(' ')));
  const missing = view.missing.find(isOne);
  if (missing !== undefined) return `no row: ${missing}`;
  const extra = view.extra.find(isOne);
  return extra === undefined ? undefined : `a row too many: ${extra}`;
}

/** A broken invariant. */
export class Broken extends Error {
  constructor(
    readonly id: string,
    readonly problem: string,
  ) {
    super(`${id}: ${problem}`);
    this.name = 'Broken';
  }
}
