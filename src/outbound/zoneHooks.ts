/** The addresses that zones' actions call, as hooks: delivered, repeated and given up like any other. */
import type { StoredHook } from '../core/hooks.js';
import type { StoredEvent } from '../core/management.js';
import type { Zone, ZoneId } from '../core/model.js';

/** A GET at each start of one action of one zone. */
export interface ZoneHook extends StoredHook {
  readonly action: ActionOf;
}

interface ActionOf {
  readonly zone: ZoneId;
  /** Its place among the zone's actions. */
  readonly index: number;
}

/** One for each action that calls an address; its id is `zone:1:0` for the first action of zone 1. */
export function zoneHooks(zones: readonly Zone[]): readonly ZoneHook[] {
  return zones.flatMap(({ id, name, actions = [] }) =>
    actions.flatMap((action, index): readonly ZoneHook[] => {
      if (action.kind !== 'url') return [];
      return [
        {
          ...{ id: `zone:${id}:${index}`, name, enabled: true, url: action.url, method: 'GET' },
          ...{ events: ['zone-action'], doors: [], body: 'event', template: '', contentType: '' },
          basic: action.basic === true,
          action: { zone: id, index },
        },
      ];
    }),
  );
}

/** Is this the row of that action's start? */
export function startsAction({ kind, zone, detail }: StoredEvent, action: ActionOf): boolean {
  if (kind !== 'zone-action' || zone !== action.zone) return false;
  const { action: index, does } = (detail ?? {}) as { readonly action?: unknown; readonly does?: unknown };
  return does === 'url' && index === action.index;
}
