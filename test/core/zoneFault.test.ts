import assert from 'node:assert/strict';
import type { Zone, ZoneAction } from '../../src/core/model.js';
import { type ZoneSurroundings, zoneFault } from '../../src/core/zoneFault.js';
import { membersOf, zoneOf } from '../site/scene.js';

const outer = zoneOf({ id: 9, name: 'site', members: membersOf('gate-in', 'gate-out') });
const clocked = zoneOf({ id: 8, rule: 'timed', resetSeconds: 60, members: membersOf('gate-in') });
const others = new Map<number, Zone>([outer, clocked].map((zone) => [zone.id, zone]));
const around: ZoneSurroundings = {
  doorOf: (reader) => (/^(lobby|garage|gate|m)/.test(reader) ? reader.replace(/-.*/, '') : undefined),
  hasDoor: (door) => door === 'lobby',
  hasOutput: (output) => output === 'lamp' || output === 'siren',
  hasGroup: (group) => group === 'guards',
  hasHardwareRex: (door) => door === 'lobby',
  zoneOf: (zone) => others.get(zone),
};
const many = (count: number, prefix = 'lobby') =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}-in`);
const lobby = membersOf('lobby-in', 'lobby-out');
const vehicle = { name: 'car', users: ['ann', 'bob'] };
const byCar = lobby.map((member) => ({ ...member, vehicle: true }));
const act = (action: object): Partial<Zone> => ({
  actions: [{ delayMs: 0, stop: 'never', ...action } as ZoneAction],
});
const signal = { count: 1, onMs: 100, offMs: 100, delayMs: 0 };
const steps = [{ color: 'red' as const, durationMs: 100, delayMs: 0 }];

/** What is changed in a zone that is right, the field that is then wrong, and a word of the reason. */
const wrong: readonly (readonly [Partial<Zone>, field: string, reason: RegExp])[] = [
  [{ id: 0 }, 'id', /32-bit/],
  [{ id: 2 ** 32 }, 'id', /32-bit/],
  [{ id: 1.5 }, 'id', /32-bit/],
  [{ name: '' }, 'name', /0 characters/],
  [{ name: 'x'.repeat(49) }, 'name', /49 characters/],
  [{ name: '🚪'.repeat(48) }, 'name', /192 bytes/],
  [{ name: `${'é'.repeat(20)}${'€'.repeat(28)}${'🚪'.repeat(1)}` }, 'name', /49 characters/],
  [{ resetSeconds: -1 }, 'resetSeconds', /seconds/],
  [{ resetSeconds: 2 ** 32 }, 'resetSeconds', /seconds/],
  [{ members: membersOf('lobby-in') }, 'members', /has 1 readers/],
  [{ members: membersOf(...many(64), 'lobby-out') }, 'members', /has 65/],
  [{ members: membersOf('lobby-in', 'cellar-out') }, 'members.1.reader', /no reader cellar-out/],
  [{ members: membersOf('lobby-in', 'lobby-out', 'lobby-in') }, 'members', /twice: lobby-in/],
  [{ members: membersOf('lobby-in', 'garage-in') }, 'members', /both directions/],
  [{ bypassGroups: many(17) }, 'bypassGroups', /may have 16/],
  [{ bypassGroups: ['guards', 'guards'] }, 'bypassGroups', /twice/],
  [{ bypassGroups: ['guards', 'nobody'] }, 'bypassGroups.1', /no group nobody/],
  [{ bypassUsers: many(65) }, 'bypassUsers', /may have 64/],
  [{ bypassUsers: ['ann', 'ann'] }, 'bypassUsers', /twice/],
  [{ rule: 'timed' }, 'resetSeconds', /timed/],
  [{ timedAt: 'any-reader' }, 'timedAt', /timed/],
  [{ startAtFirst: true }, 'startAtFirst', /route/],
  [{ rule: 'route', type: 'trap' }, 'type', /route/],
  [{ rule: 'timed', resetSeconds: 1, type: 'hard-everywhere' }, 'type', /timed/],
  [{ rule: 'route', check: 'entries' }, 'check', /route/],
  [{ rule: 'route', passback: 'soft' }, 'passback', /route/],
  [{ rule: 'route', tailgate: 'soft' }, 'tailgate', /route/],
  [{ rule: 'route', requireEntry: true }, 'requireEntry', /route/],
  [{ rule: 'route', inside: 9 }, 'inside', /route/],
  [{ rule: 'route', occupancy: {} }, 'occupancy', /route/],
  [{ rule: 'route', counts: [] }, 'counts', /route/],
  [{ type: 'trap', check: 'exits', members: lobby }, 'check', /both/],
  [{ type: 'hard-everywhere', passback: 'none' }, 'passback', /hard-everywhere/],
  [{ type: 'hard-everywhere', tailgate: 'none' }, 'tailgate', /hard-everywhere/],
  [{ check: 'entries', tailgate: 'soft' }, 'tailgate', /entries/],
  [{ check: 'exits', passback: 'soft' }, 'passback', /exits/],
  [{ requireEntry: true }, 'requireEntry', /tailgate/],
  [{ requireEntry: true, tailgate: 'none' }, 'requireEntry', /tailgate/],
  [{ type: 'trap' }, 'type', /garage has none/],
  [{ inside: 7 }, 'inside', /no zone 7/],
  [{ inside: 8 }, 'inside', /rule timed/],
  [{ id: 9, inside: 9 }, 'inside', /in itself/],
  [{ resetEveryMinutes: 0 }, 'resetEveryMinutes', /10080/],
  [{ dailyReset: { minute: 1_440, to: 'unknown' } }, 'dailyReset.minute', /1439/],
  [{ rule: 'route', dailyReset: { minute: 1, to: 'outside' } }, 'dailyReset.to', /outside/],
  [{ dailyReset: { minute: 1, to: 'unknown', groups: [] } }, 'dailyReset.groups', /1 to 16/],
  [{ dailyReset: { minute: 1, to: 'unknown', groups: ['nobody'] } }, 'dailyReset.groups.0', /no group/],
  [{ occupancy: { max: { count: 0, severity: 'hard' } } }, 'occupancy.max.count', /people/],
  [
    { occupancy: { min: { count: 1, withinSeconds: 9, severity: 'hard' } } },
    'occupancy.min.count',
    /2 to 16/,
  ],
  [
    { occupancy: { min: { count: 2, withinSeconds: 0, severity: 'hard' } } },
    'occupancy.min.withinSeconds',
    /300/,
  ],
  [
    {
      occupancy: {
        max: { count: 1, severity: 'hard' },
        min: { count: 2, withinSeconds: 9, severity: 'hard' },
      },
    },
    'occupancy.max.count',
    /nobody could/,
  ],
  [{ counts: many(9).map(() => ({ when: 'empty' as const })) }, 'counts', /may have 8/],
  [{ counts: [{ when: 'empty', at: 3 }] }, 'counts.0.at', /belongs to full/],
  [{ counts: [{ when: 'full' }] }, 'counts.0.at', /needs a number/],
  [{ counts: [{ when: 'full', at: 0 }] }, 'counts.0.at', /people/],
  [{ counts: [{ when: 'empty', output: 'bell' }] }, 'counts.0.output', /no output bell/],
  [
    {
      counts: [
        { when: 'empty', output: 'lamp' },
        { when: 'occupied', output: 'lamp' },
      ],
    },
    'counts',
    /two counts drive output lamp/,
  ],
  [{ musterReaders: many(17, 'm') }, 'musterReaders', /may have 16/],
  [{ musterReaders: ['m1', 'x1'] }, 'musterReaders.1', /no reader x1/],
  [{ musterReaders: ['lobby-in'] }, 'musterReaders.0', /member/],
  [{ musterReaders: ['m1', 'm1'] }, 'musterReaders', /twice/],
  [{ vehicles: [vehicle] }, 'vehicles', /marked vehicle/],
  [{ members: byCar }, 'members', /no vehicles/],
  [{ members: byCar, vehicles: [{ name: 'bus', users: ['ann'] }] }, 'vehicles.0.users', /has 1 users/],
  [{ members: byCar, vehicles: [vehicle, vehicle] }, 'vehicles', /ann stands there twice/],
  [{ members: byCar, vehicles: many(501).map(() => vehicle) }, 'vehicles', /may have 500/],
  [{ ownerLost: 'deny' }, 'ownerLost', /another controller/],
  [{ actions: many(6).map(() => ({ delayMs: 0, stop: 'never', kind: 'release-alarm' })) }, 'actions', /5/],
  [act({ kind: 'release-alarm', delayMs: 65_536 }), 'actions.0.delayMs', /65535/],
  [act({ kind: 'output', output: 'bell', signal }), 'actions.0.output', /no output bell/],
  [
    act({ kind: 'output', output: 'lamp', signal: { ...signal, onMs: -1 } }),
    'actions.0.signal.onMs',
    /65535/,
  ],
  [
    act({ kind: 'output', output: 'lamp', signal: { ...signal, count: 0, onMs: 0, offMs: 0 } }),
    'actions.0.signal',
    /no time/,
  ],
  [act({ kind: 'led', reader: 'x1', pattern: { count: 1, steps } }), 'actions.0.reader', /no reader x1/],
  [act({ kind: 'led', reader: 'm1', pattern: { count: 1.5, steps } }), 'actions.0.pattern.count', /whole/],
  [act({ kind: 'led', reader: 'm1', pattern: { count: 1, steps: [] } }), 'actions.0.pattern.steps', /1 to 3/],
  [
    act({ kind: 'led', reader: 'm1', pattern: { count: 1, steps: [{ ...steps[0], delayMs: 65_536 }] } }),
    'actions.0.pattern.steps.0.delayMs',
    /65535/,
  ],
  [
    act({ kind: 'led', reader: 'm1', pattern: { count: 0, steps: [{ ...steps[0], durationMs: 0 }] } }),
    'actions.0.pattern.steps',
    /no time/,
  ],
  [act({ kind: 'buzzer', reader: 'x1', pattern: { count: 1, steps } }), 'actions.0.reader', /no reader x1/],
  [act({ kind: 'lock-door', door: 'garage' }), 'actions.0.door', /no door garage/],
  [act({ kind: 'url', url: 'file:///etc/passwd' }), 'actions.0.url', /http/],
];

const right: readonly Partial<Zone>[] = [
  {},
  { name: `${'é'.repeat(20)}${'€'.repeat(26)}` },
  { name: 'a'.repeat(48) },
  { id: 2 ** 32 - 1, resetSeconds: 2 ** 32 - 1 },
  { members: membersOf(...many(63), 'lobby-out') },
  { rule: 'timed', resetSeconds: 60, timedAt: 'any-reader', members: membersOf('lobby-in') },
  { rule: 'route', startAtFirst: true, members: membersOf('lobby-in', 'garage-in') },
  { check: 'entries', passback: 'hard', inside: 9 },
  { type: 'soft', passback: 'hard', tailgate: 'soft', requireEntry: true },
  { type: 'hard-everywhere', bypassGroups: ['guards'], bypassUsers: ['sue'] },
  { type: 'trap', members: lobby },
  { resetEveryMinutes: 10_080, dailyReset: { minute: 240, to: 'outside', groups: ['guards'] } },
  { dailyReset: { minute: 0, to: 'unknown' } },
  {
    occupancy: {
      max: { count: 2, severity: 'hard' },
      min: { count: 2, withinSeconds: 20, severity: 'soft' },
      supervisorFirst: 'hard',
    },
    counts: [{ when: 'full', output: 'lamp' }, { when: 'occupied', output: 'siren' }, { when: 'empty' }],
  },
  { musterReaders: ['m1', 'm2'], owner: 'c1', ownerLost: 'deny' },
  { members: byCar, vehicles: [vehicle] },
  act({ kind: 'output', output: 'lamp', signal }),
  act({ kind: 'led', reader: 'm1', pattern: { count: 0, steps } }),
  act({
    kind: 'buzzer',
    reader: 'm1',
    pattern: { count: 1, steps: [{ tone: 'high', fadeout: true, ...steps[0] }] },
  }),
  act({ kind: 'release-alarm' }),
  act({ kind: 'unlock-door', door: 'lobby', stop: 'door-closed' }),
  act({ kind: 'url', url: 'https://192.0.2.7/alarm' }),
];

describe('zones that cannot be: the field and the reason', () => {
  for (const [changes, field, reason] of wrong) {
    it(`${field}: ${reason.source}`, () => {
      const found = zoneFault(zoneOf(changes), around);
      assert.equal(found?.field, field, found?.message);
      assert.match(found?.message ?? '', reason);
    });
  }

  it('zones that can be', () => {
    for (const changes of right) assert.equal(zoneFault(zoneOf(changes), around), undefined);
  });

  it('a ring of zones lies in itself', () => {
    const inner = zoneOf({ id: 3, inside: 9 });
    const ring = new Map([inner, { ...outer, inside: 3 }].map((zone) => [zone.id, zone]));
    const found = zoneFault(inner, { ...around, zoneOf: (id) => ring.get(id) });
    assert.deepEqual(found, { field: 'inside', message: 'the zone would lie in itself' });
  });

  it('a zone that another lies in keeps an inside', () => {
    const innerOf = (id: number) => (id === 9 ? [zoneOf({ id: 3, inside: 9 })] : []);
    const timed = zoneOf({ id: 9, rule: 'timed', resetSeconds: 60 });
    const found = zoneFault(timed, { ...around, innerOf });
    assert.equal(found?.field, 'rule');
    assert.match(found?.message ?? '', /zone 3 lies in this one/);
    assert.equal(zoneFault(zoneOf({ ...timed, id: 4 }), { ...around, innerOf }), undefined);
  });

  it('groups nobody asks about may come later', () => {
    const { hasGroup: _, ...withoutGroups } = around;
    assert.equal(zoneFault(zoneOf({ bypassGroups: ['later'] }), withoutGroups), undefined);
  });
});
