import assert from 'node:assert/strict';
import { step } from '../../src/core/controller.js';
import type { Effect } from '../../src/core/effects.js';
import type { AccessRequested, Event } from '../../src/core/events.js';
import type { Actor, Instant, UserFacts } from '../../src/core/model.js';
import { emptyState } from '../../src/core/restore.js';
import type { State } from '../../src/core/state.js';
import { play } from '../site/play.js';
import { membersOf, siteOf, standing, withContact, zoneOf } from '../site/scene.js';

const at: Instant = { monoMs: 50_000, wallMs: Date.UTC(2026, 2, 2, 8), trust: 'rtc' };
const phone: Actor = { kind: 'source', source: 'phone', address: '192.0.2.7' };
const ann: UserFacts = {
  ...{ id: 'ann', name: 'Ann Archer', enabled: true, credentialEnabled: true, extendedUnlock: false },
  ...{ groups: [], accessRights: ['everywhere'], supervisor: false },
};
const asked: AccessRequested = {
  ...{ kind: 'access-requested', at, door: 'lobby', reader: 'lobby-in', user: ann, by: phone },
  credential: { kind: 'code', label: '••••4822' },
};
const day = [{ fromMinute: 0, toMinute: 1_440 }];
const allDay = { id: 'day', name: 'day', week: Array.from({ length: 7 }, () => day), holidays: {} };
const site = siteOf(standing({ schedules: [allDay], garage: { ...withContact, holdOpenSchedule: 'day' } }));

/** What one event does to a state, its commit's rows among it. */
function after(state: State, event: Event) {
  const done = step(site, state, event);
  const commits = done.effects.flatMap((effect) => (effect.kind === 'commit' ? [effect.commit] : []));
  return { ...done, commits, rows: commits.flatMap((commit) => commit.rows) };
}

const fresh = emptyState(site, 'boot-1');

describe('rows: who, where, what', () => {
  it('a grant names the user, the door, the reader, the credential, the sender, what was claimed, and the record', () => {
    const { rows } = after(fresh, { ...asked, claimed: { name: 'Annie', unlockType: '0' } });
    const record = {
      direction: 'entry',
      reader: 'lobby-in',
      boot: 'boot-1',
      monoMs: 50_000,
      wallMs: at.wallMs,
    };
    assert.deepEqual(rows, [
      {
        ...{ kind: 'access-granted', at, door: 'lobby', reader: 'lobby-in', by: phone },
        ...{ user: 'ann', userName: 'Ann Archer', credential: asked.credential },
        detail: { claimedName: 'Annie', unlockType: '0' },
        records: [{ kind: 'set', zone: 1, user: 'ann', record: { ...record, trusted: true } }],
      },
    ]);
  });

  it('what was not claimed, or not known, is not in the row', () => {
    const details = [{}, { name: 'Annie' }, { unlockType: '0' }].map(
      (claimed) => after(fresh, { ...asked, claimed }).rows[0]?.detail,
    );
    assert.deepEqual(details, [undefined, { claimedName: 'Annie' }, { unlockType: '0' }]);
    const { user: _, reader: __, ...nobody } = asked;
    const { credential } = asked;
    assert.deepEqual(after(fresh, nobody).rows, [
      { kind: 'access-denied', at, door: 'lobby', credential, by: phone, reason: 'unknown-credential' },
    ]);
  });

  it('a passage that waits is durable with its grant and dropped with its opening', () => {
    const granted = after(fresh, { ...asked, door: 'garage', reader: 'garage-in' });
    const [put] = granted.commits.flatMap((commit) => commit.passages);
    assert.ok(put?.kind === 'put');
    const { id, ...passage } = put.passage;
    assert.deepEqual(passage, {
      ...{ door: 'garage', reader: 'garage-in', user: 'ann', userName: 'Ann Archer', boot: 'boot-1' },
      deadlineMonoMs: 50_000 + 2_000 + 5_000,
      excused: [],
    });
    const confirmed = after(granted.state, { kind: 'committed', at, through: 1 });
    const opened = after(confirmed.state, { kind: 'contact', at, door: 'garage', open: true });
    assert.deepEqual(
      opened.commits.flatMap((commit) => commit.passages),
      [{ kind: 'drop', id }],
    );
  });

  it('a withdrawn grant names who and where, and puts the record back', () => {
    const granted = after(fresh, asked);
    const { rows } = after(granted.state, { kind: 'tick', at: { ...at, monoMs: 52_000 } });
    assert.deepEqual(rows, [
      {
        ...{ kind: 'grant-withdrawn', at: { ...at, monoMs: 52_000 }, reason: 'storage-failed' },
        ...{ door: 'lobby', reader: 'lobby-in', user: 'ann', userName: 'Ann Archer' },
        records: [{ kind: 'forget', zone: 1, user: 'ann' }],
      },
    ]);
  });

  it('clearing names whom, how many, and what the log must forget', () => {
    const { state } = after(fresh, asked);
    const by: Actor = { kind: 'operator', operator: 'olga' };
    const some = after(state, { kind: 'clear-zone', at, zone: 1, users: ['ann', 'bob'], by });
    assert.deepEqual(some.rows[0]?.detail, { users: ['ann', 'bob'], forgotten: 1 });
    assert.deepEqual(some.rows[0]?.records, [
      { kind: 'forget', zone: 1, user: 'ann' },
      { kind: 'forget', zone: 1, user: 'bob' },
    ]);
    const all = after(state, { kind: 'clear-zone', at, zone: 1, users: 'all', by });
    assert.deepEqual(all.rows[0]?.detail, { users: 'all', forgotten: 1 });
    assert.deepEqual(all.rows[0]?.records, [{ kind: 'forget-zone', zone: 1 }]);
  });
});

