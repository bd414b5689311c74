import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { randomFrom } from '../simulation/random.js';
import { type Edge, openEdge, putSource } from './fakes.js';
import { fuzz } from './fuzz.js';

describe('requests made from the OpenAPI document', () => {
  let edge: Edge;
  before(async () => {
    edge = await openEdge({ http: { failuresPerMinute: 10_000_000 } });
    putSource(edge);
  });
  after(() => edge.end());

  it('3,000 of them: refusals name the field and change nothing, no unexplained 5xx', async () => {
    const seed = Number(process.env['FC_SEED'] ?? 1);
    const { wrong, byStatus } = await fuzz(edge, { count: 3_000, seed });
    assert.deepEqual(wrong.slice(0, 20), []);
    const count = (status: number) => byStatus[status] ?? 0;
    assert.ok(count(200) + count(201) + count(204) > 300, 'too little was accepted to mean anything');
    assert.ok(count(400) > 600, JSON.stringify(byStatus));
  }).timeout(120_000);
});

describe('what stands before the routes', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge({ http: { failuresPerMinute: 10_000_000 } });
    token = edge.token('administrator');
    const flags = { enabled: true, extendedUnlock: false, supervisor: false };
    const ann = { ...flags, id: 'ann', name: 'Ann', groups: [], accessRights: [], note: '', urls: [] };
    edge.put({ op: 'put', collection: 'users', id: 'ann', body: ann });
  });
  afterEach(() => edge.end());

  const raw = (bytes: string) =>
    new Promise<string>((resolve) => {
      let reply = '';
      const socket = connect(edge.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
      socket.setTimeout(300, () => socket.destroy());
      socket.on('data', (data) => (reply += data.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(reply));
    });

  it('no second request is smuggled in by headers that disagree', async () => {
    const auth = `Host: x\r\nAuthorization: Bearer ${token}\r\n`;
    const inner = `DELETE /api/v1/users/ann HTTP/1.1\r\n${auth}If-Match: *\r\n\r\n`;
    const outer = (headers: string, body: string) =>
      `POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
    const attempts = [
      outer(`Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${inner}`),
      outer(`Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`, `0\r\n\r\n${inner}`),
      outer(`Content-Length: 0\r\nContent-Length: ${inner.length}\r\n`, inner),
      outer(`Content-Length: 0, ${inner.length}\r\n`, inner),
      outer(`Content-Length: +0\r\n`, inner),
      outer(`Content-Length: 0x00\r\n`, inner),
      outer(`Transfer-Encoding: xchunked\r\n`, `0\r\n\r\n${inner}`),
      outer(`Transfer-Encoding : chunked\r\n`, `0\r\n\r\n${inner}`),
      outer(`Transfer-Encoding:\x0bchunked\r\n`, `0\r\n\r\n${inner}`),
      outer(`X: y\nContent-Length: 0\r\n`, inner),
      outer(` Content-Length: 0\r\n`, inner),
      outer(`X\0: y\r\nContent-Length: 0\r\n`, inner),
    ];
    for (const [n, bytes] of attempts.entries()) {
      const reply = await raw(bytes);
      assert.doesNotMatch(reply, / 5\d\d |HTTP\/1.1 2/, `attempt ${n}`);
      assert.ok(edge.reads.get('users', 'ann') !== undefined, `attempt ${n}`);
    }
    assert.equal((await fetch(`${edge.url}/health`)).status, 200);
  });

  it('10,000 traversal strings find nothing', async () => {
    const random = randomFrom(1);
    const steps = [
      '..',
      '%2e%2e',
      '..%2f',
      '%2e%2e%2f',
      '..%5c',
      '..\\',
      '%252e%252e%252f',
      '..%c0%af',
      '....//',
      '.%00./',
    ];
    const aims = [
      'etc/passwd',
      'etc%2fpasswd',
      'sallyport.db',
      'key.pem',
      'tls/key.pem',
      'windows/win.ini',
      '.env',
    ];
    const starts = ['/', '/api/v1/', '/api/v1/users/', '/assets/', '/log/', '/fcgi/', '/api/v1/doors/'];
    const seen = new Set<number>();
    let answered = 0;
    for (let n = 0; n < 10_000; n += 50) {
      const paths = Array.from({ length: 50 }, () => {
        const depth = 1 + random.below(8);
        const way = Array.from({ length: depth }, () => random.pick(steps)).join(random.pick(['/', '']));
        return `${random.pick(starts)}${way}/${random.pick(aims)}`;
      });
      const asked = paths.map(
        (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`,
      );
      // The last one asks to be hung up on: nobody waits for more.
      const reply = await raw(`${asked.join('\r\n')}Connection: close\r\n\r\n`);
      assert.doesNotMatch(reply, /root:|PRIVATE KEY|SQLite format/);
      for (const [, status] of reply.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        seen.add(Number(status));
        answered += 1;
      }
    }
    assert.equal(answered, 10_000);
    assert.deepEqual(
      [...seen].filter((status) => status < 400 || status >= 500),
      [],
    );
  }).timeout(120_000);
});
