import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { challengesOf, digestHeader } from './digestClient.js';
import { basic, type Edge, openEdge, putSource, sha256 } from './fakes.js';
import { raw } from './rawSocket.js';

const formN = '/fcgi/OpenDoor?action=OpenDoor&DoorNum=1';
const formA = `${formN}&AntiPassbackMode=Entry&Name=Ann&UnlockType=Card&Code=0A1B2C3D`;

describe('OpenDoor logins', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
    edge.answer = (request) =>
      request.kind === 'door-command'
        ? { kind: 'released', door: request.door }
        : { kind: 'granted', door: 'lobby', detected: [] };
  });
  afterEach(() => edge.end());

  const get = async (target: string, headers: Record<string, string> = {}, method = 'GET') => {
    const reply = await fetch(edge.url + target, { method, headers });
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  };
  const asBasic = async (target: string) => {
    const { status, text } = await get(target, { Authorization: basic });
    return { status, ...(JSON.parse(text) as { retcode: number; data?: { reason?: string } }) };
  };
  const nonceOf = async (target = formA) => {
    const [first] = challengesOf((await get(target)).headers.get('www-authenticate'));
    return { nonce: first?.fields['nonce'] ?? '', opaque: first?.fields['opaque'] ?? '' };
  };

  it('challenges with both Digests on one nonce, then Basic, on a page titled 401 Unauthorized', async () => {
    putSource(edge);
    const reply = await get(formA);
    assert.equal(reply.status, 401);
    assert.match(reply.text, /<title>401 Unauthorized<\/title>/);
    const challenges = challengesOf(reply.headers.get('www-authenticate'));
    assert.deepEqual(
      challenges.map(({ scheme, fields }) => [scheme, fields['algorithm'], fields['realm'], fields['qop']]),
      [
        ['Digest', 'SHA-256', 'HTTPAPI', 'auth'],
        ['Digest', 'MD5', 'HTTPAPI', 'auth'],
        ['Basic', undefined, 'HTTPAPI', undefined],
      ],
    );
    assert.equal(challenges[0]?.fields['nonce'], challenges[1]?.fields['nonce']);
    assert.ok((challenges[0]?.fields['opaque'] ?? '').length > 8);
    assert.deepEqual([edge.asked, edge.writes, edge.logLines], [[], [], []], 'the bare leg is inert');
  });

  it('offers a source only its schemes, and only at its address', async () => {
    putSource(edge, { schemes: ['digest-md5'] });
    const md5 = challengesOf((await get(formA)).headers.get('www-authenticate'));
    assert.deepEqual(
      md5.map(({ scheme, fields }) => `${scheme} ${fields['algorithm']}`),
      ['Digest MD5'],
    );
    assert.equal((await get(formA, { Authorization: basic })).status, 401);
    putSource(edge, { addresses: ['192.0.2.0/24'] });
    const foreign = await get(formA, { Authorization: basic });
    assert.deepEqual([foreign.status, foreign.headers.get('www-authenticate')], [403, null]);
    assert.deepEqual(edge.asked, []);
  });

  it('takes rising counts of one nonce, refuses a replay with a fresh one and a row', async () => {
    putSource(edge, { repeatMs: 0 });
    const { nonce, opaque } = await nonceOf();
    const send = (count: number, algorithm: 'MD5' | 'SHA-256' = 'SHA-256') =>
      get(formA, { Authorization: digestHeader({ target: formA, nonce, opaque, count, algorithm }) });
    assert.equal((await send(1)).status, 200);
    assert.equal((await send(2, 'MD5')).status, 200, 'the same nonce serves both algorithms');
    const replay = await send(2);
    assert.equal(replay.status, 401);
    assert.notEqual(challengesOf(replay.headers.get('www-authenticate'))[0]?.fields['nonce'], nonce);
    assert.equal((await send(1)).status, 401);
    assert.equal(edge.asked.length, 2);
    assert.deepEqual(edge.writes.map(({ write }) => [write.event, write.detail?.['cause']])[0], [
      'source-refused',
      'replay',
    ]);
  });

  it('opens 0 times for 10,000 recorded requests replayed', async () => {
    putSource(edge, { repeatMs: 0 });
    const { nonce, opaque } = await nonceOf();
    const header = digestHeader({ target: formA, nonce, opaque, count: 1 });
    const request = `GET ${formA} HTTP/1.1\r\nHost: x\r\nAuthorization: ${header}\r\n`;
    assert.match(await raw(edge.port, `${request}Connection: close\r\n\r\n`), /"retcode":0/);
    edge.clock.monoMs += 2_000;
    const statuses = new Map<string, number>();
    const burst = [...Array(99).fill(`${request}\r\n`), `${request}Connection: close\r\n\r\n`].join('');
    for (let sent = 0; sent < 10_000; sent += 100) {
      for (const [line] of (await raw(edge.port, burst)).matchAll(/HTTP\/1\.1 \d+/g)) {
        statuses.set(line, (statuses.get(line) ?? 0) + 1);
      }
    }
    assert.deepEqual([...statuses], [['HTTP/1.1 401', 10_000]]);
    assert.equal(edge.asked.length, 1);
    assert.ok(edge.writes.length <= 10, `${edge.writes.length} rows`);
  }).timeout(30_000);

  it('refuses answers for another target, of another server, too old, or with auth-int', async () => {
    putSource(edge, { repeatMs: 0 });
    const { nonce, opaque } = await nonceOf();
    const send = async (more: Partial<Parameters<typeof digestHeader>[0]>) => {
      const header = digestHeader({ target: formA, nonce, opaque, ...more });
      const reply = await get(formA, { Authorization: header });
      return `${reply.status} ${challengesOf(reply.headers.get('www-authenticate'))[0]?.fields['stale'] ?? '-'}`;
    };
    assert.equal(await send({ uri: formN }), '401 -');
    assert.equal(await send({ qop: 'auth-int' }), '401 -');
    assert.equal(await send({ nonce: 'A'.repeat(38) }), '401 true');
    assert.equal(await send({ count: 0 }), '200 -', 'without qop, once');
    assert.equal(await send({ count: 0 }), '401 true');
    edge.clock.monoMs += 60_001;
    assert.equal(await send({ count: 5 }), '401 true');
    assert.equal(edge.asked.length, 1);
  });

  it('blocks an address for 30 s after 5 wrong logins within 30 s, with one row', async () => {
    putSource(edge);
    const wrong = `Basic ${Buffer.from('opener:wrong').toString('base64')}`;
    for (let n = 0; n < 4; n += 1) assert.equal((await get(formN, { Authorization: wrong })).status, 401);
    assert.equal((await asBasic(formN)).retcode, 0, 'not yet');
    assert.equal((await get(formN, { Authorization: wrong })).status, 401);
    assert.equal((await get(formN, { Authorization: basic })).status, 429);
    assert.deepEqual(
      edge.writes.map(({ write }) => write.event),
      ['source-refused'],
    );
    edge.clock.monoMs += 30_000;
    assert.equal((await asBasic(formN)).retcode, 0);
    assert.doesNotMatch(JSON.stringify([edge.writes, edge.logLines]), /wrong|door-secret/);
  });

  it('keeps two sources at one address apart', async () => {
    putSource(edge);
    const second = sha256('second:HTTPAPI:other-secret');
    putSource(edge, { id: 'b', username: 'second', ha1Sha256: second, doors: ['lab'], schemes: ['basic'] });
    const reply = await get('/fcgi/OpenDoor?action=OpenDoor&DoorNum=2', {
      Authorization: `Basic ${Buffer.from('second:other-secret').toString('base64')}`,
    });
    assert.equal(reply.status, 200);
    assert.deepEqual(edge.asked[0]?.kind === 'door-command' && edge.asked[0].by, {
      kind: 'source',
      source: 'b',
      address: '127.0.0.1',
    });
  });

  describe('real clients', () => {
    const withLogin = () => `http://opener:door-secret@127.0.0.1:${edge.port}${formA}`;
    const plain = () => `${edge.url}${formA}`;
    const clients: [string, string, () => string[]][] = [
      ['curl', 'curl --digest', () => ['-sS', '--digest', '-u', 'opener:door-secret', plain()]],
      ['curl', 'curl --anyauth', () => ['-sS', '--anyauth', '-u', 'opener:door-secret', plain()]],
      ['curl', 'curl with Basic', () => ['-sS', '-u', 'opener:door-secret', plain()]],
      ['curl', 'curl with a login in the URL', () => ['-sS', withLogin()]],
      ['wget', 'wget', () => ['-qO-', '--user=opener', '--password=door-secret', plain()]],
    ];
    for (const [program, title, args] of clients) {
      it(`${title} opens once`, async function () {
        if (!installed(program)) {
          process.stderr.write(`      skipped: ${program} is not on this machine\n`);
          this.skip();
        }
        putSource(edge);
        assert.match(await run(program, args()), /"retcode":0/);
        assert.equal(edge.asked.length, 1);
      });
    }

    for (const scheme of ['digest-md5', 'digest-sha256'] as const) {
      it(`curl --digest opens where only ${scheme} is offered`, async function () {
        if (!installed('curl')) {
          process.stderr.write('      skipped: curl is not on this machine\n');
          this.skip();
        }
        putSource(edge, { schemes: [scheme] });
        assert.match(
          await run('curl', ['-sS', '--digest', '-u', 'opener:door-secret', plain()]),
          /"retcode":0/,
        );
        assert.match(
          await run('curl', ['-sS', '--digest', '-u', 'opener:wrong', plain()]),
          /401 Unauthorized/,
        );
        assert.equal(edge.asked.length, 1);
      });
    }
  });
});

function installed(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 10_000 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}
