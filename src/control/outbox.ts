import type { Commit, CommitId } from '../core/effects.js';

/**
 * What storage has not confirmed yet. Everything is kept and sent again after a failure; when storage stays away
 * and memory would fill, rows that change nothing (refusals, door events) give way, counted, and what moves a
 * record, a passage or a fact never does.
 */
export interface Outbox {
  /** Keeps the commit; true = hand it to storage now, false = storage is away, it goes later. */
  add(commit: Commit): boolean;
  confirm(through: CommitId): void;
  fail(): void;
  /** Storage is back and has everything up to `through`: what to send again, oldest first, and what was lost. */
  recover(through: CommitId): { readonly resend: readonly Commit[]; readonly rowsLost: number };
  rowsWaiting(): number;
}

/** Rows kept in memory while storage is away (reliability, section 2 rule 10). */
const ROWS_MAX = 1_000;

export function createOutbox(): Outbox {
  let waiting: Commit[] = [];
  let rows = 0;
  let away = false;
  let rowsLost = 0;
  const drop = (through: CommitId): void => {
    const first = waiting.findIndex((commit) => commit.id > through);
    const done = first === -1 ? waiting : waiting.slice(0, first);
    for (const commit of done) rows -= commit.rows.length;
    waiting = first === -1 ? [] : waiting.slice(first);
  };
  return {
    add: (commit) => {
      if (away && rows >= ROWS_MAX && mayBeLost(commit)) {
        rowsLost += commit.rows.length;
        return false;
      }
      waiting.push(commit);
      rows += commit.rows.length;
      return !away;
    },
    confirm: drop,
    fail: () => {
      away = true;
    },
    recover: (through) => {
      drop(through);
      away = false;
      const lost = rowsLost;
      rowsLost = 0;
      return { resend: [...waiting], rowsLost: lost };
    },
    rowsWaiting: () => rows,
  };
}

function mayBeLost(commit: Commit): boolean {
  return (
    commit.passages.length === 0 &&
    commit.facts.length === 0 &&
    commit.rows.every((row) => row.records === undefined)
  );
}
