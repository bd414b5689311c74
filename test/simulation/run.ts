/** Seeded runs: the real core on a simulated site, every invariant after every step, a failing run made short. */
import { pathToFileURL } from 'node:url';
import { invariants, watchAll } from './invariants.js';
import { type Move, someMove } from './moves.js';
import { play } from './play.js';
import { randomFrom } from './random.js';
import { makeTown, type Town } from './town.js';
import { Broken } from './view.js';
import { newWorld } from './world.js';

/** How a run ended. `moves` of a failed one are those that are needed to fail. */
export interface Outcome {
  readonly seed: number;
  /** Events the core was told. */
  readonly steps: number;
  readonly failure?: { readonly id: string; readonly problem: string; readonly moves: readonly Move[] };
}

/** Plays so many moves from a seed; a failing run is made short unless that does not matter. */
export function runSeed(seed: number, moves: number, shorten = true): Outcome {
  const random = randomFrom(seed);
  const town = makeTown(random);
  const list = Array.from({ length: moves }, () => someMove(random));
  return outcomeOf(seed, town, { list, shorten });
}

/** Plays given moves on the site of a seed. */
export function runMoves(seed: number, list: readonly Move[]): Outcome {
  return outcomeOf(seed, makeTown(randomFrom(seed)), { list, shorten: false });
}

function outcomeOf(
  seed: number,
  town: Town,
  { list, shorten }: { readonly list: readonly Move[]; readonly shorten: boolean },
): Outcome {
  const { broken, steps, played } = playAll(town, list);
  if (broken === undefined) return { seed, steps };
  const tail = list.slice(0, played);
  return { seed, steps, failure: shorten ? shrink(town, tail, broken.id) : { ...broken, moves: tail } };
}

interface Played {
  readonly broken?: { readonly id: string; readonly problem: string };
  readonly steps: number;
  /** Moves begun. */
  readonly played: number;
}

function playAll(town: Town, moves: readonly Move[]): Played {
  let steps = 0;
  let played = 0;
  try {
    const watch = watchAll(invariants);
    const world = newWorld(town, (view) => {
      steps = view.world.steps;
      watch(view);
    });
    for (const move of moves) {
      played += 1;
      play(world, move);
    }
    return { steps, played };
  } catch (error) {
    if (error instanceof Broken) return { broken: { id: error.id, problem: error.problem }, steps, played };
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { broken: { id: 'throw', problem }, steps, played };
  }
}

/** Leaves out moves, long stretches first, as long as the same invariant still breaks. */
function shrink(
  town: Town,
  moves: readonly Move[],
  id: string,
): { id: string; problem: string; moves: readonly Move[] } {
  let kept = moves;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length; ) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (playAll(town, fewer).broken?.id === id) kept = fewer;
      else from += size;
    }
  }
  return { id, problem: playAll(town, kept).broken?.problem ?? '', moves: kept };
}

/** A failure as a person needs it: what broke, the way there, and how to see it again. */
export function describeFailure(outcome: Outcome, moves: number): string {
  const { seed, failure } = outcome;
  if (failure === undefined) return `seed ${seed}: no failure`;
  const text = invariants.find(({ id }) => id === failure.id)?.text ?? 'The core throws.';
  return [
    `seed ${seed} breaks ${failure.id}: ${failure.problem}`,
    `  ${text}`,
    ...failure.moves.map((move) => `  ${JSON.stringify(move)}`),
    `again: node dist/test/simulation/run.js --replay ${seed} --steps ${moves}`,
  ].join('\n');
}

function main(args: readonly string[]): number {
  const option = (name: string, fallback: number): number => {
    const index = args.indexOf(`--${name}`);
    return index < 0 ? fallback : Number(args[index + 1]);
  };
  const moves = option('steps', 1_000);
  const replay = option('replay', -1);
  const from = replay >= 0 ? replay : option('from', 1);
  const count = replay >= 0 ? 1 : option('seeds', 1_000);
  const begun = performance.now();
  let steps = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = runSeed(seed, moves);
    steps += outcome.steps;
    if (outcome.failure === undefined) continue;
    process.stdout.write(`${describeFailure(outcome, moves)}\n`);
    return 1;
  }
  const seconds = (performance.now() - begun) / 1_000;
  const rate = Math.round(steps / seconds);
  process.stdout.write(
    `${count} seeds from ${from}, ${steps} steps, ${rate} steps/s: all ${invariants.length} hold\n`,
  );
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = main(process.argv.slice(2));
