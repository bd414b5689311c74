import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('events', () => {
  let edge: Edge;
  let token: string;
  const streams: IncomingMessage[] = [];
  beforeEach(async () => {
    edge = await openEdge({ http: { connectionsMax: 64, failuresPerMinute: 1_000 } });
    token = edge.token('demo');
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.destroy();
    await edge.end();
  });

  /** A stream and a way to wait until its text matches. */
  const open = async (path = '', headers: Record<string, string> = {}) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { headers: { Authorization: `Bearer ${token}`, ...headers }, agent: false };
      get(`${edge.url}/api/v1/events/stream${path}`, options, resolve).on('error', reject);
    });
    streams.push(response);
    let text = '';
    let check: () => void = () => undefined;
    response.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      check();
    });
    const until = (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        check = () => {
          if (pattern.test(text)) resolve(text);
        };
        check();
      });
    const ended = new Promise<void>((resolve) => response.on('end', resolve));
    return { response, until, ended };
  };
  const log = (count: number) => {
    const ids = Array.from({ length: count }, (_, n) => `u${n}`);
    edge.put(...ids.map((id) => ({ op: 'put', collection: 'users', id, body: user(id) }) as const));
    edge.web.appended(edge.reads.lastSeq());
  };
  const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((one) => Number(one[1]));

  it('stream from now on, each row once and in order', async () => {
    log(2);
    const last = edge.reads.lastSeq();
    const { response, until } = await open();
    assert.equal(response.headers['content-type'], 'text/event-stream');
    log(3);
    const text = await until(new RegExp(`id: ${last + 3}\\n`));
    assert.deepEqual(idsOf(text), [last + 1, last + 2, last + 3]);
    assert.match(text, /event: changed\ndata: \{"seq":/);
  });

  it('resume after Last-Event-ID or ?after, over more rows than one batch', async () => {
    log(1_100);
    const last = edge.reads.lastSeq();
    const done = new RegExp(`id: ${last}\\n`);
    const expected = Array.from({ length: last - 5 }, (_, n) => n + 6);
    const byHeader = await open('?after=100', { 'Last-Event-ID': '5' });
    assert.deepEqual(idsOf(await byHeader.until(done)), expected);
    const byQuery = await open('?after=5');
    assert.deepEqual(idsOf(await byQuery.until(done)), expected);
  }).timeout(15_000);

  it('end when the token is revoked, and take no more than half of all connections', async () => {
    const all = await Promise.all(Array.from({ length: 32 }, () => open()));
    assert.equal((await call(edge, 'GET', '/api/v1/events/stream', { token })).status, 503);
    const [stored] = edge.reads.list('tokens', { limit: 1 }).items;
    edge.put({ op: 'delete', collection: 'tokens', id: stored?.body.id ?? '' });
    log(1);
    await Promise.all(all.map(({ ended }) => ended));
    assert.equal((await call(edge, 'GET', '/health')).status, 200);
  });

  it('come by pages in both orders, filtered', async () => {
    log(7);
    const last = edge.reads.lastSeq();
    const pages = async (query: string) => {
      const seen: number[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await call(edge, 'GET', `/api/v1/events?${query}${cursor}`, { token });
        seen.push(...(body['items'] as { seq: number }[]).map(({ seq }) => seq));
        if (body['next'] === undefined) return seen;
        cursor = `&cursor=${String(body['next'])}`;
      }
    };
    const all = Array.from({ length: last }, (_, n) => n + 1);
    assert.deepEqual(await pages('limit=3&order=asc'), all);
    assert.deepEqual(await pages('limit=3'), [...all].reverse());
    assert.deepEqual(await pages('limit=2&order=asc&after=3&before=8'), [4, 5, 6, 7]);
    assert.deepEqual(await pages('limit=2&after=3&before=8'), [7, 6, 5, 4]);
    assert.deepEqual(await pages('user=u3&limit=1'), [last - 3]);
    assert.deepEqual(await pages('kind=rex'), []);
  });
});

function user(id: string) {
  const flags = { enabled: true, extendedUnlock: false, supervisor: false };
  return { ...flags, id, name: id, groups: [], accessRights: [], note: '', urls: [] };
}
