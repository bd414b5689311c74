/** Readers that are asked: several on a line, an echo, silence, what is shown; and hostile bytes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkOf } from '../../../src/readers/serial/checks.js';
import {
  createSerialReaderLine,
  type SerialEvent,
  type SerialOutput,
} from '../../../src/readers/serial/line.js';
import { modbusFrame } from '../../../src/readers/serial/modbus.js';
import { type SerialGiven, serialPresets, serialSettingsOf } from '../../../src/readers/serial/presets.js';
import { bytesOf, hexOf } from '../osdp/vectors.js';

/** A Modbus slave as its standard says: registers and coils, functions 1, 3, 4, 5, 6. */
function createSlave(unit: number) {
  const registers = new Map<number, number>();
  const coils = new Set<number>();
  const written: string[] = [];
  const u16 = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return {
    registers,
    coils,
    written,
    isThere: true,
    setCard(at: number, hex: string) {
      for (const [n, word] of (hex.match(/.{4}/g) ?? []).entries())
        registers.set(at + n, Number.parseInt(word, 16));
    },
    answer(frame: Uint8Array): Uint8Array | undefined {
      const body = frame.subarray(0, -2);
      const crc = (frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8);
      if (!this.isThere || frame[0] !== unit || crc !== checkOf('crc16', body)) return undefined;
      const [address, value] = [u16(frame, 2), u16(frame, 4)];
      switch (frame[1]) {
        case 1:
          return modbusFrame(unit, [1, 1, coils.has(address) ? 1 : 0]);
        case 3:
        case 4: {
          const words = Array.from({ length: value }, (_, n) => registers.get(address + n) ?? 0);
          return modbusFrame(unit, [
            frame[1],
            2 * value,
            ...words.flatMap((word) => [word >> 8, word & 0xff]),
          ]);
        }
        case 5:
          written.push(`coil ${address} ${value}`);
          if (value === 0) coils.delete(address);
          else coils.add(address);
          return frame;
        case 6:
          written.push(`register ${address} ${value}`);
          registers.set(address, value);
          return frame;
        default:
          return modbusFrame(unit, [(frame[1] ?? 0) | 0x80, 1]);
      }
    },
  };
}

interface Device {
  answer(frame: Uint8Array): Uint8Array | undefined;
}

/** Readers and devices on a line of 9600 bits a second, on a clock that is a number. */
function createScene(
  readers: Readonly<Record<string, SerialGiven>>,
  devices: readonly Device[],
  hasEcho = false,
) {
  const configs = Object.entries(readers).map(([id, given]) => ({ id, settings: serialSettingsOf(given) }));
  const line = createSerialReaderLine(configs, 9_600);
  const events: SerialEvent[] = [];
  const asked: { readonly atMs: number; readonly frame: string }[] = [];
  let nowMs = 0;
  let wakeMs = 0;
  let arrivals: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  const did = (output: SerialOutput) => {
    events.push(...output.events);
    wakeMs = output.wakeMs;
    const { write } = output;
    if (write === undefined) return;
    asked.push({ atMs: nowMs, frame: hexOf(write) });
    const sentMs = nowMs + write.length * 1.05;
    if (hasEcho) arrivals.push({ atMs: sentMs, bytes: write });
    for (const device of devices) {
      const reply = device.answer(write);
      if (reply === undefined) continue;
      for (const [n, byte] of reply.entries()) {
        arrivals.push({ atMs: sentMs + 5 + (n + 1) * 1.05, bytes: Uint8Array.of(byte) });
      }
    }
  };
  did(line.start(0));
  return {
    events,
    asked,
    cards: () =>
      events.flatMap((event) => (event.kind === 'card' ? [`${event.id} ${event.card.secret}`] : [])),
    answering: (id: string) =>
      events.findLast((event) => event.kind === 'answering' && event.id === id)?.kind === 'answering' &&
      events
        .flatMap((event) => (event.kind === 'answering' && event.id === id ? [event.answering] : []))
        .at(-1),
    show: (id: string, signal: string) => did(line.show(id, signal, nowMs)),
    run(forMs: number) {
      const untilMs = nowMs + forMs;
      for (;;) {
        arrivals = arrivals.toSorted((a, b) => a.atMs - b.atMs);
        const [next] = arrivals;
        const atMs = Math.min(next?.atMs ?? Infinity, wakeMs);
        if (atMs > untilMs) break;
        nowMs = Math.max(nowMs, atMs);
        if (next !== undefined && next.atMs <= wakeMs) {
          arrivals.shift();
          did(line.receive(next.bytes, nowMs));
        } else did(line.wake(nowMs));
      }
      nowMs = untilMs;
    },
  };
}

const inveo = { framing: 'inveo', unit: 1 };
const byChange = (unit: number): SerialGiven => ({
  framing: 'modbus-rtu',
  unit,
  function: 3,
  register: 1_000,
  count: 4,
});

