/**
 * One OpenDoor call as an authentication device sends it: a first leg without credentials, then at most one with
 * them. The authenticated leg is never repeated, since it may have opened the door; what the answer means is
 * read from the receiver's words (HTTP 200 alone proves nothing).
 */
import type { ForwardOutcome } from '../core/events.js';
import { authorizationFor } from './challenge.js';
import { type Exchanged, exchange, type Limits } from './httpExchange.js';
import { withoutCredentials } from './template.js';

export interface CallResult {
  readonly outcome: ForwardOutcome;
  /** The receiver's reason word, or what hindered the call. */
  readonly reason?: string;
}

export interface CallOptions {
  /** `wholeMs` is for both legs together. */
  readonly limits: Limits;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly allowBasic: boolean;
  readonly cnonce: () => string;
  readonly certificateSha256?: string;
}

/** Calls one URL, its credentials still in it. Never rejects, never repeats a command that may have arrived. */
export async function callOpenDoor(called: URL, options: CallOptions): Promise<CallResult> {
  const { url, credentials } = withoutCredentials(called);
  const endMs = options.nowMs() + options.limits.wholeMs;
  const send = (headers: Readonly<Record<string, string>>): Promise<Exchanged> =>
    exchange({
      method: 'GET',
      url,
      headers,
      limits: { ...options.limits, wholeMs: Math.max(1, endMs - options.nowMs()) },
      ...(options.certificateSha256 === undefined ? {} : { certificateSha256: options.certificateSha256 }),
    });
  const first = await send({});
  if (first.kind === 'failed' || first.status !== 401) return resultOf(first);
  if (credentials === undefined) return { outcome: 'refused-login', reason: 'no-credentials' };
  const authorization = authorizationFor(first.challenges, {
    ...credentials,
    method: 'GET',
    uri: url.pathname + url.search,
    cnonce: options.cnonce(),
    allowBasic: options.allowBasic,
  });
  if (authorization === undefined) return { outcome: 'refused-login', reason: 'no-common-scheme' };
  return resultOf(await send({ Authorization: authorization }));
}

/** What a receiver's answer says of its door. */
export function resultOf(exchanged: Exchanged): CallResult {
  if (exchanged.kind === 'failed') {
    const outcome = exchanged.sent ? 'unknown' : 'unreachable';
    return { outcome, reason: exchanged.cause };
  }
  const { status, body } = exchanged;
  if (status === 401 || status === 403) return { outcome: 'refused-login', reason: `http-${status}` };
  if (status >= 300 && status < 400) return { outcome: 'unreachable', reason: 'redirect-not-followed' };
  if (status < 200 || status >= 300) return { outcome: 'unreachable', reason: `http-${status}` };
  const code = retcodeOf(body);
  if (code === undefined) return { outcome: 'unknown', reason: 'no-retcode' };
  if (code.value === 0) return { outcome: 'opened' };
  const outcome = code.reason?.startsWith('passback') === true ? 'denied-passback' : 'denied';
  return { outcome, reason: code.reason ?? `retcode${code.value}` };
}

/** JSON `retcode` with our `data.reason`, or the hidden marker of the old form. */
function retcodeOf(body: string): { readonly value: number; readonly reason?: string } | undefined {
  const marker = /id=['"]?hcSingleResult['"]?[^>]*\bvalue=['"]?(-?\d{1,9})/.exec(body)?.[1];
  if (marker !== undefined) return { value: Number(marker) };
  const retcode = /"retcode"\s*:\s*(-?\d{1,9})\s*[,}]/.exec(body)?.[1];
  if (retcode === undefined) return undefined;
  const reason = /"reason"\s*:\s*"([a-z][a-z-]{0,39})"/.exec(body)?.[1];
  return { value: Number(retcode), ...(reason === undefined ? {} : { reason }) };
}
