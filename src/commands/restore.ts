/** `sallyport restore`: puts a backup into a data folder that no controller runs on, a fresh one or an old one. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { putInPlace, stageRestore } from '../storage/restore.js';

export interface RestoreOptions {
  readonly file: string;
  readonly dataDir: string;
  readonly passphrase: string;
  readonly wallMs: number;
}

/** Says what it did. Rejects, with the old state as it was, when the backup is not whole or the folder is in use. */
export async function restore({ file, dataDir, passphrase, wallMs }: RestoreOptions): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const at = { monoMs: 0, wallMs, trust: 'unset' } as const;
  const by = { kind: 'system' } as const;
  const { madeAt, head } = await stageRestore({ dataDir, file: resolve(file), passphrase, by, at });
  const placed = putInPlace(dataDir, new Date(wallMs).toISOString().replace(/\D/g, '').slice(0, 14));
  const kept = placed?.kept === undefined ? '' : ` What was there before is kept as ${placed.kept}.`;
  return `Restored the backup of ${madeAt}: the log is whole to row ${head.seq}:${head.hash}.${kept}`;
}
