import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { commonRole } from '../../src/api/auth.js';
import type { Role, StoredOperator } from '../../src/core/management.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const roles: readonly Role[] = ['administrator', 'operator', 'viewer', 'intercom', 'demo'];

describe('tokens', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
    const other = {
      id: 'other',
      name: 'Other',
      role: 'administrator',
      passwordHash: '',
      disabled: false,
    } as const;
    edge.put({ op: 'put', collection: 'operators', id: 'other', body: other });
  });
  afterEach(() => edge.end());

  const pathOf = (path: string) => path.replace(/\{\w+\}/g, '1');
  /** Changes an operator while his token lives. */
  const change = (id: string, more: Partial<StoredOperator>) => {
    const operator = edge.reads.get('operators', id)?.body;
    assert.ok(operator !== undefined);
    edge.put({ op: 'put', collection: 'operators', id, body: { ...operator, ...more } });
  };

  it('a token has at most the present role of its operator, at once and at every row', async () => {
    const token = edge.token('administrator');
    for (const role of ['operator', 'viewer', 'demo'] as const) {
      change('administrator', { role });
      for (const one of edge.web.routes) {
        if (one.roles === 'public' || one.roles.includes(role)) continue;
        const reply = await call(edge, one.method, pathOf(one.path), { token });
        assert.equal(reply.status, 403, `${role} ${one.method} ${one.path}`);
      }
      assert.equal((await call(edge, 'GET', '/api/v1/status', { token })).status, 200, role);
    }
    change('administrator', { role: 'administrator', disabled: true });
    assert.equal((await call(edge, 'GET', '/api/v1/status', { token })).status, 401);
    change('administrator', { disabled: false });
    assert.equal((await call(edge, 'GET', '/api/v1/status', { token })).status, 200);
    edge.put({ op: 'delete', collection: 'operators', id: 'administrator' });
    assert.equal((await call(edge, 'GET', '/api/v1/status', { token })).status, 401);
    assert.deepEqual([edge.writes, edge.asked.filter(({ kind }) => kind !== 'status')], [[], []]);
  }).timeout(20_000);

  it('a token made with a lower role stays there when its operator rises', async () => {
    const token = edge.token('viewer');
    change('viewer', { role: 'administrator' });
    const me = await call(edge, 'GET', '/api/v1/me', { token });
    assert.deepEqual([me.body['role'], me.body['mayManage']], ['viewer', false]);
    assert.equal((await call(edge, 'POST', '/api/v1/users', { token, body: { name: 'x' } })).status, 403);
  });

  it('the lower of two roles is one whose rows both may call; where there is none, nobody is let in', () => {
    const rowsOf = (role: Role) =>
      edge.web.routes.filter((one) => one.roles !== 'public' && one.roles.includes(role));
    for (const [one, other] of roles.flatMap((a) => roles.map((b) => [a, b] as const))) {
      const common = commonRole(one, other);
      assert.equal(common, commonRole(other, one));
      if (common === undefined) continue;
      const allowed = [new Set(rowsOf(one)), new Set(rowsOf(other))];
      const names = rowsOf(common).filter((each) => !allowed.every((set) => set.has(each)));
      assert.deepEqual(names, [], `${one} and ${other}`);
    }
    assert.deepEqual([commonRole('viewer', 'demo'), commonRole('demo', 'demo')], [undefined, 'demo']);
  });

  it('whoever is shut out while the body is on its way is refused', async () => {
    const token = edge.token('administrator');
    const body = '{"name":"late"}';
    const head = `POST /api/v1/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`;
    const socket = connect(edge.port, '127.0.0.1');
    let reply = '';
    const text = (wanted: RegExp) =>
      new Promise<void>((resolve) => {
        socket.on('data', (bytes) => {
          reply += bytes.toString('latin1');
          if (wanted.test(reply)) resolve();
        });
      });
    socket.write(head + body.slice(0, 5));
    await text(/ 100 Continue/);
    await call(edge, 'GET', '/health');
    change('administrator', { role: 'viewer' });
    socket.write(body.slice(5));
    await text(/ (?!100)\d{3} [\s\S]*\}/);
    assert.match(reply, / 403 Forbidden/);
    socket.destroy();
    assert.deepEqual(edge.writes, []);
  });
});
