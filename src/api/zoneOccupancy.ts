/**
 * How many were inside a zone over time, as the log has it: every change of its records played again, those of
 * passages, of resets, of forgiving and by hand.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { RecordChange } from '../core/log.js';
import type { ZoneId } from '../core/model.js';
import type { ZoneRecord } from '../core/state.js';
import { hasMark } from '../core/zoneRecords.js';
import type { Context } from './context.js';
import { fieldProblem, laterProblem, notFound } from './problem.js';
import { ok, type Row, row } from './route.js';
import { readers, unixMs } from './schemas.js';
import { zoneKey } from './zoneSchema.js';

const rowsAtOnce = 5_000;
/** Rows before the stretch that are looked at for who was inside when it began. */
const rowsBefore = 50_000;
/** Rows that are looked at altogether: what a Pi plays in a few seconds. */
const rowsMax = 400_000;
const stepsMax = 1_500;

const query = z.strictObject({
  fromMs: z.coerce.number().pipe(unixMs),
  stepMs: z.coerce
    .number()
    .int()
    .min(60_000)
    .max(366 * 86_400_000),
  steps: z.coerce.number().int().min(1).max(stepsMax),
});

/** The row about a zone's occupancy over time. */
export function occupancyRow(context: Context): Row {
  return row({
    method: 'GET',
    path: '/api/v1/zones/{id}/occupancy',
    roles: readers,
    summary: 'How many were inside at the end of each step of time; steps to come say what now says',
    params: z.strictObject({ id: zoneKey }),
    query,
    response: z.strictObject({
      inside: z.array(z.int()),
      /** False: the log is too long to tell how many were inside at the beginning. */
      complete: z.boolean(),
    }),
    handler: async ({ params, query: asked }) => {
      const zone = Number(params.id);
      if (context.reads.get('zones', params.id) === undefined) return notFound('zone');
      if (asked.fromMs + asked.steps * asked.stepMs > 8.64e15)
        return fieldProblem('steps', 'end after all time');
      const reply = await context.control({ kind: 'status' });
      if (reply.kind !== 'status') return laterProblem(503, 'The controller is busy.', 5);
      const now = reply.status.zones.find(({ id }) => id === zone)?.inside ?? 0;
      return ok(await played(context, zone, now, asked));
    },
  });
}

type Asked = z.output<typeof query>;

async function played({ reads }: Context, zone: ZoneId, insideNow: number, asked: Asked) {
  const throughSeq = reads.lastSeq();
  const first = Math.max(0, reads.seqBefore(asked.fromMs) - rowsBefore, throughSeq - rowsMax);
  const story = createOccupancy(asked);
  for (let after = first; after < throughSeq; after += rowsAtOnce) {
    const through = Math.min(throughSeq, after + rowsAtOnce);
    for (const { wallMs, change } of reads.recordChanges({ zone, afterSeq: after, throughSeq: through })) {
      story.play(wallMs, change);
    }
    await nextTurn();
  }
  return story.told(insideNow, first === 0);
}

interface Occupancy {
  play(wallMs: number, change: RecordChange): void;
  /** `whole`: nothing was before what was played. */
  told(insideNow: number, whole: boolean): { readonly inside: readonly number[]; readonly complete: boolean };
}

/** The records of one zone played from some row on. Changes are played in the order of the log. */
export function createOccupancy({ fromMs, stepMs, steps }: Asked): Occupancy {
  const records = new Map<string, ZoneRecord>();
  const ends: number[] = [];
  let inside = 0;
  /** The last step before which everybody was changed at once, whoever is not known here as well; -1 = never. */
  let everybody = -1;
  const put = (user: string, record: ZoneRecord | undefined): void => {
    if (records.get(user)?.direction === 'entry') inside -= 1;
    if (record === undefined) records.delete(user);
    else records.set(user, record);
    if (record?.direction === 'entry') inside += 1;
  };
  const stepOf = (wallMs: number) => Math.floor((wallMs - fromMs) / stepMs);
  return {
    play: (wallMs, change) => {
      const step = Math.min(steps, stepOf(wallMs));
      while (ends.length < step) ends.push(inside);
      for (const [user, record] of after(change, records)) put(user, record);
      if (isOfAll(change)) everybody = ends.length;
    },
    told: (insideNow, whole) => {
      // Whoever is inside and was not heard of since the first row played is inside all the time.
      const silent = whole ? 0 : insideNow - inside;
      const values = Array.from({ length: steps }, (_, step) => ends[step] ?? inside);
      return {
        inside: values.map((value, step) => Math.max(0, value + (step >= everybody ? silent : 0))),
        complete: whole || everybody <= 0,
      };
    },
  };
}

function isOfAll({ kind }: RecordChange): boolean {
  return kind === 'forget-zone' || kind === 'set-all' || kind === 'forget-marked';
}

/** Whose records are others after a change, of those that are known. */
function after(
  change: RecordChange,
  records: ReadonlyMap<string, ZoneRecord>,
): readonly (readonly [user: string, record: ZoneRecord | undefined])[] {
  switch (change.kind) {
    case 'set':
      return [[change.user, change.record]];
    case 'forget':
    case 'forget-user':
      return [[change.user, undefined]];
    case 'forget-users':
      return change.users.map((user) => [user, undefined]);
    case 'set-users':
      return change.users.map((user) => [user, change.record]);
    case 'forget-zone':
      return [...records.keys()].map((user) => [user, undefined]);
    case 'forget-marked':
      return marked(records, change.marked).map((user) => [user, undefined]);
    case 'set-all':
      return marked(records, change.marked).map((user) => [user, change.record]);
  }
}

function marked(
  records: ReadonlyMap<string, ZoneRecord>,
  mark: Parameters<typeof hasMark>[1] | undefined,
): readonly string[] {
  return [...records].flatMap(([user, record]) =>
    mark === undefined || hasMark(record, mark) ? [user] : [],
  );
}
