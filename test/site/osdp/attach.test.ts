import assert from 'node:assert/strict';
import { createSerialWire } from '../../../hardware/mock/serial.js';
import { createManualClock } from '../../hardware/manualClock.js';
import { attach, attachAll } from './attach.js';
import { build, createEar } from './frame.js';
import { createPeripheral } from './peripheral.js';

const poll = (address: number, sequence: number) =>
  Uint8Array.of(0xff, ...build({ address, sequence, crc: true, code: 0x60, data: new Uint8Array() }));

/** Eight readers on one wire and what the panel's end hears: address and code, at which millisecond. */
function bus() {
  const clock = createManualClock(0);
  const nowMs = () => clock.nowUs() / 1000;
  const wire = createSerialWire({ port: 'rs485', baud: 9_600 }, clock);
  const readers = [0, 1, 2, 3, 4, 5, 6, 7].map((address) => createPeripheral({ address, replyMs: 4 }));
  for (const reader of readers) attach(reader, wire.join(), { ...clock, nowMs });
  const heard: string[] = [];
  const ear = createEar();
  wire.near.onBytes((bytes) => {
    for (const frame of ear.hear(bytes, nowMs())) {
      const code = 'bad' in frame ? 'bad' : frame.code.toString(16);
      heard.push(`${frame.address} ${code} at ${Math.round(nowMs())}`);
    }
  });
  return { clock, wire, readers, heard, nowMs };
}

describe('simulated OSDP readers on a line', () => {
  it('answer each to its own address, in wire time', () => {
    const { clock, wire, heard } = bus();
    for (const address of [3, 5, 0]) {
      wire.near.write(poll(address, 0));
      clock.advanceMs(100);
    }
    // 9 bytes there and 8 back at 1.04 ms each, 4 ms to think.
    assert.deepEqual(heard, ['3 40 at 22', '5 40 at 122', '0 40 at 222']);
  });

  it('garble each other when two have the same address', () => {
    const { clock, wire, heard, nowMs } = bus();
    attach(createPeripheral({ address: 3, replyMs: 5 }), wire.join(), { ...clock, nowMs });
    wire.near.write(poll(3, 0));
    clock.advanceMs(100);
    assert.deepEqual(heard, []);
  });

  it('go where COMSET sends them, after the answer, and the others stay', () => {
    const { clock, wire, readers, heard } = bus();
    const data = Uint8Array.of(9, 0x00, 0x96, 0x00, 0x00);
    wire.near.write(build({ address: 3, sequence: 0, crc: true, code: 0x6e, data }));
    clock.advanceMs(100);
    assert.equal(readers[3]?.address(), 9);
    wire.near.write(poll(9, 0));
    clock.advanceMs(100);
    wire.near.setBaud(38_400);
    wire.near.write(poll(9, 0));
    clock.advanceMs(100);
    wire.near.write(poll(4, 0));
    clock.advanceMs(100);
    assert.deepEqual(
      heard.map((one) => one.slice(0, 4)),
      ['3 54', '9 40'],
    );
  });

  it('share one far end without a wire, and keep the time of theirs', () => {
    const clock = createManualClock(0);
    let toReaders = (_: Uint8Array) => {};
    const sent: string[] = [];
    const nowMs = () => clock.nowUs() / 1000;
    const far = {
      onBytes: (listener: (bytes: Uint8Array) => void) => {
        toReaders = listener;
      },
      write: (bytes: Uint8Array) => {
        sent.push(`${bytes[1]} at ${Math.round(nowMs())}`);
      },
    };
    const readers = [1, 2].map((address) => createPeripheral({ address, replyMs: 4 }));
    attachAll(readers, far, { ...clock, nowMs });
    toReaders(poll(2, 0));
    clock.advanceMs(22);
    // A reader is free as soon as its last byte is out: the next command is not held up.
    toReaders(poll(2, 1));
    clock.advanceMs(78);
    assert.deepEqual(sent, ['130 at 22', '130 at 44']);
  });
});
