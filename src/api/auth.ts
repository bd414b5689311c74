/**
 * Who calls: Bearer tokens and browser sessions are the same thing, 256 random bits stored as SHA-256 only, one in
 * a header and one in a cookie. Token and operator are looked up at each request, so that revoking, disabling and
 * lowering a role hold at once.
 */
import { createHash } from 'node:crypto';
import type { Role, StoredToken, WriteOp } from '../core/management.js';
import { csrfOf, sessionToken } from './browserSession.js';
import { type Context, newId } from './context.js';
import type { Caller } from './route.js';

/** How long a login lasts. */
export const loginMs = 12 * 60 * 60_000;

/** What of a request says who sends it. */
export interface CallerHeaders {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/** The caller a request stands for; undefined = none, malformed, unknown, expired or revoked. */
export function callerOf(context: Context, { authorization, cookie }: CallerHeaders): Caller | undefined {
  if (authorization !== undefined) {
    const token = /^Bearer ([\w-]{43})$/i.exec(authorization)?.[1];
    return token === undefined ? undefined : callerByHash(context, sha256(token));
  }
  const token = sessionToken(cookie);
  const caller = token === undefined ? undefined : callerByHash(context, sha256(token));
  return token === undefined || caller === undefined ? undefined : { ...caller, csrf: csrfOf(token) };
}

/** The caller behind a token's hash while that token is good, with no more than the operator's present role. */
export function callerByHash(context: Context, hash: string): Caller | undefined {
  const stored = context.reads.tokenByHash(hash)?.body;
  if (stored === undefined || stored.expiresMs <= context.now().wallMs) return undefined;
  const operator = context.reads.get('operators', stored.operator)?.body;
  const role = operator?.disabled === false ? commonRole(stored.role, operator.role) : undefined;
  if (role === undefined) return undefined;
  const { scopes } = stored;
  const caller = { operator: stored.operator, role, tokenId: stored.id, tokenHash: hash };
  return { ...caller, expiresMs: stored.expiresMs, ...(scopes === undefined ? {} : { scopes }) };
}

/** The roles whose rows each role may call, itself among them. */
const includes: Readonly<Record<Role, readonly Role[]>> = {
  administrator: ['administrator', 'operator', 'viewer', 'intercom', 'demo'],
  operator: ['operator', 'viewer', 'intercom', 'demo'],
  viewer: ['viewer'],
  intercom: ['intercom'],
  demo: ['demo'],
};

/** The lower of two roles; undefined where neither includes the other. */
export function commonRole(one: Role, other: Role): Role | undefined {
  if (includes[one].includes(other)) return other;
  return includes[other].includes(one) ? one : undefined;
}

/** May a token of these scopes do this? `users:write` covers `users:read`. */
export function coversScope(scopes: readonly string[] | undefined, needed: string): boolean {
  if (scopes === undefined) return true;
  const [resource] = needed.split(':');
  return scopes.includes(needed) || (needed.endsWith(':read') && scopes.includes(`${resource}:write`));
}

export interface NewToken {
  readonly operator: string;
  readonly role: Role;
  readonly lifeMs?: number;
  readonly name?: string;
  readonly scopes?: readonly string[];
}

/** A fresh token: the secret to hand out once, and what is stored of it. */
export function newToken(
  context: Context,
  { lifeMs = loginMs, ...of }: NewToken,
): { readonly secret: string; readonly stored: StoredToken } {
  const secret = context.random(32).toString('base64url');
  const createdMs = context.now().wallMs;
  const stored = {
    id: newId(context),
    hash: sha256(secret),
    ...of,
    createdMs,
    expiresMs: createdMs + lifeMs,
  };
  return { secret, stored };
}

/** Every stored token, or all of one operator. */
export function tokensOf(context: Context, operator?: string): readonly StoredToken[] {
  const found: StoredToken[] = [];
  for (let after: string | undefined; ; ) {
    const page = context.reads.list('tokens', { limit: 1_000, ...(after === undefined ? {} : { after }) });
    found.push(
      ...page.items.map(({ body }) => body).filter((one) => (operator ?? one.operator) === one.operator),
    );
    if (page.next === undefined) return found;
    after = page.next;
  }
}

/** Logins, and tokens besides, that one operator may have at once. */
export const tokensMax = 100;

/** What goes with a new login or token of an operator: his expired ones, and the oldest of too many logins. */
export function tidyOps(context: Context, operator: string, inUse?: string): readonly WriteOp[] {
  const nowMs = context.now().wallMs;
  const tokens = tokensOf(context, operator);
  const logins = tokens
    .filter((one) => one.name === undefined && one.expiresMs > nowMs && one.id !== inUse)
    .sort((a, b) => b.createdMs - a.createdMs);
  const gone = [...tokens.filter((one) => one.expiresMs <= nowMs), ...logins.slice(tokensMax - 1)];
  return gone.map(({ id }) => ({ op: 'delete', collection: 'tokens', id }));
}

/** SHA-256 of a text in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
