/**
 * A line of simple readers. Pure: bytes and time go in; at most one frame to write, events, and the next wake-up come
 * out. One reader that speaks by itself, or any number that are asked in turn; what is shown goes in between.
 */
import { type Key, noPin, type PinEntry, pressKey } from '../wiegand/keypad.js';
import type { SerialCard, SerialFault } from './content.js';
import { createGate, type Gate } from './gate.js';
import type { SerialSettings } from './settings.js';
import { createTalker, type Heard, type Talker, type TalkerRead } from './talker.js';

export interface SerialReaderConfig {
  readonly id: string;
  readonly settings: SerialSettings;
}

export type SerialEvent = { readonly id: string } & (
  | { readonly kind: 'card'; readonly card: SerialCard }
  | { readonly kind: 'pin'; readonly digits: string }
  | { readonly kind: 'key' }
  | { readonly kind: 'unreadable'; readonly fault: SerialFault; readonly bits: number }
  | { readonly kind: 'noise'; readonly bytes: number }
  /** A reader that is asked answers, or does not any more. */
  | { readonly kind: 'answering'; readonly answering: boolean }
);

export interface SerialOutput {
  readonly write?: Uint8Array;
  readonly events: readonly SerialEvent[];
  /** Monotonic ms, Infinity = nothing to wait for. */
  readonly wakeMs: number;
}

/** Times are monotonic milliseconds. */
export interface SerialReaderLine {
  start(nowMs: number): SerialOutput;
  receive(bytes: Uint8Array, nowMs: number): SerialOutput;
  wake(nowMs: number): SerialOutput;
  /** Says a signal to a reader, if it has bytes for it. */
  show(id: string, signal: string, nowMs: number): SerialOutput;
}

/** So many questions without an answer, and a reader is not there. */
const silencesMax = 3;
/** It is then asked this often. */
const probeMs = 2_000;
/** Signals that wait for their turn; the oldest is forgotten. */
const showsMax = 8;
/** After something shown a reader may answer; nobody cares what. */
const afterShowMs = 50;

interface Reader {
  readonly id: string;
  readonly talker: Talker;
  readonly gate: Gate;
  entry: PinEntry;
  dueMs: number;
  silences: number;
  answering: boolean | undefined;
}

interface Line {
  readonly byteMs: number;
  readonly readers: readonly Reader[];
  readonly shows: { readonly reader: Reader; readonly bytes: Uint8Array }[];
  flight: { readonly reader: Reader; deadlineMs: number } | undefined;
  /** Nothing is sent before: 3.5 characters of silence, and the time of what was shown. */
  freeMs: number;
  /** Bytes sent that may come back, and those of them that did. */
  echo: Uint8Array;
  echoed: number;
  /** The last question that could tell it came back. */
  hasEcho: boolean;
  events: SerialEvent[];
}

export function createSerialReaderLine(
  configs: readonly SerialReaderConfig[],
  baud: number,
): SerialReaderLine {
  const line: Line = {
    byteMs: 11_000 / baud,
    readers: configs.map(({ id, settings }) => ({
      ...{ id, talker: createTalker(settings), gate: createGate(settings.repeatMs), entry: noPin },
      ...{ dueMs: 0, silences: 0, answering: undefined },
    })),
    ...{ shows: [], flight: undefined, freeMs: 0, echo: new Uint8Array(), echoed: 0, hasEcho: false },
    events: [],
  };
  const { readers, shows } = line;
  return {
    start: (nowMs) => settle(line, undefined, nowMs),
    receive(bytes, nowMs) {
      line.freeMs = Math.max(line.freeMs, nowMs + 3.5 * line.byteMs);
      const own = withoutEcho(line, bytes);
      const reader = line.flight?.reader ?? readers.find(({ talker }) => talker.everyMs === Infinity);
      if (reader === undefined || own.length === 0) return settle(line, undefined, nowMs);
      return settle(line, take(line, reader, reader.talker.hear(own, nowMs), nowMs), nowMs);
    },
    wake(nowMs) {
      for (const reader of readers) {
        if (nowMs >= reader.talker.wakeMs()) take(line, reader, reader.talker.wake(nowMs), nowMs);
      }
      if (line.flight !== undefined && nowMs >= line.flight.deadlineMs)
        giveUp(line, line.flight.reader, nowMs);
      return settle(line, undefined, nowMs);
    },
    show(id, signal, nowMs) {
      const reader = readers.find((one) => one.id === id);
      const bytes = reader?.talker.show(signal);
      if (reader !== undefined && bytes !== undefined) shows.push({ reader, bytes });
      if (shows.length > showsMax) shows.shift();
      return settle(line, undefined, nowMs);
    },
  };
}

