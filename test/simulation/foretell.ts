/** Foretells what one event brings: rows, relays and answers. */
import type { DenyReason } from '../../src/core/decision.js';
import type { AccessRequested, DoorCommand, DoorCommands, Event } from '../../src/core/events.js';
import { setFlag } from './ledger.js';
import { causeOf, type Foretold, interlocked, nothing, partnersOf, type Shadow, tell } from './shadow.js';
import {
  answerLater,
  due,
  forgetRecords,
  fulfil,
  lapse,
  noise,
  request,
  takeAll,
  takeGrants,
  withdraw,
} from './shadowGrants.js';

/** Foretells one event. */
export function foretell(shadow: Shadow, event: Event): Foretold {
  shadow.at = event.at;
  shadow.out = nothing();
  if (event.kind === 'access-requested') due(shadow);
  happen(shadow, event);
  due(shadow);
  settle(shadow);
  return shadow.out;
}

function settle(shadow: Shadow): void {
  for (const door of shadow.site.doors.values()) {
    const state = shadow.doors.get(door.id);
    const open = causeOf(shadow, door, shadow.at) !== undefined;
    if (state === undefined || open === state.unlocked) continue;
    state.unlocked = open;
    tell(shadow, { kind: open ? 'unlocked' : 'locked', door: door.id });
  }
}

type Other = Exclude<Event, AccessRequested>;

function happen(shadow: Shadow, event: Event): void {
  switch (event.kind) {
    case 'access-requested':
      request(shadow, event);
      return;
    case 'door-command':
      command(shadow, event);
      return;
    case 'door-commands':
      commands(shadow, event);
      return;
    case 'contact':
      leaf(shadow, event.door, event.open);
      return;
    case 'rex':
      rex(shadow, event.door, event.active);
      return;
    case 'fire':
      fire(shadow, event.active);
      return;
    case 'fire-reset': {
      const refused = shadow.fire === 'active';
      if (!refused) shadow.fire = 'off';
      tell(shadow, { kind: 'fire-reset', ...(refused ? { reason: 'fire-active' } : {}) });
      const answer = refused
        ? ({ kind: 'denied', reason: 'fire-active' } as const)
        : ({ kind: 'done' } as const);
      answerLater(shadow, event.request, answer);
      return;
    }
    case 'committed':
      committed(shadow, event.through);
      return;
    default:
      manage(shadow, event);
  }
}

type Managed = Exclude<
  Other,
  { kind: 'door-command' | 'door-commands' | 'contact' | 'rex' | 'fire' | 'fire-reset' | 'committed' }
>;

function manage(shadow: Shadow, event: Managed): void {
  switch (event.kind) {
    case 'clear-zone':
      clear(shadow, event);
      return;
    case 'set-zone-alarm':
      setAlarm(shadow, event);
      return;
    case 'site-changed':
      shadow.scheduled = true;
      changeSite(shadow, event);
      return;
    case 'storage-failed':
      if (!shadow.storageAway) tell(shadow, { kind: 'storage-failed' });
      shadow.storageAway = true;
      return;
    case 'storage-recovered':
      shadow.storageAway = false;
      if (event.rowsLost > 0) tell(shadow, { kind: 'overflow' });
      tell(shadow, { kind: 'storage-recovered' });
      return;
    default:
      jot(shadow, event);
  }
}

type Jotted = Exclude<
  Managed,
  { kind: 'clear-zone' | 'set-zone-alarm' | 'site-changed' | 'storage-failed' | 'storage-recovered' }
>;

/** Events that leave one row. */
function jot(shadow: Shadow, event: Jotted): void {
  switch (event.kind) {
    case 'tick':
      return;
    case 'unreadable':
      if (noise(shadow, event.reader)) tell(shadow, { kind: 'unreadable', reader: event.reader });
      return;
    case 'tamper':
      tell(shadow, { kind: event.active ? 'tamper-on' : 'tamper-off', reader: event.reader });
      return;
    case 'clock-stepped':
      shadow.scheduled = true;
      tell(shadow, { kind: 'clock-step' });
      return;
    case 'started':
      shadow.scheduled = true;
      tell(shadow, { kind: 'started' });
      return;
    case 'output-failed':
      tell(shadow, { kind: 'output-failed', ...(event.door === undefined ? {} : { door: event.door }) });
      return;
    // Not in this simulation: zones with more than the reference rule have a model of their own.
    case 'muster':
    case 'assign':
    case 'zone-lockdown':
    case 'set-door-alarm':
    case 'link':
      return;
    case 'reader-report':
      tell(shadow, { kind: event.report, reader: event.reader });
      return;
    case 'learning':
      // No simulated operator learns cards.
      return;
    default:
      tell(shadow, { kind: event.kind });
  }
}

