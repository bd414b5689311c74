import assert from 'node:assert/strict';
import { createCopper } from '../../hardware/mock/copper.js';
import { type Mock, openMock } from '../../hardware/mock/mock.js';
import type { Hardware } from '../../hardware/ports.js';
import { createInputs, type InputListener, type InputWiring, requestOf } from '../../src/control/inputs.js';
import type { LockWiring } from '../../src/control/outputs.js';
import type { ReaderWiring } from '../../src/control/readerInput.js';
import { encode } from '../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { createManualClock } from '../hardware/manualClock.js';
import { createWiegandReader } from '../site/wiegandReader.js';

const reader: ReaderWiring = {
  id: 'in',
  d0: 'w1.d0',
  d1: 'w1.d1',
  formats: ['H10301'],
  frameGapMs: 30,
  keypad: { mode: '4-bit' },
  tamper: 'in3',
};
const wiring: InputWiring = {
  doors: [
    { id: 'lobby', contact: 'in1', contactOpenWhenActive: true, rex: 'in2' },
    { id: 'yard', contact: 'in5', contactOpenWhenActive: false },
    { id: 'attic', contactOpenWhenActive: true },
  ],
  readers: [reader, { id: 'out', d0: 'w2.d0', d1: 'w2.d1', formats: ['H10306', 'H10301'], frameGapMs: 30 }],
  fire: 'in4',
  levels: new Map(
    ['in1', 'in2', 'in3', 'in4', 'in5'].map((line) => [line, { activeLow: line === 'in5', debounceMs: 20 }]),
  ),
};
const locks: readonly LockWiring[] = [
  { door: 'lobby', relay: 'relay1', activeLow: false, failMode: 'fail-secure' },
];

function cardBits(facility: number, number: string, name = 'H10301'): string {
  const format = wiegandFormats.get(name);
  assert.ok(format !== undefined);
  const encoded = encode(format, { facility, number });
  assert.ok(encoded.ok);
  return encoded.bits;
}

/** A board with the wiring above; `said` is the story told so far. */
function start(
  before: (mock: Mock) => void = () => {},
  wired = wiring,
  copper = createCopper(),
  worse: (hardware: Hardware) => Hardware = (hardware) => hardware,
  learn = false,
  // What waits in the kernel is delivered when the program gets to it, before what it then does.
  turn = (mock: Mock) => mock.resume(),
) {
  const clock = createManualClock();
  const opened = openMock(requestOf('mock', wired, { locks, outputs: [], lamps: [] }), { ...clock, copper });
  const { mock } = opened;
  const hardware = worse(opened.hardware);
  before(mock);
  clock.advanceMs(100);
  const said: string[] = [];
  const on: InputListener = {
    card: (id, card, refused) =>
      said.push(
        `${id} card ${card.label} = ${card.facility}/${card.number} ${card.secret}${refused === undefined ? '' : ` ${refused}`}`,
      ),
    expect: () => undefined,
    learn: (id, bits) => {
      if (learn) said.push(`${id} learned ${bits.length}`);
      return learn;
    },
    pin: (id, digits) => said.push(`${id} pin ${digits}`),
    unreadable: (id, fault, bits) => said.push(`${id} unreadable ${fault} ${bits}`),
    contact: (door, open) => said.push(`${door} ${open ? 'open' : 'closed'}`),
    rex: (door, active) => said.push(`${door} rex ${active}`),
    tamper: (id, active) => said.push(`${id} tamper ${active}`),
    fire: (active) => said.push(`fire ${active}`),
    fault: (line, fault) => said.push(`${line} ${fault}`),
  };
  const nowWallMs = () => 1_900_000_000_000 + clock.nowUs() / 1000;
  const afterDelivery = (run: () => void) => {
    turn(mock);
    run();
  };
  const inputs = createInputs({
    ...clock,
    formats: wiegandFormats,
    wiring: wired,
    hardware,
    nowWallMs,
    afterDelivery,
    on,
  });
  const readerAt = (n: number) =>
    createWiegandReader({ mock, d0: `w${n}.d0`, d1: `w${n}.d1`, nowUs: clock.nowUs });
  const initial = said.splice(0);
  return { clock, hardware, mock, inputs, said, initial, nowWallMs, in: readerAt(1), out: readerAt(2) };
}

