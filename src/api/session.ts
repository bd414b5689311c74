/** Claiming the unit, logging in and out. No account ships: the first operator is made by the one-time code. */
import { z } from 'zod';
import { roles, type StoredOperator, type WriteOp } from '../core/management.js';
import { sameText } from './akuvox/digest.js';
import { loginMs, type newToken, sha256 } from './auth.js';
import { csrfOf, endedCookie, sessionCookie } from './browserSession.js';
import { type Context, write } from './context.js';
import type { Logins } from './logins.js';
import type { Passwords } from './password.js';
import { fieldProblem, type Problem, problem } from './problem.js';
import { type Call, type Caller, noContent, ok, type Reply, type Roles, type Row, row } from './route.js';
import { anyPassword, doorWatchers, loginName, newPassword, operators, weakPassword } from './schemas.js';
import { timeOf } from './times.js';

const role = z.enum(roles);
const session = z.strictObject({ token: z.string(), expires: z.string(), name: z.string(), role });
const browserSession = z.strictObject({
  name: z.string(),
  role,
  mayManage: z.boolean(),
  expires: z.string(),
  /** Send it as X-CSRF-Token with every change; absent for callers by token. */
  csrf: z.string().exactOptional(),
});
/** Whoever logs in: the demo has neither name nor password. */
const people: Roles = ['administrator', 'operator', 'viewer', 'intercom'];
/** Holds the hash of the claim code until somebody has used it. */
export const claimSetting = 'claim-code-hash';

interface Parts {
  readonly context: Context;
  readonly passwords: Passwords;
  readonly logins: Logins;
}

/** A claim code as its hash is made of it: upper case, without spaces and dashes. */
export function normaliseClaimCode(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '');
}

