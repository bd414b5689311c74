import assert from 'node:assert/strict';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('the system', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
  });
  afterEach(() => edge.end());

  it('tells time and trust, storage, threads and versions', async () => {
    const { body } = await call(edge, 'GET', '/api/v1/system', { token });
    assert.deepEqual(body['time'], {
      at: '1970-01-01T00:00:01.000Z',
      trust: 'ntp',
      trusted: true,
      zone: 'Europe/Berlin',
    });
    const storage = body['storage'] as { databaseBytes: number; freeBytes: number };
    assert.ok(storage.databaseBytes > 0 && storage.freeBytes > 0);
  });

  it('tells readers with their health', async () => {
    const { body } = await call(edge, 'GET', '/api/v1/readers', { token });
    const [first] = body['items'] as object[];
    assert.deepEqual(first, {
      id: 'lobby-in',
      name: 'Lobby in',
      door: 'lobby',
      direction: 'entry',
      health: { frames: 3, parityErrors: 0, lengthErrors: 0, noise: 1, lastSeen: '1970-01-01T00:00:00.005Z' },
    });
    assert.equal((await call(edge, 'GET', '/api/v1/readers/lab-in', { token })).status, 200);
    assert.equal((await call(edge, 'GET', '/api/v1/readers/none', { token })).status, 404);
  });

  it('checks the text of a site file: every mistake with its line', async () => {
    const check = (yaml: string) => call(edge, 'POST', '/api/v1/config/check', { token, body: { yaml } });
    const good =
      'name: A\nboard: mock\ntimeZone: Europe/Berlin\ndoors:\n  lobby: { name: L, number: 1, relay: { line: relay1 } }\n';
    assert.deepEqual((await check(good)).body, { ok: true, errors: [] });
    const bad = (await check(good.replace('relay1', 'relay99'))).body;
    const [first] = bad['errors'] as { line: number; key: string }[];
    assert.deepEqual([bad['ok'], first?.line, first?.key], [false, 5, 'doors.lobby.relay.line']);
    for (const hostile of ['', '\u0000', '&a [*a]', '[[[[', '- '.repeat(20_000), 'a: !!js/function "x"']) {
      assert.equal((await check(hostile)).body['ok'], false, JSON.stringify(hostile.slice(0, 20)));
    }
    assert.equal((await check('x'.repeat(60_001))).status, 400);
  }).timeout(20_000);
});
