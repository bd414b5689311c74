/**
 * A reader for the unit tests of the panel: answers from a script, in clear or sealed, and can be told to misbehave. It
 * shares the panel's frame code on purpose: what the bytes must be is held against the vectors, and the reader
 * simulator of `test/site` is written from the standard.
 */
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import {
  createFrameFinder,
  encodeFrame,
  type Frame,
  hasMac,
  macBytes,
  type SecurityBlock,
} from '../../../src/readers/osdp/frame.js';
import {
  clientCryptogram,
  defaultKey,
  initialMac,
  macOf,
  type SessionKeys,
  serverCryptogram,
  sessionKeys,
} from '../../../src/readers/osdp/secure.js';
import { bytesOf, hexOf } from './vectors.js';

export interface Peer {
  readonly address: number;
  /** Its key; undefined = it knows the default key only. */
  scbk: Uint8Array | undefined;
  acceptsDefault: boolean;
  /** Replies to polls, hex of code and data; the first is next. */
  readonly events: string[];
  /** Replies by command code, hex of code and data. */
  readonly answers: Map<number, string>;
  /** Off = as if unplugged. Turned on again it has forgotten its session. */
  alive: boolean;
  /** What the next replies do instead: the reply is `lost` or comes `damaged`, `busy`, or is replaced by raw bytes. */
  readonly faults: ('lost' | 'damaged' | 'busy' | Uint8Array)[];
  /** Milliseconds from the command's end to the reply's begin. */
  delayMs: number;
  /** Every command heard, decrypted: hex of code and data. A repeat is marked. */
  readonly heard: string[];
  clearPolls: number;
  /** Drops its session when it takes a key, and says yes in clear. */
  clearKeysetAck: boolean;
  power(on: boolean): void;
  /** The reply to what came over the line, if any. */
  hear(bytes: Uint8Array): Uint8Array | undefined;
}

const identity = '450a00170301010302010102'.padEnd(26, '3');
const capabilities = '460101020204020303010404020502010602010801000901000a00010d0101100200';