/** What was heard becomes events; gives the question that follows at once. */
function take(
  line: Line,
  reader: Reader,
  { reads, isDone, next, acknowledge }: Heard,
  nowMs: number,
): Uint8Array | undefined {
  if (acknowledge !== undefined) line.shows.unshift({ reader, bytes: acknowledge });
  for (const read of reads) tell(line, reader, read, nowMs);
  if (line.flight?.reader !== reader) return undefined;
  if (next !== undefined) {
    line.flight.deadlineMs = nowMs + (next.length + 1) * line.byteMs + reader.talker.timeoutMs;
    return next;
  }
  if (!isDone) return undefined;
  line.flight = undefined;
  reader.silences = 0;
  setAnswering(line, reader, true);
  return undefined;
}

function giveUp(line: Line, reader: Reader, nowMs: number): void {
  line.flight = undefined;
  reader.silences++;
  if (reader.silences < silencesMax) return;
  reader.talker.silent();
  reader.dueMs = nowMs + probeMs;
  setAnswering(line, reader, false);
}

function setAnswering({ events }: Line, reader: Reader, answering: boolean): void {
  if (reader.answering === answering) return;
  reader.answering = answering;
  events.push({ id: reader.id, kind: 'answering', answering });
}

const keys = new Map<number, Key>([...'0123456789*#'].map((key) => [key.charCodeAt(0), key as Key]));

function tell({ events }: Line, reader: Reader, read: TalkerRead, nowMs: number): void {
  const { id } = reader;
  if (read.kind === 'nothing') return;
  if (read.kind === 'noise') {
    events.push({ id, ...read });
    return;
  }
  if (read.kind === 'single') {
    const key = keys.get(read.byte);
    if (key === undefined) {
      events.push({ id, kind: 'noise', bytes: 1 });
      return;
    }
    const { entry, pin } = pressKey(reader.entry, key, nowMs * 1000);
    reader.entry = entry;
    events.push(pin === undefined ? { id, kind: 'key' } : { id, kind: 'pin', digits: pin });
    return;
  }
  const passed = reader.gate(read, nowMs);
  if (passed !== undefined) events.push({ id, ...passed });
}

/** Something shown, the question that follows, or the reader whose turn it is; and when to come back. */
function settle(line: Line, next: Uint8Array | undefined, nowMs: number): SerialOutput {
  const write = next ?? nextWrite(line, nowMs);
  if (write !== undefined) expectEcho(line, write);
  const { events, readers, flight, shows, freeMs } = line;
  line.events = [];
  const turn =
    shows.length > 0 ? nowMs : Math.min(...readers.map(({ dueMs, talker }) => dueOf(dueMs, talker)));
  const sendMs = flight === undefined ? Math.max(freeMs, turn) : flight.deadlineMs;
  const wakeMs = Math.min(sendMs, ...readers.map(({ talker }) => talker.wakeMs()));
  return { ...(write === undefined ? {} : { write }), events, wakeMs };
}

function dueOf(dueMs: number, { everyMs }: Talker): number {
  return everyMs === Infinity ? Infinity : dueMs;
}

function nextWrite(line: Line, nowMs: number): Uint8Array | undefined {
  if (line.flight !== undefined || nowMs < line.freeMs) return undefined;
  const shown = line.shows.shift();
  if (shown !== undefined) {
    line.freeMs = nowMs + 2 * shown.bytes.length * line.byteMs + afterShowMs;
    return shown.bytes;
  }
  const due = line.readers.filter(({ dueMs, talker }) => dueOf(dueMs, talker) <= nowMs);
  const [reader] = due.toSorted((a, b) => a.dueMs - b.dueMs);
  const bytes = reader?.talker.ask();
  if (reader === undefined || bytes === undefined) return undefined;
  reader.dueMs = nowMs + reader.talker.everyMs;
  line.flight = { reader, deadlineMs: nowMs + (bytes.length + 1) * line.byteMs + reader.talker.timeoutMs };
  return bytes;
}

/** What is answered by the same bytes tells nothing of an echo: there the line is taken to be as it was before. */
function expectEcho(line: Line, bytes: Uint8Array): void {
  const isMirrored = line.flight?.reader.talker.isMirrored(bytes) ?? false;
  line.echo = isMirrored && !line.hasEcho ? new Uint8Array() : bytes;
  line.echoed = 0;
}

/** Bytes that are not our own coming back. A beginning that is like ours is held until it is known which it is. */
function withoutEcho(line: Line, bytes: Uint8Array): Uint8Array {
  const { echo } = line;
  if (echo.length === 0) return bytes;
  let at = 0;
  while (at < bytes.length && line.echoed < echo.length && bytes[at] === echo[line.echoed]) {
    at++;
    line.echoed++;
  }
  if (line.echoed === echo.length) {
    line.echo = new Uint8Array();
    line.hasEcho = true;
    return bytes.subarray(at);
  }
  if (at === bytes.length) return new Uint8Array();
  const held = echo.subarray(0, line.echoed - at);
  line.echo = new Uint8Array();
  line.hasEcho = false;
  return Uint8Array.of(...held, ...bytes);
}
