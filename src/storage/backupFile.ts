/**
 * The backup file: named files, compressed, in chunks of AES-256-GCM. Nothing of it can be read or changed, cut,
 * repeated or reordered without the key; the reader knows a whole file from a cut one.
 *
 * "SALYBAK1" | u32 length of the header | header (JSON) | chunks: u32 (bit 31: the last one; length of the text) | text | tag
 *
 * The key of a file is HKDF-SHA256(key, salt of the file); the nonce of chunk n is n, so no nonce comes twice under
 * one key. Every chunk vouches for the header, and for being the last or not (after STREAM, Rogaway et al. 2015).
 * Within: u32 length of the name | name | u64 size | bytes, until a name of length 0.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, statSync, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** How a key was made from a passphrase (RFC 7914). */
export interface Kdf {
  readonly n: number;
  readonly r: number;
  readonly p: number;
  /** Hex. */
  readonly salt: string;
}

export interface BackupKey {
  readonly key: Buffer;
  /** Written into each backup, so that the passphrase alone opens it anywhere. */
  readonly kdf: Kdf;
}

/** Why a backup cannot be read; the text is for a person. */
export class BackupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupError';
  }
}

const magic = 'SALYBAK1';
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const headerMaxBytes = 4_096;
const lastFlag = 0x8000_0000;
const nameMaxBytes = 64;
const namePattern = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/;
/** 32 MB and a fifth of a second on a small Pi. */
const cost = { n: 2 ** 15, r: 8, p: 1 };
const kdfMaxBytes = 256 * 1024 * 1024;

/** A new key from a passphrase. */
export function newBackupKey(passphrase: string): BackupKey {
  const kdf = { ...cost, salt: randomBytes(16).toString('hex') };
  return { key: derived(passphrase, kdf), kdf };
}

/**
 * Writes the files at `path`, which must not exist; the caller names it for good when this has resolved. `roomFor` is
 * asked before bytes are written and throws where there is no room for them.
 */
export async function writeBackup(
  path: string,
  key: BackupKey,
  madeAt: string,
  files: readonly { readonly name: string; readonly path: string }[],
  roomFor: (bytes: number) => void = () => undefined,
): Promise<void> {
  const salt = randomBytes(32).toString('hex');
  const header = Buffer.from(JSON.stringify({ format: 1, madeAt, kdf: key.kdf, salt }));
  const fileKey = fileKeyOf(key.key, salt);
  async function* encrypted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield Buffer.concat([Buffer.from(magic), u32(header.length), header]);
    let count = 0;
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of source) {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      // One chunk is kept back: only the end tells which is the last.
      while (rest.length > chunkBytes) {
        roomFor(chunkBytes);
        yield sealed(fileKey, header, count++, rest.subarray(0, chunkBytes), false);
        rest = rest.subarray(chunkBytes);
      }
    }
    roomFor(rest.length);
    yield sealed(fileKey, header, count, rest, true);
  }
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await streamed(target, () =>
    pipeline(
      Readable.from(framed(files), { objectMode: false }),
      createGzip({ level: 6 }),
      encrypted,
      target,
    ),
  );
}

/** Runs a pipeline into a file; when this settles the file is closed: one that is still being opened would come back after it was removed. */
export async function streamed(target: WriteStream, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } finally {
    if (!target.closed) await once(target, 'close');
  }
}

/**
 * Writes the files of a backup into `folder`. Rejects with a `BackupError` for a wrong key and for anything that is
 * not byte for byte what was written; what it has written until then is the caller's to remove. `roomFor` as above.
 */
export async function readBackup(
  path: string,
  key: { readonly passphrase: string } | { readonly key: Buffer },
  folder: string,
  roomFor: (bytes: number) => void = () => undefined,
): Promise<{ readonly madeAt: string; readonly names: readonly string[] }> {
  const file = await open(path, 'r');
  try {
    const { header, end } = await headerOf(file);
    const { madeAt, kdf, salt } = parsedHeader(header);
    const fileKey = fileKeyOf('key' in key ? key.key : derived(key.passphrase, kdf), salt);
    const names: string[] = [];
    const source = createReadStream(path, { start: end });
    await pipeline(
      source,
      (chunks: AsyncIterable<Buffer>) => decrypted(chunks, fileKey, header),
      createGunzip(),
      (pieces: AsyncIterable<Buffer>) => unframed(pieces, { folder, names, roomFor }),
    );
    return { madeAt, names };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new BackupError('The backup is damaged: its contents cannot be unpacked.');
    }
    throw error;
  } finally {
    await file.close();
  }
}

async function* framed(
  files: readonly { readonly name: string; readonly path: string }[],
): AsyncGenerator<Buffer> {
  for (const { name, path } of files) {
    const { size } = statSync(path);
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(size));
    yield Buffer.concat([u32(Buffer.byteLength(name)), Buffer.from(name), head]);
    // As long as it was when it was measured: a file that grows meanwhile would shift all that follows.
    if (size > 0) yield* createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>;
  }
  yield u32(0);
}

