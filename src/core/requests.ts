/**
 * What the web thread may ask of the control thread, and what it gets back. Pure types, structured-clone
 * safe: they travel between threads. Refusals are answers, not errors.
 */
import type { BackupAnswer, BackupAsk } from './backups.js';
import type { Answer } from './decision.js';
import type { Explained } from './explain.js';
import type { OutboundAnswer, OutboundAsk } from './hooks.js';
import type { ManagementWrite, WriteResult } from './management.js';
import type { Actor, DoorId, PresentedCredential, ReaderId, UserId, ZoneId } from './model.js';
import type { OsdpAnswer, OsdpAsk } from './osdp.js';
import type { DoorState } from './state.js';

/** How the control thread finds the user: by what was presented, by exact name where a source is so set, or not at all. */
export type Lookup =
  | { readonly by: 'secret'; readonly candidates: readonly SecretKey[] }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'id'; readonly id: UserId }
  | { readonly by: 'none' };

/** The look-up key of a credential, as `StoredCredential.secret` keeps it. `bits` absent matches any length. */
export interface SecretKey {
  readonly kind: 'card' | 'pin' | 'code';
  readonly secret: string;
  readonly bits?: number;
}

/** A card or code nobody has. Holds it whole: never log it. */
export interface UnknownCard {
  readonly kind: 'card' | 'code';
  readonly secret: string;
  readonly bits?: number;
  readonly format?: string;
  readonly facility?: number;
  readonly number?: string;
}

export type ControlRequest =
  | {
      readonly kind: 'access';
      readonly door: DoorId;
      /** The reader this request stands for; absent = no direction, so no anti-passback. */
      readonly reader?: ReaderId;
      readonly lookup: Lookup;
      readonly credential: PresentedCredential;
      readonly by: Actor;
      readonly refused?: 'no-code' | 'bad-mode' | 'unknown-reader' | 'source-not-allowed';
      readonly claimed?: { readonly name?: string; readonly unlockType?: string };
    }
  | {
      readonly kind: 'door-command';
      readonly door: DoorId;
      readonly command: 'release' | 'lock' | 'unlock' | 'normal';
      readonly level: 'operator' | 'emergency';
      /** See `DoorCommand`. */
      readonly forMs?: number;
      readonly by: Actor;
    }
  | {
      readonly kind: 'door-commands';
      /** At all of them, or at none. */
      readonly doors: readonly DoorId[];
      readonly command: 'lock' | 'unlock' | 'normal';
      readonly level: 'operator' | 'emergency';
      readonly forMs?: number;
      readonly by: Actor;
    }
  | {
      readonly kind: 'clear-zone';
      readonly zone: ZoneId | 'all';
      readonly users: 'all' | readonly UserId[];
      readonly by: Actor;
    }
  | {
      readonly kind: 'set-zone-alarm';
      /** All or none: one that does not exist refuses the request. */
      readonly zones: readonly ZoneId[];
      readonly alarmed: boolean;
      readonly by: Actor;
    }
  | {
      readonly kind: 'set-door-alarm';
      /** All or none: one that does not exist refuses the request. */
      readonly doors: readonly DoorId[];
      readonly alarm: 'none' | 'forced' | 'held';
      readonly by: Actor;
    }
  | { readonly kind: 'muster'; readonly zone: ZoneId; readonly active: boolean; readonly by: Actor }
  | {
      readonly kind: 'assign';
      readonly zone: ZoneId;
      readonly user: UserId;
      readonly place: 'inside' | 'outside';
      readonly by: Actor;
    }
  | { readonly kind: 'zone-lockdown'; readonly zone: ZoneId; readonly active: boolean; readonly by: Actor }
  /** What would be decided; nothing is changed. `atWallMs` absent = now. */
  | {
      readonly kind: 'explain';
      readonly user: UserId;
      readonly reader: ReaderId;
      readonly atWallMs?: number;
    }
  | { readonly kind: 'fire-reset'; readonly by: Actor }
  | { readonly kind: 'write'; readonly write: ManagementWrite }
  /** The next card at this reader is learned, not read: `learned` tells what it was. */
  | {
      readonly kind: 'learn';
      readonly reader: ReaderId;
      readonly command: 'arm' | 'stop';
      /** How long it waits for a card. */
      readonly forMs: number;
      readonly by: Actor;
    }
  | { readonly kind: 'learned'; readonly reader: ReaderId }
  | { readonly kind: 'status' }
  | { readonly kind: 'osdp'; readonly ask: OsdpAsk }
  | { readonly kind: 'outbound'; readonly ask: OutboundAsk }
  /** What was presented under this handle of a refusal. */
  | { readonly kind: 'unknown-card'; readonly handle: string }
  | { readonly kind: 'backup'; readonly ask: BackupAsk }
  | MockRequest;

