/** What a violation leaves: its row, the block of zones that hold it against the user, actions, the alarm. */
import type { Violation } from './antipassback.js';
import type { Crowding } from './decision.js';
import type { LogRow } from './log.js';
import type { DoorId, UserId, Zone, ZoneId } from './model.js';
import type { ZoneRecord } from './state.js';
import type { Turn } from './turn.js';
import { addRow } from './turn.js';
import { startActions } from './zoneActions.js';
import { raiseZoneAlarm } from './zoneAlarm.js';
import { hasMark, recordOf, withRecord } from './zoneRecords.js';

type Row = Omit<LogRow, 'at' | 'kind'>;

/** Refused: the row, and from now on the block where the zone is so set. Before the row of the refusal. */
export function noteRefused(turn: Turn, row: Row, violated: readonly Violation[]): void {
  for (const violation of violated) {
    const records = violation.blocks ? blockOf(turn, violation.zone, row.user) : {};
    addRow(turn, { ...violationRow(row, violation, 'hard'), ...records });
  }
}

/** After the row of the refusal. */
export function alarmRefused(turn: Turn, door: DoorId, row: Row, violated: readonly Violation[]): void {
  for (const { zone } of violated) alarm(turn, door, row, zone);
}

/** Let in all the same: row, actions, alarm. */
export function noteDetected(turn: Turn, door: DoorId, row: Row, violation: Violation): void {
  addRow(turn, violationRow(row, violation, 'soft'));
  alarm(turn, door, row, violation.zone);
}

/** A limit of occupancy that was broken, let in or not. */
export function noteCrowded(turn: Turn, row: Row, { zone, rule }: Crowding, type: 'soft' | 'hard'): void {
  addRow(turn, { ...row, kind: 'occupancy-violation', zone, detail: { type, rule } });
}

function violationRow(row: Row, { zone, rule }: Violation, type: 'soft' | 'hard'): Omit<LogRow, 'at'> {
  const detail = rule === 'passback' ? { type } : { type, rule };
  return { ...row, kind: 'passback-violation', zone: zone.id, detail };
}

function alarm(turn: Turn, door: DoorId, { reader, user, userName }: Row, zone: Zone): void {
  const who = {
    ...(reader === undefined ? {} : { reader }),
    ...(user === undefined ? {} : { user }),
    ...(userName === undefined ? {} : { userName }),
  };
  startActions(turn, `zone/${zone.id}`, door, who);
  raiseZoneAlarm(turn, zone.id);
}

/** The record stays as it is, and says that its user is refused until cleared. */
function blockOf(turn: Turn, zone: Zone, user: UserId | undefined): Pick<LogRow, 'records'> {
  const before = user === undefined ? undefined : recordOf(turn.state, zone.id, user);
  if (user === undefined || before === undefined) return {};
  return setBlock(turn, zone.id, user, before);
}

function setBlock(turn: Turn, zone: ZoneId, user: UserId, before: ZoneRecord): Pick<LogRow, 'records'> {
  if (hasMark(before, 'blocked')) return {};
  const record: ZoneRecord = { ...before, marks: ['blocked', ...(before.marks ?? [])] };
  turn.state = withRecord(turn.state, zone, user, record);
  return { records: [{ kind: 'set', zone, user, record }] };
}
