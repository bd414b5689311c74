import type { CommitId, RequestId } from './effects.js';
import type { Json, LogKind } from './log.js';
import type {
  Actor,
  ControllerId,
  DoorId,
  Instant,
  OutputId,
  PresentedCredential,
  ReaderId,
  Site,
  UserFacts,
  UserId,
  ZoneId,
} from './model.js';

/** Somebody asks to pass: a card at a reader, or an OpenDoor request that stands for one. */
export interface AccessRequested {
  readonly kind: 'access-requested';
  readonly at: Instant;
  readonly door: DoorId;
  /** Absent: rights are checked, anti-passback is not (a request without a direction). */
  readonly reader?: ReaderId;
  readonly credential: PresentedCredential;
  /** Absent: nobody carries this credential. */
  readonly user?: UserFacts;
  readonly by: Actor;
  readonly request?: RequestId;
  /** Presented before, and has waited for company since; set by the core alone. */
  readonly waited?: true;
  /** Not the presenter but who shares the presenter's vehicle; set by the core alone. */
  readonly carpool?: UserId;
  /** Refused before any look-up, by the edge's own rule (`no-code`, `bad-mode`, ...); logged as such. */
  readonly refused?: 'no-code' | 'bad-mode' | 'unknown-reader' | 'source-not-allowed' | 'wrong-facility';
  /** Nobody has this card, and under this name it may be enrolled for a while. */
  readonly enrol?: string;
  /** As the sender named it, for the log only: at most 64 characters each. */
  readonly claimed?: { readonly name?: string; readonly unlockType?: string };
  /** At a reader that forwards: the shell's name for what was presented, which the core never sees. */
  readonly forward?: string;
}

/**
 * What became of a swipe sent on to other controllers. `unknown`: it was sent and the answer does not tell whether
 * a door opened. `too-late`: dropped, since a door must not open late.
 */
export type ForwardOutcome =
  | 'opened'
  | 'denied-passback'
  | 'denied'
  | 'unknown'
  | 'refused-login'
  | 'unreachable'
  | 'too-late'
  | 'no-target';

export interface DoorCommand {
  readonly kind: 'door-command';
  readonly at: Instant;
  readonly door: DoorId;
  /** `release` = one pulse; `lock` and `unlock` stand until `normal`. */
  readonly command: 'release' | 'lock' | 'unlock' | 'normal';
  readonly level: 'operator' | 'emergency';
  /** An operator's `lock` or `unlock` ends by itself after this, 1 s to 24 h; ignored otherwise. */
  readonly forMs?: number;
  readonly by: Actor;
  readonly request?: RequestId;
}

/** One command at several doors: at all of them or, where one refuses, at none. */
export interface DoorCommands extends Omit<DoorCommand, 'kind' | 'door' | 'command'> {
  readonly kind: 'door-commands';
  /** A door that is named twice is commanded once. */
  readonly doors: readonly DoorId[];
  readonly command: 'lock' | 'unlock' | 'normal';
}

