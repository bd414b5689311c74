/** Users as CSV: exported whole, imported after a check of the whole file. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Actor } from '../core/model.js';
import { type Context, newId, write } from './context.js';
import { akuvoxDialect } from './csv/akuvoxDialect.js';
import { exportUsers } from './csv/exportFile.js';
import { checkImport, fileFaultOf, type ImportJob, type ImportReport, startImport } from './csv/importJob.js';
import type { LineFault } from './csv/parseFile.js';
import { sallyportDialect } from './csv/sallyportDialect.js';
import type { Dialect } from './csv/userRow.js';
import { fileSha256, pieces } from './file.js';
import { laterProblem, notFound, type Problem, problem } from './problem.js';
import { ok, type Reply, type Row, row } from './route.js';
import { idParams, operators } from './schemas.js';

const format = z.enum(['sallyport', 'akuvox']).default('sallyport');
const fault = z.strictObject({ line: z.int(), column: z.string().exactOptional(), message: z.string() });
const progress = z.strictObject({
  id: z.string(),
  state: z.enum(['writing', 'done', 'failed']),
  lines: z.int(),
  done: z.int(),
  failed: z.int(),
  faults: z.array(fault),
});
const report = z.strictObject({
  lines: z.int(),
  create: z.int(),
  change: z.int(),
  same: z.int(),
  faultCount: z.int(),
  faults: z.array(fault),
  /** What becomes of the first lines. */
  sample: z.array(z.strictObject({ line: z.int(), id: z.string(), action: z.string() })),
});
/** 100,000 users with their cards need a third of it. */
const fileMaxBytes = 32 * 1024 * 1024;
const jobsKept = 8;

/** The rows about CSV. */
export function importRows(context: Context): readonly Row[] {
  const jobs = new Map<string, ImportJob>();
  const desk: Desk = { context, jobs, busy: false };
  return [
    row({
      method: 'GET',
      path: '/api/v1/exports/users',
      roles: operators,
      summary:
        'All users with their cards as CSV (text/csv); PINs and passwords are masked, formulas made harmless',
      query: z.strictObject({ format }),
      response: z.string().describe('text/csv: a line a user, CRLF between'),
      stream: ({ query, by }, response) => {
        response.writeHead(200, {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': 'attachment; filename="users.csv"',
          'Cache-Control': 'no-store',
        });
        write(context, by, [], 'exported', { format: query.format, users: context.reads.count('users') })
          .then(() => exportUsers(context, dialectOf(context, query.format), response))
          .catch((error: unknown) => {
            context.log.error({ err: error }, 'export failed');
            response.destroy();
          });
        return undefined;
      },
    }),
    row({
      method: 'POST',
      path: '/api/v1/imports',
      roles: operators,
      summary:
        'Import users from CSV (text/csv): checked whole, then written in slices; dryRun=true only checks',
      query: z.strictObject({ format, dryRun: z.enum(['true', 'false']).default('false') }),
      accepts: { type: 'text/csv', what: 'UTF-8, a header line first; at most 32 MiB' },
      response: report,
      accepted: progress,
      stream: ({ query, by }, response) =>
        receive(desk, { ...query, by }, response).catch((error: unknown) => {
          context.log.error({ err: error }, 'import failed');
          return laterProblem(503, 'The import failed. Nothing was changed.', 5);
        }),
    }),
    row({
      method: 'GET',
      path: '/api/v1/imports/{id}',
      roles: operators,
      summary: 'How far an import has come',
      params: idParams,
      response: progress,
      handler: ({ params }) => {
        const job = jobs.get(params.id);
        return job === undefined ? notFound('import of this id since the start') : ok(job.progress());
      },
    }),
  ];
}

interface Desk {
  readonly context: Context;
  readonly jobs: Map<string, ImportJob>;
  busy: boolean;
}

interface Asked {
  readonly format: 'sallyport' | 'akuvox';
  readonly dryRun: 'true' | 'false';
  readonly by: Actor;
}

async function receive(desk: Desk, asked: Asked, response: Response): Promise<Reply | Problem> {
  if (desk.busy) return laterProblem(503, 'Another import is being worked on.', 10);
  desk.busy = true;
  let job: ImportJob | undefined;
  try {
    const bytes = await bodyOf(response);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const dialect = dialectOf(desk.context, asked.format);
    const sha = { fileSha256: await fileSha256([bytes]) };
    const found = await checked(desk.context, bytes, dialect);
    if ('problem' in found) return { ...found, ...sha };
    if (asked.dryRun === 'true') return { ...ok(found), ...sha };
    if (found.faultCount > 0) return { ...refusal(found.faults, found.faultCount), ...sha };
    const id = newId(desk.context);
    job = startImport(desk.context, { id, bytes, dialect, by: asked.by, report: found });
    desk.jobs.set(id, job);
    for (const old of [...desk.jobs.keys()].slice(0, -jobsKept)) desk.jobs.delete(old);
    return { status: 202, body: job.progress(), location: `/api/v1/imports/${id}`, ...sha };
  } finally {
    const free = (): void => {
      desk.busy = false;
    };
    if (job === undefined) free();
    else void job.ended.then(free);
  }
}

/** The body, as it is: whoever packs it might make gigabytes of it. */
async function bodyOf({ req }: Response): Promise<Buffer | Problem> {
  const encoding = req.get('Content-Encoding') ?? 'identity';
  if (encoding !== 'identity') return problem(415, 'Send the file as it is, without Content-Encoding.');
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces(req)) {
    bytes += piece.length;
    if (bytes > fileMaxBytes) return problem(413, `The file may have ${fileMaxBytes} bytes.`);
    read.push(piece);
  }
  return Buffer.concat(read);
}

async function checked(context: Context, bytes: Buffer, dialect: Dialect): Promise<ImportReport | Problem> {
  try {
    return await checkImport(context, bytes, dialect);
  } catch (error) {
    const found = fileFaultOf(error);
    if (found === undefined) throw error;
    return refusal([found], 1);
  }
}

function refusal(faults: readonly LineFault[], count: number): Problem {
  const errors = faults.map(({ line, column, message }) => ({
    field: column === undefined ? `line ${line}` : `line ${line}, ${column}`,
    message,
  }));
  const [first] = errors;
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return problem(400, `Nothing was changed. ${first?.field}: ${first?.message}${more}`, errors);
}

function dialectOf(context: Context, name: 'sallyport' | 'akuvox'): Dialect {
  if (name === 'sallyport') return sallyportDialect;
  return akuvoxDialect((id) => context.reads.get('access-rights', id)?.body, context.site.doors);
}
