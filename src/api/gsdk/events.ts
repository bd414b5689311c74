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

const APB_VIOLATION = 0x6000;
const TIMED_VIOLATION = 0x6300;
const AUTH_OK = 0x1000;
const NOT_VERIFIED = 0x1100;
const AUTH_FAILED = 0x1800;
const DENIED = 0x1900;

/** Sub codes of a verified credential and of one nobody has. */
const verified: Readonly<Record<string, number>> = { card: 0x06, pin: 0x01, code: 0x25 };
const unverified: Readonly<Record<string, number>> = { card: 0x02, pin: 0x03, code: 0x02 };

/** Refusals by access control; what stands nowhere is an access group's. */
const deniedSubs: Readonly<Record<string, number>> = {
  'user-disabled': 0x02,
  'not-yet-valid': 0x03,
  expired: 0x03,
  'credential-disabled': 0x04,
  passback: 0x05,
  'passback-blocked': 0x05,
  'passback-pending': 0x05,
  'not-in-outer-zone': 0x05,
  'still-in-inner-zone': 0x05,
  'zone-owner-unreachable': 0x05,
  'zone-locked-down': 0x07,
  interlock: 0x0f,
  'credential-used-up': 0x11,
  tailgate: 0x12,
  'occupancy-max': 0x16,
  'supervisor-first': 0x16,
  'door-locked': 0x17,
};
const DENIED_OTHERWISE = 0x01;
const DENIED_TIMED = 0x06;
/** Refusals before anybody asks who it is: wrong mode, wrong credential, time over. */
const authSubs: Readonly<Record<string, number>> = {
  'pin-not-accepted': 0x01,
  'bad-mode': 0x01,
  'reader-locked-out': 0x02,
  'wrong-pin': 0x02,
  'no-code': 0x02,
  'pin-missing': 0x03,
  'no-company': 0x03,
};
const CARD_AND_PIN = 0x07;

/** Door rows that are one code each. */
const doorCodes: Readonly<Record<string, readonly number[]>> = {
  unlocked: [0x5000],
  locked: [0x5100],
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
const alarmsByHand: Readonly<Record<string, readonly number[]>> = {
  'door-forced': [0x5600],
  'door-held': [0x5800],
};
/** Zone rows: of a zone that alternates, and of a timed one. */
const zoneCodes: Readonly<Record<string, readonly [apb: number, timed: number]>> = {
  'zone-alarm-on': [0x6100, 0x6400],
  'zone-alarm-off': [0x6200, 0x6500],
  'occupancy-violation': [0xa700, 0xa700],
};
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
  readonly context: Pick<Desk['context'], 'site'> & { readonly reads: Pick<Desk['context']['reads'], 'get'> };
  readonly devices: Pick<Desk['devices'], 'controller' | 'deviceOf'>;
}

/** The records of one row, oldest first; most rows of management have none. */
export function recordsOf(desk: EventDesk, row: StoredEvent): readonly WireEvent[] {
  const { context, devices } = desk;
  const door = context.site.doors.find(({ id }) => id === row.door)?.number;
  const doorID = typeof door === 'number' ? door : 0;
  const deviceID = row.reader === undefined ? devices.controller : devices.deviceOf(row.reader);
  const first = (row.seq % ROWS_MAX) * IDS_PER_ROW;
  // As the zone is now: what has become of a deleted one nobody can tell.
  const zone = row.zone === undefined ? undefined : context.reads.get('zones', String(row.zone));
  return codesOf(row, zone?.body.rule === 'timed').map(({ eventCode, subCode = 0, entity }, index) => ({
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

function codesOf(row: StoredEvent, isTimed: boolean): readonly Code[] {
  switch (row.kind) {
    case 'access-granted':
      return [{ eventCode: AUTH_OK, subCode: verifiedSub(row), entity: 'door' }];
    case 'access-denied':
      return [deniedCode(row, isTimed)];
    case 'passback-violation':
      return violationCodes(row, isTimed);
    case 'door-command':
      return commandCodes(row);
    default:
      return plainCodes(row, isTimed);
  }
}

function verifiedSub({ credential }: StoredEvent): number {
  if (credential?.label.endsWith('+ PIN') === true) return CARD_AND_PIN;
  return verified[credential?.kind ?? ''] ?? 0x06;
}

function deniedCode({ reason = '', credential }: StoredEvent, isTimed: boolean): Code {
  if (reason === 'unknown-credential' || reason === 'wrong-facility')
    return { eventCode: NOT_VERIFIED, subCode: unverified[credential?.kind ?? ''] ?? 0x02, entity: 'door' };
  const failed = authSubs[reason];
  if (failed !== undefined) return { eventCode: AUTH_FAILED, subCode: failed, entity: 'door' };
  const subCode = reason === 'passback' && isTimed ? DENIED_TIMED : (deniedSubs[reason] ?? DENIED_OTHERWISE);
  return { eventCode: DENIED, subCode, entity: 'door' };
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
  if (detail?.['command'] === 'lock') return [{ eventCode: 0x5d00 + level, entity: 'door' }];
  if (detail?.['command'] === 'unlock') return [{ eventCode: 0x5e00 + level, entity: 'door' }];
  return [{ eventCode: 0x5c00, subCode: level === 4 ? 4 : 2, entity: 'door' }];
}

function plainCodes({ kind, by }: StoredEvent, isTimed: boolean): readonly Code[] {
  const zone = zoneCodes[kind];
  if (zone !== undefined) return [{ eventCode: zone[isTimed ? 1 : 0], entity: 'zone' }];
  const device = deviceCodes[kind];
  if (device !== undefined) return [{ eventCode: device, entity: 'none' }];
  const byHand = by?.kind === 'operator' ? alarmsByHand[kind] : undefined;
  return (byHand ?? doorCodes[kind] ?? []).map((eventCode) => ({ eventCode, entity: 'door' }));
}
