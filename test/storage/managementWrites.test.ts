import assert from 'node:assert/strict';
import type {
  Collection,
  Collections,
  StoredEvent,
  WriteOp,
  WriteResult,
} from '../../src/core/management.js';
import { replayLog } from '../../src/storage/replayLog.js';
import {
  at,
  commit,
  openScene,
  operator,
  putUser,
  putZone,
  row,
  type Scene,
  setRecord,
  user,
} from './scene.js';

function put<C extends Collection>(collection: C, body: Collections[C], expect?: number | 'absent'): WriteOp {
  const op = {
    op: 'put',
    collection,
    id: String(body.id),
    body,
    ...(expect === undefined ? {} : { expect }),
  };
  return op as unknown as WriteOp;
}

function del(collection: Collection, id: string, expect?: number): WriteOp {
  return { op: 'delete', collection, id, ...(expect === undefined ? {} : { expect }) };
}

function card(id: string, owner: string, secret = 'ABCD', bits?: number): Collections['credentials'] {
  return {
    id,
    user: owner,
    kind: 'card',
    secret,
    status: 'active',
    number: '1234567',
    ...(bits === undefined ? {} : { bits }),
  };
}

const operatorBody = {
  id: 'root',
  name: 'Root',
  role: 'administrator',
  passwordHash: 'scrypt$hash',
  disabled: false,
} as const;
const tokenBody = {
  id: 't1',
  hash: 'feedhash',
  operator: 'root',
  role: 'administrator',
  createdMs: 1,
  expiresMs: 2,
} as const;

function failure(result: WriteResult): string {
  return result.ok ? 'ok' : `${result.error.kind}${'field' in result.error ? ` ${result.error.field}` : ''}`;
}

