/** From the bytes of a line to frames, for readers with delimiters and for those that say how long a frame is. */
import type { DelimitedSettings, PrefixedSettings } from './settings.js';

export type Framed =
  /** `before`: header and length of a length-prefixed frame. */
  | { readonly kind: 'content'; readonly content: Uint8Array; readonly before: Uint8Array }
  /** One character that stood alone. */
  | { readonly kind: 'single'; readonly byte: number }
  /** Bytes that are part of nothing. */
  | { readonly kind: 'noise'; readonly bytes: number };

export interface Framer {
  push(bytes: Uint8Array, nowMs: number): readonly Framed[];
  /** The line has been silent until now. */
  wake(nowMs: number): readonly Framed[];
  /** When silence means something; Infinity = never. */
  wakeMs(): number;
  clear(): void;
}

const nothing = new Uint8Array();

export function createDelimitedFramer(settings: DelimitedSettings): Framer {
  const { start = nothing, end = nothing, silenceMs, bytesMax } = settings;
  const isText = settings.card.text !== 'binary' && settings.check?.written !== 'binary';
  let kept: number[] = [];
  let isTooLong = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  const clear = () => {
    kept = [];
    isTooLong = false;
  };
  const close = (bytes: readonly number[]): readonly Framed[] => {
    const wasTooLong = isTooLong;
    clear();
    const at = isText ? lastOf(bytes, start) : firstOf(bytes, start);
    if (wasTooLong || at < 0) return bytes.length === 0 ? [] : [{ kind: 'noise', bytes: bytes.length }];
    const inside = bytes.slice(at + start.length);
    const content = isText ? trimmed(inside) : inside;
    if (content.length === 0) return at > 0 ? [{ kind: 'noise', bytes: at }] : [];
    return [
      ...(at > 0 ? [{ kind: 'noise' as const, bytes: at }] : []),
      { kind: 'content', content: Uint8Array.from(content), before: nothing },
    ];
  };
  const onSilence = (): readonly Framed[] => {
    const [first] = kept;
    if (settings.keys && kept.length === 1 && first !== undefined) {
      clear();
      return [{ kind: 'single', byte: first }];
    }
    if (end.length === 0) return close(kept);
    const bytes = kept.length;
    clear();
    return bytes === 0 ? [] : [{ kind: 'noise', bytes }];
  };
  const silent = (nowMs: number) => (nowMs - lastMs >= silenceMs ? onSilence() : []);
  return {
    push(bytes, nowMs) {
      const found = [...silent(nowMs)];
      lastMs = nowMs;
      for (const byte of bytes) {
        if (kept.length > start.length + bytesMax + end.length) {
          isTooLong = true;
          kept.shift();
        }
        kept.push(byte);
        if (end.length > 0 && endsWith(kept, end)) found.push(...close(kept.slice(0, -end.length)));
      }
      return found;
    },
    wake: silent,
    wakeMs: () => (kept.length === 0 ? Number.POSITIVE_INFINITY : lastMs + silenceMs),
    clear,
  };
}

/** A frame half-way is dropped after this silence. */
const betweenBytesMs = 150;

export function createPrefixedFramer(settings: PrefixedSettings): Framer {
  const { header, lengthAt, lengthBytes, lengthComplement, trailer = nothing, bytesMax } = settings;
  const contentAt = lengthAt + lengthBytes * (lengthComplement ? 2 : 1);
  const bytesMin = contentAt + trailer.length + 1;
  let kept: number[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  const silent = (nowMs: number): readonly Framed[] => {
    if (nowMs - lastMs < betweenBytesMs || kept.length === 0) return [];
    const bytes = kept.length;
    kept = [];
    return [{ kind: 'noise', bytes }];
  };
  /** One frame or one byte of noise from the front; undefined = wait for more. */
  const next = (): Framed | undefined => {
    if (!header.every((byte, at) => at >= kept.length || kept[at] === byte)) return drop();
    if (kept.length < contentAt) return undefined;
    const length = lengthIn(kept, settings);
    if (length === undefined || length < bytesMin || length > bytesMax) return drop();
    if (kept.length < length) return undefined;
    const frame = kept.slice(0, length);
    if (trailer.length > 0 && !endsWith(frame, trailer)) return drop();
    kept = kept.slice(length);
    const content = Uint8Array.from(frame.slice(contentAt, length - trailer.length));
    return { kind: 'content', content, before: Uint8Array.from(frame.slice(0, contentAt)) };
  };
  const drop = (): Framed => {
    kept.shift();
    return { kind: 'noise', bytes: 1 };
  };
  return {
    push(bytes, nowMs) {
      const found: Framed[] = [...silent(nowMs)];
      lastMs = nowMs;
      for (const byte of bytes) {
        kept.push(byte);
        while (kept.length > 0) {
          const one = next();
          if (one === undefined) break;
          found.push(one);
        }
      }
      return joined(found);
    },
    wake: silent,
    wakeMs: () => (kept.length === 0 ? Number.POSITIVE_INFINITY : lastMs + betweenBytesMs),
    clear() {
      kept = [];
    },
  };
}

/** The length of the whole frame; undefined when its complement does not agree. */
function lengthIn(bytes: readonly number[], settings: PrefixedSettings): number | undefined {
  const { lengthAt, lengthBytes, lengthOrder, lengthComplement, lengthPlus } = settings;
  const numberAt = (at: number) => {
    const part = bytes.slice(at, at + lengthBytes);
    return (lengthOrder === 'big' ? part : part.toReversed()).reduce((value, byte) => value * 256 + byte, 0);
  };
  const length = numberAt(lengthAt);
  const all = 256 ** lengthBytes - 1;
  if (lengthComplement && numberAt(lengthAt + lengthBytes) !== all - length) return undefined;
  return length + lengthPlus;
}

/** Noise byte by byte is one piece of noise. */
function joined(found: readonly Framed[]): readonly Framed[] {
  const result: Framed[] = [];
  for (const one of found) {
    const last = result.at(-1);
    if (one.kind === 'noise' && last?.kind === 'noise') {
      result[result.length - 1] = { kind: 'noise', bytes: last.bytes + one.bytes };
    } else result.push(one);
  }
  return result;
}

/** Without line ends at either side, whichever a reader is set to send. */
function trimmed(bytes: readonly number[]): readonly number[] {
  const isLineEnd = (byte: number | undefined) => byte === 0x0d || byte === 0x0a;
  let from = 0;
  let to = bytes.length;
  while (from < to && isLineEnd(bytes[from])) from++;
  while (to > from && isLineEnd(bytes[to - 1])) to--;
  return bytes.slice(from, to);
}

function endsWith(bytes: readonly number[], end: Uint8Array): boolean {
  const offset = bytes.length - end.length;
  return offset >= 0 && end.every((byte, at) => bytes[offset + at] === byte);
}

/** -1 = nowhere; nothing is found at once. */
function firstOf(bytes: readonly number[], part: Uint8Array): number {
  return bytes.findIndex((_, at) => isAt(bytes, part, at));
}

/** In text a second start means that what came before it was cut off. */
function lastOf(bytes: readonly number[], part: Uint8Array): number {
  return part.length === 0 ? 0 : bytes.findLastIndex((_, at) => isAt(bytes, part, at));
}

function isAt(bytes: readonly number[], part: Uint8Array, at: number): boolean {
  return part.every((byte, offset) => bytes[at + offset] === byte);
}
