/** Bearer tokens: 256 random bits, stored as SHA-256 only, looked up at each request so that revoking holds at once. */
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

/** The caller behind a token's hash while that token is good. */
export function callerByHash(context: Context, hash: string): Caller | undefined {
  const stored = context.reads.tokenByHash(hash)?.body;
  if (stored === undefined || stored.expiresMs <= context.now().wallMs) return undefined;
  return { operator: stored.operator, role: stored.role, tokenId: stored.id, tokenHash: hash };
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