export function createPeer(address: number, options: Partial<Peer> = {}): Peer {
  const finder = createFrameFinder();
  let session: { keys: SessionKeys; rndA: Uint8Array; chain: Uint8Array; open: boolean } | undefined;
  let last: { readonly bytes: string; readonly reply: Uint8Array } | undefined;
  const rndB = bytesOf('a0a1a2a3a4a5a6a7');
  const peer: Peer = {
    ...{ address, scbk: undefined, acceptsDefault: true, events: [], alive: true, faults: [], delayMs: 3 },
    ...{ heard: [], clearPolls: 0, clearKeysetAck: false },
    answers: new Map([
      [0x61, identity],
      [0x62, capabilities],
      [0x64, '480000'],
      [0x65, '490000'],
      [0x66, '4a0000'],
      [0x67, '4b00'],
    ]),
    power(on) {
      peer.alive = on;
      session = undefined;
      last = undefined;
      finder.clear();
    },
    hear(bytes) {
      // The mark, SOM, the address.
      if (!peer.alive || bytes[2] !== address) return undefined;
      finder.clear();
      for (const found of finder.push(bytes)) {
        if (found.kind !== 'frame' || found.frame.reply || found.frame.address !== address) continue;
        return spoil(answer(found.frame));
      }
      return undefined;
    },
    ...options,
  };

  const spoil = (reply: Uint8Array): Uint8Array | undefined => {
    const fault = peer.faults.shift();
    if (fault === 'lost') return undefined;
    if (fault === 'damaged') return reply.map((byte, at) => (at === reply.length - 1 ? byte ^ 1 : byte));
    if (fault === 'busy') return encodeFrame({ ...plain(0), code: 0x79, data: new Uint8Array(0) });
    return fault ?? reply;
  };

  const plain = (sqn: 0 | 1 | 2 | 3) => ({ address, reply: true, sqn, crc: true });

  const answer = (frame: Frame): Uint8Array => {
    const text = hexOf(frame.bytes);
    if (last !== undefined && last.bytes === text && frame.sqn !== 0) {
      peer.heard.push(`repeat ${frame.code.toString(16)}`);
      return last.reply;
    }
    if (frame.sqn === 0) session = undefined;
    const reply = act(frame);
    last = { bytes: text, reply };
    return reply;
  };

  const clearReply = (frame: Frame, hex: string, security?: SecurityBlock) => {
    const bytes = bytesOf(hex);
    const content = { ...plain(frame.sqn), crc: frame.crc, code: bytes[0] ?? 0, data: bytes.subarray(1) };
    return encodeFrame(security === undefined ? content : { ...content, security });
  };

  const act = (frame: Frame): Uint8Array => {
    const type = frame.security?.type;
    if (type === 0x11) return challenged(frame);
    if (type === 0x13) return proved(frame);
    if (type !== undefined && hasMac(type)) return sealedCommand(frame);
    peer.heard.push(`${frame.code.toString(16).padStart(2, '0')}${hexOf(frame.data)}`);
    if (frame.code === 0x60) peer.clearPolls++;
    session = undefined;
    return clearReply(frame, replyTo(frame.code, frame.data));
  };

  const replyTo = (code: number, data: Uint8Array): string => {
    if (code === 0x60) return peer.events.shift() ?? '40';
    if (code === 0x75) peer.scbk = data.slice(2);
    return peer.answers.get(code) ?? '40';
  };

  const challenged = (frame: Frame): Uint8Array => {
    peer.heard.push(`challenge ${frame.security?.data[0]}`);
    const isDefault = frame.security?.data[0] === 0;
    const key = isDefault ? (peer.acceptsDefault ? defaultKey : undefined) : peer.scbk;
    if (key === undefined) return clearReply(frame, '4106');
    const keys = sessionKeys(osdpCrypto, key, frame.data);
    session = { keys, rndA: frame.data, chain: new Uint8Array(16), open: false };
    const proof = hexOf(clientCryptogram(osdpCrypto, keys, frame.data, rndB));
    const security = { type: 0x12, data: frame.security?.data ?? new Uint8Array(1) };
    return clearReply(frame, `760a00170301010302${hexOf(rndB)}${proof}`, security);
  };

  const proved = (frame: Frame): Uint8Array => {
    if (session === undefined) return clearReply(frame, '4106');
    const server = serverCryptogram(osdpCrypto, session.keys, session.rndA, rndB);
    if (hexOf(server) !== hexOf(frame.data)) return clearReply(frame, '4106');
    session.chain = initialMac(osdpCrypto, session.keys, server);
    session.open = true;
    return clearReply(frame, `78${hexOf(session.chain)}`, { type: 0x14, data: Uint8Array.of(1) });
  };

  const sealedCommand = (frame: Frame): Uint8Array => {
    if (session === undefined || !session.open) return clearReply(frame, '4106');
    const { keys, chain } = session;
    const mac = macOf(osdpCrypto, keys, chain, frame.sealed);
    if (hexOf(mac.subarray(0, macBytes)) !== hexOf(frame.mac ?? new Uint8Array(0)))
      return clearReply(frame, '4106');
    const data =
      frame.data.length === 0 ? frame.data : strip(osdpCrypto.cbcDecrypt(keys.enc, flip(chain), frame.data));
    peer.heard.push(`${frame.code.toString(16).padStart(2, '0')}${hexOf(data)}`);
    const text = replyTo(frame.code, data);
    if (frame.code === 0x75 && peer.clearKeysetAck) {
      session = undefined;
      return clearReply(frame, '40');
    }
    const reply = bytesOf(text);
    const plainData = reply.subarray(1);
    const hasData = plainData.length > 0;
    const cipher = hasData ? osdpCrypto.cbcEncrypt(keys.enc, flip(mac), pad(plainData)) : plainData;
    const security = { type: hasData ? 0x18 : 0x16, data: new Uint8Array(0) };
    const content = { ...plain(frame.sqn), code: reply[0] ?? 0, data: cipher, security };
    return encodeFrame(content, (sealed) => {
      const next = macOf(osdpCrypto, keys, mac, sealed);
      if (session !== undefined) session.chain = next;
      return next.subarray(0, macBytes);
    });
  };
  return peer;
}

const flip = (block: Uint8Array) => block.map((byte) => ~byte & 0xff);

function pad(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((Math.floor(data.length / 16) + 1) * 16);
  out.set(data);
  out[data.length] = 0x80;
  return out;
}

function strip(data: Uint8Array): Uint8Array {
  return data.subarray(0, data.lastIndexOf(0x80));
}
