/**
 * Digest nonces without a table of what was handed out: each proves its own origin, age and address by HMAC,
 * and the latest nc of each stands in a ring of fixed size. A nonce pushed out of the ring counts as stale.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What becomes of a presented nonce and its count. */
export type NonceUse = 'accepted' | 'replayed' | 'stale' | 'forged';

export interface Nonces {
  issue(address: string, nowMs: number): string;
  /** Takes this count of this nonce; `undefined` = an answer without qop, once per nonce. */
  use(nonce: string, address: string, count: number | undefined, nowMs: number): NonceUse;
}

const lifeMs = 60_000;
const ringSize = 65_536;
const countMax = 0xffff_ffff;
/** Serial number (6 bytes), monotonic time (6 bytes), truncated HMAC (16 bytes). */
const headBytes = 12;
const macBytes = 16;

/** Nonces under `secret`; times are monotonic milliseconds. */
export function createNonces(secret: Buffer): Nonces {
  const counts = new Uint32Array(ringSize);
  let serial = 0;
  return {
    issue(address, nowMs) {
      serial += 1;
      counts[serial % ringSize] = 0;
      const head = Buffer.alloc(headBytes);
      head.writeUIntBE(serial, 0, 6);
      head.writeUIntBE(Math.floor(nowMs), 6, 6);
      return Buffer.concat([head, mac(secret, head, address)]).toString('base64url');
    },
    use(nonce, address, count, nowMs) {
      if (!/^[\w-]{38}$/.test(nonce)) return 'forged';
      const bytes = Buffer.from(nonce, 'base64url');
      const head = bytes.subarray(0, headBytes);
      if (!timingSafeEqual(mac(secret, head, address), bytes.subarray(headBytes))) return 'forged';
      // The last character carries spare bits: only the spelling we issued counts.
      if (bytes.toString('base64url') !== nonce) return 'forged';
      const issued = bytes.readUIntBE(0, 6);
      if (nowMs - bytes.readUIntBE(6, 6) > lifeMs || serial - issued >= ringSize) return 'stale';
      const slot = issued % ringSize;
      const latest = counts[slot] ?? countMax;
      if (count === undefined ? latest !== 0 : count <= latest) return 'replayed';
      counts[slot] = count ?? countMax;
      return 'accepted';
    },
  };
}

function mac(secret: Buffer, head: Buffer, address: string): Buffer {
  return createHmac('sha256', secret).update(head).update(address).digest().subarray(0, macBytes);
}
