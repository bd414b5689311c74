/**
 * OSDP frames: built, and found again in whatever a line delivers.
 *
 * ```
 * 0 SOM 53 · 1 ADDR, bit 7 in replies · 2-3 LEN, SOM to the last check byte · 4 CTRL: SQN, 04 = CRC, 08 = security block
 * [own length, type, data...] · code · data · [MAC 4 bytes, block types 15-18] · CRC low byte first, or checksum
 * ```
 */
import { checksum, crc16 } from './check.js';

export const som = 0x53;
/** The whole frame, SOM to the last check byte. */
export const frameBytesMax = 1440;
const headBytes = 5;
export const macBytes = 4;

export type Sqn = 0 | 1 | 2 | 3;

export interface SecurityBlock {
  /** `0x11`-`0x14` handshake, `0x15`-`0x18` session; odd from the panel, even from a reader. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** What a frame says; `data` is ciphertext in block types 17 and 18. */
export interface FrameContent {
  /** 0 to 7F; 7F speaks to, and comes from, any reader. */
  readonly address: number;
  readonly reply: boolean;
  readonly sqn: Sqn;
  readonly crc: boolean;
  readonly security?: SecurityBlock;
  readonly code: number;
  readonly data: Uint8Array;
}

/** A frame as it came: bounds and check value are right, nothing else is promised. */
export interface Frame extends FrameContent {
  readonly mac?: Uint8Array;
  /** SOM to the byte before the MAC: what the MAC was computed over. */
  readonly sealed: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Types 15 to 18 carry a MAC. */
export function hasMac(type: number): boolean {
  return type >= 0x15 && type <= 0x18;
}

/**
 * The bytes of a frame, without the mark byte. `macOf` is asked for the four MAC bytes when the block type has them;
 * it gets SOM to the byte before the MAC, with LEN already whole.
 */
export function encodeFrame(content: FrameContent, macOf?: (sealed: Uint8Array) => Uint8Array): Uint8Array {
  const { security, data } = content;
  const block = security === undefined ? [] : [security.data.length + 2, security.type, ...security.data];
  const sealedLength = headBytes + block.length + 1 + data.length;
  const macLength = security !== undefined && hasMac(security.type) ? macBytes : 0;
  const length = sealedLength + macLength + (content.crc ? 2 : 1);
  const bytes = new Uint8Array(length);
  bytes[0] = som;
  bytes[1] = (content.address & 0x7f) | (content.reply ? 0x80 : 0);
  bytes[2] = length & 0xff;
  bytes[3] = length >> 8;
  bytes[4] = content.sqn | (content.crc ? 0x04 : 0) | (security === undefined ? 0 : 0x08);
  bytes.set(block, headBytes);
  bytes[headBytes + block.length] = content.code;
  bytes.set(data, headBytes + block.length + 1);
  if (macLength > 0 && macOf !== undefined) bytes.set(macOf(bytes.subarray(0, sealedLength)), sealedLength);
  putCheck(bytes, content.crc);
  return bytes;
}

/** Writes the check value of everything before it. */
export function putCheck(bytes: Uint8Array, crc: boolean): void {
  const end = bytes.length;
  if (!crc) {
    bytes[end - 1] = checksum(bytes.subarray(0, end - 1));
    return;
  }
  const value = crc16(bytes.subarray(0, end - 2));
  bytes[end - 2] = value & 0xff;
  bytes[end - 1] = value >> 8;
}

export type Found =
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** Something that began like a frame and was none: one byte was dropped. */
  | {
      readonly kind: 'damaged';
      readonly fault: 'length' | 'security' | 'check';
      /** Its address byte. */
      readonly from: number | undefined;
    };

/** Finds frames in a stream of bytes cut anywhere. Total: takes any bytes, never throws, keeps at most one frame. */
export interface FrameFinder {
  push(bytes: Uint8Array): readonly Found[];
  /** The frame begun will not be finished: drops its first byte and looks at the rest again. */
  giveUp(): readonly Found[];
  clear(): void;
  /** Bytes of a frame begun and how long it says it is; 0 = nothing begun. */
  pending(): { readonly bytes: number; readonly expected: number };
}

export function createFrameFinder(): FrameFinder {
  let buffer = new Uint8Array(0);
  const hunt = (): readonly Found[] => {
    const found: Found[] = [];
    let at = 0;
    for (;;) {
      const start = buffer.indexOf(som, at);
      if (start < 0) {
        at = buffer.length;
        break;
      }
      at = start;
      const rest = buffer.subarray(at);
      const length = lengthOf(rest);
      if (length === 'more') break;
      const one = length === 'bad' ? damaged('length', rest) : readFrame(rest, length);
      if (one === 'more') break;
      found.push(one);
      at += one.kind === 'frame' ? one.frame.bytes.length : 1;
    }
    buffer = buffer.slice(at);
    return found;
  };
  return {
    push(bytes) {
      const joined = new Uint8Array(buffer.length + bytes.length);
      joined.set(buffer);
      joined.set(bytes, buffer.length);
      buffer = joined;
      return hunt();
    },
    giveUp() {
      buffer = buffer.slice(1);
      return hunt();
    },
    clear() {
      buffer = new Uint8Array(0);
    },
    pending() {
      const length = lengthOf(buffer);
      return { bytes: buffer.length, expected: typeof length === 'number' ? length : 0 };
    },
  };
}

function lengthOf(rest: Uint8Array): number | 'more' | 'bad' {
  const [, , low, high] = rest;
  if (low === undefined || high === undefined) return 'more';
  const length = low | (high << 8);
  return length >= 7 && length <= frameBytesMax ? length : 'bad';
}

/** Bounds first, then the check value; `rest` begins with SOM and its LEN is in range. */
function readFrame(rest: Uint8Array, length: number): Found | 'more' {
  const control = rest[4];
  if (control === undefined) return 'more';
  const crc = (control & 0x04) !== 0;
  const checkLength = crc ? 2 : 1;
  const blockLength = (control & 0x08) === 0 ? 0 : rest[headBytes];
  if (blockLength === undefined) return 'more';
  const hasBlock = (control & 0x08) !== 0;
  const codeAt = headBytes + blockLength;
  if (hasBlock && (blockLength < 2 || codeAt + 1 + checkLength > length)) return damaged('security', rest);
  if (codeAt + 1 + checkLength > length) return damaged('length', rest);
  const type = hasBlock ? rest[headBytes + 1] : undefined;
  if (hasBlock && type === undefined) return 'more';
  const macLength = type !== undefined && hasMac(type) ? macBytes : 0;
  const macAt = length - checkLength - macLength;
  if (codeAt + 1 > macAt) return damaged('security', rest);
  if (rest.length < length) return 'more';
  if (!checkHolds(rest.subarray(0, length), crc)) return damaged('check', rest);
  const bytes = rest.slice(0, length);
  return {
    kind: 'frame',
    frame: {
      address: (bytes[1] ?? 0) & 0x7f,
      reply: ((bytes[1] ?? 0) & 0x80) !== 0,
      sqn: sqnOf(control),
      crc,
      ...(type === undefined ? {} : { security: { type, data: bytes.subarray(headBytes + 2, codeAt) } }),
      code: bytes[codeAt] ?? 0,
      data: bytes.subarray(codeAt + 1, macAt),
      ...(macLength === 0 ? {} : { mac: bytes.subarray(macAt, macAt + macBytes) }),
      sealed: bytes.subarray(0, macAt),
      bytes,
    },
  };
}

function sqnOf(control: number): Sqn {
  const sqn = control & 3;
  return sqn === 0 || sqn === 1 || sqn === 2 ? sqn : 3;
}

function checkHolds(bytes: Uint8Array, crc: boolean): boolean {
  const end = bytes.length;
  if (!crc) return checksum(bytes.subarray(0, end - 1)) === bytes[end - 1];
  const value = crc16(bytes.subarray(0, end - 2));
  return bytes[end - 2] === (value & 0xff) && bytes[end - 1] === value >> 8;
}

function damaged(
  fault: 'length' | 'security' | 'check',
  [, from]: Uint8Array,
): Found & { readonly kind: 'damaged' } {
  return { kind: 'damaged', fault, from };
}
