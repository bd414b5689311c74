import type { ActionList } from './actionList.js';
import type { Answer } from './decision.js';
import type { CommitId, FactChange, ReaderSignal, RequestId } from './effects.js';
import type { AccessRequested } from './events.js';
import type { Json, LogRow, ManyChange } from './log.js';
import type {
  BootId,
  ControllerId,
  CountOutput,
  Direction,
  DoorId,
  GroupId,
  ReaderId,
  UserFacts,
  UserId,
  ZoneAction,
  ZoneId,
} from './model.js';
import type { Trie } from './trie.js';

/** The last counted passage of one user in one zone. Absent = unknown: either direction may come first. */
export interface ZoneRecord {
  readonly direction: Direction;
  readonly reader: ReaderId;
  readonly boot: BootId;
  readonly monoMs: number;
  readonly wallMs: number;
  /** Whether the wall clock was trusted then. */
  readonly trusted: boolean;
  /** Each at most once, in alphabetical order; absent = none. */
  readonly marks?: readonly ZoneMark[];
}

/**
 * What else a record says. `blocked`: every read (hard-everywhere) or every exit (trap) is refused until cleared.
 * `by-hand`: set by an operator, not by a passage. `cleared`: the user is unknown again, but not to the zones that lie
 * inside (case A12). `daily`: the daily reset takes it. `supervisor`: the passage was one's.
 */
export type ZoneMark = 'blocked' | 'by-hand' | 'cleared' | 'daily' | 'supervisor';

/** The records of one zone and how many of them say inside, are supervisors' there, or are only a trace. */
export interface ZoneRecords extends Trie {
  readonly inside: number;
  readonly supervisors: number;
  readonly cleared: number;
}

/** A grant whose passage has not counted yet: the door has a contact and was closed. Durable. */
export interface Passage {
  /** Unique within the log: boot and commit number. */
  readonly id: string;
  readonly door: DoorId;
  readonly reader: ReaderId;
  readonly user: UserId;
  readonly userName: string;
  readonly boot: BootId;
  /** Monotonic; no opening until then = no entry after grant. */
  readonly deadlineMonoMs: number;
  /** Zones whose violation stands in the log already, or that excuse this user. */
  readonly excused: readonly ZoneId[];
  /** Zones from which the user is refused once this has counted (trap). */
  readonly blocks?: readonly ZoneId[];
  /** The passage is a supervisor's. */
  readonly supervisor?: true;
  /** Those of the user's groups that a zone's daily reset names. */
  readonly groups?: readonly GroupId[];
}

/** Somebody whose entry or exit waits for company: a zone's minimum occupancy, or a door that two open. */
export interface CompanyWait {
  readonly zone?: ZoneId;
  readonly reader: ReaderId;
  readonly asked: AccessRequested;
  readonly untilMonoMs: number;
}

/** An action that was set going by a violation, or by the alarm of a door. Durable. */
export interface RunningAction {
  readonly list: ActionList;
  /** Its place in the list. */
  readonly index: number;
  readonly action: ZoneAction;
  /** Where the violation or the alarm happened. */
  readonly door: DoorId;
  /** Whose violation it was; nobody's where a door was forced or held. */
  readonly who: { readonly reader?: ReaderId; readonly user?: UserId; readonly userName?: string };
  readonly startedMonoMs: number;
  /** What its output, reader or door was last told. */
  readonly active: boolean;
  /** Its row is written. */
  readonly noted: boolean;
}

/** When a zone was last reset by itself. */
export interface ZoneResets {
  /** Days since 1970-01-01 of the local calendar: the date whose daily reset is done. */
  readonly day?: number;
  /** The last reset by interval, or when counting began. */
  readonly interval?: Stamp;
}

/**
 * Records of many users that are to change at once: what comes after is made ready in slices, then takes the place of
 * what was, in one commit. A crash before then leaves everything as it was.
 */
