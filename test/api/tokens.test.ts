import assert from 'node:assert/strict';
import { scopeOf } from '../../src/api/route.js';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const dayMs = 86_400_000;

describe('tokens of scripts', () => {
  let edge: Edge;
  let admin: string;
  beforeEach(async () => {
    edge = await openEdge();
    admin = edge.token('administrator');
  });
  afterEach(() => edge.end());

  const send = (token: string, method: string, path: string, body?: unknown) =>
    call(edge, method, `/api/v1${path}`, { token, ...(body === undefined ? {} : { body }) });
  const fieldsOf = (reply: ApiReply) =>
    ((reply.body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);
  const make = async (token: string, body: object) => {
    const made = await send(token, 'POST', '/tokens', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body as { readonly token: string; readonly id: string };
  };

  it('are shown once, last as long as told, and can be revoked', async () => {
    const { token, id } = await make(admin, { name: 'script', days: 2 });
    assert.equal((await send(token, 'GET', '/me')).status, 200);
    const listed = await send(admin, 'GET', '/tokens');
    assert.doesNotMatch(JSON.stringify(listed.body), new RegExp(token));
    edge.clock.wallMs += 2 * dayMs;
    assert.equal((await send(token, 'GET', '/me')).status, 401);
    const other = edge.token('administrator');
    assert.equal((await send(other, 'DELETE', `/tokens/${id}`)).status, 204);
    assert.equal((await send(other, 'DELETE', `/tokens/${id}`)).status, 404);
  });

  it('a scope is all a token may use, row by row', async () => {
    const { token } = await make(admin, { name: 'reader', scopes: ['users:read', 'doors:write'] });
    const covered = new Set(['users:read', 'doors:read', 'doors:write']);
    let refused = 0;
    for (const one of edge.web.routes) {
      const scope = scopeOf(one);
      if (one.roles === 'public' || scope === undefined || covered.has(scope)) continue;
      const path = one.path.replace('/api/v1', '').replace(/\{\w+\}/g, '1');
      assert.equal((await send(token, one.method, path)).status, 403, `${one.method} ${one.path}`);
      refused += 1;
    }
    assert.ok(refused > 60);
    assert.equal((await send(token, 'GET', '/users')).status, 200);
    assert.equal((await send(token, 'POST', '/users', { name: 'x' })).status, 403);
  }).timeout(10_000);

  it('nobody hands out more than he holds', async () => {
    const operator = edge.token('operator');
    const more = await send(operator, 'POST', '/tokens', { name: 'x', role: 'administrator' });
    assert.deepEqual([more.status, fieldsOf(more)], [403, ['role']]);
    const { token } = await make(admin, { name: 'maker', scopes: ['tokens:write', 'users:read'] });
    const wide = await send(token, 'POST', '/tokens', { name: 'x', scopes: ['users:write'] });
    assert.deepEqual([wide.status, fieldsOf(wide)], [403, ['scopes.0']]);
    const child = await make(token, { name: 'x' });
    assert.equal((await send(child.token, 'GET', '/events')).status, 403, 'scopes are inherited');
    const unknown = await send(admin, 'POST', '/tokens', { name: 'x', scopes: ['nonsense:read'] });
    assert.deepEqual([unknown.status, fieldsOf(unknown)], [400, ['scopes.0']]);
  });

  it('each sees and revokes his own, an administrator all', async () => {
    const operator = edge.token('operator');
    const mine = await make(operator, { name: 'mine' });
    const theirs = await make(admin, { name: 'theirs' });
    const names = async (token: string) =>
      ((await send(token, 'GET', '/tokens')).body['items'] as { name: string }[]).map(({ name }) => name);
    assert.deepEqual((await names(operator)).sort(), ['', 'mine']);
    assert.ok((await names(admin)).includes('mine'));
    assert.equal((await send(operator, 'DELETE', `/tokens/${theirs.id}`)).status, 404);
    assert.equal((await send(admin, 'DELETE', `/tokens/${mine.id}`)).status, 204);
    assert.equal((await send(mine.token, 'GET', '/me')).status, 401);
  });

  it('an administrator makes them for others, never more than they may; nobody else does, and none is of nobody', async () => {
    edge.token('viewer');
    const operator = edge.token('operator');
    const { token } = await make(admin, { name: 'panel', operator: 'viewer' });
    const me = await send(token, 'GET', '/me');
    assert.deepEqual([me.status, me.body['role']], [200, 'viewer']);
    for (const [by, body, status, field] of [
      [admin, { operator: 'viewer', role: 'operator' }, 403, 'role'],
      [admin, { operator: 'nobody' }, 400, 'operator'],
      [operator, { operator: 'viewer' }, 403, 'operator'],
    ] as const) {
      const refused = await send(by, 'POST', '/tokens', { name: 'x', ...body });
      assert.deepEqual([refused.status, fieldsOf(refused)], [status, [field]], JSON.stringify(body));
    }
  });

  it('an intercom watches doors and releases them, nothing else', async () => {
    const { token } = await make(admin, { name: 'gate station', role: 'intercom' });
    edge.answer = () => ({ kind: 'released', door: 'lobby' });
    assert.equal((await send(token, 'GET', '/doors')).status, 200);
    assert.equal((await send(token, 'POST', '/doors/lobby/release')).status, 200);
    for (const path of ['/doors/lobby/unlock', '/doors/lobby/lock', '/doors/lobby/normal']) {
      assert.equal((await send(token, 'POST', path)).status, 403, path);
    }
    for (const path of ['/users', '/events', '/credentials', '/zones', '/system', '/tokens']) {
      assert.equal((await send(token, 'GET', path)).status, 403, path);
    }
  });

  it('expired ones go with the next; a hundred is the limit, and none is pushed out', async () => {
    await make(admin, { name: 'old', days: 1 });
    edge.clock.wallMs += dayMs;
    const again = edge.token('administrator');
    for (let n = 0; n < 100; n += 1) await make(again, { name: `n${n}`, days: 3 });
    const more = await send(again, 'POST', '/tokens', { name: 'one more', days: 3 });
    assert.equal(more.status, 409);
    assert.match(JSON.stringify(more.body), /100 tokens\. Revoke one/);
    assert.equal(edge.reads.count('tokens'), 101, 'the hundred and the login');
  }).timeout(10_000);

  it('too many logins push out the oldest login: no token, and not the one in use', async () => {
    const { token } = await make(admin, { name: 'script', days: 30 });
    for (let n = 0; n < 120; n += 1) {
      edge.clock.wallMs += 1_000;
      edge.token('administrator');
    }
    await make(admin, { name: 'next', days: 1 });
    assert.equal((await send(admin, 'GET', '/me')).status, 200);
    assert.equal((await send(token, 'GET', '/me')).status, 200);
    assert.equal(edge.reads.count('tokens'), 2 + 100, 'two tokens, 99 logins and the one in use');
  });
});
