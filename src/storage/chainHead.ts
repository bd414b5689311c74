import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainHead } from './eventLog.js';

/** The exported chain head, beside the database: shows a cut tail or an older copy put back. */
export const headFile = 'chain-head.json';

/** Replaces the exported head: whole new file or the whole old one, at any moment of a power cut. */
export function exportHead(dataDir: string, head: ChainHead): void {
  const path = join(dataDir, headFile);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(head)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** The exported head; undefined when there is none or it cannot be understood. */
export function readExportedHead(dataDir: string): ChainHead | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(dataDir, headFile), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { seq, hash } = value as { seq?: unknown; hash?: unknown };
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  return { seq, hash };
}
