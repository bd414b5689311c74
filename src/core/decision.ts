import type { Violation } from './antipassback.js';
import type { DoorId, ZoneId } from './model.js';

/**
 * Every reason a request can be refused for, once. The same word stands in the log, the page, the API,
 * the webhook and the OpenDoor reply.
 */
export const denyReasons = [
  'unknown-credential',
  'wrong-facility',
  'credential-disabled',
  'credential-used-up',
  'user-disabled',
  'not-yet-valid',
  'expired',
  'clock-untrusted',
  'reader-locked-out',
  'pin-not-accepted',
  'pin-missing',
  'wrong-pin',
  'no-access-right',
  'outside-schedule',
  'door-locked',
  'interlock',
  'passback',
  'passback-blocked',
  'passback-pending',
  'tailgate',
  'not-in-outer-zone',
  'still-in-inner-zone',
  'zone-locked-down',
  'zone-owner-unreachable',
  'occupancy-max',
  'supervisor-first',
  'waiting-for-company',
  'no-company',
  'too-many-pending',
  'storage-failed',
  'relay-failed',
  'unknown-door',
  'unknown-reader',
  'unknown-zone',
  'lower-priority',
  'fire-active',
  'no-code',
  'bad-mode',
  'source-not-allowed',
  'not-ready',
] as const;

export type DenyReason = (typeof denyReasons)[number];

/** A limit of the number of people inside that a passage breaks. */
export interface Crowding {
  readonly zone: ZoneId;
  readonly rule: 'occupancy-max' | 'occupancy-min' | 'supervisor-first';
}

/** What a passage that is let through means to its zones. */
export interface Findings {
  /** Soft zones in which this passage is a violation. */
  readonly detected: readonly Violation[];
  /** Zones in which an exempt user would have been a violation. */
  readonly exempt: readonly ZoneId[];
  /** Soft limits of occupancy it breaks. */
  readonly crowded: readonly Crowding[];
  /** Zones whose owner cannot be reached: judged by what is known here, or not at all. */
  readonly unconfirmed: readonly ZoneId[];
}

export const nothingFound: Findings = { detected: [], exempt: [], crowded: [], unconfirmed: [] };

/** What the checks say, before anything happens. */
export type Decision =
  | ({ readonly kind: 'granted' } & Findings)
  /** Not alone: whoever waits is let in together with the next who comes in time. Without a zone: the door's rule. */
  | { readonly kind: 'waits'; readonly zone?: ZoneId; readonly withinSeconds: number }
  | {
      readonly kind: 'denied';
      readonly reason: DenyReason;
      /** Hard zones whose rule refused. */
      readonly violated: readonly Violation[];
      /** The zone whose limit of people refused. */
      readonly crowded?: Crowding;
    };

/** What the one who asked is told, after the decision is durable and the relay was driven. */
export type Answer =
  | { readonly kind: 'granted'; readonly door: DoorId; readonly detected: readonly ZoneId[] }
  /** Of a command at several doors `door` is the one that refused. */
  | { readonly kind: 'denied'; readonly reason: DenyReason; readonly door?: DoorId }
  | { readonly kind: 'released'; readonly door: DoorId }
  | { readonly kind: 'forgotten'; readonly count: number }
  | { readonly kind: 'done' };
