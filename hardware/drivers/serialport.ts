/** Serial ports of the machine, by npm serialport: opened again when they come back, faults told, never thrown. */
import type { SerialFault, SerialLine, SerialRequest } from '../ports.js';

/** Waits between attempts to open; the last one is kept. */
const reopenMs = [100, 250, 500, 1_000, 2_000, 5_000] as const;

/** What may wait to be sent: two of the longest frames a reader protocol has. More is lost. */
const sendingMax = 4_096;

/** What this driver uses of npm serialport's class. */
export interface Port {
  readonly isOpen: boolean;
  readonly writableLength: number;
  open(done: (error: Error | null) => void): void;
  set(
    lines: {
      readonly dtr: boolean;
      readonly rts: boolean;
      readonly brk: boolean;
      readonly cts: boolean;
      readonly dsr: boolean;
      readonly lowLatency: boolean;
    },
    done: (error: Error | null) => void,
  ): void;
  update(options: { readonly baudRate: number }, done: (error: Error | null) => void): void;
  write(bytes: Uint8Array): boolean;
  close(done: (error: Error | null) => void): void;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'close' | 'error', listener: (error: Error | null) => void): unknown;
}

/** Options of npm serialport's constructor, as far as they are used. */
export interface PortOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
  readonly parity: 'none' | 'even' | 'odd';
  readonly lock: true;
  readonly autoOpen: false;
}

export interface SerialDeps {
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** Makes a port, not yet open. Left out: npm serialport, imported when the first port is opened. */
  readonly makePort?: (options: PortOptions) => Port | Promise<Port>;
}

/** What to open. */
export type DeviceRequest = SerialRequest & { readonly device: string };

/**
 * A port on its device. Returns at once; whether the device can be had is told by `onFault`. Exclusive among programs
 * that lock. DTR and RTS are held active and low latency is asked for where the device knows of these.
 */
export function openSerialPort(request: DeviceRequest, deps: SerialDeps): SerialLine {
  const { makePort = npmPort } = deps;
  let baud = request.baud;
  let port: Port | undefined;
  let closed = false;
  let failures = 0;
  let away: SerialFault | undefined;
  let cancelRetry = () => {};
  let onBytes = (_bytes: Uint8Array) => {};
  let onFault = (_fault: SerialFault) => {};

  const retry = (error: Error | null) => {
    port = undefined;
    if (closed) return;
    const waitMs = reopenMs[Math.min(failures, reopenMs.length - 1)] ?? 0;
    failures += 1;
    cancelRetry = deps.setTimer(attempt, waitMs);
    if (away !== undefined) return;
    away = { port: request.port, fault: 'unavailable', error: error?.message ?? 'the device closed' };
    onFault(away);
  };
  const opened = (fresh: Port, speed: number) => {
    if (closed) return shut(fresh);
    port = fresh;
    failures = 0;
    fresh.set(modemLines, ignore);
    if (speed !== baud) fresh.update({ baudRate: baud }, ignore);
    if (away === undefined) return;
    away = undefined;
    onFault({ port: request.port, fault: 'restored', error: '' });
  };
  const attempt = () => {
    const speed = baud;
    Promise.resolve()
      .then(() => makePort(optionsOf(request, speed)))
      .then((fresh) => {
        listenTo(fresh, {
          data: (bytes) => fresh === port && onBytes(bytes),
          gone: (error) => fresh === port && retry(error),
        });
        fresh.open((error) => (error === null ? opened(fresh, speed) : retry(error)));
      })
      .catch(retry);
  };
  attempt();
  return {
    onBytes(listener) {
      onBytes = listener;
    },
    onFault(listener) {
      onFault = listener;
      if (away !== undefined) listener(away);
    },
    write(bytes) {
      // A device that takes nothing must not cost memory.
      if (port?.isOpen !== true || port.writableLength + bytes.length > sendingMax) return;
      port.write(Uint8Array.from(bytes));
    },
    setBaud(next) {
      baud = next;
      if (port?.isOpen === true) port.update({ baudRate: next }, ignore);
    },
    close() {
      closed = true;
      cancelRetry();
      if (port !== undefined) shut(port);
    },
  };
}

function listenTo(
  port: Port,
  { data, gone }: { data: (bytes: Uint8Array) => void; gone: (error: Error | null) => void },
): void {
  const whenShut = (error: Error | null) => {
    if (!port.isOpen) gone(error);
  };
  port.on('data', data);
  port.on('close', whenShut);
  // A read or a write that failed closes the port; only a close that failed comes as this alone.
  port.on('error', whenShut);
}

/** `set` writes every line each time, those left out too, so all are given. */
const modemLines = { dtr: true, rts: true, brk: false, cts: false, dsr: false, lowLatency: true } as const;

/** Pseudo-terminals and some UARTs know no modem lines, and a speed a device cannot do shows as silence. */
function ignore(): void {}

function shut(port: Port): void {
  if (port.isOpen) port.close(ignore);
}

function optionsOf(request: DeviceRequest, baudRate: number): PortOptions {
  return {
    path: request.device,
    baudRate,
    dataBits: request.dataBits ?? 8,
    stopBits: request.stopBits ?? 1,
    parity: request.parity ?? 'none',
    lock: true,
    autoOpen: false,
  };
}

async function npmPort(options: PortOptions): Promise<Port> {
  const { SerialPort } = await import('serialport');
  return new SerialPort(options);
}
