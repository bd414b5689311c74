import type { DenyReason } from './decision.js';
import type { Actor, DoorId, Instant, PresentedCredential, ReaderId, UserId, ZoneId } from './model.js';
import type { ZoneMark, ZoneRecord } from './state.js';

/** Every kind of row in the event log, once. Kinds are added, never renamed: old logs must replay. */
export const logKinds = [
  // decisions
  'access-granted',
  'access-denied',
  'access-taken',
  'no-entry-after-grant',
  'grant-withdrawn',
  'passback-violation',
  'passback-exempt',
  'passback-blind',
  'occupancy-violation',
  'company-awaited',
  'access-forwarded',
  'forward-answered',
  'unreadable',
  'reader-locked-out',
  'reader-unreadable-on',
  'reader-unreadable-off',
  'learn-armed',
  'learn-stopped',
  'card-learned',
  // readers on a serial line
  'reader-online',
  'reader-offline',
  'reader-alarm-on',
  'reader-alarm-off',
  'reader-service',
  'reader-notice',
  // doors
  'unlocked',
  'locked',
  'door-opened',
  'door-closed',
  'door-forced',
  'door-forced-ended',
  'door-held',
  'door-held-ended',
  'interlock-broken',
  'door-action',
  'rex',
  'door-released',
  'door-command',
  'fire-on',
  'fire-off',
  'fire-reset',
  'tamper-on',
  'tamper-off',
  // zones
  'zone-cleared',
  'zone-forgotten',
  'zone-alarm-on',
  'zone-alarm-off',
  'zone-action',
  'zone-reset',
  'zone-count',
  'zone-assigned',
  'zone-lockdown-on',
  'zone-lockdown-off',
  'muster-started',
  'muster-ended',
  'muster-read',
  'link-down',
  'link-up',
  // the controller
  'started',
  'restored',
  'imported',
  'exported',
  'backup-made',
  'backup-failed',
  'backup-fetched',
  'backup-received',
  'dead-letter-dropped',
  'dead-letter-retried',
  'storage-checked',
  'stopping',
  'clock-step',
  'storage-failed',
  'storage-fault',
  'storage-recovered',
  'overflow',
  'output-failed',
  'input-fault',
  'web-restarted',
  'outbound-restarted',
  // management
  'changed',
  'claimed',
  'login',
  'login-failed',
  'source-refused',
  'request-refused',
  'alarm-acknowledged',
  // credentials
  'duress',
  'missing-credential',
] as const;

export type LogKind = (typeof logKinds)[number];

/** A change of zone records, kept inside the row that made it so that the log alone rebuilds them. */
export type RecordChange =
  /** The user's record becomes this row's passage. */
  | { readonly kind: 'set'; readonly zone: ZoneId; readonly user: UserId; readonly record: ZoneRecord }
  | { readonly kind: 'forget'; readonly zone: ZoneId; readonly user: UserId }
  | { readonly kind: 'forget-zone'; readonly zone: ZoneId }
  /** Many at once; each at most once in the list. */
  | { readonly kind: 'forget-users'; readonly zone: ZoneId; readonly users: readonly UserId[] }
  /** Many at once are as this record says, whoever had none as well; each at most once in the list. */
  | {
      readonly kind: 'set-users';
      readonly zone: ZoneId;
      readonly users: readonly UserId[];
      readonly record: ZoneRecord;
    }
  /** Everybody in the zone, or those with this mark, is as this record says. */
  | {
      readonly kind: 'set-all';
      readonly zone: ZoneId;
      readonly record: ZoneRecord;
      readonly marked?: ZoneMark;
    }
  /** Everybody in the zone with this mark is forgotten. */
  | { readonly kind: 'forget-marked'; readonly zone: ZoneId; readonly marked: ZoneMark }
  | { readonly kind: 'forget-user'; readonly user: UserId };

/** A change of the records of many users of one zone. */
export type ManyChange = Extract<
  RecordChange,
  { kind: 'forget-zone' | 'forget-users' | 'set-users' | 'set-all' | 'forget-marked' }
>;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One row of the event log as the core asks for it; storage adds sequence number, boot and hash. */
export interface LogRow {
  readonly kind: LogKind;
  readonly at: Instant;
  readonly door?: DoorId;
  readonly reader?: ReaderId;
  readonly zone?: ZoneId;
  readonly user?: UserId;
  readonly userName?: string;
  readonly credential?: PresentedCredential;
  readonly by?: Actor;
  readonly reason?: DenyReason;
  /** Anything else, small; no secrets. */
  readonly detail?: { readonly [key: string]: Json };
  readonly records?: readonly RecordChange[];
}
