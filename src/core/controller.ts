/** The whole controller as one function: no clock, no input or output, no promise, no throw. */
import { decide, forwards } from './decide.js';
import {
  applySchedules,
  checkHeld,
  commandDoor,
  contactChanged,
  fireChanged,
  resetFire,
  rexChanged,
} from './door.js';
import type { Effect } from './effects.js';
import type { AccessRequested, Event } from './events.js';
import { forward, forwardAnswered } from './forward.js';
import { settleDoors } from './lock.js';
import { countFailure, endFloods, endLockouts, floodEndMs, mayWriteNoise } from './lockout.js';
import type { Instant, Site } from './model.js';
import {
  checkStorageDeadlines,
  confirmThrough,
  detailOf,
  grant,
  lapsePassages,
  lapsesAtMs,
  rowOf,
} from './passage.js';
import { settleSignals, showDenied, takeBackGranted } from './signals.js';
import type { State } from './state.js';
import type { Turn } from './turn.js';
import { addRow, answerWhenDurable, beginTurn, endTurn } from './turn.js';
import { clearZone, siteChanged } from './zone.js';
import { raiseZoneAlarm, setZoneAlarm } from './zoneAlarm.js';

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
  settleDoors(turn, event.kind === 'door-command' ? 'release' : 'grant');
  settleSignals(turn);
  return endTurn(turn);
}

/** When to call with a `tick` at the latest, monotonic ms; undefined = nothing to wait for. */
export function nextWakeMs(state: State, now: Instant): number | undefined {
  const times: number[] = state.awaiting.map((entry) => entry.deadlineMonoMs);
  for (const door of state.doors.values()) {
    for (const time of [door.pulseUntilMonoMs, door.rexUntilMonoMs, door.heldAtMonoMs]) {
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
  for (const { untilMonoMs } of state.lockouts.values()) {
    if (untilMonoMs !== undefined) times.push(untilMonoMs);
  }
  for (const flood of state.floods.values()) times.push(floodEndMs(flood));
  if (state.scheduleWallMs !== undefined) {
    times.push(now.monoMs + Math.max(0, state.scheduleWallMs - now.wallMs));
  }
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

function handle(turn: Turn, before: Site, event: Event): void {
  switch (event.kind) {
    case 'access-requested':
      requestAccess(turn, event);
      return;
    case 'door-command':
      commandDoor(turn, event);
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
    case 'site-changed':
      siteChanged(turn, before, event);
      applySchedules(turn);
      return;
    case 'committed':
      confirmThrough(turn, event.through);
      return;
    case 'forward-answered':
      forwardAnswered(turn, event);
      return;
    default:
      note(turn, event);
  }
}

type Noted = Exclude<
  Event,
  {
    kind:
      | 'access-requested'
      | 'door-command'
      | 'contact'
      | 'rex'
      | 'fire'
      | 'fire-reset'
      | 'clear-zone'
      | 'set-zone-alarm'
      | 'site-changed'
      | 'committed'
      | 'forward-answered';
  }
>;

/** Events that leave little more than a row. */
function note(turn: Turn, event: Noted): void {
  switch (event.kind) {
    case 'tick':
      return;
    case 'unreadable': {
      const { reader, fault, bits } = event;
      if (!mayWriteNoise(turn, reader)) return;
      addRow(turn, { kind: 'unreadable', reader, detail: { fault, bits } });
      return;
    }
    case 'tamper':
      addRow(turn, { kind: event.active ? 'tamper-on' : 'tamper-off', reader: event.reader });
      return;
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
      const detail = { fromWallMs: event.expectedWallMs, toWallMs: event.at.wallMs, trust: event.at.trust };
      addRow(turn, { kind: 'clock-step', detail });
      return;
    }
    case 'output-failed':
      addRow(turn, { kind: 'output-failed', door: event.door, detail: { error: event.error } });
      takeBackGranted(turn, event.door);
      return;
    case 'input-fault':
      addRow(turn, { kind: 'input-fault', detail: { line: event.line, fault: event.fault } });
      return;
    case 'web-restarted':
    case 'outbound-restarted':
      addRow(turn, { kind: event.kind, detail: { error: event.error } });
      return;
    case 'started':
      applySchedules(turn);
      addRow(turn, { kind: 'started', detail: { version: event.version } });
      return;
    case 'stopping':
      addRow(turn, { kind: 'stopping', detail: { cause: event.cause } });
      return;
  }
}

function requestAccess(turn: Turn, asked: AccessRequested): void {
  const decision = decide(turn.site, turn.state, asked);
  if (decision.kind === 'granted' && asked.user !== undefined) {
    if (forwards(turn.site, asked)) {
      forward(turn, asked, asked.user);
      return;
    }
    grant(turn, asked, asked.user, decision);
    return;
  }
  const reason = decision.kind === 'denied' ? decision.reason : 'unknown-credential';
  const violated = decision.kind === 'denied' ? decision.violated : [];
  const row = rowOf(asked, asked.user);
  for (const zone of violated) {
    addRow(turn, { ...row, kind: 'passback-violation', zone, detail: { type: 'hard' } });
  }
  if (mayWriteDenial(turn, asked))
    addRow(turn, { ...row, kind: 'access-denied', reason, ...detailOf(asked) });
  for (const zone of violated) raiseZoneAlarm(turn, zone);
  countFailure(turn, asked, reason);
  showDenied(turn, asked.reader, reason);
  answerWhenDurable(turn, asked.request, { kind: 'denied', reason });
}

/** Somebody's refusal always has its row; a storm of unknown cards at a reader is summed like other noise. */
function mayWriteDenial(turn: Turn, asked: AccessRequested): boolean {
  if (asked.user !== undefined || asked.request !== undefined || asked.reader === undefined) return true;
  return mayWriteNoise(turn, asked.reader);
}

/** Everything whose time is over. */
function expire(turn: Turn): void {
  checkStorageDeadlines(turn);
  endPulses(turn);
  lapsePassages(turn);
  checkHeld(turn);
  endLockouts(turn);
  endFloods(turn);
  const { scheduleWallMs } = turn.state;
  if (scheduleWallMs !== undefined && turn.at.wallMs >= scheduleWallMs) applySchedules(turn);
}

/** Deadlines that have passed are taken out, so that nobody is woken for them again. */
function endPulses(turn: Turn): void {
  const now = turn.at.monoMs;
  for (const [id, door] of turn.state.doors) {
    const { pulseUntilMonoMs: pulse, rexUntilMonoMs: rex, ...rest } = door;
    const pulseOver = pulse !== undefined && pulse <= now;
    const rexOver = rex !== undefined && rex <= now;
    if (!pulseOver && !rexOver) continue;
    const kept = {
      ...rest,
      ...(pulse === undefined || pulseOver ? {} : { pulseUntilMonoMs: pulse }),
      ...(rex === undefined || rexOver ? {} : { rexUntilMonoMs: rex }),
    };
    turn.state = { ...turn.state, doors: new Map(turn.state.doors).set(id, kept) };
  }
}
