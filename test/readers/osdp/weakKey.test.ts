import assert from 'node:assert/strict';
import fc from 'fast-check';
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { isWeakKey } from '../../../src/readers/osdp/weakKey.js';
import { bytesOf } from './vectors.js';

describe('keys that people type', () => {
  it('those that everybody tries are weak', () => {
    for (const hex of [
      '303132333435363738393a3b3c3d3e3f',
      '00000000000000000000000000000000',
      'ffffffffffffffffffffffffffffffff',
      '000102030405060708090a0b0c0d0e0f',
      '0f0e0d0c0b0a09080706050403020100',
      '00112233445566778899aabbccddeeff',
      'f0e0d0c0b0a090807060504030201000',
      '0123456789abcdef0123456789abcdef',
      '0123456789abcdeffedcba9876543210',
      'fedcba9876543210fedcba9876543210',
      'deadbeefdeadbeefdeadbeefdeadbeef',
      '8f1d3a5c8f1d3a5c8f1d3a5c8f1d3a5c',
      '11111111222222223333333344444444',
      '00000000000000000000000000000001',
    ])
      assert.ok(isWeakKey(bytesOf(hex)), hex);
  });

  it('random ones are not', () => {
    for (let n = 0; n < 10_000; n++) assert.ok(!isWeakKey(osdpCrypto.random(16)));
  });

  it('every constant step, and every repeated piece, is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), (from, step) =>
        isWeakKey(Uint8Array.from({ length: 16 }, (_, at) => from + at * step)),
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (piece) =>
        isWeakKey(Uint8Array.of(...piece, ...piece)),
      ),
    );
  });
});
