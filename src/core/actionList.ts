/** Lists of actions: a zone's, set going by a violation, and a door's two, set going by its alarms. */
import type { DoorId, Site, ZoneAction, ZoneId } from './model.js';

/** As the facts about a list are named. */
export type ActionList = `zone/${ZoneId}` | `door/${DoorId}/${'forced' | 'held'}`;

/** The actions of a list as they are configured now; none of what is gone. */
export function actionsIn(site: Site, list: ActionList): readonly ZoneAction[] {
  const [of, id = '', alarm] = list.split('/');
  if (of === 'zone') return site.zones.get(Number(id))?.actions ?? [];
  const door = site.doors.get(id);
  return (alarm === 'forced' ? door?.forcedActions : door?.heldActions) ?? [];
}

/** The zone of a list that is one's. */
export function zoneOf(list: ActionList): ZoneId | undefined {
  return list.startsWith('zone/') ? Number(list.slice('zone/'.length)) : undefined;
}

/** What an action moves: two with the same label are one and the same to whoever watches. */
export function labelOf(action: ZoneAction): string {
  switch (action.kind) {
    case 'output':
      return `output ${action.output}`;
    case 'led':
    case 'buzzer':
      return `${action.kind} ${action.reader}`;
    case 'lock-door':
    case 'unlock-door':
      return `${action.kind} ${action.door}`;
    default:
      return action.kind;
  }
}
