import assert from 'node:assert/strict';
import type { Answer } from '../../src/core/decision.js';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const members = [
  { reader: 'lobby-in', direction: 'entry' },
  { reader: 'lobby-out', direction: 'exit' },
];

describe('zones: who is where, and what is done in an emergency', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
    await send('POST', '/zones', { name: 'Hall', type: 'hard', members, musterReaders: ['lab-in'] });
    for (const [id, name] of [
      ['ann', 'Ann'],
      ['bob', '=1+1'],
      ['cid', 'Cid'],
      ['dan', 'Dan'],
    ])
      await send('POST', '/users', { id, name });
    const record = { boot: 'b', monoMs: 1, trusted: true } as const;
    edge.record(1, 'ann', { ...record, direction: 'entry', reader: 'lobby-in', wallMs: 1_000 });
    edge.record(1, 'bob', { ...record, direction: 'entry', reader: '', wallMs: 2_000, marks: ['blocked'] });
    edge.record(1, 'cid', { ...record, direction: 'exit', reader: 'lab-in', wallMs: 6_000 });
    edge.record(1, 'dan', { ...record, direction: 'exit', reader: 'lab-in', wallMs: 4_000 });
    edge.record(1, 'eve', { ...record, direction: 'exit', reader: '', wallMs: 4_000, marks: ['cleared'] });
  });
  afterEach(() => edge.end());

  const send = (method: string, path: string, body?: unknown) =>
    call(edge, method, `/api/v1${path}`, { token, ...(body === undefined ? {} : { body }) });
  const users = (reply: ApiReply, list = 'items') =>
    (reply.body[list] as { user: string; place?: string }[]).map(({ user, place }) =>
      place === undefined ? user : `${user} ${place}`,
    );

  it('roll call: who is missing since the muster began, who is safe, page by page', async () => {
    const first = await send('GET', '/zones/1/roll-call?limit=1');
    assert.deepEqual(users(first), ['ann missing']);
    assert.deepEqual(
      [first.body['name'], first.body['inside'], first.body['musterSince'], first.body['next']],
      ['Hall', 1, '1970-01-01T00:00:05.000Z', 'ann'],
    );
    assert.deepEqual(users(await send('GET', '/zones/1/roll-call?cursor=ann')), ['bob missing']);
    assert.deepEqual(users(await send('GET', '/zones/1/roll-call?part=safe')), ['cid safe']);
    assert.equal((await send('GET', '/zones/9/roll-call')).status, 404);
  });

  it('where one user is, in every zone; a trace of forgiving is no place', async () => {
    const reply = await send('GET', '/users/bob/places');
    assert.deepEqual(reply.body['items'], [
      {
        ...{ zone: 1, direction: 'entry', reader: '', at: '1970-01-01T00:00:02.000Z' },
        ...{ clockTrusted: true, seq: 10, marks: ['blocked'] },
      },
    ]);
    await send('POST', '/users', { id: 'eve', name: 'Eve' });
    assert.deepEqual((await send('GET', '/users/eve/places')).body['items'], []);
    assert.equal((await send('GET', '/users/nobody/places')).status, 404);
  });

  it('roll call as CSV: names never become formulas', async () => {
    const reply = await fetch(`${edge.url}/api/v1/zones/1/roll-call.csv`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    assert.match(reply.headers.get('content-type') ?? '', /^text\/csv; charset=utf-8/);
    assert.equal(
      await reply.text(),
      [
        'user,name,place,reader,since',
        'ann,Ann,missing,lobby-in,1970-01-01T00:00:01.000Z',
        "bob,'=1+1,missing,,1970-01-01T00:00:02.000Z",
        'cid,Cid,safe,lab-in,1970-01-01T00:00:06.000Z',
        '',
      ].join('\n'),
    );
    assert.equal((await send('GET', '/zones/9/roll-call.csv')).status, 404);
  });

  it('records leave out what is only a trace; violations since the alarm was released, and who is blocked', async () => {
    assert.deepEqual(users(await send('GET', '/zones/1/records')), ['ann', 'bob', 'cid', 'dan']);
    const reply = await send('GET', '/zones/1/violations');
    assert.deepEqual(
      [reply.body['alarmed'], reply.body['items'], users(reply, 'blocked')],
      [true, [], ['bob']],
    );
    assert.equal((await send('GET', '/zones/9/violations')).status, 404);
  });

  it('forgives a group: whoever is in it now', async () => {
    await send('POST', '/groups', { id: 'crew', name: 'Crew', accessRights: [] });
    await send('POST', '/users', { id: 'gil', name: 'Gil', groups: ['crew'] });
    edge.answer = () => ({ kind: 'forgotten', count: 1 });
    assert.deepEqual((await send('POST', '/zones/1/clear', { group: 'crew' })).body, { forgotten: 1 });
    const last = edge.asked.at(-1);
    assert.deepEqual(last?.kind === 'clear-zone' && [last.zone, last.users], [1, ['gil']]);
    assert.equal((await send('POST', '/zone-operations/clear', { group: 'nobody' })).status, 400);
    await send('POST', '/groups', { id: 'empty', name: 'Empty', accessRights: [] });
    assert.deepEqual((await send('POST', '/zone-operations/clear', { group: 'empty' })).body, {
      forgotten: 0,
    });
  });

  it('muster, lockdown and places by hand go to the controller', async () => {
    const answers: Answer[] = [{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }];
    edge.answer = () => answers.shift() ?? { kind: 'denied', reason: 'unknown-zone' };
    assert.equal((await send('POST', '/zones/1/muster', { active: true })).status, 204);
    assert.equal((await send('POST', '/zones/1/lockdown', { active: false })).status, 204);
    assert.equal((await send('POST', '/zones/1/assign', { user: 'ann', place: 'outside' })).status, 204);
    assert.equal((await send('POST', '/zones/9/muster', { active: true })).status, 404);
    assert.equal((await send('POST', '/zones/1/assign', { user: 'zoe', place: 'inside' })).status, 404);
    assert.deepEqual(
      edge.asked.filter(({ kind }) => kind !== 'status').map((one) => ({ ...one, by: undefined })),
      [
        { kind: 'muster', zone: 1, active: true, by: undefined },
        { kind: 'zone-lockdown', zone: 1, active: false, by: undefined },
        { kind: 'assign', zone: 1, user: 'ann', place: 'outside', by: undefined },
        { kind: 'muster', zone: 9, active: true, by: undefined },
      ],
    );
  });

  it('two presets made at once do not overwrite each other', async () => {
    const readers = ['lobby-in', 'lobby-out', 'lab-in'];
    const preset = { readers, type: 'hard', preset: '1:(2,3)' };
    let store = (): void => undefined;
    edge.storing = new Promise((resolve) => {
      store = resolve;
    });
    const writes = edge.writes.length;
    const both = ['East', 'West'].map((name) => send('POST', '/zone-operations/preset', { ...preset, name }));
    while (edge.writes.length < writes + 2) await new Promise(setImmediate);
    store();
    const replies = await Promise.all(both);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409]);
    const first = replies[0]?.status === 200 ? 'East' : 'West';
    assert.deepEqual(
      edge.reads.list('zones', { limit: 10 }).items.map(({ body }) => body.name),
      ['Hall', first],
    );
  });

  it('makes the zones of a preset', async () => {
    const preset = { readers: ['lobby-in', 'lobby-out', 'lab-in'], name: 'Pair', type: 'hard' };
    const done = await send('POST', '/zone-operations/preset', { ...preset, preset: '1:(2,3)' });
    assert.deepEqual(done.body, { zones: [2] });
    assert.deepEqual(edge.reads.get('zones', '2')?.body.members, [
      { reader: 'lobby-in', direction: 'entry' },
      { reader: 'lobby-out', direction: 'exit' },
      { reader: 'lab-in', direction: 'exit' },
    ]);
    assert.equal(
      (await send('POST', '/zone-operations/preset', { ...preset, preset: '(1:2);(3:4)' })).status,
      400,
    );
    const bad = { ...preset, readers: ['lobby-in', 'lobby-out', 'moon'], preset: '1:(2,3)' };
    assert.equal((await send('POST', '/zone-operations/preset', bad)).status, 400);
  });

  it('explain asks the controller, which may know no such user or reader', async () => {
    assert.equal((await send('POST', '/explain', { user: 'ann', reader: 'lobby-in', atMs: 7 })).status, 200);
    assert.equal((await send('POST', '/explain', { user: 'zoe', reader: 'lobby-in' })).status, 404);
    assert.equal((await send('POST', '/explain', { user: 'ann', reader: 'moon' })).status, 404);
  });
});
