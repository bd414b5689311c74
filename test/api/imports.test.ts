import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ImportReport } from '../../src/api/csv/importJob.js';
import { type Edge, openEdge } from './fakes.js';

const ours =
  'id,name,enabled,validFrom,validUntil,groups,accessRights,extendedUnlock,supervisor,note,urls,cards,pin,codes';
const people = [
  'ann,Ann,true,,,staff,,false,false,,,H10301:25:4822;hex:0A1B2C3D!lost,4321,',
  'bob,"Bob ""the ;, builder""",false,2026-01-01,2026-12-31T12:00:00Z,staff,,true,true,"\'=1+1",http://u:pw@10.0.0.1/fcgi/OpenDoor?x=$code,,,PLATE 1;a%3Bb',
  'sue,Süe,,,,,,,,,,,,',
];

describe('imports and exports', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    edge.put(
      {
        op: 'put',
        collection: 'groups',
        id: 'staff',
        body: { id: 'staff', name: 'Staff', accessRights: [] },
      },
      { op: 'put', collection: 'access-rights', id: 'all', body: { id: 'all', name: 'All', doors: [] } },
    );
    token = edge.token('operator');
  });
  afterEach(() => edge.end());

  const headers = () => ({ Authorization: `Bearer ${token}` });
  async function post(query: string, body: string | Uint8Array, more: Record<string, string> = {}) {
    const reply = await fetch(`${edge.url}/api/v1/imports${query}`, {
      method: 'POST',
      headers: { ...headers(), 'Content-Type': 'text/csv', ...more },
      body,
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }
  async function imported(body: string, format = 'sallyport') {
    const started = await post(`?format=${format}`, body);
    assert.equal(started.status, 202, JSON.stringify(started.body));
    for (;;) {
      const reply = await fetch(`${edge.url}/api/v1/imports/${String(started.body['id'])}`, {
        headers: headers(),
      });
      const progress = (await reply.json()) as { state: string; failed: number; done: number };
      if (progress.state !== 'writing') return progress;
    }
  }
  async function exported(format = 'sallyport'): Promise<string> {
    const reply = await fetch(`${edge.url}/api/v1/exports/users?format=${format}`, { headers: headers() });
    assert.equal(reply.status, 200);
    return reply.text();
  }
  const secretsOf = (user: string) =>
    edge.reads.list('credentials', { user, limit: 9 }).items.map(({ body }) => body);

  it('reads a card number as long as the longest format has, and an issue level of any format', async () => {
    const checked = async (cell: string) =>
      (await post('?format=sallyport&dryRun=true', `id,name,cards\nu,U,${cell}\n`)).body;
    assert.equal((await checked('C15001:12:34567:1023'))['create'], 1);
    const { faults } = await checked(`vault:0:${'9'.repeat(78)}`);
    assert.match(
      JSON.stringify(faults),
      /"column":"cards".*is one of H10301/,
      'only the format is unknown here',
    );
  });

  it('an import becomes users, cards, PINs and codes', async () => {
    const { state, failed, done } = await imported([ours, ...people].join('\n'));
    assert.deepEqual([state, failed, done], ['done', 0, 3]);
    assert.deepEqual(edge.reads.get('users', 'bob')?.body, {
      ...{ id: 'bob', name: 'Bob "the ;, builder"', enabled: false, groups: ['staff'], accessRights: [] },
      ...{ extendedUnlock: true, supervisor: true, note: '=1+1' },
      urls: ['http://u:pw@10.0.0.1/fcgi/OpenDoor?x=$code'],
      ...{ validFromMs: Date.UTC(2026, 0, 1), validUntilMs: Date.UTC(2026, 11, 31, 12) },
    });
    assert.deepEqual(
      secretsOf('ann')
        .map(({ kind, secret, status }) => [kind, kind === 'pin' ? '' : secret, status])
        .sort(),
      [
        ['card', '0A1B2C3D', 'lost'],
        ['card', '1912D6', 'active'],
        ['pin', '', 'active'],
      ],
    );
    assert.deepEqual(
      secretsOf('bob')
        .map(({ secret }) => secret)
        .sort(),
      ['PLATE 1', 'a;b'],
    );
    const found = edge.reads.findUser({
      by: 'secret',
      candidates: [{ kind: 'card', secret: '1912D6', bits: 24 }],
    });
    assert.equal(found?.id, 'ann');
  });

  for (const format of ['sallyport', 'akuvox']) {
    it(`${format}: export, import, export: the same bytes, and the import writes nothing`, async () => {
      await imported([ours, ...people].join('\n'));
      edge.put({
        op: 'put',
        collection: 'access-rights',
        id: 'x',
        body: { id: 'x', name: 'X', doors: [{ door: 'lab', schedule: 'always' }] },
      });
      const ann = edge.reads.get('users', 'ann')?.body ?? assert.fail();
      edge.put({ op: 'put', collection: 'users', id: 'ann', body: { ...ann, accessRights: ['x'] } });
      const before = await exported(format);
      const writes = edge.writes.filter(({ write }) => write.ops.length > 0).length;
      assert.equal((await imported(before, format)).state, 'done');
      assert.equal(await exported(format), before);
      assert.equal(
        edge.writes.filter(({ write }) => write.ops.length > 0).length,
        writes,
        'nothing was written',
      );
      assert.ok(!before.includes('4321') && !before.includes('pw@'), 'neither PIN nor password');
    });
  }

  it('Akuvox’s own file: section line, padded header, and it comes back byte for byte', async () => {
    const file = [
      'UserData,,,,,,,,,,,,,,,,,',
      'ID,  UserId ,Name ,WebRelay,Floor,Schedule-Relay,Schedule-SRelay,PinCode,CardCode,BlePinCode,BlePinCodeGenTime,BleKeyID,BleStatus,LicensePlateCode,LicensePlateStartTime,LicensePlateEndTime,LicensePlateLongTermEnable,RelayScheduleActivationPermission',
      '1,1001,Ann,0,,1001-12;,,4321,001912D6;0A1B2C3D,,,,,B AB 123,,,,',
      '2,1002,Bob,0,,1002-1;,,,,,,,,,,,,',
    ].join('\r\n');
    assert.equal((await imported(`${file}\r\n`, 'akuvox')).state, 'done');
    assert.deepEqual(edge.reads.get('users', '1001')?.body.accessRights, ['relay-1001-12']);
    const right = edge.reads.get('access-rights', 'relay-1001-12')?.body;
    assert.deepEqual(
      right?.doors.map(({ door, schedule }) => `${door} ${schedule}`),
      ['lobby always', 'lab always'],
    );
    const found = edge.reads.findUser({
      by: 'secret',
      candidates: [{ kind: 'card', secret: '1912D6', bits: 24 }],
    });
    assert.equal(found?.id, '1001', 'a card by number alone matches any length');
    const again = await exported('akuvox');
    assert.equal(again.replace('****', '4321'), `${file.replace('  UserId ,Name ', 'UserId,Name')}\r\n`);
  });

  it('a line of the file takes away what it does not name, but not what has no column', async () => {
    await imported([ours, ...people].join('\n'));
    assert.equal((await imported('id,name,cards\nann,Ann Two,H10301:25:4822!stolen\n')).state, 'done');
    assert.deepEqual(
      secretsOf('ann')
        .map(({ kind, status }) => `${kind} ${status}`)
        .sort(),
      ['card stolen', 'pin active'],
    );
    assert.deepEqual(edge.reads.get('users', 'ann')?.body.groups, ['staff']);
  });

  it('a dry run reports by line and changes nothing', async () => {
    await imported([ours, ...people].join('\n'));
    const writes = edge.writes.length;
    const { status, body } = await post(
      '?dryRun=true',
      `id,name,groups,cards\nann,Ann,staff,\nnew,New,nobody,H10301:25:4822\n`,
    );
    const report = body as unknown as ImportReport;
    assert.equal(status, 200);
    assert.deepEqual([report.lines, report.change, report.create, report.faultCount], [2, 1, 1, 2]);
    assert.deepEqual(report.faults, [
      { line: 3, column: 'groups', message: 'nobody does not exist' },
      { line: 3, column: 'cards', message: 'belongs to ann' },
    ]);
    assert.deepEqual(report.sample[0], { line: 2, id: 'ann', action: 'change' });
    assert.equal(edge.writes.length, writes);
  });

  const bad: readonly [name: string, file: string | Uint8Array, field: RegExp][] = [
    ['no header', '', /line 1/],
    ['an unknown column', 'id,name,colour\n', /line 1.*colour/],
    ['a missing column', 'id,enabled\n', /line 1.*name/],
    ['a column twice', 'id,name,name\n', /line 1/],
    ['too few cells', 'id,name\nann,Ann\nbob\n', /line 3/],
    ['a bad id', 'id,name\n../etc,Ann\n', /line 2, id/],
    ['a control character', 'id,name\nann,"A\u0007nn"\n', /line 2, name/],
    ['the same user twice', 'id,name\nann,Ann\nann,Ann\n', /line 3, id.*line 2/],
    ['the same card twice', 'id,name,cards\na,A,hex:1\nb,B,hex:01\n', /line 3, cards.*line 2/],
    ['no card', 'id,name,cards\na,A,H10301:999:1\n', /line 2, cards/],
    ['an open quote', 'id,name\nann,"Ann\n', /line 2/],
    ['an unknown truth', 'id,name,enabled\nann,Ann,perhaps\n', /line 2, enabled/],
    ['a bad URL', 'id,name,urls\nann,Ann,file:///etc/passwd\n', /line 2, urls/],
    ['a hidden password nobody knows', 'id,name,urls\nann,Ann,http://u:*****@a/\n', /line 2, urls/],
    [
      'bad UTF-8',
      Buffer.from([105, 100, 44, 110, 97, 109, 101, 10, 97, 44, 0xc3, 0x28, 10]),
      /line 2.*UTF-8/,
    ],
    ['a million columns', `id,name\n${','.repeat(1_000_000)}\n`, /line [12].*longer|line 2.*columns/],
    ['a thousand columns', `id,name\n${','.repeat(1_000)}\n`, /line 2.*columns/],
    ['a line without end', `id,name\nann,${'x'.repeat(2_000_000)}`, /line \d.*longer/],
  ];
  for (const [name, file, field] of bad) {
    it(`${name}: 400 that names the line, nothing changed`, async () => {
      const { status, body } = await post('', file);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(JSON.stringify(body), field);
      assert.equal(edge.writes.filter(({ write }) => write.ops.length > 0).length, 0);
    });
  }

  it('an import sent twice under one key is done once; another file under that key is refused', async () => {
    const key = { 'Idempotency-Key': 'monday' };
    const first = await post('', 'id,name\na,Ann\n', key);
    assert.equal(first.status, 202);
    const again = await post('', 'id,name\na,Ann\n', key);
    assert.deepEqual([again.status, again.body['id']], [202, first.body['id']]);
    assert.equal((await post('', 'id,name\na,Ann\nb,Ben\n', key)).status, 422);
    assert.equal((await post('', 'id,name\na,Amy\n', key)).status, 422, 'as long, and another');
    await imported('id,name\na,Ann\n');
    assert.equal(edge.reads.count('users'), 1);
  });

  it('packed bodies are not unpacked; too long ones are cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    assert.equal((await post('', bomb, { 'Content-Encoding': 'gzip' })).status, 415);
    assert.equal((await post('', bomb)).status, 400);
    for (const fields of [{}, { Connection: 'close' }]) {
      const reply = await post('', Buffer.alloc(33 * 1024 * 1024, 'a'), fields);
      assert.equal(reply.status, 413);
    }
  });

  it('PINs of one length beyond one in a thousand, and the same PIN twice, are faults of their lines before anything is written', async () => {
    const lines = Array.from({ length: 11 }, (_, n) => `p${n},P,${7_000 + n}`);
    const { status, body } = await post('', ['id,name,pin', ...lines, 'q,Q,55555', 'r,R,55555'].join('\n'));
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), /line 12.*10 PINs of 4 digits.*take 5 digits/);
    assert.match(JSON.stringify(body), /line 14.*same PIN as on line 13/);
    assert.equal(edge.reads.count('users'), 0);
    const good = ['id,name,pin', ...lines.slice(1)].join('\n');
    assert.equal((await imported(good)).state, 'done');
    // Who gives one back makes room for the next; a new one for an old one is no more.
    const swapped = await imported('id,name,pin\np1,P,7999\np2,P,\np0,P,7000\n');
    assert.deepEqual([swapped.state, swapped.failed], ['done', 0]);
    assert.equal((await post('', 'id,name,pin\np2,P,7002\n')).status, 400);
  });

  it('who may not manage people may neither import nor export', async () => {
    token = edge.token('viewer');
    assert.equal((await post('', 'id,name\n')).status, 403);
    const reply = await fetch(`${edge.url}/api/v1/exports/users`, { headers: headers() });
    assert.equal(reply.status, 403);
  });

  it('any bytes at all: an answer that says why, and the API goes on', async () => {
    const piece = fc.constantFrom(
      'id',
      'name',
      'cards',
      ',',
      '"',
      '\n',
      '\r',
      ';',
      '=',
      '!',
      '%',
      'hex:',
      '\ufeff',
      '\0',
    );
    const file = fc.array(fc.oneof({ weight: 4, arbitrary: piece }, { weight: 1, arbitrary: fc.string() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom('sallyport', 'akuvox'), async (parts, format) => {
        const { status } = await post(`?dryRun=true&format=${format}`, parts.join(''));
        assert.ok(status === 200 || status === 400, String(status));
      }),
      { numRuns: 150 },
    );
  });
});
