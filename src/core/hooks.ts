/**
 * Hooks: what is called when something stands in the log. Pure types: the API validates and asks, storage keeps the
 * definitions, the outbound thread delivers and keeps how far it came.
 */
import type { DoorId } from './model.js';

export interface StoredHook {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** With variables in its query, and perhaps a password. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Kinds of rows; `*` = every kind. */
  readonly events: readonly string[];
  /** Empty = every door, and what concerns none. */
  readonly doors: readonly DoorId[];
  /** `event` = the row as JSON; `template` = the text below; a GET has none. */
  readonly body: 'event' | 'template';
  readonly template: string;
  readonly contentType: string;
  /** Key of the HMAC-SHA256 over the body; absent = unsigned. */
  readonly secret?: string;
  /** Answer a receiver that offers Basic alone. */
  readonly basic: boolean;
  /** SHA-256 of the receiver's certificate, hex. */
  readonly certificateSha256?: string;
}

/** How far the deliveries of one hook have come. */
export interface HookState {
  readonly hook: string;
  /** The last row that is done with: delivered, given up or none of this hook's. */
  readonly throughSeq: number;
  /** Rows in the log after that. */
  readonly behind: number;
  /** Tries of the row that is due. */
  readonly attempts: number;
  readonly nextWallMs?: number;
  readonly lastError?: string;
  readonly deadLetters: number;
}

export interface DeadLetter {
  readonly seq: number;
  readonly wallMs: number;
  readonly attempts: number;
  readonly error: string;
}

export type OutboundAsk =
  | { readonly kind: 'hook-states' }
  | { readonly kind: 'hook-test'; readonly hook: string }
  | { readonly kind: 'dead-letters'; readonly hook: string; readonly after?: number; readonly limit: number }
  | { readonly kind: 'dead-letter-retry'; readonly hook: string; readonly seq: number }
  | { readonly kind: 'dead-letter-drop'; readonly hook: string; readonly seq: number };

export type OutboundAnswer =
  | { readonly kind: 'hook-states'; readonly states: readonly HookState[] }
  | { readonly kind: 'sent'; readonly ok: boolean; readonly error?: string }
  | { readonly kind: 'dead-letters'; readonly items: readonly DeadLetter[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'missing' }
  /** The outbound thread is being started again, or its outbox cannot be used. */
  | { readonly kind: 'unavailable'; readonly error: string };