describe('management writes', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = openScene();
  });
  afterEach(() => scene.end());

  const events = (): readonly StoredEvent[] => scene.reads.events({ order: 'asc', limit: 100 });
  const move = (id: number, ...records: ReturnType<typeof setRecord>[]): void => {
    scene.writer.receive({ kind: 'commit', commits: [commit(id, row({ records }))] });
    scene.advance(0);
  };

  it('counts revisions and refuses a stale one', () => {
    assert.deepEqual(scene.write(putUser('ann')), { ok: true, revisions: [1], seq: 1 });
    assert.deepEqual(scene.write(put('users', user('ann', { name: 'Ann' }), 1)), {
      ok: true,
      revisions: [2],
      seq: 2,
    });
    assert.deepEqual(scene.write(put('users', user('ann'), 1)), {
      ok: false,
      error: { kind: 'stale', collection: 'users', id: 'ann', revision: 2 },
    });
    assert.equal(failure(scene.write(put('users', user('ann'), 'absent'))), 'conflict id');
    assert.equal(failure(scene.write(put('users', user('bob'), 3))), 'missing');
    assert.equal(failure(scene.write(del('users', 'bob'))), 'missing');
    assert.equal(failure(scene.write(del('users', 'ann', 1))), 'stale');
    assert.deepEqual(scene.reads.get('users', 'ann'), { revision: 2, body: user('ann', { name: 'Ann' }) });
    assert.deepEqual(scene.write(del('users', 'ann', 2)), { ok: true, revisions: [0], seq: 3 });
    assert.equal(scene.reads.get('users', 'ann'), undefined);
  });

  it('applies all operations of a write or none, log rows included', () => {
    const result = scene.write(putUser('ann'), put('credentials', card('c1', 'nobody')));
    assert.equal(failure(result), 'conflict user');
    assert.equal(scene.reads.count('users'), 0);
    assert.equal(scene.reads.lastSeq(), 0);
    assert.equal(scene.write(putUser('ann'), put('credentials', card('c1', 'ann'))).ok, true);
    assert.deepEqual(scene.reads.get('credentials', 'c1')?.body, card('c1', 'ann'));
  });

  it('refuses values that fit no column without failing the storage', () => {
    const bad = { ...user('ann'), name: { toString: 1 } } as unknown as Collections['users'];
    assert.equal(failure(scene.write(put('users', bad))), 'storage');
    const noArray = { ...user('ann'), groups: undefined } as unknown as Collections['users'];
    assert.equal(failure(scene.write(put('users', noArray))), 'storage');
    assert.equal(failure(scene.write({ ...putUser('ann'), id: 'bob' } as WriteOp)), 'conflict id');
    assert.equal(
      scene.posts.some(({ kind }) => kind === 'failed'),
      false,
    );
    assert.equal(scene.write(putUser('ann')).ok, true);
  });

  it('keeps one card and one PIN with one user', () => {
    scene.write(putUser('ann'), putUser('bob'), put('credentials', card('c1', 'ann')));
    const twin = scene.write(put('credentials', card('c2', 'bob')));
    assert.match(twin.ok || twin.error.kind !== 'conflict' ? '' : twin.error.message, /user ann/);
    assert.equal(scene.write(put('credentials', card('c2', 'bob', 'ABCD', 26))).ok, true);
    assert.equal(scene.write(put('credentials', { ...card('c1', 'ann'), status: 'lost' })).ok, true);
    scene.write(put('credentials', { id: 'p1', user: 'ann', kind: 'pin', secret: 'FF', status: 'active' }));
    const pin = scene.write(
      put('credentials', { id: 'p2', user: 'bob', kind: 'pin', secret: 'FF', status: 'active' }),
    );
    assert.equal(
      pin.ok || pin.error.kind !== 'conflict' ? '' : pin.error.message,
      'This PIN cannot be used, choose another.',
    );
  });

  it('demands that what is named exists, and names who still uses what is to be deleted', () => {
    const right = { id: 'r1', name: 'Right', doors: [{ door: 'lobby', schedule: 's1' }] };
    const schedule = { id: 's1', name: 'Office', week: [[], [], [], [], [], [], []], holidays: {} };
    const group = { id: 'g1', name: 'Staff', accessRights: ['r1'] };
    assert.equal(failure(scene.write(put('access-rights', right))), 'conflict doors');
    assert.equal(failure(scene.write(put('groups', group))), 'conflict accessRights');
    assert.equal(failure(scene.write(putUser('ann', { groups: ['g1'] }))), 'conflict groups');
    assert.equal(failure(scene.write(putZone(1, { bypassGroups: ['g1'] }))), 'conflict bypassGroups');
    assert.equal(failure(scene.write(putZone(1, { inside: 7 }))), 'conflict inside');
    assert.equal(failure(scene.write(put('tokens', tokenBody))), 'conflict operator');
    const all = [put('schedules', schedule), put('access-rights', right), put('groups', group)];
    assert.equal(
      scene.write(...all, putUser('ann', { groups: ['g1'] }), putZone(1, { bypassGroups: ['g1'] })).ok,
      true,
    );
    const refusal = (op: WriteOp): string => {
      const result = scene.write(op);
      return result.ok || result.error.kind !== 'conflict' ? '' : result.error.message;
    };
    assert.equal(refusal(del('groups', 'g1')), 'Still used by user ann.');
    assert.equal(refusal(del('access-rights', 'r1')), 'Still used by group g1.');
    assert.equal(refusal(del('schedules', 's1')), 'Still used by access right r1.');
    scene.write(putUser('ann'));
    assert.equal(refusal(del('groups', 'g1')), 'Still used by zone 1.');
    assert.equal(
      scene.write(del('zones', '1'), del('groups', 'g1'), del('access-rights', 'r1'), del('schedules', 's1'))
        .ok,
      true,
    );
    const always = { id: 'r2', name: 'Right', doors: [{ door: 'lobby', schedule: 'always' }] };
    assert.equal(
      scene.write(put('access-rights', always), putUser('ann', { accessRights: ['r2'] })).ok,
      true,
    );
    assert.equal(refusal(del('access-rights', 'r2')), 'Still used by user ann.');
  });

  it('deletes a user with credentials and zone records, and the log alone tells of it', () => {
    scene.write(
      putUser('ann'),
      put('credentials', card('c1', 'ann')),
      put('credentials', card('c2', 'ann', 'EF')),
    );
    move(1, setRecord(1, 'ann'), setRecord(2, 'ann'), setRecord(2, 'bob'));
    scene.write(del('users', 'ann'));
    assert.equal(scene.reads.count('credentials'), 0);
    assert.deepEqual(
      [...scene.reads.stored('x').records].map(({ user }) => user),
      ['bob'],
    );
    const last = events().at(-1);
    assert.equal(last?.user, 'ann');
    assert.equal(last?.detail?.['credentials'], 2);
    assert.equal(last?.detail?.['forgotten'], 2);
    assert.equal(replayLog(scene.dbPath).differing, 0);
  });

  it("keeps a zone's records while its members stay the same, and forgets them otherwise", () => {
    const reversed = [
      { reader: 'out', direction: 'exit' },
      { reader: 'in', direction: 'entry' },
      { reader: 'in', direction: 'entry' },
    ] as const;
    scene.write(putZone(1), putZone(2));
    move(1, setRecord(1, 'ann'), setRecord(1, 'bob'), setRecord(2, 'ann'));
    scene.write(putZone(1, { name: 'New', type: 'soft', resetSeconds: 9, members: reversed }));
    assert.equal([...scene.reads.stored('x').records].length, 3);
    scene.write(putZone(1, { members: [{ reader: 'in', direction: 'exit' }] }));
    const forgotten = events().at(-1);
    assert.deepEqual([forgotten?.kind, forgotten?.zone], ['zone-forgotten', 1]);
    assert.deepEqual(forgotten?.detail, { count: 2, cause: 'members-changed' });
    assert.deepEqual(
      [...scene.reads.stored('x').records].map(({ zone }) => zone),
      [2],
    );
    scene.write(del('zones', '2'));
    assert.deepEqual(events().at(-1)?.detail, { count: 1, cause: 'zone-deleted' });
    assert.deepEqual([...scene.reads.stored('x').records], []);
    assert.equal(replayLog(scene.dbPath).differing, 0);
  });

  it("deletes an operator's tokens with the operator", () => {
    const other = { ...tokenBody, id: 't2', hash: 'other', operator: 'eve' };
    scene.write(put('operators', operatorBody), put('operators', { ...operatorBody, id: 'eve' }));
    scene.write(put('tokens', tokenBody), put('tokens', other));
    scene.write(del('operators', 'root'));
    assert.equal(scene.reads.get('tokens', 't1'), undefined);
    assert.equal(scene.reads.get('tokens', 't2')?.revision, 1);
    assert.equal(events().at(-1)?.detail?.['tokens'], 1);
  });

  it('logs who changed what, only the fields that differ, and no secret', () => {
    scene.write(putUser('ann'), put('operators', operatorBody), put('tokens', tokenBody));
    scene.write(putUser('ann', { name: 'Ann', note: 'x' }));
    scene.write(put('operators', { ...operatorBody, passwordHash: 'scrypt$other' }));
    scene.write(put('credentials', card('c1', 'ann', 'DEADBEEF99')));
    scene.write(
      put('credentials', { id: 'p1', user: 'ann', kind: 'pin', secret: 'PINSECRET', status: 'active' }),
    );
    scene.write(
      put('settings', { id: 'smtp-password', value: 'LETMEIN' }),
      put('settings', { id: 'site', value: 'HQ' }),
    );
    const source = {
      id: 's',
      name: 'S',
      enabled: true,
      addresses: [],
      username: 'u',
      ha1Md5: 'HA1A',
      ha1Sha256: 'HA1B',
    };
    scene.write(put('sources', source as unknown as Collections['sources']));
    const rows = events();
    assert.deepEqual(rows[0]?.by, operator);
    assert.deepEqual(rows[3]?.detail, {
      collection: 'users',
      id: 'ann',
      op: 'put',
      before: { name: 'User ann', note: '' },
      after: { name: 'Ann', note: 'x' },
    });
    assert.equal(rows[3]?.userName, 'Ann');
    assert.deepEqual(rows[4]?.detail, {
      collection: 'operators',
      id: 'root',
      op: 'put',
      before: {},
      after: {},
      secretChanged: true,
      tokens: 1,
    });
    const text = JSON.stringify(rows);
    assert.match(text, /••••EF99/);
    assert.match(text, /••••4567/);
    for (const secret of [
      'scrypt',
      'feedhash',
      'DEADBEEF',
      'PINSECRET',
      'LETMEIN',
      'HA1A',
      'HA1B',
      '1234567',
    ]) {
      assert.equal(text.includes(secret), false, secret);
    }
    assert.match(text, /"HQ"/);
  });

  it('writes one row under the name the write gives itself', () => {
    const write = {
      by: operator,
      ops: [put('operators', operatorBody)],
      event: 'claimed',
      detail: { address: '::1' },
    } as const;
    scene.writer.receive({ kind: 'write', id: 900, at, write });
    const failed = { by: operator, ops: [], event: 'login-failed', detail: { operator: 'root' } } as const;
    scene.writer.receive({ kind: 'write', id: 901, at, write: failed });
    scene.advance(0);
    assert.deepEqual(
      events().map(({ kind, detail }) => [kind, detail]),
      [
        ['claimed', { address: '::1' }],
        ['login-failed', { operator: 'root' }],
      ],
    );
  });
});
