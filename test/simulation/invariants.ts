/** The invariants of the simulation, each with its text, looked at after every step from outside the core. */
import { decisionInvariants } from './invariantsDecision.js';
import { doorInvariants } from './invariantsDoor.js';
import { logInvariants } from './invariantsLog.js';
import { Broken, type Invariant, type View } from './view.js';

/** In the order of their numbers. */
export const invariants: readonly Invariant[] = [
  ...doorInvariants,
  ...decisionInvariants,
  ...logInvariants,
].sort((a, b) => numberOf(a.id) - numberOf(b.id));

function numberOf(id: string): number {
  return Number(id.slice(1));
}

/** Watches all of them; throws the first that breaks. */
export function watchAll(list: readonly Invariant[]): (view: View) => void {
  const watchers = list.map(({ id, watch }) => ({ id, check: watch() }));
  return (view) => {
    for (const { id, check } of watchers) {
      const problem = check(view);
      if (problem !== undefined) throw new Broken(id, problem);
    }
  };
}
