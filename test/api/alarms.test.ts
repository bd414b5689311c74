import assert from 'node:assert/strict';
import type { LogKind } from '../../src/core/log.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('alarms', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('operator');
  });
  afterEach(() => edge.end());

  const happen = (kind: LogKind, door = 'lobby') => edge.log({ kind, door });
  const list = async (query = '') => {
    const { body } = await call(edge, 'GET', `/api/v1/alarms${query}`, { token });
    return body as { items: { id: string; kind: string; active: boolean }[]; next?: string };
  };
  const acknowledge = (id: string, body: object = {}) =>
    call(edge, 'POST', `/api/v1/alarms/${id}/acknowledge`, { token, body });

  it('last until their cause ends and somebody has seen them', async () => {
    happen('door-forced');
    happen('door-forced');
    happen('door-forced', 'lab');
    const [lab, lobby] = (await list()).items;
    assert.deepEqual([lab?.kind, lobby?.kind, lobby?.active], ['door-forced', 'door-forced', true]);
    assert.equal((await list()).items.length, 2, 'one at a time for each door');
    happen('door-forced-ended');
    assert.equal((await list()).items[1]?.active, false);
    const seen = await acknowledge(lobby?.id ?? '', { note: 'the wind' });
    assert.deepEqual(
      [seen.status, seen.body['acknowledged']],
      [200, { by: 'operator', at: '2026-01-05T00:00:00.000Z', note: 'the wind' }],
    );
    assert.deepEqual(
      (await list()).items.map(({ id }) => id),
      [lab?.id],
    );
    await acknowledge(lab?.id ?? '');
    assert.equal((await list()).items.length, 1, 'acknowledged, but the door still stands forced');
    happen('door-forced-ended', 'lab');
    assert.equal((await list()).items.length, 0);
    assert.equal((await list('?state=all')).items.length, 2);
  });

  it('an acknowledgement is a row of the log, once', async () => {
    happen('reader-locked-out');
    const [alarm] = (await list()).items;
    assert.equal((await acknowledge(alarm?.id ?? '', { note: 'tried a PIN' })).status, 200);
    assert.equal((await acknowledge(alarm?.id ?? '')).status, 409);
    const [row] = edge.reads.events({ order: 'desc', limit: 1 });
    assert.deepEqual(
      [row?.kind, row?.door, row?.by, row?.detail],
      [
        'alarm-acknowledged',
        'lobby',
        { kind: 'operator', operator: 'operator', address: '127.0.0.1' },
        { alarm: Number(alarm?.id), kind: 'reader-locked-out', note: 'tried a PIN' },
      ],
    );
  });

  it('come by pages, newest first; what is none is 404 or 400', async () => {
    for (const door of ['a', 'b', 'c', 'd', 'e']) happen('door-held', door);
    const ids: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = await list(`?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      ids.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => Number(b) - Number(a)),
    );
    assert.equal(ids.length, 5);
    assert.equal((await acknowledge('999')).status, 404);
    assert.equal((await acknowledge('x')).status, 400);
    assert.equal((await acknowledge(ids[0] ?? '', { note: 'x'.repeat(501) })).status, 400);
  });
});
