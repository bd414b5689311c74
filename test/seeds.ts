/**
 * Random tests play the same cases in every run, so that a red run is the change's own doing. `FC_SEED=n npm test` plays
 * others; `npm run simulate` and the campaigns are the place to look for what nobody has seen.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });
