/**
 * Rows of our log as event records: documented event and sub codes, two numbers. A row may be two records; their IDs
 * rise with the log, so that a client that missed some asks from its last ID + 1.
 */
import type { StoredEvent } from '../../core/management.js';
import type { Desk } from './desk.js';
import type { WireEvent } from './wire.js';

/** IDs a row takes: the first is four times its sequence number. */
const IDS_PER_ROW = 4;
/** 32 bits of ID hold this many rows; a longer log begins again, as the devices' own do. */
const ROWS_MAX = 2 ** 30;

export const APB_VIOLATION = 0x6000;
const AUTH_OK = 0x1000;
const AUTH_FAILED = 0x1100;
const DENIED = 0x1900;

/** Sub codes of a verified credential and of one nobody has. */
const verified: Readonly<Record<string, number>> = { card: 0x06, pin: 0x01, code: 0x25 };
const unverified: Readonly<Record<string, number>> = { card: 0x02, pin: 0x03, code: 0x02 };

const deniedSubs: Readonly<Record<string, number>> = {
  'no-access-right': 0x01,
  'outside-schedule': 0x01,
  'user-disabled': 0x02,
  'not-yet-valid': 0x03,
  expired: 0x03,
  'credential-disabled': 0x04,
  passback: 0x05,
  timed: 0x06,
  interlock: 0x0f,
  tailgate: 0x12,
  occupancy: 0x16,
  'door-locked': 0x17,
};
const DENIED_OTHERWISE = 0x01;

/** Door rows that are one code each. */
const doorCodes: Readonly<Record<string, readonly number[]>> = {
  unlocked: [0x5000],
  locked: [0x5100],
  'door-opened': [0x5200],
  'door-closed': [0x5300],
  'door-forced': [0x5400, 0x5600],
  'door-held': [0x5500, 0x5800],
  'door-held-ended': [0x5900],
  rex: [0x4a00],
  'door-released': [0x4b00],
};
const zoneCodes: Readonly<Record<string, number>> = { 'zone-alarm-on': 0x6100, 'zone-alarm-off': 0x6200 };
const deviceCodes: Readonly<Record<string, number>> = {
  'tamper-on': 0x4000,
  'tamper-off': 0x4100,
  'reader-online': 0x3d00,
  'reader-offline': 0x3e00,
};
/** Door commands: lock and unlock have own codes (the 1.9 table), release has one with a sub code. */
const levels: Readonly<Record<string, number>> = { emergency: 2, operator: 4 };

interface Code {
  readonly eventCode: number;
  readonly subCode?: number;
  /** `zone` or `door`: what entityID names. */
  readonly entity: 'zone' | 'door' | 'none';
}

/** What telling of a row needs to know. */
interface EventDesk {
  readonly context: Pick<Desk['context'], 'site'>;
  readonly devices: Pick<Desk['devices'], 'controller' | 'deviceOf'>;
}

/** The records of one row, oldest first; most rows of management have none. */
export function recordsOf(desk: EventDesk, row: StoredEvent): readonly WireEvent[] {
  const { context, devices } = desk;
  const door = context.site.doors.find(({ id }) => id === row.door)?.number;
  const doorID = typeof door === 'number' ? door : 0;
  const deviceID = row.reader === undefined ? devices.controller : devices.deviceOf(row.reader);
  const first = (row.seq % ROWS_MAX) * IDS_PER_ROW;
  return codesOf(row).map(({ eventCode, subCode = 0, entity }, index) => ({
    ID: first + index,
    timestamp: Math.max(0, Math.floor(row.wallMs / 1_000)) % 2 ** 32,
    deviceID,
    userID: row.user ?? '',
    entityID: entity === 'zone' ? (row.zone ?? 0) : entity === 'door' ? doorID : 0,
    eventCode,
    subCode,
  }));
}

/** The row an ID belongs to. */
export function seqOf(eventID: number): number {
  return Math.floor(eventID / IDS_PER_ROW);
}

function codesOf(row: StoredEvent): readonly Code[] {
  switch (row.kind) {
    case 'access-granted':
      return [{ eventCode: AUTH_OK, subCode: verified[row.credential?.kind ?? ''] ?? 0x06, entity: 'door' }];
    case 'access-denied':
      return [deniedCode(row)];
    case 'passback-violation':
      return violationCodes(row);
    case 'door-command':
      return commandCodes(row);
    default:
      return plainCodes(row.kind);
  }
}

function deniedCode({ reason = '', credential }: StoredEvent): Code {
  if (reason === 'unknown-credential') {
    return { eventCode: AUTH_FAILED, subCode: unverified[credential?.kind ?? ''] ?? 0x02, entity: 'door' };
  }
  return { eventCode: DENIED, subCode: deniedSubs[reason] ?? DENIED_OTHERWISE, entity: 'door' };
}

/** A soft one is let through: the violation, and "excused"; after a hard one the refusal has its own row. */
function violationCodes({ detail }: StoredEvent): readonly Code[] {
  if (detail?.['type'] !== 'soft') return [{ eventCode: APB_VIOLATION, subCode: 0x01, entity: 'zone' }];
  return [
    { eventCode: APB_VIOLATION, subCode: 0x02, entity: 'zone' },
    { eventCode: DENIED, subCode: 0x08, entity: 'door' },
  ];
}

function commandCodes({ detail, reason }: StoredEvent): readonly Code[] {
  const level = levels[String(detail?.['level'])];
  if (reason !== undefined || level === undefined) return [];
  if (detail?.['command'] === 'lock') return [{ eventCode: 0x5d00 + level, entity: 'door' }];
  if (detail?.['command'] === 'unlock') return [{ eventCode: 0x5e00 + level, entity: 'door' }];
  return [{ eventCode: 0x5c00, subCode: level === 4 ? 4 : 2, entity: 'door' }];
}

function plainCodes(kind: string): readonly Code[] {
  const zone = zoneCodes[kind];
  if (zone !== undefined) return [{ eventCode: zone, entity: 'zone' }];
  const device = deviceCodes[kind];
  if (device !== undefined) return [{ eventCode: device, entity: 'none' }];
  return (doorCodes[kind] ?? []).map((eventCode) => ({ eventCode, entity: 'door' }));
}
