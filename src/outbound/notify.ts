/** One row of the log as one request to one hook, and what its answer says about trying again. */
import { createHmac } from 'node:crypto';
import type { StoredHook } from '../core/hooks.js';
import type { StoredEvent } from '../core/management.js';
import { authorizationFor } from './challenge.js';
import type { ScheduleOf } from './forwards.js';
import { type Exchanged, exchange } from './httpExchange.js';
import {
  filled,
  filledUrl,
  jsonEncoded,
  percentEncoded,
  type Variables,
  withoutCredentials,
} from './template.js';
import { type DoorNow, namesDoors, namesSchedule, type ReaderPlace, variablesOf } from './variables.js';

export type Notified =
  | { readonly ok: true }
  /** `final`: the receiver has refused this very request; it will not like it better later. */
  | { readonly ok: false; readonly error: string; readonly final: boolean; readonly afterMs?: number };

export interface NotifyOptions {
  /** Model, version, addresses of this controller. */
  readonly device: () => Variables;
  readonly doorNumbers: ReadonlyMap<string, number | string>;
  readonly readers: ReadonlyMap<string, ReaderPlace>;
  /** Doors as they stand now; asked only when the hook names them. */
  readonly doors: () => Promise<readonly DoorNow[]>;
  readonly scheduleOf: ScheduleOf;
  readonly cnonce: () => string;
  readonly wallMs: () => number;
}

const limits = { connectMs: 5_000, wholeMs: 15_000 };
const retryAfterMaxMs = 3_600_000;

/** Sends `event` to `hook`; at most twice, the second time with credentials. Never rejects. */
export async function notify(
  hook: StoredHook,
  event: StoredEvent,
  options: NotifyOptions,
): Promise<Notified> {
  const variables = await valuesOf(hook, event, options);
  const called = filledUrl(hook.url, variables);
  if (called === undefined) return { ok: false, error: 'bad-url', final: true };
  const { url, credentials } = withoutCredentials(called);
  const body = hook.method === 'GET' ? undefined : bodyOf(hook, event, variables);
  const headers = headersOf(hook, event, body, options.wallMs());
  const { certificateSha256 } = hook;
  const pin = certificateSha256 === undefined ? {} : { certificateSha256 };
  const send = (more: Readonly<Record<string, string>>): Promise<Exchanged> =>
    exchange({
      ...{ method: hook.method, url, headers: { ...headers, ...more }, limits },
      ...(body === undefined ? {} : { body }),
      ...pin,
    });
  const first = await send({});
  if (first.kind === 'failed' || first.status !== 401 || credentials === undefined) return verdictOf(first);
  const authorization = authorizationFor(first.challenges, {
    ...credentials,
    method: hook.method,
    uri: url.pathname + url.search,
    cnonce: options.cnonce(),
    allowBasic: hook.basic,
  });
  if (authorization === undefined) return verdictOf(first);
  return verdictOf(await send({ Authorization: authorization }));
}

/** Any 2xx is taken; what a receiver refuses for good is told from what may pass. */
export function verdictOf(exchanged: Exchanged): Notified {
  if (exchanged.kind === 'failed') return { ok: false, error: exchanged.cause, final: false };
  const { status, headers } = exchanged;
  if (status >= 200 && status < 300) return { ok: true };
  const error = `http-${status}`;
  const mayPass = status >= 500 || status === 408 || status === 425 || status === 429;
  const seconds = /^\d{1,9}$/.exec(headers['retry-after'] ?? '')?.[0];
  if (!mayPass || seconds === undefined) return { ok: false, error, final: !mayPass };
  return { ok: false, error, final: false, afterMs: Math.min(Number(seconds) * 1_000, retryAfterMaxMs) };
}

function headersOf(
  hook: StoredHook,
  event: StoredEvent,
  body: string | undefined,
  wallMs: number,
): Record<string, string> {
  // Delivered at least once: the receiver tells a repetition by this.
  const named = { 'Sallyport-Event': event.kind, 'Sallyport-Delivery': `${hook.id}:${event.seq}` };
  if (body === undefined) return named;
  const type = { 'Content-Type': hook.body === 'event' ? 'application/json' : hook.contentType };
  if (hook.secret === undefined) return { ...named, ...type };
  return {
    ...named,
    ...type,
    'Sallyport-Signature': signatureOf(hook.secret, body, Math.floor(wallMs / 1_000)),
  };
}

/** `t=<Unix seconds>,v1=<hex of HMAC-SHA256(secret, "<t>.<body>")>`: the time is covered, so a copy grows old. */
export function signatureOf(secret: string, body: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function bodyOf(hook: StoredHook, event: StoredEvent, variables: Variables): string {
  if (hook.body === 'event') return JSON.stringify({ ...event, at: variables['time'] });
  const isForm = hook.contentType.startsWith('application/x-www-form-urlencoded');
  return filled(hook.template, variables, isForm ? percentEncoded : jsonEncoded);
}

/** What a row has a value for. No card number is whole, a PIN is never there. */
async function valuesOf(hook: StoredHook, event: StoredEvent, options: NotifyOptions): Promise<Variables> {
  const { credential, user, userName, reader, wallMs } = event;
  const text = hook.url + hook.template;
  const place = reader === undefined ? undefined : options.readers.get(reader);
  const door = event.door ?? place?.door;
  const doorNumber = door === undefined ? undefined : options.doorNumbers.get(door);
  const schedule =
    user === undefined || door === undefined || !namesSchedule(text)
      ? undefined
      : options.scheduleOf({ user, door, wallMs });
  return {
    ...variablesOf({
      ...{ device: options.device(), wallMs, location: place?.name ?? reader ?? door ?? '' },
      doors: namesDoors(text) ? await options.doors() : [],
      ...(doorNumber === undefined ? {} : { doorNumber }),
      ...(place === undefined ? {} : { direction: place.direction }),
      ...(user === undefined ? {} : { user }),
      ...(userName === undefined ? {} : { userName }),
      ...(credential === undefined ? {} : { credential: credential.kind }),
      ...(schedule === undefined ? {} : { schedule }),
      code: credential === undefined || credential.kind === 'pin' ? '' : credential.label,
    }),
    event: event.kind,
    seq: String(event.seq),
    reason: event.reason ?? '',
    door: door ?? '',
    reader: reader ?? '',
    zone: event.zone === undefined ? '' : String(event.zone),
  };
}
