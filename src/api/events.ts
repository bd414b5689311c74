/** The event log by pages and as a live stream. */
import { z } from 'zod';
import type { StoredEvent } from '../core/management.js';
import type { EventQuery } from '../core/reads.js';
import type { Context } from './context.js';
import type { Live } from './live.js';
import { laterProblem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { id, pageOf, unixMs, watchers } from './schemas.js';
import { timeOf } from './times.js';

const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const query = z.strictObject({
  cursor: seq.optional(),
  after: seq.optional(),
  before: seq.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  kind: id.optional(),
  user: id.optional(),
  door: id.optional(),
  reason: id.optional(),
  reader: id.optional(),
  zone: z.coerce.number().int().min(1).max(0xffff_ffff).optional(),
  /** Unix ms by the wall clock of the row: from this on, and before that. */
  fromMs: z.coerce.number().pipe(unixMs).optional(),
  toMs: z.coerce.number().pipe(unixMs).optional(),
});
export const eventSchema = z.strictObject({
  seq: z.int(),
  at: z.string(),
  boot: z.string(),
  monoMs: z.number(),
  wallMs: z.number(),
  trust: z.string(),
  kind: z.string(),
  door: z.string().exactOptional(),
  reader: z.string().exactOptional(),
  zone: z.int().exactOptional(),
  user: z.string().exactOptional(),
  userName: z.string().exactOptional(),
  credential: z.strictObject({ kind: z.string(), label: z.string() }).exactOptional(),
  by: z.looseObject({ kind: z.string() }).exactOptional(),
  reason: z.string().exactOptional(),
  detail: z.record(z.string(), z.json()).exactOptional(),
  hash: z.string(),
});

/** The rows about events. */
export function eventRows(context: Context, live: Live): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/events',
      roles: watchers,
      summary:
        'Events, newest first unless order=asc; a page may be short: while there is `next`, hand it back as `cursor`',
      query,
      response: pageOf(eventSchema),
      handler: ({ query: asked }) => {
        const page = context.reads.eventPage(boundsOf(asked));
        const next = page.next === undefined ? {} : { next: String(page.next) };
        return ok({ items: page.items.map(eventView), ...next });
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/events/stream',
      roles: watchers,
      summary: 'Events as they happen, as server-sent events; resumes after Last-Event-ID or ?after',
      query: z.strictObject({ after: seq.optional() }),
      response: z.string().describe('text/event-stream: id = seq, event = kind, data = the event as JSON'),
      stream: ({ query: asked, lastEventId, caller }, response) => {
        const resume = seq.safeParse(lastEventId);
        const after = lastEventId !== undefined && resume.success ? resume.data : asked.after;
        const joined = caller !== undefined && live.join(response, caller.tokenHash, after);
        return joined ? undefined : laterProblem(503, 'Too many live streams are open.', 30);
      },
    }),
  ];
}

type Query = z.output<typeof query>;

/** A cursor continues in the order asked for, within whatever bounds were given. */
function boundsOf({ cursor, after, before, order, limit, ...filters }: Query): EventQuery {
  const above = order === 'asc' ? largest(after, cursor) : after;
  const below = order === 'desc' ? smallest(before, cursor) : before;
  const bounds = { after: above, before: below, ...filters };
  // What was not asked for must not be there: each set of filters is a statement of its own.
  const set = Object.entries(bounds).filter(([, value]) => value !== undefined);
  return { order, limit, ...Object.fromEntries(set) };
}

function largest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** An event as clients see it: as stored, with its time as text. */
export function eventView(event: StoredEvent): object {
  return { ...event, at: timeOf(event.wallMs) };
}
