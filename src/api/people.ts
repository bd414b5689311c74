/** Users, groups, access rights, schedules, holidays: what a right to pass is made of. */
import { z } from 'zod';
import type { StoredUser } from '../core/management.js';
import { maskedUrl } from '../core/outgoingUrl.js';
import { collectionRows } from './collection.js';
import type { Context } from './context.js';
import { withPasswords } from './outgoingUrls.js';
import { fieldProblem, type Problem } from './problem.js';
import type { Row } from './route.js';
import { administrators, id, ids, operators, outgoingUrl, readers, text, unixMs } from './schemas.js';

const userFields = z.object({
  name: text(1, 128),
  enabled: z.boolean().default(true),
  validFromMs: unixMs.exactOptional(),
  validUntilMs: unixMs.exactOptional(),
  groups: ids(64).default([]),
  accessRights: ids(64).default([]),
  extendedUnlock: z.boolean().default(false),
  supervisor: z.boolean().default(false),
  note: text(0, 1_000).default(''),
  /** Called when the user passes a reader that is set to forward. */
  urls: z.array(outgoingUrl).max(10).default([]),
});

/** The people who carry credentials. */
export function userRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'users',
    path: '/api/v1/users',
    noun: 'user',
    read: readers,
    change: operators,
    fields: userFields,
    view: userFields.extend({ id }),
    toBody: (key, fields, before) => {
      const { validFromMs, validUntilMs } = fields;
      if (validFromMs !== undefined && validUntilMs !== undefined && validFromMs >= validUntilMs) {
        return fieldProblem('validUntilMs', 'must be after validFromMs');
      }
      const urls = withPasswords(fields.urls, before?.urls ?? []);
      return 'problem' in urls ? urls : { id: key, ...fields, urls };
    },
    toView: shownUser,
    toFields: withoutId,
  });
}

function shownUser(body: StoredUser): StoredUser {
  return body.urls.length === 0 ? body : { ...body, urls: body.urls.map(maskedUrl) };
}

/** Named and not made yet, or deleted while it was named: opens nothing until it is written. */
const placeholder = z.literal(true).exactOptional();

const groupFields = z.object({ name: text(1, 128), accessRights: ids(128).default([]) });

/** Groups of users who share access rights. */
export function groupRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'groups',
    path: '/api/v1/groups',
    noun: 'group',
    read: readers,
    change: operators,
    fields: groupFields,
    view: groupFields.extend({ id, placeholder }),
    toBody: (key, fields) => ({ id: key, ...fields }),
    toView: (body) => body,
    toFields: ({ id: _id, placeholder: _, ...fields }) => fields,
  });
}

const accessRightFields = z.object({
  name: text(1, 128),
  doors: z.array(z.strictObject({ door: id, schedule: id })).max(128),
});

/** Which doors at which times. */
export function accessRightRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'access-rights',
    path: '/api/v1/access-rights',
    noun: 'access right',
    read: readers,
    change: operators,
    fields: accessRightFields,
    view: accessRightFields.extend({ id, placeholder }),
    toBody: (key, fields) => {
      const unknown = fields.doors.findIndex(
        ({ door }) => !context.site.doors.some((one) => one.id === door),
      );
      if (unknown >= 0) return fieldProblem(`doors.${unknown}.door`, 'there is no such door');
      return { id: key, ...fields };
    },
    toView: (body) => body,
    toFields: ({ id: _id, placeholder: _, ...fields }) => fields,
  });
}

const dayWindow = z
  .strictObject({ fromMinute: z.int().min(0).max(1_439), toMinute: z.int().min(1).max(1_440) })
  .refine((window) => window.fromMinute < window.toMinute, 'must begin before it ends');
const dayWindows = z.array(dayWindow).max(16);
const scheduleFields = z.object({
  name: text(1, 128),
  /** Seven days, Monday first. */
  week: z.array(dayWindows).length(7),
  holidays: z.record(id, dayWindows).default({}),
  /** Local days, both included: on others it is never active. Absent = on all. */
  dates: z
    .strictObject({ from: z.iso.date(), until: z.iso.date() })
    .refine(({ from, until }) => from <= until, { message: 'must not be before from', path: ['until'] })
    .exactOptional(),
});

/** Weekly plans in the site's time zone; `always` and `never` are built in. */
export function scheduleRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'schedules',
    path: '/api/v1/schedules',
    noun: 'schedule',
    read: readers,
    change: administrators,
    fields: scheduleFields,
    view: scheduleFields.extend({ id }),
    toBody: (key, fields) => {
      if (key === 'always' || key === 'never') return builtIn();
      return { id: key, ...fields };
    },
    toView: (body) => body,
    toFields: withoutId,
  });
}

const date = z.iso.date();
const holidayFields = z.object({ kind: id, name: text(0, 128).default('') });

/** Local dates on which a kind of holiday holds. */
export function holidayRows(context: Context): readonly Row[] {
  return collectionRows(context, {
    collection: 'holidays',
    path: '/api/v1/holidays',
    noun: 'holiday',
    read: readers,
    change: administrators,
    fields: holidayFields,
    key: date,
    keyBody: date,
    view: holidayFields.extend({ id: date }),
    toBody: (key, fields) =>
      date.safeParse(key).success
        ? { id: key, ...fields }
        : fieldProblem('id', 'must be the date, YYYY-MM-DD'),
    toView: (body) => body,
    toFields: withoutId,
  });
}

function builtIn(): Problem {
  return fieldProblem('id', 'always and never are built in');
}

function withoutId<T extends { readonly id: unknown }>(body: T): Omit<T, 'id'> {
  const { id: _id, ...fields } = body;
  return fields;
}
