/**
 * One HTTP request and its answer, bounded in time and size: no redirect is followed, no connection kept, nothing
 * repeated. What went wrong is a value; the texts hold neither URL nor credentials.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface Limits {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** From the beginning to the last byte of the answer. */
  readonly wholeMs: number;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** Without user info: credentials travel in a header or not at all. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly limits: Limits;
  /** SHA-256 of the one certificate to accept, hex; absent = whatever the system's authorities vouch for. */
  readonly certificateSha256?: string;
}

export type Exchanged =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** Each `WWW-Authenticate` header by itself. */
      readonly challenges: readonly string[];
      readonly body: string;
    }
  /** `sent`: the other side may have got the request, so what it did is not known. */
  | {
      readonly kind: 'failed';
      readonly cause: 'unreachable' | 'timeout' | 'certificate' | 'broken' | 'too-long';
      readonly sent: boolean;
    };

/** Of an answer no more is read; a longer one is `too-long`. */
const bodyMaxBytes = 64 * 1024;

/** Sends one request. Never rejects. */
export function exchange(outgoing: Outgoing): Promise<Exchanged> {
  return new Promise((resolve) => {
    const { url, limits, body } = outgoing;
    const secure = url.protocol === 'https:';
    let sent = false;
    const request = (secure ? requestTls : requestPlain)(url, optionsOf(outgoing, secure));
    const settle = (result: Exchanged): void => {
      clearTimeout(connecting);
      clearTimeout(whole);
      request.destroy();
      resolve(result);
    };
    const fail = (cause: Extract<Exchanged, { kind: 'failed' }>['cause']): void =>
      settle({ kind: 'failed', cause, sent });
    const connecting = setTimeout(() => fail('unreachable'), limits.connectMs);
    const whole = setTimeout(() => fail('timeout'), limits.wholeMs);
    // Nothing of ours leaves before this: a pinned certificate is looked at first.
    const connected = (): void => {
      clearTimeout(connecting);
      sent = true;
      request.end(body);
    };
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        if (secure && !isPinned(socket as TLSSocket, outgoing.certificateSha256)) fail('certificate');
        else connected();
      });
    });
    request.on('error', (error) => fail(causeOf(error, sent)));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > bodyMaxBytes) fail('too-long');
        else chunks.push(chunk);
      });
      response.on('error', () => fail('broken'));
      response.on('end', () =>
        settle({
          kind: 'answered',
          status: response.statusCode ?? 0,
          headers: response.headers,
          challenges: response.headersDistinct['www-authenticate'] ?? [],
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
  });
}

function optionsOf(outgoing: Outgoing, secure: boolean): RequestOptions {
  const { method, headers, body, certificateSha256 } = outgoing;
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const pinned = secure && certificateSha256 !== undefined ? { rejectUnauthorized: false } : {};
  return {
    method,
    agent: false,
    headers: { 'User-Agent': 'Sallyport', Connection: 'close', ...headers, ...length },
    ...pinned,
  };
}

/** Devices come with certificates of their own making: one that was written down is as good as a vouched-for one. */
function isPinned(socket: TLSSocket, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const found = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase();
  return found !== undefined && found === wanted.replaceAll(':', '').toLowerCase();
}

function causeOf(error: Error, sent: boolean): Extract<Exchanged, { kind: 'failed' }>['cause'] {
  const code = 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) return 'certificate';
  return sent ? 'broken' : 'unreachable';
}
