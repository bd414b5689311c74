/** The panel's bus and simulated readers on one wire in memory, on one clock that is a number. */
import { createSerialWire, type SerialWire } from '../../../hardware/mock/serial.js';
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { type Bus, type BusConfig, type BusOutput, createBus } from '../../../src/readers/osdp/bus.js';
import type { BusEvent, LinkState, PeripheralHealth } from '../../../src/readers/osdp/events.js';
import type { PeripheralConfig } from '../../../src/readers/osdp/peripheral.js';
import { createManualClock, type ManualClock } from '../../hardware/manualClock.js';
import { attach } from './attach.js';
import { createPeripheral, type Peripheral, type PeripheralOptions } from './peripheral.js';

export const siteKey = Uint8Array.from({ length: 16 }, (_, index) => (index * 73 + 11) & 0xff);

/** A card of 26 bits for a number, check bits and all left to whoever cares. */
export function cardBits(number: number): string {
  return (number % 0x3ffffff).toString(2).padStart(26, '0');
}

export interface TimedEvent {
  readonly atMs: number;
  readonly event: BusEvent;
}

export interface PanelScene {
  readonly bus: Bus;
  readonly wire: SerialWire;
  readonly clock: ManualClock;
  readonly readers: readonly Peripheral[];
  readonly events: readonly TimedEvent[];
  readonly did: (output: BusOutput) => void;
  nowMs(): number;
  run(forMs: number): void;
  /** Runs until it is so; throws when that takes longer. */
  until(holds: () => boolean, withinMs?: number): void;
  /** Reader `n` is `r<n>`. */
  state(n: number): LinkState | undefined;
  health(n: number): PeripheralHealth;
  /** Bits of the cards told, of one reader or all. */
  cards(n?: number): readonly string[];
  onKeyWanted(answer: (id: string) => Uint8Array | undefined): void;
}

export interface SceneOptions {
  readonly readers: readonly Partial<PeripheralOptions>[];
  /** What the panel believes of each; by default what is true. */
  readonly panel?: (n: number) => Partial<PeripheralConfig>;
  readonly baud?: number;
  readonly bus?: Partial<BusConfig>;
}

export function createPanelScene({
  readers,
  panel = () => ({}),
  baud = 9_600,
  bus: options,
}: SceneOptions): PanelScene {
  const clock = createManualClock();
  const nowMs = () => clock.nowUs() / 1000;
  const wire = createSerialWire({ port: 'rs485', baud }, clock);
  const made = readers.map((one, n) => createPeripheral({ address: n, baud, ...one }));
  for (const reader of made) attach(reader, wire.join(reader.baud()), { ...clock, nowMs });
  const events: TimedEvent[] = [];
  let answerKey: (id: string) => Uint8Array | undefined = () => undefined;
  const bus = createBus({
    peripherals: made.map((reader, n) => configOf(reader, n, panel(n))),
    baud,
    crypto: osdpCrypto,
    pollMs: 50,
    adapter: 'uart',
    ...options,
  });
  let cancelWake = () => {};
  const did = (output: BusOutput): void => {
    if (output.write !== undefined) wire.near.write(output.write);
    cancelWake();
    if (output.wakeMs < Number.POSITIVE_INFINITY) {
      const wake = () => did(bus.wake(nowMs()));
      const stop = clock.setTimer(wake, Math.max(0, output.wakeMs - nowMs()));
      cancelWake = () => {
        stop();
      };
    }
    for (const event of output.events) {
      events.push({ atMs: nowMs(), event });
      const key = event.kind === 'key-wanted' ? answerKey(event.id) : undefined;
      if (key !== undefined) did(bus.keyStored(event.id, key, nowMs()));
    }
  };
  wire.near.onBytes((bytes) => did(bus.receive(bytes, nowMs())));
  did(bus.start(nowMs()));
  const healthOf = (n: number) => {
    const found = bus.health(nowMs()).find(({ id }) => id === `r${n}`);
    if (found === undefined) throw new Error(`no reader ${n}`);
    return found;
  };
  const run = (forMs: number) => clock.advanceMs(forMs);
  return {
    ...{ bus, wire, clock, events, did, nowMs, run },
    readers: made,
    until(holds, withinMs = 20_000) {
      const limitMs = nowMs() + withinMs;
      while (!holds()) {
        if (nowMs() >= limitMs) throw new Error(`not within ${withinMs} ms: ${holds}`);
        run(1);
      }
    },
    state: (n) => healthOf(n).state,
    health: healthOf,
    cards: (n) =>
      events.flatMap(({ event }) =>
        event.kind === 'card' && (n === undefined || event.id === `r${n}`) ? [event.bits] : [],
      ),
    onKeyWanted(answer) {
      answerKey = answer;
    },
  };
}

function configOf(reader: Peripheral, n: number, own: Partial<PeripheralConfig>): PeripheralConfig {
  const key = reader.key();
  return {
    id: `r${n}`,
    address: reader.address(),
    secure: key === undefined ? 'off' : 'required',
    keys: key === undefined ? {} : { active: key },
    ...own,
  };
}

/** What the panel told against what people did at one reader. */
export function account(scene: Pick<PanelScene, 'cards' | 'readers'>, n: number) {
  const cards = scene.cards(n);
  const told = new Set(cards);
  const events = scene.readers[n]?.events.filter(({ kind }) => kind === 'card') ?? [];
  const untold = events.filter(({ data }) => !told.has(bitsOfReport(data)));
  return {
    presented: events.length,
    told: told.size,
    duplicated: cards.length - told.size,
    /** The reader says itself that it forgot them. */
    dropped: untold.filter(({ state }) => state === 'dropped').length,
    waiting: untold.filter(({ state }) => state === 'waiting').length,
    /** The reader takes them for delivered. */
    lost: untold.filter(({ state }) => state === 'delivered' || state === 'said').length,
  };
}

/** RAW: reader, format, bit count u16, bits left aligned. */
function bitsOfReport(data: Uint8Array): string {
  const count = (data[2] ?? 0) | ((data[3] ?? 0) << 8);
  return [...data.slice(4)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, count);
}
