/** A Digest client of our own for tests: builds the header as RFC 7616 asks, or bent as a test wants it. */
import { createHash } from 'node:crypto';

export interface Challenge {
  readonly scheme: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The challenges of a 401 in their order. */
export function challengesOf(header: string | null): readonly Challenge[] {
  return (header ?? '').split(/, (?=Digest |Basic )/).map((text) => {
    const scheme = text.split(' ', 1)[0] ?? '';
    const fields = [...text.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,"]+))/g)].map((one) => [
      one[1],
      one[2] ?? one[3],
    ]);
    return { scheme, fields: Object.fromEntries(fields) };
  });
}

export interface Answering {
  readonly target: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** 0 = no qop at all. */
  readonly count?: number;
  readonly username?: string;
  readonly password?: string;
  readonly uri?: string;
  readonly qop?: string;
}

export function digestHeader(of: Answering): string {
  const {
    target,
    nonce,
    algorithm = 'SHA-256',
    count = 1,
    username = 'opener',
    password = 'door-secret',
  } = of;
  const { uri = target, qop = 'auth' } = of;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const a1 = hash(`${username}:HTTPAPI:${password}`);
  const a2 = hash(`GET:${uri}`);
  const nc = count.toString(16).padStart(8, '0');
  const response =
    count === 0 ? hash(`${a1}:${nonce}:${a2}`) : hash(`${a1}:${nonce}:${nc}:c0ffee:${qop}:${a2}`);
  return [
    `Digest username="${username}", realm="HTTPAPI", nonce="${nonce}", uri="${uri}"`,
    `algorithm=${algorithm}, response="${response}"`,
    ...(of.opaque === undefined ? [] : [`opaque="${of.opaque}"`]),
    ...(count === 0 ? [] : [`qop=${qop}, nc=${nc}, cnonce="c0ffee"`]),
  ].join(', ');
}
