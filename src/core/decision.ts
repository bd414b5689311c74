import type { DoorId, ZoneId } from './model.js';

/**
 * Every reason a request can be refused for, once. The same word stands in the log, the page, the API,
 * the webhook and the OpenDoor reply.
 */
export const denyReasons = [
  'unknown-credential',
  'credential-disabled',
  'user-disabled',
  'not-yet-valid',
  'expired',
  'clock-untrusted',
  'reader-locked-out',
  'no-access-right',
  'outside-schedule',
  'door-locked',
  'passback',
  'passback-pending',
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

/** What the checks say, before anything happens. */
export type Decision =
  | {
      readonly kind: 'granted';
      /** Soft zones in which this passage is a violation. */
      readonly detected: readonly ZoneId[];
      /** Zones in which an exempt user would have been a violation. */
      readonly exempt: readonly ZoneId[];
    }
  | {
      readonly kind: 'denied';
      readonly reason: DenyReason;
      /** Hard zones whose rule refused (reason `passback` only). */
      readonly violated: readonly ZoneId[];
    };

/** What the one who asked is told, after the decision is durable and the relay was driven. */
export type Answer =
  | { readonly kind: 'granted'; readonly door: DoorId; readonly detected: readonly ZoneId[] }
  | { readonly kind: 'denied'; readonly reason: DenyReason }
  | { readonly kind: 'released'; readonly door: DoorId }
  | { readonly kind: 'forgotten'; readonly count: number }
  | { readonly kind: 'done' };
