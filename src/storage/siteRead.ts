import type { Collections } from '../core/management.js';
import type { Door, Site, Zone } from '../core/model.js';
import type { Wiring } from '../core/reads.js';
import { defaultDoor, makeSite } from '../core/site.js';
import type { ItemCollection } from './tables.js';

/** Reads all of a small collection. */
export type ReadAll = <C extends ItemCollection>(collection: C) => readonly Collections[C][];

/** Everything configured, joined with the wiring: what is not wired is not part of the site. */
export function siteOf(all: ReadAll, wiring: Wiring): Site {
  const stored = byId(all('doors'));
  const readers = byId(wiring.readers);
  const zones = all('zones').map((zone): Zone => {
    return { ...zone, members: zone.members.filter((member) => readers.has(member.reader)) };
  });
  return makeSite({
    timeZone: wiring.timeZone,
    untrustedClock: wiring.untrustedClock,
    storageDeadlineMs: wiring.storageDeadlineMs,
    interlocks: wiring.interlocks,
    doors: byId(wiring.doors.map((wired) => doorOf(wired, stored.get(wired.id)))),
    readers,
    zones: byId(zones),
    schedules: byId(all('schedules')),
    holidays: new Map(all('holidays').map(({ id, kind }) => [id, kind])),
    groups: byId(all('groups')),
    accessRights: byId(all('access-rights')),
  });
}

/** A door without a contact never sees an opening: there the passage counts at the grant. */
function doorOf(wired: Wiring['doors'][number], stored: Collections['doors'] | undefined): Door {
  const door = {
    ...defaultDoor(wired.id, wired.name, wired.hasContact),
    ...stored,
    hasContact: wired.hasContact,
  };
  return door.hasContact ? door : { ...door, passageCounts: 'at-grant' };
}

function byId<T extends { readonly id: string | number }>(things: readonly T[]): ReadonlyMap<T['id'], T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}
