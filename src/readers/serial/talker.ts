/** One reader on a line: what to ask it, and what its bytes mean. The line gives the turns and the time. */
import { type ContentRead, keyOf, readContent } from './content.js';
import { createDelimitedFramer, createPrefixedFramer, type Framed } from './framers.js';
import { createModbusTalker } from './modbus.js';
import type { DelimitedSettings, PrefixedSettings, SerialSettings } from './settings.js';

export type TalkerRead =
  | ContentRead
  | { readonly kind: 'single'; readonly byte: number }
  | { readonly kind: 'noise'; readonly bytes: number };

export interface Heard {
  readonly reads: readonly TalkerRead[];
  /** The question was answered. */
  readonly isDone: boolean;
  /** Another question follows at once. */
  readonly next?: Uint8Array;
  /** To be sent before anything else. */
  readonly acknowledge?: Uint8Array;
}

export interface Talker {
  /** What to ask now; undefined = it speaks by itself. */
  ask(): Uint8Array | undefined;
  readonly everyMs: number;
  readonly timeoutMs: number;
  hear(bytes: Uint8Array, nowMs: number): Heard;
  wake(nowMs: number): Heard;
  wakeMs(): number;
  /** No answer came: what is known of the reader is old. */
  silent(): void;
  /** Its answer is the same bytes, so that an echo is not told from it. */
  isMirrored(question: Uint8Array): boolean;
  /** The bytes that show a signal, if it has some for it. */
  show(signal: string): Uint8Array | undefined;
}

export function createTalker(settings: SerialSettings): Talker {
  return settings.framing === 'modbus-rtu' ? createModbusTalker(settings) : createFramedTalker(settings);
}

function createFramedTalker(settings: DelimitedSettings | PrefixedSettings): Talker {
  const { poll, show, acknowledge } = settings;
  const framer =
    settings.framing === 'delimited' ? createDelimitedFramer(settings) : createPrefixedFramer(settings);
  const readOf = (framed: Framed): TalkerRead => {
    if (framed.kind !== 'content') return framed;
    const { content, before } = framed;
    const key = keyOf(content, settings, before);
    if (key !== undefined) return { kind: 'single', byte: key };
    const isEmpty = poll?.empty?.every((byte, at) => content[at] === byte) ?? false;
    return isEmpty ? { kind: 'nothing' } : readContent(content, settings, before);
  };
  const heard = (framed: readonly Framed[]): Heard => {
    const reads = framed.map(readOf);
    const isDone = framed.some(({ kind }) => kind === 'content');
    const isGood = isDone && reads.some(({ kind }) => kind === 'card' || kind === 'single');
    return { reads, isDone, ...(isGood && acknowledge !== undefined ? { acknowledge } : {}) };
  };
  return {
    ask() {
      if (poll === undefined) return undefined;
      framer.clear();
      return poll.send;
    },
    everyMs: poll?.everyMs ?? Number.POSITIVE_INFINITY,
    timeoutMs: poll?.timeoutMs ?? 0,
    hear: (bytes, nowMs) => heard(framer.push(bytes, nowMs)),
    wake: (nowMs) => heard(framer.wake(nowMs)),
    wakeMs: framer.wakeMs,
    silent: framer.clear,
    isMirrored: () => false,
    show: (signal) => show[signal],
  };
}