export interface Sweep {
  /** Of one zone each. */
  readonly parts: readonly SweepPart[];
  /** Who waits for the number of users forgotten. */
  readonly request?: RequestId;
  /** An operator's is refused while storage is away, a reset is not. */
  readonly needsStorage: boolean;
}

export interface SweepPart {
  readonly zone: ZoneId;
  readonly change: ManyChange;
  /** The users of the change, to be looked up. */
  readonly listed: ReadonlySet<UserId>;
  /** What the row says beside the records and their number. */
  readonly row: Omit<LogRow, 'at' | 'records'>;
  /** The mark of the reset that this is, durable with it; `of` tells whether it is still wanted then. */
  readonly mark?: FactChange & { readonly of: keyof ZoneResets };
  /** The zone's records after the change, as far as it is made; absent = not begun. */
  readonly ready?: ZoneRecords;
  /** How far: users of the list, or places of the trie. */
  readonly made: number;
  /** Known users whom the change has met. */
  readonly met: number;
}

/** A moment that can be compared after a restart. */
export type Stamp = Pick<ZoneRecord, 'boot' | 'monoMs' | 'wallMs' | 'trusted'>;

/** Numbers of people inside that are not on the disk yet. */
export interface Counting {
  readonly commit: CommitId;
  readonly zone: ZoneId;
  readonly inside: number;
}

/** A passage as the door holds it: `commit` is the grant still on its way to the disk, if any. */
export interface WaitingPassage {
  readonly passage: Passage;
  readonly commit?: CommitId;
}

export type FlagLevel = 'emergency' | 'operator' | 'schedule';
export type FlagValue = 'locked' | 'unlocked';

export interface DoorState {
  /** `none` for a door without contact, `unknown` until its first report. */
  readonly leaf: 'none' | 'unknown' | 'closed' | 'open';
  /** The standing commands; the highest level present decides. */
  readonly flags: Readonly<Partial<Record<FlagLevel, FlagValue>>>;
  /** When the operator's standing command ends by itself; absent = when somebody says so. */
  readonly operatorUntilMonoMs?: number;
  /** End of the pulse of a grant or release. */
  readonly pulseUntilMonoMs?: number;
  /** End of the pulse of a request to exit. */
  readonly rexUntilMonoMs?: number;
  readonly rexActive: boolean;
  /** What the relay was last told. */
  readonly unlocked: boolean;
  /** When the open door becomes a held one; absent while closed, held already, or meant to be open. */
  readonly heldAtMonoMs?: number;
  /** Durable, as it is kept over a restart. */
  readonly alarm: 'none' | 'held' | 'forced';
  /** Somebody set it: only somebody ends it. */
  readonly alarmByHand?: true;
  /** Open time allowed to the latest passage, if longer than the door's own. */
  readonly extendedOpen: boolean;
  readonly waiting: readonly WaitingPassage[];
}

/** What a commit on its way to the disk will cause once it is there. */
export interface Awaiting {
  readonly commit: CommitId;
  readonly deadlineMonoMs: number;
  readonly outcome:
    | { readonly kind: 'answer'; readonly request: RequestId; readonly answer: Answer }
    | {
        readonly kind: 'grant';
        readonly commit: CommitId;
        readonly door: DoorId;
        readonly user: UserId;
        readonly userName: string;
        readonly reader?: ReaderId;
        readonly extended: boolean;
        readonly answer: Answer;
        readonly request?: RequestId;
        /** The waiting passage this grant made or renewed. */
        readonly passage?: string;
        /** The credential of which it took a use. */
        readonly spent?: string;
        /** Records this grant moved at once, to put back should it be withdrawn. */
        readonly moved: readonly MovedRecord[];
      };
}

export interface MovedRecord {
  readonly zone: ZoneId;
  readonly user: UserId;
  readonly set: ZoneRecord;
  readonly before: ZoneRecord | undefined;
}