describe('serial readers that are asked: Modbus', () => {
  it('asks as the standard says, and reads the number of the example', () => {
    const slave = createSlave(1);
    const scene = createScene({ gate: byChange(1) }, [slave]);
    scene.run(500);
    assert.equal(scene.asked[0]?.frame, '010303e80004c479');
    slave.setCard(1_000, '00000000075bcd15');
    assert.equal(
      hexOf(slave.answer(bytesOf('010303e80004c479')) ?? new Uint8Array()),
      '01030800000000075bcd15702f',
    );
    scene.run(500);
    assert.deepEqual(scene.cards(), ['gate 075BCD15']);
  });

  it('what stood in the registers before is no read, nor is a card that stays', () => {
    const slave = createSlave(1);
    slave.setCard(1_000, '00000000075bcd15');
    const scene = createScene({ gate: byChange(1) }, [slave]);
    scene.run(5_000);
    assert.deepEqual(scene.cards(), []);
    slave.isThere = false;
    scene.run(5_000);
    assert.equal(scene.answering('gate'), false);
    slave.isThere = true;
    scene.run(5_000);
    assert.equal(scene.answering('gate'), true);
    assert.deepEqual(scene.cards(), []);
    slave.setCard(1_000, '0000000000000000');
    scene.run(1_000);
    slave.setCard(1_000, '00000000075bcd15');
    scene.run(5_000);
    assert.deepEqual(scene.cards(), ['gate 075BCD15']);
  });

  for (const hasEcho of [false, true]) {
    it(`a coil says there is a card, and is taken down${hasEcho ? ', with our own echo on the line' : ''}`, () => {
      const slave = createSlave(1);
      const scene = createScene({ gate: inveo }, [slave], hasEcho);
      scene.run(1_000);
      for (const card of ['00000000075bcd15', '00000000075bcd16', '00000000075bcd15']) {
        slave.setCard(1_000, card);
        slave.coils.add(1_004);
        scene.run(3_000);
        assert.ok(!slave.coils.has(1_004));
      }
      assert.deepEqual(scene.cards(), ['gate 075BCD15', 'gate 075BCD16', 'gate 075BCD15']);
      assert.deepEqual(slave.written, ['coil 1004 0', 'coil 1004 0', 'coil 1004 0']);
      assert.equal(scene.answering('gate'), true);
    });
  }

  it('vrd-485: the answer of its maker, and zeros without a card', () => {
    const slave = createSlave(1);
    const scene = createScene({ gate: { framing: 'vrd-485' } }, [slave]);
    scene.run(1_000);
    slave.setCard(2, 'a41e45c6');
    scene.run(1_000);
    assert.deepEqual(scene.cards(), ['gate A41E45C6']);
    assert.equal(scene.asked[0]?.frame.slice(0, 12), '010300020002');
    slave.setCard(2, '00000000');
    scene.run(3_000);
    slave.setCard(2, 'a41e45c6');
    scene.run(1_000);
    assert.deepEqual(scene.cards(), ['gate A41E45C6', 'gate A41E45C6']);
  });

  it('a sequence number tells the same card again', () => {
    const slave = createSlave(7);
    const given: SerialGiven = {
      ...{ framing: 'modbus-rtu', unit: 7, function: 4, register: 0, count: 4, sequenceWord: 0, offset: 2 },
      repeatMs: 0,
    };
    slave.setCard(0, '0005000004a1b2c3');
    const scene = createScene({ gate: given }, [slave]);
    scene.run(1_000);
    slave.registers.set(0, 6);
    scene.run(1_000);
    slave.registers.set(0, 7);
    scene.run(1_000);
    assert.deepEqual(scene.cards(), ['gate 04A1B2C3', 'gate 04A1B2C3']);
  });

  it('registers emptied after a read', () => {
    const slave = createSlave(1);
    const scene = createScene({ gate: { ...byChange(1), count: 1, clear: '06 03E8 0000', repeatMs: 0 } }, [
      slave,
    ]);
    scene.run(500);
    for (let n = 0; n < 3; n++) {
      slave.registers.set(1_000, 0x1234);
      scene.run(1_000);
    }
    assert.deepEqual(scene.cards(), ['gate 1234', 'gate 1234', 'gate 1234']);
  });

  it('shows signals between the questions, refusals and all', () => {
    const slave = createSlave(1);
    const show = { granted: '05 000A FF00', denied: '06 0014 0003', held: '63 01' };
    const scene = createScene({ gate: { ...byChange(1), show } }, [slave]);
    scene.run(500);
    for (const signal of ['granted', 'denied', 'held', 'normal']) {
      scene.show('gate', signal);
      scene.run(500);
    }
    assert.deepEqual(slave.written, ['coil 10 65280', 'register 20 3']);
    assert.equal(scene.answering('gate'), true);
  });

  it('four on a line, one of them dead: the others are asked nine times out of ten as often', () => {
    const rate = (isThere: boolean) => {
      const slaves = [1, 2, 3, 4].map(createSlave);
      const [first] = slaves;
      if (first !== undefined) first.isThere = isThere;
      const readers = Object.fromEntries([1, 2, 3, 4].map((unit) => [`r${unit}`, byChange(unit)]));
      const scene = createScene(readers, slaves);
      scene.run(60_000);
      return scene.asked.filter(({ frame }) => frame.startsWith('02')).length;
    };
    assert.ok(rate(false) > 0.9 * rate(true), `${rate(false)} of ${rate(true)}`);
  });
});

