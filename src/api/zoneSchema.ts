/** A zone as the API takes and shows it. Shapes are here; limits and contradictions are `zoneFault`'s. */
import { z } from 'zod';
import type { DoorAction, Zone, ZoneAction } from '../core/model.js';
import { id, ids, outgoingUrl, text } from './schemas.js';

const uint32Max = 0xffff_ffff;
export const zoneId = z.int().min(1).max(uint32Max);
export const zoneKey = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/)
  .refine((key) => Number(key) <= uint32Max, 'must be an unsigned 32-bit number, not 0');
export const direction = z.enum(['entry', 'exit']);

const uint16 = z.int().min(0).max(0xffff);
const severity = z.enum(['none', 'soft', 'hard']);
const limit = z.enum(['soft', 'hard']);
const step = { durationMs: uint16, delayMs: uint16 };
const started = {
  delayMs: uint16.default(0),
  stop: z.enum(['never', 'door-closed', 'next-action']).default('never'),
};
const pattern = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject({
    count: uint16,
    steps: z
      .array(z.strictObject({ ...shape, ...step }))
      .min(1)
      .max(3),
  });

const ownActions = [
  z.strictObject({
    ...started,
    kind: z.literal('output'),
    output: id,
    signal: z.strictObject({ count: uint16, onMs: uint16, offMs: uint16, delayMs: uint16 }),
  }),
  z.strictObject({
    ...started,
    kind: z.literal('led'),
    reader: id,
    pattern: pattern({
      color: z.enum(['off', 'red', 'yellow', 'green', 'cyan', 'blue', 'magenta', 'white']),
    }),
  }),
  z.strictObject({
    ...started,
    kind: z.literal('buzzer'),
    reader: id,
    pattern: pattern({ tone: z.enum(['off', 'low', 'middle', 'high']), fadeout: z.boolean() }),
  }),
  z.strictObject({ ...started, kind: z.literal('release-alarm') }),
  z.strictObject({ ...started, kind: z.literal('lock-door'), door: id }),
  z.strictObject({ ...started, kind: z.literal('unlock-door'), door: id }),
] as const;

/** What the alarm of a door sets going. */
export const doorAction: z.ZodType<DoorAction> = z.discriminatedUnion('kind', ownActions);

const action: z.ZodType<ZoneAction> = z.discriminatedUnion('kind', [
  ...ownActions,
  z.strictObject({
    ...started,
    kind: z.literal('url'),
    url: outgoingUrl,
    basic: z.boolean().exactOptional(),
  }),
]);

const daily = z.strictObject({
  minute: z.int().min(0).max(1_439),
  to: z.enum(['unknown', 'outside']).default('unknown'),
  groups: ids(16).exactOptional(),
});
const occupancy = z.strictObject({
  max: z.strictObject({ count: z.int(), severity: limit }).exactOptional(),
  min: z.strictObject({ count: z.int(), withinSeconds: z.int(), severity: limit }).exactOptional(),
  supervisorFirst: limit.exactOptional(),
});
const count = z.strictObject({
  when: z.enum(['occupied', 'empty', 'full']),
  at: z.int().exactOptional(),
  output: id.exactOptional(),
});

/** Everything a client writes of a zone but its id. */
export const zoneFields = z.object({
  name: text(1, 144),
  type: z.enum(['hard', 'soft', 'hard-everywhere', 'trap']),
  disabled: z.boolean().default(false),
  resetSeconds: z.int().min(0).max(uint32Max).default(0),
  members: z
    .array(z.strictObject({ reader: id, direction, vehicle: z.boolean().exactOptional() }))
    .min(1)
    .max(64),
  actions: z.array(action).max(5).default([]),
  bypassGroups: ids(16).default([]),
  bypassUsers: ids(64).exactOptional(),
  rule: z.enum(['alternate', 'timed', 'route']).exactOptional(),
  timedAt: z.enum(['same-reader', 'any-reader']).exactOptional(),
  startAtFirst: z.boolean().exactOptional(),
  check: z.enum(['both', 'entries', 'exits']).exactOptional(),
  passback: severity.exactOptional(),
  tailgate: severity.exactOptional(),
  requireEntry: z.boolean().exactOptional(),
  inside: zoneId.exactOptional(),
  trackWhileDisabled: z.boolean().exactOptional(),
  dailyReset: daily.exactOptional(),
  resetEveryMinutes: z.int().exactOptional(),
  occupancy: occupancy.exactOptional(),
  counts: z.array(count).max(8).exactOptional(),
  musterReaders: ids(16).exactOptional(),
  vehicles: z
    .array(z.strictObject({ name: text(0, 48), users: ids(16) }))
    .max(500)
    .exactOptional(),
  owner: id.exactOptional(),
  ownerLost: z.enum(['deny', 'allow', 'last-known']).exactOptional(),
}) satisfies z.ZodType<Omit<Zone, 'id'>>;

/**
 * A zone with its number and, if it is to be set, its alarm: one of several that are added together. With a revision it
 * replaces the stored zone only while that still has it (0 = while there is none).
 */
export const zoneToAdd = zoneFields
  .extend({ id: zoneId, alarmed: z.boolean().default(false), revision: z.int().min(0).exactOptional() })
  .strict();

/** A zone as it stands. */
export const zoneNow = z.strictObject({
  id: zoneId,
  alarmed: z.boolean(),
  records: z.int(),
  inside: z.int(),
  lockdown: z.boolean(),
  musterSinceMs: z.number().exactOptional(),
});
