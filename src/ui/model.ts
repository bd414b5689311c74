/** What the API says, as far as the page reads it. */
import type { ZoneAction, ZoneNow } from './zoneModel.js';
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface SiteInfo {
  readonly name: string;
  readonly timeZone: string;
  readonly board: string;
  readonly formats: readonly string[];
  /** Outputs of the site file that zones may switch. */
  readonly outputs: readonly string[];
  readonly doors: readonly {
    readonly id: string;
    readonly number: number | string;
    readonly name: string;
    readonly hasContact: boolean;
  }[];
  readonly readers: readonly Reader[];
}

export interface Reader {
  readonly id: string;
  readonly name: string;
  readonly door: string;
  readonly direction: 'entry' | 'exit';
}

export type DoorFlags = Readonly<
  Partial<Record<'emergency' | 'operator' | 'schedule', 'locked' | 'unlocked'>>
>;

export interface DoorState {
  readonly leaf: 'none' | 'unknown' | 'closed' | 'open';
  readonly lock: 'locked' | 'unlocked';
  readonly alarm: 'none' | 'held' | 'forced';
  /** What stands until told otherwise, by who set it. */
  readonly flags: DoorFlags;
  readonly waiting: number;
}

/** Two people open a door together. */
export interface TwoPersons {
  readonly side: 'entry' | 'exit' | 'both';
  readonly schedule: string;
  readonly withinSeconds: number;
  /** The second belongs to one of these; absent = whoever may pass. */
  readonly lastInGroups?: readonly string[];
}

export interface Door {
  readonly id: string;
  readonly name: string;
  readonly number: number | string;
  readonly hasContact: boolean;
  readonly unlockMs: number;
  readonly extendedUnlockMs: number;
  readonly autoLockOff?: true | undefined;
  readonly heldOpenMs: number;
  readonly extendedHeldOpenMs: number;
  readonly rexUnlockMs: number;
  readonly relockOnClose: boolean;
  readonly passageCounts: 'at-opening' | 'at-grant';
  readonly onStorageFailure: 'deny' | 'grant-degraded';
  readonly unlockOnFire: boolean;
  readonly holdOpenSchedule?: string;
  readonly locksWhenClosed?: true | undefined;
  readonly twoPersons?: TwoPersons | undefined;
  readonly forcedActions?: readonly ZoneAction[] | undefined;
  readonly heldActions?: readonly ZoneAction[] | undefined;
  readonly state?: DoorState;
  readonly revision: number;
}

export interface Status {
  readonly version: string;
  readonly board: string;
  readonly storage: 'ok' | 'failed';
  readonly fire: 'off' | 'active' | 'latched';
  readonly clock: { readonly at: string; readonly trust: string };
  readonly lastSeq: number;
  readonly rowsWaiting: number;
  readonly doors: readonly (DoorState & { readonly id: string })[];
  readonly readers: readonly ReaderHealth[];
  readonly zones: readonly ZoneNow[];
}

export interface ReaderHealth {
  readonly id: string;
  readonly frames: number;
  readonly parityErrors: number;
  readonly lengthErrors: number;
  readonly noise: number;
  readonly lastSeen?: string;
  readonly online?: boolean;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Event {
  readonly seq: number;
  readonly at: string;
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
  readonly by?: {
    readonly kind: string;
    readonly operator?: string;
    readonly source?: string;
    readonly address?: string;
  };
  readonly reason?: string;
  readonly detail?: { readonly [key: string]: Json };
  readonly hash: string;
}

export interface Alarm {
  readonly id: string;
  readonly kind: string;
  readonly door?: string;
  readonly reader?: string;
  readonly zone?: number;
  readonly user?: string;
  readonly at: string;
  readonly active: boolean;
  readonly acknowledged?: { readonly by: string; readonly at: string; readonly note: string };
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  readonly groups: readonly string[];
  readonly accessRights: readonly string[];
  readonly extendedUnlock: boolean;
  readonly supervisor: boolean;
  readonly note: string;
  readonly urls: readonly string[];
  readonly revision: number;
}

export interface Credential {
  readonly id: string;
  readonly user: string;
  readonly kind: 'card' | 'pin' | 'code';
  readonly status: 'active' | 'disabled' | 'lost' | 'stolen';
  readonly label: string;
  readonly format?: string;
  readonly bits?: number;
  readonly hex?: string;
  readonly facility?: number;
  readonly number?: string;
  readonly usesLeft?: number;
  readonly duress?: boolean;
  readonly withCard?: boolean;
  readonly revision: number;
}

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
}

export interface Group extends Named {
  readonly accessRights: readonly string[];
}

export interface AccessRight extends Named {
  readonly doors: readonly { readonly door: string; readonly schedule: string }[];
}