/** Only while the mock is the configured board; otherwise refused with `mock-not-configured`. */
export type MockRequest =
  | {
      readonly kind: 'mock-present';
      readonly reader: ReaderId;
      /** Bits as they go over the wire, `0` and `1`, first sent first; or PIN digits. */
      readonly what: { readonly bits: string } | { readonly pin: string };
    }
  | { readonly kind: 'mock-contact'; readonly door: DoorId; readonly open: boolean }
  | { readonly kind: 'mock-rex'; readonly door: DoorId; readonly active: boolean }
  | { readonly kind: 'mock-tamper'; readonly reader: ReaderId; readonly active: boolean }
  | { readonly kind: 'mock-fire'; readonly active: boolean }
  | { readonly kind: 'mock-lines' };

export type ControlReply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'written'; readonly result: WriteResult }
  | { readonly kind: 'status'; readonly status: ControlStatus }
  | { readonly kind: 'outbound'; readonly answer: OutboundAnswer }
  | { readonly kind: 'learning'; readonly learning: LearnState }
  | { readonly kind: 'backup'; readonly answer: BackupAnswer }
  | { readonly kind: 'explained'; readonly explained: Explained }
  | { readonly kind: 'lines'; readonly lines: readonly MockLine[] }
  | { readonly kind: 'osdp'; readonly answer: OsdpAnswer }
  /** Absent: no such handle, or no longer. */
  | { readonly kind: 'unknown-card'; readonly card?: UnknownCard }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'error';
      readonly error:
        | 'mock-not-configured'
        | 'unknown-user'
        | 'unknown-reader'
        | 'unknown-door'
        | 'no-line'
        | 'busy';
    };

/** A card being learned. Holds whole card numbers: never log it, and hand it to nobody who may not see them. */
export type LearnState =
  | { readonly reader: ReaderId; readonly phase: 'off' }
  | { readonly reader: ReaderId; readonly phase: 'armed'; readonly leftMs: number }
  | {
      readonly reader: ReaderId;
      readonly phase: 'read';
      /** Until it is forgotten. */
      readonly leftMs: number;
      /** The frame as sent, check bits included. */
      readonly bits: string;
      /** Every format that fits, those of the site included; none = write one, or the reader is noisy. */
      readonly readings: readonly LearnedReading[];
    };

/** What a frame is in one format. `secret` and `bits` are those of `StoredCredential`. */
export interface LearnedReading {
  readonly format: string;
  readonly facility?: number;
  readonly issue?: number;
  readonly number: string;
  readonly secret: string;
  readonly bits: number;
}

export interface MockLine {
  readonly line: string;
  readonly direction: 'input' | 'output';
  readonly active: boolean;
  /** Latest changes, oldest first, monotonic microseconds. */
  readonly history: readonly { readonly atUs: number; readonly active: boolean }[];
}

export interface ControlStatus {
  readonly board: string;
  readonly boot: string;
  readonly doors: readonly {
    readonly id: DoorId;
    readonly state: Omit<DoorState, 'waiting'>;
    readonly waiting: number;
  }[];
  readonly readers: readonly ReaderHealth[];
  readonly zones: readonly ZoneNow[];
  readonly storage: 'ok' | 'failed';
  readonly fire: 'off' | 'active' | 'latched';
  readonly clock: { readonly wallMs: number; readonly monoMs: number; readonly trust: string };
  /** Rows waiting in memory for the disk. */
  readonly rowsWaiting: number;
}

/** A zone as it stands. `records` without those that are only a trace of forgiving. */
export interface ZoneNow {
  readonly id: ZoneId;
  readonly alarmed: boolean;
  readonly records: number;
  readonly inside: number;
  readonly lockdown: boolean;
  /** Unix ms; absent = no muster. */
  readonly musterSinceMs?: number;
}

/** Counts since start. */
export interface ReaderHealth {
  readonly id: ReaderId;
  readonly frames: number;
  readonly parityErrors: number;
  readonly lengthErrors: number;
  /** A few bits of nothing. */
  readonly shortFrames?: number;
  readonly noise: number;
  readonly lastSeenWallMs?: number;
  /** D0 and D1 seem to be exchanged. */
  readonly swapped?: boolean;
  /** Its housing is open; absent where no tamper contact is wired. */
  readonly tamper?: boolean;
  /** Ten unreadable frames within a minute: wiring, supply, or somebody guessing. */
  readonly alarm?: boolean;
  /** Does it answer? Absent of readers that are only listened to. */
  readonly online?: boolean;
}
