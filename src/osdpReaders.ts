/** The OSDP readers of a site put together: its lines and keys, the board's ports, and the controller that is told. */
import type { Hardware } from '../hardware/ports.js';
import { siteFormatsOf } from './config/hardwareWiring.js';
import { osdpLinesOf, readerLinesOf } from './config/serialWiring.js';
import type { SiteFile } from './config/siteSchema.js';
import type { Clock } from './control/clock.js';
import type { Controller } from './control/controller.js';
import type { InputListener } from './control/inputs.js';
import { createOsdp, type Osdp, type OsdpListener } from './control/osdp.js';
import { osdpCrypto } from './control/osdpCrypto.js';
import { openKeyStore } from './control/osdpKeys.js';
import type { Requests } from './control/requests.js';
import { formatsWith } from './readers/wiegand/formatTable.js';

export interface OsdpParts {
  readonly site: SiteFile;
  readonly hardware: Hardware;
  readonly clock: Clock;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
  /** Who is told; asked for when something happens, so that they may be made later. */
  readonly told: () => {
    readonly controller: Controller;
    readonly requests: Requests;
    readonly heard: Pick<InputListener, 'pin' | 'tamper'>;
  };
}

/** Nothing happens before its `start`. */
export function openOsdp({ site, hardware, clock, setTimer, told }: OsdpParts): Osdp {
  const keys = openKeyStore(site.data);
  const osdp = createOsdp({
    ...{
      lines: osdpLinesOf(site),
      formats: formatsWith(siteFormatsOf(site)),
      readerLines: readerLinesOf(site),
      serial: hardware.serial,
      setTimer,
      keys,
    },
    ...{ nowUs: clock.nowUs, nowWallMs: () => clock.now().wallMs, crypto: osdpCrypto },
    on: readsTo(told),
  });
  return {
    ...osdp,
    start() {
      if (keys.fault !== undefined) told().controller.submit({ kind: 'storage-fault', fault: keys.fault });
      osdp.start();
    },
  };
}

/** What readers on lines have to say, as the controller hears it. */
export function readsTo(told: OsdpParts['told']): OsdpListener {
  return {
    card: (reader, { secret, bits, label }) =>
      told().requests.read({
        reader,
        lookup: {
          by: 'secret',
          candidates: [{ kind: 'card', secret, ...(bits === undefined ? {} : { bits }) }],
        },
        credential: { kind: 'card', label },
        code: secret,
      }),
    learn: (reader, bits) => told().requests.learn(reader, bits),
    pin: (reader, digits) => told().heard.pin(reader, digits),
    tamper: (reader, active) => told().heard.tamper(reader, active),
    unreadable: (reader, fault, bits) =>
      told().controller.submit({ kind: 'unreadable', reader, fault, bits }),
    report: (reader, report, detail, by) =>
      told().controller.submit({
        ...{ kind: 'reader-report', reader, report, detail },
        ...(by === undefined ? {} : { by }),
      }),
    fault: (line, fault) => told().controller.submit({ kind: 'input-fault', line, fault }),
  };
}
