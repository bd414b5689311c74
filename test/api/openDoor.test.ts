import assert from 'node:assert/strict';
import type { DenyReason } from '../../src/core/decision.js';
import type { StoredSource } from '../../src/core/management.js';
import { basic, type Edge, openEdge, putSource } from './fakes.js';
import { raw } from './rawSocket.js';

const formN = '/fcgi/OpenDoor?action=OpenDoor&DoorNum=1';
const formA = `${formN}&AntiPassbackMode=Entry&Name=Ann&UnlockType=Card&Code=0A1B2C3D`;

/** Values that look like the number 1 to somebody, and some that look like nothing. */
const hostileNumbers = [
  '1e0',
  '-1',
  '+1',
  '01',
  ' 1',
  '1%00',
  '1%20',
  '%31%0a',
  '9007199254740992',
  '1.0',
  '0x1',
  '1,2',
  '１',
  '%EF%BC%91',
  "1'%20OR%20'1'='1",
  '1;DROP',
  'A',
  'sa',
  '[1]',
  '%ff',
  '%',
  'true',
  '1'.repeat(1_500),
];
const hostileQueries = [
  'action=OpenDoor&DoorNum[]=1',
  'action=OpenDoor&DoorNum=1&DoorNum=1',
  'action=OpenDoor&DoorNum=1&doornum=1',
  'action=OpenDoor&DoorNum=1&Code=1%002',
  'action=OpenDoor&DoorNum=1&Code=%ff%fe&AntiPassbackMode=in',
  'action=OpenDoor&action=OpenDoor&DoorNum=1',
  'action[]=OpenDoor&DoorNum=1',
  'action=OpenDoor%00&DoorNum=1',
  'ACTION=OpenDoor&DoorNum=1',
  `action=OpenDoor&DoorNum=1&Code=${'9'.repeat(65)}`,
  '__proto__[DoorNum]=1',
];

