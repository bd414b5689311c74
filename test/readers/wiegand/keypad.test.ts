import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bitsOfKey,
  framesOfPin,
  type Key,
  type KeypadMode,
  keypadModes,
  noPin,
  type PinEntry,
  pressKey,
  readKeypad,
} from '../../../src/readers/wiegand/keypad.js';

const keys: readonly Key[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];
const modes = [
  ...(['4-bit', '6-bit', '6-bit-rosslare', '8-bit', '8-bit-swapped'] as const),
  ...(['10-bit', '10-bit-high', '10-bit-swapped'] as const),
];
const keyOf = (bits: string, mode: KeypadMode) => {
  const read = readKeypad(bits, { mode });
  return read?.kind === 'key' ? read.key : undefined;
};
const byte = (hex: string) =>
  Number.parseInt(hex, 16)
    .toString(2)
    .padStart(hex.length * 4, '0');

describe('keypad frames', () => {
  it('reads the bytes the makers publish', () => {
    assert.equal(keyOf(byte('E1'), '8-bit'), '1');
    assert.equal(keyOf(byte('5A'), '8-bit'), '*');
    assert.equal(keyOf(byte('4B'), '8-bit'), '#');
    assert.equal(keyOf(byte('1E'), '8-bit-swapped'), '1');
    assert.equal(keyOf(byte('5A'), '8-bit-swapped'), '5');
    assert.equal(keyOf(byte('A'), '4-bit'), '*');
    assert.equal(keyOf(byte('B'), '4-bit'), '#');
  });

  it('reads the keys between parity bits that the makers publish', () => {
    const sent = (mode: (typeof modes)[number], ...of: readonly Key[]) =>
      of.map((key) => bitsOfKey(key, mode));
    assert.deepEqual(sent('6-bit', '0', '1', '7', '*', '#'), [
      ...['000001', '000010', '101111', '110100', '110111'],
    ]);
    assert.deepEqual(sent('6-bit-rosslare', '0', '1', '9', '*', '#'), [
      ...['110100', '000010', '110010', '110111', '011001'],
    ]);
    assert.deepEqual(sent('10-bit', '1'), ['0000000010']);
    assert.deepEqual(sent('10-bit-high', '1'), ['1111000010']);
    assert.deepEqual(sent('10-bit-swapped', '1'), ['1000111100']);
  });

  it('reads what it sends, in every mode', () => {
    for (const mode of modes) {
      for (const key of keys) assert.equal(keyOf(bitsOfKey(key, mode), mode), key);
    }
  });

  it('takes no other bits for a key', () => {
    for (const mode of modes) {
      const sent = new Set(keys.map((key) => bitsOfKey(key, mode)));
      for (let length = 0; length <= 11; length += 1) {
        for (let value = 0; value < 2 ** length; value += 1) {
          const bits = length === 0 ? '' : value.toString(2).padStart(length, '0');
          assert.equal(keyOf(bits, mode) !== undefined, sent.has(bits), `${mode} ${bits}`);
        }
      }
    }
  });
});

