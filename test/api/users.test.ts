import assert from 'node:assert/strict';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('users', () => {
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

  it('a supervisor is stored as one and found as one', async () => {
    const made = await send('POST', '/users', { id: 'ann', name: 'Ann', supervisor: true });
    assert.deepEqual([made.status, made.body['supervisor']], [201, true]);
    assert.equal(edge.reads.findUser({ by: 'name', name: 'Ann' })?.supervisor, true);
  });

  it('outgoing URLs are checked, and their passwords never come out nor reach the log', async () => {
    const urls = ['http://u:s3cret@10.0.0.2/fcgi/OpenDoor?Name=$name', 'https://10.0.0.3/hook'];
    const shown = ['http://u:*****@10.0.0.2/fcgi/OpenDoor?Name=$name', 'https://10.0.0.3/hook'];
    const made = await send('POST', '/users', { id: 'ann', name: 'Ann', urls });
    assert.deepEqual(made.body['urls'], shown);
    const back = await send('PATCH', '/users/ann', { urls: [...shown, 'http://h/'] }, '"1"');
    assert.deepEqual(back.body['urls'], [...shown, 'http://h/']);
    assert.deepEqual(edge.reads.get('users', 'ann')?.body.urls, [...urls, 'http://h/'], 'the old one stays');
    const lost = await send('PATCH', '/users/ann', { urls: ['http://x:*****@h/'] }, '"2"');
    assert.deepEqual([lost.status, fieldsOf(lost)], [400, ['urls.0']]);
    for (const bad of ['ftp://h/', 'h', 'http://', 'http://$ip/', 'javascript:alert(1)', 'http://h/\u0007']) {
      const refused = await send('PATCH', '/users/ann', { urls: [bad] }, '"2"');
      assert.deepEqual([refused.status, fieldsOf(refused)], [400, ['urls.0']], bad);
    }
    const eleven = await send('PATCH', '/users/ann', { urls: Array(11).fill('http://h/') }, '"2"');
    assert.deepEqual([eleven.status, fieldsOf(eleven)], [400, ['urls']]);
    const log = JSON.stringify(edge.reads.events({ order: 'asc', limit: 100 }));
    assert.ok(log.includes('u:*****@10.0.0.2') && !log.includes('s3cret'));
  });
});
