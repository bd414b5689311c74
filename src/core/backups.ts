/** What the web thread may ask about backups. Pure types. */
import type { Actor } from './model.js';

export interface BackupSettings {
  /** Made by themselves once a day, if there is a passphrase. */
  readonly daily: boolean;
  /** Local hour from which the day's backup is due. */
  readonly hour: number;
  /** How many are kept. */
  readonly keep: number;
}

export const defaultBackupSettings: BackupSettings = { daily: true, hour: 2, keep: 14 };

export interface BackupEntry {
  readonly name: string;
  readonly bytes: number;
}

export type BackupAsk =
  | { readonly kind: 'list' }
  | { readonly kind: 'make'; readonly by: Actor }
  | { readonly kind: 'passphrase'; readonly passphrase: string; readonly by: Actor }
  /** Proves a backup, puts it in place and starts again on it. */
  | { readonly kind: 'restore'; readonly name: string; readonly passphrase: string; readonly by: Actor };

export type BackupAnswer =
  | {
      readonly kind: 'list';
      readonly items: readonly BackupEntry[];
      readonly passphraseSet: boolean;
      readonly lastError?: string;
    }
  | { readonly kind: 'made'; readonly entry: BackupEntry }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'restoring';
      readonly madeAt: string;
      readonly throughSeq: number;
      /** Files for outside the data folder, left in its folder `from-backup`. */
      readonly outside: readonly string[];
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly error: string };
