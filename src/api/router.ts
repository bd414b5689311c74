/**
 * The route table brought to life on Express: in this order method, token, role, media type, size, schema,
 * handler. Whatever is not in the table is 404.
 */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { z } from 'zod';
import type { Actor } from '../core/model.js';
import { unmapped } from './akuvox/addresses.js';
import { type CallerHeaders, coversScope } from './auth.js';
import { isForged } from './browserSession.js';
import { fileSha256, pieces } from './file.js';
import { createReplays, idempotencyKey, type Replays, usedForAnother } from './idempotency.js';
import type { Log } from './log.js';
import { type FieldError, fieldProblem, laterProblem, type Problem, problem } from './problem.js';
import { type Call, type Caller, type Reply, type Row, scopeOf } from './route.js';

/** What the router needs besides the table. */
export interface RouterParts {
  /** Who calls: a caller, or undefined when the headers hold no valid token. */
  readonly authenticate: (headers: CallerHeaders) => Caller | undefined;
  readonly log: Log;
  /** Monotonic. */
  readonly nowMs: () => number;
}

type Parts = RouterParts & { readonly replays: Replays };

const jsonTypes = ['application/json', 'application/merge-patch+json'];
const readJson = express.json({ limit: '64kb', strict: true, type: jsonTypes });
const readLargeJson = express.json({ limit: '4mb', strict: true, type: jsonTypes });

/** Mounts every row of the table, then 405 for their paths and 404 for all others. */
export function mountRows(app: Express, rows: readonly Row[], of: RouterParts): void {
  const parts = { ...of, replays: createReplays() };
  const methods = new Map<string, string[]>();
  for (const one of rows) {
    const path = one.path.replace(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), one.method]);
    // Not `app.all`, which makes a layer for each of 34 methods: 8 MB, and a tenth of the start.
    app.route(path).all(rowHandler(one, parts));
  }
  for (const [path, allowed] of methods) {
    app.route(path).all((_request, response) => {
      response.set('Allow', allowed.join(', '));
      sendProblem(response, problem(405, `Allowed here: ${allowed.join(', ')}.`));
    });
  }
  app.use((_request, response) => sendProblem(response, problem(404, 'There is nothing at this address.')));
  app.use(errorHandler(of.log));
}

function rowHandler(one: Row, parts: Parts): RequestHandler {
  return async (request, response, next) => {
    // Express would hand HEAD to a GET handler; only listed methods exist here.
    if (request.method !== one.method) return next();
    const caller = parts.authenticate(request.headers);
    const refusal = authorise(one, request, caller);
    if (refusal !== undefined) return sendProblem(response, refusal);
    if (one.body === undefined) return finish(one, parts, request, response, caller);
    if (!request.is(jsonTypes))
      return sendProblem(response, problem(415, 'Send the body as application/json.'));
    // A throw from within the parser's callback would reach nobody: everything after the body is one promise.
    const act = async () => {
      // A body may take its time: who was allowed when it began may have been shut out since.
      const still = parts.authenticate(request.headers);
      const refusalNow = authorise(one, request, still);
      if (refusalNow !== undefined) return sendProblem(response, refusalNow);
      return finish(one, parts, request, response, still);
    };
    return (one.large === true ? readLargeJson : readJson)(request, response, (error: unknown) => {
      if (error === undefined) act().catch(next);
      else next(error);
    });
  };
}

function authorise(one: Row, request: Request, caller: Caller | undefined): Problem | undefined {
  if (one.roles === 'public') return undefined;
  if (caller === undefined) return problem(401, 'Log in and send the token as Authorization: Bearer.');
  if (!one.roles.includes(caller.role)) return problem(403, `The role ${caller.role} may not do this.`);
  const needed = scopeOf(one);
  if (needed !== undefined && !coversScope(caller.scopes, needed)) {
    return problem(403, `The scope of this token does not cover ${needed}.`);
  }
  const said = { csrf: request.get('X-CSRF-Token'), fetchSite: request.get('Sec-Fetch-Site') };
  if (isForged(caller, one.method, said)) {
    return problem(403, 'A change by cookie comes from our own page and carries its X-CSRF-Token.');
  }
  return undefined;
}

async function finish(
  one: Row,
  parts: Parts,
  request: Request,
  response: Response,
  caller: Caller | undefined,
): Promise<void> {
  const call = callOf(one, request, caller);
  if ('problem' in call) return sendProblem(response, call);
  const reply = await runOnce(one, parts, request, response, call);
  if (reply === undefined) return;
  if ('problem' in reply) return sendProblem(response, reply);
  sendReply(response, reply);
}

