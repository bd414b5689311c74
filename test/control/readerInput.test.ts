import assert from 'node:assert/strict';
import { openMock } from '../../hardware/mock/mock.js';
import { createInputs, type InputListener, requestOf } from '../../src/control/inputs.js';
import type { ReaderWiring } from '../../src/control/readerInput.js';
import { type CardNumber, encode, run, type WiegandFormat } from '../../src/readers/wiegand/formats.js';
import { formatsWith, wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { framesOfPin, type Keypad, keypadModes } from '../../src/readers/wiegand/keypad.js';
import { createManualClock } from '../hardware/manualClock.js';
import { createWiegandReader } from '../site/wiegandReader.js';

/** A format as long as any, of one site only. */
const long: WiegandFormat = {
  name: 'long-256',
  length: 256,
  number: run(1, 254),
  parity: [
    { position: 0, parity: 'even', over: run(1, 127) },
    { position: 255, parity: 'odd', over: run(128, 254) },
  ],
};
const formats = formatsWith([long]);

function bitsOf(name: string, card: CardNumber): string {
  const format = formats.get(name);
  assert.ok(format !== undefined);
  const encoded = encode(format, card);
  assert.ok(encoded.ok);
  return encoded.bits;
}

const swapped = (bits: string) => [...bits].map((bit) => (bit === '1' ? '0' : '1')).join('');

function start(changes: Partial<ReaderWiring>, learns: (bits: string) => boolean = () => false) {
  const clock = createManualClock();
  const reader = { id: 'in', d0: 'w1.d0', d1: 'w1.d1', formats: ['H10301'], frameGapMs: 25, ...changes };
  const wiring = { readers: [reader], doors: [], levels: new Map() };
  const { hardware, mock } = openMock(
    requestOf('mock', wiring, { locks: [], outputs: [], lamps: [] }),
    clock,
  );
  const said: string[] = [];
  const foreseen: string[] = [];
  const on: InputListener = {
    card: (_, { format, number }, refused) =>
      said.push([format, number, refused].filter((word) => word !== undefined).join(' ')),
    expect: (_, { format, number }) => foreseen.push(`${format} ${number}`),
    learn: (_, bits) => learns(bits),
    pin: (_, digits) => said.push(`pin ${digits}`),
    unreadable: (_, fault, bits) => said.push(`unreadable ${fault} ${bits}`),
    contact: () => undefined,
    rex: () => undefined,
    tamper: () => undefined,
    fire: () => undefined,
    fault: (line, fault) => said.push(`${line} ${fault}`),
  };
  const afterDelivery = (then: () => void) => then();
  const inputs = createInputs({
    ...clock,
    // A moment before each look, as the fine timer does.
    setTimer: (run, afterMs, soon) =>
      clock.setTimer(() => {
        soon?.();
        run();
      }, afterMs),
    formats,
    wiring,
    hardware,
    nowWallMs: () => clock.nowUs() / 1000,
    afterDelivery,
    on,
  });
  const hand = createWiegandReader({ mock, d0: 'w1.d0', d1: 'w1.d1', nowUs: clock.nowUs });
  return {
    said,
    foreseen,
    health: () => inputs.health()[0],
    /** Presents frames one after another and gives what was said of them. */
    present: (...frames: readonly string[]) => {
      for (const bits of frames) {
        hand.present(bits);
        clock.advanceMs(bits.length + 200);
      }
      return said.splice(0);
    },
  };
}

describe('a reader of every format', () => {
  for (const { name, facility } of [...wiegandFormats.values(), long]) {
    it(`reads ${name} from its pulses`, () => {
      const { present } = start({ formats: [name] });
      const card = facility === undefined ? { number: '70001' } : { facility: 12, number: '7001' };
      assert.deepEqual(present(bitsOf(name, card)), [`${name} ${card.number}`]);
    });
  }

  it('expects the card that is told in a moment, and neither half of one nor a stranger', () => {
    const { present, foreseen } = start({ facilities: [7] });
    const good = bitsOf('H10301', { facility: 7, number: '4711' });
    present(good, good.slice(0, 20), swapped(good), bitsOf('H10301', { facility: 8, number: '4711' }));
    assert.deepEqual([...new Set(foreseen)], ['H10301 4711']);
  });

  it('tells several formats apart by length and parity', () => {
    const { present } = start({ formats: ['H10301', 'ATS-30', 'HALVES-30', 'H10306', 'P10001', 'H10302'] });
    const card = { facility: 7, number: '4711' };
    const said = present(
      bitsOf('HALVES-30', { facility: 1234, number: '45678' }),
      bitsOf('H10301', card),
      bitsOf('P10001', card),
      bitsOf('H10302', { number: '30000000001' }),
      bitsOf('C15001', card),
    );
    assert.deepEqual(said, [
      'HALVES-30 45678',
      'H10301 4711',
      'P10001 4711',
      'H10302 30000000001',
      'unreadable length 36',
    ]);
  });

  it('takes the longest frame of its formats and no more: the rest is a storm', () => {
    const { present } = start({ formats: ['long-256'] });
    const bits = bitsOf('long-256', { number: '1' });
    assert.deepEqual(present(bits, `${bits}0`), ['long-256 1', 'unreadable storm 257']);
  });
});

describe('a reader with facilities of its own', () => {
  it('refuses cards of others before anybody looks', () => {
    const { present } = start({ facilities: [25, 26] });
    const said = present(
      bitsOf('H10301', { facility: 26, number: '1' }),
      bitsOf('H10301', { facility: 27, number: '1' }),
    );
    assert.deepEqual(said, ['H10301 1', 'H10301 1 wrong-facility']);
  });
});

describe('a reader with a keypad', () => {
  for (const mode of keypadModes) {
    it(`${mode}: a PIN and a card on the same lines`, () => {
      const keypad: Keypad = { mode, facility: 3 };
      // Six digits in BCD between parity bits look like a 26-bit card, so the card here is another.
      const { present, health } = start({ keypad, formats: ['H10306'] });
      const pin = mode === 'buffered-24' || mode === 'buffered-26-bcd' ? '246802' : '2468';
      const said = present(
        ...(framesOfPin(pin, keypad) ?? []),
        bitsOf('H10306', { facility: 25, number: '9' }),
      );
      assert.deepEqual(said, [`pin ${pin}`, 'H10306 9']);
      assert.equal(health()?.parityErrors, 0);
    });
  }
});

describe('a reader whose data wires are exchanged', () => {
  const card = bitsOf('H10301', { facility: 25, number: '4822' });

  it('is told after three frames in a row, once, and not corrected', () => {
    const { present, health } = start({});
    const wrong = 'unreadable parity 26';
    assert.deepEqual(present(swapped(card), swapped(card)), [wrong, wrong]);
    assert.equal(health()?.swapped, undefined);
    assert.deepEqual(present(swapped(card), swapped(card)), [wrong, 'w1.d0 d0-d1-swapped', wrong]);
    assert.equal(health()?.swapped, true);
    assert.deepEqual(present(card), ['H10301 4822']);
    assert.equal(health()?.swapped, undefined);
  });

  it('is not told of other bad frames', () => {
    const { present } = start({});
    const bad = `${card.slice(0, 25)}${card[25] === '0' ? '1' : '0'}`;
    const said = present(swapped(card), swapped(card), bad, swapped(card), swapped(card));
    assert.deepEqual(said, Array(5).fill('unreadable parity 26'));
  });
});

describe('a reader that learns a card', () => {
  it('hands over the frame whatever it is, and reads nothing; keys stay keys', () => {
    const learned: string[] = [];
    const keypad: Keypad = { mode: '4-bit' };
    const { present, health } = start({ keypad }, (bits) => learned.push(bits) > 0);
    const frames = ['1'.repeat(31), bitsOf('H10301', { facility: 1, number: '2' })];
    assert.deepEqual(present(...frames, ...(framesOfPin('12', keypad) ?? [])), ['pin 12']);
    assert.deepEqual(learned, frames);
    assert.deepEqual([health()?.frames, health()?.lengthErrors], [3, 0]);
    assert.ok((health()?.lastSeenWallMs ?? 0) > 0);
  });
});
