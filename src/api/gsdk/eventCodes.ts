/**
 * Rows of our log -> event and sub codes, two numbers, as the vendor's table has them (G-SDK API reference, 1.9 form).
 *
 * Codes without an occasion here: 0x1100/0x0D, 0x1900/0x0E, 0x19-0x1B (access PINs, intrusion, disabled groups are not
 * ours), 0x1900/0x10 and 0xA500 (a used-up code is never excused and has no zone: 0x1900/0x11 says it), 0x0D (limits of
 * entries are occupancy, 0x16), 0x4A01 (an exit button is pressed, nobody plays it), 0x5A00 and 0x5B00 ("not used"),
 * 0x5D01 (schedules only unlock), 0xA100, 0xA300, 0xA400 (interlocks have neither alarm nor people inside).
 * Rows without a code: what became of a grant (taken, lapsed), who was excused or waits for company, passages nobody
 * recorded, actions and counts of zones, forgiving, resets, lockdown, muster, swipes that another controller decides,
 * links, learning, faults and backups of the controller, commands that were refused, management.
 */
import type { DenyReason } from '../../core/decision.js';
import type { LogKind } from '../../core/log.js';
import type { StoredEvent } from '../../core/management.js';

export interface Code {
  readonly eventCode: number;
  readonly subCode?: number;
  /** What entityID names; a zone that is given is that one. */
  readonly entity: 'zone' | 'door' | 'interlock' | 'none';
  readonly zone?: number;
  /** The fire input: is it active? */
  readonly input?: boolean;
}

/** IDs a row takes, and so records at most. */
export const CODES_OF_ROW = 4;

const APB_VIOLATION = 0x6000;
const TIMED_VIOLATION = 0x6300;
const AUTH_OK = 0x1000;
const NOT_VERIFIED = 0x1100;
const DURESS = 0x1200;
const AUTH_FAILED = 0x1800;
const DENIED = 0x1900;
const INTERLOCK_DENIED = 0xa200;
const GLOBAL_EXCUSED = 0x8000;
const INPUT = 0x3f00;

/** Sub codes of a verified credential and of one nobody has. */
const verified: Readonly<Record<string, number>> = { card: 0x06, pin: 0x01, code: 0x25 };
const unverified: Readonly<Record<string, number>> = { card: 0x02, pin: 0x03, code: 0x02 };
const CARD_AND_PIN = 0x07;

/** What the table has no word for is an access group's. */
const OTHERWISE = [DENIED, 0x01] as const;
const denials: Readonly<Record<DenyReason, readonly [eventCode: number, subCode: number]>> = {
  'unknown-credential': [NOT_VERIFIED, 0x02],
  'wrong-facility': [NOT_VERIFIED, 0x02],
  'bad-mode': [AUTH_FAILED, 0x01],
  'pin-not-accepted': [AUTH_FAILED, 0x01],
  'reader-locked-out': [AUTH_FAILED, 0x02],
  'wrong-pin': [AUTH_FAILED, 0x02],
  'no-code': [AUTH_FAILED, 0x02],
  'pin-missing': [AUTH_FAILED, 0x03],
  'no-company': [AUTH_FAILED, 0x03],
  'no-access-right': [DENIED, 0x01],
  'outside-schedule': [DENIED, 0x01],
  'user-disabled': [DENIED, 0x02],
  'not-yet-valid': [DENIED, 0x03],
  expired: [DENIED, 0x03],
  'credential-disabled': [DENIED, 0x04],
  passback: [DENIED, 0x05],
  'passback-blocked': [DENIED, 0x05],
  'passback-pending': [DENIED, 0x05],
  'not-in-outer-zone': [DENIED, 0x05],
  'still-in-inner-zone': [DENIED, 0x05],
  'zone-owner-unreachable': [DENIED, 0x05],
  'zone-locked-down': [DENIED, 0x07],
  interlock: [DENIED, 0x0f],
  'credential-used-up': [DENIED, 0x11],
  tailgate: [DENIED, 0x12],
  'occupancy-max': [DENIED, 0x16],
  'supervisor-first': [DENIED, 0x16],
  'door-locked': [DENIED, 0x17],
  'clock-untrusted': OTHERWISE,
  'waiting-for-company': OTHERWISE,
  'too-many-pending': OTHERWISE,
  'storage-failed': OTHERWISE,
  'relay-failed': OTHERWISE,
  'unknown-door': OTHERWISE,
  'unknown-reader': OTHERWISE,
  'unknown-zone': OTHERWISE,
  'lower-priority': OTHERWISE,
  'fire-active': OTHERWISE,
  'source-not-allowed': OTHERWISE,
  'not-ready': OTHERWISE,
};
const DENIED_TIMED = 0x06;

