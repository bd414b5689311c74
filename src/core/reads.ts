/**
 * What may be read of the stored data, and how: every method is one short look-up or one page on the
 * caller's own read-only connection. Implemented by storage, handed to the control and web threads.
 */
import type { Json, RecordChange } from './log.js';
import type { Collection, Collections, Revised, StoredAlarm, StoredEvent } from './management.js';
import type {
  CredentialFacts,
  Direction,
  GroupId,
  Interlock,
  ReaderId,
  Site,
  UserFacts,
  UserId,
  ZoneId,
} from './model.js';
import type { Lookup } from './requests.js';
import type { Stored, ZoneMark, ZoneRecord } from './state.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand back as `after` for the next page; absent = the end. */
  readonly next?: string;
}

export interface EventQuery {
  readonly after?: number;
  readonly before?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly kind?: string;
  readonly user?: UserId;
  readonly door?: string;
  readonly reader?: string;
  readonly zone?: ZoneId;
  readonly reason?: string;
  /** Unix ms: rows whose wall clock said this or later, and less than `toMs`. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Rows found, and where to go on; absent = nothing more can be found. A page may be short, even empty. */
export interface EventPage {
  readonly items: readonly StoredEvent[];
  readonly next?: number;
}

/** Which records of a zone: of one side, with a mark, or made at one of these readers. */
export interface RecordQuery {
  readonly after?: string;
  readonly limit: number;
  readonly side?: Direction;
  readonly marked?: ZoneMark;
  readonly readers?: readonly ReaderId[];
}

export interface RecordedUser {
  readonly user: UserId;
  readonly userName: string;
  readonly record: ZoneRecord;
  readonly seq: number;
}

export interface RecordedPlace {
  readonly zone: ZoneId;
  readonly record: ZoneRecord;
  readonly seq: number;
}

/** Rows `afterSeq` to `throughSeq`, counted in steps from `fromMs` on. */
export interface EventCountQuery {
  readonly afterSeq: number;
  readonly throughSeq: number;
  /** Unix ms at which step 0 begins; earlier rows are left out. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly kinds: readonly string[];
}

export interface EventCount {
  /** Number of the step. */
  readonly bucket: number;
  readonly kind: string;
  readonly reader?: string;
  /** Did these rows move zone records? */
  readonly moved: boolean;
  readonly count: number;
}

/** The wiring part of a site, from the site file: what storage cannot know. */
export interface Wiring {
  readonly timeZone: string;
  readonly untrustedClock: 'deny' | 'allow';
  readonly storageDeadlineMs: number;
  readonly interlocks: readonly Interlock[];
  readonly doors: readonly { readonly id: string; readonly name: string; readonly hasContact: boolean }[];
  readonly readers: readonly {
    readonly id: string;
    readonly name: string;
    readonly door: string;
    readonly direction: 'entry' | 'exit';
    readonly asks?: 'card' | 'card-or-pin' | 'card-and-pin';
    readonly forwards?: boolean;
  }[];
}

export interface Reads {
  /** How many PINs of this many digits serve by themselves. */
  countPins(digits: number): number;
  /** The one user a presented credential belongs to, or undefined: none, or more than one. */
  findUser(lookup: Lookup): UserFacts | undefined;
  /** The user's PIN under one of these keys, whatever its status. */
  findPin(
    user: UserId,
    secrets: readonly string[],
  ): { readonly enabled: boolean; readonly credential: CredentialFacts } | undefined;
  /** Every card or code with this key, of whatever length and status. */
  credentialsOf(kind: 'card' | 'code', secret: string): readonly Revised<Collections['credentials']>[];
  get<C extends Collection>(collection: C, id: string): Revised<Collections[C]> | undefined;
  /** Ordered by id; users found by the beginning of their name, by name. */
  list<C extends Collection>(
    collection: C,
    query: {
      readonly after?: string;
      readonly limit: number;
      readonly user?: UserId;
      readonly text?: string;
    },
  ): Page<Revised<Collections[C]>>;
  count(collection: Collection): number;
  setting(id: string): Json | undefined;
  /** The token with this SHA-256, if its operator is not disabled. */
  tokenByHash(hash: string): Revised<Collections['tokens']> | undefined;
  events(query: EventQuery): readonly StoredEvent[];
  /** The same, looking at a bounded number of rows: `next` goes into `after` or `before`, as the order is. */
  eventPage(query: EventQuery): EventPage;
  lastSeq(): number;
  /** Counts for charts; takes time in proportion to the rows between, so ask for short stretches. */
  countEvents(query: EventCountQuery): readonly EventCount[];
  /** What rows `afterSeq` to `throughSeq` did to the records of a zone, in their order; ask for short stretches. */
  recordChanges(query: {
    readonly zone: ZoneId;
    readonly afterSeq: number;
    readonly throughSeq: number;
  }): readonly { readonly wallMs: number; readonly change: RecordChange }[];
  /** The last row before a moment, 0 = none. */
  seqBefore(wallMs: number): number;
  /** Does the row's hash follow from its content and the row before it? */
  proofOf(seq: number): 'whole' | 'changed' | 'missing';
  /** Newest first; `open` = those that last or that nobody has acknowledged. `next` goes into `before`. */
  alarms(query: {
    readonly open: boolean;
    readonly before?: string;
    readonly limit: number;
  }): Page<Revised<StoredAlarm>>;
  /** Who is recorded in a zone, ordered by user id; those that are only a trace of forgiving are left out. */
  zoneRecords(zone: ZoneId, query: RecordQuery): Page<RecordedUser>;
  /** The records of one user, by zone; those that are only a trace of forgiving are left out. */
  placesOf(user: UserId): readonly RecordedPlace[];
  /** At most so many users of a group, in no promised order. */
  usersOfGroup(group: GroupId, limit: number): readonly UserId[];
  /** Everything configured, joined with the wiring. */
  site(wiring: Wiring): Site;
  /** The durable part of the core's state. */
  stored(boot: string): Stored;
  close(): void;
}
