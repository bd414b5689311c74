import type { Door, DoorId, ReaderId, ReaderZone, Site } from './model.js';

/** A site from its configured parts; what can be derived is derived here and nowhere else. */
export function makeSite(parts: Omit<Site, 'zonesOfReader'>): Site {
  const zonesOfReader = new Map<ReaderId, ReaderZone[]>();
  for (const zone of parts.zones.values()) {
    for (const { reader, direction } of zone.members) {
      const known = zonesOfReader.get(reader);
      if (known === undefined) zonesOfReader.set(reader, [{ zone, direction }]);
      else known.push({ zone, direction });
    }
  }
  return { ...parts, zonesOfReader };
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
