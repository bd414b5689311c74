/**
 * The keys of the OSDP readers: one file with mode 0600 in the data folder, and in encrypted backups. No key is in
 * the database, the log or the API.
 */
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReaderId } from '../core/model.js';
import type { Device } from '../readers/osdp/events.js';

/** What is kept for one reader. */
export interface ReaderKeys {
  readonly active?: Uint8Array;
  /** Written before it is sent; proved, it becomes the active one. */
  readonly pending?: Uint8Array;
  /** The pending one was typed by an operator: it may be typed again. One that was sent may be all a reader knows. */
  readonly entered?: true;
  /** Who the reader was when the key was proved. */
  readonly device?: Device;
}

export interface KeyStore {
  get(reader: ReaderId): ReaderKeys;
  /** One change after another; the same object back is none. Resolves when it is on the disk; rejects, and nothing has changed, when it cannot be. */
  update(reader: ReaderId, change: (now: ReaderKeys) => ReaderKeys): Promise<ReaderKeys>;
  /** Why nothing can be kept; undefined = all is well. */
  readonly fault: string | undefined;
}

export const keyFile = 'osdp-keys.json';

/**
 * Opens the store of a data folder. A file that is not there is an empty store. One that cannot be read keeps its bytes:
 * the store is then empty and takes nothing, and `fault` says why.
 */
export function openKeyStore(folder: string): KeyStore {
  const path = join(folder, keyFile);
  const read = readKeys(path);
  let kept = read.keys;
  let last: Promise<unknown> = Promise.resolve();
  return {
    fault: read.fault,
    get: (reader) => kept.get(reader) ?? {},
    update(reader, change) {
      if (read.fault !== undefined) return Promise.reject(new Error(read.fault));
      const written = last.then(async () => {
        const before = kept.get(reader) ?? {};
        const keys = change(before);
        if (keys === before) return keys;
        const next = new Map(kept).set(reader, keys);
        await writeKeys(path, next);
        kept = next;
        return keys;
      });
      last = written.catch(() => undefined);
      return written;
    },
  };
}

function readKeys(path: string): {
  readonly keys: ReadonlyMap<ReaderId, ReaderKeys>;
  readonly fault?: string;
} {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { keys: new Map(), ...(isMissing ? {} : { fault: `the key store ${path} cannot be read` }) };
  }
  const keys = parseKeys(text);
  return keys === undefined
    ? {
        keys: new Map(),
        fault: `the key store ${path} is damaged: bring back a copy, or remove it and key anew`,
      }
    : { keys };
}

/** Undefined when anything is not as it was written. */
function parseKeys(text: string): ReadonlyMap<ReaderId, ReaderKeys> | undefined {
  try {
    const { version, readers } = JSON.parse(text);
    if (version !== 1 || typeof readers !== 'object' || readers === null) return undefined;
    return new Map(Object.entries(readers).map(([reader, body]) => [reader, readerKeysOf(body)]));
  } catch {
    return undefined;
  }
}

function readerKeysOf(body: unknown): ReaderKeys {
  const { active, pending, entered, device } = Object(body);
  return {
    ...(active === undefined ? {} : { active: keyOf(active) }),
    ...(pending === undefined ? {} : { pending: keyOf(pending) }),
    ...(entered === true ? { entered } : {}),
    ...(device === undefined ? {} : { device: deviceOf(device) }),
  };
}

function deviceOf(device: Partial<Device>): Device {
  const { vendor, serial, clientId } = device;
  const told = { vendor: String(vendor), serial: Number(serial) };
  return clientId === undefined ? told : { ...told, clientId: String(clientId) };
}

function keyOf(hex: unknown): Uint8Array {
  if (typeof hex !== 'string' || !/^[0-9a-f]{32}$/.test(hex)) throw new Error('not a key');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** A new file beside the old one, on the disk before it takes its place; then the folder, so that the name is kept too. */
async function writeKeys(path: string, keys: ReadonlyMap<ReaderId, ReaderKeys>): Promise<void> {
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
  const readers = Object.fromEntries(
    [...keys].map(([reader, { active, pending, entered, device }]) => [
      reader,
      {
        ...(active === undefined ? {} : { active: hex(active) }),
        ...(pending === undefined ? {} : { pending: hex(pending) }),
        ...(entered === undefined ? {} : { entered }),
        ...(device === undefined ? {} : { device }),
      },
    ]),
  );
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${JSON.stringify({ version: 1, readers })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
