/** Addresses that a zone's actions call: a password in them goes in and never comes out. */
import type { Zone, ZoneAction } from '../core/model.js';
import { maskedUrl } from '../core/outgoingUrl.js';
import type { ZoneFault } from '../core/zoneFault.js';
import { withPasswords } from './outgoingUrls.js';

/** A zone as it may be shown. */
export function shownZone(zone: Zone): Zone {
  if (zone.actions === undefined) return zone;
  return { ...zone, actions: zone.actions.map((one) => withUrl(one, maskedUrl)) };
}

/** The zone with the passwords it hides, taken from what it replaces; or the field that hides one nobody knows. */
export function withZonePasswords(zone: Zone, before: Zone | undefined): Zone | ZoneFault {
  if (zone.actions === undefined) return zone;
  const stored = (before?.actions ?? []).flatMap((one) => (one.kind === 'url' ? [one.url] : []));
  const actions: ZoneAction[] = [];
  for (const [index, action] of zone.actions.entries()) {
    // Two may differ in nothing but the password: the one in its place comes first.
    const own = before?.actions?.[index];
    const known = own?.kind === 'url' ? [...stored, own.url] : stored;
    const urls = withPasswords(action.kind === 'url' ? [action.url] : [], known);
    if ('problem' in urls)
      return { field: `actions.${index}.url`, message: 'hides a password that is not known: write it again' };
    actions.push(withUrl(action, (url) => urls[0] ?? url));
  }
  return { ...zone, actions };
}

function withUrl(action: ZoneAction, change: (url: string) => string): ZoneAction {
  return action.kind === 'url' ? { ...action, url: change(action.url) } : action;
}
