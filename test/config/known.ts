import type { Known, KnownLine } from '../../src/config/siteRules.js';

const input: KnownLine = { direction: 'input', bootLevel: 'unknown' };
const output: KnownLine = { direction: 'output', bootLevel: 'unknown' };

/** A board with a line of every sort, written out here so that no test depends on the real tables. */
export const known: Known = {
  formats: new Map([
    [
      'H10301',
      { name: 'H10301', length: 26, facility: [1], parity: [{ position: 0, parity: 'even', over: [1] }] },
    ],
    ['WG34', { name: 'WG34', length: 34, facility: [1], parity: [] }],
    ['UID34', { name: 'UID34', length: 34, parity: [] }],
  ]),
  edgeLossReason: 'so it was measured',
  boards: new Map([
    ['memory', { drivers: ['mock'], lines: new Map([['relay1', output]]) }],
    [
      'bench',
      {
        drivers: ['gpiochip', 'onoff'],
        lines: new Map<string, KnownLine>([
          ['relay1', output],
          ['relay2', output],
          ['relay3', output],
          ['boots-high', { direction: 'output', bootLevel: 'high', headerPin: 7 }],
          ['boots-low', { direction: 'output', bootLevel: 'low' }],
          ['led1', output],
          ['led2', output],
          ['beep1', output],
          ['in1', { ...input, headerPin: 11, chip: { offset: 17 } }],
          ['in2', input],
          ['in3', input],
          ['in4', input],
          ['d0', input],
          ['d1', input],
          ['kept', { direction: 'either', bootLevel: 'low', reserved: 'the EEPROM of a HAT' }],
          ['spare', { direction: 'either', bootLevel: 'low' }],
        ]),
      },
    ],
  ]),
};

/** A good file that uses every key there is. */
export const fullSite = `name: Works
board: bench
timeZone: Europe/Berlin
data: ./there
clock: assume-trusted
untrustedClock: allow
storageDeadlineMs: 500
http: { host: 0.0.0.0, port: 9000 }
doors:
  gate:
    name: Gate
    number: 3
    relay:
      line: relay1
      activeLow: true
      lock: { kind: maglock, failMode: fail-safe }
    hardwareRex: confirmed
    contact: { line: in1, openWhen: inactive, activeLow: true, debounceMs: 50 }
    rex: { line: in2, debounceMs: 0 }
readers:
  gate-in:
    name: North post
    door: gate
    direction: entry
    wiegand: { d0: d0, d1: d1, formats: [H10301, WG34], frameGapMs: 30, keypad: 4-bit, led: { line: led1, activeLow: true }, ledRed: { line: led2 }, beep: { line: beep1 }, signals: { denied: { beep: { once: [300] } } } }
    tamper: { line: in3 }
  gate-in-2: { door: gate, direction: entry }
  gate-out: { door: gate, direction: exit }
outputs: { siren: { line: relay3, activeLow: true } }
fire: { line: in4, activeLow: true }
driver: onoff
acceptEdgeLoss: true
`;
