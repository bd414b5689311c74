/** Every reader on a serial line: OSDP and the simple ones, put together for the composition root. */
import { serialReaderLinesOf } from './config/serialWiring.js';
import type { Osdp } from './control/osdp.js';
import { createSerialReaders } from './control/serialReaders.js';
import { type OsdpParts, openOsdp, readsTo } from './osdpReaders.js';

/** Nothing happens before its `start`. */
export function openLines(parts: OsdpParts): Osdp {
  const { site, hardware, clock, setTimer, told } = parts;
  const osdp = openOsdp(parts);
  const on = readsTo(told);
  const simple = createSerialReaders({
    ...{ lines: serialReaderLinesOf(site), serial: hardware.serial, setTimer },
    ...{ nowUs: clock.nowUs, nowWallMs: () => clock.now().wallMs },
    on: {
      ...on,
      answering: (reader, answering) => on.report(reader, answering ? 'reader-online' : 'reader-offline', {}),
    },
  });
  return {
    ...osdp,
    start() {
      osdp.start();
      simple.start();
    },
    show(reader, signal) {
      osdp.show(reader, signal);
      simple.show(reader, signal);
    },
    health: () => [...osdp.health(), ...simple.health()],
    close() {
      osdp.close();
      simple.close();
    },
  };
}
