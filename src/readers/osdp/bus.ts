/**
 * The panel's side of one RS485 line. Pure: bytes and time go in; at most one frame to write, events, and the next
 * wake-up come out. One frame is in flight; the turns go round, readers with something to do come in between, and
 * silent readers are asked so rarely that they cost the others less than a tenth.
 */
import type { Command } from './commands.js';
import { arm, setKey, takeGivenKey } from './conversation.js';
import type { BusEvent, PeripheralHealth } from './events.js';
import { fileBytesMax, startTransfer } from './file.js';
import {
  expireAll,
  expiryMs,
  flightWakeMs,
  type Line,
  nextExchange,
  passTime,
  sceneOf,
  takeBytes,
} from './flight.js';
import { createFrameFinder } from './frame.js';
import { begin, silent } from './handshake.js';
import {
  createPeripheral,
  healthOf,
  type Peripheral,
  type PeripheralConfig,
  reportState,
} from './peripheral.js';
import { enqueue } from './queue.js';
import type { OsdpCrypto } from './secure.js';
import { timingOf, withMarks } from './timing.js';
import { createTurns } from './turns.js';

export interface BusConfig {
  /** At most 126, each address once. */
  readonly peripherals: readonly PeripheralConfig[];
  readonly baud: number;
  readonly crypto: OsdpCrypto;
  /** From one poll of a reader to the next when nothing else is to do. */
  readonly pollMs: number;
  /** `usb` adapters deliver a frame in pieces and late. */
  readonly adapter: 'usb' | 'uart';
}

/** What to do after each call, in this order: write, handle the events, call `wake` at `wakeMs`. */
export interface BusOutput {
  /** Mark bytes FF and one whole frame. */
  readonly write?: Uint8Array;
  readonly events: readonly BusEvent[];
  /** Monotonic ms, Infinity = nothing to wait for. An earlier `wake` does no harm. */
  readonly wakeMs: number;
}

/** Every time is monotonic milliseconds, with fractions. An unknown `id` changes nothing. */
export interface Bus {
  start(nowMs: number): BusOutput;
  /** Bytes as the line delivers them, cut anywhere. */
  receive(bytes: Uint8Array, nowMs: number): BusOutput;
  wake(nowMs: number): BusOutput;
  /** Queues a command; its end is a `job` event when it has a job number. Lights and outputs are also kept for later. */
  command(id: string, command: Command, nowMs: number, job?: number): BusOutput;
  sendFile(id: string, file: { type: number; bytes: Uint8Array; job: number }, nowMs: number): BusOutput;
  /** Install mode for one reader; ends by itself. */
  arm(id: string, forMs: number, nowMs: number): BusOutput;
  disarm(id: string, nowMs: number): BusOutput;
  /** The answer to `key-wanted`: this key is stored durably as pending. */
  keyStored(id: string, key: Uint8Array, nowMs: number): BusOutput;
  /** A key the reader was given by other means, stored durably as pending: it is tried from now on. */
  giveKey(id: string, key: Uint8Array, nowMs: number): BusOutput;
  /** A reader more; one that is there already, or an address in use, changes nothing. */
  add(peripheral: PeripheralConfig, nowMs: number): BusOutput;
  remove(id: string, nowMs: number): BusOutput;
  /** Every link begins again, for instance after the line was used for something else. */
  reset(nowMs: number): BusOutput;
  health(nowMs: number): readonly PeripheralHealth[];
}