describe('inputs: the request', () => {
  it('asks for each wired line once, pulses in pairs, levels debounced, relays released', () => {
    const { inputs, outputs } = requestOf('mock', wiring, { locks, outputs: [], lamps: [] });
    assert.deepEqual(
      inputs.map(({ line }) => line),
      ['w1.d0', 'w1.d1', 'w2.d0', 'w2.d1', 'in1', 'in2', 'in3', 'in4', 'in5'],
    );
    assert.deepEqual(inputs[0], {
      line: 'w1.d0',
      use: { kind: 'pulses', partner: 'w1.d1' },
      activeLow: true,
    });
    assert.deepEqual(inputs[8], { line: 'in5', use: { kind: 'level', debounceMs: 20 }, activeLow: true });
    assert.deepEqual(outputs, [{ line: 'relay1', activeLow: false }]);
  });

  it('refuses a format that is not in the table', () => {
    const wired = { ...wiring, readers: [{ ...reader, formats: ['H99999'] }] };
    assert.throws(
      () => start(undefined, wired),
      /reader in: no Wiegand format "H99999"; choose of: H10301, /,
    );
  });
});

describe('inputs: levels', () => {
  it('tell first how contacts, tampers and fire stand', () => {
    const quiet = ['lobby closed', 'yard open', 'in tamper false', 'fire false'];
    assert.deepEqual(start().initial, quiet);
  });

  it('tell once what changed before anyone listened, and a button pressed meanwhile', () => {
    const { initial } = start((mock) => {
      for (const line of ['in1', 'in2', 'in3', 'in4', 'in5']) mock.drive(line, true);
    });
    const states = ['lobby open', 'yard closed', 'in tamper true', 'fire true'];
    assert.deepEqual(initial, [...states, 'lobby rex true']);
  });

  it('do not tell a button that was held down since before the board was opened', () => {
    const copper = createCopper();
    copper.set('in2', true, 0);
    assert.ok(!start(undefined, wiring, copper).initial.join().includes('rex'));
  });

  it('tell each change once it has settled', () => {
    const { clock, mock, said } = start();
    for (const line of ['in1', 'in2', 'in5', 'in3', 'in4']) mock.drive(line, true);
    clock.advanceMs(19);
    assert.deepEqual(said, []);
    clock.advanceMs(1);
    mock.drive('in2', false);
    clock.advanceMs(20);
    assert.deepEqual(said, [
      'lobby open',
      'lobby rex true',
      'yard closed',
      'in tamper true',
      'fire true',
      'lobby rex false',
    ]);
  });

  it('look again when the board says that edges of a level were lost', () => {
    let sayLost = () => {};
    const { clock, mock, said } = start(undefined, wiring, undefined, (hardware) => ({
      ...hardware,
      onEdge: (listener) => hardware.onEdge((edge) => edge.line === 'in1' || listener(edge)),
      onFault(listener) {
        sayLost = () => listener({ line: 'in1', fault: 'edges-lost' });
      },
    }));
    sayLost();
    assert.deepEqual(said, ['in1 edges-lost']);
    mock.drive('in1', true);
    clock.advanceMs(20);
    sayLost();
    assert.deepEqual(said.slice(1), ['in1 edges-lost', 'lobby open']);
  });
});

