/** Schemas that several resources share: names, ids, pages, sets of roles. */
import { z } from 'zod';
import type { Role } from '../core/management.js';

/** Whoever may look at everything. */
export const readers: readonly [Role, ...Role[]] = ['administrator', 'operator', 'viewer'];
/** Whoever may watch doors and events: readers and the demo. */
export const watchers: readonly [Role, ...Role[]] = ['administrator', 'operator', 'viewer', 'demo'];
/** Whoever manages people and acts on doors. */
export const operators: readonly [Role, ...Role[]] = ['administrator', 'operator'];
/** Whoever sets the installation up. */
export const administrators: readonly [Role, ...Role[]] = ['administrator'];

const printable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** Text an operator wrote: no control characters, no lone surrogates. */
export function text(min: number, max: number) {
  return z.string().min(min).max(max).regex(printable, 'has control characters');
}

/** A key: chosen by the client or made by us. */
export const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.:-]+$/, 'may have letters, digits and _ . : -');

export const idParams = z.strictObject({ id });

/** Unix milliseconds. */
export const unixMs = z.int().min(0).max(8_640_000_000_000_000);
export const revision = z.int().min(0);
/** A door, reader or other list of keys, each once. */
export function ids(max: number) {
  return z
    .array(id)
    .max(max)
    .refine((list) => new Set(list).size === list.length, 'names one twice');
}

export const pageQuery = z.strictObject({
  cursor: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** A page of things: `next` is the cursor of the next one, absent at the end. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().exactOptional() });
}
