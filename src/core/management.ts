/**
 * What operators manage, as it is stored and as the API speaks it, and the one way to change it.
 * Pure types: the API validates and submits, storage applies in one transaction, readers look it up.
 */
import type { StoredHook } from './hooks.js';
import type { Json } from './log.js';
import type {
  AccessRight,
  AccessRightId,
  Actor,
  Door,
  DoorId,
  Group,
  GroupId,
  OperatorId,
  Schedule,
  UserId,
  Zone,
  ZoneId,
} from './model.js';

export interface StoredUser {
  readonly id: UserId;
  readonly name: string;
  readonly enabled: boolean;
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  readonly groups: readonly GroupId[];
  readonly accessRights: readonly AccessRightId[];
  readonly extendedUnlock: boolean;
  /** May lead others: occupancy rules ask for one. */
  readonly supervisor: boolean;
  readonly note: string;
  /** Called when the user passes a reader that is set to forward, at most 10; may hold a password. */
  readonly urls: readonly string[];
}

/**
 * A credential of one user. `secret` is what is looked up:
 * card: the payload (frame without parity) as upper-case hex without leading zeros, even digits; `bits` its
 * length, absent when enrolled by number alone (then it matches any length) · pin: HMAC-SHA256(pepper, digits), hex,
 * `bits` the count of its digits; one that serves with the user's card only: HMAC-SHA256(pepper, user, LF, digits),
 * no `bits` · code: the exact text of a QR code or plate.
 */
export interface StoredCredential {
  readonly id: string;
  readonly user: UserId;
  readonly kind: 'card' | 'pin' | 'code';
  readonly secret: string;
  readonly bits?: number;
  readonly format?: string;
  readonly facility?: number;
  /** Decimal text: numbers of 37 bits and more pass 32 bits. */
  readonly number?: string;
  readonly status: 'active' | 'disabled' | 'lost' | 'stolen';
  /** How often it may still open; 1 = a one-time code, absent = always. */
  readonly usesLeft?: number;
  /** Given under threat: it opens and raises a silent alarm. */
  readonly duress?: true;
  /** A PIN that is nothing without the user's card. */
  readonly withCard?: true;
}

