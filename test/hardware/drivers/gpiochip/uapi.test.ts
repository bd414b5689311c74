import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  chipLabel,
  decodeEvents,
  encodeRequest,
  encodeValues,
  isActiveIn,
  lineConsumer,
} from '../../../../hardware/drivers/gpiochip/uapi.js';

/** As `struct gpio_v2_line_event` says. */
function event(ns: bigint, id: number, offset: number, seqno: number): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeBigUInt64LE(ns, 0);
  bytes.writeUInt32LE(id, 8);
  bytes.writeUInt32LE(offset, 12);
  bytes.writeUInt32LE(seqno, 16);
  return bytes;
}

describe('gpiochip: requests as bytes', () => {
  it('asks for a pulse pair: both lines, leading edges, pull-ups, the largest queue, no debounce', () => {
    const bytes = encodeRequest(
      { kind: 'pulses', offsets: [23, 24], activeLow: true, bias: 'pull-up', debounceUs: 0 },
      'sallyport',
    );
    assert.equal(bytes.length, 592);
    assert.deepEqual([bytes.readUInt32LE(0), bytes.readUInt32LE(4)], [23, 24]);
    assert.equal(bytes.toString('latin1', 256, 266), 'sallyport\0');
    // ACTIVE_LOW | INPUT | EDGE_RISING | BIAS_PULL_UP
    assert.equal(bytes.readBigUInt64LE(288), 0x116n);
    assert.deepEqual(
      [bytes.readUInt32LE(296), bytes.readUInt32LE(560), bytes.readUInt32LE(564)],
      [0, 2, 1024],
    );
  });

  it('asks for a level: both edges, debounced by the kernel', () => {
    const ask = {
      kind: 'level',
      offsets: [25],
      activeLow: false,
      bias: 'pull-down',
      debounceUs: 20_000,
    } as const;
    const bytes = encodeRequest(ask, 'sallyport');
    // INPUT | EDGE_RISING | EDGE_FALLING | BIAS_PULL_DOWN
    assert.equal(bytes.readBigUInt64LE(288), 0x234n);
    // One attribute: DEBOUNCE (3) of 20,000 us for line 0.
    assert.deepEqual(
      [bytes.readUInt32LE(296), bytes.readUInt32LE(320), bytes.readUInt32LE(328)],
      [1, 3, 20_000],
    );
    assert.equal(bytes.readBigUInt64LE(336), 1n);
    const plain = encodeRequest({ ...ask, bias: 'none', debounceUs: 0 }, 'sallyport');
    assert.deepEqual([plain.readBigUInt64LE(288), plain.readUInt32LE(296)], [0x434n, 0]);
  });

  it('asks for an output together with its inactive value', () => {
    const bytes = encodeRequest({ kind: 'output', offsets: [22], activeLow: true }, 'sallyport');
    // ACTIVE_LOW | OUTPUT
    assert.equal(bytes.readBigUInt64LE(288), 0xan);
    // One attribute: OUTPUT_VALUES (2), inactive, for line 0.
    assert.deepEqual([bytes.readUInt32LE(296), bytes.readUInt32LE(320)], [1, 2]);
    assert.deepEqual([bytes.readBigUInt64LE(328), bytes.readBigUInt64LE(336)], [0n, 1n]);
  });

  it('sets and reads one line of several', () => {
    const bytes = encodeValues(1, true);
    assert.deepEqual([bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)], [2n, 2n]);
    assert.deepEqual([isActiveIn(bytes, 0), isActiveIn(bytes, 1)], [false, true]);
    assert.equal(encodeValues(1, false).readBigUInt64LE(0), 0n);
  });

  it('reads names up to their end', () => {
    const bytes = Buffer.alloc(68);
    bytes.write('gpiochip0', 0);
    bytes.write('pinctrl-bcm2711', 32);
    assert.equal(chipLabel(bytes), 'pinctrl-bcm2711');
    assert.equal(lineConsumer(Buffer.alloc(256, 'x')), 'x'.repeat(32));
  });
});

describe('gpiochip: events as bytes', () => {
  it('reads what the kernel stamped', () => {
    const bytes = Buffer.concat([event(5_000_123_999n, 1, 23, 7), event(2n ** 53n, 2, 24, 0xffff_ffff)]);
    assert.deepEqual(decodeEvents(bytes), [
      { offset: 23, active: true, atUs: 5_000_123, seqno: 7 },
      { offset: 24, active: false, atUs: 9_007_199_254_740, seqno: 0xffff_ffff },
    ]);
  });

  it('is total: any bytes give whole events only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const events = decodeEvents(Buffer.from(bytes));
        assert.equal(events.length, Math.floor(bytes.length / 48));
        assert.ok(events.every(({ atUs }) => Number.isFinite(atUs) && atUs >= 0));
      }),
    );
  });
});
