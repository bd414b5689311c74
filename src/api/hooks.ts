/** Hooks: what is called when something stands in the log. Passwords and the signing key go in and never come out. */
import { z } from 'zod';
import type { OutboundAnswer, OutboundAsk, StoredHook } from '../core/hooks.js';
import { logKinds } from '../core/log.js';
import type { Actor } from '../core/model.js';
import { maskedUrl } from '../core/outgoingUrl.js';
import { collectionRows } from './collection.js';
import { type Context, write } from './context.js';
import { withPasswords } from './outgoingUrls.js';
import { fieldProblem, laterProblem, notFound, type Problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { administrators, id, idParams, ids, outgoingUrl, text } from './schemas.js';
import { timeOf } from './times.js';

const eventKinds = ['*', ...logKinds] as const;
const shown = z.object({
  name: text(1, 128),
  enabled: z.boolean().default(true),
  url: outgoingUrl,
  method: z.enum(['GET', 'POST']).default('POST'),
  events: z.array(z.enum(eventKinds)).min(1).max(eventKinds.length),
  doors: ids(64).default([]),
  body: z.enum(['event', 'template']).default('event'),
  /** Tabs and line breaks are part of a body. */
  template: z.string().max(8_192).default(''),
  contentType: z
    .string()
    .max(128)
    .regex(/^[\w.+-]+\/[\w.+-]+(;\s*[\w-]+=[\w."-]+)*$/, 'must be a media type')
    .default('application/json'),
  basic: z.boolean().default(false),
  certificateSha256: z
    .string()
    .regex(/^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$/, 'is 64 hexadecimal digits')
    .exactOptional(),
});
const fields = shown.extend({
  /** Key of the signature; absent in a replacement = the old one stays, `""` = none any more. */
  secret: z.union([z.literal(''), text(16, 128)]).exactOptional(),
});

const letter = z.strictObject({
  seq: z.int(),
  at: z.string(),
  attempts: z.int(),
  error: z.string(),
});
const state = z.strictObject({
  hook: z.string(),
  throughSeq: z.int(),
  behind: z.int(),
  attempts: z.int(),
  deadLetters: z.int(),
  nextAt: z.string().exactOptional(),
  lastError: z.string().exactOptional(),
});
const sent = z.strictObject({ ok: z.boolean(), error: z.string().exactOptional() });
const letterParams = z.strictObject({ id, seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** The rows about hooks. */
export function hookRows(context: Context): readonly Row[] {
  return [
    ...collectionRows(context, {
      collection: 'hooks',
      path: '/api/v1/hooks',
      noun: 'hook',
      read: administrators,
      change: administrators,
      fields,
      view: shown.extend({ id, signed: z.boolean() }),
      toBody: (key, sentFields, before) => bodyOf(key, sentFields, before),
      toView: ({ secret, ...hook }) => ({
        ...hook,
        url: maskedUrl(hook.url),
        signed: secret !== undefined,
      }),
      toFields: ({ id: _id, secret: _secret, ...rest }) => ({ ...rest, url: maskedUrl(rest.url) }),
    }),
    ...actionRows(context),
    ...letterRows(context),
  ];
}

function bodyOf(
  key: string,
  { secret, ...rest }: z.output<typeof fields>,
  before: StoredHook | undefined,
): StoredHook | Problem {
  if (key.startsWith('zone:')) return fieldProblem('id', 'begins with zone: as those of zone actions do');
  const urls = withPasswords([rest.url], before === undefined ? [] : [before.url]);
  const [url] = 'problem' in urls ? [] : urls;
  if (url === undefined) return fieldProblem('url', 'hides a password that is not known: write it again');
  if (rest.method === 'GET' && rest.body === 'template') {
    return fieldProblem('body', 'a GET has no body; put the variables into the URL');
  }
  const kept = secret === undefined ? before?.secret : secret;
  return { id: key, ...rest, url, ...(kept === undefined || kept === '' ? {} : { secret: kept }) };
}

function actionRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/hook-states',
      roles: administrators,
      summary: 'How far the deliveries of each hook have come, and what hinders them',
      response: z.strictObject({ items: z.array(state) }),
      handler: () =>
        asked(context, { kind: 'hook-states' }, (answer) => {
          if (answer.kind !== 'hook-states') return undefined;
          const items = answer.states.map(({ nextWallMs, ...rest }) =>
            nextWallMs === undefined ? rest : { ...rest, nextAt: timeOf(nextWallMs) },
          );
          return ok({ items });
        }),
    }),
    row({
      method: 'POST',
      path: '/api/v1/hooks/{id}/test',
      roles: administrators,
      summary: 'Send a test event now, and say what the receiver answered',
      params: idParams,
      response: sent,
      handler: ({ params }) => asked(context, { kind: 'hook-test', hook: params.id }, sentReply),
    }),
  ];
}

function letterRows(context: Context): readonly Row[] {
  const path = '/api/v1/hooks/{id}/dead-letters';
  return [
    row({
      method: 'GET',
      path,
      roles: administrators,
      summary: 'Events that were given up for this hook, oldest first; the log still has them',
      params: idParams,
      query: z.strictObject({
        cursor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      response: z.strictObject({ items: z.array(letter), next: z.string().exactOptional() }),
      handler: ({ params, query }) => {
        const after = query.cursor === undefined ? {} : { after: query.cursor };
        const ask: OutboundAsk = { kind: 'dead-letters', hook: params.id, limit: query.limit, ...after };
        return asked(context, ask, (answer) => {
          if (answer.kind !== 'dead-letters') return undefined;
          const items = answer.items.map(({ wallMs, ...rest }) => ({ ...rest, at: timeOf(wallMs) }));
          const last = items.at(-1);
          const more = items.length < query.limit || last === undefined ? {} : { next: String(last.seq) };
          return ok({ items, ...more });
        });
      },
    }),
    row({
      method: 'POST',
      path: `${path}/{seq}/retry`,
      roles: administrators,
      summary: 'Try a dead letter once more; when it is taken it leaves the list',
      params: letterParams,
      response: sent,
      handler: async ({ params: { id: hook, seq }, by }) => {
        const done = await asked(context, { kind: 'dead-letter-retry', hook, seq }, sentReply);
        return noted(context, by, done, 'dead-letter-retried', { hook, seq });
      },
    }),
    row({
      method: 'DELETE',
      path: `${path}/{seq}`,
      roles: administrators,
      summary: 'Forget a dead letter',
      params: letterParams,
      handler: async ({ params: { id: hook, seq }, by }) => {
        const done = await asked(context, { kind: 'dead-letter-drop', hook, seq }, ({ kind }) =>
          kind === 'done' ? noContent : undefined,
        );
        return noted(context, by, done, 'dead-letter-dropped', { hook, seq });
      },
    }),
  ];
}

/** What was done with a letter stands in the log. */
async function noted(
  context: Context,
  by: Actor,
  done: Reply | Problem,
  event: 'dead-letter-retried' | 'dead-letter-dropped',
  detail: { readonly hook: string; readonly seq: number },
): Promise<Reply | Problem> {
  if ('problem' in done) return done;
  const row = await write(context, by, [], event, detail);
  return 'problem' in row ? row : done;
}

function sentReply(answer: OutboundAnswer): Reply | undefined {
  if (answer.kind !== 'sent') return undefined;
  return ok({ ok: answer.ok, ...(answer.error === undefined ? {} : { error: answer.error }) });
}

/** Asks the outbound thread by way of control; `reply` says what its answer is to the client. */
async function asked(
  context: Context,
  ask: OutboundAsk,
  reply: (answer: OutboundAnswer) => Reply | undefined,
): Promise<Reply | Problem> {
  const answered = await context.control({ kind: 'outbound', ask });
  const unavailable = laterProblem(503, 'Nothing is sent at the moment. Try again.', 10);
  if (answered.kind !== 'outbound') return unavailable;
  if (answered.answer.kind === 'missing') return notFound('such hook or dead letter');
  return reply(answered.answer) ?? unavailable;
}
