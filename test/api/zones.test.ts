import assert from 'node:assert/strict';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const members = [
  { reader: 'lobby-in', direction: 'entry' },
  { reader: 'lobby-out', direction: 'exit' },
];
const hall = { name: 'Hall', type: 'hard', members };

describe('zones: the operations of the APBZone contract, each one call', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge({ outputs: ['lamp'] });
    token = edge.token('administrator');
  });
  afterEach(() => edge.end());

  const send = (method: string, path: string, body?: unknown) =>
    call(edge, method, `/api/v1${path}`, { token, ...(body === undefined ? {} : { body }) });
  const add = (...zones: object[]) => send('POST', '/zone-operations/add', { zones });
  const names = () => edge.reads.list('zones', { limit: 1_000 }).items.map(({ body }) => body.name);
  const fields = (reply: ApiReply) =>
    ((reply.body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);

  it('adds 100 zones in one call, and not one more', async () => {
    const zones = Array.from({ length: 100 }, (_, n) => ({ ...hall, id: n + 1 }));
    assert.equal((await add(...zones)).status, 200);
    assert.equal(edge.reads.count('zones'), 100);
    assert.equal((await add({ ...hall, id: 101 })).status, 409);
    assert.equal((await send('POST', '/zones', hall)).status, 409);
    assert.deepEqual((await add({ ...hall, id: 100, name: 'Yard' })).body, { revisions: [2] });
  });

  it('a zone that is sent with the revision it was read in does not overwrite what others made of it', async () => {
    assert.equal((await add({ ...hall, id: 7, revision: 0 })).status, 200);
    assert.equal((await add({ ...hall, id: 7, revision: 0 })).status, 409);
    assert.deepEqual((await add({ ...hall, id: 7, name: 'Yard', revision: 1 })).body, { revisions: [2] });
    const late = await add({ ...hall, id: 8 }, { ...hall, id: 7, name: 'Late', revision: 1 });
    assert.equal(late.status, 412);
    assert.match(String(late.body['detail']), /revision 2/);
    assert.deepEqual(names(), ['Yard']);
  });

  it('one bad zone changes nothing, and the answer names its field', async () => {
    const bad: [object, string][] = [
      [{ id: 0 }, 'zones.1.id'],
      [{ id: 1 }, 'zones.1.id'],
      [{ name: '' }, 'zones.1.name'],
      [{ members: members.slice(1) }, 'zones.1.members'],
      [{ members: [members[0], { reader: 'moon', direction: 'exit' }] }, 'zones.1.members.1.reader'],
      [{ bypassGroups: ['nobody'] }, 'zones.1.bypassGroups.0'],
      [{ actions: [{ kind: 'output', output: 'bell', signal: {} }] }, 'zones.1.actions.0.signal.count'],
      [{ type: 'trap' }, 'zones.1.type'],
      [{ check: 'entries', tailgate: 'soft' }, 'zones.1.tailgate'],
      [{ inside: 7 }, 'zones.1.inside'],
    ];
    for (const [change, field] of bad) {
      const reply = await add({ ...hall, id: 1 }, { ...hall, id: 2, ...change });
      assert.equal(reply.status, 400, JSON.stringify(change));
      assert.ok(fields(reply).includes(field), `${field}: ${JSON.stringify(reply.body)}`);
      assert.equal(edge.reads.count('zones'), 0);
    }
  });

  it('zones that lie in each other may come in any order, and go in any', async () => {
    const inner = { ...hall, id: 1, name: 'Lab', inside: 2 };
    assert.equal((await add(inner, { ...hall, id: 2 })).status, 200);
    assert.deepEqual(names(), ['Lab', 'Hall']);
    const timed = await add({ ...hall, id: 2, rule: 'timed', resetSeconds: 60 });
    assert.deepEqual([timed.status, fields(timed)], [400, ['zones.0.rule']]);
    assert.equal(
      (await send('POST', '/zone-operations/delete', { zones: [2] })).status,
      409,
      'still used by zone 1',
    );
    assert.deepEqual((await send('POST', '/zone-operations/delete', { zones: [2, 1, 9] })).body, {
      deleted: 2,
    });
    assert.deepEqual((await send('POST', '/zone-operations/delete', { zones: 'all' })).body, { deleted: 0 });
    assert.equal((await send('POST', '/zone-operations/delete', { zones: [] })).status, 400);
  });

  it('an alarm comes with the zone, in the same transaction', async () => {
    await add({ ...hall, id: 1, alarmed: true }, { ...hall, id: 2 });
    const facts = edge.reads.stored('boot-1').facts;
    assert.deepEqual([...facts], [['zone/1/alarm', true]]);
    assert.equal(edge.reads.events({ order: 'desc', limit: 1 })[0]?.kind, 'zone-alarm-on');
    await add({ ...hall, id: 1 });
    assert.equal(edge.reads.stored('boot-1').facts.size, 0);
  });

  it('clear, alarm and status go to the controller whole', async () => {
    await add({ ...hall, id: 1 }, { ...hall, id: 7 });
    edge.answer = () => ({ kind: 'forgotten', count: 3 });
    const users = Array.from({ length: 10_000 }, (_, n) => `user-${n}`);
    assert.deepEqual((await send('POST', '/zone-operations/clear', { users: 'all' })).body, { forgotten: 3 });
    assert.equal((await send('POST', '/zones/7/clear', { users })).status, 200);
    assert.equal((await send('POST', '/zones/7/clear', { users: [...users, 'one-more'] })).status, 400);
    edge.answer = () => ({ kind: 'done' });
    await send('POST', '/zone-operations/alarm', { zones: [1, 7], alarmed: true });
    const asked = edge.asked.map((request) =>
      request.kind === 'clear-zone'
        ? [request.zone, request.users.length]
        : request.kind === 'set-zone-alarm' && [request.zones, request.alarmed],
    );
    assert.deepEqual(asked, [
      ['all', 3],
      [7, 10_000],
      [[1, 7], true],
    ]);
    const { body } = await send('GET', '/zone-status');
    assert.deepEqual(
      (body['items'] as { id: number }[]).map(({ id }) => id),
      [1, 7],
    );
    assert.equal(((await send('GET', '/zone-status?ids=7')).body['items'] as unknown[]).length, 1);
    assert.equal((await send('GET', '/zone-status?ids=7,9')).status, 404);
    assert.equal((await send('GET', '/zone-status?ids=x')).status, 400);
  });

  it('passwords of addresses that actions call never come out nor reach the log, and stay when sent back', async () => {
    const action = (url: string) => ({ kind: 'url', url });
    const urls = ['http://u:s3cret-a@h/?z=$zone', 'http://u:s3cret-b@h/?z=$zone', 'https://h/on'];
    const shown = ['http://u:*****@h/?z=$zone', 'http://u:*****@h/?z=$zone', 'https://h/on'];
    const stored = () => urlsOf(edge.reads.get('zones', '1')?.body);
    const urlsOf = (zone: unknown) =>
      (zone as { readonly actions: readonly { readonly url: string }[] }).actions.map(({ url }) => url);
    await add({ ...hall, id: 1, actions: urls.map(action) });
    for (const [method, match, change] of [
      ['PUT', '"1"', { ...hall, actions: shown.map(action) }],
      ['PATCH', '"2"', { actions: shown.map(action) }],
      ['PATCH', '"3"', { name: 'Yard' }],
    ] as const) {
      const reply = await call(edge, method, '/api/v1/zones/1', {
        ...{ token, body: change, headers: { 'If-Match': match } },
      });
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      assert.deepEqual([urlsOf(reply.body), stored()], [shown, urls], method);
    }
    assert.equal((await add({ ...hall, id: 1, actions: shown.map(action) })).status, 200);
    assert.deepEqual(stored(), urls, 'bulk add');
    for (const bad of ['http://x:*****@h/', 'http://u:*****@other/?z=$zone', 'ftp://h/', 'http://$ip/']) {
      const refused = await add({ ...hall, id: 1, actions: [action('http://h/'), action(bad)] });
      assert.deepEqual([refused.status, fields(refused)], [400, ['zones.0.actions.1.url']], bad);
    }
    const seen = JSON.stringify([
      (await send('GET', '/zones')).body,
      (await send('GET', '/zones/1')).body,
      edge.reads.events({ order: 'asc', limit: 100 }),
    ]);
    assert.ok(seen.includes('u:*****@h') && !seen.includes('s3cret'));
  });

  it('who is inside is a list of its own', async () => {
    await add({ ...hall, id: 1 });
    const record = { reader: 'r', boot: 'b', monoMs: 1, wallMs: 0, trusted: true } as const;
    edge.record(1, 'ann', { ...record, direction: 'entry', marks: ['blocked', 'supervisor'] });
    edge.record(1, 'bob', { ...record, direction: 'exit' });
    const seen = async (side: string) =>
      (
        (await send('GET', `/zones/1/records${side}`)).body['items'] as { user: string; marks: string[] }[]
      ).map(({ user, marks }) => [user, ...marks]);
    assert.deepEqual(await seen('?side=entry'), [['ann', 'blocked', 'supervisor']]);
    assert.deepEqual(await seen('?side=exit'), [['bob']]);
    assert.deepEqual(await seen(''), [['ann', 'blocked', 'supervisor'], ['bob']]);
  });
});
