/** The whole controller as one function: no clock, no input or output, no promise, no throw. */
import { lapseCompany, requestAccess } from './access.js';
import { applySchedules, checkHeld, contactChanged, fireChanged, resetFire, rexChanged } from './door.js';
import { setDoorAlarm } from './doorAlarm.js';
import { commandDoor, commandDoors } from './doorCommand.js';
import type { Effect } from './effects.js';
import type { Event } from './events.js';
import { forwardAnswered } from './forward.js';
import { keepRunning } from './keptActions.js';
import { settleDoors } from './lock.js';
import { endFloods, endLockouts, floodEndMs, mayWriteNoise } from './lockout.js';
import type { Instant, Site } from './model.js';
import { assign, linkChanged, setLockdown, setMuster } from './muster.js';
import { checkStorageDeadlines, confirmThrough, lapsePassages, lapsesAtMs } from './passage.js';
import { endPinWaits } from './pin.js';
import { countUnreadable, endReaderAlarms, quietAtMs } from './readerAlarm.js';
import { settleSignals, takeBackGranted } from './signals.js';
import type { State } from './state.js';
import { workSweeps } from './sweep.js';
import { endTimedCommands } from './timedCommand.js';
import type { Turn } from './turn.js';
import { addRow, beginTurn, endTurn } from './turn.js';
import { notePresented } from './uses.js';
import { clearZone, siteChanged } from './zone.js';
import { actionsWakeMs, settleActions, stopGone } from './zoneActions.js';
import { setZoneAlarm } from './zoneAlarm.js';
import { noteCounts, settleCounts } from './zoneCounts.js';
import { applyResets, resetsAreDue } from './zoneReset.js';

/**
 * What happens, and what is to be done about it. The same arguments give the same answer.
 * `site` is the configuration in force; after `site-changed` use that event's site from then on.
 */
export function step(
  site: Site,
  state: State,
  event: Event,
): { readonly state: State; readonly effects: readonly Effect[] } {
  const turn = beginTurn(event.kind === 'site-changed' ? event.site : site, state, event.at);
  // A request is judged on what stands now; what has happened (an opening, a commit) comes before what is over.
  if (event.kind === 'access-requested') expire(turn);
  handle(turn, site, event);
  expire(turn);
  settleDoors(turn, event.kind === 'door-command' ? 'release' : 'grant', state);
  noteCounts(turn, state);
  settleCounts(turn);
  keepRunning(turn, state);
  settleSignals(turn);
  return endTurn(turn);
}

