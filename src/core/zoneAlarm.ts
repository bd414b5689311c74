/** A zone's alarm: a status that bars nobody. Releasing it and clearing records are two acts. */
import type { Event } from './events.js';
import type { ZoneId } from './model.js';
import type { Turn } from './turn.js';
import { addAnswer, addFact, addRow, answerWhenDurable } from './turn.js';

type SetZoneAlarm = Extract<Event, { kind: 'set-zone-alarm' }>;

/** The zone shows an alarm, which bars nobody. A second violation while it stands raises no second one. */
export function raiseZoneAlarm(turn: Turn, zone: ZoneId): void {
  if (turn.state.alarmedZones.has(zone)) return;
  turn.state = { ...turn.state, alarmedZones: new Set(turn.state.alarmedZones).add(zone) };
  addFact(turn, `zone/${zone}/alarm`, true);
  addRow(turn, { kind: 'zone-alarm-on', zone });
}

/** Set or release a zone's alarm; releasing it clears nobody's record. No change, no row. */
export function setZoneAlarm(turn: Turn, event: SetZoneAlarm): void {
  const { zone, alarmed, by, request } = event;
  // What writes nothing has no commit to wait for.
  if (!turn.site.zones.has(zone)) {
    addAnswer(turn, request, { kind: 'denied', reason: 'unknown-zone' });
    return;
  }
  if (alarmed === turn.state.alarmedZones.has(zone)) {
    addAnswer(turn, request, { kind: 'done' });
    return;
  }
  const alarmedZones = new Set(turn.state.alarmedZones);
  if (alarmed) alarmedZones.add(zone);
  else alarmedZones.delete(zone);
  turn.state = { ...turn.state, alarmedZones };
  addFact(turn, `zone/${zone}/alarm`, alarmed ? true : null);
  addRow(turn, { kind: alarmed ? 'zone-alarm-on' : 'zone-alarm-off', zone, by });
  answerWhenDurable(turn, request, { kind: 'done' });
}

/** The zone is gone, and its alarm with it. */
export function dropAlarm(turn: Turn, zone: ZoneId): void {
  const alarmedZones = new Set(turn.state.alarmedZones);
  alarmedZones.delete(zone);
  turn.state = { ...turn.state, alarmedZones };
  addFact(turn, `zone/${zone}/alarm`, null);
  addRow(turn, { kind: 'zone-alarm-off', zone });
}