describe('serial readers that are asked: frames of their own', () => {
  const given: SerialGiven = {
    ...{ framing: 'length-prefixed', header: 'FE', lengthAt: 1, lengthPlus: 3, text: 'binary', offset: 1 },
    ...{
      check: { kind: 'xor' },
      ask: '0001 02 30 33',
      everyMs: 100,
      empty: '00',
      show: { granted: '0001 03 41 01 42' },
    },
  };
  const replyOf = (content: readonly number[]) => {
    const body = [0xfe, content.length, ...content];
    return Uint8Array.from([...body, body.reduce((value, byte) => value ^ byte, 0)]);
  };

  it('no card, a card, no card, and the same again', () => {
    let content = [0x00];
    const device = {
      answer: (frame: Uint8Array) => (hexOf(frame) === '0001023033' ? replyOf(content) : undefined),
    };
    const scene = createScene({ gate: given }, [device]);
    scene.run(1_000);
    content = [0x01, 0xde, 0xad, 0xbe, 0xef];
    scene.run(3_000);
    content = [0x00];
    scene.run(3_000);
    content = [0x01, 0xde, 0xad, 0xbe, 0xef];
    scene.run(1_000);
    assert.deepEqual(scene.cards(), ['gate DEADBEEF', 'gate DEADBEEF']);
    scene.show('gate', 'granted');
    scene.run(200);
    assert.ok(scene.asked.some(({ frame }) => frame === '000103410142'));
  });
});

describe('serial readers that are asked: acknowledged', () => {
  it('a reader that keeps its card until it is acknowledged is told, between the questions', () => {
    const given: SerialGiven = {
      ...{ framing: 'delimited', end: '0D', text: 'hex', ask: '3F', empty: '2D', acknowledge: '06' },
    };
    const waiting = ['DEADBEEF', '01020304'];
    const device = {
      answer: (frame: Uint8Array) => {
        if (hexOf(frame) === '06') waiting.shift();
        return hexOf(frame) === '3f' ? Buffer.from(`${waiting[0] ?? '-'}\r`) : undefined;
      },
    };
    const scene = createScene({ gate: given }, [device]);
    scene.run(3_000);
    assert.deepEqual(scene.cards(), ['gate DEADBEEF', 'gate 01020304']);
    assert.equal(scene.asked.filter(({ frame }) => frame === '06').length, 2);
    assert.equal(scene.answering('gate'), true);
  });
});

describe('serial readers: hostile bytes', () => {
  const all: readonly SerialGiven[] = [
    ...[...serialPresets.keys()].map((framing) => ({ framing })),
    { framing: 'delimited', start: '02', end: '03', text: 'binary', check: { kind: 'crc16' }, keys: true },
    { framing: 'delimited', end: '0D', keyPrefix: '4B', acknowledge: '06' },
    {
      framing: 'length-prefixed',
      header: '02',
      lengthBytes: 2,
      lengthComplement: true,
      check: { kind: 'sum' },
    },
    { ...{ framing: 'length-prefixed', header: '', lengthAt: 0, bytesMax: 1_024 }, ask: '01' },
    byChange(1),
  ];
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom('02', '03', '02ff', '010308', '0d0a', '62e3086ced08', '020a0206').map(bytesOf),
    ),
    { maxLength: 40 },
  );

  it('never throw, never keep more than a few frames, and always know when to come back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), pieces, fc.nat({ max: 200 }), (given, chunks, stepMs) => {
        const line = createSerialReaderLine([{ id: 'r', settings: serialSettingsOf(given) }], 9_600);
        let nowMs = 0;
        line.start(nowMs);
        for (const chunk of chunks) {
          nowMs += stepMs;
          const { wakeMs, events } = line.receive(chunk, nowMs);
          assert.ok(wakeMs >= 0 && !Number.isNaN(wakeMs));
          assert.ok(events.length <= chunk.length + 4);
          line.wake(nowMs);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('with a check value a changed frame is never another card', () => {
    const em = serialSettingsOf({ framing: 'em4100' });
    const frame = Uint8Array.of(2, ...Buffer.from('62E3086CED08'), 3);
    fc.assert(
      fc.property(fc.nat({ max: frame.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const line = createSerialReaderLine([{ id: 'r', settings: em }], 9_600);
        const changed = frame.map((old, index) => (index === at ? byte : old));
        const { events } = line.receive(changed, 0);
        const cards = events.flatMap((event) => (event.kind === 'card' ? [event.card.secret] : []));
        assert.ok(cards.length === 0 || cards.join() === '62E3086CED');
      }),
      { numRuns: 2_000 },
    );
  });
});