/** Wrong presentations at one reader and the pause they earned. */
export interface Lockout {
  readonly failedAtMonoMs: readonly number[];
  readonly untilMonoMs?: number;
}

/** Rows of one reader's noise within a second; those above the limit are summed, not written one by one. */
export interface Flood {
  readonly sinceMonoMs: number;
  readonly rows: number;
  readonly suppressed: number;
}

/** What a reader shows now. Readers that show `normal` have none. */
export interface ShownSignal {
  readonly shown: ReaderSignal;
  /** The answer to somebody, for a moment. */
  readonly answer?: { readonly signal: ReaderSignal; readonly untilMonoMs: number };
}

/** A good card at a reader that wants its PIN as well. */
export interface PinWait {
  readonly asked: AccessRequested;
  readonly user: UserFacts;
  readonly untilMonoMs: number;
}

/** The latest unreadable frames of a reader, at most as many as raise its alarm. */
export interface Unreadables {
  readonly atMonoMs: readonly number[];
  readonly alarmed: boolean;
}

export interface State {
  readonly boot: BootId;
  readonly records: ReadonlyMap<ZoneId, ZoneRecords>;
  readonly alarmedZones: ReadonlySet<ZoneId>;
  readonly doors: ReadonlyMap<DoorId, DoorState>;
  readonly lockouts: ReadonlyMap<ReaderId, Lockout>;
  readonly fire: 'off' | 'active' | 'latched';
  readonly storage: 'ok' | 'failed';
  /** Oldest first. */
  readonly awaiting: readonly Awaiting[];
  /** Credentials whose uses the disk does not know yet: what is left, and the commit that says so. */
  readonly uses: ReadonlyMap<string, { readonly left: number; readonly commit: CommitId }>;
  readonly nextCommit: CommitId;
  /** The last commit known to be on the disk; 0 = none yet. */
  readonly committedThrough: CommitId;
  readonly pinWaits: ReadonlyMap<ReaderId, PinWait>;
  readonly unreadables: ReadonlyMap<ReaderId, Unreadables>;
  readonly signals: ReadonlyMap<ReaderId, ShownSignal>;
  readonly floods: ReadonlyMap<ReaderId, Flood>;
  /** Who waits for company, oldest first. */
  readonly company: readonly CompanyWait[];
  readonly running: readonly RunningAction[];
  readonly resets: ReadonlyMap<ZoneId, ZoneResets>;
  /** Wall time of the next daily reset; absent = none. */
  readonly dailyWallMs?: number;
  /** Monotonic time of the next reset by interval; absent = none. */
  readonly intervalMonoMs?: number;
  /** One after the other; only the first is being made ready. */
  readonly sweeps: readonly Sweep[];
  /** When its next slice is made; absent = none. */
  readonly sweepMonoMs?: number;
  /** Zones whose people assemble, since when (Unix ms). */
  readonly musters: ReadonlyMap<ZoneId, number>;
  /** Zones nobody may enter for now. */
  readonly lockdowns: ReadonlySet<ZoneId>;
  /** Other controllers that can be reached; none until the edge that links them says so. */
  readonly linked: ReadonlySet<ControllerId>;
  /** People inside the zones with counts, as the disk knows; oldest change first. */
  readonly insideOnDisk: ReadonlyMap<ZoneId, number>;
  readonly counting: readonly Counting[];
  /** What counts last said, by zone and place in its list: `7/0`; absent = not so. */
  readonly countsOn: ReadonlyMap<string, CountOutput>;
  /** Wall time at which a schedule may change a door next; absent = none. */
  readonly scheduleWallMs?: number;
}

/** What storage hands back at start: the durable part of the state. */
export interface Stored {
  readonly boot: BootId;
  readonly records: Iterable<{ readonly zone: ZoneId; readonly user: UserId; readonly record: ZoneRecord }>;
  readonly passages: readonly Passage[];
  readonly facts: ReadonlyMap<string, Json>;
}