export interface StoredHoliday {
  /** Local date `YYYY-MM-DD`. */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

/** A door's behaviour; wiring and contact come from the site file. */
export type StoredDoor = Omit<Door, 'hasContact'>;

export interface StoredOperator {
  /** The login name. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** scrypt, with its parameters and salt; never leaves storage. */
  readonly passwordHash: string;
  readonly disabled: boolean;
}

/**
 * `intercom` watches doors and releases them, nothing else; `demo` may present cards on the mock board and watch.
 */
export const roles = ['administrator', 'operator', 'viewer', 'intercom', 'demo'] as const;
export type Role = (typeof roles)[number];

export interface StoredToken {
  readonly id: string;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly operator: string;
  readonly role: Role;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** What its operator calls it; absent = made by a login. */
  readonly name?: string;
  /** `users:read`, `doors:write`: what of its role it may use, where `write` includes `read`; absent = all. */
  readonly scopes?: readonly string[];
}

/** A row of the log that somebody should see to. */
export interface StoredAlarm {
  /** Sequence number of the row that raised it, decimal. */
  readonly id: string;
  readonly kind: string;
  readonly door?: DoorId;
  readonly reader?: string;
  readonly zone?: number;
  readonly user?: UserId;
  readonly raisedMs: number;
  /** When what it tells of was over; at once for what has no end of its own. Absent = it lasts. */
  readonly endedMs?: number;
  readonly acknowledged?: { readonly by: OperatorId; readonly atMs: number; readonly note: string };
}

/** An OpenDoor sender, or a client of the Akuvox API, and what it may do. */
export interface StoredSource {
  readonly id: string;
  /** `api`: it manages users and reads the log by Akuvox's local HTTP API, and opens nothing by OpenDoor. */
  readonly serves?: 'open-door' | 'api';
  readonly name: string;
  readonly enabled: boolean;
  /** IPv4 or IPv6 addresses or CIDR blocks; empty = nobody. */
  readonly addresses: readonly string[];
  readonly username: string;
  /** MD5 and SHA-256 of username:HTTPAPI:password, hex (RFC 7616 section 3.4.2). */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
  readonly schemes: readonly ('digest-sha256' | 'digest-md5' | 'basic')[];
  /** Form L, `/fcgi/do`, credentials in the query. */
  readonly legacyForm: boolean;
  readonly doors: readonly DoorId[];
  /** `wire` reads AntiPassbackMode; a direction overrides it. */
  readonly direction: 'wire' | 'entry' | 'exit';
  /** `1-2`: 1 = entry, 2 = exit; `0-1`: 0 = entry, 1 = exit. */
  readonly numericMode: '1-2' | '0-1';
  readonly codeFormat: '8HN' | '8HR' | '6H3D5D' | '8H10D';
  readonly identifyBy: 'code' | 'name';
  /** Mode given but no usable code: refuse (`no-code`), or count it as a plain command. */
  readonly missingCode: 'refuse' | 'release';
  /** A repeat within this time is the same swipe; 0 = off. */
  readonly repeatMs: number;
}

/** Installation-wide values under fixed keys. */
export interface StoredSetting {
  readonly id: string;
  readonly value: Json;
}

export interface Collections {
  users: StoredUser;
  credentials: StoredCredential;
  groups: Group;
  'access-rights': AccessRight;
  schedules: Schedule;
  holidays: StoredHoliday;
  zones: Zone;
  doors: StoredDoor;
  operators: StoredOperator;
  tokens: StoredToken;
  sources: StoredSource;
  settings: StoredSetting;
  alarms: StoredAlarm;
  hooks: StoredHook;
}

export type Collection = keyof Collections;

/** A stored thing with its revision: 1 when made, one more at each change. */
export interface Revised<T> {
  readonly revision: number;
  readonly body: T;
}

/** `expect`: a revision (If-Match), `absent` (create only), or nothing (last one wins). */
export type WriteOp = {
  [C in Collection]:
    | {
        readonly op: 'put';
        readonly collection: C;
        readonly id: string;
        readonly body: Collections[C];
        readonly expect?: number | 'absent';
      }
    | {
        readonly op: 'delete';
        readonly collection: C;
        readonly id: string;
        readonly expect?: number;
        /** A group or right that something names stays as a placeholder; absent: the write is refused. */
        readonly ifUsed?: 'placeholder';
      };
}[Collection];

/** A change asked for by an operator: all its operations in one transaction, with its rows in the log. */
export interface ManagementWrite {
  readonly by: Actor;
  readonly ops: readonly WriteOp[];
  /** What the log calls it; `changed` (a row per operation) unless it is one of these. */
  readonly event?:
    | 'claimed'
    | 'login'
    | 'login-failed'
    | 'source-refused'
    | 'request-refused'
    | 'imported'
    | 'exported'
    | 'backup-made'
    | 'backup-failed'
    | 'backup-fetched'
    | 'backup-received'
    | 'dead-letter-dropped'
    | 'dead-letter-retried'
    | 'storage-checked';
  /** Detail of that row; no secrets. */
  readonly detail?: { readonly [key: string]: Json };
  /** Zones whose alarm is set or ended with it, in the same transaction. */
  readonly alarms?: readonly { readonly zone: ZoneId; readonly alarmed: boolean }[];
}

export type WriteFailure =
  | {
      readonly kind: 'stale';
      readonly collection: Collection;
      readonly id: string;
      readonly revision: number;
    }
  | { readonly kind: 'missing'; readonly collection: Collection; readonly id: string }
  | {
      readonly kind: 'conflict';
      readonly collection: Collection;
      readonly id: string;
      readonly field: string;
      readonly message: string;
    }
  | { readonly kind: 'storage'; readonly message: string };

export type WriteResult =
  | { readonly ok: true; readonly revisions: readonly number[]; readonly seq: number }
  | { readonly ok: false; readonly error: WriteFailure };

/** A stored row of the event log, as readers see it. */
export interface StoredEvent {
  readonly seq: number;
  readonly boot: string;
  readonly monoMs: number;
  readonly wallMs: number;
  readonly trust: string;
  readonly kind: string;
  readonly door?: string;
  readonly reader?: string;
  readonly zone?: number;
  readonly user?: string;
  readonly userName?: string;
  readonly credential?: { readonly kind: string; readonly label: string };
  readonly by?: Actor;
  readonly reason?: string;
  readonly detail?: { readonly [key: string]: Json };
  /** SHA-256 over the previous hash and this row, hex. */
  readonly hash: string;
}
