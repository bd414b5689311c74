/**
 * A hand on the terminals of real GPIO lines: of the simulated chip in the guest of `test/hil`, or of a Raspberry Pi with
 * two loops of wire (test/README.md). `SALLYPORT_TERMINALS` says which; without it there are none.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { LineName } from '../../../hardware/ports.js';
import type { ContractLines } from '../contract.js';

export interface Terminals {
  /** Puts a level on an input from outside. */
  drive(line: LineName, high: boolean): void;
  /** What is on a line, seen from outside. */
  isHigh(line: LineName): boolean;
}

/** Lines of the board `pi` that boot low, so that they may be active high outputs, with no second use. */
export const terminalLines: ContractLines = {
  board: 'pi',
  pulses: ['gpio23', 'gpio24'],
  level: 'gpio25',
  outputs: ['gpio22', 'gpio5'],
  unknown: 'gpio99',
};

/** Undefined where there is nothing to put a hand on. */
export function terminals(): Terminals | undefined {
  const which = process.env['SALLYPORT_TERMINALS'];
  if (which === undefined) return undefined;
  if (which === 'simgpio' && existsSync(simgpio)) return simulated;
  if (which === 'loops') return loops;
  throw new Error(`SALLYPORT_TERMINALS=${which}: write loops, or simgpio where its module is loaded`);
}

const simgpio = '/sys/kernel/debug/simgpio';

const simulated: Terminals = {
  drive: (line, high) => writeFileSync(`${simgpio}/level`, `${bcmOf(line)} ${high ? 1 : 0}`),
  isHigh: (line) => {
    const row = readFileSync(`${simgpio}/lines`, 'utf8').split('\n')[bcmOf(line)] ?? '';
    return row.endsWith(' 1');
  },
};

/** GPIO 16 is wired to 23 and 26 to 24; 25 is free and follows its own pull resistor. */
const wiredTo = new Map([
  ['gpio23', 16],
  ['gpio24', 26],
]);

/** `pinctrl` of Raspberry Pi OS moves and reads pins beside the kernel's GPIO interface. */
const loops: Terminals = {
  drive: (line, high) => {
    const far = wiredTo.get(line);
    if (far === undefined) pinctrl('set', String(bcmOf(line)), high ? 'pu' : 'pd');
    else pinctrl('set', String(far), 'op', high ? 'dh' : 'dl');
  },
  isHigh: (line) => / hi\b/.test(pinctrl('get', String(bcmOf(line)))),
};

function pinctrl(...args: readonly string[]): string {
  return execFileSync('pinctrl', args, { encoding: 'utf8' });
}

function bcmOf(line: LineName): number {
  return Number(line.replace('gpio', ''));
}