type Codes<Value> = Readonly<Partial<Record<LogKind, Value>>>;

/** Door rows that are the same each time. */
const doorCodes: Codes<readonly number[]> = {
  'door-opened': [0x5200],
  'door-closed': [0x5300],
  'door-forced': [0x5400, 0x5600],
  'door-forced-ended': [0x5700],
  'door-held': [0x5500, 0x5800],
  'door-held-ended': [0x5900],
  rex: [0x4a00],
  'door-released': [0x4b00],
};
/** An alarm that somebody set is no opening of the door. */
const alarmsByHand: Codes<readonly number[]> = { 'door-forced': [0x5600], 'door-held': [0x5800] };
/** Zone rows: of a zone that alternates, and of a timed one. */
const zoneCodes: Codes<readonly [apb: number, timed: number]> = {
  'zone-alarm-on': [0x6100, 0x6400],
  'zone-alarm-off': [0x6200, 0x6500],
  'occupancy-violation': [0xa700, 0xa700],
};
const deviceCodes: Codes<number> = {
  started: 0x3100,
  'clock-step': 0x3200,
  'reader-online': 0x3d00,
  'reader-offline': 0x3e00,
  'tamper-on': 0x4000,
  'tamper-off': 0x4100,
};
/** A reader that tells of its own housing. */
const readerTamper: Codes<number> = { 'reader-alarm-on': 0x4000, 'reader-alarm-off': 0x4100 };
/** Door commands: lock and unlock have own codes (the 1.9 table), release has one with a sub code. */
const levels: Readonly<Record<string, number>> = { schedule: 1, emergency: 2, operator: 4 };

/** Those of one row, in the order they are sent; `isTimed`: of a row about a timed zone. */
export function codesOf(row: StoredEvent, isTimed: boolean): readonly Code[] {
  switch (row.kind) {
    case 'access-granted':
      return [{ eventCode: AUTH_OK, subCode: verifiedSub(row), entity: 'door' }, ...excusedCodes(row)];
    case 'duress':
      return [{ eventCode: DURESS, subCode: verifiedSub(row), entity: 'door' }];
    case 'access-denied':
    case 'grant-withdrawn':
      return deniedCodes(row, isTimed);
    case 'passback-violation':
      return violationCodes(row, isTimed);
    case 'door-command':
      return commandCodes(row);
    case 'unlocked':
    case 'locked':
      return lockCodes(row);
    case 'interlock-broken':
      return [{ eventCode: 0xa000, entity: 'interlock' }];
    case 'fire-on':
    case 'fire-off':
    case 'fire-reset':
      return fireCodes(row);
    default:
      return plainCodes(row, isTimed);
  }
}

function verifiedSub({ credential }: StoredEvent): number {
  if (credential?.label.endsWith('+ PIN') === true) return CARD_AND_PIN;
  return verified[credential?.kind ?? ''] ?? 0x06;
}

/** Let in without the controller that owns a zone: one record each, as many as a row may have. */
function excusedCodes({ detail }: StoredEvent): readonly Code[] {
  const zones = detail?.['unconfirmed'];
  if (!Array.isArray(zones)) return [];
  return zones
    .slice(0, CODES_OF_ROW - 1)
    .map((zone) => ({ eventCode: GLOBAL_EXCUSED, entity: 'zone', zone: Number(zone) }));
}

