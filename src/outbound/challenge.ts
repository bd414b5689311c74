/**
 * The client's half of HTTP authentication: from the challenges of a 401 (RFC 9110 section 11.6.1) to the one
 * Authorization header that answers them (RFC 7616, RFC 7617). Pure and total.
 */
import { createHash } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Answering extends Credentials {
  readonly method: string;
  /** The request target as it is sent. */
  readonly uri: string;
  /** Fresh random text of hex digits. */
  readonly cnonce: string;
  /** Basic shows the password to whoever listens: answered only where that is allowed. */
  readonly allowBasic: boolean;
}

interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const headerMax = 8_192;

/**
 * The Authorization header for the strongest challenge that can be answered: Digest SHA-256, Digest MD5, then
 * Basic if allowed and no Digest was offered. Undefined = none.
 */
export function authorizationFor(headers: readonly string[], answering: Answering): string | undefined {
  const challenges = headers.flatMap(challengesOf);
  const digests = challenges.filter(({ scheme }) => scheme === 'digest');
  const best = ['SHA-256', 'MD5'].flatMap((algorithm) =>
    digests.filter((one) => (one.parameters.get('algorithm') ?? 'MD5').toUpperCase() === algorithm),
  )[0];
  if (best !== undefined) return digestAnswer(best.parameters, answering);
  const basic = challenges.some(({ scheme }) => scheme === 'basic');
  if (!basic || digests.length > 0 || !answering.allowBasic) return undefined;
  const { username, password } = answering;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

// A scheme, or key=value with a token or quoted-string; whatever else is there is stepped over.
const part = /([!#$%&'*+.^_`|~\w-]+)(?:[\t ]*=[\t ]*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s",]*)))?/g;

/** Every challenge of one header; one header may hold several. */
export function challengesOf(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const match of header.slice(0, headerMax).matchAll(part)) {
    const [whole, name = '', quoted, plain] = match;
    if (!whole.includes('=')) {
      found.push({ scheme: name.toLowerCase(), parameters: new Map() });
      continue;
    }
    const value = plain ?? (quoted ?? '').replace(/\\([\s\S])/g, '$1');
    found.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return found;
}

function digestAnswer(offered: ReadonlyMap<string, string>, answering: Answering): string | undefined {
  const { username, password, method, uri, cnonce } = answering;
  const [realm, nonce, opaque] = [offered.get('realm'), offered.get('nonce'), offered.get('opaque')];
  if (realm === undefined || nonce === undefined) return undefined;
  const qops = offered
    .get('qop')
    ?.split(',')
    .map((one) => one.trim().toLowerCase());
  if (qops !== undefined && !qops.includes('auth')) return undefined;
  const algorithm = (offered.get('algorithm') ?? 'MD5').toUpperCase();
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const [a1, a2, nc] = [hash(`${username}:${realm}:${password}`), hash(`${method}:${uri}`), '00000001'];
  const response = hash(
    qops === undefined ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`,
  );
  const fields = [
    ...Object.entries({ username, realm, nonce, uri, response }).map(([name, value]) => quoted(name, value)),
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [quoted('opaque', opaque)]),
    ...(qops === undefined ? [] : ['qop=auth', `nc=${nc}`, quoted('cnonce', cnonce)]),
  ];
  return `Digest ${fields.join(', ')}`;
}

/** Line breaks would end the header: they are left out. */
function quoted(name: string, value: string): string {
  return `${name}="${value.replace(/[\r\n\0]/g, '').replace(/["\\]/g, '\\$&')}"`;
}
