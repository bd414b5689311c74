import assert from 'node:assert/strict';
import { nextWakeMs, step } from '../../src/core/controller.js';
import type { Effect } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { LogRow } from '../../src/core/log.js';
import type { DailyReset, Zone } from '../../src/core/model.js';
import { restoreState } from '../../src/core/restore.js';
import type { State } from '../../src/core/state.js';
import { emptyTrie, trieEntries } from '../../src/core/trie.js';
import { isInside, recordOf } from '../../src/core/zoneRecords.js';
import { siteOf, standing } from '../site/scene.js';

/** More than may change in one step. */
const many = 2_000;
const known = Array.from({ length: many }, (_, i) => `u${i}`);
const by = { kind: 'operator', operator: 'olga' } as const;
const clear = { kind: 'clear-zone', zone: 1, by, request: 'q' } as const;
const dayMs = 86_400_000;

/** Everybody went in. */
function recordsAt(wallMs: number, marked: (index: number) => boolean) {
  const passage = { direction: 'entry', reader: 'lobby-in', boot: 'b', monoMs: 1, trusted: true } as const;
  return known.map((user, i) => ({
    ...{ zone: 1, user },
    record: { ...passage, wallMs, ...(marked(i) ? { marks: ['daily'] as const } : {}) },
  }));
}

/** A core that is told things and remembers what it said; every commit is durable at once. */
function crowd(zone: Partial<Zone>, marked: (index: number) => boolean = () => false) {
  let site = siteOf(standing({ zone }));
  let now = { monoMs: 1_000, wallMs: Date.UTC(2026, 2, 2, 8), trust: 'ntp' as const };
  let state = restoreState(
    site,
    { boot: 'b', records: recordsAt(now.wallMs - 1_000, marked), passages: [], facts: new Map() },
    now,
  );
  const rows: LogRow[] = [];
  const facts: string[] = [];
  const answers: Effect[] = [];
  let durable = true;
  const tell = (event: Event): void => {
    const done = step(site, state, event);
    state = done.state;
    if (event.kind === 'site-changed') site = event.site;
    for (const effect of done.effects) {
      if (effect.kind === 'answer') answers.push(effect);
      if (effect.kind !== 'commit') continue;
      rows.push(...effect.commit.rows);
      facts.push(...effect.commit.facts.map(({ key }) => key));
      if (durable) tell({ kind: 'committed', at: now, through: effect.commit.id });
    }
  };
  return {
    rows,
    facts,
    answers,
    site: () => site,
    state: (): State => state,
    tell: (event: Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never) =>
      tell({ ...event, at: now } as Event),
    /** Wakes the core as it asks for it, so often; gives how often it wanted. */
    wake: (times = Number.POSITIVE_INFINITY): number => {
      for (let woken = 0; ; woken += 1) {
        const wakeMs = state.sweepMonoMs;
        if (wakeMs === undefined || woken >= times) return woken;
        assert.ok((nextWakeMs(state, now) ?? 0) <= wakeMs);
        assert.ok(wakeMs > now.monoMs);
        now = { ...now, monoMs: wakeMs, wallMs: now.wallMs + wakeMs - now.monoMs };
        tell({ kind: 'tick', at: now });
      }
    },
    pass: (ms: number) => {
      now = { ...now, monoMs: now.monoMs + ms, wallMs: now.wallMs + ms };
    },
    swipe: (user: string, reader: string) => {
      const facts = { id: user, name: user, enabled: true, credentialEnabled: true, groups: [] };
      tell({
        ...{ kind: 'access-requested', at: now, door: 'lobby', reader },
        user: { ...facts, accessRights: ['everywhere'], extendedUnlock: false, supervisor: false },
        ...{ credential: { kind: 'card', label: '' }, by: { kind: 'reader', reader } },
      });
      const { kind, reason } = rows.findLast((row) => row.kind.startsWith('access-')) ?? {};
      return reason ?? kind;
    },
    /** Without storage nothing is confirmed. */
    storage: (to: 'failed' | 'ok') => {
      durable = to === 'ok';
      tell(
        to === 'ok'
          ? { kind: 'storage-recovered', at: now, rowsLost: 0 }
          : { kind: 'storage-failed', at: now, error: '' },
      );
    },
  };
}

function inside(state: State): number {
  const counted = [...trieEntries(state.records.get(1) ?? emptyTrie())].filter(
    ([, { direction }]) => direction === 'entry',
  ).length;
  assert.equal(state.records.get(1)?.inside ?? 0, counted, 'the count is that of the records');
  return counted;
}

