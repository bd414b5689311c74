/** Operators' passwords: scrypt with its parameters stored beside the salt, so that they can be raised later. */
import { scrypt, timingSafeEqual } from 'node:crypto';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** The same work whether or not there is a `stored` hash; undefined = too many at once, ask again later. */
  verify(password: string, stored: string | undefined): Promise<boolean | undefined>;
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and some 100 ms each (OWASP: N=2^15, r=8 with p=1 upward). */
const standard: Cost = { N: 32_768, r: 8, p: 1 };
const maxmem = 64 * 1024 * 1024;
const saltBytes = 16;
const keyBytes = 32;
/** 32 MiB apiece: more at once would squeeze the doors' memory. */
const runningMax = 2;
const waitingMax = 16;

/** Hashes passwords; `cost` is lowered by tests only. */
export function createPasswords(random: (bytes: number) => Buffer, cost: Cost = standard): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= runningMax) await new Promise<void>((resume) => waiting.push(resume));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  return {
    async hash(password) {
      const salt = random(saltBytes);
      const key = await inTurn(() => derive(password, salt, cost));
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(
        '$',
      );
    },
    async verify(password, stored) {
      if (waiting.length >= waitingMax) return undefined;
      const parts = stored === undefined ? undefined : parse(stored);
      const { of, salt } = parts ?? { of: cost, salt: Buffer.alloc(saltBytes) };
      const key = await inTurn(() => derive(password, salt, of));
      const expected = parts?.key ?? Buffer.alloc(keyBytes);
      return key.length === expected.length && timingSafeEqual(key, expected) && parts !== undefined;
    },
  };
}

function parse(
  stored: string,
): { readonly of: Cost; readonly salt: Buffer; readonly key: Buffer } | undefined {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (match === null) return undefined;
  const [, N, r, p, salt = '', key = ''] = match;
  const of = { N: Number(N), r: Number(r), p: Number(p) };
  return { of, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password from every keyboard (RFC 8265 prepares passwords likewise).
    scrypt(password.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
