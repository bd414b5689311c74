import assert from 'node:assert/strict';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

interface Operation {
  readonly requestBody?: { readonly content: object };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

describe('what is written down', () => {
  let edge: Edge;
  before(async () => {
    edge = await openEdge({ http: { securityContact: 'mailto:security@example.com' } });
  });
  after(() => edge.end());

  it('the OpenAPI document says what files are sent and fetched', async () => {
    const { body } = await call(edge, 'GET', '/api/v1/openapi.json', { token: edge.token('viewer') });
    const paths = body['paths'] as Record<string, Record<string, Operation>>;
    const sent = (path: string, method: string) =>
      Object.keys(paths[path]?.[method]?.requestBody?.content ?? {});
    const got = (path: string, status: string) =>
      Object.keys(paths[path]?.['get']?.responses[status]?.content ?? {});
    assert.deepEqual(sent('/api/v1/imports', 'post'), ['text/csv']);
    assert.deepEqual(sent('/api/v1/backups/{name}', 'put'), ['application/octet-stream']);
    assert.deepEqual(got('/api/v1/exports/users', '200'), ['text/csv']);
    assert.deepEqual(got('/api/v1/backups/{name}', '200'), ['application/octet-stream']);
    assert.deepEqual(got('/api/v1/zones/{id}/roll-call.csv', '200'), ['text/csv']);
    assert.deepEqual(Object.keys(paths['/api/v1/imports']?.['post']?.responses ?? {}), [
      '200',
      '202',
      'default',
    ]);
  });

  it('the page of the interface has every row, no script, and nothing of another host', async () => {
    const headers = { Authorization: `Bearer ${edge.token('viewer')}` };
    const reply = await fetch(`${edge.url}/api/v1/docs`, { headers });
    const page = await reply.text();
    assert.match(reply.headers.get('content-type') ?? '', /^text\/html/);
    const policy = reply.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*frame-ancestors 'none'$/);
    assert.doesNotMatch(page, /<script|https?:\/\/|\son\w+=/);
    for (const { path } of edge.web.routes) assert.ok(page.includes(`<code>${path}</code>`), path);
    assert.equal((await fetch(`${edge.url}/api/v1/docs`)).status, 401);
  });

  it('security.txt names somebody, and runs out in half a year', async () => {
    const reply = await fetch(`${edge.url}/.well-known/security.txt`);
    assert.match(reply.headers.get('content-type') ?? '', /^text\/plain; charset=utf-8/);
    assert.equal(
      await reply.text(),
      'Contact: mailto:security@example.com\nExpires: 2026-07-04T00:00:00.000Z\nPreferred-Languages: en, de\n',
    );
    const nobody = await openEdge();
    assert.equal((await fetch(`${nobody.url}/.well-known/security.txt`)).status, 404);
    await nobody.end();
  });
});
