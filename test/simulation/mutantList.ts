/** All deliberate faults of the core. */
import type { Mutant } from './mutant.js';
import { doorMutants } from './mutantsDoor.js';
import { passbackMutants } from './mutantsPassback.js';

export { zoneModelMutants } from './mutantsZoneModel.js';
export { zoneTranscriptMutants } from './mutantsZoneTranscripts.js';

/** Found out by the simulation. */
export const mutants: readonly Mutant[] = [...passbackMutants, ...doorMutants];