export interface DayWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface Schedule extends Named {
  readonly week: readonly (readonly DayWindow[])[];
  readonly holidays: Readonly<Record<string, readonly DayWindow[]>>;
  readonly dates?: { readonly from: string; readonly until: string } | undefined;
}

export interface Holiday extends Named {
  readonly kind: string;
}

export interface ZoneRecord {
  readonly user: string;
  readonly userName: string;
  readonly direction: 'entry' | 'exit';
  readonly reader: string;
  readonly at: string;
  readonly clockTrusted: boolean;
  readonly seq: number;
}

export type UserPlace = Pick<ZoneRecord, 'direction' | 'reader' | 'at'> & { readonly zone: number };

export interface Operator extends Named {
  readonly role: 'administrator' | 'operator' | 'viewer' | 'intercom' | 'demo';
  readonly disabled: boolean;
}

export interface Token extends Named {
  readonly kind: 'token' | 'login';
  readonly operator: string;
  readonly role: Operator['role'];
  readonly created: string;
  readonly expires: string;
  readonly expired: boolean;
  readonly current: boolean;
}

export interface Source extends Named {
  readonly enabled: boolean;
  readonly addresses: readonly string[];
  readonly username: string;
  readonly schemes: readonly string[];
  readonly doors: readonly string[];
  readonly direction: string;
  readonly codeFormat: string;
  readonly identifyBy: string;
  readonly serves: string;
  readonly legacyForm: boolean;
  readonly numericMode: string;
  readonly missingCode: string;
  readonly repeatMs: number;
}

export interface ReaderState extends Reader {
  readonly health?: Omit<ReaderHealth, 'id'>;
}

export interface System {
  readonly versions: { readonly sallyport: string; readonly node: string; readonly sqlite: string };
  readonly board: string;
  readonly time: { readonly at: string; readonly trust: string; readonly zone: string };
  readonly storage: { readonly lastSeq: number; readonly databaseBytes: number; readonly freeBytes: number };
  readonly threads: {
    readonly web: { readonly upSeconds: number; readonly rssBytes: number; readonly liveStreams: number };
  };
  readonly counts: { readonly users: number; readonly credentials: number };
  readonly certificate?: { readonly sha256: string; readonly notAfter: string; readonly selfSigned: boolean };
  readonly warnings: readonly string[];
}

export interface Wire {
  readonly where: string;
  readonly use: string;
  /** The use in parts: what the wire is, and what more is known of it. */
  readonly as: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly line: string;
  readonly direction: 'input' | 'output' | 'both';
  readonly active: 'high' | 'low';
  readonly headerPin?: number;
  readonly bootLevel: 'high' | 'low' | 'unknown';
}

export interface WiringInfo {
  readonly items: readonly Wire[];
  /** Doors of which only one may be open at a time. */
  readonly interlocks: readonly { readonly id: string; readonly doors: readonly string[] }[];
}

export interface Hook extends Named {
  readonly enabled: boolean;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
  /** Empty = of every door, and what concerns none. */
  readonly doors: readonly string[];
  readonly body: 'event' | 'template';
  readonly template: string;
  readonly contentType: string;
  readonly basic: boolean;
  readonly certificateSha256?: string;
  readonly signed: boolean;
}

/** A row that was given up for a hook. */
export interface DeadLetter {
  readonly seq: number;
  readonly at: string;
  readonly attempts: number;
  readonly error: string;
}

export interface HookState {
  readonly hook: string;
  readonly behind: number;
  readonly deadLetters: number;
  readonly nextAt?: string;
  readonly lastError?: string;
}

export interface Explained {
  readonly decision: 'granted' | 'waits' | 'denied';
  readonly reason?: string;
  readonly checks: readonly {
    readonly check: string;
    readonly answer: 'passes' | 'refuses' | 'waits' | 'not-asked';
    readonly reason?: string;
    readonly zones: readonly { readonly zone: number; readonly says: string }[];
  }[];
}

export interface BackupEntry {
  readonly name: string;
  readonly bytes: number;
}

export interface BackupList {
  readonly items: readonly BackupEntry[];
  readonly passphraseSet: boolean;
  readonly lastError?: string;
}

export interface BackupSettings {
  readonly daily: boolean;
  readonly hour: number;
  readonly keep: number;
  readonly revision: number;
}

export interface OsdpReader {
  readonly reader: string;
  readonly address: number;
  readonly state: string;
  readonly secure: boolean;
  readonly policy: 'required' | 'off';
  readonly alarms: readonly string[];
  readonly armedForMs?: number;
  readonly identity?: { readonly vendor: string; readonly model: number; readonly firmware: string };
}

export interface OsdpLine {
  readonly line: string;
  readonly baud: number;
  readonly readers: readonly OsdpReader[];
  readonly survey?: {
    readonly done: boolean;
    readonly share: number;
    readonly found: readonly { readonly address: number; readonly baud: number }[];
    /** Of a move. */
    readonly outcome?: string;
  };
}
