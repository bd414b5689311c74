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
  told: Told,
];

/** All that a wire can be. */
export const wireKinds = [
  ...(['relay', 'contact', 'rex', 'd0', 'd1', 'lamp', 'red-lamp', 'beeper'] as const),
  ...(['osdp', 'serial', 'tamper', 'of-zones', 'fire'] as const),
] as const;
type WireKind = (typeof wireKinds)[number];

/** What a wire is for in parts, for whoever says it in other words: `relay` with `kind` and `failMode`, for instance. */
export interface Told {
  readonly as: WireKind;
  readonly facts: Readonly<Record<string, string>>;
}

const told = (as: WireKind, facts: Told['facts'] = {}): Told => ({ as, facts });

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
    const { kind, failMode } = relay.lock;
    const lock = told('relay', { kind, failMode });
    return [
      [`door ${id}`, `relay (${kind}, ${failMode})`, relay.line, 'output', relay.activeLow, lock],
      ...(contact === undefined
        ? []
        : [level(`door ${id}`, `contact, open when ${contact.openWhen}`, contact, contactTold(contact))]),
      ...(rex === undefined ? [] : [level(`door ${id}`, 'rex', rex, told('rex'))]),
    ];
  });
  const readers = site.readers.flatMap(({ id, door, direction, wiegand, osdp, serial, tamper }): Row[] => {
    const where = `reader ${id}`;
    const use = `${direction} of ${door}`;
    const side = { direction, door };
    return [
      ...(wiegand === undefined
        ? []
        : ([
            [where, `D0, ${use}`, wiegand.d0, 'input', true, told('d0', side)],
            [where, `D1, ${use}`, wiegand.d1, 'input', true, told('d1', side)],
            ...lampRows(where, wiegand),
          ] satisfies Row[])),
      ...(osdp === undefined ? [] : [osdpRow(where, side, osdp)]),
      ...(serial === undefined ? [] : [serialRow(where, side, serial)]),
      ...(tamper === undefined ? [] : [level(where, 'tamper', tamper, told('tamper'))]),
    ];
  });
  const outputs = site.outputs.map(({ id, line, activeLow }): Row => {
    return [`output ${id}`, 'of zones', line, 'output', activeLow, told('of-zones')];
  });
  return [
    ...doors,
    ...readers,
    ...outputs,
    ...(site.fire === undefined ? [] : [level('site', 'fire', site.fire, told('fire'))]),
  ];
}

type Wiegand = NonNullable<SiteFile['readers'][number]['wiegand']>;

function lampRows(where: string, { led, ledRed, beep }: Wiegand): readonly Row[] {
  const lamps = [
    ['lamp', led, told('lamp')],
    ['red lamp', ledRed, told('red-lamp')],
    ['beeper', beep, told('beeper')],
  ] as const;
  return lamps.flatMap(([use, lamp, as]): Row[] =>
    lamp === undefined ? [] : [[where, use, lamp.line, 'output', lamp.activeLow, as]],
  );
}

/** The side of the door that a reader is at. */
interface Side {
  readonly direction: string;
  readonly door: string;
}

function osdpRow(where: string, side: Side, { line, address, secure }: Osdp): Row {
  const channel = secure === 'off' ? 'IN CLEAR' : 'Secure Channel';
  const use = `OSDP address ${address}, ${channel}, ${side.direction} of ${side.door}`;
  return [where, use, line, 'both', false, told('osdp', { ...side, address: String(address), channel })];
}

function serialRow(where: string, side: Side, { line, framing }: Serial): Row {
  const use = `${framing}, IN CLEAR, ${side.direction} of ${side.door}`;
  return [where, use, line, 'both', false, told('serial', { ...side, framing })];
}

type Serial = NonNullable<SiteFile['readers'][number]['serial']>;
type Osdp = NonNullable<SiteFile['readers'][number]['osdp']>;

function contactTold({ openWhen }: { readonly openWhen: string }): Told {
  return told('contact', { openWhen });
}

type Level = { readonly line: string; readonly activeLow: boolean };

function level(where: string, use: string, { line, activeLow }: Level, as: Told): Row {
  return [where, use, line, 'input', activeLow, as];
}
