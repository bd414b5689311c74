/**
 * What a backup holds beside the database, so that another Pi becomes the same door: the keys of its readers, its
 * certificates, its site file. By the name in the backup (which has no folders), where it goes in the data folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the database: the key that backups are made with. */
export const backupKeyFile = 'backup-key.json';
/** Where a restore leaves what belongs outside the data folder: no restore writes there. */
export const outsideFolder = 'from-backup';

interface Content {
  readonly name: string;
  /** In the data folder. */
  readonly place: string;
  /** Stays as it is where there is one: a passphrase set after the backup was made goes on. */
  readonly keep?: true;
}

/** Files of the data folder. */
const inside: readonly Content[] = [
  { name: 'osdp-keys.json', place: 'osdp-keys.json' },
  { name: backupKeyFile, place: backupKeyFile, keep: true },
  // Whoever trusts the old controller's certificates shall trust the new one's.
  ...['certificate.pem', 'key.pem', 'ca.crt', 'ca.key', 'server.crt', 'server.key'].map((file) => ({
    name: `tls-${file}`,
    place: join('tls', file),
  })),
];

/** Files the site file stands in, or names. */
export type OutsideName = 'site.yaml' | 'http-certificate.pem' | 'http-key.pem' | 'gsdk-client-ca.pem';
const outsideNames: readonly OutsideName[] = [
  'site.yaml',
  'http-certificate.pem',
  'http-key.pem',
  'gsdk-client-ca.pem',
];

/** A file outside the data folder, and under which name it goes into a backup. */
export interface OutsideFile {
  readonly name: OutsideName;
  readonly path: string;
}

/** All a backup may hold but the database; anything else is refused. */
export const contents: readonly Content[] = [
  ...inside,
  ...outsideNames.map((name) => ({ name, place: join(outsideFolder, name) })),
];

/** What goes into a backup now, beside the database. */
export function presentContents(
  dataDir: string,
  outside: readonly OutsideFile[],
): readonly { readonly name: string; readonly path: string }[] {
  return [...inside.map(({ name, place }) => ({ name, path: join(dataDir, place) })), ...outside].filter(
    ({ path }) => existsSync(path),
  );
}