/** A door's enabled zones, one row each: somebody may pass unrecorded. */
function blind(shadow: Shadow, door: string): void {
  const readers = [...shadow.site.readers.values()]
    .filter((reader) => reader.door === door)
    .map(({ id }) => id);
  for (const { id, disabled, members } of shadow.site.zones.values()) {
    if (!disabled && members.some(({ reader }) => readers.includes(reader)))
      tell(shadow, { kind: 'passback-blind', door, zone: id });
  }
}

function command(shadow: Shadow, event: DoorCommand): void {
  const door = shadow.site.doors.get(event.door);
  const state = shadow.doors.get(event.door);
  if (door === undefined || state === undefined) {
    refuseCommand(shadow, event, 'unknown-door');
    return;
  }
  const refusal = commandRefusal(shadow, event, []);
  if (refusal !== undefined) {
    refuseCommand(shadow, event, refusal);
    return;
  }
  if (event.command === 'release') {
    state.pulseUntilMonoMs = Math.max(state.pulseUntilMonoMs, event.at.monoMs + door.unlockMs);
    tell(shadow, { kind: 'door-released', door: door.id });
    blind(shadow, door.id);
    if (event.request !== undefined)
      shadow.out.answers.push(`${event.request} ${JSON.stringify({ kind: 'released', door: door.id })}`);
    return;
  }
  standBy(shadow, event);
  answerLater(shadow, event.request, { kind: 'done' });
}

/** All or none. */
function commands(shadow: Shadow, { kind: _, doors, ...common }: DoorCommands): void {
  const wrong = doors
    .map((door) => ({ door, reason: commandRefusal(shadow, { ...common, door }, doors) }))
    .find(({ reason }) => reason !== undefined);
  if (wrong?.reason !== undefined) {
    const { door, reason } = wrong;
    tell(shadow, { kind: 'door-command', door, reason });
    answerLater(shadow, common.request, { kind: 'denied', reason, door });
    return;
  }
  for (const door of new Set(doors)) standBy(shadow, { ...common, door });
  answerLater(shadow, common.request, { kind: 'done' });
}

type Command = Omit<DoorCommand, 'kind'>;

function commandRefusal(
  shadow: Shadow,
  { door, command, level }: Command,
  together: readonly string[],
): DenyReason | undefined {
  const standing = shadow.ledger.flags.get(door)?.emergency;
  const opposite = command === 'lock' ? 'unlocked' : 'locked';
  if (level === 'operator' && command !== 'normal' && standing === opposite) return 'lower-priority';
  if (level !== 'operator' || (command !== 'release' && command !== 'unlock')) return undefined;
  const alone = !interlocked(shadow, door);
  const partner = partnersOf(shadow.site, door).some((other) => together.includes(other));
  return alone && (shadow.fire !== 'off' || !partner) ? undefined : 'interlock';
}

function standBy(shadow: Shadow, { door, command, level }: Command): void {
  setFlag(shadow.ledger, door, { command, level });
  tell(shadow, { kind: 'door-command', door });
  const state = shadow.doors.get(door);
  if (command !== 'lock' || state === undefined) return;
  state.pulseUntilMonoMs = 0;
  lapse(shadow, (waiting) => waiting.door === door);
}

function refuseCommand(shadow: Shadow, event: DoorCommand, reason: DenyReason): void {
  tell(shadow, { kind: 'door-command', door: event.door, reason });
  answerLater(shadow, event.request, { kind: 'denied', reason });
}

function leaf(shadow: Shadow, door: string, open: boolean): void {
  const state = shadow.doors.get(door);
  if (state === undefined || state.leaf === 'none' || state.leaf === (open ? 'open' : 'closed')) return;
  const before = state.leaf;
  state.leaf = open ? 'open' : 'closed';
  if (!open) {
    // Case C6: found closed and locked at the start, nobody passes any more on a grant from before it.
    if (before === 'unknown' && !state.unlocked) lapse(shadow, (waiting) => waiting.door === door);
    if (before === 'open') tell(shadow, { kind: 'door-closed', door });
    if (before === 'open' && shadow.site.doors.get(door)?.relockOnClose === true) state.pulseUntilMonoMs = 0;
    return;
  }
  const forced = before === 'closed' && !state.unlocked;
  tell(shadow, { kind: forced ? 'door-forced' : 'door-opened', door });
  if (forced) blind(shadow, door);
  for (const other of partnersOf(shadow.site, door))
    if (shadow.doors.get(other)?.leaf === 'open') tell(shadow, { kind: 'interlock-broken', door });
  // Case C6: what waited before the start and whose time is over does not count at the first report.
  if (before === 'unknown') lapse(shadow, (w) => w.door === door && w.deadlineMonoMs <= shadow.at.monoMs);
  takeAll(shadow, door);
}

