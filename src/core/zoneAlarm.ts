/** A zone's alarm: a status that bars nobody. Releasing it and clearing records are two acts. */
import { endDoorAlarm } from './doorAlarm.js';
import type { Event } from './events.js';
import type { ZoneId } from './model.js';
import type { Turn } from './turn.js';
import { addAnswer, addFact, addRow, answerWhenDurable } from './turn.js';
import { stopActions } from './zoneActions.js';

type SetZoneAlarm = Extract<Event, { kind: 'set-zone-alarm' }>;

/** The zone shows an alarm, which bars nobody. A second violation while it stands raises no second one. */
export function raiseZoneAlarm(turn: Turn, zone: ZoneId): void {
  if (turn.state.alarmedZones.has(zone)) return;
  markAlarm(turn, zone, true);
  addFact(turn, `zone/${zone}/alarm`, true);
  addRow(turn, { kind: 'zone-alarm-on', zone });
}

/** Set or release the alarm of zones; releasing it clears nobody's record. No change, no row. */
export function setZoneAlarm(turn: Turn, event: SetZoneAlarm): void {
  const { zones, alarmed, by, request } = event;
  // What writes nothing has no commit to wait for.
  if (!zones.every((zone) => turn.site.zones.has(zone))) {
    addAnswer(turn, request, { kind: 'denied', reason: 'unknown-zone' });
    return;
  }
  const changing = [...new Set(zones)].filter((zone) => alarmed !== turn.state.alarmedZones.has(zone));
  for (const zone of changing) {
    markAlarm(turn, zone, alarmed);
    addFact(turn, `zone/${zone}/alarm`, alarmed ? true : null);
    addRow(turn, { kind: alarmed ? 'zone-alarm-on' : 'zone-alarm-off', zone, by });
    if (!alarmed) stopActions(turn, `zone/${zone}`);
  }
  if (changing.length === 0) addAnswer(turn, request, { kind: 'done' });
  else answerWhenDurable(turn, request, { kind: 'done' });
}

/** Storage has set or ended the alarm with a change; what is still on its way must not undo it. */
export function followAlarm(turn: Turn, zone: ZoneId, alarmed: boolean, inFlight: boolean): void {
  if (inFlight) addFact(turn, `zone/${zone}/alarm`, alarmed ? true : null);
  markAlarm(turn, zone, alarmed);
  if (!alarmed) stopActions(turn, `zone/${zone}`);
}

/** Every alarm of the controller, as an action may ask for. */
export function releaseAllAlarms(turn: Turn): void {
  for (const zone of turn.state.alarmedZones) dropAlarm(turn, zone);
  for (const door of turn.state.doors.keys()) endDoorAlarm(turn, door);
}

/** The alarm ends with nobody asking: its zone is gone, or an action ends it. */
export function dropAlarm(turn: Turn, zone: ZoneId): void {
  markAlarm(turn, zone, false);
  addFact(turn, `zone/${zone}/alarm`, null);
  addRow(turn, { kind: 'zone-alarm-off', zone });
  stopActions(turn, `zone/${zone}`);
}

function markAlarm(turn: Turn, zone: ZoneId, alarmed: boolean): void {
  const alarmedZones = new Set(turn.state.alarmedZones);
  if (alarmed) alarmedZones.add(zone);
  else alarmedZones.delete(zone);
  turn.state = { ...turn.state, alarmedZones };
}
