/** Sets everything the simulation has on the core at hand, the cheap first. */
import { enumerate } from './exhaustive.js';
import { regressions } from './regressions.js';
import { runMoves, runSeed } from './run.js';

const MOVES = 300;

/** What finds a fault of the core first; undefined = nothing does, within so many seeds. */
export function firstProblem(seeds: number): string | undefined {
  for (const contact of [false, true]) {
    const { failure } = enumerate(contact, 5);
    if (failure !== undefined) return `every sequence of five moves: ${failure}`;
  }
  for (const { seed, moves } of regressions) {
    const { failure } = runMoves(seed, moves);
    if (failure !== undefined) return `${failure.id} in a run that once failed: ${failure.problem}`;
  }
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { failure } = runSeed(seed, MOVES, false);
    if (failure !== undefined) return `${failure.id} at seed ${seed}: ${failure.problem.split('\n')[0]}`;
  }
  return undefined;
}
