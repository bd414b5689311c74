/**
 * Traces of a line as the tools of the field write them (`.osdpcap`): one JSON object a line with `timeSec`, `timeNano`,
 * `io` (`input` = from a reader, `output` = from the panel, `trace` = heard from beside), `data` in hex,
 * `osdpTraceVersion` and `osdpSource`.
 */
import { commandCodes } from './commands.js';
import { createFrameFinder, type Frame, frameBytesMax, putCheck } from './frame.js';
import { replyCodes } from './replies.js';

export interface TraceLine {
  /** Unix time: seconds, and the nanoseconds beyond them. */
  readonly timeSec: number;
  readonly timeNano: number;
  readonly io: 'input' | 'output' | 'trace';
  readonly data: Uint8Array;
}

const dataMax = frameBytesMax + 16;

/** A key on its way, and PIN digits in clear, become zeros; the frame stays whole, with a check value that fits. */
export function withoutSecrets(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  for (const found of createFrameFinder().push(bytes)) {
    if (found.kind !== 'frame' || !hidesSecret(found.frame)) continue;
    const { frame } = found;
    const whole = frame.bytes.slice();
    // Reader and count of keys stay. The MAC goes with the data: it says nothing without.
    const from = frame.sealed.length - frame.data.length + (frame.reply ? 2 : 0);
    whole.fill(0, from, whole.length - (frame.crc ? 2 : 1));
    putCheck(whole, frame.crc);
    out.set(whole, indexOf(out, frame.bytes));
  }
  return out;
}

function hidesSecret({ code, reply }: Frame): boolean {
  return reply ? code === replyCodes.keypad : code === commandCodes.keyset;
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return 0;
}

/** One line of an `.osdpcap` file, without its end. */
export function formatTraceLine({ timeSec, timeNano, io, data }: TraceLine): string {
  const hex = [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('-');
  return JSON.stringify({
    ...{ timeSec: String(timeSec), timeNano: String(timeNano).padStart(9, '0'), io, data: hex },
    ...{ osdpTraceVersion: '1', osdpSource: 'sallyport' },
  });
}

/** Reads one line, whatever separates its bytes; a text says what is wrong with it. Total. */
export function parseTraceLine(text: string): TraceLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not a JSON object';
  }
  const { timeSec, timeNano, io, data } = Object(value);
  if (io !== 'input' && io !== 'output' && io !== 'trace') return 'io is not input, output or trace';
  if (typeof data !== 'string' || data.length > dataMax * 3) return 'data is no hex text of one frame';
  const hex = data.replace(/[\s:-]/g, '');
  if (!/^([0-9a-fA-F]{2})*$/.test(hex)) return 'data is no hex text of one frame';
  const [seconds, nano] = [Number(timeSec ?? 0), Number(timeNano ?? 0)];
  if (!Number.isFinite(seconds) || !Number.isFinite(nano)) return 'timeSec or timeNano is no number';
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return { timeSec: seconds, timeNano: nano, io, data: bytes };
}
