import type { Answer } from './decision.js';
import type { Json, LogRow } from './log.js';
import type { DoorId, OutputId, PresentedCredential, ReaderId, UserId } from './model.js';
import type { Passage } from './state.js';

/** Rising from 1 within one run of the core. Storage commits in this order and acknowledges "through n". */
export type CommitId = number;
/** Chosen by whoever submits a request; comes back in the answer. */
export type RequestId = string;

/** Why a relay moves. */
export type UnlockCause = 'grant' | 'rex' | 'fire' | 'release' | 'operator' | 'emergency' | 'schedule';

/**
 * What a reader shows. `granted`, `denied` and `denied-passback` answer somebody; `granted` also stands while its
 * door stands unlocked, `held` and `alarm` (forced open) while its door is so.
 */
export const readerSignals = [
  'granted',
  'denied',
  'denied-passback',
  'waiting-for-pin',
  'held',
  'alarm',
  'normal',
] as const;

export type ReaderSignal = (typeof readerSignals)[number];

/**
 * A small durable fact of the core under a key, for instance a door's operator flag. `null` removes it.
 * All facts are handed back in `restoreState`.
 */
export interface FactChange {
  readonly key: string;
  readonly value: Json;
}

/** A change to the durable list of passages that wait for their door to open. */
export type PassageChange =
  | { readonly kind: 'put'; readonly passage: Passage }
  | { readonly kind: 'drop'; readonly id: string };

/** A credential's number of uses goes up or down by one, never below 0. */
export interface UseChange {
  readonly credential: string;
  readonly by: 1 | -1;
}

/** One transaction: rows (with the zone records they move), waiting passages and facts, all or nothing. */
export interface Commit {
  readonly id: CommitId;
  readonly rows: readonly LogRow[];
  readonly passages: readonly PassageChange[];
  readonly facts: readonly FactChange[];
  /** Absent = none. */
  readonly uses?: readonly UseChange[];
}

/** All the core can ask for. The control thread does them in order. */
export type Effect =
  | { readonly kind: 'commit'; readonly commit: Commit }
  | { readonly kind: 'unlock'; readonly door: DoorId; readonly cause: UnlockCause }
  | { readonly kind: 'lock'; readonly door: DoorId }
  /** An output that belongs to no door: a lamp, a sign, a siren. */
  | { readonly kind: 'output'; readonly output: OutputId; readonly active: boolean }
  /** Shown until the next one. The same one again is shown again: its lamp and beeper start anew. */
  | { readonly kind: 'signal'; readonly reader: ReaderId; readonly signal: ReaderSignal }
  /** Another controller decides: the user's URLs are called. `key` is the caller's name for what was presented. */
  | {
      readonly kind: 'forward';
      readonly key: string;
      readonly reader: ReaderId;
      readonly user: UserId;
      readonly userName: string;
      readonly credential: PresentedCredential['kind'];
    }
  | { readonly kind: 'answer'; readonly request: RequestId; readonly answer: Answer };