function rex(shadow: Shadow, id: string, active: boolean): void {
  const door = shadow.site.doors.get(id);
  const state = shadow.doors.get(id);
  if (door === undefined || state === undefined || state.rexPressed === active) return;
  state.rexPressed = active;
  if (!active) return;
  state.rexUntilMonoMs = shadow.at.monoMs + door.rexUnlockMs;
  tell(shadow, { kind: 'rex', door: id });
  blind(shadow, id);
}

function fire(shadow: Shadow, active: boolean): void {
  if (active === (shadow.fire === 'active')) return;
  tell(shadow, { kind: active ? 'fire-on' : 'fire-off' });
  shadow.fire = active ? 'active' : 'latched';
}

function committed(shadow: Shadow, through: number): void {
  shadow.committedThrough = Math.max(shadow.committedThrough, through);
  for (const grant of takeGrants(shadow, ({ commit }) => commit <= through)) fulfil(shadow, grant, true);
  for (const { commit, request, answer } of shadow.asked) {
    if (commit <= through) shadow.out.answers.push(`${request} ${JSON.stringify(answer)}`);
  }
  shadow.asked = shadow.asked.filter(({ commit }) => commit > through);
}

function clear(shadow: Shadow, event: Extract<Event, { kind: 'clear-zone' }>): void {
  const { users } = event;
  // The simulation clears one zone at a time.
  const zone = event.zone === 'all' ? 0 : event.zone;
  const unknown = shadow.site.zones.has(zone) ? undefined : 'unknown-zone';
  const refusal = unknown ?? (shadow.storageAway ? 'storage-failed' : undefined);
  tell(shadow, { kind: 'zone-cleared', zone, ...(refusal === undefined ? {} : { reason: refusal }) });
  if (refusal !== undefined) {
    answerLater(shadow, event.request, { kind: 'denied', reason: refusal });
    return;
  }
  const count = forgetRecords(shadow, (z, user) => z === zone && (users === 'all' || users.includes(user)));
  answerLater(shadow, event.request, { kind: 'forgotten', count });
}

function setAlarm(shadow: Shadow, event: Extract<Event, { kind: 'set-zone-alarm' }>): void {
  const { zones, alarmed, request: id } = event;
  const [zone = 0] = zones;
  const known = shadow.site.zones.has(zone);
  const changes = known && alarmed !== shadow.ledger.alarms.has(zone);
  if (changes) {
    tell(shadow, { kind: alarmed ? 'zone-alarm-on' : 'zone-alarm-off', zone });
    if (alarmed) shadow.ledger.alarms.add(zone);
    else shadow.ledger.alarms.delete(zone);
    answerLater(shadow, id, { kind: 'done' });
    return;
  }
  // Nothing to make durable, so nothing to wait for.
  const answer = known ? { kind: 'done' } : { kind: 'denied', reason: 'unknown-zone' };
  if (id !== undefined) shadow.out.answers.push(`${id} ${JSON.stringify(answer)}`);
}

function changeSite(shadow: Shadow, event: Extract<Event, { kind: 'site-changed' }>): void {
  const before = shadow.site;
  const { site, forgottenUsers } = event;
  shadow.site = site;
  const membersOf = (zones: typeof site.zones, zone: number): string | undefined =>
    zones
      .get(zone)
      ?.members.map(({ reader, direction }) => `${reader}/${direction}`)
      .sort()
      .join();
  forgetRecords(
    shadow,
    (zone, user) =>
      forgottenUsers.includes(user) || membersOf(before.zones, zone) !== membersOf(site.zones, zone),
  );
  for (const zone of shadow.ledger.alarms) {
    if (site.zones.has(zone)) continue;
    shadow.ledger.alarms.delete(zone);
    tell(shadow, { kind: 'zone-alarm-off', zone });
  }
  for (const grant of takeGrants(shadow, ({ asked }) => forgottenUsers.includes(asked.user?.id ?? '')))
    withdraw(shadow, grant, 'unknown-credential');
  const gone = shadow.ledger.waiting.filter(({ user }) => forgottenUsers.includes(user));
  shadow.ledger.waiting = shadow.ledger.waiting.filter((waiting) => !gone.includes(waiting));
  for (const { door, reader, user } of gone)
    tell(shadow, { kind: 'grant-withdrawn', door, reader, user, reason: 'unknown-credential' });
}
