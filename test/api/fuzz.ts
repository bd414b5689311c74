/**
 * Requests made from the served OpenAPI document, most of them wrong in one place: a value past its limit, of
 * another type, a field too many or too few, hostile text. A refusal must name the field, change nothing and be
 * a problem of RFC 9457; nothing may end as an unexplained 5xx.
 */

import { type Random, randomFrom } from '../simulation/random.js';
import type { Edge } from './fakes.js';
import { changed, type Fault, fittingValue, hostileTexts, type Schema } from './schemaValues.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | undefined;
  /** The media type of a body that is not JSON. */
  readonly file: string | undefined;
}

interface Made {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
  /** What was done to it; `none` may be accepted. */
  readonly fault: Fault | 'none';
}

export interface FuzzReport {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** What must not be; empty when all is well. */
  readonly wrong: readonly string[];
}

/** They end other logins, start threads, or never end. */
const leftOut = /logout|stream|config\/check|mock\//;
/** Rows that a refusal may leave: who tried what. */
const rowsOfRefusals = new Set(['login-failed', 'request-refused', 'source-refused']);

/** Sends `count` requests, the same for the same seed. */
export async function fuzz(
  edge: Edge,
  of: { readonly count: number; readonly seed: number },
): Promise<FuzzReport> {
  const random = randomFrom(of.seed);
  const operations = await operationsOf(edge);
  const byStatus: Record<string, number> = {};
  const wrong: string[] = [];
  let token = edge.token('administrator');
  populate(edge);
  for (let n = 0; n < of.count; n += 1) {
    const operation = random.pick(operations);
    const made = requestOf(random, operation, token);
    const before = edge.reads.lastSeq();
    const reply = await fetch(edge.url + made.path, {
      method: made.method,
      headers: made.headers,
      ...(made.body === undefined ? {} : { body: made.body }),
    });
    const text = await reply.text();
    // What it began it writes for a while: the next request shall not be blamed for that.
    if (reply.status === 202) await ended(edge, reply.headers.get('location') ?? '', token);
    byStatus[reply.status] = (byStatus[reply.status] ?? 0) + 1;
    const fault = faultOf(edge, made, reply, text, before);
    if (reply.status === 401) token = edge.token('administrator');
    if (fault !== undefined) wrong.push(`${operation.method} ${operation.path} (${made.fault}): ${fault}`);
  }
  return { requests: of.count, byStatus, wrong };
}

async function ended(edge: Edge, path: string, token: string): Promise<void> {
  for (let state = 'writing'; state === 'writing'; ) {
    const reply = await fetch(edge.url + path, { headers: { Authorization: `Bearer ${token}` } });
    ({ state } = (await reply.json()) as { state: string });
  }
}

/** Things under the names that are asked for, so that not everything is missing. */
function populate(edge: Edge): void {
  const flags = { enabled: true, extendedUnlock: false, supervisor: false };
  for (const id of ['ann', 'bob', '1', '7']) {
    const user = { ...flags, id, name: id, groups: [], accessRights: [], note: '', urls: [] };
    const group = { id, name: id, accessRights: [] };
    edge.put(
      { op: 'put', collection: 'users', id, body: user },
      { op: 'put', collection: 'groups', id, body: group },
    );
  }
}

async function operationsOf(edge: Edge): Promise<readonly Operation[]> {
  const headers = { Authorization: `Bearer ${edge.token('administrator')}` };
  const reply = await fetch(`${edge.url}/api/v1/openapi.json`, { headers });
  const { paths } = (await reply.json()) as { paths: Record<string, Record<string, RawOperation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    leftOut.test(path)
      ? []
      : Object.entries(methods).map(([method, one]) => ({
          method: method.toUpperCase(),
          path,
          parameters: one.parameters ?? [],
          body: one.requestBody?.content['application/json']?.schema,
          file: Object.keys(one.requestBody?.content ?? {}).find((type) => !/json/.test(type)),
        })),
  );
}

interface RawOperation {
  readonly parameters?: Operation['parameters'];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}

