/**
 * Rows of our log as event records. A row may be several records; their IDs rise with the log, so that a client that
 * missed some asks from its last ID + 1. Card numbers are not sent: the log has none.
 */
import type { StoredEvent } from '../../core/management.js';
import type { Desk } from './desk.js';
import { CODES_OF_ROW, type Code, codesOf } from './eventCodes.js';
import { numberOf } from './numbers.js';
import type { WireEvent } from './wire.js';

/** 32 bits of ID hold this many rows; a longer log begins again, as the devices' own do. */
const ROWS_MAX = 2 ** 30;
/** PortValue. */
const port = { open: 0, closed: 1 } as const;

/** What telling of a row needs to know. */
interface EventDesk {
  readonly context: {
    readonly site: Pick<Desk['context']['site'], 'doors' | 'interlocks'>;
    readonly reads: Pick<Desk['context']['reads'], 'get'>;
  };
  readonly devices: Pick<Desk['devices'], 'controller' | 'deviceOf'>;
}

/** The records of one row, oldest first; most rows of management have none. */
export function recordsOf(desk: EventDesk, row: StoredEvent): readonly WireEvent[] {
  const { context, devices } = desk;
  const deviceID = row.reader === undefined ? devices.controller : devices.deviceOf(row.reader);
  const first = (row.seq % ROWS_MAX) * CODES_OF_ROW;
  // As the zone is now: what has become of a deleted one nobody can tell.
  const zone = row.zone === undefined ? undefined : context.reads.get('zones', String(row.zone));
  return codesOf(row, zone?.body.rule === 'timed').map((code, index) => ({
    ID: first + index,
    timestamp: Math.max(0, Math.floor(row.wallMs / 1_000)) % 2 ** 32,
    deviceID,
    userID: row.user ?? '',
    eventCode: code.eventCode,
    subCode: code.subCode ?? 0,
    ...about(desk, row, code),
  }));
}

/** The row an ID belongs to. */
export function seqOf(eventID: number): number {
  return Math.floor(eventID / CODES_OF_ROW);
}

type About = Pick<WireEvent, 'entityID' | 'inputInfo' | 'interlockZoneInfo'>;

/** What the record is about, and what only its code carries. */
function about(desk: EventDesk, row: StoredEvent, code: Code): About {
  const { context, devices } = desk;
  switch (code.entity) {
    case 'zone':
      return { entityID: code.zone ?? row.zone ?? 0 };
    case 'door':
      return { entityID: doorIDs(desk, [row.door])[0] ?? 0 };
    case 'interlock': {
      // A door may be in several; nobody can tell which of them was meant.
      const found = context.site.interlocks?.find(({ doors }) => doors.some((door) => door === row.door));
      const zoneID = found === undefined ? 0 : numberOf(found.id);
      return { entityID: zoneID, interlockZoneInfo: { zoneID, doorIDs: doorIDs(desk, found?.doors ?? []) } };
    }
    case 'none': {
      if (code.input === undefined) return { entityID: 0 };
      const value = code.input ? port.closed : port.open;
      return { entityID: 0, inputInfo: { ioDeviceID: devices.controller, port: 0, value } };
    }
  }
}

function doorIDs({ context }: EventDesk, ids: readonly (string | undefined)[]): readonly number[] {
  return ids.flatMap((id) => {
    const number = context.site.doors.find((door) => door.id === id)?.number;
    return typeof number === 'number' ? [number] : [];
  });
}
