/** All deliberate faults of the core. */
import type { Mutant } from './mutant.js';
import { doorMutants } from './mutantsDoor.js';
import { passbackMutants } from './mutantsPassback.js';

export const mutants: readonly Mutant[] = [...passbackMutants, ...doorMutants];
