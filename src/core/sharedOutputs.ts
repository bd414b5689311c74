/** Outputs that several may want on: a siren for every zone, a lamp that a count and an alarm share. */
import type { OutputId } from './model.js';
import type { State } from './state.js';

/** Does an action or a count that stands now want this output on? */
export function isWanted({ running, countsOn }: State, output: OutputId): boolean {
  const byAction = running.some(
    ({ action, active }) => active && action.kind === 'output' && action.output === output,
  );
  return byAction || [...countsOn.values()].some((count) => count.output === output);
}