/** The bus of one line; nothing happens before `start`. */
export function createBus(config: BusConfig): Bus {
  const line = createLine(config);
  const { peripherals } = line;
  const withReader = (id: string, nowMs: number, run: (one: Peripheral) => void): BusOutput => {
    const peripheral = peripherals.find((one) => one.id === id);
    if (peripheral !== undefined) run(peripheral);
    return settle(line, nowMs);
  };
  return {
    start(nowMs) {
      for (const peripheral of peripherals) enter(line, peripheral, nowMs);
      return settle(line, nowMs);
    },
    receive(bytes, nowMs) {
      takeBytes(line, bytes, nowMs);
      return settle(line, nowMs);
    },
    wake(nowMs) {
      passTime(line, nowMs);
      return settle(line, nowMs);
    },
    command: (id, command, nowMs, job) =>
      withReader(id, nowMs, (one) => {
        enqueue(one, command, job, line.events);
        line.turns.hurry(one, nowMs);
      }),
    sendFile: (id, file, nowMs) => withReader(id, nowMs, (one) => beginFile(line, one, file)),
    arm: (id, forMs, nowMs) => withReader(id, nowMs, (one) => arm(one, nowMs + forMs, sceneOf(line, nowMs))),
    disarm: (id, nowMs) =>
      withReader(id, nowMs, (one) => {
        if (one.armedUntilMs !== undefined) one.armedUntilMs = nowMs;
      }),
    keyStored: (id, key, nowMs) =>
      withReader(id, nowMs, (one) => {
        if (setKey(one, key)) return line.turns.hurry(one, nowMs);
        one.keyWanted = false;
        line.events.push({ id, kind: 'key-failed', why: 'not-taken' });
      }),
    giveKey: (id, key, nowMs) =>
      withReader(id, nowMs, (one) => {
        takeGivenKey(one, key, nowMs);
        line.turns.hurry(one, nowMs);
      }),
    add(peripheral, nowMs) {
      const isTaken = peripherals.some(
        ({ id, address }) => id === peripheral.id || address === peripheral.address,
      );
      if (isTaken) return settle(line, nowMs);
      const added = createPeripheral(peripheral);
      peripherals.push(added);
      enter(line, added, nowMs);
      return settle(line, nowMs);
    },
    remove: (id, nowMs) =>
      withReader(id, nowMs, (one) => {
        peripherals.splice(peripherals.indexOf(one), 1);
        if (line.flight?.peripheral === one) line.flight = undefined;
      }),
    reset(nowMs) {
      line.flight = undefined;
      line.finder.clear();
      for (const peripheral of peripherals) {
        silent(peripheral, sceneOf(line, nowMs));
        peripheral.readyMs = nowMs;
      }
      return settle(line, nowMs);
    },
    health: (nowMs) => peripherals.map((one) => healthOf(one, nowMs)),
  };
}

function createLine({ peripherals, baud, crypto, pollMs, adapter }: BusConfig): Line {
  const all = peripherals.map(createPeripheral);
  return {
    ...{ crypto, pollMs, ...timingOf(baud), peripherals: all },
    slackMs: adapter === 'usb' ? 50 : 20,
    betweenBytesMs: (adapter === 'usb' ? 150 : 20) + 10_000 / baud,
    finder: createFrameFinder(),
    turns: createTurns(() => all),
    ...{ flight: undefined, freeMs: 0, events: [] },
  };
}

/** The end of every call: the next frame if it is time, the states that changed, and when to come back. */
function settle(line: Line, nowMs: number): BusOutput {
  expireAll(line, nowMs);
  const exchange = line.flight === undefined ? nextExchange(line, nowMs) : undefined;
  const { flight, turns, freeMs, events } = line;
  for (const peripheral of line.peripherals) reportState(peripheral, events);
  line.events = [];
  const nextMs = flight === undefined ? turns.nextMs(freeMs) : flightWakeMs(line, flight);
  const wakeMs = Math.min(nextMs, expiryMs(line));
  if (exchange === undefined) return { events, wakeMs };
  return { write: withMarks(exchange.bytes, line.marks), events, wakeMs };
}

function enter(line: Line, peripheral: Peripheral, nowMs: number): void {
  begin(peripheral, sceneOf(line, nowMs));
  peripheral.readyMs = nowMs;
}

function beginFile(
  { events }: Line,
  peripheral: Peripheral,
  { type, bytes, job }: { type: number; bytes: Uint8Array; job: number },
): void {
  const { id, phase, file } = peripheral;
  if (phase.kind !== 'online') events.push({ id, kind: 'job', job, result: 'offline' });
  else if (file !== undefined || bytes.length > fileBytesMax || bytes.length === 0) {
    events.push({ id, kind: 'job', job, result: 'full' });
  } else startTransfer(peripheral, job, type, bytes);
}
