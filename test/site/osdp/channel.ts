/** The reader's half of the Secure Channel, from single AES-128 blocks up. */
import { createCipheriv, createDecipheriv } from 'node:crypto';

/** SCBK-D, the key everybody knows. */
export const defaultKey = Uint8Array.from({ length: 16 }, (_, index) => 0x30 + index);

const blockBytes = 16;

export interface SessionKeys {
  readonly enc: Uint8Array;
  readonly mac1: Uint8Array;
  readonly mac2: Uint8Array;
}

/** Both cryptograms of a handshake, its keys, and the first chaining value. */
export interface Handshake {
  readonly keys: SessionKeys;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly initialMac: Uint8Array;
}

export function handshakeOf(scbk: Uint8Array, randomA: Uint8Array, randomB: Uint8Array): Handshake {
  const derive = (kind: number) =>
    encrypt(scbk, Uint8Array.of(0x01, kind, ...randomA.slice(0, 6), ...new Uint8Array(8)));
  const keys = { enc: derive(0x82), mac1: derive(0x01), mac2: derive(0x02) };
  const server = encryptAll(keys.enc, Uint8Array.of(...randomB, ...randomA));
  return {
    keys,
    client: encryptAll(keys.enc, Uint8Array.of(...randomA, ...randomB)),
    server,
    initialMac: encrypt(keys.mac2, encrypt(keys.mac1, server)),
  };
}

export interface Session {
  /** The data of a command whose MAC is right, in clear; undefined ends the session. The chain moves only if right. */
  openCommand(
    covered: Uint8Array,
    mac: Uint8Array,
    data: Uint8Array,
    isSealed: boolean,
  ): Uint8Array | undefined;
  /** The data of a reply, sealed. Call it before `macOf` of the same reply. */
  seal(data: Uint8Array): Uint8Array;
  /** The MAC over a reply; the chain moves. */
  macOf(covered: Uint8Array): Uint8Array;
}

/** A session that has just been established. */
export function createSession({ keys, initialMac }: Pick<Handshake, 'keys' | 'initialMac'>): Session {
  let commandMac = initialMac;
  let replyMac = initialMac;
  return {
    openCommand(covered, mac, data, isSealed) {
      const expected = macOver(keys, covered, replyMac);
      if (!equal(expected.slice(0, 4), mac)) return undefined;
      const iv = replyMac.map((byte) => byte ^ 0xff);
      commandMac = expected;
      return isSealed ? unpadded(decryptChain(keys.enc, iv, data)) : data;
    },
    seal: (data) =>
      encryptChain(
        keys.enc,
        commandMac.map((byte) => byte ^ 0xff),
        padded(data),
      ),
    macOf(covered) {
      replyMac = macOver(keys, covered, commandMac);
      return replyMac;
    },
  };
}

/** CBC over the padded message, the last block under the second key. */
function macOver({ mac1, mac2 }: SessionKeys, covered: Uint8Array, chain: Uint8Array): Uint8Array {
  const message = covered.length % blockBytes === 0 ? covered : padded(covered);
  let value = chain;
  for (let at = 0; at < message.length; at += blockBytes) {
    const isLast = at + blockBytes === message.length;
    value = encrypt(isLast ? mac2 : mac1, xor(value, message.slice(at, at + blockBytes)));
  }
  return value;
}

function padded(data: Uint8Array): Uint8Array {
  const length = (Math.floor(data.length / blockBytes) + 1) * blockBytes;
  const all = new Uint8Array(length);
  all.set(data);
  all[data.length] = 0x80;
  return all;
}

function unpadded(data: Uint8Array | undefined): Uint8Array | undefined {
  const mark = data?.findLastIndex((byte) => byte !== 0) ?? -1;
  return data?.[mark] === 0x80 ? data.slice(0, mark) : undefined;
}

function encryptChain(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out: number[] = [];
  let chain = iv;
  for (let at = 0; at < data.length; at += blockBytes) {
    chain = encrypt(key, xor(chain, data.slice(at, at + blockBytes)));
    out.push(...chain);
  }
  return Uint8Array.from(out);
}

function decryptChain(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array | undefined {
  if (data.length === 0 || data.length % blockBytes !== 0) return undefined;
  const out: number[] = [];
  let chain = iv;
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = data.slice(at, at + blockBytes);
    const cipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    out.push(...xor(chain, cipher.update(block)));
    chain = block;
  }
  return Uint8Array.from(out);
}

function encryptAll(key: Uint8Array, data: Uint8Array): Uint8Array {
  return Uint8Array.from(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(data));
}

function encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  return encryptAll(key, block);
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from(a, (byte, index) => byte ^ (b[index] ?? 0));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
