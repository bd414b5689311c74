/** One JSON request to the API of a test; every 2xx body is held against the response schema of its row. */
import assert from 'node:assert/strict';
import type { Edge } from './fakes.js';

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function call(
  edge: Edge,
  method: string,
  path: string,
  of: { readonly token?: string; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<ApiReply> {
  const reply = await fetch(edge.url + path, {
    method,
    headers: {
      ...(of.token === undefined ? {} : { Authorization: `Bearer ${of.token}` }),
      ...(of.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...of.headers,
    },
    ...(of.body === undefined
      ? {}
      : { body: typeof of.body === 'string' ? of.body : JSON.stringify(of.body) }),
  });
  const text = await reply.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (reply.ok) checkSchema(edge, method, path, text === '' ? undefined : body);
  else
    assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/, `${method} ${path}`);
  return { status: reply.status, headers: reply.headers, body };
}

function checkSchema(edge: Edge, method: string, path: string, body: unknown): void {
  const plain = path.replace(/\?.*$/, '');
  const row = edge.web.routes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  assert.ok(row !== undefined, `${method} ${path} is not in the table`);
  if (body === undefined) assert.equal(row.response, undefined, `${method} ${path} gave no body`);
  else assert.deepEqual(row.response?.safeParse(body).error?.issues, undefined, `${method} ${path}`);
}
