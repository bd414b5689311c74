/**
 * Credentials of users. What is presented at the door goes in once and comes out masked; a PIN never comes out.
 * A credential's value is never changed: it is deleted and made anew, so that the log tells one from the other.
 */
import { z } from 'zod';
import type { Revised, StoredCredential, WriteOp } from '../core/management.js';
import type { Actor } from '../core/model.js';
import { deleteRow, precondition } from './collection.js';
import { type Context, newId, write } from './context.js';
import { lookupRow } from './credentialLookup.js';
import { newCredential, type Secret, secretField, secretOf, serving } from './credentialSecret.js';
import { credentialView, manages, maskedOf } from './credentialView.js';
import { fieldProblem, notFound, type Problem } from './problem.js';
import { type Caller, ok, type Reply, type Row, row } from './route.js';
import { id, idParams, operators, pageOf, pageQuery, readers } from './schemas.js';

/** Whole only here, and only for those who manage people. */
const wholeView = credentialView.extend({
  hex: z.string().exactOptional(),
  facility: z.int().exactOptional(),
  number: z.string().exactOptional(),
  code: z.string().exactOptional(),
});

/** The rows about credentials. */
export function credentialRows(context: Context): readonly Row[] {
  const path = '/api/v1/credentials';
  const single = `${path}/{id}`;
  return [
    listRow(context, path),
    lookupRow(context),
    createRow(context, path),
    row({
      method: 'GET',
      path: single,
      roles: readers,
      summary: 'One credential; a card or code is shown whole to those who manage people, a PIN to nobody',
      params: idParams,
      response: wholeView,
      handler: ({ params, caller }) => {
        const found = context.reads.get('credentials', params.id);
        if (found === undefined) return notFound('credential');
        return ok(manages(caller) ? wholeOf(found) : maskedOf(found, caller), found.revision);
      },
    }),
    patchRow(context, single),
    deleteRow(context, {
      collection: 'credentials',
      path: single,
      noun: 'credential',
      roles: operators,
      params: idParams,
    }),
  ];
}

function listRow(context: Context, path: string): Row {
  return row({
    method: 'GET',
    path,
    roles: readers,
    summary: 'Credentials, masked, a page at a time; of one user if told',
    query: pageQuery.extend({ user: id.optional() }).strict(),
    response: pageOf(credentialView),
    handler: ({ query, caller }) => {
      const page = context.reads.list('credentials', {
        limit: query.limit,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
        ...(query.user === undefined ? {} : { user: query.user }),
      });
      const items = page.items.map((found) => maskedOf(found, caller));
      return ok({ items, ...(page.next === undefined ? {} : { next: page.next }) });
    },
  });
}

function createRow(context: Context, path: string): Row {
  return row({
    method: 'POST',
    path,
    roles: operators,
    summary:
      'Give a user a card (format, facility and number; hex; bits as sent; or as printed), a PIN, or a code',
    body: newCredential,
    response: credentialView,
    status: 201,
    handler: async ({ body, by, caller }) => {
      const secret = secretOf(context, body);
      if ('problem' in secret) return secret;
      const { id: key = newId(context), user, kind, status, usesLeft, duress } = body;
      const stored = storedOf({ id: key, user, kind, status }, secret, { usesLeft, duress });
      return giveCredential(context, { by, caller, stored, field: secretField(body) });
    },
  });
}

/** A credential as it is stored: absent what is not so. */
export function storedOf(
  base: Pick<StoredCredential, 'id' | 'user' | 'kind' | 'status'>,
  secret: Secret,
  {
    usesLeft,
    duress,
  }: { readonly usesLeft?: number | undefined; readonly duress?: boolean | undefined } = {},
): StoredCredential {
  return {
    ...base,
    ...secret,
    ...(usesLeft === undefined ? {} : { usesLeft }),
    ...(duress === true ? { duress } : {}),
  };
}

/** Stores a new credential, in one write with what comes before it, and answers with it. */
export async function giveCredential(
  context: Context,
  of: {
    readonly by: Actor;
    readonly caller: Caller | undefined;
    readonly stored: StoredCredential;
    /** Where the client wrote what is presented, to name it in a conflict. */
    readonly field: string;
    readonly before?: readonly WriteOp[];
  },
): Promise<Reply | Problem> {
  const { stored, before = [] } = of;
  const done = await write(context, of.by, [
    ...before,
    { op: 'put', collection: 'credentials', id: stored.id, body: stored, expect: 'absent' },
  ]);
  if ('problem' in done) return renamed(done, of.field);
  const shown = maskedOf({ body: stored, revision: done.revisions.at(-1) ?? 1 }, of.caller);
  const location = `/api/v1/credentials/${stored.id}`;
  return { status: 201, body: shown, revision: shown.revision, location };
}

function patchRow(context: Context, single: string): Row {
  return row({
    method: 'PATCH',
    path: single,
    roles: operators,
    ifMatch: true,
    summary: 'Change how a credential serves (If-Match); null takes the limit of its uses away (RFC 7396)',
    params: idParams,
    body: z.strictObject({
      status: serving.status.exactOptional(),
      usesLeft: z.union([serving.usesLeft, z.null()]).exactOptional(),
      duress: serving.duress.exactOptional(),
    }),
    response: credentialView,
    handler: async (call) => {
      const before = context.reads.get('credentials', call.params.id);
      const refusal = precondition(call, before, 'credential');
      if (refusal !== undefined || before === undefined) return refusal ?? notFound('credential');
      const { usesLeft: usesBefore, duress: duressBefore, ...rest } = before.body;
      const { status = rest.status, usesLeft = usesBefore, duress = duressBefore } = call.body;
      const kept = { ...rest, status };
      const body = storedOf(kept, kept, { usesLeft: usesLeft ?? undefined, duress });
      const done = await write(context, call.by, [
        { op: 'put', collection: 'credentials', id: body.id, body, expect: before.revision },
      ]);
      if ('problem' in done) return done;
      const [made = before.revision + 1] = done.revisions;
      return ok(maskedOf({ body, revision: made }, call.caller), made);
    },
  });
}

/** Storage knows a `secret`; the client sent a number, hex digits, bits, a PIN or a code. */
function renamed(of: Problem, field: string): Problem {
  const [first] = of.problem.errors ?? [];
  if (first === undefined || first.field !== 'secret') return of;
  return fieldProblem(field, first.message, of.problem.status);
}

function wholeOf(found: Revised<StoredCredential>): z.output<typeof wholeView> {
  const { kind, secret, facility, number, duress = false } = found.body;
  return {
    ...maskedOf(found, undefined),
    duress,
    ...(kind === 'card' ? { hex: secret } : {}),
    ...(kind === 'code' ? { code: secret } : {}),
    ...(facility === undefined ? {} : { facility }),
    ...(number === undefined ? {} : { number }),
  };
}
