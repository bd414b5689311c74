import assert from 'node:assert/strict';
import { createUnknowns } from '../../src/control/unknowns.js';

describe('cards nobody has', () => {
  const card = (secret: string) => ({ kind: 'card', secret, bits: 24 }) as const;

  it('are kept for ten minutes under a name that says nothing', () => {
    let nowMs = 0;
    const unknowns = createUnknowns(() => nowMs);
    const handle = unknowns.keep(card('1912D6'));
    assert.match(handle, /^[\w-]{12}$/);
    assert.deepEqual(unknowns.find(handle), card('1912D6'));
    assert.equal(unknowns.find('other'), undefined);
    nowMs = 599_999;
    assert.equal(unknowns.keep(card('1912D6')), handle, 'the same card again keeps its name');
    nowMs += 599_999;
    assert.ok(unknowns.find(handle) !== undefined);
    nowMs += 1;
    assert.equal(unknowns.find(handle), undefined);
  });

  it('no more than 64, the latest', () => {
    const unknowns = createUnknowns(() => 0);
    const handles = Array.from({ length: 100 }, (_, index) => unknowns.keep(card(String(index))));
    const found = handles.map((handle) => unknowns.find(handle) !== undefined);
    assert.deepEqual(found, [...Array(36).fill(false), ...Array(64).fill(true)]);
  });
});
