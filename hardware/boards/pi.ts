import type { BoardLine, LineName } from '../ports.js';

/** How the GPIO controllers of the models call themselves; a chip is found by this, never by its number. */
const labels = [
  'pinctrl-rp1', // 5
  'pinctrl-bcm2711', // 4, 400, CM4
  'pinctrl-bcm2835', // 1, 2, 3, Zero, Zero 2 W
];

/**
 * BCM number, pin of the 40-pin header, level from reset until Linux drives it (data sheets; 2 and 3 by fixed
 * resistors, 14 by the serial port while booting).
 */
const header: readonly (readonly [bcm: number, headerPin: number, bootLevel: 'high' | 'low'])[] = [
  [0, 27, 'high'],
  [1, 28, 'high'],
  [2, 3, 'high'],
  [3, 5, 'high'],
  [4, 7, 'high'],
  [5, 29, 'high'],
  [6, 31, 'high'],
  [7, 26, 'high'],
  [8, 24, 'high'],
  [9, 21, 'low'],
  [10, 19, 'low'],
  [11, 23, 'low'],
  [12, 32, 'low'],
  [13, 33, 'low'],
  [14, 8, 'high'],
  [15, 10, 'low'],
  [16, 36, 'low'],
  [17, 11, 'low'],
  [18, 12, 'low'],
  [19, 35, 'low'],
  [20, 38, 'low'],
  [21, 40, 'low'],
  [22, 15, 'low'],
  [23, 16, 'low'],
  [24, 18, 'low'],
  [25, 22, 'low'],
  [26, 37, 'low'],
  [27, 13, 'low'],
];

/** Pins 27 and 28 belong to the EEPROM by which a HAT says what it is. */
const eeprom = 'the EEPROM of a HAT';

/** The lines of the bare header of every Raspberry Pi with 40 pins, `gpio0` to `gpio27` by BCM number. */
export const headerLines: ReadonlyMap<LineName, BoardLine> = new Map(
  header.map(([bcm, headerPin, bootLevel]) => [
    `gpio${bcm}`,
    {
      direction: 'either',
      headerPin,
      bootLevel,
      chip: { labels, offset: bcm },
      ...(bcm < 2 ? { reserved: eeprom } : {}),
    },
  ]),
);
