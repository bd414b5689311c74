/** Emergencies: who is where, who is missing, nobody in (A24). */
import type { Answer } from './decision.js';
import type { AccessRequested, Event } from './events.js';
import type { UserFacts, UserId, Zone, ZoneId } from './model.js';
import { type Mover, marksOf, rowOf, stampOf } from './moves.js';
import type { Stored, ZoneMark, ZoneRecord } from './state.js';
import type { Turn } from './turn.js';
import { addAnswer, addFact, addRow, answerWhenDurable } from './turn.js';
import { recordOf, recordsOf, withRecord } from './zoneRecords.js';

type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;

/** Assembling starts or ends: from now on whoever reads at a muster reader is safe. */
export function setMuster(turn: Turn, { zone, active, by, request }: Of<'muster'>): void {
  if (refused(turn, zone, request)) return;
  if (active === turn.state.musters.has(zone)) {
    addAnswer(turn, request, done);
    return;
  }
  const musters = new Map(turn.state.musters);
  if (active) musters.set(zone, turn.at.wallMs);
  else musters.delete(zone);
  turn.state = { ...turn.state, musters };
  addFact(turn, `zone/${zone}/muster`, active ? turn.at.wallMs : null);
  const { inside } = recordsOf(turn.state, zone);
  addRow(turn, { kind: active ? 'muster-started' : 'muster-ended', zone, by, detail: { inside } });
  answerWhenDurable(turn, request, done);
}

const done: Answer = { kind: 'done' };

/** A read at an assembly point opens nothing: it moves its user out of the zones that assemble there. */
export function musterRead(turn: Turn, asked: AccessRequested): boolean {
  const { user, reader } = asked;
  const zones = reader === undefined ? undefined : turn.site.musterZones.get(reader);
  if (zones === undefined || reader === undefined || user === undefined) return false;
  for (const of of zones) {
    const zone = of.id;
    const wasInside = recordOf(turn.state, zone, user.id)?.direction === 'entry';
    const change = place(turn, of, placed(user.id, user), { direction: 'exit', reader });
    const detail = { assembling: turn.state.musters.has(zone), wasInside };
    addRow(turn, { ...rowOf(asked, user), kind: 'muster-read', zone, detail, records: [change] });
  }
  answerWhenDurable(turn, asked.request, done);
  return true;
}

/** By hand: somebody is inside, or outside, whatever they passed. */
export function assign(turn: Turn, { zone, user, place: to, facts, by, request }: Of<'assign'>): void {
  const known = turn.site.zones.get(zone);
  if (refused(turn, zone, request) || known === undefined) return;
  const direction = to === 'inside' ? 'entry' : 'exit';
  const change = place(turn, known, placed(user, facts), { direction, reader: '' }, ['by-hand']);
  addRow(turn, { kind: 'zone-assigned', zone, user, by, detail: { place: to }, records: [change] });
  answerWhenDurable(turn, request, done);
}

/** The record says of the user what one of their own passage would: who leads, and whom a daily reset of a group means. */
function placed(user: UserId, facts: Pick<UserFacts, 'supervisor' | 'groups'> | undefined): Mover {
  const { supervisor = false, groups = [] } = facts ?? {};
  return { user, groups, ...(supervisor ? { supervisor } : {}) };
}

function place(
  turn: Turn,
  zone: Zone,
  mover: Mover,
  to: Pick<ZoneRecord, 'direction' | 'reader'>,
  how: readonly ZoneMark[] = [],
) {
  const { user } = mover;
  const marks = [...marksOf(zone, mover, recordOf(turn.state, zone.id, user)), ...how];
  const record: ZoneRecord = {
    ...{ ...to, ...stampOf(turn.state.boot, turn.at) },
    ...(marks.length === 0 ? {} : { marks }),
  };
  turn.state = withRecord(turn.state, zone.id, user, record);
  return { kind: 'set', zone: zone.id, user, record } as const;
}

/** Nobody may enter, anybody may leave. */
export function setLockdown(turn: Turn, { zone, active, by, request }: Of<'zone-lockdown'>): void {
  if (refused(turn, zone, request)) return;
  if (active === turn.state.lockdowns.has(zone)) {
    addAnswer(turn, request, done);
    return;
  }
  const lockdowns = new Set(turn.state.lockdowns);
  if (active) lockdowns.add(zone);
  else lockdowns.delete(zone);
  turn.state = { ...turn.state, lockdowns };
  addFact(turn, `zone/${zone}/lockdown`, active ? true : null);
  addRow(turn, { kind: active ? 'zone-lockdown-on' : 'zone-lockdown-off', zone, by });
  answerWhenDurable(turn, request, done);
}

/** Another controller came or went (A26): nothing is unlocked by it. */
export function linkChanged(turn: Turn, { controller, up }: Of<'link'>): void {
  if (up === turn.state.linked.has(controller)) return;
  const linked = new Set(turn.state.linked);
  if (up) linked.add(controller);
  else linked.delete(controller);
  turn.state = { ...turn.state, linked };
  addRow(turn, { kind: up ? 'link-up' : 'link-down', detail: { controller } });
}

/** Musters and lockdowns of zones that are gone end with them. */
export function dropEmergencies(turn: Turn): void {
  for (const zone of turn.state.musters.keys()) {
    if (turn.site.zones.has(zone)) continue;
    const musters = new Map(turn.state.musters);
    musters.delete(zone);
    turn.state = { ...turn.state, musters };
    addFact(turn, `zone/${zone}/muster`, null);
  }
  for (const zone of turn.state.lockdowns) {
    if (turn.site.zones.has(zone)) continue;
    const lockdowns = new Set(turn.state.lockdowns);
    lockdowns.delete(zone);
    turn.state = { ...turn.state, lockdowns };
    addFact(turn, `zone/${zone}/lockdown`, null);
  }
}

/** What a start finds. */
export function emergenciesOf(stored: Stored) {
  const musters = new Map<ZoneId, number>();
  const lockdowns = new Set<ZoneId>();
  for (const [key, value] of stored.facts) {
    const [, id, what] = /^zone\/(\d{1,10})\/(muster|lockdown)$/.exec(key) ?? [];
    if (id === undefined) continue;
    if (what === 'lockdown') lockdowns.add(Number(id));
    else musters.set(Number(id), typeof value === 'number' ? value : 0);
  }
  return { musters, lockdowns };
}

function refused(turn: Turn, zone: ZoneId, request: string | undefined): boolean {
  if (turn.site.zones.has(zone)) return false;
  addAnswer(turn, request, { kind: 'denied', reason: 'unknown-zone' });
  return true;
}
