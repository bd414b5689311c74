/** Requests to the API: every refusal is a value that says what to do, a lost session is asked for again in place. */
import { t } from './i18n.js';

export interface Problem {
  /** 0 = no answer came. */
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** The controller's word, where a rule refused. */
  readonly reason?: string;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly etag: string | undefined }
  | { readonly ok: false; readonly problem: Problem };

export interface Sending {
  readonly body?: unknown;
  /** What was read before the change, as If-Match. */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal;
}

interface Login {
  /** Headers that say who asks. */
  headers(method: string): Readonly<Record<string, string>>;
  /** Asks the person to log in again; true = done, the request is repeated. */
  again(): Promise<boolean>;
}

let login: Login | undefined;

/** Whoever keeps the session says how requests carry it. */
export function useLogin(keeper: Login): void {
  login = keeper;
}

/** One request; JSON in, JSON out. */
export async function ask<T>(method: string, path: string, sending: Sending = {}): Promise<Answer<T>> {
  const response = await raw(method, path, sending);
  if ('problem' in response) return { ok: false, problem: response.problem };
  try {
    const text = await response.text();
    if (!response.ok) return { ok: false, problem: problemOf(response, text) };
    const value = (text === '' ? undefined : JSON.parse(text)) as T;
    return { ok: true, value, etag: response.headers.get('ETag') ?? undefined };
  } catch (error) {
    // The line broke, or the question was taken back, in the middle of the answer.
    if (sending.signal?.aborted === true) throw error;
    return { ok: false, problem: { status: 0, detail: t('problem.offline') } };
  }
}

/** The response itself, for streams and downloads. */
export async function raw(
  method: string,
  path: string,
  { body, etag, signal }: Sending = {},
): Promise<Response | { readonly problem: Problem }> {
  const isRaw = body instanceof Blob;
  const send = () =>
    fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        ...login?.headers(method),
        ...(body === undefined || isRaw ? {} : { 'Content-Type': 'application/json' }),
        ...(etag === undefined ? {} : { 'If-Match': etag }),
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  try {
    const response = await send();
    if (response.status !== 401 || login === undefined || isLogin(path)) return response;
    return (await login.again()) ? await send() : response;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { problem: { status: 0, detail: t('problem.offline') } };
  }
}

function isLogin(path: string): boolean {
  return ['/api/v1/session', '/api/v1/login', '/api/v1/claim'].includes(path);
}

function problemOf(response: Response, text: string): Problem {
  const { status } = response;
  try {
    const { detail, errors, reason } = JSON.parse(text) as Problem;
    return {
      status,
      // What is said of a field is more than our word for the status.
      detail: errors === undefined ? (worded(status) ?? detail) : detail,
      ...(errors === undefined ? {} : { errors }),
      ...(reason === undefined ? {} : { reason }),
    };
  } catch {
    return { status, detail: worded(status) ?? t('problem.status', { status }) };
  }
}

/** What the person can do about it, where the API speaks to programs. */
function worded(status: number): string | undefined {
  if (status === 401) return t('problem.401');
  if (status === 403) return t('problem.403');
  if (status === 429) return t('problem.429');
  if (status === 503) return t('problem.503');
  return undefined;
}