describe('rows: causes and order', () => {
  it('each unlock says why', () => {
    const by: Actor = { kind: 'operator', operator: 'olga' };
    const command = { kind: 'door-command', at, door: 'lobby', by } as const;
    const granted = after(fresh, asked).state;
    const told: readonly (readonly [State, Event])[] = [
      [granted, { kind: 'committed', at, through: 1 }],
      [fresh, { kind: 'rex', at, door: 'lobby', active: true }],
      [fresh, { kind: 'fire', at, active: true }],
      [fresh, { ...command, command: 'release', level: 'operator' }],
      [fresh, { ...command, command: 'unlock', level: 'operator' }],
      [fresh, { ...command, command: 'unlock', level: 'emergency' }],
      [fresh, { kind: 'started', at, version: '1' }],
    ];
    const causes = told.map(([state, event]) => {
      const { effects, rows } = after(state, event);
      const [unlock] = effects.filter((effect) => effect.kind === 'unlock');
      assert.deepEqual(rows.find((row) => row.kind === 'unlocked')?.detail, { cause: unlock?.cause });
      return unlock?.cause;
    });
    assert.deepEqual(causes, ['grant', 'rex', 'fire', 'release', 'operator', 'emergency', 'schedule']);
  });

  it('a lock that a schedule ends says so', () => {
    const { state } = after(fresh, { kind: 'started', at, version: '1' });
    const schedules = [{ ...allDay, week: allDay.week.map(() => []) }];
    const closed = siteOf(standing({ schedules, garage: { ...withContact, holdOpenSchedule: 'day' } }));
    const { rows } = after(state, { kind: 'site-changed', at, site: closed, forgottenUsers: [] });
    assert.deepEqual(rows, [{ kind: 'locked', at, door: 'garage', detail: { cause: 'schedule' } }]);
    const lock = { kind: 'door-command', at, door: 'garage', command: 'lock', level: 'operator' } as const;
    const locked = after(state, { ...lock, by: { kind: 'operator', operator: 'olga' } }).rows;
    assert.deepEqual(locked.at(-1), { kind: 'locked', at, door: 'garage' });
  });

  it('a command at several doors is one commit; if one refuses, its row names that door and all that were meant', () => {
    const by: Actor = { kind: 'operator', operator: 'olga' };
    const common = { kind: 'door-commands', at, level: 'operator', by, request: 'r' } as const;
    const locked = after(fresh, {
      ...common,
      doors: ['lobby', 'garage'],
      command: 'lock',
      level: 'emergency',
    });
    assert.deepEqual(
      locked.commits.map(({ rows, facts }) => [rows.length, facts.map(({ key }) => key)]),
      [[2, ['door/lobby/emergency', 'door/garage/emergency']]],
    );
    const { state } = after(fresh, { ...common, doors: ['garage'], command: 'lock', level: 'emergency' });
    const refused = after(state, { ...common, doors: ['lobby', 'garage'], command: 'unlock' });
    const detail = { command: 'unlock', level: 'operator', doors: ['lobby', 'garage'] };
    const reason = 'lower-priority';
    assert.deepEqual(refused.rows, [{ kind: 'door-command', at, door: 'garage', by, reason, detail }]);
    const nobody = after(fresh, { ...common, doors: [], command: 'lock' });
    assert.deepEqual(nobody.effects, [{ kind: 'answer', request: 'r', answer: { kind: 'done' } }]);
  });

  it('relays move first, then the commit that tells of them, then the answers, then what readers show', () => {
    const release = { kind: 'door-command', at, door: 'lobby', command: 'release' } as const;
    const by: Actor = { kind: 'operator', operator: 'olga' };
    const { effects } = after(fresh, { ...release, level: 'operator', by, request: 'r' });
    const kinds = effects.map((effect: Effect) => effect.kind);
    assert.deepEqual(kinds, ['unlock', 'commit', 'answer', 'signal', 'signal']);
  });

  it('a release and a REX are rows of their own; blind are only the zones at that door', () => {
    const lab = zoneOf({ id: 2, name: 'lab', members: membersOf('garage-in', 'garage-out') });
    const hall = zoneOf({ members: membersOf('lobby-in', 'lobby-out') });
    play(
      standing({ zones: [hall, lab], full: true }),
      `
      08:00:00 rex lobby -> unlock lobby; rex lobby; note passback-blind hq; unlocked lobby
      08:00:01 release garage -> unlock garage; door-released garage; note passback-blind lab; unlocked garage; released
      `,
    );
  });
});

describe('rows: readers on a serial line', () => {
  it('what their link does, with who did it if somebody did; no door moves', () => {
    const operator: Actor = { kind: 'operator', operator: 'root' };
    const report = { kind: 'reader-report', at, reader: 'lobby-in' } as const;
    const gone = after(fresh, { ...report, report: 'reader-offline', detail: {} });
    assert.deepEqual(gone.rows, [{ kind: 'reader-offline', at, reader: 'lobby-in', detail: {} }]);
    assert.ok(gone.effects.every(({ kind }) => kind === 'commit'));
    const armed = after(fresh, {
      ...report,
      report: 'reader-service',
      detail: { did: 'armed' },
      by: operator,
    });
    assert.deepEqual(armed.rows[0]?.by, operator);
    assert.equal(armed.rows[0]?.kind, 'reader-service');
  });
});
