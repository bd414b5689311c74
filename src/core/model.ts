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
/** An output of the board that belongs to no door: a lamp, a sign, a siren. */
export type OutputId = string;
/** Another controller of the same site. */
export type ControllerId = string;
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
  /** What was presented, as it is stored; absent where a source named the user. */
  readonly credential?: CredentialFacts;
}

/** What a decision needs to know of a credential beyond whose it is. */
export interface CredentialFacts {
  readonly id: string;
  /** How often it may still serve; absent = always. */
  readonly usesLeft?: number;
  /** Given under threat: it opens like any other and raises a silent alarm. */
  readonly duress?: true;
  readonly missing?: 'lost' | 'stolen';
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
  /** Local days `YYYY-MM-DD`, both included: on others it is never active. Absent = on all. */
  readonly dates?: { readonly from: string; readonly until: string };
}

export interface AccessRight {
  readonly id: AccessRightId;
  readonly name: string;
  readonly doors: readonly { readonly door: DoorId; readonly schedule: ScheduleId }[];
  readonly placeholder?: Placeholder;
}

export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly accessRights: readonly AccessRightId[];
  readonly placeholder?: Placeholder;
}

/** Named by something, and not made yet or deleted for a client that does not ask who names it: opens nothing. */
export type Placeholder = true;

export interface Door {
  readonly id: DoorId;
  readonly name: string;
  readonly hasContact: boolean;
  /** Pulse of a grant, at least 3,000 ms (IEC 60839-11-1). */
  readonly unlockMs: number;
  readonly extendedUnlockMs: number;
  /** No time ends a grant's pulse: the closing leaf (`relockOnClose`) or a lock command does. A restart locks. */
  readonly autoLockOff?: true;
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
  /** After a pulse an open door locks only once it closes; a standing lock does not wait. */
  readonly locksWhenClosed?: true;
  readonly twoPersons?: TwoPersons;
  /** Set going when the door is forced open, until that alarm ends; at most 5. */
  readonly forcedActions?: readonly DoorAction[];
  /** Set going when the door is held open, until that alarm ends; at most 5. */
  readonly heldActions?: readonly DoorAction[];
}

/** Two users open a door together: both present something at the same reader (Suprema dual authentication). */
export interface TwoPersons {
  readonly side: Direction | 'both';
  /** While this one is active. */
  readonly schedule: ScheduleId;
  /** How long the first waits, 1 to 300. */
  readonly withinSeconds: number;
  /** Whoever presents last must be in one of these, 1 to 16; absent = anybody. */
  readonly lastInGroups?: readonly GroupId[];
}

/** A mantrap and its like: one of these doors at a time. */
export interface Interlock {
  readonly id: string;
  readonly doors: readonly DoorId[];
}

export interface Reader {
  readonly id: ReaderId;
  readonly name: string;
  readonly door: DoorId;
  /** The direction of a passage past this reader, also outside any zone. */
  readonly direction: Direction;
  /** What is to be presented here; `card-or-pin` unless told. Requests that only stand for the reader are not asked. */
  readonly asks?: 'card' | 'card-or-pin' | 'card-and-pin';
  /** Who presents here is judged by other controllers: the person's URLs are called, the door here stays as it is. */
  readonly forwards?: boolean;
}

/**
 * How a violation is met. `hard`: refused. `soft`: let in and recorded. `hard-everywhere`: refused, and so is every
 * read of the zone until it is cleared. `trap`: a second entry is let in, and then every exit refused until it is
 * cleared; needs a hardware request to exit at each exit door.
 */
export type ZoneType = 'hard' | 'soft' | 'hard-everywhere' | 'trap';
/** What breaking one rule of a zone leads to. */
export type Severity = 'none' | 'soft' | 'hard';

/**
 * An anti-passback zone (Suprema APBZone, and more). The fields down to `bypassGroups` are that contract's; a zone
 * without any of the others follows the reference rule. What does not combine is refused by `zoneFault`.
 */
