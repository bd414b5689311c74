/**
 * One import at a time: the whole file is checked first, and only a file without a fault is written, in slices small
 * enough that a swipe in between does not notice. Repeated, it writes what is missing and nothing twice.
 */
import type { WriteOp } from '../../core/management.js';
import type { Actor } from '../../core/model.js';
import { type Context, write } from '../context.js';
import { FileFault, type LineFault, linesOf } from './parseFile.js';
import { createPlanner, type Plan } from './plan.js';
import type { CellFault, Dialect, UserLine } from './userRow.js';

export interface ImportReport {
  readonly lines: number;
  readonly create: number;
  readonly change: number;
  readonly same: number;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly LineFault[];
  /** What becomes of the first lines. */
  readonly sample: readonly { readonly line: number; readonly id: string; readonly action: Plan['action'] }[];
}

export interface ImportProgress {
  readonly id: string;
  readonly state: 'writing' | 'done' | 'failed';
  readonly lines: number;
  readonly done: number;
  readonly failed: number;
  readonly faults: readonly LineFault[];
}

const faultsShown = 200;
const sampleLines = 100;
/** Lines looked at in one go while others of the thread wait. */
const checkLines = 16;
/** Operations in one write: a swipe that comes meanwhile waits for it. */
const sliceOps = 12;
/** Between two writes twice as long as the last one took: the disk and the doors have the rest, checkpoints are rare. */
const pauseFactor = 2;
const pauseMinMs = 1;

/** Reads every line and says what it would do. Throws a `FileFault` where the file itself is bad. */
export async function checkImport(context: Context, bytes: Buffer, dialect: Dialect): Promise<ImportReport> {
  const plan = createPlanner(context);
  const counts = { create: 0, change: 0, same: 0 };
  const faults: LineFault[] = [];
  const sample: ImportReport['sample'][number][] = [];
  let [lines, faultCount] = [0, 0];
  for await (const { line, cells } of linesOf(bytes, dialect)) {
    lines += 1;
    const read = dialect.read(cells);
    const planned = isFaulty(read) ? { faults: read } : plan(read, line);
    faultCount += planned.faults.length;
    if (faults.length < faultsShown) faults.push(...planned.faults.map((fault) => ({ line, ...fault })));
    if ('action' in planned) {
      counts[planned.action] += 1;
      if (sample.length < sampleLines && !isFaulty(read))
        sample.push({ line, id: read.id, action: planned.action });
    }
    if (lines % checkLines === 0) await new Promise(setImmediate);
  }
  return { lines, ...counts, faultCount, faults, sample };
}

function isFaulty(read: UserLine | readonly CellFault[]): read is readonly CellFault[] {
  return Array.isArray(read);
}

export interface ImportJob {
  progress(): ImportProgress;
  /** Ends after the slice that is on its way. */
  stop(): void;
  readonly ended: Promise<void>;
}

export interface ImportOptions {
  readonly id: string;
  readonly bytes: Buffer;
  readonly dialect: Dialect;
  readonly by: Actor;
  readonly report: ImportReport;
}

/** Writes a checked file. */
export function startImport(context: Context, options: ImportOptions): ImportJob {
  const { id, bytes, dialect, by, report } = options;
  const plan = createPlanner(context);
  const faults: LineFault[] = [];
  const state = { state: 'writing' as ImportProgress['state'], done: 0, failed: 0, stopped: false };
  let slice: { readonly ops: WriteOp[]; readonly lines: number[] } = { ops: [], lines: [] };
  const flush = async (): Promise<void> => {
    const { ops, lines } = slice;
    slice = { ops: [], lines: [] };
    const begunMs = context.now().monoMs;
    const written = ops.length === 0 ? { revisions: [] } : await write(context, by, ops);
    if ('problem' in written) {
      // Somebody changed one of these meanwhile, or a rule of storage refuses it: these lines stay as they are.
      state.failed += lines.length;
      const [line = 0] = lines;
      if (faults.length < faultsShown) faults.push({ line, message: written.problem.detail });
      if (written.problem.status === 503) throw new Error(written.problem.detail);
    }
    state.done += lines.length;
    const tookMs = context.now().monoMs - begunMs;
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMinMs, pauseFactor * tookMs)));
  };
  const run = async (): Promise<void> => {
    for await (const { line, cells } of linesOf(bytes, dialect)) {
      if (state.stopped) throw new Error('stopped');
      const read = dialect.read(cells);
      if (isFaulty(read)) continue;
      const { ops, faults: late } = plan(read, line);
      if (late.length > 0) faults.push(...late.map((fault) => ({ line, ...fault })).slice(0, 1));
      if (late.length > 0) state.failed += 1;
      else slice.ops.push(...ops);
      slice.lines.push(line);
      if (slice.ops.length >= sliceOps || slice.lines.length >= checkLines) await flush();
    }
    await flush();
    state.state = 'done';
  };
  const ended = run()
    .catch((error: unknown) => {
      state.state = 'failed';
      context.log.error({ err: error }, 'import ended early');
    })
    .then(async () => {
      const { done, failed } = state;
      await write(context, by, [], 'imported', {
        import: id,
        lines: report.lines,
        done,
        failed,
        state: state.state,
      });
    })
    .catch((error: unknown) => context.log.error({ err: error }, 'row of an import not written'));
  return {
    progress: () => ({
      id,
      state: state.state,
      lines: report.lines,
      done: state.done,
      failed: state.failed,
      faults,
    }),
    stop: () => {
      state.stopped = true;
    },
    ended,
  };
}

/** The fault of a file as one that stands on a line. */
export function fileFaultOf(error: unknown): LineFault | undefined {
  return error instanceof FileFault ? error.fault : undefined;
}
