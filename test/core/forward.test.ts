import assert from 'node:assert/strict';
import { nextWakeMs, step } from '../../src/core/controller.js';
import type { AccessRequested, Event, ForwardOutcome } from '../../src/core/events.js';
import type { Instant, Site } from '../../src/core/model.js';
import { emptyState } from '../../src/core/restore.js';
import { siteOf, standing, userOf } from '../site/scene.js';

const scene = standing();
const found = userOf(scene, 'ann');
assert.ok(found);
const ann = found;
const plain = siteOf(scene);
const lobbyIn = plain.readers.get('lobby-in');
assert.ok(lobbyIn);
const site: Site = {
  ...plain,
  readers: new Map(plain.readers).set('lobby-in', { ...lobbyIn, forwards: true }),
};
const at = (monoMs: number): Instant => ({ monoMs, wallMs: Date.UTC(2026, 2, 2, 8) + monoMs, trust: 'ntp' });

function swipe(more: Partial<AccessRequested> = {}): AccessRequested {
  return {
    kind: 'access-requested',
    at: at(0),
    door: 'lobby',
    reader: 'lobby-in',
    credential: { kind: 'card', label: '••4822' },
    user: ann,
    by: { kind: 'reader', reader: 'lobby-in' },
    forward: 'k1',
    ...more,
  };
}

const asksForBoth = { ...lobbyIn, forwards: true, asks: 'card-and-pin' } as const;

const after = (...events: readonly Event[]) => afterAt(site, ...events);

/** Plays events and says what came out: effects by kind, rows by kind. */
function afterAt(where: Site, ...events: readonly Event[]) {
  let state = emptyState(where, 'boot-1');
  const effects = events.flatMap((event) => {
    const next = step(where, state, event);
    state = next.state;
    return next.effects;
  });
  const rows = effects.flatMap((effect) => (effect.kind === 'commit' ? effect.commit.rows : []));
  const shown = effects.flatMap((effect) => (effect.kind === 'signal' ? [effect.signal] : []));
  return { state, effects, rows, shown, kinds: effects.map(({ kind }) => kind) };
}

function answered(outcome: ForwardOutcome, more: { reason?: string; reader?: string } = {}): Event {
  const { reader = 'lobby-in', reason } = more;
  const word = reason === undefined ? {} : { reason };
  return {
    kind: 'forward-answered',
    ...{ at: at(100), reader, user: 'ann', userName: 'Ann', outcome, targets: 1, opened: 0 },
    ...word,
  };
}

describe('forward: a reader whose swipes another controller decides', () => {
  it('sends a user with a right on, with a row, and moves nothing here', () => {
    const { effects, rows, kinds } = after(swipe());
    assert.deepEqual(kinds, ['commit', 'forward']);
    assert.deepEqual(
      rows.map(({ kind, user }) => [kind, user]),
      [['access-forwarded', 'ann']],
    );
    assert.deepEqual(effects[1], {
      kind: 'forward',
      key: 'k1',
      reader: 'lobby-in',
      user: 'ann',
      userName: 'ann',
      credential: 'card',
    });
  });

  it('a reader that asks for both sends the card on when its PIN has come, and no other PIN', () => {
    const both: Site = { ...site, readers: new Map(site.readers).set('lobby-in', asksForBoth) };
    const pin = (ms: number, user = ann): AccessRequested =>
      swipe({ at: at(ms), credential: { kind: 'pin', label: 'PIN' }, user, forward: 'pin' });
    assert.deepEqual(afterAt(both, swipe()).kinds, ['signal']);
    const sent = afterAt(both, swipe(), pin(2_000)).effects.flatMap((effect) =>
      effect.kind === 'forward' ? [effect.key] : [],
    );
    assert.deepEqual(sent, ['k1']);
    const wrong = afterAt(both, swipe(), pin(2_000, { ...ann, id: 'bob' }));
    assert.ok(!wrong.kinds.includes('forward'));
    assert.deepEqual(
      wrong.rows.map(({ kind, reason }) => [kind, reason]),
      [['access-denied', 'wrong-pin']],
    );
    assert.ok(!afterAt(both, swipe(), pin(15_000)).kinds.includes('forward'), 'too late');
  });

  it('knows no passback of its own: the same direction is sent on twice', () => {
    assert.deepEqual(after(swipe(), swipe({ at: at(1), forward: 'k2' })).kinds, [
      ...['commit', 'forward'],
      ...['commit', 'forward'],
    ]);
  });

  it('refuses an unknown card and a disabled user itself', () => {
    const { user: _nobody, ...unknown } = swipe();
    const disabled = swipe({ user: { ...ann, enabled: false } });
    for (const asked of [unknown, disabled]) {
      const { rows, kinds } = after(asked);
      assert.deepEqual(
        rows.map(({ kind }) => kind),
        ['access-denied'],
      );
      assert.ok(!kinds.includes('forward'));
    }
  });

  it('an OpenDoor request for its door is decided here', () => {
    const { kinds } = after(swipe({ by: { kind: 'source', source: 'a05', address: '::1' }, request: 'r1' }));
    assert.ok(!kinds.includes('forward'));
  });

  it('a swipe that found no room to wait leaves its row', () => {
    const { forward: _none, ...without } = swipe();
    assert.deepEqual(after(without).kinds, ['commit']);
  });

  for (const [outcome, signal] of [
    ['opened', 'granted'],
    ['denied-passback', 'denied-passback'],
    ['denied', 'denied'],
    ['unknown', 'denied'],
    ['unreachable', 'denied'],
  ] as const) {
    it(`shows ${outcome} as ${signal}, for a while`, () => {
      const { state, shown, rows } = after(answered(outcome, { reason: 'why' }));
      assert.deepEqual(shown, [signal]);
      assert.deepEqual(rows[0]?.detail, { outcome, targets: 1, opened: 0, cause: 'why' });
      assert.equal(rows[0]?.door, 'lobby');
      const wake = nextWakeMs(state, at(100));
      assert.ok(wake !== undefined && wake > 100);
      const ended = step(site, state, { kind: 'tick', at: at(wake) });
      assert.deepEqual(ended.effects, [{ kind: 'signal', reader: 'lobby-in', signal: 'normal' }]);
    });
  }

  it('an answer for a reader that is gone is a row without a door', () => {
    const { rows, shown } = after(answered('denied', { reader: 'gone' }));
    assert.deepEqual([rows[0]?.door, shown], [undefined, []]);
  });

  it('the thread that calls, started again, leaves a row', () => {
    const { rows } = after({ kind: 'outbound-restarted', at: at(0), error: 'out of memory' });
    assert.deepEqual([rows[0]?.kind, rows[0]?.detail], ['outbound-restarted', { error: 'out of memory' }]);
  });
});
