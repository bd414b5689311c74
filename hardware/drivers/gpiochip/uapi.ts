/**
 * The Linux GPIO character device, version 2 of its interface, as bytes (include/uapi/linux/gpio.h, Linux 5.10 and
 * later). Little-endian and the same on 32 and 64 bits. Pure: no call is made here.
 */

/** Numbers of the ioctl calls: direction, size of the structure, 0xB4, number. */
export const call = {
  chipInfo: 0x8044_b401,
  lineInfo: 0xc100_b405,
  requestLines: 0xc250_b407,
  getValues: 0xc010_b40e,
  setValues: 0xc010_b40f,
} as const;

const flag = {
  activeLow: 1n << 1n,
  input: 1n << 2n,
  output: 1n << 3n,
  /** After polarity: inactive to active. */
  edgeRising: 1n << 4n,
  edgeFalling: 1n << 5n,
  'pull-up': 1n << 8n,
  'pull-down': 1n << 9n,
  none: 1n << 10n,
} as const;

/** The largest queue the kernel gives a request; its default of 16 a line holds barely one frame. */
const eventsMax = 1024;
const attributeOutputValues = 2;
const attributeDebounce = 3;

/** One request of lines of one chip. */
export type LineAsk =
  | {
      readonly kind: 'pulses' | 'level';
      readonly offsets: readonly number[];
      readonly activeLow: boolean;
      readonly bias: 'pull-up' | 'pull-down' | 'none';
      /** Only of a level; 0 is none. */
      readonly debounceUs: number;
    }
  /** Driven to its inactive level in the moment it becomes an output. */
  | { readonly kind: 'output'; readonly offsets: readonly number[]; readonly activeLow: boolean };

/*
 * struct gpio_v2_line_request, 592 bytes
 *     0 u32 offsets[64]          256 char consumer[32]
 *   288 u64 flags                296 u32 num_attrs, 20 bytes padding
 *   320 attributes[10], 24 bytes each: u32 id, u32 padding, u64 value, u64 mask of lines
 *   560 u32 num_lines            564 u32 event_buffer_size, 20 bytes padding
 *   588 s32 fd (returned)
 */

/** The request as the kernel takes it. Pulse lines tell leading edges only, levels both. */
export function encodeRequest(ask: LineAsk, consumer: string): Buffer {
  const bytes = Buffer.alloc(592);
  for (const [index, offset] of ask.offsets.entries()) bytes.writeUInt32LE(offset, index * 4);
  bytes.write(consumer, 256, 31, 'latin1');
  bytes.writeBigUInt64LE(flagsOf(ask), 288);
  bytes.writeUInt32LE(ask.offsets.length, 560);
  const mask = (1n << BigInt(ask.offsets.length)) - 1n;
  if (ask.kind === 'output') writeAttribute(bytes, attributeOutputValues, 0n, mask);
  else bytes.writeUInt32LE(eventsMax, 564);
  if (ask.kind === 'level' && ask.debounceUs > 0) {
    writeAttribute(bytes, attributeDebounce, BigInt(ask.debounceUs), mask);
  }
  return bytes;
}

function flagsOf(ask: LineAsk): bigint {
  const polarity = ask.activeLow ? flag.activeLow : 0n;
  if (ask.kind === 'output') return flag.output | polarity;
  const edges = ask.kind === 'pulses' ? flag.edgeRising : flag.edgeRising | flag.edgeFalling;
  return flag.input | polarity | edges | flag[ask.bias];
}

/** The one attribute a request of ours has. */
function writeAttribute(bytes: Buffer, id: number, value: bigint, mask: bigint): void {
  bytes.writeUInt32LE(1, 296);
  bytes.writeUInt32LE(id, 320);
  bytes.writeBigUInt64LE(value, 328);
  bytes.writeBigUInt64LE(mask, 336);
}

/** The descriptor of the lines, in a request the kernel has answered. */
export function requestedFd(bytes: Buffer): number {
  return bytes.readInt32LE(588);
}

/** struct gpio_v2_line_values: u64 bits, u64 mask; bit n is the n-th line of the request. */
export function encodeValues(index: number, active: boolean): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(active ? 1n << BigInt(index) : 0n, 0);
  bytes.writeBigUInt64LE(1n << BigInt(index), 8);
  return bytes;
}

export function isActiveIn(bytes: Buffer, index: number): boolean {
  return ((bytes.readBigUInt64LE(0) >> BigInt(index)) & 1n) === 1n;
}

/** struct gpiochip_info: name[32], label[32], u32 lines. */
export const chipInfoBytes = 68;

export function chipLabel(bytes: Buffer): string {
  return textAt(bytes, 32);
}

/** struct gpio_v2_line_info: name[32], consumer[32], u32 offset, and more; 256 bytes. */
export function encodeLineInfo(offset: number): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.writeUInt32LE(offset, 64);
  return bytes;
}

/** Who holds the line, in the holder's own word; empty when nobody says. */
export function lineConsumer(bytes: Buffer): string {
  return textAt(bytes, 32);
}

function textAt(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + 32);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? 32 : end);
}

/*
 * struct gpio_v2_line_event, 48 bytes
 *   0 u64 time stamp, ns of CLOCK_MONOTONIC, taken in the interrupt     8 u32 id: 1 = to active, 2 = to inactive
 *   12 u32 offset     16 u32 seqno, of the request     20 u32 line_seqno     24 bytes padding
 */
export const eventBytes = 48;

export interface KernelEvent {
  readonly offset: number;
  readonly active: boolean;
  readonly atUs: number;
  /** One more for each event of the request, wraps after 2^32. */
  readonly seqno: number;
}

/** Whole events at the head of `bytes`; what is left over is no event. */
export function decodeEvents(bytes: Buffer): readonly KernelEvent[] {
  return Array.from({ length: Math.floor(bytes.length / eventBytes) }, (_, index) => {
    const at = index * eventBytes;
    return {
      offset: bytes.readUInt32LE(at + 12),
      active: bytes.readUInt32LE(at + 8) === 1,
      atUs: Number(bytes.readBigUInt64LE(at) / 1_000n),
      seqno: bytes.readUInt32LE(at + 16),
    };
  });
}
