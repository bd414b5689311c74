import assert from 'node:assert/strict';
import { pinsAllowed, tooManyPins } from '../../src/core/pinNumbers.js';

describe('pinNumbers: of 1,000 possible codes one is given out', () => {
  for (const [digits, allowed] of [
    [2, 0],
    [3, 1],
    [4, 10],
    [5, 100],
    [8, 100_000],
  ] as const) {
    it(`${digits} digits: ${allowed}`, () => assert.equal(pinsAllowed(digits), allowed));
  }

  it('says what to do', () => {
    assert.equal(
      tooManyPins(4),
      'There may be 10 PINs of 4 digits, one of 1000 possible codes: take 5 digits, or one that serves with a card only.',
    );
  });
});
