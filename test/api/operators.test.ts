import assert from 'node:assert/strict';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const password = 'correct horse battery';

describe('operators', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
  });
  afterEach(() => edge.end());

  const send = (method: string, path: string, body?: unknown, ifMatch?: string) =>
    call(edge, method, `/api/v1${path}`, {
      token,
      headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
      ...(body === undefined ? {} : { body }),
    });
  const fieldsOf = (reply: ApiReply) =>
    ((reply.body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);
  const login = (name: string, sent = password) =>
    call(edge, 'POST', '/api/v1/login', { body: { name, password: sent } });

  it('are made with a password that never comes out, and log in with it', async () => {
    const made = await send('POST', '/operators', { id: 'ann', name: 'Ann', role: 'viewer', password });
    assert.deepEqual(
      [made.status, made.body],
      [201, { id: 'ann', name: 'Ann', role: 'viewer', disabled: false, revision: 1 }],
    );
    assert.equal((await login('ann')).body['role'], 'viewer');
    const told = JSON.stringify([edge.reads.events({ order: 'asc', limit: 100 }), edge.logLines]);
    assert.doesNotMatch(told, /horse|scrypt/);
  });

  it('names what is wrong', async () => {
    const bad: readonly [object, string][] = [
      [{ id: 'ann', name: 'Ann', role: 'viewer' }, 'password'],
      [{ id: 'ann', name: 'Ann', role: 'viewer', password: 'short' }, 'password'],
      [{ id: 'ann', name: 'Ann', role: 'viewer', password: 'Password123!' }, 'password'],
      [{ id: 'ann', name: 'Ann', role: 'viewer', password: 'abcdefgh' }, 'password'],
      [{ id: 'ann', name: 'Ann', role: 'viewer', password: '20261125' }, 'password'],
      [{ id: 'annarcher', name: 'Ann', role: 'viewer', password: 'annarcher1' }, 'password'],
      [{ id: 'Ann', name: 'Ann', role: 'viewer', password }, 'id'],
      [{ name: 'Ann', role: 'viewer', password }, 'id'],
      [{ id: 'ann', name: 'Ann', role: 'demo', password }, 'role'],
    ];
    for (const [body, field] of bad) {
      const reply = await send('POST', '/operators', body);
      assert.deepEqual([reply.status, fieldsOf(reply)], [400, [field]], JSON.stringify(body));
    }
    assert.equal(edge.reads.get('operators', 'ann'), undefined);
  });

  it('the last administrator stays one', async () => {
    const away = await send('PATCH', '/operators/administrator', { disabled: true }, '"1"');
    assert.deepEqual([away.status, fieldsOf(away)], [409, ['role']]);
    assert.equal((await send('DELETE', '/operators/administrator', undefined, '"1"')).status, 409);
    await send('POST', '/operators', { id: 'ann', name: 'Ann', role: 'administrator', password });
    assert.equal((await send('DELETE', '/operators/administrator', undefined, '"1"')).status, 204);
    assert.equal((await send('GET', '/me')).status, 401, 'his token went with him');
  });

  it('a new password by an administrator ends all logins', async () => {
    await send('POST', '/operators', { id: 'ann', name: 'Ann', role: 'operator', password });
    const old = String((await login('ann')).body['token']);
    const changed = await send('PATCH', '/operators/ann', { password: 'another horse' }, '"1"');
    assert.equal(changed.status, 200);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token: old })).status, 401);
    assert.equal((await login('ann')).status, 401);
    assert.equal((await login('ann', 'another horse')).status, 200);
    const renamed = await send('PATCH', '/operators/ann', { name: 'Ann B' }, '"2"');
    assert.equal(renamed.status, 200);
    assert.equal((await login('ann', 'another horse')).status, 200, 'the old one stays');
  });

  it('change their own password, knowing the old one; other logins end, this one goes on', async () => {
    await send('POST', '/operators', { id: 'ann', name: 'Ann', role: 'viewer', password });
    const one = String((await login('ann')).body['token']);
    const other = String((await login('ann')).body['token']);
    const change = (old: string, next: string) =>
      call(edge, 'POST', '/api/v1/me/password', { token: one, body: { old, new: next } });
    assert.equal((await change('wrong horse', 'another horse')).status, 403);
    assert.deepEqual(fieldsOf(await change(password, 'password1')), ['new']);
    assert.equal((await change(password, 'another horse')).status, 204);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token: one })).status, 200);
    assert.equal((await call(edge, 'GET', '/api/v1/me', { token: other })).status, 401);
    assert.equal((await login('ann', 'another horse')).status, 200);
  });

  it('one address that tries many names waits for all of them', async () => {
    const tries = [];
    for (let n = 0; n < 21; n += 1) tries.push((await login(`n${n}`, 'guess')).status);
    assert.deepEqual(tries, [...Array(20).fill(401), 429]);
  });
});
