/** Who is where: the records of a zone, who is inside, who is missing at a muster, who broke its rule. */
import { stringify } from 'csv-stringify/sync';
import type { Response } from 'express';
import { z } from 'zod';
import type { Zone } from '../core/model.js';
import type { RecordedUser } from '../core/reads.js';
import type { ZoneNow } from '../core/requests.js';
import type { Context } from './context.js';
import { eventSchema, eventView } from './events.js';
import { laterProblem, notFound, type Problem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { idParams, pageOf, pageQuery, readers } from './schemas.js';
import { timeOf } from './times.js';
import { direction, zoneId, zoneKey } from './zoneSchema.js';

const params = z.strictObject({ id: zoneKey });
const path = '/api/v1/zones/{id}';

const recordView = z.strictObject({
  user: z.string(),
  userName: z.string(),
  direction,
  /** Empty: by hand, or by a reset. */
  reader: z.string(),
  at: z.string(),
  clockTrusted: z.boolean(),
  seq: z.int(),
  marks: z.array(z.string()),
});

/** Rows about the places of users. */
export function placeRows(context: Context): readonly Row[] {
  return [
    recordsRow(context),
    userPlacesRow(context),
    violationsRow(context),
    rollCallRow(context),
    rollCallCsvRow(context),
  ];
}

function recordsRow(context: Context): Row {
  return row({
    method: 'GET',
    path: `${path}/records`,
    roles: readers,
    summary: 'Who is recorded in a zone: the last counted passage of each user; side=entry = who is inside',
    params,
    query: pageQuery.extend({ side: z.enum(['entry', 'exit']).optional() }).strict(),
    response: pageOf(recordView),
    handler: ({ params: { id }, query }) => {
      if (context.reads.get('zones', id) === undefined) return notFound('zone');
      const page = context.reads.zoneRecords(Number(id), {
        limit: query.limit,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
        ...(query.side === undefined ? {} : { side: query.side }),
      });
      return ok(pageView(page.items.map(recordOf), page.next));
    },
  });
}

function recordOf({ user, userName, record, seq }: RecordedUser): z.output<typeof recordView> {
  return {
    ...{ user, userName, direction: record.direction, reader: record.reader, at: timeOf(record.wallMs) },
    ...{ clockTrusted: record.trusted, seq, marks: [...(record.marks ?? [])] },
  };
}

const placeView = recordView.omit({ user: true, userName: true }).extend({ zone: zoneId }).strict();

function userPlacesRow(context: Context): Row {
  return row({
    method: 'GET',
    path: '/api/v1/users/{id}/places',
    roles: readers,
    summary: 'Where a user is: the last counted passage in each zone that has a record of him',
    params: idParams,
    response: z.strictObject({ items: z.array(placeView) }),
    handler: ({ params: { id } }) => {
      if (context.reads.get('users', id) === undefined) return notFound('user');
      const items = context.reads.placesOf(id).map(({ zone, record, seq }) => {
        const { user: _user, userName: _name, ...place } = recordOf({ user: id, userName: '', record, seq });
        return { zone, ...place };
      });
      return ok({ items });
    },
  });
}

function pageView<T>(items: readonly T[], next: string | undefined) {
  return { items, ...(next === undefined ? {} : { next }) };
}

const violationsView = z.strictObject({
  alarmed: z.boolean(),
  items: z.array(eventSchema),
  blocked: z.array(recordView),
});

/** Since the alarm was last released: it is a status, and says how far somebody has looked. */
function violationsRow(context: Context): Row {
  return row({
    method: 'GET',
    path: `${path}/violations`,
    roles: readers,
    summary:
      'Violations since the alarm of the zone was last released, newest first, and who is blocked by one',
    params,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
    response: violationsView,
    handler: async ({ params: { id }, query: { limit } }) => {
      const zone = Number(id);
      const found = await zoneNow(context, id);
      if ('problem' in found) return found;
      const { reads } = context;
      const [released] = reads.events({ kind: 'zone-alarm-off', zone, order: 'desc', limit: 1 });
      const since = { after: released?.seq ?? 0, order: 'desc', limit } as const;
      const items = reads.events({ kind: 'passback-violation', zone, ...since }).map(eventView);
      const blocked = reads.zoneRecords(zone, { marked: 'blocked', limit: 1_000 }).items.map(recordOf);
      return ok({ alarmed: found.now.alarmed, items, blocked });
    },
  });
}

const personView = z.strictObject({
  user: z.string(),
  userName: z.string(),
  place: z.enum(['missing', 'inside', 'safe']),
  reader: z.string(),
  since: z.string(),
});

const rollCallView = pageOf(personView).extend({
  zone: zoneId,
  name: z.string(),
  at: z.string(),
  musterSince: z.string().exactOptional(),
  inside: z.int(),
});

function rollCallRow(context: Context): Row {
  return row({
    method: 'GET',
    path: `${path}/roll-call`,
    roles: readers,
    summary:
      'Who is inside (missing, once a muster has begun), or with part=safe who is at an assembly point',
    params,
    query: pageQuery.extend({ part: z.enum(['inside', 'safe']).default('inside') }).strict(),
    response: rollCallView,
    handler: async ({ params: { id }, query }) => {
      const found = await zoneNow(context, id);
      if ('problem' in found) return found;
      const page = rollCallPage(context, found, query.part, query);
      const { zone, now } = found;
      return ok({
        ...pageView(page.items, page.next),
        ...{ zone: zone.id, name: zone.name, at: timeOf(context.now().wallMs), inside: now.inside },
        ...(now.musterSinceMs === undefined ? {} : { musterSince: timeOf(now.musterSinceMs) }),
      });
    },
  });
}

/** The whole list, a page at a time as fast as it is taken. */
function rollCallCsvRow(context: Context): Row {
  return row({
    method: 'GET',
    path: `${path}/roll-call.csv`,
    roles: readers,
    summary: 'The roll call as CSV: everybody inside (or missing), then everybody at an assembly point',
    params,
    response: z.string().describe('text/csv: a line a user, with a header'),
    stream: ({ params: { id } }, response) => {
      const zone = context.reads.get('zones', id)?.body;
      if (zone === undefined) return notFound('zone');
      void zoneNow(context, id).then((found) => {
        if ('problem' in found) response.writeHead(found.problem.status).end();
        else writeCsv(context, found, response);
      });
      return undefined;
    },
  });
}

interface FoundZone {
  readonly zone: Zone;
  readonly now: ZoneNow;
}

async function zoneNow(context: Context, id: string): Promise<FoundZone | Problem> {
  const zone = context.reads.get('zones', id)?.body;
  if (zone === undefined) return notFound('zone');
  const reply = await context.control({ kind: 'status' });
  if (reply.kind !== 'status') return laterProblem(503, 'The controller is busy.', 5);
  const nothing = { id: zone.id, alarmed: false, records: 0, inside: 0, lockdown: false };
  return { zone, now: reply.status.zones.find((one) => one.id === zone.id) ?? nothing };
}

/** At an assembly point counts from the beginning of the muster. */
function rollCallPage(
  context: Context,
  { zone, now }: FoundZone,
  part: 'inside' | 'safe',
  query: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const { musterSinceMs } = now;
  const page = context.reads.zoneRecords(zone.id, {
    limit: query.limit,
    ...(query.cursor === undefined ? {} : { after: query.cursor }),
    ...(part === 'inside' ? { side: 'entry' } : { side: 'exit', readers: zone.musterReaders ?? [] }),
  });
  const inside = musterSinceMs === undefined ? ('inside' as const) : ('missing' as const);
  const items = page.items
    .filter(({ record }) => part === 'inside' || record.wallMs >= (musterSinceMs ?? 0))
    .map(({ user, userName, record }) => {
      const place = part === 'inside' ? inside : ('safe' as const);
      return { user, userName, place, reader: record.reader, since: timeOf(record.wallMs) };
    });
  return { items, next: page.next };
}

const csvHead = ['user', 'name', 'place', 'reader', 'since'];
const csvPage = 1_000;

function writeCsv(context: Context, found: FoundZone, response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="roll-call-${found.zone.id}.csv"`,
    'Cache-Control': 'no-store',
  });
  response.write(stringify([csvHead]));
  const lines = csvLines(context, found);
  const pump = (): void => {
    for (;;) {
      const next = lines.next();
      if (next.done === true) {
        response.end();
        return;
      }
      if (!response.write(next.value)) {
        response.once('drain', pump);
        return;
      }
    }
  };
  response.on('close', () => lines.return());
  pump();
}

/** Names an operator wrote must not become formulas in a spreadsheet. */
function* csvLines(context: Context, found: FoundZone): Generator<string, void> {
  for (const part of ['inside', 'safe'] as const) {
    for (let cursor: string | undefined; ; ) {
      const page = rollCallPage(context, found, part, { cursor, limit: csvPage });
      const rows = page.items.map(({ user, userName, place, reader, since }) => {
        return [user, userName, place, reader, since];
      });
      yield stringify(rows, { escape_formulas: true });
      cursor = page.next;
      if (cursor === undefined) break;
    }
  }
}
