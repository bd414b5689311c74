import assert from 'node:assert/strict';
import { step } from '../../src/core/controller.js';
import type { AccessRequested } from '../../src/core/events.js';
import type { Json, LogRow } from '../../src/core/log.js';
import type { Instant } from '../../src/core/model.js';
import { emptyState, restoreState } from '../../src/core/restore.js';
import type { Passage, State, Stored } from '../../src/core/state.js';
import { siteOf, standing, withContact } from '../site/scene.js';

const site = siteOf(standing({ lobby: withContact }));
const at: Instant = { monoMs: 50_000, wallMs: Date.UTC(2026, 2, 2, 8), trust: 'ntp' };
const passage: Passage = {
  ...{ id: 'boot-1/1', door: 'lobby', reader: 'lobby-in', user: 'ann', userName: 'ann', boot: 'boot-1' },
  deadlineMonoMs: 52_000,
  excused: [],
};

function stored(changes: Partial<Stored>): Stored {
  return { boot: 'boot-1', records: [], passages: [], facts: new Map(), ...changes };
}

function firstRows(state: State, open: boolean, when: Instant = at): readonly LogRow[] {
  const { effects } = step(site, state, { kind: 'contact', at: when, door: 'lobby', open });
  return effects.flatMap((effect) => (effect.kind === 'commit' ? effect.commit.rows : []));
}

function swipeOf(name: string, when: Instant): AccessRequested {
  return {
    ...{ kind: 'access-requested', at: when, door: 'lobby', reader: 'lobby-in' },
    by: { kind: 'reader', reader: 'lobby-in' },
    credential: { kind: 'card', label: '' },
    user: {
      ...{ id: name, name, enabled: true, credentialEnabled: true, extendedUnlock: false },
      ...{ groups: [], accessRights: ['everywhere'], supervisor: false },
    },
  };
}

const kinds = (rows: readonly LogRow[]): readonly string[] => rows.map((row) => row.kind);

describe('the state after a start', () => {
  it('nothing stored is nothing remembered', () => {
    assert.deepEqual(restoreState(site, stored({}), at), emptyState(site, 'boot-1'));
  });

  it('the very first event may be the open door: a passage of this boot counts, once', () => {
    const state = restoreState(site, stored({ passages: [passage] }), at);
    assert.deepEqual(kinds(firstRows(state, true)), ['door-opened', 'access-taken']);
  });

  it('the very first event may be the open door: what is over, or of another boot, does not count', () => {
    const late = restoreState(site, stored({ passages: [passage] }), at);
    const over = { ...at, monoMs: 52_000 };
    assert.deepEqual(kinds(firstRows(late, true, over)), ['door-opened', 'no-entry-after-grant']);
    const other = restoreState(site, stored({ boot: 'boot-2', passages: [passage] }), at);
    assert.deepEqual(kinds(firstRows(other, true)), ['door-opened', 'no-entry-after-grant']);
  });

  it('found closed at the start: a grant of before lapses, one of this run waits on', () => {
    const before = restoreState(site, stored({ passages: [passage] }), at);
    assert.deepEqual(kinds(firstRows(before, false)), ['no-entry-after-grant']);
    const asked = step(site, emptyState(site, 'boot-1'), swipeOf('ann', at));
    const { state } = step(site, asked.state, { kind: 'committed', at, through: 1 });
    assert.deepEqual(kinds(firstRows(state, false)), []);
  });

  it('facts that make no sense are no facts; a pause that cannot be read is a whole pause', () => {
    const facts = new Map<string, Json>([
      ['door/lobby/operator', 'ajar'],
      ['door/lobby/emergency', 7],
      ['door/cellar/operator', 'unlocked'],
      ['zone/1/alarm', 'yes'],
      ['zone/9/alarm', true],
      ['fire', 'out'],
      ['lockout/lobby-in', 'for ever'],
      ['lockout/lobby-out', null],
      ['lockout/garage-in', { boot: 'boot-1', untilMonoMs: 'soon' }],
    ]);
    const state = restoreState(site, stored({ facts }), at);
    assert.deepEqual(state.doors, emptyState(site, 'boot-1').doors);
    assert.deepEqual(
      [...state.alarmedZones],
      [9],
      'a zone that is gone: the next change of the site ends its alarm',
    );
    assert.equal(state.fire, 'off');
    const pauses = [...state.lockouts].map(([key, { untilMonoMs }]) => [key, untilMonoMs]);
    assert.deepEqual(pauses, [
      ['lobby-in', 80_000],
      ['lobby-out', 80_000],
      ['garage-in', 80_000],
    ]);
  });

  it('records of zones that are gone stay gone', () => {
    const record = {
      direction: 'entry',
      reader: 'lobby-in',
      boot: 'boot-1',
      monoMs: 1,
      wallMs: 1,
      trusted: true,
    } as const;
    const records = [1, 9].map((zone) => ({ zone, user: 'ann', record }));
    assert.deepEqual([...restoreState(site, stored({ records }), at).records.keys()], [1]);
  });

  it('two passages never share an id, though the commits begin anew after a restart of the process', () => {
    const before = step(site, emptyState(site, 'boot-1'), swipeOf('ann', at));
    const waiting = before.state.doors.get('lobby')?.waiting.map((entry) => entry.passage) ?? [];
    const state = restoreState(site, stored({ passages: waiting }), at);
    const later = { ...at, monoMs: at.monoMs + 10 };
    const after = step(site, state, swipeOf('bob', later));
    const ids = after.state.doors.get('lobby')?.waiting.map((entry) => entry.passage.id) ?? [];
    assert.equal(new Set(ids).size, 2);
  });
});