export interface Zone {
  readonly id: ZoneId;
  /** At most 48 characters and 144 bytes of UTF-8. */
  readonly name: string;
  readonly type: ZoneType;
  readonly disabled: boolean;
  /** Age at which a record lapses; unsigned 32-bit seconds, 0 = never. With `timed` how long a repeat is refused. */
  readonly resetSeconds: number;
  /** 2 to 64 with both directions; a timed zone needs one, a route follows their order. */
  readonly members: readonly ZoneMember[];
  /** Run in this order at each violation, at most 5. */
  readonly actions?: readonly ZoneAction[];
  /** Users in one of these groups are tracked, never refused; at most 16. */
  readonly bypassGroups: readonly GroupId[];
  /** Single users who are tracked, never refused; at most 64. */
  readonly bypassUsers?: readonly UserId[];
  /** `alternate` (the default): in, out, in. `timed`: not twice within `resetSeconds`. `route`: members in order. */
  readonly rule?: 'alternate' | 'timed' | 'route';
  /** Where a timed zone refuses the repeat; at the same reader unless told. */
  readonly timedAt?: 'same-reader' | 'any-reader';
  /** A route whose first read must be at its first reader. */
  readonly startAtFirst?: boolean;
  /** Which sides are judged, `both` unless told; the other side always passes and still moves the record. */
  readonly check?: 'both' | 'entries' | 'exits';
  /** What a second entry leads to, where it differs from `type`. */
  readonly passback?: Severity;
  /** What a second exit leads to; it is then called a tailgate, apart from passback. */
  readonly tailgate?: Severity;
  /** An exit without any record is a tailgate too. */
  readonly requireEntry?: boolean;
  /** The outer zone this one lies in: one must be recorded inside that one to enter this one. */
  readonly inside?: ZoneId;
  /** Places are kept while the zone is disabled, so that enabling starts from the truth; true unless told. */
  readonly trackWhileDisabled?: boolean;
  readonly dailyReset?: DailyReset;
  /** Everything is forgotten every so many minutes of the monotonic clock, 1 to 10,080. */
  readonly resetEveryMinutes?: number;
  readonly occupancy?: OccupancyRules;
  /** Outputs and events that follow the number of people inside; at most 8. */
  readonly counts?: readonly CountOutput[];
  /** Readers at assembly points: a read there moves the user out of the zone to them; at most 16. */
  readonly musterReaders?: readonly ReaderId[];
  /** Who travels together past members marked `vehicle`; at most 500. */
  readonly vehicles?: readonly Vehicle[];
  /** The controller that owns the zone's records; absent = this one. While none is linked, `ownerLost` applies. */
  readonly owner?: ControllerId;
  /** What is done while the owner cannot be reached, `last-known` unless told (open case C10). */
  readonly ownerLost?: 'deny' | 'allow' | 'last-known';
}

export interface ZoneMember {
  readonly reader: ReaderId;
  readonly direction: Direction;
  /** A card here stands for everybody of its vehicle. */
  readonly vehicle?: boolean;
}

export interface DailyReset {
  /** Local minute of the day, 0 to 1439. */
  readonly minute: number;
  /** `outside`: whoever stayed inside is refused at the next exit. */
  readonly to: 'unknown' | 'outside';
  /** Only whoever was in one of these groups at the recorded passage; absent = everybody. */
  readonly groups?: readonly GroupId[];
}

/** Limits of the number of people inside, judged after anti-passback. */
export interface OccupancyRules {
  /** No entry above `count`, 1 to 1,000,000. */
  readonly max?: { readonly count: number; readonly severity: 'soft' | 'hard' };
  /**
   * Never between 1 and `count` - 1 inside: in and out in company at the same reader, within `withinSeconds`.
   * `count` 2 to 16, `withinSeconds` 1 to 300.
   */
  readonly min?: {
    readonly count: number;
    readonly withinSeconds: number;
    readonly severity: 'soft' | 'hard';
  };
  /** Nobody enters while no supervisor is inside, or comes along. */
  readonly supervisorFirst?: 'soft' | 'hard';
}

