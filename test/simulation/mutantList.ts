/** All deliberate faults of the core. */
import type { Mutant } from './mutant.js';
import { doorMutants } from './mutantsDoor.js';
import { passbackMutants } from './mutantsPassback.js';
import { readerMutants } from './mutantsReaders.js';

export { zoneModelMutants } from './mutantsZoneModel.js';
export { zoneTranscriptMutants } from './mutantsZoneTranscripts.js';

/** Found out by the simulation. */
export const mutants: readonly Mutant[] = [...passbackMutants, ...doorMutants, ...readerMutants];
