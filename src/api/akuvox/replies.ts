/** What OpenDoor answers, ready as bytes: JSON of form N and A, the marker page of form L. */
import { type DenyReason, denyReasons } from '../../core/decision.js';

/** The outcome of one command in the words of both forms. */
export type Outcome =
  | { readonly kind: 'opened' }
  | { readonly kind: 'unknown-action'; readonly action: string }
  | { readonly kind: 'bad-parameter' }
  | { readonly kind: 'door-not-enabled' }
  | { readonly kind: 'refused'; readonly reason: DenyReason };

/** A reply whole: status line, headers, body. */
export interface WireReply {
  readonly status: number;
  readonly headers: readonly string[];
  /** Text goes out in one piece with its headers, bytes in two. */
  readonly body: string;
}

const common = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];

/** A reply of this status, type and text. */
export function wireReply(
  status: number,
  type: string,
  text: string,
  more: readonly string[] = [],
): WireReply {
  const length = ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))];
  return { status, headers: [...length, ...common, ...more], body: text };
}

const opened = json(0, 'OpenDoor', 'OK', {});
const badParameter = json(-2, 'OpenDoor', 'Error Param');
const notEnabled = json(-3, 'OpenDoor', 'Not Enable');
const refusals = new Map<DenyReason, WireReply>(
  denyReasons.map((reason) => [reason, json(-5, 'OpenDoor', 'Access Denied', { reason })]),
);
const markers = new Map([0, -1, -2, -3, -5].map((value) => [value, marker(value)]));

/** Form N and A: JSON with a retcode, always 200. */
export function jsonReply(outcome: Outcome): WireReply {
  if (outcome.kind === 'opened') return opened;
  if (outcome.kind === 'bad-parameter') return badParameter;
  if (outcome.kind === 'door-not-enabled') return notEnabled;
  if (outcome.kind === 'unknown-action') return json(-1, outcome.action, 'unsupport action');
  return refusals.get(outcome.reason) ?? badParameter;
}

/** Form L: 200 text/html whose hidden value carries the result. */
export function legacyReply(outcome: Outcome): WireReply {
  if (outcome.kind === 'opened') return legacyValue(0);
  if (outcome.kind === 'door-not-enabled') return legacyValue(-3);
  return legacyValue(outcome.kind === 'refused' ? -5 : -2);
}

/** Form L, wrong user or password. */
export const legacyWrongLogin = legacyValue(-1);

/** Form L where no source may use it: the marker too, since some clients read a 2xx without one as success. */
export const legacyOff = marker(-4, 'please use new interface');

/** No enabled source: the whole feature is off, for both forms alike. */
export const featureOff = wireReply(503, 'text/plain; charset=utf-8', 'Service Unavailable', [
  'Retry-After',
  '60',
]);

/** Not on any allow-list, or sent by a browser page. */
export const forbidden = wireReply(403, 'text/plain; charset=utf-8', 'Forbidden');

/** Only GET opens; HEAD least of all. The connection ends so that no body is waited for. */
export const notAllowed = wireReply(405, 'text/plain; charset=utf-8', 'Method Not Allowed', [
  'Allow',
  'GET',
  'Connection',
  'close',
]);

/** Too many wrong logins from this address. */
export const blocked = wireReply(429, 'text/plain; charset=utf-8', 'Too Many Requests', [
  'Retry-After',
  '30',
]);

/** The page that goes with the challenges. */
export function unauthorized(challenges: readonly string[]): WireReply {
  const headers = challenges.flatMap((challenge) => ['WWW-Authenticate', challenge]);
  return { ...unauthorizedPage, headers: [...unauthorizedPage.headers, ...headers] };
}

const unauthorizedPage = wireReply(
  401,
  'text/html; charset=utf-8',
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n' +
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>401 Unauthorized</title></head>' +
    '<body><h1>401 Unauthorized</h1></body></html>\n',
);

function legacyValue(value: number): WireReply {
  return markers.get(value) ?? marker(value);
}

function json(retcode: number, action: string, message: string, data?: object): WireReply {
  const value = data === undefined ? { retcode, action, message } : { retcode, action, message, data };
  return wireReply(200, 'application/json', JSON.stringify(value));
}

function marker(value: number, text = ''): WireReply {
  return wireReply(
    200,
    'text/html',
    `<form name='hiddenValForm_Div'><input id=hcSingleResult type=hidden value='${value}'></form>${text}`,
  );
}
