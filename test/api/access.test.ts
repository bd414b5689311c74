import assert from 'node:assert/strict';
import { request } from 'node:http';
import fc from 'fast-check';
import type { Role } from '../../src/core/management.js';
import { call } from './apiClient.js';
import { claimCode, type Edge, openEdge, putSource } from './fakes.js';

const roles: readonly Role[] = ['administrator', 'operator', 'viewer', 'intercom', 'demo'];
const password = 'correct horse battery';

describe('who may call what', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
  });
  afterEach(() => edge.end());

  /** A path of the row with keys that fit its schema. */
  const pathOf = (path: string) =>
    path.replace('/holidays/{id}', '/holidays/2026-01-01').replace(/\{\w+\}/g, '1');

  it('every row x method refuses none, bad, expired and revoked tokens', async () => {
    const expired = edge.token('administrator', 1);
    edge.clock.wallMs += 1;
    const revoked = edge.token('administrator', 5_000);
    const hash = edge.reads
      .list('tokens', { limit: 10 })
      .items.find(({ body }) => body.expiresMs > edge.clock.wallMs);
    edge.put({ op: 'delete', collection: 'tokens', id: hash?.body.id ?? '' });
    const headers = [
      undefined,
      'Bearer ',
      `Bearer ${'A'.repeat(43)}`,
      `Bearer ${expired}`,
      `Bearer ${revoked}`,
      `Basic ${Buffer.from('administrator:x').toString('base64')}`,
      `Bearer ${revoked}, Bearer ${expired}`,
    ];
    for (const one of edge.web.routes) {
      if (one.roles === 'public') continue;
      for (const header of headers) {
        const reply = await call(edge, one.method, pathOf(one.path), {
          ...(one.method === 'GET' ? {} : { body: {} }),
          headers: header === undefined ? {} : { Authorization: header },
        });
        assert.equal(reply.status, 401, `${one.method} ${one.path} ${header}`);
      }
    }
    assert.deepEqual([edge.asked, edge.writes], [[], []]);
  }).timeout(20_000);

  it('every row refuses every role that its column does not name, before reading the body', async () => {
    const tokens = new Map(roles.map((role) => [role, edge.token(role)]));
    let refused = 0;
    for (const one of edge.web.routes) {
      if (one.roles === 'public') continue;
      for (const role of roles) {
        if (one.roles.includes(role)) continue;
        const token = tokens.get(role) ?? '';
        const reply = await call(edge, one.method, pathOf(one.path), {
          token,
          ...(one.method === 'GET' ? {} : { body: '{not json' }),
        });
        assert.equal(reply.status, 403, `${role} ${one.method} ${one.path}`);
        refused += 1;
      }
    }
    assert.ok(refused > 50);
    assert.deepEqual([edge.asked, edge.writes], [[], []]);
  }).timeout(20_000);

  it('every method a path does not list is 405, every other path 404', async () => {
    const listed = new Map<string, string[]>();
    for (const { path, method } of edge.web.routes) listed.set(path, [...(listed.get(path) ?? []), method]);
    for (const [path, methods] of listed) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (methods.includes(method)) continue;
        const reply = await call(edge, method, pathOf(path));
        assert.deepEqual(
          [reply.status, reply.headers.get('allow')],
          [405, methods.join(', ')],
          `${method} ${path}`,
        );
      }
      assert.equal((await fetch(edge.url + pathOf(path), { method: 'HEAD' })).status, 405, path);
    }
    const token = edge.token('administrator');
    for (const path of [
      '/',
      '/api',
      '/api/v1',
      '/api/v1/Users',
      '/api/v1/users/',
      '/api/v1/settings',
      '/.git/config',
      '/fcgi/x',
    ]) {
      assert.equal((await call(edge, 'GET', path, { token })).status, 404, path);
    }
  }).timeout(20_000);

  it('only health, claim and the two logins are public', () => {
    const open = edge.web.routes.filter((one) => one.roles === 'public').map((one) => one.path);
    assert.deepEqual(open, [
      '/health',
      '/api/v1/welcome',
      '/.well-known/security.txt',
      '/api/v1/claim',
      '/api/v1/login',
      '/api/v1/session',
    ]);
  });

  it('the demo presents cards and watches, nothing else', () => {
    const demo = edge.web.routes
      .filter((one) => one.roles !== 'public' && one.roles.includes('demo'))
      .map((one) => `${one.method} ${one.path.replace('/api/v1', '')}`);
    assert.deepEqual(demo, [
      'GET /status',
      'GET /site',
      'GET /me',
      'GET /session',
      'GET /doors',
      'GET /doors/{id}',
      'GET /readers',
      'GET /readers/{id}',
      'GET /zones',
      'GET /zones/{id}',
      'GET /alarms',
      'GET /alarms/{id}',
      'GET /events',
      'GET /events/stream',
      'POST /mock/readers/{reader}/present',
      'POST /mock/doors/{door}/contact',
      'POST /mock/doors/{door}/rex',
      'POST /mock/readers/{reader}/tamper',
      'POST /mock/fire',
      'GET /mock/lines',
    ]);
  });

  it('the mock rows exist on the mock board only', async () => {
    const real = await openEdge({ board: 'rpi-4' });
    try {
      assert.ok(!real.web.routes.some((one) => one.path.includes('/mock/')));
      const token = real.token('administrator');
      assert.equal((await call(real, 'GET', '/api/v1/mock/lines', { token })).status, 404);
      const body = { bits: '0101' };
      assert.equal((await call(real, 'POST', '/api/v1/mock/readers/x/present', { token, body })).status, 404);
    } finally {
      await real.end();
    }
  });

  it('the claim code makes one administrator, once', async () => {
    const claim = (code: string, name = 'Ann') =>
      call(edge, 'POST', '/api/v1/claim', { body: { code, name, password } });
    assert.equal((await claim('ABCD-EFGH-JKLM-NPQS')).status, 403);
    assert.equal(
      (
        await call(edge, 'POST', '/api/v1/claim', {
          body: { code: claimCode, name: 'ann', password: 'short' },
        })
      ).status,
      400,
    );
    const two = await Promise.all([claim('abcd efgh jklm npqr'), claim(claimCode, 'bob')]);
    assert.deepEqual(two.map(({ status }) => status).sort(), [201, 409]);
    assert.equal((await claim(claimCode)).status, 409);
    const token = String(two.find(({ status }) => status === 201)?.body['token']);
    const me = await call(edge, 'GET', '/api/v1/me', { token });
    assert.equal(me.body['role'], 'administrator');
    assert.equal(edge.reads.count('operators'), 1);
    assert.equal(edge.reads.events({ order: 'desc', limit: 1 })[0]?.kind, 'claimed');
    const told = JSON.stringify([edge.reads.events({ order: 'asc', limit: 100 }), edge.logLines]);
    assert.doesNotMatch(told, /horse|EFGH|efgh/);
  });

  it('a wrong claim code is slowed down after five tries', async () => {
    const body = { code: 'X', name: 'x', password };
    const tries = [];
    for (let n = 0; n < 6; n += 1) tries.push((await call(edge, 'POST', '/api/v1/claim', { body })).status);
    assert.deepEqual(tries, [403, 403, 403, 403, 403, 429]);
    assert.equal(
      (await call(edge, 'POST', '/api/v1/claim', { body: { ...body, code: claimCode } })).status,
      429,
    );
    edge.clock.monoMs += 30_000;
    assert.equal(
      (await call(edge, 'POST', '/api/v1/claim', { body: { ...body, code: claimCode } })).status,
      201,
    );
  });

  it('login, logout: a revoked token is refused at once, and so is a disabled operator', async () => {
    await call(edge, 'POST', '/api/v1/claim', { body: { code: claimCode, name: 'ann', password } });
    const login = await call(edge, 'POST', '/api/v1/login', { body: { name: 'ANN', password } });
    assert.equal(login.status, 200);
    const token = String(login.body['token']);
    assert.match(token, /^[\w-]{43}$/);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token })).status, 200);
    assert.equal((await call(edge, 'POST', '/api/v1/logout', { token })).status, 204);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token })).status, 401);
    const again = String(
      (await call(edge, 'POST', '/api/v1/login', { body: { name: 'ann', password } })).body['token'],
    );
    const operator = edge.reads.get('operators', 'ann')?.body;
    assert.match(operator?.passwordHash ?? '', /^scrypt\$/);
    assert.ok(operator !== undefined);
    edge.token('administrator');
    edge.put({ op: 'put', collection: 'operators', id: 'ann', body: { ...operator, disabled: true } });
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token: again })).status, 401);
    assert.equal(
      (await call(edge, 'POST', '/api/v1/login', { body: { name: 'ann', password } })).status,
      401,
    );
  });

  it('wrong logins are slowed for each name and address, with bounded rows, and tell nothing of the name', async () => {
    await call(edge, 'POST', '/api/v1/claim', { body: { code: claimCode, name: 'ann', password } });
    const login = (name: string, sent: string) =>
      call(edge, 'POST', '/api/v1/login', { body: { name, password: sent } });
    edge.writes.length = 0;
    const [known, unknown] = [await login('ann', 'no'), await login('nobody', 'no')];
    assert.deepEqual([known.status, known.body], [401, unknown.body]);
    const burst = await Promise.all(Array.from({ length: 20 }, () => login('ann', 'guess')));
    const statuses = burst.map(({ status }) => status);
    assert.deepEqual(statuses.filter((status) => status === 401).length, 4, 'the fifth closes the gate');
    assert.equal((await login('ann', password)).status, 429);
    assert.equal((await login('nobody', 'no')).status, 401, 'another name is not held up');
    edge.clock.monoMs += 30_000;
    assert.equal((await login('ann', password)).status, 200);
    for (let n = 0; n < 20; n += 1) await login(`n${n}`, 'x');
    assert.ok(edge.writes.filter(({ write }) => write.event === 'login-failed').length <= 20);
    assert.doesNotMatch(JSON.stringify([edge.writes, edge.logLines]), /guess|horse/);
  }).timeout(10_000);

  it('health says no more than that', async () => {
    assert.deepEqual((await call(edge, 'GET', '/health')).body, { status: 'ok' });
  });

  it('hostile bodies are 400, 413 or 415, never 5xx, and reach nobody', async () => {
    const token = edge.token('administrator');
    putSource(edge);
    const send = (body: string, type = 'application/json') =>
      call(edge, 'POST', '/api/v1/users', { token, body, headers: { 'Content-Type': type } });
    const statuses = [
      (await send('{')).status,
      (await send('[]')).status,
      (await send('"x"')).status,
      (await send('{"name":"a","__proto__":{"enabled":false}}')).status,
      (await send('{"name":"a","admin":true}')).status,
      (await send('{"name":1e999}')).status,
      (await send('{"name":"a\\u0000b"}')).status,
      (await send('{"name":"\\ud800"}')).status,
      (await send(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)).status,
      (await send(JSON.stringify({ name: 'x'.repeat(70_000) }))).status,
      (await send('{"name":"a"}', 'text/plain')).status,
      (await send('{"name":"a"}', 'application/json; charset=koi8-r')).status,
      (await call(edge, 'GET', '/api/v1/users?limit=0', { token })).status,
      (await call(edge, 'GET', '/api/v1/users?limit=5&limit=6', { token })).status,
      (await call(edge, 'GET', '/api/v1/users?x[]=6', { token })).status,
      (await call(edge, 'GET', '/api/v1/users/%', { token })).status,
      (await call(edge, 'GET', '/api/v1/users/..%2f..%2fetc', { token })).status,
      (await call(edge, 'GET', "/api/v1/users/x'OR'1", { token })).status,
    ];
    assert.deepEqual(statuses, [...Array(9).fill(400), 413, 415, 415, ...Array(6).fill(400)]);
    assert.deepEqual(edge.writes, []);
  });

  it('any JSON at any writing row gives no 5xx', async () => {
    const token = edge.token('administrator');
    const rows = edge.web.routes.filter((one) => one.body !== undefined && one.roles !== 'public');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...rows), fc.json({ maxDepth: 2 }), async (one, body) => {
        const { status } = await call(edge, one.method, pathOf(one.path), { token, body });
        assert.ok(status < 500, `${one.method} ${one.path} ${status}`);
      }),
      { numRuns: 200 },
    );
  }).timeout(10_000);

  it('one address may ask so often within a minute, and no more; this machine itself is not counted', async () => {
    const small = await openEdge({ http: { requestsPerMinute: 3 } });
    const from = (localAddress: string): Promise<readonly [number, string | undefined]> =>
      new Promise((resolve, reject) => {
        const sent = request(
          { host: '127.0.0.1', port: small.port, path: '/health', localAddress },
          (reply) => {
            reply.resume();
            resolve([reply.statusCode ?? 0, reply.headers['retry-after']]);
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    try {
      const answers = [];
      for (let n = 0; n < 5; n += 1) answers.push(await from('127.0.0.2'));
      assert.deepEqual(
        answers.map(([status]) => status),
        [200, 200, 200, 429, 429],
      );
      assert.equal(answers[3]?.[1], '60');
      assert.equal((await from('127.0.0.3'))[0], 200, 'another address is another’s affair');
      for (let n = 0; n < 5; n += 1) assert.equal((await from('127.0.0.1'))[0], 200);
    } finally {
      await small.end();
    }
  });

  it('many failing requests of one address are turned away for a while', async () => {
    const small = await openEdge({ http: { failuresPerMinute: 5 } });
    try {
      const statuses = [];
      for (let n = 0; n < 7; n += 1) statuses.push((await call(small, 'GET', '/api/v1/users')).status);
      assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    } finally {
      await small.end();
    }
  });
});
