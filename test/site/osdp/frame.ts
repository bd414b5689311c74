/**
 * OSDP frames as a reader sees them, written from the standard and apart from the panel's code: the two must agree by
 * the standard alone.
 *
 *   SOM 53 | address (80 = reply) | length u16 | control | [security block] | code | data | [MAC 4] | CRC u16 or sum
 *   control: 03 sequence, 04 CRC (else checksum), 08 security block
 */

export interface Heard {
  readonly address: number;
  readonly isReply: boolean;
  readonly sequence: number;
  readonly crc: boolean;
  /** Type and data of the security block. */
  readonly block?: { readonly type: number; readonly data: Uint8Array };
  readonly code: number;
  /** As on the wire: sealed inside a session. */
  readonly data: Uint8Array;
  readonly mac: Uint8Array;
  /** Start to the byte before the MAC: what a MAC is made over. */
  readonly covered: Uint8Array;
  readonly whole: Uint8Array;
}

export type HeardOrBad =
  | Heard
  | { readonly bad: 'check'; readonly address: number; readonly sequence: number };

const som = 0x53;
const lengthMax = 1440;
const macBytes = 4;

/** CRC of the standard's annex: polynomial 1021 from 1D0F, byte by byte through a table. */
export function crcOf(bytes: Uint8Array): number {
  return bytes.reduce((crc, byte) => ((crc << 8) & 0xffff) ^ (crcTable[(crc >> 8) ^ byte] ?? 0), 0x1d0f);
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  return crc;
});

/** The byte that makes all bytes of a frame add to zero. */
export function checksumOf(bytes: Uint8Array): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

export interface Said {
  /** Whole address byte, with 80 for a reply. */
  readonly address: number;
  readonly sequence: number;
  readonly crc: boolean;
  readonly block?: readonly number[];
  readonly code: number;
  readonly data: Uint8Array;
  /** Makes the MAC over the frame up to it; 4 bytes go out. */
  readonly mac?: (covered: Uint8Array) => Uint8Array;
}

/** A whole frame, without the mark byte. */
export function build({ address, sequence, crc, block, code, data, mac }: Said): Uint8Array {
  const security = block === undefined ? [] : [block.length + 1, ...block];
  const checkBytes = crc ? 2 : 1;
  const length = 5 + security.length + 1 + data.length + (mac === undefined ? 0 : macBytes) + checkBytes;
  const control = sequence | (crc ? 4 : 0) | (block === undefined ? 0 : 8);
  const covered = Uint8Array.of(
    som,
    address,
    length & 0xff,
    length >> 8,
    control,
    ...security,
    code,
    ...data,
  );
  const body = mac === undefined ? covered : Uint8Array.of(...covered, ...mac(covered).slice(0, macBytes));
  if (!crc) return Uint8Array.of(...body, checksumOf(body));
  const check = crcOf(body);
  return Uint8Array.of(...body, check & 0xff, check >> 8);
}

export interface Ear {
  /** Whole frames in these bytes and those before; a silence over 20 ms drops what was begun. */
  hear(bytes: Uint8Array, nowMs: number): readonly HeardOrBad[];
}

const silenceMs = 20;

/** Listens on the line from nothing. */
export function createEar(): Ear {
  let kept: number[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    hear(bytes, nowMs) {
      if (nowMs - lastMs > silenceMs) kept = [];
      lastMs = nowMs;
      kept.push(...bytes);
      const found: HeardOrBad[] = [];
      for (;;) {
        const start = kept.indexOf(som);
        kept = start < 0 ? [] : kept.slice(start);
        if (kept.length < 5) return found;
        const length = (kept[2] ?? 0) | ((kept[3] ?? 0) << 8);
        if (length < 7 || length > lengthMax) {
          kept.shift();
          continue;
        }
        if (kept.length < length) return found;
        const frame = open(Uint8Array.from(kept.slice(0, length)));
        if (frame === undefined || 'bad' in frame) kept.shift();
        else kept = kept.slice(length);
        if (frame !== undefined) found.push(frame);
      }
    },
  };
}

/** Undefined for what cannot be a frame at all. */
function open(whole: Uint8Array): HeardOrBad | undefined {
  const [, addressByte = 0, , , control = 0] = whole;
  const crc = (control & 4) !== 0;
  const hasBlock = (control & 8) !== 0;
  const bodyEnd = whole.length - (crc ? 2 : 1);
  const blockBytes = hasBlock ? (whole[5] ?? 0) : 0;
  if (hasBlock && blockBytes < 2) return undefined;
  const type = hasBlock ? (whole[6] ?? 0) : 0;
  const codeAt = 5 + blockBytes;
  const macAt = bodyEnd - (type >= 0x15 && type <= 0x18 ? macBytes : 0);
  if (macAt <= codeAt) return undefined;
  const address = addressByte & 0x7f;
  const sequence = control & 3;
  if (!isChecked(whole, crc)) return { bad: 'check', address, sequence };
  return {
    address,
    isReply: addressByte > 0x7f,
    sequence,
    crc,
    ...(hasBlock ? { block: { type, data: whole.slice(7, codeAt) } } : {}),
    code: whole[codeAt] ?? 0,
    data: whole.slice(codeAt + 1, macAt),
    mac: whole.slice(macAt, bodyEnd),
    covered: whole.slice(0, macAt),
    whole,
  };
}

function isChecked(whole: Uint8Array, crc: boolean): boolean {
  if (!crc) return whole.reduce((sum, byte) => sum + byte, 0) % 256 === 0;
  const sent = (whole.at(-2) ?? 0) | ((whole.at(-1) ?? 0) << 8);
  return crcOf(whole.slice(0, -2)) === sent;
}
