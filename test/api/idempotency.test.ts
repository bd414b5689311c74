import assert from 'node:assert/strict';
import { createReplays } from '../../src/api/idempotency.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('idempotency keys', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
  });
  afterEach(() => edge.end());

  const create = (key: string, body: object, by = token) =>
    call(edge, 'POST', '/api/v1/users', { token: by, body, headers: { 'Idempotency-Key': key } });

  it('the same POST again gives the first reply and does nothing', async () => {
    const all = await Promise.all([1, 2, 3].map(() => create('k1', { name: 'Ann' })));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(all.map(({ body }) => body['id'])).size, 1);
    assert.equal(all.filter(({ headers }) => headers.get('idempotency-replayed') === 'true').length, 2);
    assert.equal(edge.reads.count('users'), 1);
    assert.equal((await create('k2', { name: 'Ann' })).status, 201);
    assert.equal((await create('k1', { name: 'Ann' }, edge.token('operator'))).status, 201);
    assert.equal(edge.reads.count('users'), 3, 'another key and another caller are other requests');
  });

  it('a key for another request, or a bad one, is refused', async () => {
    await create('k1', { name: 'Ann' });
    assert.equal((await create('k1', { name: 'Bob' })).status, 422);
    assert.equal((await create('x'.repeat(129), { name: 'Bob' })).status, 400);
    assert.equal(edge.reads.count('users'), 1);
  });

  it('an hour later, and after a thousand others, it is forgotten; a failure of ours is not kept', async () => {
    const replays = createReplays();
    let done = 0;
    const run = (key: string, nowMs: number, status: 200 | 503 = 200) =>
      replays.run({ caller: 'a', key, request: 'r', nowMs }, async () => {
        done += 1;
        return status === 200 ? { status } : { problem: { status, title: '', detail: '' } };
      });
    await run('k', 0);
    assert.equal((await run('k', 3_599_999)).replayed, true);
    assert.equal((await run('k', 3_600_000)).replayed, false);
    for (let n = 0; n < 1_000; n += 1) await run(`n${n}`, 3_600_000);
    assert.equal((await run('k', 3_600_000)).replayed, false);
    assert.equal(done, 1_003);
    await run('f', 0, 503);
    assert.equal((await run('f', 0)).replayed, false);
  });
});
