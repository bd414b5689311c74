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
  /** What it says it is in the handshake, hex. */
  clientId: string;
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

interface Inner {
  readonly peer: Peer;
  session: { keys: SessionKeys; rndA: Uint8Array; chain: Uint8Array; open: boolean } | undefined;
  last: { readonly bytes: string; readonly reply: Uint8Array } | undefined;
}

const rndB = bytesOf('a0a1a2a3a4a5a6a7');

export function createPeer(address: number, options: Partial<Peer> = {}): Peer {
  const finder = createFrameFinder();
  const peer: Peer = {
    ...{ address, scbk: undefined, acceptsDefault: true, events: [], alive: true, faults: [], delayMs: 3 },
    ...{ clientId: '0a00170301010302', heard: [], clearPolls: 0, clearKeysetAck: false },
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
      inner.session = undefined;
      inner.last = undefined;
    },
    hear(bytes) {
      if (!peer.alive || bytes[bytes.indexOf(0x53) + 1] !== address) return undefined;
      finder.clear();
      for (const found of finder.push(bytes)) {
        if (found.kind !== 'frame' || found.frame.reply || found.frame.address !== address) continue;
        return spoil(peer, answer(inner, found.frame));
      }
      return undefined;
    },
    ...options,
  };
  const inner: Inner = { peer, session: undefined, last: undefined };
  return peer;
}

const plain = ({ address }: Peer, sqn: Frame['sqn']) => ({ address, reply: true, sqn, crc: true });

function spoil(peer: Peer, reply: Uint8Array): Uint8Array | undefined {
  const fault = peer.faults.shift();
  if (fault === 'lost') return undefined;
  if (fault === 'damaged') return reply.map((byte, at) => (at === reply.length - 1 ? byte ^ 1 : byte));
  if (fault === 'busy') return encodeFrame({ ...plain(peer, 0), code: 0x79, data: new Uint8Array(0) });
  return fault ?? reply;
}

function answer(inner: Inner, frame: Frame): Uint8Array {
  const text = hexOf(frame.bytes);
  if (inner.last?.bytes === text && frame.sqn !== 0) {
    inner.peer.heard.push(`repeat ${frame.code.toString(16)}`);
    return inner.last.reply;
  }
  if (frame.sqn === 0) inner.session = undefined;
  const reply = act(inner, frame);
  inner.last = { bytes: text, reply };
  return reply;
}

function clearReply({ peer }: Inner, frame: Frame, hex: string, security?: SecurityBlock): Uint8Array {
  const bytes = bytesOf(hex);
  const content = { ...plain(peer, frame.sqn), crc: frame.crc, code: bytes[0] ?? 0, data: bytes.subarray(1) };
  return encodeFrame(security === undefined ? content : { ...content, security });
}

function act(inner: Inner, frame: Frame): Uint8Array {
  const type = frame.security?.type;
  if (type === 0x11) return challenged(inner, frame);
  if (type === 0x13) return proved(inner, frame);
  if (type !== undefined && hasMac(type)) return sealedCommand(inner, frame);
  inner.peer.heard.push(`${frame.code.toString(16).padStart(2, '0')}${hexOf(frame.data)}`);
  if (frame.code === 0x60) inner.peer.clearPolls++;
  inner.session = undefined;
  return clearReply(inner, frame, replyTo(inner.peer, frame.code, frame.data));
}

function replyTo(peer: Peer, code: number, data: Uint8Array): string {
  if (code === 0x60) return peer.events.shift() ?? '40';
  if (code === 0x75) peer.scbk = data.slice(2);
  return peer.answers.get(code) ?? '40';
}

function challenged(inner: Inner, frame: Frame): Uint8Array {
  const { peer } = inner;
  peer.heard.push(`challenge ${frame.security?.data[0]}`);
  const isDefault = frame.security?.data[0] === 0;
  const key = isDefault ? (peer.acceptsDefault ? defaultKey : undefined) : peer.scbk;
  if (key === undefined) return clearReply(inner, frame, '4106');
  const keys = sessionKeys(osdpCrypto, key, frame.data);
  inner.session = { keys, rndA: frame.data, chain: new Uint8Array(16), open: false };
  const proof = hexOf(clientCryptogram(osdpCrypto, keys, frame.data, rndB));
  const security = { type: 0x12, data: frame.security?.data ?? new Uint8Array(1) };
  return clearReply(inner, frame, `76${peer.clientId}${hexOf(rndB)}${proof}`, security);
}

function proved(inner: Inner, frame: Frame): Uint8Array {
  const { session } = inner;
  if (session === undefined) return clearReply(inner, frame, '4106');
  const server = serverCryptogram(osdpCrypto, session.keys, session.rndA, rndB);
  if (hexOf(server) !== hexOf(frame.data)) return clearReply(inner, frame, '4106');
  session.chain = initialMac(osdpCrypto, session.keys, server);
  session.open = true;
  return clearReply(inner, frame, `78${hexOf(session.chain)}`, { type: 0x14, data: Uint8Array.of(1) });
}

function sealedCommand(inner: Inner, frame: Frame): Uint8Array {
  const { peer, session } = inner;
  if (session === undefined || !session.open) return clearReply(inner, frame, '4106');
  const { keys, chain } = session;
  const mac = macOf(osdpCrypto, keys, chain, frame.sealed);
  if (hexOf(mac.subarray(0, macBytes)) !== hexOf(frame.mac ?? new Uint8Array(0))) {
    return clearReply(inner, frame, '4106');
  }
  const isEmpty = frame.data.length === 0;
  const data = isEmpty ? frame.data : strip(osdpCrypto.cbcDecrypt(keys.enc, flip(chain), frame.data));
  peer.heard.push(`${frame.code.toString(16).padStart(2, '0')}${hexOf(data)}`);
  const reply = bytesOf(replyTo(peer, frame.code, data));
  if (frame.code === 0x75 && peer.clearKeysetAck) {
    inner.session = undefined;
    return clearReply(inner, frame, '40');
  }
  const plainData = reply.subarray(1);
  const hasData = plainData.length > 0;
  const cipher = hasData ? osdpCrypto.cbcEncrypt(keys.enc, flip(mac), pad(plainData)) : plainData;
  const security = { type: hasData ? 0x18 : 0x16, data: new Uint8Array(0) };
  const content = { ...plain(peer, frame.sqn), code: reply[0] ?? 0, data: cipher, security };
  return encodeFrame(content, (sealed) => {
    session.chain = macOf(osdpCrypto, keys, mac, sealed);
    return session.chain.subarray(0, macBytes);
  });
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