/** A POST with an Idempotency-Key acts once, however often it comes. */
async function runOnce(
  one: Row,
  { replays, nowMs }: Parts,
  request: Request,
  response: Response,
  call: Call<unknown, unknown, unknown>,
): Promise<Reply | Problem | undefined> {
  const key = request.get('Idempotency-Key');
  if (key === undefined || one.method !== 'POST' || call.caller === undefined) return one.run(call, response);
  if (!idempotencyKey.test(key)) return fieldProblem('Idempotency-Key', 'is 1 to 128 printable characters');
  const asked = JSON.stringify([request.url, call.body ?? null]);
  const of = { caller: call.caller.tokenId, key, request: asked, nowMs: nowMs() };
  const { outcome, replayed } = await replays.run(of, () => one.run(call, response));
  // A file is compared when it has come, by what the first one was.
  if (replayed && one.accepts !== undefined && !(await isSameFile(request, outcome))) return usedForAnother;
  if (replayed) response.set('Idempotency-Replayed', 'true');
  return outcome;
}

async function isSameFile(request: Request, first: Reply | Problem | undefined): Promise<boolean> {
  const sha256 = first !== undefined && 'fileSha256' in first ? first.fileSha256 : undefined;
  return sha256 === undefined || sha256 === (await fileSha256(pieces(request)));
}

/** The request checked against the row's schemas, or every field that is wrong, at once. */
function callOf(
  one: Row,
  request: Request,
  caller: Caller | undefined,
): Call<unknown, unknown, unknown> | Problem {
  const errors: FieldError[] = [];
  const checked = (schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    errors.push(...result.error.issues.flatMap(fieldErrors));
    return undefined;
  };
  const params = checked(one.params, { ...request.params });
  const query = checked(one.query, one.query === undefined ? undefined : queryOf(request.url, errors));
  const body = checked(one.body, request.body);
  if (errors.length > 0)
    return problem(400, errors.map((one) => `${one.field}: ${one.message}`).join('; '), errors);
  const address = unmapped(request.socket.remoteAddress ?? '');
  return {
    params,
    query,
    body,
    caller,
    by: actorOf(caller, address),
    address,
    secure: 'encrypted' in request.socket || isLoopback(address),
    ifMatch: request.get('If-Match'),
    ifNoneMatch: request.get('If-None-Match'),
    lastEventId: request.get('Last-Event-ID'),
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function queryOf(url: string, errors: FieldError[]): Readonly<Record<string, string>> {
  const query = new Map<string, string>();
  const mark = url.indexOf('?');
  for (const [key, value] of new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))) {
    if (query.has(key)) errors.push({ field: key, message: 'given more than once' });
    query.set(key, value);
  }
  return Object.fromEntries(query);
}

function actorOf(caller: Caller | undefined, address: string): Actor {
  return caller === undefined ? { kind: 'system' } : { kind: 'operator', operator: caller.operator, address };
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'invalid_union') {
    // Of several forms the one that fits best is meant.
    const [best] = [...issue.errors].sort((a, b) => a.length - b.length);
    if (best !== undefined && best.length > 0) {
      return best.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }));
    }
  }
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ field: path, message: issue.message }];
  return issue.keys.map((key) => ({
    field: path === '' ? key : `${path}.${key}`,
    message: 'no such field',
  }));
}

function sendReply(response: Response, reply: Reply): void {
  response.status(reply.status).set('Cache-Control', 'no-store');
  if (reply.revision !== undefined) response.set('ETag', `"${reply.revision}"`);
  if (reply.location !== undefined) response.set('Location', reply.location);
  if (reply.setCookie !== undefined) response.set('Set-Cookie', reply.setCookie);
  if (reply.contentPolicy !== undefined) response.set('Content-Security-Policy', reply.contentPolicy);
  if (reply.contentType !== undefined) response.type(reply.contentType).send(String(reply.body));
  else if (reply.status === 204) response.end();
  else response.json(reply.body);
}

/** Sends a problem as application/problem+json. */
export function sendProblem(response: Response, of: Problem): void {
  if (of.retryAfterSeconds !== undefined) response.set('Retry-After', String(of.retryAfterSeconds));
  if (of.problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
  response.status(of.problem.status).set('Cache-Control', 'no-store');
  response.type('application/problem+json').send(JSON.stringify({ type: 'about:blank', ...of.problem }));
}

/** The last resort: what the parsers of path and body refuse is the client's, everything else is ours. */
function errorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.headersSent) return void response.destroy();
    const status = statusOf(error);
    if (status === 413) return sendProblem(response, problem(413, 'The body may have 64 KiB.'));
    if (status === 415) return sendProblem(response, problem(415, 'Send plain UTF-8 JSON.'));
    if (status >= 400 && status < 500) {
      return sendProblem(response, problem(400, 'The address or body of the request cannot be read.'));
    }
    log.error({ err: error }, 'request failed');
    sendProblem(response, laterProblem(503, 'The controller could not answer. Try again.', 5));
  };
}

function statusOf(error: unknown): number {
  if (error instanceof URIError) return 400;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : 500;
}
