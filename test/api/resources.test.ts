import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { ZoneRecord } from '../../src/core/state.js';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('resources', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
  });
  afterEach(() => edge.end());

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(edge, method, `/api/v1${path}`, { token, headers, ...(body === undefined ? {} : { body }) });
  const fieldsOf = (reply: ApiReply) =>
    ((reply.body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);

  it('a user lives under its revision: created, read, replaced, changed, deleted', async () => {
    const made = await send('POST', '/users', { id: 'ann', name: 'Ann', validFromMs: 5 });
    assert.deepEqual(
      [made.status, made.headers.get('etag'), made.headers.get('location')],
      [201, '"1"', '/api/v1/users/ann'],
    );
    assert.equal((await send('POST', '/users', { id: 'ann', name: 'Other' })).status, 409);
    const patch = { name: 'Ann B' };
    assert.equal((await send('PATCH', '/users/ann', patch)).status, 428);
    assert.equal((await send('PATCH', '/users/ann', patch, { 'If-Match': '"9"' })).status, 412);
    const changed = await send('PATCH', '/users/ann', { ...patch, validFromMs: null }, { 'If-Match': '"1"' });
    assert.deepEqual(
      [changed.status, changed.headers.get('etag'), changed.body['name']],
      [200, '"2"', 'Ann B'],
    );
    assert.ok(!('validFromMs' in changed.body));
    const stale = await send('PUT', '/users/ann', { name: 'x' }, { 'If-Match': '"1"' });
    assert.equal(stale.status, 412);
    assert.equal((await send('PUT', '/users/ann', { name: 'x' }, { 'If-Match': '*' })).status, 200);
    assert.equal((await send('PUT', '/users/bob', { name: 'Bob' })).status, 404);
    assert.equal((await send('PUT', '/users/bob', { name: 'Bob' }, { 'If-None-Match': '*' })).status, 201);
    assert.equal((await send('PUT', '/users/bob', { name: 'Bob' }, { 'If-None-Match': '*' })).status, 409);
    assert.equal((await send('DELETE', '/users/ann')).status, 428);
    assert.equal((await send('DELETE', '/users/ann', undefined, { 'If-Match': '"3"' })).status, 204);
    assert.equal((await send('GET', '/users/ann')).status, 404);
  });

  it('a change of one field keeps the others, defaults included', async () => {
    await send('POST', '/users', { id: 'ann', name: 'Ann', enabled: false, note: 'old' });
    const { body } = await send('PATCH', '/users/ann', { name: 'B' }, { 'If-Match': '"1"' });
    assert.deepEqual([body['enabled'], body['note']], [false, 'old']);
  });

  it('lists come by pages', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await send('POST', '/users', { id, name: id });
    const seen: string[] = [];
    let path = '/users?limit=2';
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await send('GET', path);
      seen.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
      if (body['next'] === undefined) break;
      path = `/users?limit=2&cursor=${encodeURIComponent(String(body['next']))}`;
    }
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
  });

  it('names the field that is wrong', async () => {
    const week = Array.from({ length: 7 }, () => []);
    const window = { fromMinute: 60, toMinute: 60 };
    const cases: [string, unknown, string[]][] = [
      ['/users', { name: '', nick: 'x' }, ['name', 'nick']],
      ['/users', { name: 'a', groups: ['nobody'] }, ['groups']],
      ['/users', { name: 'a', validFromMs: 5, validUntilMs: 5 }, ['validUntilMs']],
      ['/groups', { name: 'a', accessRights: ['x', 'x'] }, ['accessRights']],
      ['/access-rights', { name: 'a', doors: [{ door: 'moon', schedule: 'always' }] }, ['doors.0.door']],
      ['/schedules', { id: 'always', name: 'a', week }, ['id']],
      ['/schedules', { name: 'a', week: week.slice(1) }, ['week']],
      ['/schedules', { name: 'a', week: [[window], ...week.slice(1)] }, ['week.0.0']],
      [
        '/schedules',
        { name: 'a', week, dates: { from: '2026-03-02', until: '2026-03-01' } },
        ['dates.until'],
      ],
      ['/holidays', { kind: 'public' }, ['id']],
      ['/holidays', { id: '2026-02-30', kind: 'public' }, ['id']],
      [
        '/credentials',
        { user: 'ann', kind: 'card', format: 'H10301', facility: 256, number: '1' },
        ['number'],
      ],
      ['/credentials', { user: 'ann', kind: 'card', format: 'X', number: '1' }, ['format']],
    ];
    for (const [path, body, fields] of cases) {
      const reply = await send('POST', path, body);
      assert.ok(reply.status === 400 || reply.status === 409, `${path} ${reply.status}`);
      assert.deepEqual(fieldsOf(reply), fields, `${path} ${JSON.stringify(body)}`);
    }
  });

  it('rights, groups, schedules and holidays can be made, and not deleted while used', async () => {
    const week = Array.from({ length: 7 }, () => [{ fromMinute: 480, toMinute: 1_440 }]);
    assert.equal(
      (await send('POST', '/schedules', { id: 'day', name: 'Day', week, holidays: { public: [] } })).status,
      201,
    );
    assert.equal((await send('POST', '/holidays', { id: '2026-12-25', kind: 'public' })).status, 201);
    const doors = [{ door: 'lobby', schedule: 'day' }];
    assert.equal((await send('POST', '/access-rights', { id: 'r', name: 'R', doors })).status, 201);
    assert.equal((await send('POST', '/groups', { id: 'g', name: 'G', accessRights: ['r'] })).status, 201);
    assert.equal((await send('DELETE', '/access-rights/r', undefined, { 'If-Match': '"1"' })).status, 409);
    assert.equal((await send('DELETE', '/groups/g', undefined, { 'If-Match': '"1"' })).status, 204);
  });

  it('one card, however it is written; masked in lists, whole for those who manage people', async () => {
    await send('POST', '/users', { id: 'ann', name: 'Ann' });
    const card = { user: 'ann', kind: 'card' };
    const made = await send('POST', '/credentials', {
      ...card,
      id: 'c',
      format: 'H10301',
      facility: 25,
      number: '14822',
    });
    assert.deepEqual([made.status, made.body['label'], made.body['number']], [201, '••4822', undefined]);
    const list = await send('GET', '/credentials?user=ann');
    assert.doesNotMatch(JSON.stringify(list.body), /14822|1939E6/i);
    const whole = await send('GET', '/credentials/c');
    assert.deepEqual(
      [whole.body['number'], whole.body['facility'], whole.body['hex']],
      ['14822', 25, '1939E6'],
    );
    const viewer = await call(edge, 'GET', '/api/v1/credentials/c', { token: edge.token('viewer') });
    assert.doesNotMatch(JSON.stringify(viewer.body), /14822|1939E6/i);
    const bits = '10001100100111001111001100';
    const broken = await send('POST', '/credentials', { ...card, bits: bits.replace(/0$/, '1') });
    assert.deepEqual([broken.status, fieldsOf(broken)], [400, ['bits']], 'wrong parity is no card');
    const asBits = await send('POST', '/credentials', { ...card, bits });
    assert.deepEqual([asBits.status, fieldsOf(asBits)], [409, ['bits']]);
    const same = await send('POST', '/credentials', {
      ...card,
      format: 'H10301',
      facility: 25,
      number: '14822',
    });
    assert.deepEqual([same.status, fieldsOf(same)], [409, ['number']]);
    const lost = await send('PATCH', '/credentials/c', { status: 'lost' }, { 'If-Match': '"1"' });
    assert.deepEqual([lost.status, lost.body['status']], [200, 'lost']);
    assert.equal((await send('DELETE', '/credentials/c', undefined, { 'If-Match': '"2"' })).status, 204);
  });

  it('a PIN is stored as HMAC under the pepper and never comes out', async () => {
    await send('POST', '/users', { id: 'ann', name: 'Ann' });
    const made = await send('POST', '/credentials', { id: 'p', user: 'ann', kind: 'pin', pin: '0471' });
    assert.equal(made.body['label'], 'PIN');
    const hmac = createHmac('sha256', String(edge.reads.setting('pin-pepper')))
      .update('0471')
      .digest('hex');
    assert.equal(edge.reads.get('credentials', 'p')?.body.secret, hmac);
    const everything = [
      made.body,
      (await send('GET', '/credentials/p')).body,
      (await send('GET', '/credentials')).body,
    ];
    assert.doesNotMatch(
      JSON.stringify([everything, edge.reads.events({ order: 'asc', limit: 100 })]),
      new RegExp(`0471|${hmac}`),
    );
    for (const pin of ['123', '123456789', '12a4']) {
      assert.equal((await send('POST', '/credentials', { user: 'ann', kind: 'pin', pin })).status, 400);
    }
  });

  it('doors: behaviour under a revision, state, commands', async () => {
    const { body } = await send('GET', '/doors');
    assert.deepEqual(
      (body['items'] as { id: string }[]).map(({ id }) => id),
      ['lobby', 'lab', 'store'],
    );
    const one = await send('GET', '/doors/lobby');
    assert.deepEqual(
      [one.headers.get('etag'), one.body['number'], (one.body['state'] as { lock: string }).lock],
      ['"0"', 1, 'locked'],
    );
    const patch = (field: object, tag: string) => send('PATCH', '/doors/lab', field, { 'If-Match': tag });
    assert.deepEqual(fieldsOf(await patch({ unlockMs: 2_999 }, '"0"')), ['unlockMs']);
    assert.deepEqual(fieldsOf(await patch({ passageCounts: 'at-opening' }, '"0"')), ['passageCounts']);
    assert.deepEqual(fieldsOf(await patch({ holdOpenSchedule: 'none' }, '"0"')), ['holdOpenSchedule']);
    assert.equal(
      (await patch({ unlockMs: 4_000, holdOpenSchedule: 'always' }, '"0"')).headers.get('etag'),
      '"1"',
    );
    assert.equal((await patch({ unlockMs: 5_000 }, '"0"')).status, 412);
    assert.ok(!('holdOpenSchedule' in (await patch({ holdOpenSchedule: null }, '"1"')).body));
    assert.equal(edge.reads.get('doors', 'lab')?.body.unlockMs, 4_000);
    edge.asked.length = 0;
    edge.answer = () => ({ kind: 'released', door: 'lobby' });
    assert.deepEqual((await send('POST', '/doors/lobby/release')).body, { result: 'released' });
    const by = { kind: 'operator', operator: 'administrator', address: '127.0.0.1' };
    assert.deepEqual(edge.asked, [
      { kind: 'door-command', door: 'lobby', command: 'release', level: 'operator', by },
    ]);
    edge.answer = () => ({ kind: 'denied', reason: 'lower-priority' });
    const refused = await send('POST', '/doors/lobby/unlock');
    assert.deepEqual([refused.status, refused.body['reason']], [409, 'lower-priority']);
    edge.answer = () => ({ kind: 'denied', reason: 'storage-failed' });
    const later = await send('POST', '/doors/lobby/lock');
    assert.deepEqual([later.status, later.headers.get('retry-after')], [503, '5']);
    assert.equal((await send('POST', '/doors/moon/release')).status, 404);
  });

  it('zones hold to the Suprema model', async () => {
    const members = [
      { reader: 'lobby-in', direction: 'entry' },
      { reader: 'lobby-out', direction: 'exit' },
    ];
    const zone = { name: 'Hall', type: 'hard', members };
    assert.equal((await send('POST', '/zones', zone)).body['id'], 1);
    assert.equal((await send('POST', '/zones', { ...zone, id: 4_294_967_295 })).status, 201);
    assert.equal((await send('POST', '/zones', zone)).body['id'], 2);
    const wrong: [object, string[]][] = [
      [{ id: 0 }, ['id']],
      [{ id: 4_294_967_296 }, ['id']],
      [{ name: 'x'.repeat(49) }, ['name']],
      [{ name: '' }, ['name']],
      [{ resetSeconds: 4_294_967_296 }, ['resetSeconds']],
      [{ resetSeconds: -1 }, ['resetSeconds']],
      [{ members: members.slice(1) }, ['members']],
      [{ members: members.map((one) => ({ ...one, direction: 'entry' })) }, ['members']],
      [{ members: [members[0], members[0], members[1]] }, ['members']],
      [{ members: [members[0], { reader: 'moon', direction: 'exit' }] }, ['members.1.reader']],
      [{ bypassGroups: Array.from({ length: 17 }, (_, n) => `g${n}`) }, ['bypassGroups']],
    ];
    for (const [field, named] of wrong) {
      const reply = await send('POST', '/zones', { ...zone, ...field });
      assert.deepEqual([reply.status, fieldsOf(reply)], [400, named], JSON.stringify(field));
    }
    assert.equal((await send('POST', '/zones', { ...zone, name: '𝒵'.repeat(36) })).status, 201, '144 bytes');
    assert.equal((await send('POST', '/zones', { ...zone, name: '𝒵'.repeat(37) })).status, 400, '148 bytes');
    assert.equal(
      (await send('PATCH', '/zones/1', { type: 'soft' }, { 'If-Match': '"1"' })).body['type'],
      'soft',
    );
    assert.equal((await send('GET', '/zones/01')).status, 400);
    edge.answer = () => ({ kind: 'forgotten', count: 2 });
    assert.deepEqual((await send('POST', '/zones/1/clear', { users: ['ann'] })).body, { forgotten: 2 });
    assert.equal((await send('POST', '/zones/1/clear', { users: [] })).status, 400);
    edge.answer = () => ({ kind: 'denied', reason: 'unknown-zone' });
    assert.equal((await send('POST', '/zones/9/clear', { users: 'all' })).status, 404);
    edge.answer = () => ({ kind: 'done' });
    assert.deepEqual((await send('POST', '/zones/1/alarm', { alarmed: true })).body, { alarmed: true });
    assert.deepEqual((await send('GET', '/zones/1/records')).body, { items: [] });
    assert.equal((await send('GET', '/zones/77/records')).status, 404);
  });

  it('zone records are told with time and reader', async () => {
    const record: ZoneRecord = {
      direction: 'entry',
      reader: 'lobby-in',
      boot: 'b',
      monoMs: 1,
      wallMs: 0,
      trusted: true,
    };
    const members = [
      { reader: 'lobby-in', direction: 'entry' },
      { reader: 'lobby-out', direction: 'exit' },
    ];
    await send('POST', '/zones', { name: 'Hall', type: 'hard', members });
    await send('POST', '/users', { id: 'ann', name: 'Ann' });
    edge.record(1, 'ann', record);
    assert.deepEqual((await send('GET', '/zones/1/records')).body['items'], [
      {
        user: 'ann',
        userName: 'Ann',
        direction: 'entry',
        reader: 'lobby-in',
        at: '1970-01-01T00:00:00.000Z',
        clockTrusted: true,
        seq: edge.reads.lastSeq(),
        marks: [],
      },
    ]);
  });

  it('a source keeps its password to itself, and a new username needs it again', async () => {
    const fields = {
      id: 's',
      name: 'S',
      username: 'opener',
      addresses: ['127.0.0.1'],
      schemes: ['basic'],
      doors: ['lobby'],
    };
    assert.deepEqual(fieldsOf(await send('POST', '/sources', fields)), ['password']);
    const made = await send('POST', '/sources', { ...fields, enabled: true, password: 'door-secret' });
    assert.equal(made.status, 201);
    edge.answer = () => ({ kind: 'released', door: 'lobby' });
    const open = async (login: string) => {
      const Authorization = `Basic ${Buffer.from(login).toString('base64')}`;
      return (
        await fetch(`${edge.url}/fcgi/OpenDoor?action=OpenDoor&DoorNum=1`, { headers: { Authorization } })
      ).status;
    };
    assert.equal(await open('opener:door-secret'), 200, 'it holds at once');
    assert.deepEqual(
      fieldsOf(await send('PATCH', '/sources/s', { username: 'other' }, { 'If-Match': '"1"' })),
      ['password'],
    );
    assert.equal((await send('PATCH', '/sources/s', { name: 'T' }, { 'If-Match': '"1"' })).status, 200);
    assert.equal(await open('opener:door-secret'), 200);
    assert.equal(
      (await send('PATCH', '/sources/s', { password: 'new-secret' }, { 'If-Match': '"2"' })).status,
      200,
    );
    assert.deepEqual([await open('opener:door-secret'), await open('opener:new-secret')], [401, 200]);
    assert.equal((await send('PATCH', '/sources/s', { enabled: false }, { 'If-Match': '"3"' })).status, 200);
    assert.equal(await open('opener:new-secret'), 503);
    assert.deepEqual(
      fieldsOf(await send('POST', '/sources', { ...fields, id: 't', password: 'door-secret' })),
      ['username'],
    );
    assert.deepEqual(
      fieldsOf(
        await send('POST', '/sources', { ...fields, id: 't', username: 'a:b', password: 'door-secret' }),
      ),
      ['username'],
    );
    const stored = edge.reads.get('sources', 's')?.body;
    const told = JSON.stringify([
      made.body,
      (await send('GET', '/sources')).body,
      edge.reads.events({ order: 'asc', limit: 100 }),
    ]);
    assert.ok(stored !== undefined);
    assert.doesNotMatch(
      told,
      new RegExp(`door-secret|new-secret|${stored.ha1Md5}|${stored.ha1Sha256}|ha1`, 'i'),
    );
  });

  it('a fire alarm is reset by hand, by whoever acts on doors, and not while it lasts', async () => {
    edge.answer = () => ({ kind: 'done' });
    assert.deepEqual((await send('POST', '/fire/reset')).body, { result: 'done' });
    const by = { kind: 'operator', operator: 'administrator', address: '127.0.0.1' };
    assert.deepEqual(edge.asked, [{ kind: 'fire-reset', by }]);
    edge.answer = () => ({ kind: 'denied', reason: 'fire-active' });
    assert.equal((await send('POST', '/fire/reset')).status, 409);
    const viewer = { token: edge.token('viewer') };
    assert.equal((await call(edge, 'POST', '/api/v1/fire/reset', viewer)).status, 403);
  });

  it('the mock board is played through the API', async () => {
    const present = (body: object) => send('POST', '/mock/readers/lobby-in/present', body);
    assert.equal((await present({ format: 'H10301', facility: 25, number: 4822 })).status, 204);
    assert.equal((await present({ pin: '1234#' })).status, 204);
    assert.equal((await present({ format: 'H10301', facility: 25, number: 65_536 })).status, 400);
    assert.equal((await send('POST', '/mock/doors/lobby/contact', { open: true })).status, 204);
    assert.equal((await send('POST', '/mock/doors/lobby/rex', { active: true })).status, 204);
    assert.equal((await send('POST', '/mock/readers/lobby-in/tamper', { active: true })).status, 204);
    assert.equal((await send('POST', '/mock/fire', { active: true })).status, 204);
    assert.equal((await send('GET', '/mock/lines')).status, 200);
    assert.deepEqual(edge.asked, [
      { kind: 'mock-present', reader: 'lobby-in', what: { bits: '00001100100010010110101101' } },
      { kind: 'mock-present', reader: 'lobby-in', what: { pin: '1234#' } },
      { kind: 'mock-contact', door: 'lobby', open: true },
      { kind: 'mock-rex', door: 'lobby', active: true },
      { kind: 'mock-tamper', reader: 'lobby-in', active: true },
      { kind: 'mock-fire', active: true },
      { kind: 'mock-lines' },
    ]);
  });

  it('status tells doors, readers, zones and clock', async () => {
    const { body } = await send('GET', '/status');
    assert.deepEqual(
      [body['board'], body['storage'], (body['doors'] as unknown[]).length],
      ['mock', 'ok', 3],
    );
  });

  it('the OpenAPI document has every row, and nothing else', async () => {
    const { body } = await send('GET', '/openapi.json');
    const paths = body['paths'] as Record<
      string,
      Record<string, { responses: object; parameters?: { name: string }[] }>
    >;
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(
      documented.sort(),
      edge.web.routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    assert.deepEqual(
      paths['/api/v1/users']?.['get']?.parameters?.map(({ name }) => name),
      ['cursor', 'limit', 'text'],
    );
    assert.doesNotMatch(JSON.stringify(body), /ha1|passwordHash/);
  });
});
