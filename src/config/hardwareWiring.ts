/** The site file as the control thread's edges take it: which line is what. */
import { positionsOf } from './siteFormats.js';
import type { SiteFile } from './siteSchema.js';

/** Relays by door, with polarity and what the lock does without power. */
export function locksOf(site: SiteFile) {
  return site.doors.map(({ id, relay }) => ({
    door: id,
    relay: relay.line,
    activeLow: relay.activeLow,
    failMode: relay.lock.failMode,
  }));
}

/** Everything that comes in. Readers without `wiegand` have no lines and are left out. */
export function inputsOf(site: SiteFile) {
  const { doors, readers, fire } = site;
  const levels = [
    ...doors.flatMap(({ contact, rex }) => [contact, rex]),
    ...readers.map(({ tamper }) => tamper),
    fire,
  ];
  return {
    doors: doors.map(({ id, contact, rex }) => ({
      id,
      contactOpenWhenActive: contact?.openWhen !== 'inactive',
      ...(contact === undefined ? {} : { contact: contact.line }),
      ...(rex === undefined ? {} : { rex: rex.line }),
    })),
    readers: readers.flatMap(({ id, wiegand, tamper }) => {
      if (wiegand === undefined) return [];
      const { d0, d1, formats, frameGapMs, keypad, facilities } = wiegand;
      return [
        {
          ...{ id, d0, d1, formats, frameGapMs },
          ...(keypad === undefined ? {} : { keypad: keypadOf(keypad, wiegand) }),
          ...(facilities === undefined ? {} : { facilities }),
          ...(tamper === undefined ? {} : { tamper: tamper.line }),
        },
      ];
    }),
    ...(fire === undefined ? {} : { fire: fire.line }),
    levels: new Map(
      levels.flatMap((level) => {
        if (level === undefined) return [];
        const { line, activeLow, debounceMs } = level;
        return [[line, { activeLow, debounceMs }] as const];
      }),
    ),
  };
}

/** Lamps and beepers of the readers that have any, with what their signals do otherwise than usual. */
export function lampsOf(site: SiteFile) {
  return site.readers.flatMap(({ id, wiegand }) => {
    const { led, ledRed, beep, signals } = wiegand ?? {};
    if (led === undefined && ledRed === undefined && beep === undefined) return [];
    const lines = {
      ...(led === undefined ? {} : { led }),
      ...(ledRed === undefined ? {} : { ledRed }),
      ...(beep === undefined ? {} : { beep }),
    };
    return [{ reader: id, lines, signals: signals ?? {} }];
  });
}

/** The card formats of this site, as the decoder takes them. */
export function siteFormatsOf({ formats }: SiteFile) {
  return Object.entries(formats).map(([name, { bits, facility, issue, number, parity, reverse }]) => ({
    name,
    length: bits,
    ...(facility === undefined ? {} : { facility: positionsOf(facility) }),
    ...(issue === undefined ? {} : { issue: positionsOf(issue) }),
    number: positionsOf(number),
    parity: parity.map(({ bit, kind, over }) => ({ position: bit, parity: kind, over: positionsOf(over) })),
    ...(reverse === undefined ? {} : { reverse }),
  }));
}

type WiegandSite = NonNullable<SiteFile['readers'][number]['wiegand']>;

function keypadOf(mode: NonNullable<WiegandSite['keypad']>, { keypadFacility, keypadDigits }: WiegandSite) {
  return {
    mode: mode === '8-bit-high' ? ('8-bit' as const) : mode,
    facility: keypadFacility ?? 0,
    ...(keypadDigits === undefined ? {} : { digits: keypadDigits }),
  };
}
