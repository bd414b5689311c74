import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WriteOp } from '../../../src/core/management.js';
import { challengesOf, digestHeader } from '../digestClient.js';
import { basic, type Edge, openEdge, putSource } from '../fakes.js';
import { account, ann, facadeClient, type Reply } from './facadeClient.js';

describe('the Akuvox API', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
  });
  afterEach(() => edge.end());

  const { ask, post } = facadeClient(() => edge);

  it('is not there at all while no account serves it, whatever OpenDoor has', async () => {
    putSource(edge);
    for (const path of ['/api/user/get', '/api/system/info', '/api', '/api/']) {
      const reply = await fetch(edge.url + path, { headers: { Authorization: basic } });
      assert.equal(reply.status, 404, path);
      assert.equal(reply.headers.get('www-authenticate'), null);
    }
    putSource(edge, { ...account, enabled: false });
    assert.equal((await ask('GET', '/api/user/get')).status, 404);
  });

  it('its accounts open nothing by OpenDoor, and OpenDoor’s manage nothing here', async () => {
    putSource(edge, account);
    assert.equal(
      (
        await fetch(`${edge.url}/fcgi/OpenDoor?action=OpenDoor&DoorNum=1`, {
          headers: { Authorization: basic },
        })
      ).status,
      503,
    );
    putSource(edge, { id: 'gate', username: 'other' });
    assert.equal((await ask('GET', '/api/user/get')).retcode, 0);
    const other = `Basic ${Buffer.from('other:door-secret').toString('base64')}`;
    assert.equal((await ask('GET', '/api/user/get', undefined, { Authorization: other })).status, 401);
    assert.equal(edge.asked.length, 0);
  });

  it('has the same guards: address, browser page, method, login, back-off', async () => {
    putSource(edge, { ...account, addresses: ['10.0.0.1'] });
    assert.equal((await ask('GET', '/api/user/get')).status, 403);
    putSource(edge, account);
    for (const name of ['Origin', 'Referer', 'Sec-Fetch-Site']) {
      assert.equal(
        (await ask('GET', '/api/user/get', undefined, { [name]: 'http://evil' })).status,
        403,
        name,
      );
    }
    assert.equal((await ask('DELETE', '/api/user/get')).status, 405);
    const wrong = { Authorization: `Basic ${Buffer.from('opener:wrong').toString('base64')}` };
    for (let i = 0; i < 5; i += 1)
      assert.equal((await ask('GET', '/api/user/get', undefined, wrong)).status, 401);
    assert.equal((await ask('GET', '/api/user/get')).status, 429);
  });

  it('Digest covers the method and the target; a replay is refused', async () => {
    putSource(edge, account);
    const target = '/api/user/get?page=1';
    const bare = await fetch(edge.url + target);
    const nonce = challengesOf(bare.headers.get('www-authenticate'))[0]?.fields['nonce'] ?? '';
    const header = { Authorization: digestHeader({ target, nonce }) };
    assert.equal((await ask('POST', target, {}, header)).status, 401, 'made for GET');
    assert.equal((await ask('GET', target, undefined, header)).retcode, 0);
    assert.equal((await ask('GET', target, undefined, header)).status, 401, 'the same again');
  });

  it('users: added, read back, changed by a whole record, deleted; any content type, either spelling', async () => {
    putSource(edge, account);
    assert.equal((await post('user', 'add', { item: [ann] })).retcode, 0);
    const { data } = await ask('GET', '/api/user/get/?page=1');
    const [shown] = data.item ?? [];
    assert.deepEqual([data['num'], data['curPageNum']], [1, 1]);
    assert.deepEqual(
      [shown?.['ID'], shown?.['Name'], shown?.['PrivatePIN'], shown?.['CardCode'], shown?.['Schedule-Relay']],
      ['1001', 'Ann', '****', '001912D6;0A1B2C3D', '1001-12;'],
    );
    const before = edge.reads
      .list('credentials', { user: '1001', limit: 9 })
      .items.map(({ body }) => body.id)
      .sort();
    // The envelope's action wins over the path, and the mask sent back keeps the PIN.
    const change = { target: 'user', action: 'set', data: { item: [{ ...shown, Name: 'Ann Two' }] } };
    assert.equal(
      (await ask('POST', '/api/user/add', JSON.stringify(change), { 'Content-Type': 'text/plain' })).retcode,
      0,
    );
    assert.equal(edge.reads.get('users', '1001')?.body.name, 'Ann Two');
    const after = edge.reads
      .list('credentials', { user: '1001', limit: 9 })
      .items.map(({ body }) => body.id)
      .sort();
    assert.deepEqual(after, before);
    assert.deepEqual(
      (await ask('GET', '/api/user/get?NameOrCode=1912D6')).data.item?.map((one) => one['ID']),
      ['1001'],
    );
    assert.deepEqual(edge.writes.at(-1)?.write.by, { kind: 'source', source: 'hub', address: '127.0.0.1' });
    assert.equal((await post('user', 'del', { item: [{ ID: '1001' }] })).retcode, 0);
    assert.equal(edge.reads.count('users'), 0);
  });

  it('one bad record and nothing of the call is stored', async () => {
    putSource(edge, account);
    for (const bad of [
      { ...ann, UserID: '1002', Name: '' },
      { ...ann, UserID: '1002', CardCode: 'XYZ' },
      { ...ann, UserID: '1002' },
      { ...ann, UserID: '../x' },
      { ...ann, UserID: '1002', CardCode: '', ScheduleRelay: '1001-9;' },
    ]) {
      const { retcode, message } = await post('user', 'add', { item: [ann, bad] });
      assert.equal(retcode, -2, JSON.stringify(bad));
      assert.match(message, /^Error Param: item 1: /);
    }
    assert.equal((await post('user', 'set', { item: [ann] })).retcode, -2, 'set of nobody');
    assert.equal((await post('user', 'add', { item: Array(1_001).fill(ann) })).retcode, -2);
    assert.equal(edge.reads.count('users'), 0);
  });

  it('PINs that are too many, or twice the same, are told before anything of the call is stored', async () => {
    putSource(edge, account);
    const item = Array.from({ length: 40 }, (_, n) => ({
      UserID: `u${n}`,
      Name: 'U',
      PrivatePIN: String(1_000 + n),
    }));
    const many = await post('user', 'add', { item });
    assert.match(many.message, /^Error Param: item 10: .*10 PINs of 4 digits/);
    const twice = item.slice(0, 2).map((one) => ({ ...one, PrivatePIN: '4321' }));
    assert.match((await post('user', 'add', { item: twice })).message, /^Error Param: item 1: .*same PIN/);
    assert.equal(edge.reads.count('users'), 0);
    assert.equal((await post('user', 'add', { item: item.slice(0, 10) })).retcode, 0);
  });

  it('a search finds everybody whose name begins so, beyond one page of ours', async () => {
    putSource(edge, account);
    const flags = { enabled: true, extendedUnlock: false, supervisor: false };
    const rest = { ...flags, groups: [], accessRights: [], note: '', urls: [] };
    edge.put(
      ...Array.from({ length: 250 }, (_, n): WriteOp => {
        const id = `u${n}`;
        return { op: 'put', collection: 'users', id, body: { id, name: `Ann ${n}`, ...rest } };
      }),
    );
    const { data } = await ask('GET', '/api/user/get?NameOrCode=Ann');
    assert.deepEqual([data['num'], data.item?.length], [250, 250]);
    assert.equal((await ask('GET', '/api/user/get?NameOrPerID=Ann&page=25')).data.item?.length, 10);
    assert.deepEqual((await ask('GET', '/api/user/get?NameOrCode=Ann&page=26')).data.item, []);
    const [one] = (await ask('GET', '/api/user/get?NameOrPerID=u7')).data.item ?? [];
    assert.equal(one?.['Name'], 'Ann 7');
  });

  it('pages hold ten; the page past the end is empty', async () => {
    putSource(edge, account);
    const items = Array.from({ length: 25 }, (_, n) => ({
      UserID: `u${String(n).padStart(2, '0')}`,
      Name: `U${n}`,
    }));
    assert.equal((await post('user', 'add', { item: items })).retcode, 0);
    const page = async (n: number) =>
      (await ask('GET', `/api/user/get?page=${n}`)).data.item?.map((one) => one['ID']) ?? [];
    assert.deepEqual([(await page(1)).length, (await page(3)).length, (await page(4)).length], [10, 5, 0]);
    const walked = [...(await page(1)), ...(await page(2)), ...(await page(3))];
    assert.deepEqual(
      walked,
      items.map(({ UserID }) => UserID),
    );
    assert.equal((await ask('GET', '/api/user/get')).data.item?.length, 25);
    assert.equal((await ask('GET', '/api/user/get?page=-1')).data.item?.length, 25);
    // A search comes by pages too, and ends: clients walk until one is empty.
    const found = async (n: number) => (await ask('GET', `/api/user/get?NameOrCode=U&page=${n}`)).data;
    assert.deepEqual([(await found(1)).item?.length, (await found(1))['num']], [10, 25]);
    assert.deepEqual([(await found(3)).item?.length, (await found(4)).item], [5, []]);
  });

  it('all users at once up to 10,000; of more it says so instead of cutting them off', async () => {
    putSource(edge, account);
    const flags = { enabled: true, extendedUnlock: false, supervisor: false };
    const rest = { ...flags, groups: [], accessRights: [], note: '', urls: [] };
    for (let n = 0; n < 10_001; n += 1_000)
      edge.put(
        ...Array.from({ length: Math.min(1_000, 10_001 - n) }, (_, i): WriteOp => {
          const id = `u${n + i}`;
          return { op: 'put', collection: 'users', id, body: { id, name: id, ...rest } };
        }),
      );
    const refused = await ask('GET', '/api/user/get');
    assert.deepEqual([refused.retcode, /10001 users.*page by page/.test(refused.message)], [-2, true]);
    assert.equal((await post('user', 'del', { item: [{ ID: 'u7' }] })).retcode, 0);
    const { data } = await ask('GET', '/api/user/get');
    assert.deepEqual([data['num'], data.item?.length], [10_000, 10_000]);
  });

  it('the relay is an operator’s release at the account’s doors, by POST only', async () => {
    putSource(edge, account);
    edge.answer = () => ({ kind: 'released', door: 'lobby' });
    assert.equal((await ask('GET', '/api/relay/trig?num=1&mode=0&level=0&delay=5')).retcode, -1);
    assert.equal((await post('relay', 'trig', { num: 2, mode: 0, level: 0, delay: 5 })).retcode, -3);
    for (const wrong of [
      { num: 9 },
      { num: [1] },
      { num: 1, mode: 2 },
      { num: 1, level: 7 },
      { num: 1, delay: 65_536 },
    ])
      assert.equal((await post('relay', 'trig', wrong)).retcode, -2, JSON.stringify(wrong));
    assert.deepEqual(edge.asked, []);
    assert.equal((await post('relay', 'trig', { num: 1, mode: 0, level: 0, delay: 5 })).retcode, 0);
    const by = { kind: 'source', source: 'hub', address: '127.0.0.1' };
    assert.deepEqual(edge.asked, [
      { kind: 'door-command', door: 'lobby', command: 'release', level: 'operator', by },
    ]);
    edge.answer = () => ({ kind: 'denied', reason: 'lower-priority' });
    assert.deepEqual(await post('relay', 'trig', { num: 1 }), {
      ...{ status: 200, retcode: -5, action: 'trig', message: 'Access Denied' },
      data: { reason: 'lower-priority' },
    });
  });

  it('the door log: newest first, masked, filtered, empty past its end', async () => {
    putSource(edge, account);
    const row = {
      door: 'lobby',
      user: 'ann',
      userName: 'Ann',
      credential: { kind: 'card', label: '••4822' },
    } as const;
    for (let n = 0; n < 12; n += 1) edge.log({ ...row, kind: 'access-granted' });
    edge.log({ ...row, kind: 'access-denied', reason: 'passback' });
    const { data } = await ask('GET', '/api/doorlog/get?page=1');
    assert.deepEqual([data['num'], data.item?.length], [13, 10]);
    const [first] = data.item ?? [];
    assert.deepEqual(
      [first?.['Status'], first?.['Reason'], first?.['Relay'], first?.['Code'], first?.['Type']],
      ['Failed', 'passback', '1', '••4822', 'Card'],
    );
    assert.equal((await ask('GET', '/api/doorlog/get?Status=Failed')).data.item?.length, 1);
    assert.deepEqual((await ask('GET', '/api/doorlog/get?page=3')).data.item, []);
  });

  it('the door log has what opened a door without a card too, in the words of the dialect', async () => {
    putSource(edge, account);
    const by = { kind: 'source', source: 'gate', address: '10.0.0.9' } as const;
    const code = { kind: 'code', label: '••••' } as const;
    edge.log({
      kind: 'access-granted',
      door: 'lobby',
      userName: 'Ann',
      credential: code,
      by,
      detail: { unlockType: 'Face' },
    });
    edge.log({ kind: 'access-denied', door: 'lobby', credential: code, by, reason: 'unknown-credential' });
    edge.log({ kind: 'rex', door: 'lobby' });
    edge.log({ kind: 'door-released', door: 'lobby', by: { kind: 'operator', operator: 'olga' } });
    edge.log({ kind: 'door-released', door: 'lobby', by });
    edge.log({ kind: 'door-opened', door: 'lobby' });
    const rows = (await ask('GET', '/api/doorlog/get')).data.item ?? [];
    assert.deepEqual(
      rows.map((row) => `${row['Type']} ${row['Name']} ${row['Relay']} ${row['Status']}`),
      [
        'HTTP gate 1 Success',
        'HTTP olga 1 Success',
        'INPUT Unknown 1 Success',
        'QR Code Unknown 1 Failed',
        'Face Ann 1 Success',
      ],
    );
    assert.equal((await ask('GET', '/api/doorlog/get?NameOrCode=olga')).data.item?.length, 1);
  });

  it('system, relays, schedules and a fixed list of settings; the rest has no handler', async () => {
    putSource(edge, account);
    assert.equal((await ask('GET', '/api/system/info')).retcode, 0);
    assert.equal(
      (await ask('GET', '/api/system/status')).data['SystemTime'],
      String(Math.floor(edge.clock.wallMs / 1_000)),
    );
    assert.deepEqual((await ask('GET', '/api/relay/status')).data, { RelayA: 0, RelayB: 0, RelayC: 0 });
    assert.equal((await ask('GET', '/api/schedule/get')).data.item?.[0]?.['ID'], '1001');
    const key = 'Config.DoorSetting.RELAY.NameA';
    assert.deepEqual((await post('config', 'get', { item: [key] })).data, { [key]: 'Lobby' });
    assert.equal(
      (await post('config', 'get', { item: ['Config.DoorSetting.RELAY.RelayOnWebPwd'] })).retcode,
      -2,
    );
    for (const [target, action] of [
      ['system', 'reboot'],
      ['config', 'reset_factory'],
      ['contact', 'get'],
      ['__proto__', 'constructor'],
    ] as const) {
      const { retcode, message } = await post(target, action);
      assert.deepEqual([retcode, message], [-1, 'No handlers for this request']);
    }
  });

  it('mode 1 unlocks until it is asked for again', async () => {
    putSource(edge, account);
    const commands: string[] = [];
    edge.answer = (request) => {
      if (request.kind === 'door-command') commands.push(request.command);
      return { kind: 'done' };
    };
    assert.equal((await post('relay', 'trig', { num: 1, mode: 1 })).retcode, 0);
    edge.doorFlags = { operator: 'unlocked' };
    assert.equal((await post('relay', 'trig', { num: 1, mode: 1 })).retcode, 0);
    assert.deepEqual(commands, ['unlock', 'normal']);
  });

  it('user/clear takes everybody, in slices', async () => {
    putSource(edge, account);
    const items = Array.from({ length: 60 }, (_, n) => ({
      UserID: `u${n}`,
      Name: `U${n}`,
      CardCode: `00${n + 10}`,
    }));
    assert.equal((await post('user', 'add', { item: items })).retcode, 0);
    assert.equal((await ask('GET', '/api/user/clear')).retcode, -1, 'never by GET');
    assert.equal(edge.reads.count('users'), 60);
    const before = edge.writes.length;
    assert.equal((await post('user', 'clear')).retcode, 0);
    assert.deepEqual([edge.reads.count('users'), edge.reads.count('credentials')], [0, 0]);
    assert.equal(edge.writes.length - before, 3);
  });

  it('the door log by time; the call log is empty, and says so', async () => {
    putSource(edge, account);
    edge.clock.wallMs = Date.UTC(2026, 0, 5, 12);
    edge.log({ kind: 'access-granted', door: 'lobby', userName: 'Ann' });
    edge.clock.wallMs = Date.UTC(2026, 0, 6, 12);
    edge.log({ kind: 'access-denied', door: 'lobby', userName: 'Ben', reason: 'passback' });
    const names = async (query: string) =>
      (await ask('GET', `/api/doorlog/get?${query}`)).data.item?.map((row) => row['Name']);
    assert.deepEqual(await names('TimeStart=2026-01-05&TimeEnd=2026-01-05'), ['Ann']);
    assert.deepEqual(await names('TimeStart=2026-01-06%2012:00:00'), ['Ben']);
    assert.deepEqual(await names('TimeEnd=2026-01-06%2011:59'), ['Ann']);
    assert.deepEqual(await names(`TimeStart=${Date.UTC(2026, 0, 6) / 1_000}`), ['Ben']);
    assert.deepEqual(await names('Status=Succ&TimeStart='), ['Ann']);
    assert.equal((await ask('GET', '/api/doorlog/get?TimeStart=yesterday')).retcode, -2);
    assert.equal((await ask('GET', '/api/doorlog/get?TimeEnd=2026-13-45')).retcode, -2);
    const calls = await ask('GET', '/api/calllog/get?page=1');
    assert.deepEqual([calls.retcode, calls.data], [0, { num: 0, curPageNum: 1, item: [] }]);
  });

  it('any body: an answer with a retcode, nothing stored', async () => {
    putSource(edge, account);
    const writes = edge.writes.length;
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          target: fc.constantFrom('user', 'relay', 'schedule', 'config', 'input', 'doorlog', 'calllog'),
          action: fc.constantFrom('add', 'set', 'del', 'trig', 'get'),
          data: fc.jsonValue(),
        })
        .map((one) => JSON.stringify(one)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const { status, retcode } = await ask('POST', '/api/', text);
        assert.equal(status, 200);
        assert.equal(typeof retcode, 'number');
      }),
      { numRuns: 200 },
    );
    const bytes = await fetch(`${edge.url}/api`, {
      method: 'POST',
      headers: { Authorization: basic },
      body: Buffer.from([0xff, 0xfe]),
    });
    assert.equal(((await bytes.json()) as Reply).retcode, -2);
    assert.equal((await ask('POST', '/api', 'x'.repeat(1_100_000))).retcode, -2);
    assert.equal(edge.writes.length, writes);
  });
});
