import assert from 'node:assert/strict';
import type { LearnState } from '../../src/core/requests.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('learning a card over the API', () => {
  let edge: Edge;
  let learning: LearnState;
  beforeEach(async () => {
    edge = await openEdge();
    learning = { reader: 'lobby-in', phase: 'armed', leftMs: 59_100 };
    edge.learning = () => learning;
  });
  afterEach(() => edge.end());

  const ask = (method: string, role: Parameters<Edge['token']>[0], body?: object, reader = 'lobby-in') =>
    call(edge, method, `/api/v1/readers/${reader}/learn`, {
      token: edge.token(role),
      ...(body === undefined ? {} : { body }),
    });

  it('arms a reader for a while, in the name of who asked', async () => {
    const armed = await ask('POST', 'operator', { seconds: 30 });
    assert.deepEqual(
      [armed.status, armed.body],
      [200, { reader: 'lobby-in', phase: 'armed', secondsLeft: 60 }],
    );
    const by = { kind: 'operator', operator: 'operator', address: '127.0.0.1' };
    assert.deepEqual(edge.asked, [{ kind: 'learn', reader: 'lobby-in', command: 'arm', forMs: 30_000, by }]);
    for (const seconds of [0, 4, 301, 1.5, '30'])
      assert.equal((await ask('POST', 'operator', { seconds })).status, 400);
  });

  it('shows what was read to whoever manages people, the bits as sent to administrators alone', async () => {
    const card = { format: 'H10301', facility: 25, number: '4822', secret: '1912D6', bits: 24 };
    learning = { reader: 'lobby-in', phase: 'read', leftMs: 1_000, bits: '01'.repeat(13), readings: [card] };
    const shown = {
      reader: 'lobby-in',
      phase: 'read',
      secondsLeft: 1,
      readings: [{ format: 'H10301', facility: 25, number: '4822', hex: '1912D6' }],
    };
    assert.deepEqual((await ask('GET', 'operator')).body, shown);
    assert.deepEqual((await ask('GET', 'administrator')).body, { ...shown, bits: '01'.repeat(13) });
    for (const role of ['viewer', 'demo', 'intercom'] as const)
      assert.equal((await ask('GET', role)).status, 403);
  });

  it('stops, and knows no other readers', async () => {
    learning = { reader: 'lobby-in', phase: 'off' };
    assert.deepEqual((await ask('DELETE', 'operator')).body, learning);
    assert.equal((await ask('GET', 'operator', undefined, 'nowhere')).status, 404);
  });
});
