/** All zones of a reader on one snapshot. */
import { isExempt, judge, type Violation } from './antipassback.js';
import type { DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import type { Site, UserFacts, Zone, ZoneId } from './model.js';
import type { State } from './state.js';

/** One hard violation refuses, and then no soft one is reported. */
export type ZoneVerdict =
  | {
      readonly kind: 'passes';
      readonly detected: readonly Violation[];
      readonly exempt: readonly ZoneId[];
      readonly unconfirmed: readonly ZoneId[];
    }
  | { readonly kind: 'refuses'; readonly reason: DenyReason; readonly violated: readonly Violation[] };

/** Does anti-passback let this user past this reader? A request without a reader has no direction: it is not asked. */
export function judgeZones(site: Site, state: State, user: UserFacts, asked: AccessRequested): ZoneVerdict {
  const { reader, at } = asked;
  if (reader === undefined) return { kind: 'passes', detected: [], exempt: [], unconfirmed: [] };
  const detected: Violation[] = [];
  const violated: Violation[] = [];
  const exempt: ZoneId[] = [];
  const unconfirmed: ZoneId[] = [];
  for (const { zone, direction } of site.zonesOfReader.get(reader) ?? []) {
    const lost = ownerLost(state, zone);
    const excused = isExempt(zone, user);
    if (lost && !excused && !zone.disabled && zone.ownerLost === 'deny' && direction === 'entry')
      return { kind: 'refuses', reason: 'zone-owner-unreachable', violated: [] };
    if (lost) unconfirmed.push(zone.id);
    if (lost && zone.ownerLost !== undefined && zone.ownerLost !== 'last-known') continue;
    const violation = judge(site, state, zone, { user: user.id, reader, direction, at });
    if (violation === undefined) continue;
    if (excused) exempt.push(zone.id);
    else if (violation.severity === 'hard') violated.push(violation);
    else detected.push(violation);
  }
  const [first] = violated;
  if (first !== undefined) return { kind: 'refuses', reason: first.rule, violated };
  return { kind: 'passes', detected, exempt, unconfirmed };
}

/** Another controller owns the zone and cannot be reached (open case C10): one that was never linked cannot. */
function ownerLost(state: State, zone: Zone): boolean {
  return zone.owner !== undefined && !state.linked.has(zone.owner);
}

/** Is one of the reader's zones closed to whoever wants in? Nobody is kept from leaving. */
export function lockedDown(site: Site, state: State, reader: string): boolean {
  const zones = site.zonesOfReader.get(reader) ?? [];
  return zones.some(({ zone, direction }) => direction === 'entry' && state.lockdowns.has(zone.id));
}
