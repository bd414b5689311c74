/** Run by `mutants.js` on one mutant: says what found it out first, or that nothing did. */
import { enumerate } from './exhaustive.js';
import { runSeed } from './run.js';

const seeds = Number(process.argv[2] ?? 100);
const MOVES = 300;

function firstProblem(): string | undefined {
  for (const contact of [false, true]) {
    const { failure } = enumerate(contact, 5);
    if (failure !== undefined) return `every sequence of five moves: ${failure}`;
  }
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { failure } = runSeed(seed, MOVES, false);
    if (failure !== undefined) return `${failure.id} at seed ${seed}: ${failure.problem.split('\n')[0]}`;
  }
  return undefined;
}

const problem = firstProblem();
process.stdout.write(`${problem ?? 'survived'}\n`);
process.exitCode = problem === undefined ? 0 : 1;