async function unframed(
  pieces: AsyncIterable<Buffer>,
  {
    folder,
    names,
    roomFor,
  }: { readonly folder: string; readonly names: string[]; readonly roomFor: (bytes: number) => void },
): Promise<void> {
  const bytes = createTaker(pieces);
  for (;;) {
    const length = (await bytes.exactly(4)).readUInt32BE();
    if (length === 0) break;
    const name = length > nameMaxBytes ? '' : (await bytes.exactly(length)).toString('latin1');
    if (!namePattern.test(name) || names.includes(name))
      throw new BackupError('The backup names a file it must not.');
    const size = (await bytes.exactly(8)).readBigUInt64BE();
    names.push(name);
    roomFor(Number(size));
    const target = await open(join(folder, name), 'wx', 0o600);
    try {
      for (let left = size; left > 0n; ) {
        const piece = await bytes.upTo(left > BigInt(chunkBytes) ? chunkBytes : Number(left));
        await target.writeFile(piece);
        left -= BigInt(piece.length);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  }
  if (!(await bytes.ended())) throw new BackupError('The backup goes on after its end.');
}

/** Bytes of a stream in the lengths that are asked for. */
function createTaker(pieces: AsyncIterable<Buffer>) {
  const iterator = pieces[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done === true) return false;
    rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    return true;
  };
  const upTo = async (length: number): Promise<Buffer> => {
    while (rest.length === 0) if (!(await fill())) throw new BackupError('The backup ends too early.');
    const taken = rest.subarray(0, length);
    rest = rest.subarray(taken.length);
    return taken;
  };
  return {
    upTo,
    exactly: async (length: number): Promise<Buffer> => {
      while (rest.length < length) if (!(await fill())) throw new BackupError('The backup ends too early.');
      return upTo(length);
    },
    ended: async (): Promise<boolean> => {
      while (rest.length === 0) if (!(await fill())) return true;
      return false;
    },
  };
}

async function* decrypted(
  chunks: AsyncIterable<Buffer>,
  key: Buffer,
  header: Buffer,
): AsyncGenerator<Buffer> {
  const bytes = createTaker(chunks);
  for (let count = 0; ; count += 1) {
    const word = (await bytes.exactly(4)).readUInt32BE();
    const last = word >= lastFlag;
    const length = last ? word - lastFlag : word;
    if (length > chunkBytes) throw new BackupError('The backup is damaged.');
    const text = await bytes.exactly(length + tagBytes);
    yield opened(key, header, count, text, last);
    if (!last) continue;
    if (!(await bytes.ended())) throw new BackupError('The backup goes on after its end.');
    return;
  }
}

function sealed(key: Buffer, header: Buffer, count: number, text: Buffer, last: boolean): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(count, last));
  cipher.setAAD(header);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([u32(body.length + (last ? lastFlag : 0)), body, cipher.getAuthTag()]);
}

function opened(key: Buffer, header: Buffer, count: number, text: Buffer, last: boolean): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(count, last));
  decipher.setAAD(header);
  decipher.setAuthTag(text.subarray(text.length - tagBytes));
  try {
    return Buffer.concat([decipher.update(text.subarray(0, text.length - tagBytes)), decipher.final()]);
  } catch {
    const why =
      count === 0 ? 'This is not its passphrase, or the backup is damaged.' : 'The backup is damaged.';
    throw new BackupError(why);
  }
}

function nonceOf(count: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(count, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function fileKeyOf(key: Buffer, salt: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.from(salt, 'hex'), 'sallyport-backup-1', 32));
}

function derived(passphrase: string, { n, r, p, salt }: Kdf): Buffer {
  const text = createHash('sha256').update(passphrase.normalize('NFC')).digest();
  return scryptSync(text, Buffer.from(salt, 'hex'), 32, { N: n, r, p, maxmem: kdfMaxBytes + 1024 * 1024 });
}

async function headerOf(file: FileHandle): Promise<{ readonly header: Buffer; readonly end: number }> {
  const fixed = magic.length + 4;
  const head = Buffer.alloc(fixed);
  const { bytesRead } = await file.read(head, 0, fixed, 0);
  const length = bytesRead < fixed ? 0 : head.readUInt32BE(magic.length);
  if (head.toString('latin1', 0, magic.length) !== magic || length === 0 || length > headerMaxBytes) {
    throw new BackupError('This file is no backup of Sallyport.');
  }
  const header = Buffer.alloc(length);
  const read = await file.read(header, 0, length, fixed);
  if (read.bytesRead < length) throw new BackupError('The backup ends too early.');
  return { header, end: fixed + length };
}

function parsedHeader(header: Buffer): { readonly madeAt: string; readonly kdf: Kdf; readonly salt: string } {
  let value: unknown;
  try {
    value = JSON.parse(header.toString('utf8'));
  } catch {
    throw new BackupError('The backup is damaged.');
  }
  const { format, madeAt, kdf, salt } = (value ?? {}) as Record<string, unknown>;
  if (format !== 1) throw new BackupError('The backup was made by a newer Sallyport.');
  if (typeof madeAt !== 'string' || typeof salt !== 'string' || !isKdf(kdf)) {
    throw new BackupError('The backup is damaged.');
  }
  return { madeAt: madeAt.slice(0, 64), kdf, salt };
}

/** What a header may ask of us is bounded: it is not vouched for before the key is made. */
function isKdf(value: unknown): value is Kdf {
  const { n, r, p, salt } = (value ?? {}) as Record<string, unknown>;
  if (typeof n !== 'number' || typeof r !== 'number' || typeof p !== 'number' || typeof salt !== 'string')
    return false;
  if (![n, r, p].every((one) => Number.isInteger(one) && one > 0) || p > 4 || n < 2 || (n & (n - 1)) !== 0)
    return false;
  return 128 * n * r <= kdfMaxBytes && /^[0-9a-f]{32,64}$/.test(salt);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