function deniedCodes({ kind, reason = '', credential }: StoredEvent, isTimed: boolean): readonly Code[] {
  const [eventCode, sub] = denials[reason as DenyReason] ?? OTHERWISE;
  // Of a grant that is withdrawn the user was known.
  if (eventCode === NOT_VERIFIED && kind === 'grant-withdrawn')
    return [{ eventCode: DENIED, subCode: 0x02, entity: 'door' }];
  if (eventCode === NOT_VERIFIED)
    return [{ eventCode, subCode: unverified[credential?.kind ?? ''] ?? sub, entity: 'door' }];
  const subCode = reason === 'passback' && isTimed ? DENIED_TIMED : sub;
  const denied: Code = { eventCode, subCode, entity: 'door' };
  return reason === 'interlock' ? [{ eventCode: INTERLOCK_DENIED, entity: 'interlock' }, denied] : [denied];
}

/** A soft one is let through: the violation, and "excused"; after a hard one the refusal has its own row. */
function violationCodes({ detail }: StoredEvent, isTimed: boolean): readonly Code[] {
  const eventCode = isTimed ? TIMED_VIOLATION : APB_VIOLATION;
  if (detail?.['type'] !== 'soft') return [{ eventCode, subCode: 0x01, entity: 'zone' }];
  return [
    { eventCode, subCode: 0x02, entity: 'zone' },
    { eventCode: DENIED, subCode: isTimed ? 0x09 : 0x08, entity: 'door' },
  ];
}

function commandCodes({ detail, reason }: StoredEvent): readonly Code[] {
  const level = levels[String(detail?.['level'])];
  if (reason !== undefined || level === undefined) return [];
  return [commandCode(detail?.['command'], level)];
}

function commandCode(command: unknown, level: number): Code {
  if (command === 'lock') return { eventCode: 0x5d00 + level, entity: 'door' };
  if (command === 'unlock') return { eventCode: 0x5e00 + level, entity: 'door' };
  return { eventCode: 0x5c00, subCode: level, entity: 'door' };
}

/** A schedule has no command's row: it is the cause of what the lock did. */
function lockCodes({ kind, detail }: StoredEvent): readonly Code[] {
  const moved: Code = { eventCode: kind === 'unlocked' ? 0x5000 : 0x5100, entity: 'door' };
  if (detail?.['cause'] !== 'schedule') return [moved];
  return [commandCode(kind === 'unlocked' ? 'unlock' : 'normal', levels['schedule'] ?? 1), moved];
}

/** The input, and the alarm that lasts until it is reset; of no zone. */
function fireCodes({ kind, reason }: StoredEvent): readonly Code[] {
  if (kind === 'fire-reset') return reason === undefined ? [{ eventCode: 0x6800, entity: 'none' }] : [];
  const input: Code = { eventCode: INPUT, entity: 'none', input: kind === 'fire-on' };
  return kind === 'fire-on' ? [input, { eventCode: 0x6700, entity: 'none' }] : [input];
}

function plainCodes({ kind: name, by, detail }: StoredEvent, isTimed: boolean): readonly Code[] {
  const kind = name as LogKind;
  const zone = zoneCodes[kind];
  if (zone !== undefined) return [{ eventCode: zone[isTimed ? 1 : 0], entity: 'zone' }];
  const device = deviceCodes[kind] ?? (detail?.['alarm'] === 'tamper' ? readerTamper[kind] : undefined);
  if (device !== undefined) return [{ eventCode: device, entity: 'none' }];
  const byHand = by?.kind === 'operator' ? alarmsByHand[kind] : undefined;
  return (byHand ?? doorCodes[kind] ?? []).map((eventCode) => ({ eventCode, entity: 'door' }));
}
