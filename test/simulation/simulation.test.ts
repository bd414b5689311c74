import assert from 'node:assert/strict';
import { invariants } from './invariants.js';
import { regressions } from './regressions.js';
import { describeFailure, runMoves, runSeed } from './run.js';

const MOVES = 300;
const BUDGET_MS = 5_000;

/** As many seeds as fit; says how many. */
function runFrom(first: number): string {
  const begun = performance.now();
  let seed = first;
  let steps = 0;
  for (; performance.now() - begun < BUDGET_MS; seed += 1) {
    const outcome = runSeed(seed, MOVES);
    steps += outcome.steps;
    assert.ok(outcome.failure === undefined, describeFailure(outcome, MOVES));
  }
  const rate = Math.round((steps * 1_000) / (performance.now() - begun));
  return `      ${seed - first} seeds from ${first}, ${MOVES} moves each: ${steps} steps, ${rate} steps/s\n`;
}

describe('simulation', () => {
  it('names 26 invariants, each once and each with its text', () => {
    const ids = Array.from({ length: 26 }, (_, i) => `I${i + 1}`);
    assert.deepEqual(
      invariants.map(({ id }) => id),
      ids,
    );
    for (const { text } of invariants) assert.ok(text.length > 60);
  });

  for (const { was, seed, moves } of regressions) {
    it(`no more: ${was}`, () => {
      const outcome = runMoves(seed, moves);
      assert.ok(outcome.failure === undefined, describeFailure(outcome, MOVES));
    });
  }

  it('the same seed plays the same run', () => {
    assert.deepEqual(runSeed(7, MOVES), runSeed(7, MOVES));
  });

  it('seeds from 1', () => {
    process.stdout.write(runFrom(1));
  }).timeout(60_000);

  it('seeds from FC_SEED, which nobody may have seen', () => {
    process.stdout.write(runFrom(Number(process.env['FC_SEED'] ?? 1) * 1_000_000));
  }).timeout(60_000);
});
