/** Backups: made, listed, fetched, brought here, restored. A passphrase goes in and is kept nowhere. */
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import type { BackupAnswer, BackupAsk } from '../core/backups.js';
import { defaultBackupSettings } from '../core/backups.js';
import type { Revised, StoredSetting } from '../core/management.js';
import { precondition } from './collection.js';
import { type Context, write } from './context.js';
import { fieldProblem, laterProblem, notFound, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { sendProblem } from './router.js';
import { administrators, revision } from './schemas.js';

const name = z.string().regex(/^sallyport-\d{8}T\d{6}Z\.backup$/, 'is the name of a backup');
const nameParams = z.strictObject({ name });
const entry = z.strictObject({ name: z.string(), bytes: z.int() });
const settings = z.strictObject({
  daily: z.boolean().default(defaultBackupSettings.daily),
  hour: z.int().min(0).max(23).default(defaultBackupSettings.hour),
  keep: z.int().min(1).max(365).default(defaultBackupSettings.keep),
});
/** Whoever holds a backup may try passphrases for years: longer than a login's. */
const newPassphrase = z.string().min(12).max(256);
const settingId = 'backup';

/** The rows about backups. */
export function backupRows(context: Context): readonly Row[] {
  return [...makingRows(context), ...fileRows(context), ...settingRows(context), restoreRow(context)];
}

function makingRows(context: Context): readonly Row[] {
  const path = '/api/v1/backups';
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'The backups on this controller, newest first',
      response: z.strictObject({
        items: z.array(entry),
        passphraseSet: z.boolean(),
        lastError: z.string().exactOptional(),
      }),
      handler: () =>
        asked(context, { kind: 'list' }, (answer) => {
          if (answer.kind !== 'list') return undefined;
          const { kind: _kind, ...rest } = answer;
          return ok(rest);
        }),
    }),
    row({
      method: 'POST',
      path,
      roles: administrators,
      summary: 'Make a backup now: one encrypted file, while everything runs',
      response: entry,
      status: 201,
      handler: ({ by }) =>
        asked(context, { kind: 'make', by }, (answer) =>
          answer.kind === 'made'
            ? { status: 201, body: answer.entry, location: `${path}/${answer.entry.name}` }
            : undefined,
        ),
    }),
  ];
}

function fileRows(context: Context): readonly Row[] {
  const path = '/api/v1/backups/{name}';
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'Fetch a backup',
      params: nameParams,
      response: z.string().describe('application/octet-stream: the encrypted file'),
      stream: ({ params }, response) => {
        const found = context.backups.open(params.name);
        if (found === undefined) return notFound('such backup');
        response.writeHead(200, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': String(found.bytes),
          'Content-Disposition': `attachment; filename="${params.name}"`,
          'Cache-Control': 'no-store',
        });
        pipeline(found.stream, response).catch(() => response.destroy());
        return undefined;
      },
    }),
    row({
      method: 'PUT',
      path,
      roles: administrators,
      summary: 'Bring a backup here, to restore it',
      params: nameParams,
      accepts: { type: 'application/octet-stream', what: 'the encrypted file, as it was fetched' },
      stream: ({ params }, response) => {
        receive(context, params.name, response).catch((error: unknown) => {
          context.log.error({ err: error }, 'backup not received');
          response.destroy();
        });
        return undefined;
      },
    }),
  ];
}

async function receive(context: Context, file: string, response: Response): Promise<void> {
  const stored = await context.backups.store(file, response.req);
  if (stored === 'stored') response.status(204).end();
  else if (stored === 'exists')
    sendProblem(response, fieldProblem('name', 'there is a backup of this name already', 409));
  else if (stored === 'too-large') sendProblem(response, problem(413, 'There is no room for this backup.'));
  else sendProblem(response, problem(400, 'The file did not arrive whole.'));
}

function settingRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/backup-settings',
      roles: administrators,
      summary: 'When backups are made by themselves, and how many are kept',
      response: settings.extend({ revision }).strict(),
      handler: () => {
        const { body, revision: made } = storedSettings(context);
        return ok({ ...settings.parse(body.value), revision: made }, made);
      },
    }),
    row({
      method: 'PUT',
      path: '/api/v1/backup-settings',
      roles: administrators,
      summary: 'Set when backups are made by themselves, and how many are kept (If-Match)',
      body: settings,
      handler: async ({ body, by, ifMatch }) => {
        const before = storedSettings(context);
        const refusal = precondition({ ifMatch }, before, 'settings');
        if (refusal !== undefined) return refusal;
        const setting = { id: settingId, value: body };
        const expect = before.revision === 0 ? 'absent' : before.revision;
        const put = { op: 'put', collection: 'settings', id: settingId, body: setting, expect } as const;
        const done = await write(context, by, [put]);
        return 'problem' in done ? done : noContent;
      },
    }),
    row({
      method: 'PUT',
      path: '/api/v1/backup-passphrase',
      roles: administrators,
      summary: 'Set the passphrase that opens the backups made from now on; without one none are made',
      body: z.strictObject({ passphrase: newPassphrase }),
      handler: ({ body, by }) =>
        asked(context, { kind: 'passphrase', passphrase: body.passphrase, by }, (answer) =>
          answer.kind === 'done' ? noContent : undefined,
        ),
    }),
  ];
}

/** As stored; until somebody has set them, revision 0. */
function storedSettings({ reads }: Context): Revised<StoredSetting> {
  return reads.get('settings', settingId) ?? { revision: 0, body: { id: settingId, value: {} } };
}

function restoreRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/restores',
    roles: administrators,
    summary: 'Restore a backup: proved whole, then put in place, then the controller starts again on it',
    body: z.strictObject({ name, passphrase: z.string().min(1).max(256) }),
    response: z.strictObject({
      madeAt: z.string(),
      throughSeq: z.int(),
      /** What belongs outside the data folder (the site file, supplied certificates): now in its `from-backup`. */
      outside: z.array(z.string()),
    }),
    handler: ({ body, by }) =>
      asked(context, { kind: 'restore', ...body, by }, (answer) =>
        answer.kind === 'restoring'
          ? ok({ madeAt: answer.madeAt, throughSeq: answer.throughSeq, outside: answer.outside })
          : undefined,
      ),
  });
}

async function asked(
  context: Context,
  ask: BackupAsk,
  reply: (answer: BackupAnswer) => Reply | undefined,
): Promise<Reply | Problem> {
  const answered = await context.control({ kind: 'backup', ask });
  const busy = laterProblem(503, 'Another backup or restore is being worked on.', 30);
  if (answered.kind !== 'backup') return busy;
  const { answer } = answered;
  if (answer.kind === 'missing') return notFound('such backup');
  if (answer.kind === 'failed') return problem(409, `Nothing was changed: ${answer.error}`);
  return reply(answer) ?? busy;
}