describe('OpenDoor', () => {
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
  it('is off until a source is enabled: 503 for both forms, no challenge', async () => {
    putSource(edge, { enabled: false });
    for (const path of [formA, '/fcgi/do?action=OpenDoor&DoorNum=1', '/fcgi/OpenDoor/']) {
      const reply = await get(path);
      assert.equal(reply.status, 503);
      assert.equal(reply.text, 'Service Unavailable');
      assert.match(reply.headers.get('content-type') ?? '', /^text\/plain/);
      assert.equal(reply.headers.get('www-authenticate'), null);
    }
  });

  it('is a passage of the user with the code, at the reader of that door and direction', async () => {
    putSource(edge);
    const reply = await get(formA, { Authorization: basic });
    assert.equal(reply.text, '{"retcode":0,"action":"OpenDoor","message":"OK","data":{}}');
    assert.equal(reply.headers.get('content-type'), 'application/json');
    assert.deepEqual(edge.asked, [
      {
        kind: 'access',
        door: 'lobby',
        lookup: { by: 'secret', candidates: [{ kind: 'card', secret: '0A1B2C3D' }] },
        credential: { kind: 'card', label: '••2C3D' },
        by: { kind: 'source', source: 'a05', address: '127.0.0.1' },
        claimed: { name: 'Ann', unlockType: 'Card' },
        reader: 'lobby-in',
      },
    ]);
  });

  it('is a release by the source without mode and code', async () => {
    putSource(edge);
    assert.equal((await asBasic(formN)).retcode, 0);
    const by = { kind: 'source', source: 'a05', address: '127.0.0.1' };
    assert.deepEqual(edge.asked, [
      { kind: 'door-command', door: 'lobby', command: 'release', level: 'operator', by },
    ]);
  });

  it('says the reason of a refusal', async () => {
    putSource(edge, { repeatMs: 0 });
    const reasons: [DenyReason, number, string | undefined][] = [
      ['passback', -5, 'passback'],
      ['unknown-credential', -5, 'unknown-credential'],
      ['bad-mode', -2, undefined],
      ['source-not-allowed', -3, undefined],
    ];
    for (const [reason, retcode, said] of reasons) {
      edge.answer = () => ({ kind: 'denied', reason });
      const reply = await asBasic(formA);
      assert.deepEqual([reply.status, reply.retcode, reply.data?.reason], [200, retcode, said]);
    }
    edge.answer = () => Promise.reject(new Error('control is gone'));
    assert.deepEqual((await asBasic(formA)).data, { reason: 'not-ready' });
  });

  /** Which request a query makes, in short. */
  const askedBy = async (query: string, more: Partial<StoredSource> = {}) => {
    putSource(edge, { repeatMs: 0, ...more });
    edge.asked.length = 0;
    const { retcode } = await asBasic(`/fcgi/OpenDoor?${query}`);
    const [one] = edge.asked;
    if (one?.kind === 'door-command') return `release ${one.door} ${retcode}`;
    if (one?.kind !== 'access') return `nothing ${retcode}`;
    return [one.door, one.reader ?? '-', one.lookup.by, one.refused ?? 'ok', retcode].join(' ');
  };

  it('follows the source: direction, numbers, missing code, name, doors', async () => {
    const open = 'action=OpenDoor&DoorNum=1';
    const cases: [string, string, Partial<StoredSource>?][] = [
      [`${open}&AntiPassbackMode=Exit&Code=AB`, 'lobby lobby-out secret ok 0'],
      [`${open}&AntiPassbackMode=None&Code=AB`, 'lobby - secret ok 0'],
      [`${open}&Code=AB`, 'lobby - secret ok 0'],
      [`${open}&AntiPassbackMode=sideways&Code=AB`, 'lobby - none bad-mode 0'],
      [`${open}&AntiPassbackMode=Entry&Code=$code`, 'lobby - none no-code 0'],
      [`${open}&AntiPassbackMode=Entry`, 'release lobby 0', { missingCode: 'release' }],
      [open, 'lobby - none no-code 0', { direction: 'entry' }],
      [`${open}&AntiPassbackMode=Exit&Code=AB`, 'lobby lobby-in secret ok 0', { direction: 'entry' }],
      [`${open}&AntiPassbackMode=0&Code=AB`, 'lobby lobby-in secret ok 0', { numericMode: '0-1' }],
      [`${open}&AntiPassbackMode=1&Code=AB`, 'lobby lobby-out secret ok 0', { numericMode: '0-1' }],
      [`${open}&AntiPassbackMode=in&Name=Ann&Code=AB`, 'lobby lobby-in name ok 0', { identifyBy: 'name' }],
      [`${open}&AntiPassbackMode=in&Code=AB`, 'lobby - none no-code 0', { identifyBy: 'name' }],
      ['action=OpenDoor&DoorNum=2&AntiPassbackMode=Exit&Code=AB', 'lab - none unknown-reader 0'],
      ['action=OpenDoor&DoorNum=3&Code=AB', 'store - none source-not-allowed 0'],
      ['action=OpenDoor&DoorNum=3', 'store - none source-not-allowed 0'],
      ['action=OpenDoor&DoorNum=4', 'nothing -2'],
      ['action=OpenDoor', 'nothing -2'],
      ['action=opendoor&DoorNum=1', 'nothing -1'],
      ['DoorNum=1', 'nothing -1'],
    ];
    for (const [query, expected, more] of cases) {
      assert.equal(await askedBy(query, more), expected, `${query} ${JSON.stringify(more)}`);
    }
  });

  it('takes a PIN by its HMAC, with no digit of it in the label', async () => {
    putSource(edge);
    await asBasic(`${formN}&AntiPassbackMode=in&UnlockType=PIN&Code=0123`);
    const [one] = edge.asked;
    const pin = one?.kind === 'access' && one.lookup.by === 'secret' ? one.lookup.candidates[0] : undefined;
    assert.equal(pin?.kind, 'pin');
    assert.match(pin?.secret ?? '', /^[0-9a-f]{64}$/);
    assert.doesNotMatch(JSON.stringify([edge.asked, edge.writes, edge.logLines]), /0123"/);
  });

  it('never opens for hostile values, and never answers 5xx', async () => {
    putSource(edge, { repeatMs: 0 });
    const numbers = hostileNumbers.map(
      (value) => `action=OpenDoor&DoorNum=${encodeURI(value).replaceAll('%25', '%')}`,
    );
    for (const query of [...numbers, ...hostileQueries]) {
      const reply = await get(`/fcgi/OpenDoor?${query}`, { Authorization: basic });
      assert.equal(reply.status, 200, query);
      assert.ok((JSON.parse(reply.text) as { retcode: number }).retcode < 0, query);
    }
    assert.deepEqual(edge.asked, []);
    assert.equal((await get(`${formN}&Code=${'1'.repeat(1_000_000)}`, { Authorization: basic })).status, 431);
    assert.deepEqual(edge.asked, []);
  });

  it('is at its own path only, in that very spelling', async () => {
    putSource(edge, { repeatMs: 0 });
    for (const path of [
      '/fcgi/opendoor',
      '/FCGI/OpenDoor',
      '//fcgi/OpenDoor',
      '/fcgi/Open%44oor',
      '/fcgi/OpenDoor//',
    ]) {
      const reply = await get(`${path}?action=OpenDoor&DoorNum=1`, { Authorization: basic });
      assert.equal(reply.status, 404, path);
    }
    assert.deepEqual(edge.asked, []);
  });

  it('opens for GET only, never for HEAD, and never for a browser page', async () => {
    putSource(edge);
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const reply = await get(formN, { Authorization: basic }, method);
      assert.deepEqual([reply.status, reply.headers.get('allow')], [405, 'GET'], method);
    }
    // fetch itself sends Sec-Fetch-Mode, and forbids setting these: a socket, as an <img> would speak.
    for (const name of ['Origin', 'Referer', 'Sec-Fetch-Site']) {
      const reply = await raw(
        edge.port,
        `GET ${formN} HTTP/1.1\r\nHost: x\r\n${name}: http://evil\r\nAuthorization: ${basic}\r\n\r\n`,
      );
      assert.match(reply, /^HTTP\/1.1 403 /, name);
      assert.doesNotMatch(reply, /www-authenticate/i);
    }
    assert.deepEqual(edge.asked, []);
  });

  it('takes a trailing slash, an absolute target, and HTTP/1.0 without Host', async () => {
    putSource(edge, { repeatMs: 0 });
    assert.equal((await asBasic('/fcgi/OpenDoor/?action=OpenDoor&DoorNum=1')).retcode, 0);
    const head = `GET http://x${formN} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic}\r\nConnection: close\r\n\r\n`;
    assert.match(await raw(edge.port, head), /"retcode":0/);
    const old = (version: string) =>
      raw(edge.port, `GET ${formN} HTTP/${version}\r\nAuthorization: ${basic}\r\nConnection: close\r\n\r\n`);
    assert.match(await old('1.0'), /"retcode":0/);
    assert.match(await old('1.1'), /^HTTP\/1.1 400 /);
    assert.equal(edge.asked.length, 3);
  });

  it('answers a repeat within a second the first answer again, also while that is being found', async () => {
    putSource(edge);
    let release: () => void = () => undefined;
    edge.answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ kind: 'granted', door: 'lobby', detected: [] });
      });
    const both = Promise.all([asBasic(formA), asBasic(formA)]);
    while (edge.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await get('/health');
    release();
    assert.deepEqual(
      (await both).map(({ retcode }) => retcode),
      [0, 0],
    );
    edge.answer = () => ({ kind: 'denied', reason: 'passback' });
    assert.equal((await asBasic(formA)).retcode, 0);
    assert.equal(edge.asked.length, 1);
    assert.equal(
      (await asBasic(formA.replace('Entry', 'Exit'))).retcode,
      -5,
      'another direction is another passage',
    );
    edge.clock.monoMs += 1_000;
    assert.equal((await asBasic(formA)).data?.reason, 'passback');
  });

  it('survives a client that goes away while its request is decided', async () => {
    putSource(edge);
    let release: () => void = () => undefined;
    edge.answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ kind: 'granted', door: 'lobby', detected: [] });
      });
    const gone = new AbortController();
    const reply = fetch(edge.url + formA, { headers: { Authorization: basic }, signal: gone.signal });
    while (edge.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await assert.rejects(reply);
    await get('/health');
    release();
    assert.equal((await asBasic(formA)).retcode, 0, 'the retry gets the answer of the first');
    assert.equal(edge.asked.length, 1);
  });

  it('form L: the marker page, only where a source allows it', async () => {
    putSource(edge, { repeatMs: 0 });
    const login = 'UserName=opener&Password=door-secret';
    const value = async (query: string) => {
      const reply = await get(`/fcgi/do?${query}`);
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/html']);
      return /<form name='hiddenValForm_Div'><input id=hcSingleResult type=hidden value='(-?\d)'><\/form>(.*)/
        .exec(reply.text)
        ?.slice(1);
    };
    assert.deepEqual(await value(`action=OpenDoor&${login}&DoorNum=1`), ['-4', 'please use new interface']);
    assert.deepEqual(edge.asked, []);
    putSource(edge, { repeatMs: 0, legacyForm: true });
    assert.deepEqual(await value(`action=OpenDoor&${login}&DoorNum=1`), ['0', '']);
    assert.deepEqual(await value('action=OpenDoor&UserName=opener&Password=x&DoorNum=1'), ['-1', '']);
    assert.deepEqual(await value('action=OpenDoor&DoorNum=1'), ['-1', '']);
    assert.deepEqual(await value(`action=Close&${login}&DoorNum=1`), ['-2', '']);
    assert.deepEqual(await value(`action=OpenDoor&${login}&DoorNum=9`), ['-2', '']);
    assert.equal(edge.asked.length, 1);
  });

  it('does nothing for half a request line, cut by a raw line break in a value', async () => {
    putSource(edge);
    for (const [index, cut] of ['\r\n', '\n', '\r\nX: '].entries()) {
      const line = `GET ${formN}&Name=Ann${cut}&AntiPassbackMode=Entry&Code=4711 HTTP/1.1`;
      const reply = await raw(edge.port, `${line}\r\nHost: x\r\nAuthorization: ${basic}\r\n\r\n`);
      assert.match(reply, /^HTTP\/1.1 400 /, JSON.stringify(cut));
      assert.equal(edge.writes.length, index + 1);
    }
    const bare = await raw(edge.port, `GET ${formN}\r\nAuthorization: ${basic}\r\n\r\n`);
    assert.match(bare, /^HTTP\/1.1 400 /);
    assert.deepEqual(edge.asked, []);
    const told = JSON.stringify([edge.writes, edge.logLines]);
    assert.match(told, /drop Name=\$name/);
    assert.doesNotMatch(told, /4711|Ann/);
  });

  it('tells visibly of a request line that is not URL-encoded, without its values', async () => {
    putSource(edge);
    const lines = [
      'GET /fcgi/OpenDoor?action=OpenDoor&Name=John Smith&Code=4711 HTTP/1.1',
      'GET /fcgi/OpenDoor?Name=J\xfcrgen&Code=4711 HTTP/1.1',
    ];
    for (const line of lines) {
      edge.writes.length = 0;
      const reply = await raw(edge.port, `${line}\r\nHost: x\r\nAuthorization: ${basic}\r\n\r\n`);
      assert.match(reply, /^HTTP\/1.1 400 /);
      assert.deepEqual(
        edge.writes.map(({ write }) => write.event),
        ['request-refused'],
      );
      const told = JSON.stringify([edge.writes, edge.logLines]);
      assert.match(told, /drop Name=\$name/);
      assert.doesNotMatch(told, /4711|John|J\xfcrgen|Smith|b3BlbmVy/);
    }
    assert.ok(edge.logLines.some((line) => line.startsWith('warn')));
    assert.match(
      await raw(edge.port, `GET /x HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1.1 431 /,
    );
    for (let n = 0; n < 50; n += 1) await raw(edge.port, `${lines[0]}\r\n\r\n`);
    assert.ok(edge.writes.length <= 10);
    assert.deepEqual(edge.asked, []);
  });
});
