import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { type Edge, openEdge } from './fakes.js';

/** A body that is good JSON, sent as something else; and one that says it is JSON and cannot be read. */
const wrong: readonly (readonly [name: string, headers: Record<string, string>, body: Uint8Array])[] = [
  ['no type', {}, Buffer.from('{}')],
  ['text', { 'Content-Type': 'text/plain' }, Buffer.from('{}')],
  ['form', { 'Content-Type': 'application/x-www-form-urlencoded' }, Buffer.from('name=Ann')],
  ['parts', { 'Content-Type': 'multipart/form-data; boundary=x' }, Buffer.from('--x--')],
  ['XML', { 'Content-Type': 'application/xml' }, Buffer.from('<name>Ann</name>')],
  ['JSON of another kind', { 'Content-Type': 'application/ld+json' }, Buffer.from('{}')],
  [
    'Latin-1',
    { 'Content-Type': 'application/json; charset=latin1' },
    Buffer.from('{"name":"\xfc"}', 'latin1'),
  ],
  ['no charset there is', { 'Content-Type': 'application/json; charset=x' }, Buffer.from('{}')],
  ['bad UTF-8', { 'Content-Type': 'application/json' }, Buffer.from([0x7b, 0xc3, 0x28, 0x7d])],
  [
    'packed',
    { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    gzipSync(Buffer.alloc(50_000_000, ' ')),
  ],
  ['packed twice', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip, br' }, Buffer.from('{}')],
];

describe('bodies of another type', () => {
  let edge: Edge;
  before(async () => {
    edge = await openEdge();
  });
  after(() => edge.end());

  it('every row that takes JSON refuses each with 400, 413 or 415, and nothing is asked of anybody', async () => {
    const Authorization = `Bearer ${edge.token('administrator')}`;
    const rows = edge.web.routes.filter(({ body }) => body !== undefined);
    assert.ok(rows.length > 50, String(rows.length));
    for (const { method, path } of rows) {
      for (const [name, headers, body] of wrong) {
        const reply = await fetch(edge.url + path.replace(/\{\w+\}/g, 'lobby'), {
          ...{ method, headers: { Authorization, 'If-Match': '*', ...headers }, body: new Uint8Array(body) },
        });
        await reply.body?.cancel();
        assert.ok([400, 413, 415].includes(reply.status), `${method} ${path}, ${name}: ${reply.status}`);
      }
    }
    assert.deepEqual([edge.writes.length, edge.asked.length], [0, 0]);
  }).timeout(60_000);
});
