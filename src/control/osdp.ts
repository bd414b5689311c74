/** OSDP readers and the site: cards, keys, alarms and inputs from the buses to the core, signals and service back. */
import type { Hardware } from '../../hardware/ports.js';
import type { ReaderSignal } from '../core/effects.js';
import type { ReaderId } from '../core/model.js';
import type { OsdpAnswer, OsdpAsk } from '../core/osdp.js';
import type { ReaderHealth } from '../core/requests.js';
import type { Command } from '../readers/osdp/commands.js';
import type { BusEvent } from '../readers/osdp/events.js';
import type { Profile } from '../readers/osdp/profiles.js';
import type { OsdpCrypto } from '../readers/osdp/secure.js';
import type { WiegandFormat } from '../readers/wiegand/formats.js';
import { createDisplays } from './osdpDisplays.js';
import { createInClearWatch } from './osdpInClear.js';
import { createKeying } from './osdpKeying.js';
import type { KeyStore } from './osdpKeys.js';
import { type OsdpLine, openOsdpLine } from './osdpLine.js';
import { createLinks, type TellReport } from './osdpLinks.js';
import { createOsdpReads, type OsdpReadListener, type OsdpReadWiring } from './osdpReads.js';
import { createService } from './osdpService.js';
import { createReaderLines, type ReaderLine, type ReaderLines } from './readerLines.js';

export interface OsdpLineWiring {
  readonly line: string;
  readonly baud: number;
  readonly adapter: 'usb' | 'uart';
  readonly pollMs: number;
  readonly readers: readonly OsdpReaderWiring[];
}

export interface OsdpReaderWiring extends OsdpReadWiring {
  readonly address: number;
  readonly secure: 'required' | 'off';
  readonly profile: Profile;
}

/** What readers have to say to the site. */
export interface OsdpListener extends OsdpReadListener {
  tamper(reader: ReaderId, active: boolean): void;
  readonly report: TellReport;
  fault(line: string, fault: string): void;
}

export interface OsdpDeps {
  readonly lines: readonly OsdpLineWiring[];
  readonly readerLines: readonly ReaderLine[];
  /** The card formats there are, those of the site included. */
  readonly formats: ReadonlyMap<string, WiegandFormat>;
  readonly serial: Hardware['serial'];
  readonly nowUs: () => number;
  readonly nowWallMs: () => number;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  readonly crypto: OsdpCrypto;
  readonly keys: KeyStore;
  readonly on: OsdpListener;
}

export interface Osdp {
  readonly lines: ReaderLines;
  /** Begins to poll; what is shown before is shown when a reader comes online. */
  start(): void;
  show(reader: ReaderId, signal: ReaderSignal): void;
  ask(ask: OsdpAsk, reply: (answer: OsdpAnswer) => void): void;
  health(): readonly ReaderHealth[];
  close(): void;
}

/** A reader that is not there this long after the start is offline. */
const graceMs = 10_000;

/** One of them; without lines in the site file it does nothing. */
export function createOsdp(deps: OsdpDeps): Osdp {
  const { on, keys, formats } = deps;
  const wirings = new Map(deps.lines.flatMap(({ readers }) => readers.map((reader) => [reader.id, reader])));
  const lines: OsdpLine[] = [];
  const lineOf = new Map<ReaderId, OsdpLine>();
  const online = new Set<ReaderId>();
  const now = { us: deps.nowUs, wallMs: deps.nowWallMs };
  const reads = createOsdpReads([...wirings.values()], on, now, formats);
  const links = createLinks(on.report);
  const watchInClear = createInClearWatch([...wirings.values()], on.report, deps.nowUs);
  const send = (reader: ReaderId, command: Command) =>
    lineOf.get(reader)?.run((bus, nowMs) => bus.command(reader, command, nowMs));
  const readerLines = createReaderLines({
    ...{ lines: deps.readerLines, nowUs: deps.nowUs, setTimer: deps.setTimer, send },
    isOnline: (reader) => online.has(reader) && lineOf.get(reader)?.isSurveyed() === false,
  });
  const keying = createKeying({
    ...{ keys, random: deps.crypto.random },
    stored: (reader, key) => lineOf.get(reader)?.run((bus, nowMs) => bus.keyStored(reader, key, nowMs)),
    ended: (reader, how) => on.report(reader, 'reader-service', { did: 'install-ended', how }),
  });
  const policyOf = (reader: ReaderId) => wirings.get(reader)?.secure;
  const service = createService({
    ...{ lines, keys, keyEnds: keying.ends, policyOf },
    ...{ report: on.report, nowWallMs: deps.nowWallMs },
  });
  const profileOf = (reader: ReaderId) => wirings.get(reader)?.profile;
  const displays = createDisplays({ profileOf, send, setTimer: deps.setTimer });
  const follow = (event: BusEvent & { readonly kind: 'state' }): void => {
    if (event.state !== 'online') {
      online.delete(event.id);
      displays.offline(event.id);
      return;
    }
    online.add(event.id);
    readerLines.online(event.id);
    displays.online(event.id);
  };
  const hear = (event: BusEvent): void => {
    watchInClear(event);
    if (reads.hear(event) || keying.hear(event) || service.hear(event)) return;
    if (event.kind === 'input') readerLines.input(event.id, event.input, event.state, event.first);
    if (event.kind === 'tamper') on.tamper(event.id, event.active);
    if (event.kind === 'state') follow(event);
    links.hear(event);
  };
  let cancelGrace = (): void => undefined;
  return {
    lines: readerLines,
    start() {
      tellOfClear(deps);
      for (const wiring of deps.lines) {
        const line = openLine(wiring, deps, hear);
        lines.push(line);
        for (const { id } of wiring.readers) lineOf.set(id, line);
        line.start();
      }
      if (lines.length > 0) cancelGrace = deps.setTimer(() => links.graceOver([...wirings.keys()]), graceMs);
    },
    show: displays.show,
    ask: service.ask,
    health: () => lines.flatMap((line) => line.health().map(reads.health)),
    close() {
      cancelGrace();
      readerLines.close();
      displays.close();
      for (const line of lines) line.close();
    },
  };
}

/** The site file may let a reader speak in clear that could prove who it is, but never without a word. */
function tellOfClear({ lines, keys, on }: OsdpDeps): void {
  for (const { id, secure } of lines.flatMap(({ readers }) => readers)) {
    const isKeyed = secure === 'off' && keys.get(id).active !== undefined;
    if (isKeyed) on.report(id, 'reader-notice', { notice: 'in-clear-although-keyed' });
  }
}

function openLine(wiring: OsdpLineWiring, deps: OsdpDeps, on: (event: BusEvent) => void): OsdpLine {
  const { line, baud, adapter, pollMs, readers } = wiring;
  const peripherals = readers.map(({ id, address, secure }) => {
    const { active, pending, device } = deps.keys.get(id);
    const keys = {
      ...(active === undefined ? {} : { active }),
      ...(pending === undefined ? {} : { pending }),
    };
    return { ...{ id, address, secure, keys }, ...(device === undefined ? {} : { known: device }) };
  });
  return openOsdpLine({
    name: line,
    config: { peripherals, baud, adapter, pollMs, crypto: deps.crypto },
    serial: deps.serial(line),
    nowMs: () => deps.nowUs() / 1_000,
    nowWallMs: deps.nowWallMs,
    setTimer: deps.setTimer,
    on,
    fault: deps.on.fault,
  });
}
