import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createPasswords } from '../../src/api/password.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const password = 'correct horse battery';

describe('browser sessions', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
    const passwordHash = await createPasswords(randomBytes, { N: 1_024, r: 8, p: 1 }).hash(password);
    const ann = { id: 'ann', name: 'Ann', role: 'administrator', passwordHash, disabled: false } as const;
    edge.put({ op: 'put', collection: 'operators', id: 'ann', body: ann });
  });
  afterEach(() => edge.end());

  const begin = async () => {
    const reply = await call(edge, 'POST', '/api/v1/session', { body: { name: 'ann', password } });
    assert.equal(reply.status, 200);
    const header = reply.headers.get('set-cookie') ?? '';
    return { header, cookie: header.split(';')[0] ?? '', csrf: String(reply.body['csrf']), body: reply.body };
  };

  it('the token goes into a __Host- cookie no script reads, and nowhere else', async () => {
    const { header, cookie, body } = await begin();
    assert.match(
      header,
      /^__Host-sallyport=[\w-]{43}; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    assert.ok(!JSON.stringify(body).includes(cookie.split('=')[1] ?? 'x'));
    const me = await call(edge, 'GET', '/api/v1/session', { headers: { Cookie: `a=b; ${cookie}` } });
    assert.deepEqual([me.body['name'], me.body['csrf']], ['ann', body['csrf']]);
  });

  it('a change needs the CSRF token and our own page; reading does not', async () => {
    const { cookie, csrf } = await begin();
    const create = async (headers: Record<string, string>) =>
      (
        await call(edge, 'POST', '/api/v1/users', {
          body: { name: 'x' },
          headers: { Cookie: cookie, ...headers },
        })
      ).status;
    assert.equal(await create({}), 403);
    assert.equal(await create({ 'X-CSRF-Token': `${csrf}x` }), 403);
    assert.equal(await create({ 'X-CSRF-Token': csrf, 'Sec-Fetch-Site': 'cross-site' }), 403);
    assert.equal(await create({ 'X-CSRF-Token': csrf, 'Sec-Fetch-Site': 'same-site' }), 403);
    assert.equal(edge.reads.count('users'), 0);
    assert.equal(await create({ 'X-CSRF-Token': csrf, 'Sec-Fetch-Site': 'same-origin' }), 201);
    assert.equal((await call(edge, 'GET', '/api/v1/users', { headers: { Cookie: cookie } })).status, 200);
    const other = await begin();
    assert.equal(await create({ 'X-CSRF-Token': other.csrf }), 403, 'each session has its own');
  });

  it('every changing row of the table refuses a forged request', async () => {
    const { cookie } = await begin();
    let refused = 0;
    for (const one of edge.web.routes) {
      if (one.roles === 'public' || one.method === 'GET' || !one.roles.includes('administrator')) continue;
      const path = one.path.replace(/\{\w+\}/g, '1');
      const reply = await call(edge, one.method, path, { body: {}, headers: { Cookie: cookie } });
      assert.deepEqual([reply.status, /X-CSRF-Token/.test(String(reply.body['detail']))], [403, true], path);
      refused += 1;
    }
    assert.ok(refused > 40);
  });

  it('ends with logout, and the browser forgets it', async () => {
    const { cookie, csrf } = await begin();
    const headers = { Cookie: cookie, 'X-CSRF-Token': csrf };
    const out = await call(edge, 'POST', '/api/v1/logout', { headers });
    assert.match(out.headers.get('set-cookie') ?? '', /^__Host-sallyport=; Max-Age=0;/);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { headers })).status, 401);
  });

  it('a broken cookie is no cookie, and a bad Bearer is not rescued by a good cookie', async () => {
    const { cookie } = await begin();
    for (const bad of [
      '__Host-sallyport=',
      `${cookie}x`,
      cookie.replace('__Host-', ''),
      '__Host-sallyport=%00',
      ';;=',
    ]) {
      assert.equal((await call(edge, 'GET', '/api/v1/me', { headers: { Cookie: bad } })).status, 401, bad);
    }
    const headers = { Cookie: cookie, Authorization: `Bearer ${'A'.repeat(43)}` };
    assert.equal((await call(edge, 'GET', '/api/v1/me', { headers })).status, 401);
  });
});
