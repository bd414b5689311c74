/** A site with an OSDP line: simulated readers on a wire in memory, and what the controller is told, as words. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSerialWire } from '../../hardware/mock/serial.js';
import { createOsdp, type OsdpLineWiring, type OsdpReaderWiring } from '../../src/control/osdp.js';
import { osdpCrypto } from '../../src/control/osdpCrypto.js';
import { openKeyStore } from '../../src/control/osdpKeys.js';
import type { ReaderLine } from '../../src/control/readerLines.js';
import type { OsdpAnswer, OsdpAsk } from '../../src/core/osdp.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { createManualClock } from '../hardware/manualClock.js';
import { attach } from '../site/osdp/attach.js';
import { createPeripheral, type PeripheralOptions } from '../site/osdp/peripheral.js';

export const by = { kind: 'operator', operator: 'root' } as const;
export const bits26 = '10111101110110010011011101';
export const key = Uint8Array.from({ length: 16 }, (_, index) => index * 7 + 1);

/** What a crowded machine may take to write one small file. */
const diskMs = 10_000;

const folders: string[] = [];
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'osdp-'));
  folders.push(path);
  return path;
}

export const reader = (
  id: string,
  address: number,
  more: Partial<OsdpReaderWiring> = {},
): OsdpReaderWiring => ({
  ...{ id, address, secure: 'required', formats: ['H10301'], text: 'decimal' },
  profile: { idle: 'red', offline: 'amber', texts: {} },
  ...more,
});

interface Options {
  readonly readers?: readonly OsdpReaderWiring[];
  readonly peripherals?: readonly PeripheralOptions[];
  readonly lines?: readonly ReaderLine[];
  readonly data?: string;
  /** A relay that is told to be active before the readers are there. */
  readonly lockFirst?: string;
  /** Readers whose next cards are learned. */
  readonly learns?: readonly string[];
}

/** A site with its OSDP line; `tell` is what the controller heard, as words. */
export function openSite(options: Options = {}) {
  const { readers = [reader('lobby-in', 1)], peripherals = [{ address: 1 }], lines = [] } = options;
  const data = options.data ?? folder();
  const clock = createManualClock();
  const nowMs = () => clock.nowUs() / 1_000;
  const wire = createSerialWire({ port: 'rs485', baud: 9_600 }, clock);
  const devices = peripherals.map(createPeripheral);
  for (const device of devices) attach(device, wire.join(device.baud()), { ...clock, nowMs });
  const told: string[] = [];
  const learns = new Set(options.learns ?? []);
  const wiring: OsdpLineWiring = { line: 'rs485', baud: 9_600, adapter: 'uart', pollMs: 20, readers };
  const osdp = createOsdp({
    ...{
      lines: [wiring],
      formats: wiegandFormats,
      readerLines: lines,
      serial: () => wire.near,
      nowUs: clock.nowUs,
    },
    ...{ nowWallMs: () => 0, setTimer: clock.setTimer, crypto: osdpCrypto, keys: openKeyStore(data) },
    on: {
      card: (id, { secret, bits, label }) => told.push(`card ${id} ${secret} ${bits ?? 'any'} ${label}`),
      learn: (id, bits) => {
        if (learns.has(id)) told.push(`learned ${id} ${bits.length}`);
        return learns.has(id);
      },
      pin: (id, digits) => told.push(`pin ${id} ${digits}`),
      unreadable: (id, fault, bits) => told.push(`unreadable ${id} ${fault} ${bits}`),
      tamper: (id, active) => told.push(`tamper ${id} ${active}`),
      report: (id, report, detail) => told.push(`${report} ${id} ${JSON.stringify(detail)}`),
      fault: (line, fault) => told.push(`fault ${line} ${fault}`),
    },
  });
  const board = {
    onEdge: () => undefined,
    onFault: () => undefined,
    deliver: () => undefined,
    isActive: () => false,
    setActive: () => undefined,
  };
  const seen = osdp.lines.over(board);
  seen.onEdge(({ line, active }) => told.push(`edge ${line} ${active}`));
  seen.onFault(({ line, fault }) => told.push(`fault ${line} ${fault}`));
  const ask = (question: OsdpAsk): OsdpAnswer | undefined => {
    let answer: OsdpAnswer | undefined;
    osdp.ask(question, (given) => {
      answer = given;
    });
    for (let n = 0; answer === undefined && n < 100; n++) clock.advanceMs(100);
    return answer;
  };
  const view = (id: string) => {
    const answer = ask({ ask: 'lines' });
    return answer?.answer === 'lines' ? answer.lines[0]?.readers.find((one) => one.reader === id) : undefined;
  };
  /** Lets time pass, then the disk be late: it is real, and other programs may have it. */
  const until = async (holds: () => boolean, withinMs = 30_000) => {
    const begunMs = performance.now();
    for (let passedMs = 0; !holds(); passedMs += 20) {
      if (passedMs < withinMs) clock.advanceMs(20);
      else if (performance.now() - begunMs > diskMs)
        assert.fail(`not within ${withinMs} ms: ${holds}; told ${told.join('; ')}`);
      await new Promise(setImmediate);
    }
  };
  if (options.lockFirst !== undefined) seen.setActive(options.lockFirst, true);
  osdp.start();
  return { osdp, clock, devices, told, ask, view, until, data, seen, nowMs };
}

/** Removes what the sites kept. */
export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
}
