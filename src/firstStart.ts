/** What a start needs before the doors open: the demo's people, a fresh claim code while nobody has claimed. */
import { createHash, randomBytes } from 'node:crypto';
import type { ManagementWrite, StoredToken, WriteOp, WriteResult } from './core/management.js';
import type { Instant } from './core/model.js';
import type { Reads } from './core/reads.js';
import { demoPeople, demoSource } from './demo/people.js';
import { welcome } from './demo/welcome.js';
import type { StorageThread } from './threads.js';

export interface PrepareOptions {
  readonly storage: StorageThread;
  readonly reads: Reads;
  readonly now: () => Instant;
  readonly demo: boolean;
}

export interface Prepared {
  /** The text for the person who started it, once the address is known. */
  welcome(address: string, board: string): string;
}

/** 80 bits in the alphabet of RFC 4648 base32, which has no 0, 1, 8 to mistake for letters. */
const CLAIM_BYTES = 10;
/** The demo's token, made at each start, is good for a day. */
const DEMO_TOKEN_MS = 86_400_000;

/** Writes what is missing and says what to print. Rejects when storage refuses. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const claimCode = await freshClaimCode(options);
  if (!options.demo) return { welcome: (address) => plainWelcome(address, claimCode) };
  if (options.reads.count('users') === 0 && options.reads.count('zones') === 0) {
    await write(options, demoPeople());
  }
  const sourcePassword = randomBytes(12).toString('base64url');
  const token = randomBytes(32).toString('base64url');
  await write(options, [...demoAccess(token, options.now().wallMs), demoSource(sourcePassword)]);
  return {
    welcome: (address, board) =>
      welcome({
        address,
        board,
        sourcePassword,
        token,
        mode: isInside(options.reads, 'ann') ? 'Exit' : 'Entry',
        ...(claimCode === undefined ? {} : { claimCode }),
      }),
  };
}

/** Nothing can be written: what was claimed before serves, and nothing new is offered. */
export function unprepared(error: string): Prepared {
  return {
    welcome: (address) =>
      `Sallyport listens on ${address}. The disk cannot be written (${error}): exits open, grants follow each door's ` +
      'policy. Once the disk can be written again it starts anew by itself.',
  };
}

/** While there is no administrator each start makes a new code; the last one's is void. */
async function freshClaimCode(options: PrepareOptions): Promise<string | undefined> {
  const { items } = options.reads.list('operators', { limit: 100 });
  if (items.some(({ body }) => body.role === 'administrator')) return undefined;
  const code = claimCodeOf(randomBytes(CLAIM_BYTES));
  const value = createHash('sha256').update(code.replaceAll('-', '')).digest('hex');
  const id = 'claim-code-hash';
  await write(options, [{ op: 'put', collection: 'settings', id, body: { id, value } }]);
  return code;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Ten bytes as four groups of four letters. */
function claimCodeOf(bytes: Uint8Array): string {
  let value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = '';
  for (let i = 0; i < (CLAIM_BYTES * 8) / 5; i += 1) {
    text = (base32[Number(value & 31n)] ?? '') + text;
    value >>= 5n;
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

/** An operator who may only play with the mock board, without a password, and the token of this start. */
function demoAccess(token: string, wallMs: number): readonly WriteOp[] {
  const body: StoredToken = {
    id: 'demo',
    hash: createHash('sha256').update(token).digest('hex'),
    operator: 'demo',
    role: 'demo',
    createdMs: wallMs,
    expiresMs: wallMs + DEMO_TOKEN_MS,
  };
  const operator = { id: 'demo', name: 'Demo', role: 'demo', passwordHash: '', disabled: false } as const;
  return [
    { op: 'put', collection: 'operators', id: 'demo', body: operator },
    { op: 'put', collection: 'tokens', id: 'demo', body },
  ];
}

function isInside(reads: Reads, user: string): boolean {
  const { items } = reads.zoneRecords(1, { limit: 1_000 });
  return items.some((item) => item.user === user && item.record.direction === 'entry');
}

function plainWelcome(address: string, claimCode: string | undefined): string {
  if (claimCode === undefined) return `Sallyport listens on ${address}.`;
  return `Sallyport listens on ${address}. Claim it with the one-time code ${claimCode} (POST /api/v1/claim).`;
}

async function write({ storage, now }: PrepareOptions, ops: readonly WriteOp[]): Promise<void> {
  const asked: ManagementWrite = { by: { kind: 'system' }, ops };
  const result = await new Promise<WriteResult>((resolve) => {
    const refuse = (message: string): void => resolve({ ok: false, error: { kind: 'storage', message } });
    storage.attach({
      committed: () => undefined,
      written: (_, written) => resolve(written),
      failed: refuse,
      recovered: () => undefined,
    });
    storage.write(0, now(), asked);
  });
  if (!result.ok) throw new Error(`storage refused the first writes: ${JSON.stringify(result.error)}`);
}