describe('keypads that send the whole PIN', () => {
  const fault = { kind: 'fault' };
  const pin = (digits: string) => ({ kind: 'pin', digits });

  it('as the number of a 26-bit card of the facility of their own; other cards stay cards', () => {
    const own = { mode: 'buffered-26', facility: 7 } as const;
    const [frame = ''] = framesOfPin('4711', own) ?? [];
    assert.equal(frame.length, 26);
    assert.deepEqual(readKeypad(frame, own), pin('4711'));
    assert.equal(readKeypad(frame, { mode: 'buffered-26' }), undefined);
    assert.equal(readKeypad(`${frame[0] === '0' ? '1' : '0'}${frame.slice(1)}`, own), undefined);
    assert.deepEqual(readKeypad(framesOfPin('12', own)?.[0] ?? '', own), pin('0012'));
    // FFFF is what such a keypad sends for an entry it gave up.
    assert.deepEqual(readKeypad(`${'0'.repeat(9)}${'1'.repeat(17)}`, { mode: 'buffered-26' }), fault);
  });

  it('a number has no leading zeros: every PIN there has as many digits as the keypad is said to send', () => {
    const five = { mode: 'buffered-26', digits: 5 } as const;
    assert.deepEqual(readKeypad(framesOfPin('01234', five)?.[0] ?? '', five), pin('01234'));
    assert.deepEqual(readKeypad(framesOfPin('00000', five)?.[0] ?? '', five), pin('00000'));
    assert.deepEqual(readKeypad(framesOfPin('65534', five)?.[0] ?? '', five), pin('65534'));
  });

  it('as six digits in BCD between parity bits', () => {
    const six = { mode: 'buffered-26-bcd' } as const;
    assert.deepEqual(framesOfPin('123456', six), ['00001001000110100010101100']);
    assert.deepEqual(readKeypad('00001001000110100010101100', six), pin('123456'));
    assert.deepEqual(readKeypad('00001001000110100010101101', six), fault);
    assert.equal(readKeypad('000100100011010001010110', six), undefined);
  });

  it('as six digits in BCD, and nothing else', () => {
    const six = { mode: 'buffered-24' } as const;
    assert.deepEqual(framesOfPin('123456', six), ['000100100011010001010110']);
    assert.deepEqual(readKeypad('000100100011010001010110', six), pin('123456'));
    assert.deepEqual(readKeypad('000100100011010001011010', six), fault);
    assert.equal(readKeypad('0001', six), undefined);
    assert.equal(framesOfPin('12345', six), undefined);
  });

  it('any PIN that can be typed comes out as it went in, in every mode', () => {
    const digits = fc.stringMatching(/^[1-9]\d{3,7}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom(...keypadModes), (typed, mode) => {
        const frames = framesOfPin(typed, { mode });
        if (frames === undefined) return;
        let entry: PinEntry = noPin;
        const pins: string[] = [];
        for (const [index, frame] of frames.entries()) {
          const read = readKeypad(frame, { mode });
          assert.ok(read !== undefined && read.kind !== 'fault');
          if (read.kind === 'pin') pins.push(read.digits);
          if (read.kind !== 'key') continue;
          const pressed = pressKey(entry, read.key, index);
          entry = pressed.entry;
          if (pressed.pin !== undefined) pins.push(pressed.pin);
        }
        assert.deepEqual(pins, [typed]);
      }),
    );
  });

  it('is total: any frame gives a key, a PIN, a fault or nothing', () => {
    const bits = fc.array(fc.constantFrom('0', '1'), { maxLength: 40 }).map((list) => list.join(''));
    fc.assert(
      fc.property(bits, fc.constantFrom(...keypadModes), fc.nat(255), (frame, mode, facility) => {
        const read = readKeypad(frame, { mode, facility });
        if (read?.kind === 'pin') assert.match(read.digits, /^\d{4,6}$/);
      }),
    );
  });
});

/** Types keys a second apart (a `.` is a pause of six) and gives the PINs entered. */
function type(text: string): string[] {
  let entry: PinEntry = noPin;
  let atUs = 0;
  const pins: string[] = [];
  for (const key of text) {
    atUs += key === '.' ? 5_000_001 : 1_000_000;
    if (key === '.') continue;
    const pressed = pressKey(entry, key as Key, atUs);
    entry = pressed.entry;
    if (pressed.pin !== undefined) pins.push(pressed.pin);
  }
  return pins;
}

describe('PIN entry', () => {
  it('enters with #, clears with *', () => {
    assert.deepEqual(type('1234#'), ['1234']);
    assert.deepEqual(type('12*34#'), ['34']);
    assert.deepEqual(type('1234#5678#'), ['1234', '5678']);
    assert.deepEqual(type('#*##'), []);
  });

  it('forgets the digits after 5 seconds without a key, not before', () => {
    assert.deepEqual(type('12.34#'), ['34']);
    assert.deepEqual(type('1234.#'), []);
    const first = pressKey(noPin, '1', 0).entry;
    assert.equal(pressKey(first, '#', 5_000_000).pin, '1');
    assert.equal(pressKey(first, '#', 5_000_001).pin, undefined);
  });

  it('takes 16 digits; more are no PIN at all, never the first 16', () => {
    assert.deepEqual(type(`${'1234567890123456'}#`), ['1234567890123456']);
    assert.deepEqual(type(`${'12345678901234567'}#12#`), ['12']);
    assert.deepEqual(type(`${'1'.repeat(40)}*12#`), ['12']);
    assert.deepEqual(type(`${'1'.repeat(20)}.12#`), ['12']);
  });

  it('whatever is typed, a PIN is the digits since the last #, * or pause', () => {
    const typed = fc.array(fc.constantFrom(...keys, '1', '2', '3', '.'), { maxLength: 60 });
    fc.assert(
      fc.property(typed, (list) => {
        const text = list.join('');
        const expected = text
          .split('#')
          .slice(0, -1)
          .map((part) => part.split(/[*.]/).pop() ?? '')
          .filter((digits) => digits.length > 0 && digits.length <= 16);
        assert.deepEqual(type(text), expected);
      }),
      { numRuns: 2000 },
    );
  });
});