/** What the count does: `occupied` = somebody inside, `empty` = nobody, `full` = at least `at` (the maximum unless told). */
export interface CountOutput {
  readonly when: 'occupied' | 'empty' | 'full';
  readonly at?: number;
  /** Absent: only a row in the log. */
  readonly output?: OutputId;
}

/** Users who share a vehicle, 2 to 16: the card of any of them admits all. */
export interface Vehicle {
  readonly name: string;
  readonly users: readonly UserId[];
}

/** Pulses of an output: `count` times `onMs` active and `offMs` not, after `delayMs`; count 0 = until stopped. */
export interface Signal {
  readonly count: number;
  readonly onMs: number;
  readonly offMs: number;
  readonly delayMs: number;
}

/** Steps of a reader's LED or buzzer, played `count` times; 0 = until stopped. At most 3 steps. */
export interface ReaderPattern<Step> {
  readonly count: number;
  readonly steps: readonly (Step & { readonly durationMs: number; readonly delayMs: number })[];
}

export type LedColor = 'off' | 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'magenta' | 'white';
export type BuzzerTone = 'off' | 'low' | 'middle' | 'high';

/** When a running action ends by itself: never before its end, when the door closes, or when the next one starts. */
export type ActionStop = 'never' | 'door-closed' | 'next-action';

/** What a violation sets going after `delayMs` (16 bit, like every duration here). Releasing the alarm stops it. */
export type ZoneAction = { readonly delayMs: number; readonly stop: ActionStop } & (
  | { readonly kind: 'output'; readonly output: OutputId; readonly signal: Signal }
  | { readonly kind: 'led'; readonly reader: ReaderId; readonly pattern: ReaderPattern<{ color: LedColor }> }
  | {
      readonly kind: 'buzzer';
      readonly reader: ReaderId;
      readonly pattern: ReaderPattern<{ tone: BuzzerTone; fadeout: boolean }>;
    }
  | { readonly kind: 'release-alarm' }
  | { readonly kind: 'lock-door'; readonly door: DoorId }
  | { readonly kind: 'unlock-door'; readonly door: DoorId }
  /** Called by whoever sends things out, when the row of this action is durable; `basic`: answer Basic offered alone. */
  | { readonly kind: 'url'; readonly url: string; readonly basic?: boolean }
);

/** What the alarm of a door sets going: like a zone's actions; addresses are called by hooks of the alarm's row. */
export type DoorAction = Exclude<ZoneAction, { readonly kind: 'url' }>;

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
  /** Derived: the readers of a door. */
  readonly readersOfDoor: ReadonlyMap<DoorId, readonly Reader[]>;
  /** Derived: the zones a reader belongs to. */
  readonly zonesOfReader: ReadonlyMap<ReaderId, readonly ReaderZone[]>;
  /** Derived: the zones that lie directly inside a zone. */
  readonly innerZones: ReadonlyMap<ZoneId, readonly Zone[]>;
  /** Derived: the zones whose people assemble at a reader. */
  readonly musterZones: ReadonlyMap<ReaderId, readonly Zone[]>;
  /** Groups of doors of which only one may be open at a time. */
  readonly interlocks?: readonly Interlock[];
  /** Under an untrusted clock, are validity dates and schedules taken as met? */
  readonly untrustedClock: 'deny' | 'allow';
  /** How long a grant may wait for its durable commit before the door's policy applies. */
  readonly storageDeadlineMs: number;
}

export interface ReaderZone {
  readonly zone: Zone;
  readonly direction: Direction;
  /** A card here stands for everybody of its vehicle. */
  readonly vehicle: boolean;
}