describe('forgetting many at once', () => {
  it('a list changes nothing until all of it is ready, then everything with one row', () => {
    const { tell, wake, state, rows, answers, swipe } = crowd({});
    tell({ ...clear, users: [...known.slice(0, 1_500), 'nobody'] });
    assert.equal(wake(3), 3);
    assert.equal(inside(state()), many);
    assert.equal(swipe('u3', 'lobby-in'), 'passback', 'a slice made, and still recorded');
    assert.equal(swipe('u4', 'lobby-out'), 'access-granted');
    assert.equal(swipe('u1900', 'lobby-out'), 'access-granted');
    assert.equal(swipe('late', 'lobby-in'), 'access-granted');
    assert.equal(rows.filter(({ kind }) => kind === 'zone-cleared').length, 0);
    wake();
    const cleared = rows.filter(({ kind }) => kind === 'zone-cleared');
    assert.deepEqual(
      cleared.map(({ detail }) => detail),
      [{ users: 1_501, forgotten: 1_500 }],
    );
    assert.deepEqual(
      cleared[0]?.records?.map(({ kind }) => kind),
      ['forget-users'],
    );
    assert.deepEqual(answers.at(-1), {
      kind: 'answer',
      request: 'q',
      answer: { kind: 'forgotten', count: 1_500 },
    });
    assert.equal(state().records.get(1)?.size, many - 1_500 + 1);
    assert.equal(inside(state()), many - 1_500);
    assert.equal(recordOf(state(), 1, 'u4'), undefined, 'went out meanwhile, forgotten with the others');
    assert.equal(recordOf(state(), 1, 'u1900')?.direction, 'exit', 'not of the list');
    assert.ok(isInside(state(), 1, 'late'));
    assert.equal(swipe('u3', 'lobby-in'), 'access-granted');
  });

  it('where forgetting leaves a trace, whoever was never seen has one too', () => {
    const { tell, wake, state, rows } = crowd({ requireEntry: true });
    tell({ ...clear, users: [...known.slice(0, 600), 'nobody'] });
    wake();
    assert.deepEqual(rows.at(-1)?.detail, { users: 601, forgotten: 600 });
    assert.equal(rows.at(-1)?.records?.[0]?.kind, 'set-users');
    assert.deepEqual(recordOf(state(), 1, 'nobody')?.marks, ['cleared']);
    assert.equal(state().records.get(1)?.cleared, 601);
    assert.equal(inside(state()), many - 600);
    tell({ ...clear, users: 'all' });
    wake();
    assert.deepEqual(rows.at(-1)?.detail, { users: 'all', forgotten: many - 600 });
    assert.equal(state().records.get(1)?.cleared, many + 1);
    assert.equal(inside(state()), 0);
  });

  it('the whole zone is forgotten at once where nothing is left of it', () => {
    const { tell, state, rows } = crowd({});
    tell({ ...clear, users: 'all' });
    assert.deepEqual(rows.at(-1)?.detail, { users: 'all', forgotten: many });
    assert.equal(state().records.size, 0);
  });

  it('all zones: one row each in one commit, the small ones with the large', () => {
    const { tell, wake, state, site, rows } = crowd({ requireEntry: true });
    const small = { ...site().zones.get(1), id: 2, name: 'small', requireEntry: false } as Zone;
    const two = { ...site(), zones: new Map([...site().zones, [2, small]]) };
    tell({ kind: 'site-changed', site: two, forgottenUsers: [] });
    tell({ kind: 'assign', zone: 2, user: 'u1', place: 'inside', by });
    tell({ ...clear, zone: 'all', users: 'all' });
    wake(2);
    tell({ kind: 'assign', zone: 2, user: 'u2', place: 'inside', by });
    wake();
    assert.deepEqual(
      rows.slice(-2).map(({ zone, detail }) => [zone, detail?.['forgotten']]),
      [
        [1, many],
        [2, 2],
      ],
    );
    assert.equal(state().records.has(2), false);
  });

  it('another member set forgets everything: what was ready is made anew and finds nobody', () => {
    const { tell, wake, site, state, rows } = crowd({});
    tell({ ...clear, users: known.slice(0, 1_500) });
    wake(2);
    const members = site().zones.get(1)?.members.slice(0, 3) ?? [];
    const zone = { ...site().zones.get(1), members } as Zone;
    tell({ kind: 'site-changed', site: { ...site(), zones: new Map([[1, zone]]) }, forgottenUsers: [] });
    wake();
    assert.deepEqual(rows.at(-1)?.detail, { users: 1_500, forgotten: 0 });
    assert.equal(state().records.size, 0);
  });

  it('a zone deleted meanwhile has no row, and a deleted user no record', () => {
    const { tell, wake, site, state, rows, answers } = crowd({});
    tell({ ...clear, users: known.slice(0, 1_000) });
    wake(1);
    tell({ kind: 'site-changed', site: site(), forgottenUsers: ['u1999', 'u7'] });
    tell({ ...clear, users: known.slice(0, 600) });
    tell({ kind: 'site-changed', site: { ...site(), zones: new Map() }, forgottenUsers: [] });
    wake();
    assert.equal(rows.filter(({ kind }) => kind === 'zone-cleared').length, 0);
    assert.equal(answers.length, 2);
    assert.equal(state().records.size, 0);
    assert.equal(state().sweeps.length, 0);
  });

  it('one after the other', () => {
    const { tell, wake, rows } = crowd({});
    tell({ ...clear, users: known.slice(0, 1_000) });
    tell({ ...clear, users: known.slice(500, 1_200) });
    wake();
    assert.deepEqual(
      rows.map(({ detail }) => detail?.['forgotten']),
      [1_000, 200],
    );
  });

  it('storage fails meanwhile: refused, nothing changed', () => {
    const { tell, wake, state, rows, answers, storage } = crowd({});
    tell({ ...clear, users: known.slice(0, 1_000) });
    wake(1);
    storage('failed');
    wake();
    assert.equal(rows.at(-1)?.reason, 'storage-failed');
    assert.equal(inside(state()), many);
    assert.deepEqual(answers, [
      { kind: 'answer', request: 'q', answer: { kind: 'denied', reason: 'storage-failed' } },
    ]);
  });

  const daily = (over: Partial<DailyReset>) => ({
    dailyReset: { minute: 600, to: 'unknown', ...over } as DailyReset,
  });

  it('a daily reset of a group in slices: its mark is durable with it, once', () => {
    for (const [zone, kind, left] of [
      [daily({ groups: ['staff'] }), 'forget-marked', many / 2],
      [{ ...daily({ groups: ['staff'] }), requireEntry: true }, 'set-all', many / 2],
      [daily({ groups: ['staff'], to: 'outside' }), 'set-all', many / 2],
      [daily({ to: 'outside' }), 'set-all', 0],
    ] as const) {
      const { tell, wake, state, rows, facts, pass } = crowd(zone, (i) => i % 2 === 0);
      tell({ kind: 'started', version: 'test' });
      facts.length = 0;
      pass(2 * 3_600_000);
      tell({ kind: 'tick' });
      tell({ kind: 'tick' });
      assert.deepEqual(facts, [], 'a crash now would have it done after the start');
      wake();
      const reset = rows.filter((one) => one.kind === 'zone-reset');
      assert.deepEqual(
        reset.map(({ detail, records }) => [detail?.['cause'], detail?.['forgotten'], records?.[0]?.kind]),
        [['daily', many - left, kind]],
      );
      assert.deepEqual(facts, ['zone/1/daily']);
      assert.equal(inside(state()), left);
      pass(dayMs - 1_000);
      tell({ kind: 'tick' });
      assert.equal(rows.filter((one) => one.kind === 'zone-reset').length, 1);
    }
  });

  it('a reset by interval where it leaves a trace', () => {
    const { tell, wake, rows, facts, pass, state } = crowd({ resetEveryMinutes: 30, requireEntry: true });
    tell({ kind: 'started', version: 'test' });
    facts.length = 0;
    pass(1_800_000);
    tell({ kind: 'tick' });
    wake();
    assert.equal(rows.filter((one) => one.kind === 'zone-reset').length, 1);
    assert.deepEqual(facts, ['zone/1/interval']);
    assert.equal(inside(state()), 0);
  });

  it('a reset that nobody wants any more leaves no mark', () => {
    const { tell, site, wake, facts, pass } = crowd(daily({ to: 'outside' }));
    tell({ kind: 'started', version: 'test' });
    pass(2 * 3_600_000);
    tell({ kind: 'tick' });
    const { dailyReset: _, ...rest } = site().zones.get(1) as Zone;
    facts.length = 0;
    tell({ kind: 'site-changed', site: { ...site(), zones: new Map([[1, rest]]) }, forgottenUsers: [] });
    wake();
    assert.deepEqual(facts, ['zone/1/daily'], 'taken away, not written again');
  });
});