/** All the core can be told. */
export type Event =
  | AccessRequested
  | DoorCommand
  | DoorCommands
  | {
      readonly kind: 'unreadable';
      readonly at: Instant;
      readonly reader: ReaderId;
      readonly fault: string;
      readonly bits: number;
    }
  | { readonly kind: 'contact'; readonly at: Instant; readonly door: DoorId; readonly open: boolean }
  | { readonly kind: 'rex'; readonly at: Instant; readonly door: DoorId; readonly active: boolean }
  | { readonly kind: 'tamper'; readonly at: Instant; readonly reader: ReaderId; readonly active: boolean }
  /** The link to a reader on a serial line, its alarms, and what was done to it; nothing a door depends on. */
  | {
      readonly kind: 'reader-report';
      readonly at: Instant;
      readonly reader: ReaderId;
      readonly report: Extract<
        LogKind,
        `reader-o${string}` | `reader-alarm-${string}` | 'reader-service' | 'reader-notice'
      >;
      readonly detail: { readonly [key: string]: Json };
      readonly by?: Actor;
    }
  | { readonly kind: 'fire'; readonly at: Instant; readonly active: boolean }
  | {
      readonly kind: 'forward-answered';
      readonly at: Instant;
      readonly reader: ReaderId;
      readonly user: UserId;
      readonly userName: string;
      readonly outcome: ForwardOutcome;
      /** The receiver's word, or what hindered the call; one word. */
      readonly reason?: string;
      /** URLs called, and doors opened. */
      readonly targets: number;
      readonly opened: number;
    }
  | { readonly kind: 'fire-reset'; readonly at: Instant; readonly by: Actor; readonly request?: RequestId }
  | {
      readonly kind: 'clear-zone';
      readonly at: Instant;
      readonly zone: ZoneId | 'all';
      readonly users: 'all' | readonly UserId[];
      readonly by: Actor;
      readonly request?: RequestId;
    }
  | {
      readonly kind: 'set-zone-alarm';
      readonly at: Instant;
      /** All or none: one that does not exist refuses the request. */
      readonly zones: readonly ZoneId[];
      readonly alarmed: boolean;
      readonly by: Actor;
      readonly request?: RequestId;
    }
  | {
      readonly kind: 'set-door-alarm';
      readonly at: Instant;
      /** All or none: one that does not exist refuses the request. */
      readonly doors: readonly DoorId[];
      readonly alarm: 'none' | 'forced' | 'held';
      readonly by: Actor;
      readonly request?: RequestId;
    }
  /** People of a zone assemble, or are done with it. */
  | {
      readonly kind: 'muster';
      readonly at: Instant;
      readonly zone: ZoneId;
      readonly active: boolean;
      readonly by: Actor;
      readonly request?: RequestId;
    }
  | {
      readonly kind: 'assign';
      readonly at: Instant;
      readonly zone: ZoneId;
      readonly user: UserId;
      readonly place: 'inside' | 'outside';
      /** What the record keeps of the user; absent = there is no such user. */
      readonly facts?: Pick<UserFacts, 'supervisor' | 'groups'>;
      readonly by: Actor;
      readonly request?: RequestId;
    }
  | {
      readonly kind: 'zone-lockdown';
      readonly at: Instant;
      readonly zone: ZoneId;
      readonly active: boolean;
      readonly by: Actor;
      readonly request?: RequestId;
    }
  /** Another controller of the site can be reached, or no more. Told by the edge that links controllers, which comes later. */
  | { readonly kind: 'link'; readonly at: Instant; readonly controller: ControllerId; readonly up: boolean }
  /** The stored configuration changed; `forgottenUsers` were deleted. */
  | {
      readonly kind: 'site-changed';
      readonly at: Instant;
      readonly site: Site;
      readonly forgottenUsers: readonly UserId[];
      /** Zone alarms storage set or ended with the change. */
      readonly alarms?: readonly { readonly zone: ZoneId; readonly alarmed: boolean }[];
    }
  /** Every commit up to and including `through` is on the disk. */
  | { readonly kind: 'committed'; readonly at: Instant; readonly through: CommitId }
  | { readonly kind: 'storage-failed'; readonly at: Instant; readonly error: string }
  | {
      readonly kind: 'storage-recovered';
      readonly at: Instant;
      /** Rows that found no room in memory while storage was away. */
      readonly rowsLost: number;
    }
  /** The database could not be used, or is not the one written last: what was found at the start. */
  | { readonly kind: 'storage-fault'; readonly at: Instant; readonly fault: string }
  /** An operator waits for a card to be learned, or gave up; or one was. */
  | {
      readonly kind: 'learning';
      readonly at: Instant;
      readonly reader: ReaderId;
      readonly phase: 'armed' | 'stopped' | 'read';
      readonly by?: Actor;
      /** No card number: how long it waits; how many bits came and which formats fit. */
      readonly detail: { readonly [key: string]: Json };
    }
  | { readonly kind: 'clock-stepped'; readonly at: Instant; readonly expectedWallMs: number }
  | {
      readonly kind: 'output-failed';
      readonly at: Instant;
      /** The door whose relay, or the output that, did not move. */
      readonly door?: DoorId;
      readonly output?: OutputId;
      readonly error: string;
    }
  | { readonly kind: 'input-fault'; readonly at: Instant; readonly line: string; readonly fault: string }
  | { readonly kind: 'web-restarted'; readonly at: Instant; readonly error: string }
  | { readonly kind: 'outbound-restarted'; readonly at: Instant; readonly error: string }
  | { readonly kind: 'started'; readonly at: Instant; readonly version: string }
  | { readonly kind: 'stopping'; readonly at: Instant; readonly cause: string }
  | { readonly kind: 'tick'; readonly at: Instant };
