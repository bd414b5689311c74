/** What the storage thread is told and what it tells. Structured-clone safe. */
import type { Commit, CommitId } from '../core/effects.js';
import type { ManagementWrite, WriteResult } from '../core/management.js';
import type { Instant } from '../core/model.js';

/**
 * To storage. Commits come with rising ids. After every `recovered`, and after a `ready` whose `through` is not
 * 0, the control thread sends one message with `resent: true` holding all commits above `through` (it may be
 * empty); until then storage drops what does not start with `through` + 1, since a commit sent before the
 * failure was known would leave a gap.
 */
export type ToStorage =
  | { readonly kind: 'commit'; readonly commits: readonly Commit[]; readonly resent?: true }
  | { readonly kind: 'write'; readonly id: number; readonly at: Instant; readonly write: ManagementWrite }
  | { readonly kind: 'close' };

/** From storage to the control thread. */
export type FromStorage =
  | {
      readonly kind: 'ready';
      /** The last commit of this session that is on the disk: not 0 when the thread was started again. */
      readonly through: CommitId;
      /** Where a database that could not be used was moved to; a fresh one is in its place. */
      readonly setAside?: string;
      /** Why the log is not the one written last time, for an alarm. */
      readonly logFault?: string;
    }
  /** Every commit up to and including `through` is on the disk. */
  | { readonly kind: 'committed'; readonly through: CommitId }
  | { readonly kind: 'written'; readonly id: number; readonly result: WriteResult }
  /** Nothing can be written; storage tries again by itself, until `recovered`, or `ready` if it never was. */
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'recovered'; readonly through: CommitId }
  | { readonly kind: 'closed' };

/** From storage to the web thread, not by way of control: the log has grown. */
export interface StorageToWeb {
  readonly kind: 'appended';
  readonly lastSeq: number;
}