describe('inputs: cards', () => {
  it('a card is told once its frame is over, with the reader it came from', () => {
    const { clock, said, in: entry, out } = start();
    entry.present(cardBits(123, '45678'));
    clock.advanceMs(25 + 29);
    assert.deepEqual(said, []);
    clock.advanceMs(1);
    assert.deepEqual(said, ['in card H10301 ••5678 = 123/45678 7BB26E']);
    out.present(cardBits(1234, '56789', 'H10306'));
    clock.advanceMs(100);
    assert.deepEqual(said.slice(1), ['out card H10306 ••6789 = 1234/56789 04D2DDD5']);
  });

  it('two equal reads are two reads', () => {
    const { clock, said, in: entry } = start();
    entry.present(cardBits(1, '1'));
    entry.present(cardBits(1, '1'));
    clock.advanceMs(200);
    assert.deepEqual(said, Array(2).fill('in card H10301 ••0001 = 1/1 010001'));
  });

  it('two readers at the same time do not mix', () => {
    const { clock, said, mock } = start();
    const startUs = clock.nowUs();
    const pulses = [
      ...[...cardBits(1, '1')].map((bit, n) => ({ line: `w1.d${bit}`, atUs: startUs + n * 1000 })),
      ...[...cardBits(2, '2')].map((bit, n) => ({ line: `w2.d${bit}`, atUs: startUs + n * 1000 + 3 })),
    ].sort((a, b) => a.atUs - b.atUs);
    mock.pulseTrain(pulses.map((pulse) => ({ ...pulse, widthUs: 50 })));
    clock.advanceMs(100);
    assert.deepEqual(said, ['in card H10301 ••0001 = 1/1 010001', 'out card H10301 ••0002 = 2/2 020002']);
  });

  it('keys make a PIN, also typed in one go with stamps ahead of the clock', () => {
    const { clock, said, in: entry } = start();
    entry.type('99*2468#', '4-bit');
    clock.advanceMs(3000);
    assert.deepEqual(said, ['in pin 2468']);
  });

  it('tells what is unreadable, and counts everything', () => {
    const { clock, said, inputs, mock, nowWallMs, in: entry } = start();
    assert.deepEqual(inputs.health()[0], {
      id: 'in',
      frames: 0,
      parityErrors: 0,
      lengthErrors: 0,
      shortFrames: 0,
      noise: 0,
      tamper: false,
    });
    const bits = cardBits(123, '45678');
    for (const sent of [bits, bits.slice(1), `0${bits.slice(1)}`, '1111', '10', '0101']) {
      entry.present(sent);
      clock.advanceMs(200);
    }
    const lastSeenWallMs = nowWallMs() - 200 + 3 + 30;
    mock.loseEdge('w1.d0');
    entry.present(bits);
    clock.advanceMs(200);
    entry.present('1'.repeat(140));
    clock.advanceMs(200);
    assert.deepEqual(said, [
      'in card H10301 ••5678 = 123/45678 7BB26E',
      'in unreadable length 25',
      'in unreadable parity 26',
      'in unreadable key 4',
      'w1.d1 edges-lost',
      'in unreadable edges-lost 26',
      'in unreadable storm 129',
    ]);
    const counted = { frames: 2, parityErrors: 2, lengthErrors: 1, shortFrames: 1, noise: 2, lastSeenWallMs };
    assert.deepEqual(inputs.health()[0], { id: 'in', ...counted, tamper: false });
    assert.equal(inputs.health()[1]?.frames, 0);
  });
});

describe('inputs: a busy program', () => {
  it('ends frames by their stamps, however late it looks: none is split, none merged', () => {
    const { clock, said, mock, in: entry } = start();
    const bits = cardBits(123, '45678');
    const startUs = clock.nowUs();
    const pulses = [...bits].map((bit, n) => ({ line: `w1.d${bit}`, atUs: startUs + n * 2000, widthUs: 50 }));
    mock.pulseTrain(pulses.slice(0, 10));
    mock.stall();
    mock.pulseTrain(pulses.slice(10));
    clock.stallMs(200);
    entry.present(cardBits(1, '1'));
    clock.stallMs(300);
    // The late timer comes first, the edges that waited after it.
    clock.fireDue();
    clock.advanceMs(100);
    assert.deepEqual(said, [
      'in card H10301 ••5678 = 123/45678 7BB26E',
      'in card H10301 ••0001 = 1/1 010001',
    ]);
  });

  it('keeps at most one timer a reader, and none while nothing is open', () => {
    const { clock, in: entry } = start();
    assert.equal(clock.armed(), 0);
    entry.present(cardBits(1, '1'));
    entry.present(cardBits(1, '1'));
    assert.equal(clock.armed(), 1);
    clock.advanceMs(1000);
    assert.equal(clock.armed(), 0);
  });

  it('sets a timer a few times a card, not at every edge', () => {
    const { clock, said, mock } = start();
    const before = clock.setCount();
    for (const bit of cardBits(1, '1')) {
      mock.drive(`w1.d${bit}`, true);
      mock.drive(`w1.d${bit}`, false);
      clock.advanceMs(1);
    }
    clock.advanceMs(100);
    assert.equal(said.length, 1);
    assert.equal(clock.setCount() - before, 2);
  });
});

