import assert from 'node:assert/strict';
import { step } from '../../src/core/controller.js';
import type { AccessRequested, Event } from '../../src/core/events.js';
import type { CredentialFacts, Instant } from '../../src/core/model.js';
import { emptyState } from '../../src/core/restore.js';
import type { State } from '../../src/core/state.js';
import { siteOf, standing } from '../site/scene.js';

const site = siteOf(standing({}));
const fresh = emptyState(site, 'boot-1');
const instant = (monoMs: number): Instant => ({
  monoMs,
  wallMs: Date.UTC(2026, 2, 2, 8) + monoMs,
  trust: 'rtc',
});

/** Ann asks without a reader, so that no zone is asked, at this second. */
function asks(second: number, facts: Partial<CredentialFacts>): AccessRequested {
  const at = instant(second * 1_000);
  const user = {
    ...{ id: 'ann', name: 'Ann', enabled: true, credentialEnabled: true, extendedUnlock: false },
    ...{ groups: [], accessRights: ['everywhere'], supervisor: false, credential: { id: 'c', ...facts } },
  };
  const by = { kind: 'source', source: 'phone', address: '192.0.2.7' } as const;
  const credential = { kind: 'pin', label: 'PIN' } as const;
  return { kind: 'access-requested', at, door: 'lobby', credential, user, by, request: `r${second}` };
}

function run(state: State, event: Event) {
  const done = step(site, state, event);
  const commits = done.effects.flatMap((effect) => (effect.kind === 'commit' ? [effect.commit] : []));
  return {
    state: done.state,
    commit: commits[0]?.id ?? 0,
    uses: commits.flatMap((commit) => commit.uses ?? []),
    rows: commits.flatMap((commit) => commit.rows),
    said: commits.flatMap((commit) => commit.rows.map((row) => row.reason ?? row.kind)),
  };
}

describe('uses of a credential', () => {
  it('one goes in the very commit of the grant; used up, it is refused before rights are asked', () => {
    const first = run(fresh, asks(1, { usesLeft: 1 }));
    assert.deepEqual(first.uses, [{ credential: 'c', by: -1 }]);
    assert.deepEqual(first.said, ['access-granted']);
    assert.deepEqual(run(fresh, asks(1, { usesLeft: 0 })).said, ['credential-used-up']);
    assert.deepEqual(run(fresh, asks(1, {})).uses, []);
  });

  it('two at once get one use between them, though both were read before it was written', () => {
    const first = run(fresh, asks(1, { usesLeft: 1 }));
    const second = run(first.state, asks(1.1, { usesLeft: 1 }));
    assert.deepEqual([second.said, second.uses], [['credential-used-up'], []]);
    const two = run(run(fresh, asks(1, { usesLeft: 2 })).state, asks(1.1, { usesLeft: 2 }));
    assert.deepEqual(two.said, ['access-granted']);
    assert.deepEqual(run(two.state, asks(1.2, { usesLeft: 2 })).said, ['credential-used-up']);
  });

  it('what the disk knows is no longer remembered: an operator may give more', () => {
    const first = run(fresh, asks(1, { usesLeft: 1 }));
    const written = run(first.state, { kind: 'committed', at: instant(1_100), through: first.commit });
    assert.equal(written.state.uses.size, 0);
    assert.deepEqual(run(written.state, asks(2, { usesLeft: 5 })).said, ['access-granted']);
  });

  it('a grant that is withdrawn gives its use back, in the commit that says so', () => {
    const first = run(fresh, asks(1, { usesLeft: 1 }));
    const late = run(first.state, { kind: 'tick', at: instant(60_000) });
    assert.ok(late.rows.some((row) => row.kind === 'grant-withdrawn'));
    assert.deepEqual(late.uses, [{ credential: 'c', by: 1 }]);
    const again = run(late.state, asks(61, { usesLeft: 1 }));
    assert.deepEqual(again.said, ['access-granted']);
  });

  it('is given back also when the disk has meanwhile written the grant', () => {
    const first = run(fresh, asks(1, { usesLeft: 1 }));
    const lock = { kind: 'door-command', command: 'lock', level: 'emergency', door: 'lobby' } as const;
    const locked = run(first.state, { ...lock, at: instant(1_050), by: { kind: 'system' } });
    const written = run(locked.state, { kind: 'committed', at: instant(1_100), through: first.commit });
    assert.ok(written.rows.some((row) => row.kind === 'grant-withdrawn'));
    assert.deepEqual(written.uses, [{ credential: 'c', by: 1 }]);
  });
});

describe('silent alarms', () => {
  it('a duress code opens like any other, and the log tells', () => {
    const { said, rows } = run(fresh, asks(1, { duress: true }));
    assert.deepEqual(said, ['duress', 'access-granted']);
    assert.deepEqual([rows[0]?.user, rows[0]?.door], ['ann', 'lobby']);
    const reader = { ...asks(1, { duress: true }), reader: 'lobby-in' };
    assert.equal(run(fresh, reader).rows[0]?.reader, 'lobby-in');
  });

  it('a lost or stolen one is refused, and the log tells that it was seen', () => {
    const asked = asks(1, { missing: 'stolen' });
    const user = { ...asked.user, credentialEnabled: false } as NonNullable<AccessRequested['user']>;
    const { said, rows } = run(fresh, { ...asked, user });
    assert.deepEqual(said, ['missing-credential', 'credential-disabled']);
    assert.deepEqual(rows[0]?.detail, { status: 'stolen' });
    const refused = run(fresh, { ...asked, user, refused: 'no-code' });
    assert.deepEqual(refused.said, ['no-code'], 'who was not looked up was not seen');
  });

  it('a card nobody has can be enrolled under the name in its row', () => {
    const { user: _, ...nobody } = asks(1, {});
    assert.deepEqual(run(fresh, { ...nobody, enrol: 'h1' }).rows[0]?.detail, { enrol: 'h1' });
  });
});
