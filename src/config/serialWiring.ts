/** The serial part of the site file as hardware and the control thread take it. */
import type { SiteFile } from './siteSchema.js';

/** The ports to ask of the board. */
export function serialRequestsOf(site: SiteFile) {
  return Object.entries(site.serial).map(([port, { device, baud, parity, dataBits, stopBits }]) => ({
    ...{ port, baud, parity, dataBits, stopBits },
    ...(device === undefined ? {} : { device }),
  }));
}

/** The lines with OSDP readers on them. */
export function osdpLinesOf(site: SiteFile) {
  return Object.entries(site.serial).flatMap(([line, { baud, adapter, pollMs }]) => {
    const readers = site.readers.flatMap(({ id, osdp }) => {
      if (osdp === undefined || osdp.line !== line) return [];
      const { address, secure, formats, text, idle, offline, texts } = osdp;
      return [{ id, address, secure, formats, text, profile: { idle, offline, texts: definedOf(texts) } }];
    });
    return readers.length === 0 ? [] : [{ line, baud, adapter, pollMs, readers }];
  });
}

/** The lines with simple readers on them, each with what its reader's keys say. */
export function serialReaderLinesOf(site: SiteFile) {
  return Object.entries(site.serial).flatMap(([line, { baud }]) => {
    const readers = site.readers.flatMap(({ id, serial }) =>
      serial?.line === line ? [{ id, given: serial }] : [],
    );
    return readers.length === 0 ? [] : [{ line, baud, readers }];
  });
}

/** Contacts, buttons and relays that hang at a reader, by their line: what the reader's panel must know of each. */
export function readerLinesOf(site: SiteFile) {
  return site.doors.flatMap(({ relay, contact, rex }) => [
    ...(isReaderLine(relay.line)
      ? [
          {
            line: relay.line,
            use: 'relay' as const,
            activeLow: relay.activeLow,
            failMode: relay.lock.failMode,
          },
        ]
      : []),
    ...(contact !== undefined && isReaderLine(contact.line)
      ? [{ line: contact.line, use: 'state' as const, activeLow: contact.activeLow }]
      : []),
    ...(rex !== undefined && isReaderLine(rex.line)
      ? [{ line: rex.line, use: 'press' as const, activeLow: rex.activeLow }]
      : []),
  ]);
}

/** `lobby-in/in1`: not a line of the board. */
export function isReaderLine(line: string): boolean {
  return line.includes('/');
}

function definedOf<T extends object>(texts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
