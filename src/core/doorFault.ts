/** What makes the behaviour of a door impossible, for every dialect. */
import type { Door } from './model.js';
import { actionFault } from './zoneActionFault.js';
import type { ZoneFault, ZoneSurroundings } from './zoneFault.js';

type Behaviour = Pick<Door, 'locksWhenClosed' | 'twoPersons' | 'forcedActions' | 'heldActions'>;

/** The first thing that is wrong with what a door is asked to do beside its times; its field, in our words. */
export function doorFault(
  { hasContact }: Pick<Door, 'hasContact'>,
  { locksWhenClosed, twoPersons, forcedActions = [], heldActions = [] }: Behaviour,
  around: Omit<ZoneSurroundings, 'zoneOf'>,
): ZoneFault | undefined {
  const needing = {
    locksWhenClosed: locksWhenClosed === true,
    forcedActions: forcedActions.length > 0,
    heldActions: heldActions.length > 0,
  };
  const field = Object.entries(needing).find(([, needs]) => needs && !hasContact)?.[0];
  if (field !== undefined) return { field, message: 'needs a door contact, and this door has none' };
  const group = twoPersons?.lastInGroups?.find((id) => around.hasGroup?.(id) === false);
  if (group !== undefined) return { field: 'twoPersons.lastInGroups', message: `there is no group ${group}` };
  return (
    actionFault(forcedActions, around, 'forcedActions') ?? actionFault(heldActions, around, 'heldActions')
  );
}
