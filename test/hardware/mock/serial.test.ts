import assert from 'node:assert/strict';
import { createSerialWire } from '../../../hardware/mock/serial.js';
import type { SerialLine, SerialRequest } from '../../../hardware/ports.js';
import { createManualClock } from '../manualClock.js';

const at9600: SerialRequest = { port: 'rs485', baud: 9_600 };

function wire(request = at9600) {
  const clock = createManualClock(0);
  const made = createSerialWire(request, clock);
  return { clock, ...made };
}

/** What a line hears: the bytes and when each piece came, in whole milliseconds. */
function listen(line: SerialLine, nowUs: () => number) {
  const bytes: number[] = [];
  const pieces: string[] = [];
  line.onBytes((piece) => {
    bytes.push(...piece);
    pieces.push(`${piece.length} at ${Math.round(nowUs() / 1000)}`);
  });
  return { bytes, pieces };
}

describe('mock serial wire', () => {
  it('carries bytes both ways, in order, as copies, and none back to the sender', () => {
    const { clock, near, join } = wire();
    const far = join();
    const [atNear, atFar] = [listen(near, clock.nowUs), listen(far, clock.nowUs)];
    const sent = Uint8Array.of(1, 2);
    near.write(sent);
    sent[0] = 99;
    near.write(Uint8Array.of(3));
    clock.advanceMs(10);
    far.write(Uint8Array.of(7));
    clock.advanceMs(10);
    assert.deepEqual(atFar.bytes, [1, 2, 3]);
    assert.deepEqual(atNear.bytes, [7]);
  });

  it('takes the time of the bits: ten a byte, eleven with parity, handed over in pieces', () => {
    const plain = wire();
    const heard = listen(plain.join(), plain.clock.nowUs);
    plain.near.write(new Uint8Array(20));
    plain.clock.advanceMs(8);
    assert.deepEqual(heard.pieces, []);
    plain.clock.advanceMs(20);
    assert.deepEqual(heard.pieces, ['8 at 8', '8 at 17', '4 at 21']);
    const even = wire({ ...at9600, parity: 'even' });
    const later = listen(even.join(), even.clock.nowUs);
    even.near.write(new Uint8Array(8));
    even.clock.advanceMs(20);
    assert.deepEqual(later.pieces, ['8 at 9']);
    assert.ok(Math.abs(plain.busyMs() - 20.83) < 0.01);
  });

  it('reaches every device on the wire', () => {
    const { clock, near, join } = wire();
    const heard = [join(), join(), join()].map((line) => listen(line, clock.nowUs));
    near.write(Uint8Array.of(5));
    clock.advanceMs(2);
    assert.deepEqual(
      heard.map(({ bytes }) => bytes),
      [[5], [5], [5]],
    );
  });

  it('garbles what two say at once, and only that', () => {
    const { clock, near, join } = wire();
    const [a, b] = [join(), join()];
    const heard = listen(near, clock.nowUs);
    a.write(Uint8Array.of(1, 1, 1, 1));
    clock.advanceMs(3);
    b.write(Uint8Array.of(2, 2));
    clock.advanceMs(20);
    assert.equal(heard.bytes.length, 6);
    assert.deepEqual(heard.bytes.slice(0, 2), [1, 1]);
    assert.ok(heard.bytes.slice(2).every((byte) => byte !== 1 && byte !== 2));
    a.write(Uint8Array.of(3));
    clock.advanceMs(20);
    assert.equal(heard.bytes.at(-1), 3);
  });

  it('lets an end at another speed hear rubbish, until both agree', () => {
    const { clock, near, join } = wire();
    const far = join(38_400);
    const heard = listen(far, clock.nowUs);
    near.write(Uint8Array.of(1, 2));
    clock.advanceMs(5);
    assert.equal(heard.bytes.length, 8);
    assert.ok(!heard.bytes.includes(1) && !heard.bytes.includes(2));
    near.setBaud(38_400);
    near.write(Uint8Array.of(9));
    clock.advanceMs(1);
    assert.deepEqual(heard.bytes.slice(8), [9]);
  });

  it('loses what an end sends faster than its wire for too long', () => {
    const { clock, near, join } = wire();
    const heard = listen(join(), clock.nowUs);
    for (let n = 0; n < 10; n += 1) near.write(new Uint8Array(1_000));
    clock.advanceMs(20_000);
    assert.equal(heard.bytes.length, 4_000);
  });

  it('tells when its adapter is pulled out and put back, once each, and is deaf and dumb meanwhile', () => {
    const { clock, near, join, fail, mend } = wire();
    const far = join();
    const [atNear, atFar] = [listen(near, clock.nowUs), listen(far, clock.nowUs)];
    fail();
    const faults: string[] = [];
    near.onFault(({ port, fault }) => faults.push(`${port} ${fault}`));
    fail();
    near.write(Uint8Array.of(1));
    far.write(Uint8Array.of(2));
    clock.advanceMs(10);
    mend();
    mend();
    assert.deepEqual(faults, ['rs485 unavailable', 'rs485 restored']);
    assert.deepEqual([atNear.bytes, atFar.bytes], [[], []]);
    far.write(Uint8Array.of(3));
    clock.advanceMs(10);
    assert.deepEqual(atNear.bytes, [3]);
  });

  it('is silent after close, on either end', () => {
    const { clock, near, join } = wire();
    const far = join();
    const [atNear, atFar] = [listen(near, clock.nowUs), listen(far, clock.nowUs)];
    far.close();
    near.write(Uint8Array.of(1));
    clock.advanceMs(10);
    near.close();
    near.write(Uint8Array.of(2));
    join().write(Uint8Array.of(3));
    clock.advanceMs(10);
    assert.deepEqual([atNear.bytes, atFar.bytes], [[], []]);
  });
});
