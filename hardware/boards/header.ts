import type { Board, BoardLine, LineName } from '../ports.js';
import { headerLines } from './pi.js';

/** What a HAT makes of one line of the header. */
export interface HatLine {
  /** By BCM number. */
  readonly gpio: number;
  readonly name: LineName;
  readonly direction: 'input' | 'output';
  /** Only where the HAT's own resistors are stronger than the pull of the chip. */
  readonly bootLevel?: 'high' | 'low';
}

/** Lines the HAT keeps for itself, by BCM number, and for what. */
export type Reserved = Readonly<Record<number, string>>;

/**
 * The header with a HAT on it: its lines by the names on its terminals, the pins behind them and those it keeps for
 * itself reserved, the rest as on the bare header.
 */
export function linesWithHat(lines: readonly HatLine[], reserved: Reserved): Board['lines'] {
  const all = new Map<LineName, BoardLine>(headerLines);
  for (const [gpio, why] of Object.entries(reserved)) reserve(all, Number(gpio), why);
  for (const { gpio, name, direction, bootLevel } of lines) {
    const pin = reserve(all, gpio, `it is ${name} of the board`);
    const { reserved: _, ...free } = pin;
    all.set(name, { ...free, direction, bootLevel: bootLevel ?? pin.bootLevel });
  }
  return all;
}

function reserve(all: Map<LineName, BoardLine>, gpio: number, why: string): BoardLine {
  const line = `gpio${gpio}`;
  const pin = all.get(line);
  if (pin === undefined) throw new Error(`the header has no ${line}`);
  all.set(line, { ...pin, reserved: why });
  return pin;
}

/** Power and ground by header pin; every other pin is a GPIO. */
const supplies: Readonly<Record<number, string>> = {
  ...{ 1: '3V3', 2: '5V', 4: '5V', 6: 'GND', 9: 'GND', 14: 'GND', 17: '3V3' },
  ...{ 20: 'GND', 25: 'GND', 30: 'GND', 34: 'GND', 39: 'GND' },
};

/** The 40-pin header seen from above, pin 1 at the top left, as the data say: what cannot be used is in brackets. */
export function headerDrawing(lines: Board['lines']): string {
  const pins = Array.from({ length: 40 }, (_, index) => labelOf(index + 1, lines));
  const width = Math.max(...pins.map((pin) => pin.length));
  const rows = Array.from({ length: 20 }, (_, row) => {
    const odd = row * 2 + 1;
    const [left = '', right = ''] = pins.slice(odd - 1, odd + 1);
    const number = (pin: number) => String(pin).padStart(2);
    return `${left.padStart(width)} [${number(odd)}|${number(odd + 1)}] ${right}`;
  });
  return rows.join('\n');
}

function labelOf(headerPin: number, lines: Board['lines']): string {
  const supply = supplies[headerPin];
  if (supply !== undefined) return supply;
  const here = [...lines].filter(([, line]) => line.headerPin === headerPin);
  const named = here.find(([, { reserved }]) => reserved === undefined)?.[0];
  const pin = here.find(([name]) => name.startsWith('gpio'))?.[0] ?? '?';
  if (named === undefined) return `(${pin})`;
  return named === pin ? pin : `${named} ${pin}`;
}
