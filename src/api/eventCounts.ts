/** The log in numbers, for charts, and the proof of one row. Long stretches are counted in turns with everything else. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type LogKind, logKinds } from '../core/log.js';
import type { Context } from './context.js';
import { fieldProblem, notFound } from './problem.js';
import { ok, type Row, row } from './route.js';
import { readers, unixMs } from './schemas.js';
import { timeOf } from './times.js';

const rowsAtOnce = 5_000;
/** What a Pi counts in a few seconds; older rows are left out, and the answer says so. */
const rowsMax = 400_000;
const stepsMax = 1_500;

const kind = z.enum(logKinds);
const query = z.strictObject({
  fromMs: z.coerce.number().pipe(unixMs),
  toMs: z.coerce.number().pipe(unixMs),
  stepMs: z.coerce
    .number()
    .int()
    .min(60_000)
    .max(366 * 86_400_000),
  /** `access-granted,access-denied` */
  kinds: z
    .string()
    .max(1_000)
    .transform((text) => text.split(','))
    .pipe(z.array(kind).min(1)),
});
const view = z.strictObject({
  items: z.array(
    z.strictObject({
      at: z.string(),
      kind: z.string(),
      reader: z.string().exactOptional(),
      /** These rows moved zone records: passages that count. */
      moved: z.boolean(),
      count: z.int(),
    }),
  ),
  /** False: the stretch was too long, its oldest rows are not in the counts. */
  complete: z.boolean(),
});

/** Rows that count, and prove. */
export function eventCountRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/event-counts',
      roles: readers,
      summary: 'How many rows of each kind there were in each step of time, by reader',
      query,
      response: view,
      handler: ({ query: asked }) => {
        const steps = (asked.toMs - asked.fromMs) / asked.stepMs;
        if (steps <= 0) return fieldProblem('toMs', 'must be after fromMs');
        if (steps > stepsMax) return fieldProblem('stepMs', `gives more than ${stepsMax} steps`);
        return counted(context, asked);
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/event-position',
      roles: readers,
      summary: 'The last row before a moment (0 = none), to ask for events by `after` and `before`',
      query: z.strictObject({ atMs: z.coerce.number().pipe(unixMs) }),
      response: z.strictObject({ seq: z.int() }),
      handler: ({ query: { atMs } }) => ok({ seq: context.reads.seqBefore(atMs) }),
    }),
    row({
      method: 'GET',
      path: '/api/v1/events/{seq}/proof',
      roles: readers,
      summary: 'Does a row still follow from the row before it, and the next one from it?',
      params: z.strictObject({ seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      response: z.strictObject({ row: proof, next: proof.exactOptional() }),
      handler: ({ params: { seq } }) => {
        const last = context.reads.lastSeq();
        if (seq > last) return notFound('such row');
        const next = seq < last ? { next: context.reads.proofOf(seq + 1) } : {};
        return ok({ row: context.reads.proofOf(seq), ...next });
      },
    }),
  ];
}

const proof = z.enum(['whole', 'changed', 'missing']);

interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly kinds: readonly LogKind[];
}

async function counted({ reads }: Context, { fromMs, toMs, stepMs, kinds }: Asked) {
  const end = reads.seqBefore(toMs);
  const begin = reads.seqBefore(fromMs);
  const first = Math.max(begin, end - rowsMax);
  const sums = new Map<
    string,
    { at: string; kind: string; reader?: string; moved: boolean; count: number }
  >();
  for (let after = first; after < end; after += rowsAtOnce) {
    const throughSeq = Math.min(end, after + rowsAtOnce);
    for (const { bucket, count, ...of } of reads.countEvents({
      afterSeq: after,
      throughSeq,
      fromMs,
      stepMs,
      kinds,
    })) {
      const key = `${bucket} ${of.kind} ${of.moved} ${of.reader ?? ''}`;
      const known = sums.get(key)?.count ?? 0;
      sums.set(key, { at: timeOf(fromMs + bucket * stepMs), ...of, count: known + count });
    }
    await nextTurn();
  }
  return ok({ items: [...sums.values()], complete: first === begin });
}
