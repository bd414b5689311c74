/** Backups: made, listed, fetched, brought here, restored. A passphrase goes in and is kept nowhere. */
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import type { BackupAnswer, BackupAsk } from '../core/backups.js';
import { defaultBackupSettings } from '../core/backups.js';
import type { Revised, StoredSetting } from '../core/management.js';
import type { Actor } from '../core/model.js';
import { precondition } from './collection.js';
import { type Context, write } from './context.js';
import { pieces } from './file.js';
import { fieldProblem, laterProblem, notFound, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { administrators, revision } from './schemas.js';
import { timeOf } from './times.js';

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
const passphraseId = 'backup-passphrase';

/** The rows about backups. */
export function backupRows(context: Context): readonly Row[] {
  return [
    ...makingRows(context),
    ...fileRows(context),
    ...settingRows(context),
    ...passphraseRows(context),
    restoreRow(context),
  ];
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
  /** Two at once would be written to one file. */
  let receiving = false;
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'Fetch a backup',
      params: nameParams,
      response: z.string().describe('application/octet-stream: the encrypted file'),
      stream: async ({ params, by }, response) => {
        const found = context.backups.open(params.name);
        if (found === undefined) return notFound('such backup');
        const noted = await write(context, by, [], 'backup-fetched', { name: params.name });
        if ('problem' in noted) {
          found.stream.destroy();
          return noted;
        }
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
      stream: async ({ params, by }, response) => {
        if (receiving) return laterProblem(503, 'Another backup is being brought here.', 10);
        receiving = true;
        return receive(context, params.name, by, response).finally(() => {
          receiving = false;
        });
      },
    }),
  ];
}

async function receive(
  context: Context,
  file: string,
  by: Actor,
  response: Response,
): Promise<Reply | Problem> {
  switch (await context.backups.store(file, pieces(response.req))) {
    case 'stored': {
      const noted = await write(context, by, [], 'backup-received', { name: file });
      return 'problem' in noted ? noted : noContent;
    }
    case 'exists':
      return fieldProblem('name', 'there is a backup of this name already', 409);
    case 'no-room':
      return problem(413, 'There is no room for this backup: some of the disk is kept for the log.');
    case 'broken':
      return problem(400, 'The file did not arrive whole.');
  }
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
        const { body, revision: made } = stored(context, settingId);
        return ok({ ...settings.parse(body.value), revision: made }, made);
      },
    }),
    row({
      method: 'PUT',
      path: '/api/v1/backup-settings',
      roles: administrators,
      ifMatch: true,
      summary: 'Set when backups are made by themselves, and how many are kept (If-Match)',
      body: settings,
      handler: async ({ body, by, ifMatch }) => {
        const before = stored(context, settingId);
        const refusal = precondition({ ifMatch }, before, 'settings');
        if (refusal !== undefined) return refusal;
        const done = await writeSetting(context, by, before, body);
        return 'problem' in done ? done : noContent;
      },
    }),
  ];
}

/** The passphrase itself is kept nowhere; the setting says when it was set, and makes two who set one know of each other. */
function passphraseRows(context: Context): readonly Row[] {
  const path = '/api/v1/backup-passphrase';
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'Whether a passphrase for backups is set; its revision is what a change names',
      response: z.strictObject({ set: z.boolean(), revision }),
      handler: () =>
        asked(context, { kind: 'list' }, (answer) => {
          if (answer.kind !== 'list') return undefined;
          const { revision: made } = stored(context, passphraseId);
          return ok({ set: answer.passphraseSet, revision: made }, made);
        }),
    }),
    row({
      method: 'PUT',
      path,
      roles: administrators,
      ifMatch: true,
      summary:
        'Set the passphrase that opens the backups made from now on (If-Match); without one none are made',
      body: z.strictObject({ passphrase: newPassphrase }),
      handler: async ({ body, by, ifMatch }) => {
        const before = stored(context, passphraseId);
        const refusal = precondition({ ifMatch }, before, 'passphrase');
        if (refusal !== undefined) return refusal;
        // The row first: of two who set one at the same time the second is refused before anything is done.
        const done = await writeSetting(context, by, before, { setAt: timeOf(context.now().wallMs) });
        if ('problem' in done) return done;
        return asked(context, { kind: 'passphrase', passphrase: body.passphrase, by }, (answer) =>
          answer.kind === 'done' ? noContent : undefined,
        );
      },
    }),
  ];
}

/** As stored; until somebody has set it, revision 0. */
function stored({ reads }: Context, id: string): Revised<StoredSetting> {
  return reads.get('settings', id) ?? { revision: 0, body: { id, value: {} } };
}

function writeSetting(
  context: Context,
  by: Actor,
  { revision: made, body }: Revised<StoredSetting>,
  value: StoredSetting['value'],
) {
  const { id } = body;
  const expect = made === 0 ? 'absent' : made;
  return write(context, by, [{ op: 'put', collection: 'settings', id, body: { id, value }, expect }]);
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
