import assert from 'node:assert/strict';
import { mutants } from './mutantList.js';
import { hunt, timesFound } from './mutants.js';

/** A handful here; all of them by `node dist/test/simulation/mutants.js`. */
const handful = [
  'hard treated as pass',
  'soft not recorded',
  'reset ignored',
  'relay before commit',
  'REX cut by the closing door',
  'pause shortened by a crash',
];

describe('mutants of the core', () => {
  it('each changes one place that is there, and none is named twice', () => {
    for (const mutant of mutants) assert.equal(timesFound(mutant), 1, `${mutant.name} in ${mutant.file}`);
    assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    assert.ok(mutants.length >= 26);
  });

  for (const name of handful) {
    it(`${name}: found out`, () => {
      const mutant = mutants.find((one) => one.name === name);
      assert.ok(mutant !== undefined);
      assert.equal(hunt(mutant, 40).kind, 'killed');
    }).timeout(60_000);
  }

  it('what changes nothing is not found out', () => {
    const [one] = mutants;
    assert.ok(one !== undefined);
    assert.deepEqual(hunt({ ...one, replace: one.find }, 20), { kind: 'survived' });
  }).timeout(60_000);

  it('a mutant that is no program proves nothing', () => {
    const [one] = mutants;
    assert.ok(one !== undefined);
    assert.equal(hunt({ ...one, replace: '((' }, 1).kind, 'broken');
  }).timeout(60_000);
});
