/**
 * The Secure Channel of OSDP (IEC 60839-11-5, annex D): session keys, cryptograms, the chained MAC and the sealed frame.
 * The ciphers are handed in, so that this folder needs nothing of the machine.
 */
import { encodeFrame, type Frame, type FrameContent, macBytes } from './frame.js';

/** AES-128 without padding, a cryptographic random source and a comparison in constant time. */
export interface OsdpCrypto {
  random(bytes: number): Uint8Array;
  /** `data` is a whole number of 16-byte blocks, as in the other two. */
  ecbEncrypt(key: Uint8Array, data: Uint8Array): Uint8Array;
  cbcEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  cbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

export const keyBytes = 16;
export const randomBytes = 8;

/** SCBK-D, `30 31 .. 3F`: public, for the first installation only. */
export const defaultKey: Uint8Array = Uint8Array.from({ length: keyBytes }, (_, index) => 0x30 + index);

export interface SessionKeys {
  readonly enc: Uint8Array;
  readonly mac1: Uint8Array;
  readonly mac2: Uint8Array;
}

/** A running session as the panel holds it; it moves only on a verified reply. */
export interface Session {
  readonly keys: SessionKeys;
  /** All 16 bytes of the last reply's MAC: the chain the next command starts from. */
  readonly replyMac: Uint8Array;
}

/** Only the first six bytes of RND.A enter the keys. */
export function sessionKeys(crypto: OsdpCrypto, scbk: Uint8Array, rndA: Uint8Array): SessionKeys {
  const derive = (label: number) => {
    const block = new Uint8Array(keyBytes);
    block.set([0x01, label]);
    block.set(rndA.subarray(0, 6), 2);
    return crypto.ecbEncrypt(scbk, block);
  };
  return { enc: derive(0x82), mac1: derive(0x01), mac2: derive(0x02) };
}

/** What the reader proves itself with: RND.A then RND.B under S-ENC. */
export function clientCryptogram(crypto: OsdpCrypto, keys: SessionKeys, a: Uint8Array, b: Uint8Array) {
  return crypto.ecbEncrypt(keys.enc, join(a, b));
}

/** What the panel proves itself with: RND.B then RND.A. */
export function serverCryptogram(crypto: OsdpCrypto, keys: SessionKeys, a: Uint8Array, b: Uint8Array) {
  return crypto.ecbEncrypt(keys.enc, join(b, a));
}

/** The first value of both MAC chains. */
export function initialMac(crypto: OsdpCrypto, keys: SessionKeys, server: Uint8Array): Uint8Array {
  return crypto.ecbEncrypt(keys.mac2, crypto.ecbEncrypt(keys.mac1, server));
}

/** How long a command's frame may become: with seal, padding and CRC, whether it is sealed in the end or not. */
export function sealedBytes(dataBytes: number): number {
  const padded = dataBytes === 0 ? 0 : (Math.floor(dataBytes / keyBytes) + 1) * keyBytes;
  return frameOverheadBytes + padded;
}

/** SOM, address, length, control, security block, code, MAC and CRC. */
const frameOverheadBytes = 14;

export interface SealedCommand {
  readonly bytes: Uint8Array;
  /** The chain value the reply to this very frame is checked with. */
  readonly commandMac: Uint8Array;
}

/** A command in the session: type 15 without data, type 17 with its data encrypted. */
export function seal(
  crypto: OsdpCrypto,
  session: Session,
  { address, sqn, crc, code, data }: Omit<FrameContent, 'reply' | 'security'>,
): SealedCommand {
  const { keys, replyMac } = session;
  const hasData = data.length > 0;
  let commandMac: Uint8Array = replyMac;
  const content: FrameContent = {
    ...{ address, sqn, crc, code },
    reply: false,
    security: { type: hasData ? 0x17 : 0x15, data: new Uint8Array(0) },
    data: hasData ? crypto.cbcEncrypt(keys.enc, complement(replyMac), padded(data)) : data,
  };
  const bytes = encodeFrame(content, (sealed) => {
    commandMac = macOf(crypto, keys, replyMac, sealed);
    return commandMac.subarray(0, macBytes);
  });
  return { bytes, commandMac };
}

export type Unsealed =
  | { readonly ok: true; readonly data: Uint8Array; readonly session: Session }
  | { readonly ok: false; readonly fault: 'block' | 'mac' | 'padding' };

/** Verifies a reply in the session and decrypts its data; the session that follows comes with it. */
export function unseal(
  crypto: OsdpCrypto,
  { keys }: Session,
  commandMac: Uint8Array,
  { security, mac, sealed, data }: Frame,
): Unsealed {
  if (security === undefined || mac === undefined) return { ok: false, fault: 'block' };
  if (security.type !== 0x16 && security.type !== 0x18) return { ok: false, fault: 'block' };
  const replyMac = macOf(crypto, keys, commandMac, sealed);
  if (!crypto.equal(replyMac.subarray(0, macBytes), mac)) return { ok: false, fault: 'mac' };
  const session = { keys, replyMac };
  if (security.type === 0x16) {
    return data.length === 0 ? { ok: true, data, session } : { ok: false, fault: 'padding' };
  }
  if (data.length === 0 || data.length % keyBytes !== 0) return { ok: false, fault: 'padding' };
  const plain = unpadded(crypto.cbcDecrypt(keys.enc, complement(commandMac), data));
  return plain === undefined ? { ok: false, fault: 'padding' } : { ok: true, data: plain, session };
}

/** CBC over the frame: S-MAC1 for every block but the last, S-MAC2 for the last. */
export function macOf(crypto: OsdpCrypto, keys: SessionKeys, chain: Uint8Array, sealed: Uint8Array) {
  const input = sealed.length % keyBytes === 0 ? sealed : padded(sealed);
  const last = input.length - keyBytes;
  const before = last === 0 ? chain : crypto.cbcEncrypt(keys.mac1, chain, input.subarray(0, last));
  return crypto.cbcEncrypt(keys.mac2, before.subarray(-keyBytes), input.subarray(last));
}

/** 80 and zeros to the next whole block, always at least one byte. */
function padded(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((Math.floor(data.length / keyBytes) + 1) * keyBytes);
  out.set(data);
  out[data.length] = 0x80;
  return out;
}

/** Undefined when the mark 80 is not there. */
function unpadded(plain: Uint8Array): Uint8Array | undefined {
  const mark = plain.findLastIndex((byte) => byte !== 0);
  return plain[mark] === 0x80 ? plain.subarray(0, mark) : undefined;
}

function complement(block: Uint8Array): Uint8Array {
  return block.map((byte) => ~byte & 0xff);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
