/**
 * A browser's login: the token in a `__Host-` cookie that no script can read, and beside it a CSRF token that
 * only a script of ours can know. Cookies of this kind need HTTPS; on plain HTTP browsers keep them for this
 * machine itself (Chromium and Firefox count 127.0.0.1 and localhost as secure), and for nobody else.
 */
import { createHmac } from 'node:crypto';
import { sameText } from './akuvox/digest.js';
import type { Caller } from './route.js';

export const cookieName = '__Host-sallyport';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** The token in a Cookie header, if one of ours is there. */
export function sessionToken(cookie: string | undefined): string | undefined {
  for (const pair of (cookie ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2);
    if (name === cookieName && /^[\w-]{43}$/.test(value)) return value;
  }
  return undefined;
}

/** The header that hands a browser its session. */
export function sessionCookie(token: string, lifeMs: number): string {
  return `${cookieName}=${token}; Max-Age=${Math.floor(lifeMs / 1_000)}; ${attributes}`;
}

/** The header that takes it away. */
export const endedCookie = `${cookieName}=; Max-Age=0; ${attributes}`;

/** What a page sends back as `X-CSRF-Token` with every change; made of the session, so nothing is stored. */
export function csrfOf(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url');
}

/** Did another page make the browser send this? Only changes by cookie can be forged. */
export function isForged(
  caller: Caller,
  method: string,
  headers: { readonly csrf?: string | undefined; readonly fetchSite?: string | undefined },
): boolean {
  if (caller.csrf === undefined || method === 'GET') return false;
  // Browsers say where a request comes from; what says nothing must still know the token.
  if (headers.fetchSite !== undefined && headers.fetchSite !== 'same-origin') return true;
  return !sameText(caller.csrf, headers.csrf ?? '');
}
