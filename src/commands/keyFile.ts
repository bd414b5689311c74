/** What opens backups: a passphrase that people know, or a file that they keep. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';

export interface KeyGiven {
  /** A file whose first line is the passphrase; `-` = the input. */
  readonly passphraseFile?: string;
  /** Any file of 32 bytes or more, all of which are the key. */
  readonly keyFile?: string;
}

const keyMinBytes = 32;
const keyMaxBytes = 1024 * 1024;

/** The passphrase as the controller takes it; of a key file it is `key-file:` and its SHA-256. */
export function passphraseOf({ passphraseFile, keyFile }: KeyGiven): string {
  if ((passphraseFile === undefined) === (keyFile === undefined))
    throw new Error('name a passphrase file or a key file, one of the two');
  if (keyFile === undefined) {
    const from = passphraseFile === '-' ? 0 : String(passphraseFile);
    return readFileSync(from, 'utf8').split(/\r?\n/)[0] ?? '';
  }
  const { size } = statSync(keyFile);
  if (size < keyMinBytes || size > keyMaxBytes)
    throw new Error(`${keyFile}: a key file has ${keyMinBytes} bytes to 1 MiB, this one has ${size}`);
  return `key-file:${createHash('sha256').update(readFileSync(keyFile)).digest('hex')}`;
}

/** A new key file, readable by its owner alone; never over one that is there. */
export function makeKeyFile(path: string): void {
  writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
}
