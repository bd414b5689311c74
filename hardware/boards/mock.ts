import type { Board, BoardLine, LineName } from '../ports.js';

const input: BoardLine = { direction: 'input', bootLevel: 'unknown' };
const output: BoardLine = { direction: 'output', bootLevel: 'unknown' };

/** Eight relays, eight two-wire readers with LED and beeper, sixteen inputs; all of it in memory. */
export const mockBoard: Board = {
  id: 'mock',
  name: 'Mock board (in memory)',
  drivers: ['mock'],
  lines: new Map<LineName, BoardLine>([
    ...numbered(8, (n): [LineName, BoardLine][] => [[`relay${n}`, output]]),
    ...numbered(8, (n): [LineName, BoardLine][] => [
      [`w${n}.d0`, input],
      [`w${n}.d1`, input],
      [`w${n}.led`, output],
      [`w${n}.beep`, output],
    ]),
    ...numbered(16, (n): [LineName, BoardLine][] => [[`in${n}`, input]]),
  ]),
  drawing: `  +--------------------------------------------------------------+
  | relay1 relay2 relay3 relay4 relay5 relay6 relay7 relay8      |
  | w1: d0 d1 led beep   w2: d0 d1 led beep   ...   w8: d0 d1 .. |
  | in1 in2 in3 in4 in5 in6 in7 in8 ...                     in16 |
  +--------------------------------------------------------------+`,
};

function numbered<T>(count: number, make: (n: number) => T[]): T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1)).flat();
}
