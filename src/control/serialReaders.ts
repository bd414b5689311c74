/** Simple readers on serial lines and the site: reads from the lines to the core, signals back, how each fares. */
import type { Hardware } from '../../hardware/ports.js';
import type { ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import type { SerialCard } from '../readers/serial/content.js';
import {
  createSerialReaderLine,
  type SerialEvent,
  type SerialOutput,
  type SerialReaderLine,
} from '../readers/serial/line.js';
import { type SerialGiven, serialSettingsOf } from '../readers/serial/presets.js';
import { createWake } from './wake.js';

export interface SerialLineWiring {
  readonly line: string;
  readonly baud: number;
  readonly readers: readonly { readonly id: ReaderId; readonly given: SerialGiven }[];
}

export interface SerialListener {
  card(reader: ReaderId, card: SerialCard): void;
  /** Before a card is read; true = it was wanted for something else and is no card. */
  learn(reader: ReaderId, bits: string): boolean;
  pin(reader: ReaderId, digits: string): void;
  unreadable(reader: ReaderId, fault: string, bits: number): void;
  /** A reader that is asked answers, or does not. Of those that speak by themselves nobody knows. */
  answering(reader: ReaderId, answering: boolean): void;
  fault(line: string, fault: 'unavailable' | 'restored'): void;
}

export interface SerialReadersDeps {
  readonly lines: readonly SerialLineWiring[];
  readonly serial: Hardware['serial'];
  readonly nowUs: () => number;
  readonly nowWallMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  readonly on: SerialListener;
}

export interface SerialReaders {
  start(): void;
  show(reader: ReaderId, signal: string): void;
  health(): readonly ReaderHealth[];
  close(): void;
}

/** Without such readers in the site file it does nothing. */
export function createSerialReaders(deps: SerialReadersDeps): SerialReaders {
  const counts = new Map(
    deps.lines.flatMap(({ readers }) => readers.map(({ id }) => [id, newCounts()] as const)),
  );
  const hear = (event: SerialEvent) => {
    const count = counts.get(event.id);
    if (count !== undefined) note(count, event, deps.nowWallMs());
    tell(event, deps.on);
  };
  const opened = deps.lines.map((wiring) => openLine(wiring, deps, hear));
  return {
    start() {
      for (const line of opened) line.start();
    },
    show(reader, signal) {
      for (const line of opened) line.show(reader, signal);
    },
    health: () => [...counts].map(([id, count]) => ({ id, ...count })),
    close() {
      for (const line of opened) line.close();
    },
  };
}

function openLine(wiring: SerialLineWiring, deps: SerialReadersDeps, hear: (event: SerialEvent) => void) {
  const port = deps.serial(wiring.line);
  const nowMs = () => deps.nowUs() / 1_000;
  const configs = wiring.readers.map(({ id, given }) => ({ id, settings: serialSettingsOf(given) }));
  const line = createSerialReaderLine(configs, wiring.baud);
  const timer = createWake(nowMs, deps.setTimer);
  let isOpen = false;
  const did = ({ write, events, wakeMs }: SerialOutput): void => {
    if (write !== undefined) port.write(write);
    timer.at(wakeMs, () => did(line.wake(nowMs())));
    for (const event of events) hear(event);
  };
  const run = (call: (line: SerialReaderLine) => SerialOutput) => {
    if (isOpen) did(call(line));
  };
  port.onBytes((bytes) => run(() => line.receive(bytes, nowMs())));
  port.onFault(({ fault }) => deps.on.fault(wiring.line, fault));
  return {
    start() {
      isOpen = true;
      run(() => line.start(nowMs()));
    },
    show: (reader: ReaderId, signal: string) => run(() => line.show(reader, signal, nowMs())),
    close() {
      isOpen = false;
      timer.cancel();
    },
  };
}

interface Counts {
  frames: number;
  parityErrors: number;
  lengthErrors: number;
  noise: number;
  lastSeenWallMs?: number;
}

function newCounts(): Counts {
  return { frames: 0, parityErrors: 0, lengthErrors: 0, noise: 0 };
}

function note(counts: Counts, event: SerialEvent, nowWallMs: number): void {
  if (event.kind === 'answering') return;
  if (event.kind === 'noise') {
    counts.noise++;
    return;
  }
  counts.lastSeenWallMs = nowWallMs;
  if (event.kind !== 'unreadable') counts.frames++;
  else if (event.fault === 'check') counts.parityErrors++;
  else counts.lengthErrors++;
}

function tell(event: SerialEvent, on: SerialListener): void {
  const { id } = event;
  if (event.kind === 'card' && !on.learn(id, event.card.sent)) on.card(id, event.card);
  if (event.kind === 'pin') on.pin(id, event.digits);
  if (event.kind === 'unreadable') on.unreadable(id, event.fault, event.bits);
  if (event.kind === 'answering') on.answering(id, event.answering);
}
