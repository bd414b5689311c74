import assert from 'node:assert/strict';
import type { Board, HardwareRequest, InputUse } from '../../hardware/ports.js';
import { LineError } from '../../hardware/ports.js';
import { checkRequest } from '../../hardware/request.js';

const board: Board = {
  id: 'bench',
  name: 'Bench',
  drivers: ['gpiochip'],
  drawing: 'a bench',
  lines: new Map([
    ['gpio4', { direction: 'either', bootLevel: 'high' }],
    ['gpio17', { direction: 'either', bootLevel: 'low' }],
    ['gpio27', { direction: 'either', bootLevel: 'low' }],
    ['button', { direction: 'input', bootLevel: 'high' }],
    ['relay', { direction: 'output', bootLevel: 'unknown' }],
    ['spoken-for', { direction: 'either', bootLevel: 'low', reserved: 'the EEPROM' }],
  ]),
};
const level: InputUse = { kind: 'level', debounceMs: 20 };
const input = (line: string, use: InputUse = level) => ({ line, use, activeLow: false });
const output = (line: string, activeLow = false) => ({ line, activeLow });
const pulses = (partner: string): InputUse => ({ kind: 'pulses', partner });
const ask = (part: Partial<HardwareRequest>) => () =>
  checkRequest(board, { board: 'bench', inputs: [], outputs: [], ...part });
const refused = (part: Partial<HardwareRequest>, line: string, why: RegExp) =>
  assert.throws(
    ask(part),
    (error) => error instanceof LineError && error.line === line && why.test(error.message),
  );

describe('checkRequest', () => {
  it('lets pass what the board has', () => {
    assert.doesNotThrow(
      ask({
        inputs: [input('gpio17', pulses('gpio27')), input('gpio27', pulses('gpio17')), input('button')],
        outputs: [output('relay'), output('gpio4', true)],
      }),
    );
  });

  it('refuses a line that is not there, used twice, or against its direction', () => {
    refused({ inputs: [input('gpio99')] }, 'gpio99', /not on the board "bench"/);
    refused({ outputs: [output('gpio99')] }, 'gpio99', /not on the board/);
    refused({ inputs: [input('gpio17')], outputs: [output('gpio17')] }, 'gpio17', /twice/);
    refused({ inputs: [input('relay')] }, 'relay', /an output/);
    refused({ outputs: [output('button')] }, 'button', /an input/);
  });

  it('refuses a line the board keeps for itself, and says what for', () => {
    refused({ inputs: [input('spoken-for')] }, 'spoken-for', /is taken: the EEPROM/);
    refused({ outputs: [output('spoken-for')] }, 'spoken-for', /is taken: the EEPROM/);
  });

  it('refuses half a pulse pair, a pair with itself and a crossed pair', () => {
    refused({ inputs: [input('gpio17', pulses('gpio27'))] }, 'gpio17', /partner gpio27/);
    refused({ inputs: [input('gpio17', pulses('gpio17'))] }, 'gpio17', /partner gpio17/);
    refused({ inputs: [input('gpio17', pulses('gpio27')), input('gpio27')] }, 'gpio17', /partner/);
    const crossed = [
      input('gpio17', pulses('gpio27')),
      input('gpio27', pulses('gpio4')),
      input('gpio4', pulses('gpio27')),
    ];
    refused({ inputs: crossed }, 'gpio17', /partner/);
  });

  it('refuses a debounce that is no time', () => {
    for (const debounceMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused({ inputs: [input('button', { kind: 'level', debounceMs })] }, 'button', /debounce/);
    }
  });

  it('refuses an output that stands at its active level at boot: the relay would click', () => {
    refused({ outputs: [output('gpio4')] }, 'gpio4', /stands high at boot/);
    refused({ outputs: [output('gpio17', true)] }, 'gpio17', /stands low at boot/);
  });
});
