/** Claiming the unit, logging in and out. No account ships: the first operator is made by the one-time code. */
import { z } from 'zod';
import type { Json } from '../core/log.js';
import type { StoredOperator } from '../core/management.js';
import { sameText } from './akuvox/digest.js';
import { newToken, sha256 } from './auth.js';
import { type BackOff, createBackOff } from './backOff.js';
import { type Context, write } from './context.js';
import type { Passwords } from './password.js';
import { laterProblem, type Problem, problem } from './problem.js';
import { noContent, ok, type Reply, type Row, row } from './route.js';
import { createRowBound, type RowBound } from './rowBound.js';
import { operators, readers, text } from './schemas.js';
import { timeOf } from './times.js';

/** The login name: folded to lower case, so that no two look alike by case. */
const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._@-]*$/i, 'may have letters, digits and . _ @ -')
  .transform((text) => text.toLowerCase());
const newPassword = text(8, 128);
const anyPassword = z.string().min(1).max(128);
const session = z.strictObject({
  token: z.string(),
  expires: z.string(),
  name: z.string(),
  role: z.enum(['administrator', 'operator', 'viewer', 'demo']),
});
const claimSetting = 'claim-code-hash';

interface Parts {
  readonly context: Context;
  readonly passwords: Passwords;
  readonly backOff: BackOff;
  readonly rows: RowBound;
}

/** A claim code as its hash is made of it: upper case, without spaces and dashes. */
export function normaliseClaimCode(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '');
}

/** The rows about logging in. */
export function sessionRows(context: Context, passwords: Passwords): readonly Row[] {
  const parts = { context, passwords, backOff: createBackOff(), rows: createRowBound(10, 60_000) };
  return [
    row({
      method: 'POST',
      path: '/api/v1/claim',
      roles: 'public',
      summary: 'Make the first administrator with the one-time code printed at first start',
      body: z.strictObject({ code: z.string().min(1).max(64), name, password: newPassword }),
      response: session,
      status: 201,
      handler: ({ body, address }) => claim(parts, body, address),
    }),
    row({
      method: 'POST',
      path: '/api/v1/login',
      roles: 'public',
      summary: 'Log in; the token is good for 12 hours',
      body: z.strictObject({ name, password: anyPassword }),
      response: session,
      handler: ({ body, address }) => login(parts, body, address),
    }),
    row({
      method: 'POST',
      path: '/api/v1/logout',
      roles: readers,
      summary: 'Revoke the token of this request',
      handler: async ({ caller, by }) => {
        const id = caller?.tokenId ?? '';
        const done = await write(context, by, [{ op: 'delete', collection: 'tokens', id }]);
        if ('problem' in done) return done;
        return noContent;
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/me',
      roles: readers,
      summary: 'Who am I?',
      response: z.strictObject({ name: z.string(), role: session.shape.role, mayManage: z.boolean() }),
      handler: ({ caller }) =>
        caller === undefined
          ? problem(401, 'Log in.')
          : ok({ name: caller.operator, role: caller.role, mayManage: operators.includes(caller.role) }),
    }),
  ];
}

async function claim(
  { context, passwords, backOff, rows }: Parts,
  body: { readonly code: string; readonly name: string; readonly password: string },
  address: string,
): Promise<Reply | Problem> {
  const key = `claim ${address}`;
  const waitSeconds = backOff.waitSeconds(key, context.now().monoMs);
  if (waitSeconds > 0) return laterProblem(429, 'Too many wrong codes from this address.', waitSeconds);
  const setting = context.reads.get('settings', claimSetting);
  if (setting === undefined) return problem(409, 'This unit is claimed already. Log in.');
  const right = sameText(String(setting.body.value), sha256(normaliseClaimCode(body.code)));
  if (!right) {
    backOff.failed(key, context.now().monoMs);
    await noteFailure(context, rows, address, { cause: 'claim-code' });
    return problem(403, 'This is not the claim code of this unit.');
  }
  const operator: StoredOperator = {
    id: body.name,
    name: body.name,
    role: 'administrator',
    passwordHash: await passwords.hash(body.password),
    disabled: false,
  };
  const token = newToken(context, operator.id, operator.role);
  const by = { kind: 'operator', operator: operator.id, address } as const;
  // The code goes in the same transaction: of two claims at once, one finds it gone.
  const done = await write(
    context,
    by,
    [
      { op: 'delete', collection: 'settings', id: claimSetting, expect: setting.revision },
      { op: 'put', collection: 'operators', id: operator.id, body: operator, expect: 'absent' },
      { op: 'put', collection: 'tokens', id: token.stored.id, body: token.stored, expect: 'absent' },
    ],
    'claimed',
    { operator: operator.id, address },
  );
  if ('problem' in done) {
    return done.problem.status === 404 ? problem(409, 'This unit is claimed already. Log in.') : done;
  }
  return { ...ok(sessionView(token, operator)), status: 201 };
}

async function login(
  { context, passwords, backOff, rows }: Parts,
  body: { readonly name: string; readonly password: string },
  address: string,
): Promise<Reply | Problem> {
  const key = `login ${body.name} ${address}`;
  const waitSeconds = backOff.waitSeconds(key, context.now().monoMs);
  if (waitSeconds > 0) return laterProblem(429, 'Too many wrong logins.', waitSeconds);
  const found = context.reads.get('operators', body.name)?.body;
  const operator = found?.disabled === false ? found : undefined;
  // Counted before the slow part, else many tries at once would all pass the gate above.
  backOff.failed(key, context.now().monoMs);
  const right = await passwords.verify(body.password, operator?.passwordHash);
  if (right === undefined) return laterProblem(503, 'Too many logins at once.', 5);
  if (!right || operator === undefined) {
    await noteFailure(context, rows, address, { name: body.name, cause: 'password' });
    return problem(401, 'Name or password is wrong.');
  }
  backOff.succeeded(key);
  const token = newToken(context, operator.id, operator.role);
  const by = { kind: 'operator', operator: operator.id, address } as const;
  const done = await write(
    context,
    by,
    [{ op: 'put', collection: 'tokens', id: token.stored.id, body: token.stored, expect: 'absent' }],
    'login',
    { operator: operator.id, address },
  );
  return 'problem' in done ? done : ok(sessionView(token, operator));
}

/** A row for a failed login; bounded for each address. */
async function noteFailure(
  context: Context,
  rows: RowBound,
  address: string,
  of: { readonly [key: string]: Json },
): Promise<void> {
  const heldBack = rows(address, context.now().monoMs);
  if (heldBack === undefined) return;
  const detail = { ...of, address, ...(heldBack === 0 ? {} : { heldBack }) };
  context.log.warn(detail, 'login failed');
  const reply = await context.control({
    kind: 'write',
    write: { by: { kind: 'system' }, ops: [], event: 'login-failed', detail },
  });
  if (reply.kind !== 'written' || !reply.result.ok)
    context.log.error(detail, 'row of a failed login not written');
}

function sessionView(token: ReturnType<typeof newToken>, operator: StoredOperator): z.output<typeof session> {
  return {
    token: token.secret,
    expires: timeOf(token.stored.expiresMs),
    name: operator.id,
    role: operator.role,
  };
}
