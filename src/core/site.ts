import type { Door, DoorId, Reader, ReaderId, ReaderZone, Site, Zone, ZoneId } from './model.js';

/** What `makeSite` derives. */
type Derived = 'readersOfDoor' | 'zonesOfReader' | 'innerZones' | 'musterZones';

/** A site from its configured parts; what can be derived is derived here and nowhere else. */
export function makeSite(parts: Omit<Site, Derived>): Site {
  const readersOfDoor = new Map<DoorId, Reader[]>();
  const zonesOfReader = new Map<ReaderId, ReaderZone[]>();
  const innerZones = new Map<ZoneId, Zone[]>();
  const musterZones = new Map<ReaderId, Zone[]>();
  for (const reader of parts.readers.values()) add(readersOfDoor, reader.door, reader);
  for (const zone of parts.zones.values()) {
    for (const { reader, direction, vehicle = false } of zone.members) {
      add(zonesOfReader, reader, { zone, direction, vehicle });
    }
    if (zone.inside !== undefined) add(innerZones, zone.inside, zone);
    for (const reader of zone.musterReaders ?? []) add(musterZones, reader, zone);
  }
  return { ...parts, readersOfDoor, zonesOfReader, innerZones, musterZones };
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/**
 * A door's behaviour until an operator changes it. Times as the field has them: 5 s to pass, 10 s more for
 * whoever needs it, held after 30 s, 30 s for a request to exit (NFPA 101 7.2.1.6.2).
 */
export function defaultDoor(id: DoorId, name: string, hasContact: boolean): Door {
  return {
    id,
    name,
    hasContact,
    unlockMs: 5_000,
    extendedUnlockMs: 15_000,
    heldOpenMs: 30_000,
    extendedHeldOpenMs: 60_000,
    rexUnlockMs: 30_000,
    relockOnClose: true,
    passageCounts: hasContact ? 'at-opening' : 'at-grant',
    onStorageFailure: 'deny',
    unlockOnFire: true,
  };
}