/** When to call with a `tick` at the latest, monotonic ms; undefined = nothing to wait for. */
export function nextWakeMs(state: State, now: Instant): number | undefined {
  const times: number[] = state.awaiting.map((entry) => entry.deadlineMonoMs);
  for (const door of state.doors.values()) {
    for (const time of [
      door.pulseUntilMonoMs,
      door.rexUntilMonoMs,
      door.heldAtMonoMs,
      door.operatorUntilMonoMs,
    ]) {
      if (time !== undefined) times.push(time);
    }
    for (const entry of door.waiting) {
      const lapsesAt = lapsesAtMs(state, entry);
      if (lapsesAt !== undefined) times.push(lapsesAt);
    }
  }
  for (const { answer } of state.signals.values()) {
    if (answer !== undefined) times.push(answer.untilMonoMs);
  }
  for (const { untilMonoMs } of state.pinWaits.values()) times.push(untilMonoMs);
  for (const found of state.unreadables.values()) {
    if (found.alarmed) times.push(quietAtMs(found));
  }
  for (const { untilMonoMs } of state.lockouts.values()) {
    if (untilMonoMs !== undefined) times.push(untilMonoMs);
  }
  for (const flood of state.floods.values()) times.push(floodEndMs(flood));
  for (const { untilMonoMs } of state.company) times.push(untilMonoMs);
  for (const time of [state.intervalMonoMs, state.sweepMonoMs, actionsWakeMs(state.running, now.monoMs)]) {
    if (time !== undefined) times.push(time);
  }
  for (const wallMs of [state.scheduleWallMs, state.dailyWallMs]) {
    if (wallMs !== undefined) times.push(now.monoMs + Math.max(0, wallMs - now.wallMs));
  }
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

function handle(turn: Turn, before: Site, event: Event): void {
  switch (event.kind) {
    case 'tick':
      workSweeps(turn);
      return;
    case 'access-requested':
      notePresented(turn, event);
      requestAccess(turn, event);
      return;
    case 'door-command':
      commandDoor(turn, event);
      return;
    case 'door-commands':
      commandDoors(turn, event);
      return;
    case 'contact':
      contactChanged(turn, event.door, event.open);
      return;
    case 'rex': {
      const door = turn.site.doors.get(event.door);
      if (door !== undefined) rexChanged(turn, door, event.active);
      return;
    }
    case 'fire':
      fireChanged(turn, event.active);
      return;
    case 'fire-reset':
      resetFire(turn, event.by, event.request);
      return;
    case 'clear-zone':
      clearZone(turn, event);
      return;
    case 'set-zone-alarm':
      setZoneAlarm(turn, event);
      return;
    case 'set-door-alarm':
      setDoorAlarm(turn, event);
      return;
    case 'site-changed':
      siteChanged(turn, before, event);
      stopGone(turn);
      applySchedules(turn);
      applyResets(turn);
      return;
    case 'committed':
      confirmThrough(turn, event.through);
      return;
    case 'forward-answered':
      forwardAnswered(turn, event);
      return;
    case 'muster':
      setMuster(turn, event);
      return;
    case 'assign':
      assign(turn, event);
      return;
    case 'zone-lockdown':
      setLockdown(turn, event);
      return;
    case 'link':
      linkChanged(turn, event);
      return;
    default:
      note(turn, event);
  }
}

type Noted = Exclude<
  Event,
  {
    kind:
      | 'tick'
      | 'access-requested'
      | 'door-command'
      | 'door-commands'
      | 'contact'
      | 'rex'
      | 'fire'
      | 'fire-reset'
      | 'clear-zone'
      | 'set-zone-alarm'
      | 'set-door-alarm'
      | 'site-changed'
      | 'committed'
      | 'forward-answered'
      | 'muster'
      | 'assign'
      | 'zone-lockdown'
      | 'link';
  }
>;

/** Events that leave little more than a row. */
function note(turn: Turn, event: Noted): void {
  switch (event.kind) {
    case 'unreadable': {
      const { reader, fault, bits } = event;
      countUnreadable(turn, reader);
      if (!mayWriteNoise(turn, reader)) return;
      addRow(turn, { kind: 'unreadable', reader, detail: { fault, bits } });
      return;
    }
    case 'tamper':
      addRow(turn, { kind: event.active ? 'tamper-on' : 'tamper-off', reader: event.reader });
      return;
    case 'reader-report': {
      const { report, reader, detail, by } = event;
      addRow(turn, { kind: report, reader, detail, ...(by === undefined ? {} : { by }) });
      return;
    }
    case 'storage-failed':
      if (turn.state.storage === 'failed') return;
      turn.state = { ...turn.state, storage: 'failed' };
      addRow(turn, { kind: 'storage-failed', detail: { error: event.error } });
      return;
    case 'storage-recovered':
      turn.state = { ...turn.state, storage: 'ok' };
      if (event.rowsLost > 0) addRow(turn, { kind: 'overflow', detail: { rowsLost: event.rowsLost } });
      addRow(turn, { kind: 'storage-recovered' });
      return;
    case 'storage-fault':
      addRow(turn, { kind: 'storage-fault', detail: { fault: event.fault } });
      return;
    case 'clock-stepped': {
      applySchedules(turn);
      applyResets(turn);
      const detail = { fromWallMs: event.expectedWallMs, toWallMs: event.at.wallMs, trust: event.at.trust };
      addRow(turn, { kind: 'clock-step', detail });
      return;
    }
    case 'output-failed': {
      const { door, output, error } = event;
      const detail = { error, ...(output === undefined ? {} : { output }) };
      addRow(turn, { kind: 'output-failed', ...(door === undefined ? {} : { door }), detail });
      if (door !== undefined) takeBackGranted(turn, door);
      return;
    }
    case 'input-fault':
      addRow(turn, { kind: 'input-fault', detail: { line: event.line, fault: event.fault } });
      return;
    case 'learning': {
      const { reader, by, detail, phase } = event;
      const kind = ({ armed: 'learn-armed', stopped: 'learn-stopped', read: 'card-learned' } as const)[phase];
      addRow(turn, { kind, reader, detail, ...(by === undefined ? {} : { by }) });
      return;
    }
    case 'web-restarted':
    case 'outbound-restarted':
      addRow(turn, { kind: event.kind, detail: { error: event.error } });
      return;
    case 'started':
      stopGone(turn);
      applySchedules(turn);
      applyResets(turn);
      addRow(turn, { kind: 'started', detail: { version: event.version } });
      return;
    case 'stopping':
      addRow(turn, { kind: 'stopping', detail: { cause: event.cause } });
      return;
  }
}

/** Everything whose time is over. */
function expire(turn: Turn): void {
  checkStorageDeadlines(turn);
  endPulses(turn);
  endTimedCommands(turn);
  lapsePassages(turn);
  checkHeld(turn);
  endLockouts(turn);
  endFloods(turn);
  lapseCompany(turn);
  settleActions(turn);
  if (resetsAreDue(turn.state, turn.at)) applyResets(turn);
  endPinWaits(turn);
  endReaderAlarms(turn);
  const { scheduleWallMs } = turn.state;
  if (scheduleWallMs !== undefined && turn.at.wallMs >= scheduleWallMs) applySchedules(turn);
}

/** Deadlines that have passed are taken out, so that nobody is woken for them again. */
function endPulses(turn: Turn): void {
  const now = turn.at.monoMs;
  for (const [id, door] of turn.state.doors) {
    const pulseOver = (door.pulseUntilMonoMs ?? now + 1) <= now;
    const rexOver = (door.rexUntilMonoMs ?? now + 1) <= now;
    if (!pulseOver && !rexOver) continue;
    const { pulseUntilMonoMs: pulse, rexUntilMonoMs: rex, ...rest } = door;
    const kept = {
      ...rest,
      ...(pulse === undefined || pulseOver ? {} : { pulseUntilMonoMs: pulse }),
      ...(rex === undefined || rexOver ? {} : { rexUntilMonoMs: rex }),
    };
    turn.state = { ...turn.state, doors: new Map(turn.state.doors).set(id, kept) };
  }
}
