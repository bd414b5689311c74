/** A line of peers and a bus on one clock that is a number: bytes take their time, nothing else does. */
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { type Bus, type BusConfig, type BusOutput, createBus } from '../../../src/readers/osdp/bus.js';
import type { BusEvent } from '../../../src/readers/osdp/events.js';
import type { PeripheralConfig } from '../../../src/readers/osdp/peripheral.js';
import type { Peer } from './peer.js';
import { hexOf } from './vectors.js';

export interface Wire {
  readonly bus: Bus;
  readonly events: BusEvent[];
  /** Frames the panel wrote, hex, with the mark. */
  readonly written: string[];
  nowMs(): number;
  run(forMs: number): void;
  /** Runs until something is so, or fails. */
  until(holds: () => boolean | undefined, withinMs?: number): void;
  /** Hands in what a call of the bus gave. */
  did(output: BusOutput): void;
  state(id: string): string | undefined;
  kinds(kind: BusEvent['kind']): readonly BusEvent[];
  /** What happens at `key-wanted`. */
  onKeyWanted: (id: string) => void;
}

export function createWire(
  peripherals: readonly PeripheralConfig[],
  peers: readonly Peer[],
  options: Partial<BusConfig> = {},
): Wire {
  const baud = options.baud ?? 115_200;
  const byteMs = 10_000 / baud;
  const bus = createBus({
    ...{ peripherals, baud, crypto: osdpCrypto, pollMs: 50, adapter: 'uart' as const },
    ...options,
  });
  const events: BusEvent[] = [];
  const written: string[] = [];
  let nowMs = 1_000;
  let wakeMs = Number.POSITIVE_INFINITY;
  let arrivals: { atMs: number; bytes: Uint8Array }[] = [];
  const did = (output: BusOutput): void => {
    wakeMs = output.wakeMs;
    if (output.write !== undefined) send(output.write);
    for (const event of output.events) {
      events.push(event);
      if (event.kind === 'key-wanted') wire.onKeyWanted(event.id);
    }
  };
  const send = (bytes: Uint8Array): void => {
    written.push(hexOf(bytes));
    for (const peer of peers) {
      const reply = peer.hear(bytes);
      if (reply === undefined) continue;
      const atMs = nowMs + bytes.length * byteMs + peer.delayMs + reply.length * byteMs;
      arrivals.push({ atMs, bytes: reply });
    }
  };
  const step = (limitMs: number): boolean => {
    arrivals = arrivals.toSorted((a, b) => a.atMs - b.atMs);
    const next = arrivals[0];
    const atMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, wakeMs);
    if (atMs > limitMs) {
      nowMs = limitMs;
      return false;
    }
    nowMs = Math.max(nowMs, atMs);
    if (next !== undefined && next.atMs <= wakeMs) {
      arrivals.shift();
      did(bus.receive(next.bytes, nowMs));
    } else did(bus.wake(nowMs));
    return true;
  };
  const wire: Wire = {
    ...{ bus, events, written, did },
    nowMs: () => nowMs,
    run(forMs) {
      const limitMs = nowMs + forMs;
      while (step(limitMs));
    },
    until(holds, withinMs = 20_000) {
      const limitMs = nowMs + withinMs;
      while (!holds()) if (!step(limitMs)) throw new Error(`not within ${withinMs} ms: ${holds}`);
    },
    state: (id) =>
      events.findLast((event) => event.kind === 'state' && event.id === id)?.kind === undefined
        ? undefined
        : bus.health(nowMs).find((one) => one.id === id)?.state,
    kinds: (kind) => events.filter((event) => event.kind === kind),
    onKeyWanted: () => undefined,
  };
  did(bus.start(nowMs));
  return wire;
}
