/**
 * Cards that nobody has, kept for a few minutes under a name that says nothing, so that an operator can enrol what
 * was just presented without its number standing in the log or on a page. In memory only.
 */
import { randomBytes } from 'node:crypto';
import type { UnknownCard } from '../core/requests.js';

export interface Unknowns {
  /** Keeps it and gives its handle: the same as last time while that one is kept. */
  keep(card: UnknownCard): string;
  find(handle: string): UnknownCard | undefined;
}

const keptMs = 10 * 60_000;
const keptMax = 64;
const handleBytes = 9;

/** Nothing kept yet. `nowMs` is monotonic. */
export function createUnknowns(nowMs: () => number): Unknowns {
  const kept = new Map<string, { readonly card: UnknownCard; readonly atMs: number }>();
  const forget = (): void => {
    for (const [handle, { atMs }] of kept) {
      if (kept.size > keptMax || nowMs() - atMs >= keptMs) kept.delete(handle);
    }
  };
  const isSame = (one: UnknownCard, other: UnknownCard): boolean =>
    one.kind === other.kind && one.secret === other.secret && one.bits === other.bits;
  return {
    keep: (card) => {
      forget();
      const known = [...kept].find(([, entry]) => isSame(entry.card, card))?.[0];
      const handle = known ?? randomBytes(handleBytes).toString('base64url');
      kept.delete(handle);
      kept.set(handle, { card, atMs: nowMs() });
      forget();
      return handle;
    },
    find: (handle) => {
      forget();
      return kept.get(handle)?.card;
    },
  };
}
