/** One job about backups, in a thread that ends with it: copying, encrypting and proving take long and much memory. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Actor, Instant } from './core/model.js';
import { giveWay } from './giveWay.js';
import { backupPath, makeBackup, setBackupPassphrase, trimBackups } from './storage/backup.js';
import type { OutsideFile } from './storage/backupContents.js';
import { BackupError } from './storage/backupFile.js';
import { errorText } from './storage/database.js';
import { stageRestore } from './storage/restore.js';

export type BackupJob = { readonly dataDir: string } & (
  | {
      readonly job: 'make';
      readonly wallMs: number;
      readonly keep: number;
      readonly outside: readonly OutsideFile[];
    }
  | { readonly job: 'passphrase'; readonly passphrase: string }
  | {
      readonly job: 'stage';
      readonly name: string;
      readonly passphrase: string;
      readonly by: Actor;
      readonly at: Instant;
    }
);

export type BackupDone =
  | { readonly ok: true; readonly name: string; readonly bytes: number }
  | {
      readonly ok: true;
      readonly madeAt: string;
      readonly throughSeq: number;
      readonly outside: readonly string[];
    }
  | { readonly ok: true }
  | { readonly ok: false; readonly missing?: true; readonly error: string };

async function done(of: BackupJob): Promise<BackupDone> {
  giveWay();
  if (of.job === 'passphrase') {
    setBackupPassphrase(of.dataDir, of.passphrase);
    return { ok: true };
  }
  if (of.job === 'make') {
    const made = await makeBackup(of.dataDir, of.wallMs, of.outside);
    trimBackups(of.dataDir, of.keep);
    return { ok: true, ...made };
  }
  const file = backupPath(of.dataDir, of.name);
  if (file === undefined) return { ok: false, missing: true, error: 'there is no such backup' };
  const { madeAt, head, outside } = await stageRestore({ ...of, file });
  return { ok: true, madeAt, throughSeq: head.seq, outside };
}

done(workerData as BackupJob)
  .catch(
    (error: unknown): BackupDone => ({
      ok: false,
      error: error instanceof BackupError ? error.message : errorText(error),
    }),
  )
  .then((result) => parentPort?.postMessage(result));
