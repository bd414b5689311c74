import type { HardwareRequest } from '../hardware/ports.js';
import { inputsOf, lampsOf, locksOf } from './config/hardwareWiring.js';
import { isReaderLine, serialRequestsOf } from './config/serialWiring.js';
import type { SiteFile } from './config/siteSchema.js';
import { requestOf } from './control/inputs.js';
import type { LampWiring } from './control/lamps.js';
import { patternsOf } from './readers/wiegand/lamps.js';

/** What the site file asks of the board. */
export function hardwareRequestOf(site: SiteFile): HardwareRequest {
  const { board, driver, acceptEdgeLoss } = site;
  const asked = requestOf(board, inputsOf(site), {
    locks: locksOf(site),
    outputs: site.outputs,
    lamps: lampWiringOf(site),
  });
  // What hangs at a reader is asked of the reader.
  const inputs = asked.inputs.filter(({ line }) => !isReaderLine(line));
  const outputs = asked.outputs.filter(({ line }) => !isReaderLine(line));
  const serial = serialRequestsOf(site);
  return { ...asked, inputs, outputs, serial, acceptEdgeLoss, ...(driver === undefined ? {} : { driver }) };
}

export function lampWiringOf(site: SiteFile): readonly LampWiring[] {
  return lampsOf(site).map(({ reader, lines, signals }) => ({
    reader,
    lines,
    patterns: patternsOf(signals),
  }));
}
