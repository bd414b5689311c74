/**
 * The words of the site: what the core is told about doors, readers, users, schedules and zones.
 * Pure types. Durations carry their unit, times of day are minutes, instants come in with the event.
 */

export type UserId = string;
export type DoorId = string;
export type ReaderId = string;
export type GroupId = string;
export type AccessRightId = string;
export type ScheduleId = string;
export type SourceId = string;
export type OperatorId = string;
/** Unsigned 32-bit, never 0 (Suprema APBZone contract). */
export type ZoneId = number;
/** The operating system's boot: monotonic times of one boot compare, those of two do not. */
export type BootId = string;

/** How far the wall clock may be believed. `rtc` and `ntp` are trusted. */
export type ClockTrust = 'unset' | 'saved' | 'rtc' | 'ntp';

/** A moment: `monoMs` (CLOCK_MONOTONIC) for durations and order, `wallMs` (Unix, UTC) for times of day. */
export interface Instant {
  readonly monoMs: number;
  readonly wallMs: number;
  readonly trust: ClockTrust;
}

export type Direction = 'entry' | 'exit';

/** Who did something: a reader, an OpenDoor source, an operator, or the controller itself. */
export type Actor =
  | { readonly kind: 'reader'; readonly reader: ReaderId }
  | { readonly kind: 'source'; readonly source: SourceId; readonly address: string }
  | { readonly kind: 'operator'; readonly operator: OperatorId; readonly address?: string }
  | { readonly kind: 'system' };

/** What was presented, fit for the log: `label` is masked, secrets never reach the core. */
export interface PresentedCredential {
  readonly kind: 'card' | 'pin' | 'code';
  /** Safe to keep: a card's last four digits behind dots, never a PIN. */
  readonly label: string;
}

/** What the decision needs to know of the user whose credential was presented. */
export interface UserFacts {
  readonly id: UserId;
  readonly name: string;
  readonly enabled: boolean;
  /** False for a credential marked lost, stolen or disabled. */
  readonly credentialEnabled: boolean;
  /** Unix ms, inclusive; absent = since ever. */
  readonly validFromMs?: number;
  /** Unix ms, exclusive; absent = for ever. */
  readonly validUntilMs?: number;
  readonly groups: readonly GroupId[];
  readonly accessRights: readonly AccessRightId[];
  /** Gets the door's extended unlock and held-open times. */
  readonly extendedUnlock: boolean;
  /** May lead others: occupancy rules ask for one. */
  readonly supervisor: boolean;
}

/** Half-open local window in minutes of the day, 0 <= fromMinute < toMinute <= 1440. */
export interface DayWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Weekly plan in the site's time zone. `always` and `never` are built in and need no entry. */
export interface Schedule {
  readonly id: ScheduleId;
  readonly name: string;
  /** Seven days, index 0 = Monday. */
  readonly week: readonly (readonly DayWindow[])[];
  /** Windows by holiday kind; a kind not named here leaves the weekday's windows in force. */
  readonly holidays: Readonly<Record<string, readonly DayWindow[]>>;
}

export interface AccessRight {
  readonly id: AccessRightId;
  readonly name: string;
  readonly doors: readonly { readonly door: DoorId; readonly schedule: ScheduleId }[];
}

export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly accessRights: readonly AccessRightId[];
}

export interface Door {
  readonly id: DoorId;
  readonly name: string;
  readonly hasContact: boolean;
  /** Pulse of a grant, at least 3,000 ms (IEC 60839-11-1). */
  readonly unlockMs: number;
  readonly extendedUnlockMs: number;
  /** Open longer than this = held, counted from the opening. */
  readonly heldOpenMs: number;
  readonly extendedHeldOpenMs: number;
  /** Pulse of a request to exit; never cut short. */
  readonly rexUnlockMs: number;
  /** The closing leaf ends a grant's pulse at once. */
  readonly relockOnClose: boolean;
  /** `at-opening` needs a contact; a door without counts at the grant. */
  readonly passageCounts: 'at-opening' | 'at-grant';
  readonly onStorageFailure: 'deny' | 'grant-degraded';
  readonly unlockOnFire: boolean;
  /** Unlocked by itself while this schedule is active and the clock trusted. */
  readonly holdOpenSchedule?: ScheduleId;
}

export interface Reader {
  readonly id: ReaderId;
  readonly name: string;
  readonly door: DoorId;
  /** The direction of a passage past this reader, also outside any zone. */
  readonly direction: Direction;
  /** Who presents here is judged by other controllers: the person's URLs are called, the door here stays as it is. */
  readonly forwards?: boolean;
}

/** An anti-passback zone (Suprema APBZone). */
export interface Zone {
  readonly id: ZoneId;
  readonly name: string;
  readonly type: 'hard' | 'soft';
  readonly disabled: boolean;
  /** Age at which a record lapses; unsigned 32-bit seconds, 0 = never. */
  readonly resetSeconds: number;
  readonly members: readonly ZoneMember[];
  /** Users in one of these groups are tracked, never refused. */
  readonly bypassGroups: readonly GroupId[];
}

export interface ZoneMember {
  readonly reader: ReaderId;
  readonly direction: Direction;
}

/** Everything configured, as one value. Made by `makeSite`, replaced whole when something changes. */
export interface Site {
  /** IANA name, for instance `Europe/Berlin`. */
  readonly timeZone: string;
  readonly doors: ReadonlyMap<DoorId, Door>;
  readonly readers: ReadonlyMap<ReaderId, Reader>;
  readonly zones: ReadonlyMap<ZoneId, Zone>;
  readonly schedules: ReadonlyMap<ScheduleId, Schedule>;
  /** Local date `YYYY-MM-DD` -> holiday kind. */
  readonly holidays: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<GroupId, Group>;
  readonly accessRights: ReadonlyMap<AccessRightId, AccessRight>;
  /** Derived: the zones a reader belongs to. */
  readonly zonesOfReader: ReadonlyMap<ReaderId, readonly ReaderZone[]>;
  /** Under an untrusted clock, are validity dates and schedules taken as met? */
  readonly untrustedClock: 'deny' | 'allow';
  /** How long a grant may wait for its durable commit before the door's policy applies. */
  readonly storageDeadlineMs: number;
}

export interface ReaderZone {
  readonly zone: Zone;
  readonly direction: Direction;
}
