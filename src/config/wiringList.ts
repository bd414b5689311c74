import type { KnownBoard } from './siteRules.js';
import type { SiteFile } from './siteSchema.js';
import { rowsOf } from './wiring.js';

/** One wire, for whoever shows it: the same facts as the table of `check-config`. */
export interface Wire {
  readonly where: string;
  readonly use: string;
  /** The use in parts, see `Told`. */
  readonly as: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly line: string;
  readonly direction: 'input' | 'output' | 'both';
  readonly active: 'high' | 'low';
  /** Pin of the 40-pin header, where the board has one. */
  readonly headerPin?: number;
  readonly bootLevel: 'high' | 'low' | 'unknown';
}

/** Every wire of a site on its board, in the order of the site file. */
export function wiringList(site: SiteFile, board: KnownBoard): readonly Wire[] {
  return rowsOf(site).map(([where, use, line, direction, activeLow, told]) => {
    const { headerPin, bootLevel = 'unknown' } = board.lines.get(line) ?? {};
    const pin = headerPin === undefined ? {} : { headerPin };
    return { where, use, ...told, line, direction, active: activeLow ? 'low' : 'high', bootLevel, ...pin };
  });
}
