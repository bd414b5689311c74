/** The controller as a machine: time and its trust, storage, threads, versions; and the site file's check. */
import { z } from 'zod';
import type { Context } from './context.js';
import { laterProblem } from './problem.js';
import { ok, type Row, row } from './route.js';
import { administrators, readers } from './schemas.js';
import { timeOf } from './times.js';

const view = z.strictObject({
  versions: z.strictObject({ sallyport: z.string(), node: z.string(), sqlite: z.string() }),
  board: z.string(),
  boot: z.string(),
  time: z.strictObject({
    at: z.string(),
    trust: z.enum(['unset', 'saved', 'rtc', 'ntp']),
    trusted: z.boolean(),
    zone: z.string(),
  }),
  storage: z.strictObject({
    state: z.enum(['ok', 'failed']),
    rowsWaiting: z.int(),
    lastSeq: z.int(),
    databaseBytes: z.int(),
    freeBytes: z.int(),
  }),
  threads: z.strictObject({
    /** How long the control thread took to answer this. */
    control: z.strictObject({ answeredMs: z.number() }),
    web: z.strictObject({ upSeconds: z.int(), rssBytes: z.int(), liveStreams: z.int() }),
  }),
  counts: z.strictObject({ users: z.int(), credentials: z.int(), openAlarms: z.int() }),
  /** Absent while HTTP is not encrypted. */
  certificate: z
    .strictObject({ sha256: z.string(), notAfter: z.string(), selfSigned: z.boolean() })
    .exactOptional(),
  /** What should not stay as it is. */
  warnings: z.array(z.string()),
});

/** Where the database stands and what it runs on, told by whoever opened it. */
export interface Machine {
  readonly node: string;
  readonly sqlite: string;
  readonly timeZone: string;
  /** Now. */
  measure(): {
    readonly databaseBytes: number;
    readonly freeBytes: number;
    readonly upSeconds: number;
    readonly rssBytes: number;
  };
  readonly certificate:
    | {
        readonly sha256: string;
        readonly notAfterMs: number;
        readonly selfSigned: boolean;
      }
    | undefined;
  readonly warnings: readonly string[];
}

const openAlarmsMax = 1_000;

/** The rows about the machine. */
export function systemRows(context: Context, liveStreams: () => number): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/system',
      roles: readers,
      summary: 'Time and its trust, storage, threads, versions, certificate, warnings',
      response: view,
      handler: async () => {
        const startedMs = context.now().monoMs;
        const reply = await context.control({ kind: 'status' });
        if (reply.kind !== 'status') return laterProblem(503, 'The controller is busy.', 5);
        const answeredMs = context.now().monoMs - startedMs;
        const { board, boot, clock, storage, rowsWaiting } = reply.status;
        const { machine, reads } = context;
        const { databaseBytes, freeBytes, upSeconds, rssBytes } = machine.measure();
        const { certificate } = machine;
        return ok({
          versions: { sallyport: context.version, node: machine.node, sqlite: machine.sqlite },
          board,
          boot,
          time: {
            at: timeOf(clock.wallMs),
            trust: clock.trust,
            trusted: clock.trust === 'rtc' || clock.trust === 'ntp',
            zone: machine.timeZone,
          },
          storage: { state: storage, rowsWaiting, lastSeq: reads.lastSeq(), databaseBytes, freeBytes },
          threads: { control: { answeredMs }, web: { upSeconds, rssBytes, liveStreams: liveStreams() } },
          counts: {
            users: reads.count('users'),
            credentials: reads.count('credentials'),
            openAlarms: reads.alarms({ open: true, limit: openAlarmsMax }).items.length,
          },
          ...(certificate === undefined
            ? {}
            : {
                certificate: {
                  sha256: certificate.sha256,
                  notAfter: timeOf(certificate.notAfterMs),
                  selfSigned: certificate.selfSigned,
                },
              }),
          warnings: machine.warnings,
        });
      },
    }),
    checkRow(context),
  ];
}

/** What is wrong with a site file, and where. */
export interface SiteFinding {
  readonly line?: number;
  readonly column?: number;
  readonly key: string;
  readonly problem: string;
  readonly remedy: string;
}

const finding = z.strictObject({
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
  key: z.string(),
  problem: z.string(),
  remedy: z.string(),
});

function checkRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/config/check',
    roles: administrators,
    summary: 'Check the text of a site file: every mistake with its line and what to write; changes nothing',
    body: z.strictObject({ yaml: z.string().max(60_000) }),
    response: z.strictObject({ ok: z.boolean(), errors: z.array(finding) }),
    handler: async ({ body }) => {
      const errors = await context.checkSite(body.yaml);
      return errors === undefined
        ? laterProblem(503, 'Another site file is being checked.', 5)
        : ok({ ok: errors.length === 0, errors });
    },
  });
}
