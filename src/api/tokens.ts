/** Tokens for scripts and devices, and the logins there are. The secret is shown once, when it is made. */
import { z } from 'zod';
import { type Revised, roles, type StoredToken } from '../core/management.js';
import { commonRole, coversScope, newToken, tidyOps, tokensMax, tokensOf } from './auth.js';
import { type Context, write } from './context.js';
import { fieldProblem, notFound, type Problem, problem } from './problem.js';
import { type Caller, localTokenHash, noContent, ok, type Row, row, scopeOf } from './route.js';
import { id, idParams, pageOf, pageQuery, revision, text } from './schemas.js';
import { timeOf } from './times.js';

const dayMs = 86_400_000;
const view = z.strictObject({
  id: z.string(),
  /** `login` for what a login made. */
  kind: z.enum(['token', 'login']),
  name: z.string(),
  operator: z.string(),
  role: z.enum(roles),
  scopes: z.array(z.string()).exactOptional(),
  created: z.string(),
  expires: z.string(),
  expired: z.boolean(),
  /** The token of this very request. */
  current: z.boolean(),
  revision,
});
const managing = ['administrator', 'operator', 'viewer'] as const;

/** The rows about tokens; `others` are all other rows of the table, whose scopes a token may be made for. */
export function tokenRows(context: Context, others: readonly Row[]): readonly Row[] {
  const path = '/api/v1/tokens';
  const scopes = [...new Set(others.flatMap((one) => scopeOf(one) ?? []))].sort();
  const scope = z.enum([...scopes, 'tokens:read', 'tokens:write']);
  return [
    row({
      method: 'GET',
      path,
      roles: managing,
      summary: 'Your tokens and logins; an administrator sees those of all',
      query: pageQuery.extend({ operator: z.string().min(1).max(64).optional() }).strict(),
      response: pageOf(view),
      handler: ({ query, caller }) => {
        const mine = caller?.role === 'administrator' ? query.operator : caller?.operator;
        const found = tokensOf(context, mine).filter(({ id }) => id > (query.cursor ?? ''));
        const items = found.slice(0, query.limit).flatMap((one) => context.reads.get('tokens', one.id) ?? []);
        const last = found.length > query.limit ? items.at(-1)?.body.id : undefined;
        return ok({
          items: items.map((one) => viewOf(context, one, caller)),
          ...(last === undefined ? {} : { next: last }),
        });
      },
    }),
    makeRow(context, path, scope),
    row({
      method: 'DELETE',
      path: `${path}/{id}`,
      roles: managing,
      summary: 'Revoke a token or end a login: your own, or as an administrator anybody’s',
      params: idParams,
      handler: async ({ params, caller, by }) => {
        const found = context.reads.get('tokens', params.id);
        const mine = caller?.role === 'administrator' || found?.body.operator === caller?.operator;
        if (found === undefined || !mine) return notFound('token');
        const done = await write(context, by, [{ op: 'delete', collection: 'tokens', id: params.id }]);
        return 'problem' in done ? done : noContent;
      },
    }),
  ];
}

function makeRow(context: Context, path: string, scope: z.ZodType<string>): Row {
  return row({
    method: 'POST',
    path,
    roles: managing,
    summary:
      'Make a token of yours, or as an administrator of anybody, for a script or device; `token` is shown this once',
    body: z.strictObject({
      name: text(1, 128),
      /** Whose it is; you unless told. */
      operator: id.exactOptional(),
      /** Your own unless told, or a lower one. */
      role: z.enum(['administrator', 'operator', 'viewer', 'intercom']).exactOptional(),
      /** What of the role it may use; absent = all. `write` includes `read`. */
      scopes: z.array(scope).min(1).max(64).exactOptional(),
      days: z.int().min(1).max(1_826).default(90),
    }),
    response: view.extend({ token: z.string() }).strict(),
    status: 201,
    handler: async ({ body, caller, by }) => {
      if (caller === undefined) return problem(401, 'Log in.');
      const owner = ownerOf(context, caller, body.operator);
      if ('problem' in owner) return owner;
      const refused = tooMuch(owner, body) ?? tooMany(context, owner);
      if (refused !== undefined) return refused;
      const scopes = body.scopes ?? caller.scopes;
      const { secret, stored } = newToken(context, {
        operator: owner.operator,
        role: body.role ?? owner.role,
        lifeMs: body.days * dayMs,
        name: body.name,
        ...(scopes === undefined ? {} : { scopes }),
      });
      const ops = tidyOps(context, owner.operator, caller.tokenId);
      const done = await write(context, by, [
        ...ops,
        { op: 'put', collection: 'tokens', id: stored.id, body: stored, expect: 'absent' },
      ]);
      if ('problem' in done) return done;
      const shown = viewOf(context, { body: stored, revision: 1 }, caller);
      return {
        status: 201,
        body: { ...shown, token: secret },
        revision: 1,
        location: `${path}/${stored.id}`,
      };
    },
  });
}

/** Whose a new token is, and what of it the caller may hand out. A token of nobody would let nobody in. */
function ownerOf(
  { reads }: Context,
  caller: Caller,
  named: string | undefined,
): Pick<Caller, 'operator' | 'role' | 'scopes'> | Problem {
  const operator = named ?? caller.operator;
  const found = reads.get('operators', operator)?.body;
  if (operator !== caller.operator && caller.role !== 'administrator') {
    return fieldProblem('operator', 'is somebody else: administrators make tokens of others', 403);
  }
  if (named === undefined && caller.tokenHash !== localTokenHash) return caller;
  if (found === undefined || found.disabled) return fieldProblem('operator', 'names nobody who may log in');
  const role = commonRole(caller.role, found.role);
  if (role === undefined) return fieldProblem('operator', 'has a role that yours does not cover', 403);
  return { operator, role, ...(caller.scopes === undefined ? {} : { scopes: caller.scopes }) };
}

/** Nobody hands out more than he holds. */
function tooMuch(
  caller: Pick<Caller, 'role' | 'scopes'>,
  body: { readonly role?: StoredToken['role']; readonly scopes?: readonly string[] },
): Problem | undefined {
  if (body.role !== undefined && commonRole(caller.role, body.role) !== body.role) {
    return fieldProblem('role', `is more than the role ${caller.role}`, 403);
  }
  const beyond = (body.scopes ?? []).findIndex((one) => !coversScope(caller.scopes, one));
  return beyond < 0 ? undefined : fieldProblem(`scopes.${beyond}`, 'is more than this token has', 403);
}

/** A script's token is never pushed out by another: the next is refused. */
function tooMany(context: Context, { operator }: Pick<Caller, 'operator'>): Problem | undefined {
  const nowMs = context.now().wallMs;
  const live = tokensOf(context, operator).filter((one) => one.name !== undefined && one.expiresMs > nowMs);
  return live.length < tokensMax
    ? undefined
    : problem(409, `${operator} has ${tokensMax} tokens. Revoke one that is not needed any more.`);
}

function viewOf(
  context: Context,
  { body, revision: made }: Revised<StoredToken>,
  caller: Caller | undefined,
): z.output<typeof view> {
  const { id, name, operator, role, scopes, createdMs, expiresMs } = body;
  return {
    id,
    kind: name === undefined ? 'login' : 'token',
    name: name ?? '',
    operator,
    role,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    created: timeOf(createdMs),
    expires: timeOf(expiresMs),
    expired: expiresMs <= context.now().wallMs,
    current: id === caller?.tokenId,
    revision: made,
  };
}
