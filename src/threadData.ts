/** What the worker threads start with, as the site file says it. */
import { join } from 'node:path';
import { boards } from '../hardware/boards/boards.js';
import { siteFormatsOf } from './config/hardwareWiring.js';
import type { SiteFile } from './config/siteSchema.js';
import { wiringList } from './config/wiringList.js';
import { gsdkData } from './gsdkData.js';
import type { OutboundData } from './outboundThread.js';
import { databaseFile } from './storage/database.js';
import { version } from './version.js';
import { tlsOf, warningsOf, webHttp } from './webNetwork.js';

/** What the web thread starts with. */
export function webData(site: SiteFile, session: string) {
  const { doors, readers } = site;
  return {
    dbPath: join(site.data, databaseFile),
    session,
    version,
    timeZone: site.timeZone,
    formats: siteFormatsOf(site),
    warnings: warningsOf(site),
    ...gsdkData(site),
    host: site.http.host,
    port: site.http.port,
    tls: tlsOf(site),
    site: {
      wiring: wiringOnBoard(site),
      interlocks: Object.entries(site.interlocks).map(([id, doors]) => ({ id, doors })),
      doors: doors.map(({ id, number, name, contact, hardwareRex, rex }) => ({
        id,
        number,
        name,
        hasContact: contact !== undefined,
        hardwareRex: hardwareRex === 'confirmed',
        hasRex: rex !== undefined,
      })),
      readers: readers.map(({ id, name, door, direction, wiegand }) => ({
        id,
        name,
        door,
        direction,
        ...(wiegand?.keypad === undefined ? {} : { keypad: true }),
      })),
      name: site.name,
      timeZone: site.timeZone,
      outputs: site.outputs.map(({ id }) => id),
      board: site.board,
      http: webHttp(site),
    },
  };
}

function wiringOnBoard(site: SiteFile): ReturnType<typeof wiringList> {
  const board = boards.find(({ id }) => id === site.board);
  return board === undefined ? [] : wiringList(site, board);
}

/** What the outbound thread starts with. */
export function outboundData(site: SiteFile, session: string): OutboundData {
  const numbers = new Map(site.doors.map(({ id, number }) => [id, number]));
  return {
    dbPath: join(site.data, databaseFile),
    outboxPath: join(site.data, 'outbox.db'),
    session,
    version,
    doors: site.doors.map(({ id, number }) => ({ id, number })),
    timeZone: site.timeZone,
    places: site.readers.map(({ id, name, direction, door }) => ({ id, name, direction, door })),
    readers: site.readers.flatMap(({ id, name, door, direction, forward }) => {
      if (forward === undefined) return [];
      const { mode = direction, codeFormat, urls, basic, certificateSha256, timeoutMs } = forward;
      const pinned = certificateSha256 === undefined ? {} : { certificateSha256 };
      const place = { id, name, door, doorNumber: numbers.get(door) ?? '', mode };
      return [{ ...place, codeFormat, urls, allowBasic: basic, timeoutMs, ...pinned }];
    }),
  };
}
