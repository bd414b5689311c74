import assert from 'node:assert/strict';
import { mutants, zoneModelMutants, zoneTranscriptMutants } from './mutantList.js';
import { hunt, huntByModel, huntByTranscripts, timesFound } from './mutants.js';

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
    const all = [...mutants, ...zoneModelMutants, ...zoneTranscriptMutants];
    for (const mutant of all) assert.equal(timesFound(mutant), 1, `${mutant.name} in ${mutant.file}`);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  });

  for (const name of handful) {
    it(`${name}: found out`, () => {
      const mutant = mutants.find((one) => one.name === name);
      assert.ok(mutant !== undefined);
      assert.equal(hunt(mutant, 40).kind, 'killed');
    }).timeout(60_000);
  }

  for (const mutant of zoneModelMutants.filter((_, index) => index % 12 === 0)) {
    it(`${mutant.name}: found out by the naive model`, () => {
      assert.equal(huntByModel(mutant, 10_000).kind, 'killed');
    }).timeout(60_000);
  }

  for (const mutant of zoneTranscriptMutants.filter((_, index) => index % 16 === 0)) {
    it(`${mutant.name}: found out by the transcripts`, () => {
      assert.equal(huntByTranscripts(mutant).kind, 'killed');
    }).timeout(60_000);
  }

  it('zone rules with nothing changed are not found out', () => {
    const [one] = zoneTranscriptMutants;
    assert.ok(one !== undefined);
    assert.deepEqual(huntByModel({ ...one, replace: one.find }, 200), { kind: 'survived' });
    assert.deepEqual(huntByTranscripts({ ...one, replace: one.find }), { kind: 'survived' });
  }).timeout(60_000);

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
