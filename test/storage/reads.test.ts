import assert from 'node:assert/strict';
import type { Collections, WriteOp } from '../../src/core/management.js';
import type { Wiring } from '../../src/core/reads.js';
import type { SecretKey } from '../../src/core/requests.js';
import { openReader } from '../../src/storage/database.js';
import { commit, openScene, putUser, putZone, row, type Scene, setRecord, zone } from './scene.js';

function putCard(
  id: string,
  owner: string,
  secret: string,
  over: Partial<Collections['credentials']> = {},
): WriteOp {
  const body: Collections['credentials'] = {
    id,
    user: owner,
    kind: 'card',
    secret,
    status: 'active',
    ...over,
  };
  return { op: 'put', collection: 'credentials', id, body };
}

function putItem<
  C extends 'doors' | 'groups' | 'holidays' | 'schedules' | 'operators' | 'tokens' | 'settings',
>(collection: C, body: Collections[C]): WriteOp {
  return { op: 'put', collection, id: body.id, body } as unknown as WriteOp;
}

describe('reads', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = openScene();
  });
  afterEach(() => scene.end());

  const find = (...candidates: SecretKey[]): string | undefined =>
    scene.reads.findUser({ by: 'secret', candidates })?.id;

  it('finds a user by card: length given, length unknown, candidates in order', () => {
    scene.write(putUser('ann'), putUser('bob'), putUser('eve'));
    scene.write(
      putCard('1', 'ann', 'AA', { bits: 26 }),
      putCard('2', 'bob', 'AA', { bits: 34 }),
      putCard('3', 'eve', 'BB'),
    );
    assert.equal(find({ kind: 'card', secret: 'AA', bits: 26 }), 'ann');
    assert.equal(find({ kind: 'card', secret: 'AA', bits: 34 }), 'bob');
    assert.equal(find({ kind: 'card', secret: 'AA', bits: 37 }), undefined);
    assert.equal(find({ kind: 'card', secret: 'AA' }), undefined, 'two users');
    assert.equal(find({ kind: 'card', secret: 'BB', bits: 37 }), 'eve', 'enrolled without a length');
    assert.equal(find({ kind: 'card', secret: 'CC' }, { kind: 'card', secret: 'BB' }), 'eve');
    assert.equal(
      find({ kind: 'card', secret: 'AA' }, { kind: 'card', secret: 'BB' }),
      undefined,
      'ambiguous first',
    );
    assert.equal(find({ kind: 'pin', secret: 'BB' }), undefined, 'another kind');
    assert.equal(find(), undefined);
    assert.equal(scene.reads.findUser({ by: 'none' }), undefined);
  });

  it('gives the facts a decision needs', () => {
    const group = { id: 'g', name: 'G', accessRights: [] };
    scene.write(
      putItem('groups', group),
      putUser('ann', { groups: ['g'], validFromMs: 5, extendedUnlock: true }),
    );
    scene.write(putCard('1', 'ann', 'AA', { status: 'lost' }));
    assert.deepEqual(scene.reads.findUser({ by: 'secret', candidates: [{ kind: 'card', secret: 'AA' }] }), {
      id: 'ann',
      name: 'User ann',
      enabled: true,
      credentialEnabled: false,
      validFromMs: 5,
      groups: ['g'],
      accessRights: [],
      extendedUnlock: true,
      supervisor: false,
      credential: { id: '1', missing: 'lost' },
    });
    scene.write(putCard('2', 'ann', 'AA', { bits: 26 }));
    const found = scene.reads.findUser({
      by: 'secret',
      candidates: [{ kind: 'card', secret: 'AA', bits: 26 }],
    });
    assert.equal(found?.credentialEnabled, false, 'lost once is lost');
  });

  it('finds a user by exact name, if only one has it', () => {
    scene.write(putUser('1', { name: 'Ann' }), putUser('2', { name: 'Bob' }), putUser('3', { name: 'Bob' }));
    assert.equal(scene.reads.findUser({ by: 'name', name: 'Ann' })?.id, '1');
    assert.equal(scene.reads.findUser({ by: 'name', name: 'ann' }), undefined);
    assert.equal(scene.reads.findUser({ by: 'name', name: 'Bob' }), undefined);
    assert.equal(scene.reads.findUser({ by: 'name', name: "' OR 1=1 --" }), undefined);
  });

  it('looks up by indexes only', () => {
    const db = openReader(scene.dbPath);
    const plan = (sql: string): string =>
      (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('\n');
    const plans = [
      plan(
        "SELECT u.id FROM credentials c JOIN users u ON u.id = c.user WHERE c.kind = 'card' AND c.secret = 'A' AND ifnull(c.bits, -1) IN (-1, 26)",
      ),
      plan("SELECT id FROM users WHERE name_key >= 'a' AND name_key < 'b' ORDER BY name_key, id"),
      plan("SELECT 1 FROM items t WHERE t.collection = 'tokens' AND json_extract(t.body, '$.hash') = 'x'"),
      plan("SELECT seq FROM events WHERE user = 'x' ORDER BY seq DESC LIMIT 5"),
    ];
    for (const text of plans) assert.doesNotMatch(text, /SCAN/);
    assert.match(plans[2] ?? '', /items_token_hash/);
    db.close();
  });

  it('pages users and searches them by the beginning of their name, without regard to case', () => {
    for (const name of ['Änne', 'ann', 'ANNA', 'Bob', 'hanna']) scene.write(putUser(`u-${name}`, { name }));
    const first = scene.reads.list('users', { limit: 2 });
    assert.deepEqual(
      first.items.map(({ body }) => body.name),
      ['ANNA', 'Bob'],
    );
    const second = scene.reads.list('users', { limit: 9, after: first.next ?? '' });
    assert.deepEqual(
      second.items.map(({ body }) => body.name),
      ['ann', 'hanna', 'Änne'],
    );
    assert.equal(second.next, undefined);
    const names = (text: string) =>
      scene.reads.list('users', { limit: 9, text }).items.map(({ body }) => body.name);
    assert.deepEqual(names('Ann'), ['ann', 'ANNA']);
    assert.deepEqual(names('äN'), ['Änne']);
    assert.deepEqual(names('%'), []);
  });

  it('lists credentials of a user and by the beginning of their number', () => {
    scene.write(putUser('ann'), putUser('bob'));
    scene.write(
      putCard('1', 'ann', 'A', { number: '4822' }),
      putCard('2', 'bob', 'B', { number: '4899' }),
      putCard('3', 'ann', 'C'),
    );
    const ids = (query: { user?: string; text?: string }) =>
      scene.reads.list('credentials', { limit: 9, ...query }).items.map(({ body }) => body.id);
    assert.deepEqual(ids({}), ['1', '2', '3']);
    assert.deepEqual(ids({ user: 'ann' }), ['1', '3']);
    assert.deepEqual(ids({ text: '48' }), ['1', '2']);
    assert.deepEqual(ids({ user: 'bob', text: '48' }), ['2']);
  });

  it('lists small collections, and never the pepper', () => {
    scene.write(
      putItem('settings', { id: 'site', value: 'HQ' }),
      putZone(2, { name: 'Ground floor' }),
      putZone(10),
    );
    assert.deepEqual(
      scene.reads.list('settings', { limit: 9 }).items.map(({ body }) => body.id),
      ['site'],
    );
    assert.equal(scene.reads.get('settings', 'pin-pepper'), undefined);
    assert.equal(scene.reads.count('settings'), 1);
    assert.equal(scene.reads.setting('site'), 'HQ');
    assert.equal(scene.reads.setting('nothing'), undefined);
    assert.deepEqual(scene.reads.list('zones', { limit: 1 }), {
      items: [{ revision: 1, body: zone(10) }],
      next: '10',
    });
    assert.deepEqual(
      scene.reads.list('zones', { limit: 9, text: 'FLOOR' }).items.map(({ body }) => body.id),
      [2],
    );
  });

  it('gives a token only while its operator may log in', () => {
    const root = { id: 'root', name: 'R', role: 'viewer', passwordHash: 'x', disabled: false } as const;
    const token = {
      id: 't',
      hash: 'h',
      operator: 'root',
      role: 'viewer',
      createdMs: 1,
      expiresMs: 2,
    } as const;
    scene.write(putItem('operators', root), putItem('tokens', token));
    assert.deepEqual(scene.reads.tokenByHash('h'), { revision: 1, body: token });
    assert.equal(scene.reads.tokenByHash('H'), undefined);
    scene.write(putItem('operators', { ...root, disabled: true }));
    assert.equal(scene.reads.tokenByHash('h'), undefined);
  });

  it('pages and filters events', () => {
    const kinds = ['access-granted', 'access-denied', 'rex', 'access-denied', 'locked'] as const;
    kinds.forEach((kind, i) => {
      const denied =
        kind === 'access-denied' ? ({ reason: 'passback', user: `u${i}`, userName: 'U' } as const) : {};
      const rows = [row({ kind, ...denied, zone: 7, credential: { kind: 'card', label: '••4822' } })];
      scene.writer.receive({ kind: 'commit', commits: [commit(i + 1, ...rows)] });
    });
    scene.advance(0);
    const seqs = (query: object) =>
      scene.reads.events({ order: 'asc', limit: 9, ...query }).map(({ seq }) => seq);
    assert.deepEqual(seqs({}), [1, 2, 3, 4, 5]);
    assert.deepEqual(seqs({ order: 'desc', limit: 2 }), [5, 4]);
    assert.deepEqual(seqs({ after: 1, before: 4 }), [2, 3]);
    assert.deepEqual(seqs({ kind: 'access-denied' }), [2, 4]);
    assert.deepEqual(seqs({ reason: 'passback', user: 'u3' }), [4]);
    assert.deepEqual(seqs({ door: 'nowhere' }), []);
    assert.deepEqual(seqs({ limit: -1 }), []);
    const [event] = scene.reads.events({ order: 'asc', limit: 1, after: 1 });
    assert.deepEqual(
      { ...event, hash: '' },
      {
        seq: 2,
        boot: 'boot-1',
        monoMs: 1000.5,
        wallMs: 1_767_225_600_000,
        trust: 'ntp',
        kind: 'access-denied',
        door: 'lobby',
        reader: 'lobby-in',
        zone: 7,
        user: 'u1',
        userName: 'U',
        credential: { kind: 'card', label: '••4822' },
        by: { kind: 'system' },
        reason: 'passback',
        hash: '',
      },
    );
  });

  it('pages the records of a zone with the names', () => {
    scene.write(putUser('b', { name: 'Bob' }));
    const records = ['a', 'b', 'c'].map((id) => setRecord(7, id));
    scene.writer.receive({ kind: 'commit', commits: [commit(1, row({ records }))] });
    scene.advance(0);
    const page = scene.reads.zoneRecords(7, { limit: 2 });
    assert.deepEqual(
      page.items.map(({ user, userName, seq }) => [user, userName, seq]),
      [
        ['a', '', 2],
        ['b', 'Bob', 2],
      ],
    );
    assert.deepEqual(
      scene.reads.zoneRecords(7, { limit: 2, after: page.next ?? '' }).items.map(({ user }) => user),
      ['c'],
    );
  });

  it('joins what is configured with what is wired', () => {
    const wiring: Wiring = {
      timeZone: 'Europe/Berlin',
      untrustedClock: 'deny',
      storageDeadlineMs: 900,
      interlocks: [],
      doors: [
        { id: 'lobby', name: 'Lobby', hasContact: true },
        { id: 'side', name: 'Side', hasContact: false },
      ],
      readers: [{ id: 'in', name: 'In', door: 'lobby', direction: 'entry' }],
    };
    const defaults = scene.reads.site(wiring);
    assert.equal(defaults.doors.get('lobby')?.passageCounts, 'at-opening');
    assert.equal(defaults.doors.get('side')?.passageCounts, 'at-grant');
    const { hasContact: _, ...lobby } = { ...defaults.doors.get('lobby') } as Collections['doors'] & {
      hasContact: boolean;
    };
    scene.write(
      putItem('doors', { ...lobby, unlockMs: 9_000 }),
      putItem('doors', { ...lobby, id: 'side', passageCounts: 'at-opening' }),
      putItem('doors', { ...lobby, id: 'gone' }),
      putItem('holidays', { id: '2026-12-25', kind: 'closed', name: 'Christmas' }),
      putZone(7),
    );
    const site = scene.reads.site(wiring);
    assert.deepEqual([...site.doors.keys()], ['lobby', 'side']);
    assert.equal(site.doors.get('lobby')?.unlockMs, 9_000);
    assert.equal(site.doors.get('side')?.passageCounts, 'at-grant');
    assert.equal(site.doors.get('side')?.hasContact, false);
    assert.deepEqual(site.zones.get(7)?.members, [{ reader: 'in', direction: 'entry' }]);
    assert.equal(site.zonesOfReader.get('in')?.length, 1);
    assert.equal(site.holidays.get('2026-12-25'), 'closed');
    assert.equal(site.timeZone, 'Europe/Berlin');
  });
});