function requestOf(random: Random, operation: Operation, token: string): Made {
  const { method, path, parameters, body, file } = operation;
  let fault: Fault | 'none' = 'none';
  const spoil = (value: unknown, schema: Schema): unknown => {
    if (fault !== 'none' || !random.chance(0.5)) return value;
    const after = changed(random, value, schema);
    fault = after.fault;
    return after.value;
  };
  const of = (place: string) => parameters.filter((one) => one.in === place);
  const text = body === undefined ? undefined : JSON.stringify(spoil(fittingValue(random, body), body));
  const query = of('query')
    .filter(() => random.chance(0.4))
    .map(
      ({ name, schema }) =>
        `${name}=${encodeURIComponent(textOf(spoil(fittingValue(random, schema), schema)))}`,
    );
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = of('path').find((one) => one.name === name)?.schema ?? {};
    return encodeURIComponent(textOf(spoil(fittingValue(random, schema), schema)));
  });
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  const sent = file === undefined ? bytesOf(random, text) : fileOf(random);
  if (sent !== undefined)
    headers['Content-Type'] = random.chance(0.97) ? (file ?? 'application/json') : 'text/xml';
  if (of('header').some(({ name }) => name === 'If-Match') && random.chance(0.8)) {
    headers['If-Match'] = random.pick(['"1"', '*', '"2"', 'W/"1"', 'x', '"1", "2"']);
  }
  if (method === 'POST' && random.chance(0.05))
    headers['Idempotency-Key'] = random.pick(['k', '!', 'x'.repeat(200)]);
  if (random.chance(0.02)) headers['X-HTTP-Method-Override'] = 'DELETE';
  return {
    method,
    path: filled + (query.length === 0 ? '' : `?${query.join('&')}`),
    headers,
    fault,
    body: sent,
  };
}

/** Lines that fit, one that does not, cells that a spreadsheet would run, and what is no text at all. */
function fileOf(random: Random): string | Buffer {
  const line = (): string =>
    random.pick([
      'f1,Ann',
      '"f2","Be\\nn"',
      'f3,=cmd|calc',
      'f4,',
      ',x',
      '"f5',
      'f6,a,b,c',
      `f7,${random.pick(hostileTexts)}`,
    ]);
  const lines = Array.from({ length: 1 + random.below(4) }, line);
  return random.pick<string | Buffer>([
    ['id,name', ...lines].join('\r\n'),
    ['id,name,no such column', ...lines].join('\n'),
    '',
    `id,name\n${','.repeat(100_000)}`,
    Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe]),
    Buffer.from('SALYBAK1 and nothing more'),
  ]);
}

/** Now and then not even JSON, or not even UTF-8. */
function bytesOf(random: Random, sent: string | undefined): string | Buffer | undefined {
  if (sent === undefined || random.chance(0.96)) return sent;
  return random.pick<string | Buffer>([
    sent.slice(0, -1),
    '',
    Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    '{"a":1,"a":2}',
    '{"__proto__":{"role":"administrator"}}',
  ]);
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  // What no URL can carry is another test's.
  return Buffer.from(text, 'utf8').toString('utf8');
}

function faultOf(edge: Edge, made: Made, reply: Response, text: string, before: number): string | undefined {
  const { status } = reply;
  if (status >= 500) {
    // What nobody foresaw is answered as a 503 as well, and leaves a line.
    const unforeseen = edge.logLines.splice(0).find((line) => line.includes('request failed'));
    const explained = status === 503 && reply.headers.get('retry-after') !== null && unforeseen === undefined;
    return explained ? undefined : `${status} ${text.slice(0, 200)} ${unforeseen ?? ''}`;
  }
  // Too long for the parser: no handler ever sees it.
  if (status < 400 || status === 431) return undefined;
  if (!/^application\/problem\+json/.test(reply.headers.get('content-type') ?? ''))
    return `${status} is no problem`;
  const problem = JSON.parse(text) as { status?: number; detail?: string; errors?: { field: string }[] };
  if (problem.status !== status || (problem.detail ?? '') === '') return `${status} says nothing: ${text}`;
  const unreadable = /cannot be read|plain UTF-8|Idempotency-Key/.test(problem.detail ?? '');
  if (status === 400 && !unreadable && (problem.errors ?? []).length === 0)
    return `400 names no field: ${text}`;
  const rows = edge.reads.events({ after: before, order: 'asc', limit: 10 });
  const left = rows.find(({ kind }) => !rowsOfRefusals.has(kind));
  if (left !== undefined) return `${status}, and yet ${left.kind} ${JSON.stringify(left.detail)}`;
  if (hostileTexts.some((one) => one.length > 40 && text.includes(one))) return `${status} sends it all back`;
  return made.fault === 'extra' && status === 201 ? 'took a field it does not know' : undefined;
}
