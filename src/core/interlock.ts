/**
 * Doors of which only one may be open at a time (a mantrap). A grant, and an operator's release, wait for nobody: they
 * are refused while another door of the group is not closed and locked. Requests to exit, fire and emergency commands
 * know no interlock: nobody is stranded.
 */
import type { DoorId, Site } from './model.js';
import type { State } from './state.js';
import type { Turn } from './turn.js';
import { addRow } from './turn.js';

/** The door that keeps this one shut, if any; those of `together` are to be unlocked with it. */
export function interlockedBy(
  site: Site,
  state: State,
  door: DoorId,
  together: readonly DoorId[] = [],
): DoorId | undefined {
  if (state.fire !== 'off') return undefined;
  return othersOf(site, door).find((other) => together.includes(other) || !isSecure(state, other));
}

/** Two doors of a group stand open: by a request to exit, by force, or because a contact lies. */
export function noteBrokenInterlock(turn: Turn, door: DoorId): void {
  for (const other of othersOf(turn.site, door)) {
    if (turn.state.doors.get(other)?.leaf !== 'open') continue;
    addRow(turn, { kind: 'interlock-broken', door, detail: { other } });
  }
}

function othersOf(site: Site, door: DoorId): readonly DoorId[] {
  const groups = (site.interlocks ?? []).filter(({ doors }) => doors.includes(door));
  return groups.flatMap(({ doors }) => doors.filter((other) => other !== door));
}

/** Closed, locked, and nobody on the way through: a grant that goes to the disk will unlock. */
function isSecure(state: State, door: DoorId): boolean {
  const found = state.doors.get(door);
  if (found === undefined) return true;
  if (found.unlocked || found.leaf === 'open') return false;
  return !state.awaiting.some(({ outcome }) => outcome.kind === 'grant' && outcome.door === door);
}