/** The rows about logging in. */
export function sessionRows(context: Context, passwords: Passwords, logins: Logins): readonly Row[] {
  const parts = { context, passwords, logins };
  return [
    row({
      method: 'POST',
      path: '/api/v1/claim',
      roles: 'public',
      summary: 'Make the first administrator with the one-time code printed at first start',
      body: z.strictObject({ code: z.string().min(1).max(64), name: loginName, password: newPassword }),
      response: session,
      status: 201,
      handler: ({ body, address }) => claim(parts, body, address),
    }),
    row({
      method: 'POST',
      path: '/api/v1/login',
      roles: 'public',
      summary: 'Log in; the token is good for 12 hours',
      body: z.strictObject({ name: loginName, password: anyPassword }),
      response: session,
      handler: async ({ body, address }) => {
        const done = await login(parts, body, address);
        return 'problem' in done ? done : ok(sessionView(done.token, done.operator));
      },
    }),
    row({
      method: 'POST',
      path: '/api/v1/logout',
      roles: people,
      summary: 'Revoke the token of this request',
      handler: async ({ caller, by }) => {
        const id = caller?.tokenId ?? '';
        const done = await write(context, by, [{ op: 'delete', collection: 'tokens', id }]);
        return 'problem' in done ? done : { ...noContent, setCookie: endedCookie };
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/me',
      roles: doorWatchers,
      summary: 'Who am I?',
      response: z.strictObject({
        name: z.string(),
        role,
        mayManage: z.boolean(),
        scopes: z.array(z.string()).exactOptional(),
      }),
      handler: ({ caller }) => {
        if (caller === undefined) return problem(401, 'Log in.');
        const { operator: name, role, scopes } = caller;
        const mayManage = operators.includes(role);
        return ok({ name, role, mayManage, ...(scopes === undefined ? {} : { scopes }) });
      },
    }),
    ...browserRows(parts),
    passwordRow(parts),
  ];
}

function browserRows(parts: Parts): readonly Row[] {
  return [
    row({
      method: 'POST',
      path: '/api/v1/session',
      roles: 'public',
      summary:
        'Log a browser in: a session cookie and a CSRF token, for 12 hours (HTTPS, or on this machine)',
      body: z.strictObject({ name: loginName, password: anyPassword }),
      response: browserSession,
      handler: async ({ body, address, secure }) => {
        if (!secure) return problem(403, 'Browsers keep this cookie on HTTPS only: use the https address.');
        const done = await login(parts, body, address);
        if ('problem' in done) return done;
        const { token, operator } = done;
        const shown = {
          ...viewOf({ operator: operator.id, role: operator.role, expiresMs: token.stored.expiresMs }),
          csrf: csrfOf(token.secret),
        };
        return { ...ok(shown), setCookie: sessionCookie(token.secret, loginMs) };
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/session',
      roles: doorWatchers,
      summary: 'The session of this request, and its CSRF token if it came by cookie',
      response: browserSession,
      handler: ({ caller }) => {
        if (caller === undefined) return problem(401, 'Log in.');
        return ok({ ...viewOf(caller), ...(caller.csrf === undefined ? {} : { csrf: caller.csrf }) });
      },
    }),
  ];
}

function viewOf({ operator, role: of, expiresMs }: Pick<Caller, 'operator' | 'role' | 'expiresMs'>) {
  return { name: operator, role: of, mayManage: operators.includes(of), expires: timeOf(expiresMs) };
}

function passwordRow({ context, passwords, logins }: Parts): Row {
  const change = async (
    call: Call<undefined, undefined, { readonly old: string; readonly new: string }>,
    caller: Caller,
  ): Promise<Reply | Problem> => {
    const { body, by, address } = call;
    const operator = await logins.verify(caller.operator, body.old, address);
    if ('problem' in operator) {
      return operator.problem.status === 401 ? fieldProblem('old', 'is not your password', 403) : operator;
    }
    const weak = weakPassword('new', body.new, operator.id);
    if (weak !== undefined) return weak;
    const found = context.reads.get('operators', operator.id);
    const token = context.reads.get('tokens', caller.tokenId)?.body;
    if (found === undefined || token === undefined) return problem(401, 'Log in.');
    const after: StoredOperator = { ...found.body, passwordHash: await passwords.hash(body.new) };
    // A new password ends every login; this one, which knows both, goes on.
    const ops: readonly WriteOp[] = [
      { op: 'put', collection: 'operators', id: after.id, body: after, expect: found.revision },
      { op: 'put', collection: 'tokens', id: token.id, body: token },
    ];
    const done = await write(context, by, ops);
    return 'problem' in done ? done : noContent;
  };
  return row({
    method: 'POST',
    path: '/api/v1/me/password',
    roles: people,
    summary: 'Change your own password; every other login and token of yours ends',
    body: z.strictObject({ old: anyPassword, new: newPassword }),
    handler: (call) => (call.caller === undefined ? problem(401, 'Log in.') : change(call, call.caller)),
  });
}

async function claim(
  { context, passwords, logins }: Parts,
  body: { readonly code: string; readonly name: string; readonly password: string },
  address: string,
): Promise<Reply | Problem> {
  const paused = logins.pause('claim', address);
  if (paused !== undefined) return paused;
  const setting = context.reads.get('settings', claimSetting);
  if (setting === undefined) return problem(409, 'This unit is claimed already. Log in.');
  const right = sameText(String(setting.body.value), sha256(normaliseClaimCode(body.code)));
  if (!right) {
    await logins.failed('claim', address, { cause: 'claim-code' });
    return fieldProblem('code', 'is not the claim code of this unit', 403);
  }
  const weak = weakPassword('password', body.password, body.name);
  if (weak !== undefined) return weak;
  const operator: StoredOperator = {
    id: body.name,
    name: body.name,
    role: 'administrator',
    passwordHash: await passwords.hash(body.password),
    disabled: false,
  };
  // The code goes in the same transaction: of two claims at once, one finds it gone.
  const token = await logins.begin({
    token: { operator: operator.id, role: operator.role },
    address,
    event: 'claimed',
    also: [
      { op: 'delete', collection: 'settings', id: claimSetting, expect: setting.revision },
      { op: 'put', collection: 'operators', id: operator.id, body: operator, expect: 'absent' },
    ],
  });
  if ('problem' in token) {
    return token.problem.status === 404 ? problem(409, 'This unit is claimed already. Log in.') : token;
  }
  return { ...ok(sessionView(token, operator)), status: 201 };
}

async function login(
  { logins }: Parts,
  body: { readonly name: string; readonly password: string },
  address: string,
): Promise<{ readonly token: ReturnType<typeof newToken>; readonly operator: StoredOperator } | Problem> {
  const operator = await logins.verify(body.name, body.password, address);
  if ('problem' in operator) return operator;
  const token = await logins.begin({
    token: { operator: operator.id, role: operator.role },
    address,
    event: 'login',
  });
  return 'problem' in token ? token : { token, operator };
}

function sessionView(token: ReturnType<typeof newToken>, operator: StoredOperator): z.output<typeof session> {
  return {
    token: token.secret,
    expires: timeOf(token.stored.expiresMs),
    name: operator.id,
    role: operator.role,
  };
}
