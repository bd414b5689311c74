import type { Commit, CommitId } from '../core/effects.js';
import type { Connection } from './database.js';
import type { EventLog } from './eventLog.js';
import type { ZoneRecordTable } from './zoneRecords.js';

export interface DoorCommits {
  /** Writes the commits of one transaction, except those written already: a commit may be sent again after a failure. */
  apply(commits: readonly Commit[]): void;
  /** The last durable commit of this session; 0 = none. */
  through(): CommitId;
}

/** The core's commits on the writing connection. `session` names one run of the core: ids start again with it. */
export function createDoorCommits(
  db: Connection,
  parts: { readonly session: string; readonly log: EventLog; readonly records: ZoneRecordTable },
): DoorCommits {
  const { session, log, records } = parts;
  const readProgress = db
    .prepare<[string], number>('SELECT last_commit FROM commit_progress WHERE session = ?')
    .pluck();
  const writeProgress = db.prepare(
    'INSERT OR REPLACE INTO commit_progress (id, session, last_commit) VALUES (1, ?, ?)',
  );
  const putPassage = db.prepare('INSERT OR REPLACE INTO pending_passages (id, body) VALUES (?, ?)');
  const dropPassage = db.prepare('DELETE FROM pending_passages WHERE id = ?');
  const putFact = db.prepare('INSERT OR REPLACE INTO core_facts (key, value) VALUES (?, ?)');
  const dropFact = db.prepare('DELETE FROM core_facts WHERE key = ?');
  const changeUses = db.prepare(
    `UPDATE credentials SET uses_left = max(0, uses_left + ?), revision = revision + 1
     WHERE id = ? AND uses_left IS NOT NULL`,
  );
  /** Nobody else writes it, and after any failure there is a new connection with a new one of these. */
  let progress: CommitId | undefined;
  const through = (): CommitId => {
    progress ??= readProgress.get(session) ?? 0;
    return progress;
  };
  const write = (commit: Commit): void => {
    for (const row of commit.rows) {
      const seq = log.add(row);
      for (const change of row.records ?? []) records.apply(change, seq);
    }
    for (const change of commit.passages) {
      if (change.kind === 'drop') dropPassage.run(change.id);
      else putPassage.run(change.passage.id, JSON.stringify(change.passage));
    }
    for (const { key, value } of commit.facts) {
      if (value === null) dropFact.run(key);
      else putFact.run(key, JSON.stringify(value));
    }
    for (const { credential, by } of commit.uses ?? []) changeUses.run(by, credential);
  };
  return {
    apply: (commits) => {
      const before = through();
      let last = before;
      for (const commit of commits) {
        if (commit.id <= last) continue;
        write(commit);
        last = commit.id;
      }
      if (last === before) return;
      // What only the last of them decides is written once for all.
      log.seal();
      writeProgress.run(session, last);
      progress = last;
    },
    through,
  };
}
