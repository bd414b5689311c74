/**
 * HTTP Digest (RFC 7616) and Basic (RFC 7617) as a server checks them: the Authorization header to its parts,
 * and the response it must carry. Pure and total; who may log in is decided elsewhere.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The realm of every OpenDoor account, part of each stored HA1. */
export const realm = 'HTTPAPI';

export type DigestAlgorithm = 'SHA-256' | 'MD5';

/** A Digest answer with all its needed parts. */
export interface DigestAnswer {
  readonly kind: 'digest';
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  /** With qop=auth; absent for a client that knows no qop (RFC 2069). */
  readonly qop?: { readonly nc: string; readonly cnonce: string };
  readonly opaque?: string;
}

export interface BasicAnswer {
  readonly kind: 'basic';
  readonly username: string;
  readonly password: string;
}

const headerMax = 4_096;

/** The credentials of an Authorization header; undefined for any other scheme and anything malformed. */
export function parseAuthorization(header: string): DigestAnswer | BasicAnswer | undefined {
  if (header.length > headerMax) return undefined;
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  if (scheme === 'basic') return parseBasic(header.slice(space + 1).trim());
  if (scheme !== 'digest') return undefined;
  const fields = parseFields(header.slice(space + 1));
  return fields === undefined ? undefined : digestAnswer(fields);
}

function parseBasic(text: string): BasicAnswer | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0 || decoded.includes('\0')) return undefined;
  return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

// key "=" ( token / quoted-string ), RFC 9110 section 11.2; sticky, so each match starts where the last ended.
const fieldPattern =
  /[\t ]*([!#$%&'*+.^_`|~\w-]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s",]*))[\t ]*(?:,|$)/y;

/** auth-params by lower-case name; undefined on a repeated name or any text that is none. */
function parseFields(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  fieldPattern.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const match = fieldPattern.exec(text);
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || fields.has(name)) return undefined;
    fields.set(name, match[3] ?? (match[2] ?? '').replace(/\\([\s\S])/g, '$1'));
    end = fieldPattern.lastIndex;
  }
  return fields;
}

function digestAnswer(fields: ReadonlyMap<string, string>): DigestAnswer | undefined {
  const algorithm = algorithmOf(fields.get('algorithm'));
  const [username, realmSent, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map(
    (name) => fields.get(name),
  );
  if (algorithm === undefined || username === undefined || realmSent === undefined) return undefined;
  if (nonce === undefined || uri === undefined || response === undefined) return undefined;
  // Not offered (RFC 7616 section 3.4.4): a hashed name would be taken for a plain one.
  if (fields.get('userhash')?.toLowerCase() === 'true' || fields.has('username*')) return undefined;
  const opaque = fields.get('opaque');
  const plain = {
    kind: 'digest' as const,
    algorithm,
    username,
    realm: realmSent,
    nonce,
    uri,
    response,
    ...(opaque === undefined ? {} : { opaque }),
  };
  const qop = fields.get('qop');
  if (qop === undefined) return plain;
  const [nc, cnonce] = [fields.get('nc'), fields.get('cnonce')];
  if (qop !== 'auth' || cnonce === undefined || nc === undefined || !/^[0-9a-f]{8}$/i.test(nc))
    return undefined;
  return { ...plain, qop: { nc, cnonce } };
}

function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  // RFC 7616 section 3.3: absent means MD5.
  if (name === undefined || name.toUpperCase() === 'MD5') return 'MD5';
  return name.toUpperCase() === 'SHA-256' ? 'SHA-256' : undefined;
}

/** H(username:realm:password), the only thing kept of a source's password. Lower-case hex. */
export function ha1(algorithm: DigestAlgorithm, username: string, password: string, of = realm): string {
  return hash(algorithm, `${username}:${of}:${password}`);
}

/** The response this answer must carry for a GET of its `uri` (RFC 7616 section 3.4.1; RFC 2069 without qop). */
export function expectedResponse(answer: DigestAnswer, ha1Hex: string, method = 'GET'): string {
  const ha2 = hash(answer.algorithm, `${method}:${answer.uri}`);
  if (answer.qop === undefined) return hash(answer.algorithm, `${ha1Hex}:${answer.nonce}:${ha2}`);
  const { nc, cnonce } = answer.qop;
  return hash(answer.algorithm, `${ha1Hex}:${answer.nonce}:${nc}:${cnonce}:auth:${ha2}`);
}

/** Equality in a time that depends on the length only. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');
}
