/**
 * The card formats there are, a row each. Layouts as the field has them; samples of each stand in the tests.
 * A new one is a row here; a format of one site is written in its site file.
 */
import { even, odd, type ParityRule, run, type WiegandFormat } from './formats.js';

/** Positions from `first` to `last` whose remainder by 3 is one of two (Corporate 1000). */
const thirds = (first: number, last: number, remainders: readonly number[]) =>
  run(first, last).filter((position) => remainders.includes(position % 3));

/** First bit even over the first half, last bit odd over the second. */
const halves = (length: number): readonly ParityRule[] => [
  even(0, run(1, length / 2 - 1)),
  odd(length - 1, run(length / 2, length - 2)),
];

/** A whole number without check bits: any noise of this length is a card, so choose it only where nothing else is sent. */
const raw = (length: number): WiegandFormat => ({
  name: `UID-${length}`,
  length,
  number: run(0, length - 1),
  parity: [],
});

/** A serial number between two check bits. */
const uid = (length: number): WiegandFormat => ({
  name: `UID-${length}`,
  length,
  number: run(1, length - 2),
  parity: halves(length),
});

const rows: readonly WiegandFormat[] = [
  // The industry's standard.
  { name: 'H10301', length: 26, facility: run(1, 8), number: run(9, 24), parity: halves(26) },
  {
    name: 'ATS-30',
    length: 30,
    facility: run(1, 12),
    number: run(13, 28),
    parity: [even(0, run(1, 12)), odd(29, run(13, 28))],
  },
  { name: 'HALVES-30', length: 30, facility: run(1, 12), number: run(13, 28), parity: halves(30) },
  raw(32),
  {
    name: 'D10202',
    length: 33,
    facility: run(1, 7),
    number: run(8, 31),
    parity: [even(0, run(1, 16)), odd(32, run(16, 31))],
  },
  // Also N10002.
  { name: 'H10306', length: 34, facility: run(1, 16), number: run(17, 32), parity: halves(34) },
  // What readers of serial numbers call "Wiegand 34": the same frame as one number.
  uid(34),
  {
    name: 'C1000-35',
    length: 35,
    facility: run(2, 13),
    number: run(14, 33),
    parity: [even(1, thirds(2, 33, [0, 2])), odd(34, thirds(1, 32, [1, 2])), odd(0, run(1, 34))],
  },
  {
    name: 'C15001',
    length: 36,
    issue: run(1, 10),
    facility: run(11, 18),
    number: run(19, 34),
    parity: [even(0, run(1, 17)), odd(35, run(18, 34))],
  },
  {
    name: 'S12906',
    length: 36,
    facility: run(1, 8),
    issue: run(9, 10),
    number: run(11, 34),
    parity: [odd(0, run(1, 17)), odd(35, run(17, 34))],
  },
  // Bit 18 is in both.
  {
    name: 'H10302',
    length: 37,
    number: run(1, 35),
    parity: [even(0, run(1, 18)), odd(36, run(18, 35))],
  },
  {
    name: 'H10304',
    length: 37,
    facility: run(1, 16),
    number: run(17, 35),
    parity: [even(0, run(1, 18)), odd(36, run(18, 35))],
  },
  // Four ones first, the XOR of the four bytes last: fixed ones are odd parity over nothing, a XOR is eight parities.
  {
    name: 'P10001',
    length: 40,
    facility: run(4, 15),
    number: run(16, 31),
    parity: [
      ...run(0, 3).map((position) => odd(position, [])),
      ...run(32, 39).map((position) =>
        even(position, [position - 32, position - 24, position - 16, position - 8]),
      ),
    ],
  },
  raw(40),
  {
    name: 'C1000-48',
    length: 48,
    facility: run(2, 23),
    number: run(24, 46),
    parity: [even(1, thirds(3, 46, [0, 1])), odd(47, thirds(2, 45, [0, 2])), odd(0, run(1, 47))],
  },
  { name: 'ZK-50', length: 50, facility: run(1, 16), number: run(17, 48), parity: halves(50) },
  raw(56),
  uid(58),
  raw(64),
  uid(66),
];

/** The formats there are, by name. */
export const wiegandFormats: ReadonlyMap<string, WiegandFormat> = new Map(
  rows.map((format) => [format.name, format]),
);

/** With those of one site. */
export function formatsWith(own: readonly WiegandFormat[]): ReadonlyMap<string, WiegandFormat> {
  return new Map([...wiegandFormats, ...own.map((format) => [format.name, format] as const)]);
}
