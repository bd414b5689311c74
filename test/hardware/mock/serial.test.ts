import assert from 'node:assert/strict';
import { openSerialPair } from '../../../hardware/mock/serial.js';

describe('mock serial line', () => {
  it('carries bytes both ways, in order, as copies', () => {
    const [a, b] = openSerialPair();
    const atA: number[] = [];
    const atB: number[] = [];
    a.onBytes((bytes) => atA.push(...bytes));
    b.onBytes((bytes) => {
      atB.push(...bytes);
      b.write(Uint8Array.of(bytes.length));
    });
    const sent = Uint8Array.of(1, 2);
    a.write(sent);
    sent[0] = 99;
    a.write(Uint8Array.of(3));
    assert.deepEqual(atB, [1, 2, 3]);
    assert.deepEqual(atA, [2, 1]);
  });

  it('delivers an answer after the listener that caused it has returned', () => {
    const [a, b] = openSerialPair();
    const story: string[] = [];
    a.onBytes((bytes) => story.push(`a heard ${bytes[0]}`));
    b.onBytes(() => {
      b.write(Uint8Array.of(7));
      story.push('b done');
    });
    a.write(Uint8Array.of(1));
    assert.deepEqual(story, ['b done', 'a heard 7']);
  });

  it('keeps what comes before anyone listens, up to 4096 bytes', () => {
    const [a, b] = openSerialPair();
    a.write(new Uint8Array(4000).fill(1));
    a.write(new Uint8Array(4000).fill(2));
    const heard: number[] = [];
    b.onBytes((bytes) => heard.push(...bytes));
    assert.equal(heard.length, 4096);
    assert.deepEqual([heard[3999], heard[4000]], [1, 2]);
  });

  it('loses what is written to a closed end, and refuses writing at one', () => {
    const [a, b] = openSerialPair();
    let heard = 0;
    b.onBytes(() => {
      heard += 1;
    });
    b.close();
    a.write(Uint8Array.of(1));
    assert.equal(heard, 0);
    assert.throws(() => b.write(Uint8Array.of(1)), /after close/);
  });

  it('goes on after a listener that threw', () => {
    const [a, b] = openSerialPair();
    const heard: (number | undefined)[] = [];
    b.onBytes((bytes) => {
      heard.push(bytes[0]);
      if (bytes[0] === 1) throw new Error('listener');
    });
    assert.throws(() => a.write(Uint8Array.of(1)), /listener/);
    a.write(Uint8Array.of(2));
    assert.deepEqual(heard, [1, 2]);
  });
});
