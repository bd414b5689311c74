/** The controller and its readers as devices with serial numbers: one gateway, one device, its readers as slaves. */
import type { Context } from '../context.js';
import { numberOf } from './numbers.js';
import { code, RpcError } from './wire.js';

export interface Device {
  readonly deviceID: number;
  readonly reader: string;
}

export interface Devices {
  /** The controller's own number. */
  readonly controller: number;
  readonly readers: readonly Device[];
  /** Refuses (NOT_FOUND) whatever is not the connected controller. */
  demand(deviceID: number): void;
  readerOf(deviceID: number): string | undefined;
  deviceOf(reader: string): number;
  connected(): boolean;
  setConnected(connected: boolean): void;
  /** Told at each change; returns how to stop that. */
  onConnection(told: (connected: boolean) => void): () => void;
}

/**
 * The devices of this site. Numbers are the site file's where it gives them, else made from the names, so that they
 * are the same after every start. Throws when two devices share one.
 */
export function createDevices(
  site: Context['site'],
  given: { readonly controller?: number; readonly readers: Readonly<Record<string, number>> },
): Devices {
  const controller = given.controller ?? numberOf('sallyport controller');
  const readers = site.readers.map(({ id }) => ({
    deviceID: given.readers[id] ?? numberOf(`reader ${id}`),
    reader: id,
  }));
  const numbers = new Set([controller, ...readers.map(({ deviceID }) => deviceID)]);
  if (numbers.size <= readers.length) {
    throw new Error('gsdk: two devices have one number; give each reader its own deviceId in the site file');
  }
  const byNumber = new Map(readers.map(({ deviceID, reader }) => [deviceID, reader]));
  const byReader = new Map(readers.map(({ deviceID, reader }) => [reader, deviceID]));
  let connected = true;
  const listeners = new Set<(connected: boolean) => void>();
  return {
    controller,
    readers,
    demand: (deviceID) => {
      if (deviceID === controller && connected) return;
      throw new RpcError(code.notFound, `Cannot get connection: deviceID ${deviceID} is not connected here`);
    },
    readerOf: (deviceID) => byNumber.get(deviceID),
    deviceOf: (reader) => byReader.get(reader) ?? controller,
    connected: () => connected,
    setConnected: (now) => {
      if (now === connected) return;
      connected = now;
      for (const told of listeners) told(now);
    },
    onConnection: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
  };
}
