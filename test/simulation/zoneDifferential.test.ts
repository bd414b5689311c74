import assert from 'node:assert/strict';
import { compareHistories } from './zoneDifferential.js';

describe('zones against a naive model written from the rules alone', () => {
  it('10,000 random histories, no disagreement', () => {
    assert.equal(compareHistories(1, 10_000), undefined);
  }).timeout(120_000);
});
