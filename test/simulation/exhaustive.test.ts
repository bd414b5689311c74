import assert from 'node:assert/strict';
import { enumerate, tinyMoves } from './exhaustive.js';

describe('every sequence of six moves by two people at one hard door', () => {
  for (const contact of [false, true]) {
    it(contact ? 'with a contact' : 'without a contact', () => {
      const { sequences, steps, failure } = enumerate(contact, 6);
      assert.equal(failure, undefined);
      assert.equal(sequences, tinyMoves.length ** 6);
      process.stdout.write(`      ${sequences} sequences in ${steps} steps\n`);
    }).timeout(120_000);
  }
});
