import type { Wiring } from '../core/reads.js';
import type { KnownBoard } from './siteRules.js';
import type { SiteFile } from './siteSchema.js';

/** The part of the site file that storage joins with what operators manage. */
export function wiringOf(site: SiteFile): Wiring {
  return {
    timeZone: site.timeZone,
    untrustedClock: site.untrustedClock,
    storageDeadlineMs: site.storageDeadlineMs,
    interlocks: Object.entries(site.interlocks).map(([id, doors]) => ({ id, doors })),
    doors: site.doors.map(({ id, name, contact }) => ({ id, name, hasContact: contact !== undefined })),
    readers: site.readers.map(({ id, name, door, direction, asks, forward }) => ({
      ...{ id, name, door, direction },
      ...(asks === undefined ? {} : { asks }),
      ...(forward === undefined ? {} : { forwards: true }),
    })),
  };
}

type Row = readonly [
  where: string,
  use: string,
  line: string,
  direction: 'input' | 'output' | 'both',
  activeLow: boolean,
];

const headings = ['WHERE', 'USE', 'LINE', 'PIN', 'BCM', 'DIRECTION', 'BIAS', 'ACTIVE', 'AT BOOT'];

/** The wiring as a table for people: each line with its pin, BCM number, direction, bias, active level, level at boot. */
export function wiringTable(site: SiteFile, board: KnownBoard): string {
  const cells = rowsOf(site).map(([where, use, line, direction, activeLow]) => {
    const known = board.lines.get(line);
    const pin = String(known?.headerPin ?? '-');
    const bcm = String(known?.chip?.offset ?? '-');
    const bias = direction === 'input' && known?.chip !== undefined ? biasOf(site) : '-';
    const active = activeLow ? 'low' : 'high';
    return [where, use, line, pin, bcm, direction, bias, active, known?.bootLevel ?? 'unknown'];
  });
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const text = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [headings, ...cells].map(text).join('\n');
}

/** The resistor of the chip: sysfs sets none. */
function biasOf({ driver }: SiteFile): string {
  return driver === 'onoff' ? 'none' : 'pull-up';
}

/** Every wire of the site file, in its order. */
export function rowsOf(site: SiteFile): readonly Row[] {
  const doors = site.doors.flatMap(({ id, relay, contact, rex }): Row[] => {
    const lock = `${relay.lock.kind}, ${relay.lock.failMode}`;
    return [
      [`door ${id}`, `relay (${lock})`, relay.line, 'output', relay.activeLow],
      ...(contact === undefined
        ? []
        : [level(`door ${id}`, `contact, open when ${contact.openWhen}`, contact)]),
      ...(rex === undefined ? [] : [level(`door ${id}`, 'rex', rex)]),
    ];
  });
  const readers = site.readers.flatMap(({ id, door, direction, wiegand, osdp, serial, tamper }): Row[] => {
    const where = `reader ${id}`;
    const use = `${direction} of ${door}`;
    return [
      ...(wiegand === undefined
        ? []
        : ([
            [where, `D0, ${use}`, wiegand.d0, 'input', true],
            [where, `D1, ${use}`, wiegand.d1, 'input', true],
            ...lampRows(where, wiegand),
          ] satisfies Row[])),
      ...(osdp === undefined ? [] : [osdpRow(where, use, osdp)]),
      ...(serial === undefined ? [] : [serialRow(where, use, serial)]),
      ...(tamper === undefined ? [] : [level(where, 'tamper', tamper)]),
    ];
  });
  const outputs = site.outputs.map(({ id, line, activeLow }): Row => {
    return [`output ${id}`, 'of zones', line, 'output', activeLow];
  });
  return [
    ...doors,
    ...readers,
    ...outputs,
    ...(site.fire === undefined ? [] : [level('site', 'fire', site.fire)]),
  ];
}

type Wiegand = NonNullable<SiteFile['readers'][number]['wiegand']>;

function lampRows(where: string, { led, ledRed, beep }: Wiegand): readonly Row[] {
  const lamps = [
    ['lamp', led],
    ['red lamp', ledRed],
    ['beeper', beep],
  ] as const;
  return lamps.flatMap(([use, lamp]): Row[] =>
    lamp === undefined ? [] : [[where, use, lamp.line, 'output', lamp.activeLow]],
  );
}

function osdpRow(where: string, use: string, { line, address, secure }: Osdp): Row {
  const channel = secure === 'off' ? 'IN CLEAR' : 'Secure Channel';
  return [where, `OSDP address ${address}, ${channel}, ${use}`, line, 'both', false];
}

function serialRow(where: string, use: string, { line, framing }: Serial): Row {
  return [where, `${framing}, IN CLEAR, ${use}`, line, 'both', false];
}

type Serial = NonNullable<SiteFile['readers'][number]['serial']>;
type Osdp = NonNullable<SiteFile['readers'][number]['osdp']>;

function level(where: string, use: string, { line, activeLow }: { line: string; activeLow: boolean }): Row {
  return [where, use, line, 'input', activeLow];
}
