/** Anti-passback zones: one at a time under their revision, or many in one call; clearing and alarms. */
import { z } from 'zod';
import type { Actor, ZoneId } from '../core/model.js';
import { ZONES_MAX, zoneFault } from '../core/zoneFault.js';
import { collectionRows } from './collection.js';
import type { Context } from './context.js';
import { fieldProblem, type Problem } from './problem.js';
import { ok, type Reply, type Row, row } from './route.js';
import { administrators, id, ids, operators, pageOf, readers, watchers } from './schemas.js';
import { actRows } from './zoneActs.js';
import {
  addZones,
  CLEAR_USERS_MAX,
  clearGroup,
  clearZones,
  deleteZones,
  freeZoneIds,
  setZoneAlarms,
  surroundings,
  tooMany,
  zoneStatuses,
} from './zoneOps.js';
import { placeRows } from './zonePlaces.js';
import { zoneFields, zoneId, zoneKey, zoneNow, zoneToAdd } from './zoneSchema.js';
import { shownZone, withZonePasswords } from './zoneUrls.js';

const zoneParams = z.strictObject({ id: zoneKey });
const zoneIds = z
  .array(zoneId)
  .min(1)
  .max(ZONES_MAX)
  .refine((list) => new Set(list).size === list.length, 'names one twice');
const usersToClear = z.union([z.literal('all'), ids(CLEAR_USERS_MAX).min(1)]);
/** Everybody, a list, or whoever is in a group. */
const toClear = z.union([z.strictObject({ users: usersToClear }), z.strictObject({ group: id })]);

/** All rows about zones. */
export function zoneRows(context: Context): readonly Row[] {
  const rows = collectionRows(context, {
    collection: 'zones',
    path: '/api/v1/zones',
    noun: 'zone',
    read: watchers,
    change: administrators,
    fields: zoneFields,
    key: zoneKey,
    keyBody: zoneId,
    makeKey: () => String(freeZoneIds(context, 1)[0]),
    view: zoneFields.extend({ id: zoneId }),
    toBody: (key, fields, before) => {
      const zone = withZonePasswords({ id: Number(key), ...fields }, before);
      if ('field' in zone) return fieldProblem(zone.field, zone.message);
      const wrong = zoneFault(zone, surroundings(context, [zone]));
      if (wrong !== undefined) return fieldProblem(wrong.field, wrong.message);
      const total = context.reads.count('zones') + 1;
      return before === undefined && total > ZONES_MAX ? tooMany(total) : zone;
    },
    toView: shownZone,
    toFields: ({ id: _id, ...fields }) => fields,
  });
  return [
    ...rows,
    ...manyRows(context),
    ...placeRows(context),
    ...actRows(context),
    clearRow(context),
    alarmRow(context),
  ];
}

/** The operations of the APBZone contract, each one call: all or nothing. */
function manyRows(context: Context): readonly Row[] {
  const path = '/api/v1/zone-operations';
  return [
    row({
      method: 'POST',
      path: `${path}/add`,
      roles: administrators,
      summary:
        'Add zones, all or none; an existing id replaces the zone (with `revision`: only that one), records stay if the members do',
      body: z.strictObject({ zones: z.array(zoneToAdd).min(1).max(ZONES_MAX) }),
      large: true,
      response: z.strictObject({ revisions: z.array(z.int()) }),
      handler: async ({ body, by }) => {
        const adding = body.zones.map(({ alarmed, revision, ...zone }) => ({
          ...{ zone, alarmed },
          ...(revision === undefined ? {} : { revision }),
        }));
        return replyOf(await addZones(context, by, adding, (index) => `zones.${index}.`));
      },
    }),
    row({
      method: 'POST',
      path: `${path}/delete`,
      roles: administrators,
      summary: 'Delete zones with their records, or all; a zone that is not there is left out',
      body: z.strictObject({ zones: z.union([z.literal('all'), zoneIds]) }),
      response: z.strictObject({ deleted: z.int() }),
      handler: async ({ body, by }) => replyOf(await deleteZones(context, by, body.zones)),
    }),
    row({
      method: 'POST',
      path: `${path}/clear`,
      roles: operators,
      summary: 'Forget all or some users in every zone: the next read at either side defines the side',
      body: toClear,
      large: true,
      response: forgottenView,
      handler: async ({ body, by }) => replyOf(await clear(context, by, 'all', body)),
    }),
    row({
      method: 'POST',
      path: `${path}/alarm`,
      roles: operators,
      summary: 'Set or end the alarm of several zones, all or none',
      body: z.strictObject({ zones: zoneIds, alarmed: z.boolean() }),
      response: alarmedView,
      handler: async ({ body, by }) => replyOf(await setZoneAlarms(context, by, body.zones, body.alarmed)),
    }),
    row({
      method: 'GET',
      path: '/api/v1/zone-status',
      roles: readers,
      summary: 'Alarm and number of records of zones; no ids = of all',
      query: z.strictObject({ ids: idList.optional() }),
      response: pageOf(statusView),
      handler: async ({ query }) => {
        const found = await zoneStatuses(context, query.ids ?? []);
        return 'problem' in found ? found : ok({ items: found });
      },
    }),
  ];
}

/** `1,7,12` */
const idList = z
  .string()
  .max(1_200)
  .regex(/^[1-9]\d{0,9}(,[1-9]\d{0,9})*$/, 'is a list of zone ids, commas between')
  .transform((list) => list.split(',').map(Number));
const statusView = zoneNow.extend({ disabled: z.boolean() }).strict();
const forgottenView = z.strictObject({ forgotten: z.int() });
const alarmedView = z.strictObject({ alarmed: z.boolean() });

function replyOf(done: object | Problem): Reply | Problem {
  return 'problem' in done ? (done as Problem) : ok(done);
}

function clear(context: Context, by: Actor, zone: ZoneId | 'all', what: z.output<typeof toClear>) {
  return 'group' in what
    ? clearGroup(context, by, zone, what.group)
    : clearZones(context, by, zone, what.users);
}

function clearRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zones/{id}/clear',
    roles: operators,
    summary: 'Forget the zone records of all or some users, so that either direction may come first',
    params: zoneParams,
    body: toClear,
    large: true,
    response: forgottenView,
    handler: async ({ params, body, by }) => replyOf(await clear(context, by, Number(params.id), body)),
  });
}

function alarmRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/zones/{id}/alarm',
    roles: operators,
    summary: 'Set or end the alarm of a zone',
    params: zoneParams,
    body: z.strictObject({ alarmed: z.boolean() }),
    response: alarmedView,
    handler: async ({ params, body, by }) =>
      replyOf(await setZoneAlarms(context, by, [Number(params.id)], body.alarmed)),
  });
}
