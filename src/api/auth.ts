/**
 * Bearer tokens: 256 random bits, stored as SHA-256 only. Token and operator are looked up at each request, so
 * that revoking, disabling and lowering a role hold at once.
 */
import { createHash } from 'node:crypto';
import type { Role, StoredToken } from '../core/management.js';
import { type Context, newId } from './context.js';
import type { Caller } from './route.js';

const lifeMs = 12 * 60 * 60_000;

/** The caller a header stands for; undefined = none, malformed, unknown, expired or revoked. */
export function callerOf(context: Context, authorization: string | undefined): Caller | undefined {
  const token = /^Bearer ([\w-]{43})$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? undefined : callerByHash(context, sha256(token));
}

/** The caller behind a token's hash while that token is good, with no more than the operator's present role. */
export function callerByHash(context: Context, hash: string): Caller | undefined {
  const stored = context.reads.tokenByHash(hash)?.body;
  if (stored === undefined || stored.expiresMs <= context.now().wallMs) return undefined;
  const operator = context.reads.get('operators', stored.operator)?.body;
  const role = operator?.disabled === false ? commonRole(stored.role, operator.role) : undefined;
  if (role === undefined) return undefined;
  return { operator: stored.operator, role, tokenId: stored.id, tokenHash: hash };
}

/** The roles whose rows each role may call, itself among them. */
const includes: Readonly<Record<Role, readonly Role[]>> = {
  administrator: ['administrator', 'operator', 'viewer', 'demo'],
  operator: ['operator', 'viewer', 'demo'],
  viewer: ['viewer'],
  demo: ['demo'],
};

/** The lower of two roles; undefined where neither includes the other. */
export function commonRole(one: Role, other: Role): Role | undefined {
  if (includes[one].includes(other)) return other;
  return includes[other].includes(one) ? one : undefined;
}

/** A fresh token for an operator: the secret to hand out once, and what is stored of it. */
export function newToken(
  context: Context,
  operator: string,
  role: Role,
): { readonly secret: string; readonly stored: StoredToken } {
  const secret = context.random(32).toString('base64url');
  const createdMs = context.now().wallMs;
  const expiresMs = createdMs + lifeMs;
  return {
    secret,
    stored: { id: newId(context), hash: sha256(secret), operator, role, createdMs, expiresMs },
  };
}

/** SHA-256 of a text in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
