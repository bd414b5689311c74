/**
 * The one table of variables, for swipes sent on and for hooks: the words of Akuvox action URLs and our own. What a
 * row or a swipe has no value for is empty; a word that is not in the table stays as it stands.
 */
import { hostname, networkInterfaces } from 'node:os';
import type { PresentedCode } from '../core/forwarding.js';
import type { Variables } from './template.js';

/** A door as it stands when the call is made. */
export type DoorNow = PresentedCode['doors'][number];

/** A reader as the site file says. */
export interface ReaderPlace {
  readonly id: string;
  readonly name: string;
  readonly direction: 'entry' | 'exit';
  readonly door: string;
}

/** What is known of what the call is made for. */
export interface Told {
  readonly device: Variables;
  readonly wallMs: number;
  readonly doors: readonly DoorNow[];
  /** DoorNum of the door it happened at. */
  readonly doorNumber?: number | string;
  readonly location: string;
  readonly direction?: 'entry' | 'exit';
  readonly user?: string;
  readonly userName?: string;
  readonly credential?: string;
  /** As the receiver may see it: whole in a swipe sent on, masked in a hook. */
  readonly code: string;
  /** Name of the schedule by which the user may pass there at that moment. */
  readonly schedule?: string;
}

const unlockTypes: Readonly<Record<string, string>> = { card: 'Card', pin: 'PIN', code: 'QR Code' };
const modes = { entry: 'Entry', exit: 'Exit' } as const;

/**
 * Words of telephone calls, which a door controller does not make: always empty, so that a URL copied from a door
 * phone does not carry the bare word to its receiver.
 * - `active_url`: address of the SIP account that the call is on
 * - `remote`: the other party of the call
 */
const withoutMeaning: Variables = { active_url: '', remote: '' };

export function variablesOf(told: Told): Variables {
  const { credential = '', userName = '', code, doors, doorNumber } = told;
  const type = unlockTypes[credential] ?? '';
  const statuses = doors.flatMap(({ number, unlocked, open }) => [
    // Akuvox: 0 = relay closed (locked), 1 = open; 1 = input triggered.
    [`relay${number}status`, unlocked ? '1' : '0'],
    [`input${number}status`, open ? '1' : '0'],
  ]);
  const alarmed = doors.some(
    ({ number, alarm }) => alarm && (doorNumber === undefined || number === doorNumber),
  );
  return {
    ...withoutMeaning,
    ...told.device,
    ...Object.fromEntries(statuses),
    antipassbackmode: told.direction === undefined ? '' : modes[told.direction],
    name: userName,
    user_name: userName,
    active_user: userName,
    userid: told.user ?? '',
    unlocktype: type,
    open_type: type,
    code,
    card_sn: credential === 'card' ? code : '',
    qrcode: credential === 'code' ? code : '',
    schedule: told.schedule ?? '',
    // The door it happened at is held open or forced; where it happened at none, any door.
    alarmstatus: alarmed ? '1' : '0',
    relay_id: String(doorNumber ?? ''),
    location: told.location,
    time: new Date(told.wallMs).toISOString(),
  };
}

/** Does a text name how doors stand? Only then are they asked for. */
export function namesDoors(text: string): boolean {
  return /\$(?:relay\w+status|input\w+status|alarmstatus)/.test(text);
}

/** Does a text name the schedule? */
export function namesSchedule(text: string): boolean {
  return text.includes('$schedule');
}

/** Who we are: the first address that is not this machine's own. `mac` is spelled as the Akuvox API spells it, `0C:11:05:…`. */
export function deviceVariables(version: string): Variables {
  const outside = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return {
    model: 'Sallyport',
    firmware: version,
    ip: outside?.address ?? '127.0.0.1',
    mac: outside?.mac.toUpperCase() ?? '',
    host: hostname(),
  };
}
