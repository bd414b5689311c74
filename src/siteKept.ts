/**
 * The site file as it was last found good, read back while nothing has changed: the libraries that check it are a third of
 * a start on a small machine. Kept in the data folder, which nobody but the service may write, and only where
 * SALLYPORT_DATA names that before the file is read.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { SiteFile } from './config/siteSchema.js';
import { version } from './version.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Kept {
  /** What was kept for the file as it is now; undefined = it must be read. */
  readonly site: SiteFile | undefined;
  /** Keeps what the file was found to say. Never throws: what cannot be kept is read again. */
  keep(site: SiteFile): void;
}

const fileName = 'site.checked';
/** Hex of a SHA-256. */
const hashLength = 64;

/** Looks for what was kept of the site file at `path`. Never throws. */
export function keptSite(path: string, env: Environment): Kept {
  const { SALLYPORT_DATA: data = '' } = env;
  const key = data === '' ? undefined : keyOf(path, env);
  if (key === undefined) return { site: undefined, keep: () => undefined };
  const file = join(data, fileName);
  return {
    site: read(file, key),
    keep(site) {
      // Edited while it was checked: which of the two was found good is not known.
      if (keyOf(path, env) === key) write(file, key, site);
    },
  };
}

/** All that what is found depends on; undefined = the file cannot be read. */
function keyOf(path: string, env: Environment): string | undefined {
  const { SALLYPORT_DATA: data, SALLYPORT_HTTP_PORT: port } = env;
  try {
    const around = [version, process.version, process.cwd(), path, data ?? '', port ?? '', ...rules()];
    return hashOf(JSON.stringify(around), readFileSync(path));
  } catch {
    return undefined;
  }
}

/** The program's own part: the files that hold the rules, as they lie on the disk. */
function rules(): readonly string[] {
  const folders = ['config', 'readers/wiegand', '../hardware/boards', '../hardware'];
  return folders.flatMap((folder) => {
    const at = fileURLToPath(new URL(folder, import.meta.url));
    return readdirSync(at).map((name) => {
      const { size, mtimeMs } = statSync(join(at, name));
      return `${name} ${size} ${mtimeMs}`;
    });
  });
}

/** The file: the key, the hash of the rest, the rest. */
function read(file: string, key: string): SiteFile | undefined {
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(2 * hashLength);
    const head = bytes.toString('latin1', 0, 2 * hashLength);
    return head === key + hashOf(body) ? (deserialize(body) as SiteFile) : undefined;
  } catch {
    return undefined;
  }
}

function write(file: string, key: string, site: SiteFile): void {
  try {
    const body = serialize(site);
    const whole = Buffer.concat([Buffer.from(key + hashOf(body), 'latin1'), body]);
    writeFileSync(`${file}.new`, whole, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A disk that takes no writes: the file is read at every start.
  }
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