describe('inputs: a late look', () => {
  it('the first pulse of the next frame, come since the last delivery, does not damage the frame before', () => {
    let arriving = false;
    let pulse = () => {};
    const worse = (hardware: Hardware): Hardware => ({
      ...hardware,
      isActive: (line) => (arriving && line === 'w1.d1') || hardware.isActive(line),
      deliver: () => {
        if (arriving) pulse();
        arriving = false;
      },
    });
    const scene = start(undefined, undefined, undefined, worse);
    pulse = () => {
      scene.mock.drive('w1.d1', true);
      scene.mock.drive('w1.d1', false);
    };
    scene.in.present(cardBits(1, '1'));
    scene.clock.advanceMs(40);
    arriving = true;
    scene.clock.advanceMs(200);
    assert.equal(arriving, false);
    assert.equal(scene.said.length, 1, scene.said.join(', '));
    assert.match(scene.said[0] ?? '', /^in card /);
  });

  it('edges that still wait in the kernel when the frame seems over belong to it', () => {
    const scene = start(undefined, undefined, undefined, undefined, false, () => {});
    for (const [index, bit] of [...cardBits(1, '1')].entries()) {
      if (index === 10) scene.mock.stall();
      scene.mock.drive(`w1.d${bit}`, true);
      scene.mock.drive(`w1.d${bit}`, false);
      scene.clock.advanceMs(2);
    }
    scene.clock.advanceMs(200);
    assert.deepEqual(
      scene.said.map((one) => one.slice(0, 8)),
      ['in card '],
    );
  });
});

describe('inputs: a broken wire', () => {
  it('a line still active after the frame damages it; active for a second it is stuck, told once', () => {
    const { clock, said, mock, in: entry } = start();
    entry.present(cardBits(1, '1'));
    mock.drive('w1.d1', true, clock.nowUs() + 26_000);
    clock.advanceMs(100);
    assert.deepEqual(said, ['in unreadable line-active 27']);
    clock.advanceMs(3000);
    assert.deepEqual(said.slice(1), ['w1.d1 stuck']);
    assert.equal(clock.armed(), 0);
    mock.drive('w1.d1', false);
    entry.present(cardBits(1, '1'));
    clock.advanceMs(100);
    assert.deepEqual(said.slice(2), ['in card H10301 ••0001 = 1/1 010001']);
    mock.drive('w1.d0', true);
    clock.advanceMs(2000);
    assert.deepEqual(said.slice(3), ['w1.d0 stuck']);
  });

  it('a line that is active from the start is found without any edge', () => {
    const { clock, said } = start((mock) => mock.drive('w2.d0', true));
    clock.advanceMs(999);
    assert.deepEqual(said, []);
    clock.advanceMs(1);
    assert.deepEqual(said, ['w2.d0 stuck']);
  });

  it('a line that recovers within the second is not told', () => {
    const { clock, said, mock } = start((before) => before.drive('w2.d0', true));
    clock.advanceMs(500);
    mock.drive('w2.d0', false);
    clock.advanceMs(5000);
    assert.deepEqual(said, []);
    assert.equal(clock.armed(), 0);
  });
});

describe('inputs: close', () => {
  it('says nothing any more and leaves no timer', () => {
    const { clock, said, mock, inputs, in: entry } = start();
    entry.present(cardBits(1, '1'));
    inputs.close();
    mock.drive('in1', true);
    mock.loseEdge('w1.d0');
    entry.present(cardBits(1, '1'));
    clock.advanceMs(1000);
    assert.deepEqual(said, []);
    assert.equal(clock.armed(), 0);
  });
});
