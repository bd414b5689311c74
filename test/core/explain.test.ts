import assert from 'node:assert/strict';
import { explain } from '../../src/core/explain.js';
import { begin } from '../site/play.js';
import type { Scene } from '../site/scene.js';
import { standing, userOf, zoneOf } from '../site/scene.js';
import { perform } from '../site/stimuli.js';

const everyCheck = [
  ...[
    'request',
    'door',
    'reader',
    'lockout',
    'credential',
    'user',
    'rights',
    'forward',
    'door-lock',
    'interlock',
  ],
  ...['zone-lockdown', 'passback', 'passage-pending', 'two-persons'],
  ...['occupancy', 'queue', 'storage'],
];

/** What would be decided, after these stimuli, for a user at a reader. */
function ask(
  scene: Scene,
  stimuli: readonly string[],
  name: string,
  reader: string | undefined,
  door = 'lobby',
) {
  const world = begin(scene);
  for (const one of stimuli) perform({ scene, world, clock: String }, one);
  const before = JSON.stringify([...world.state.doors]);
  const user = userOf(scene, name);
  const told = explain(
    world.site,
    world.state,
    {
      kind: 'access-requested',
      at: { monoMs: world.monoMs, wallMs: world.wallMs, trust: world.trust },
      door: world.site.readers.get(reader ?? '')?.door ?? door,
      credential: { kind: 'card', label: '' },
      by: reader === undefined ? { kind: 'system' } : { kind: 'reader', reader },
      ...(reader === undefined ? {} : { reader }),
      ...(user === undefined ? {} : { user }),
    },
    world.state.company.map((wait) => wait.asked),
  );
  assert.equal(JSON.stringify([...world.state.doors]), before);
  const said = told.checks.filter(({ answer, zones }) => answer !== 'passes' || zones.length > 0);
  return { ...told, said };
}

const mixed = standing({
  zones: [
    zoneOf({ id: 1, name: 'hq', bypassUsers: ['sue'] }),
    zoneOf({ id: 2, name: 'soft', type: 'soft' }),
    zoneOf({ id: 3, name: 'far', owner: 'c1', members: [] }),
  ],
  users: { eve: { accessRights: [], enabled: false } },
});

describe('explain: what would be decided, and what each check says', () => {
  it('goes through every check in its order, and all pass', () => {
    const { decision, checks } = ask(standing(), [], 'ann', 'lobby-in');
    assert.equal(decision, 'granted');
    assert.deepEqual(
      checks.map(({ check }) => check),
      everyCheck,
    );
    assert.ok(checks.every(({ answer }) => answer === 'passes'));
  });

  it('goes on past the first that refuses', () => {
    const { decision, reason, said } = ask(
      mixed,
      ['swipe ann lobby-in', 'lock garage', 'lockdown hq on'],
      'ann',
      'garage-in',
    );
    assert.deepEqual([decision, reason], ['denied', 'door-locked']);
    assert.deepEqual(said, [
      { check: 'door-lock', answer: 'refuses', reason: 'door-locked', zones: [] },
      { check: 'zone-lockdown', answer: 'refuses', reason: 'zone-locked-down', zones: [] },
      { check: 'passback', answer: 'refuses', reason: 'passback', zones: [{ zone: 1, says: 'passback' }] },
    ]);
  });

  it('says what is let in all the same, and who is exempt', () => {
    const { decision, said } = ask(mixed, ['swipe sue lobby-in'], 'sue', 'garage-in');
    assert.equal(decision, 'granted');
    assert.deepEqual(said, [
      {
        check: 'passback',
        answer: 'passes',
        zones: [
          { zone: 2, says: 'passback, let in' },
          { zone: 1, says: 'exempt' },
        ],
      },
    ]);
  });

  it('asks nothing of nobody, nor where there is nothing to ask', () => {
    const nobody = ask(standing(), [], 'stranger', 'lobby-in');
    assert.equal(nobody.reason, 'unknown-credential');
    assert.deepEqual(
      nobody.said.map(({ check, answer }) => `${check} ${answer}`),
      [
        'credential refuses',
        ...['user', 'rights', 'passback', 'passage-pending', 'two-persons', 'occupancy'].map(
          (check) => `${check} not-asked`,
        ),
      ],
    );
    const nowhere = ask(standing(), [], 'ann', undefined, 'cellar');
    assert.equal(nowhere.reason, 'unknown-door');
    assert.deepEqual(
      nowhere.said.filter(({ answer }) => answer === 'not-asked').map(({ check }) => check),
      [
        'reader',
        'door-lock',
        'interlock',
        'zone-lockdown',
        'passback',
        'passage-pending',
        'queue',
        'storage',
      ],
    );
    assert.equal(ask(mixed, [], 'eve', 'lobby-in').reason, 'user-disabled');
  });

  it('tells of limits, of company and of an owner that cannot be reached', () => {
    const full = standing({ zone: { occupancy: { max: { count: 1, severity: 'hard' } } } });
    assert.deepEqual(ask(full, ['swipe ann lobby-in'], 'bob', 'lobby-in').said, [
      {
        check: 'occupancy',
        answer: 'refuses',
        reason: 'occupancy-max',
        zones: [{ zone: 1, says: 'occupancy-max' }],
      },
    ]);
    const pair = standing({
      zone: {
        owner: 'c1',
        occupancy: { min: { count: 2, withinSeconds: 9, severity: 'hard' }, supervisorFirst: 'soft' },
      },
    });
    const alone = ask(pair, ['link c1 down'], 'bob', 'lobby-in');
    assert.equal(alone.decision, 'waits');
    assert.deepEqual(
      alone.said.map(({ check, answer, zones }) => [check, answer, zones.map(({ says }) => says).join()]),
      [
        ['passback', 'passes', 'unconfirmed'],
        ['occupancy', 'waits', 'occupancy-min'],
      ],
    );
    const together = ask(pair, ['link c1 up', 'swipe ann lobby-in'], 'bob', 'lobby-in');
    assert.equal(together.decision, 'granted');
    assert.deepEqual(
      together.said.map(({ zones }) => zones.map(({ says }) => says)),
      [['supervisor-first, let in']],
    );
  });

  it('a reader that forwards has no door of ours to ask about', () => {
    const base = standing();
    const forwarding = standing({
      readers: base.readers.map((reader) => ({ ...reader, forwards: true })),
    });
    assert.equal(ask(forwarding, [], 'ann', 'lobby-in').decision, 'granted');
  });
});
