/** Every kind of zone that a setting exists for, as a story: the zone, what happens, what is seen. */

export interface Story {
  readonly name: string;
  readonly zone: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** Another zone that must be there first; its number is `outer`. */
  readonly outer?: Readonly<Record<string, unknown>>;
  /** Rows of violations this zone has at the end; 0 unless told. */
  readonly violations?: number;
}

const member = (reader: string, direction = reader === 'r2' || reader === 'r4' ? 'exit' : 'entry') => ({
  reader,
  direction,
});
const one = [member('r1'), member('r2')];
const both = [...one, member('r3'), member('r4')];
const hard = { type: 'hard', members: both };
export const siren = (signal: object) => ({
  kind: 'output',
  output: 'siren',
  signal: { count: 1, onMs: 30_000, offMs: 0, delayMs: 0, ...signal },
});

const readers = ['r1', 'r2', 'r3', 'r4'];
/** Pairs of readers ready made: what each lets through and what it refuses. */
export const presets = [
  {
    ...{ preset: '(1:2);(3:4)', readers },
    lines: [
      ...['ann r1 -> granted', 'ann r1 -> denied passback', 'ann r3 -> granted', 'ann r3 -> denied passback'],
      ...['ann r2 -> granted', 'ann r4 -> granted'],
    ],
  },
  {
    ...{ preset: '(1,3):(2,4)', readers },
    lines: [
      'ann r1 -> granted',
      'ann r3 -> denied passback',
      'ann r4 -> granted',
      'ann r2 -> denied passback',
    ],
  },
  {
    ...{ preset: '1:(2,3)', readers: readers.slice(0, 3) },
    lines: [
      ...['ann r1 -> granted', 'ann r1 -> denied passback', 'ann r3 -> granted', 'ann r2 -> denied passback'],
      'ann r4 -> granted',
    ],
  },
  {
    ...{ preset: '1:(2,3,4)', readers },
    lines: ['ann r1 -> granted', 'ann r4 -> granted', 'ann r2 -> denied passback', 'ann r1 -> granted'],
  },
] as const;

export const stories: readonly Story[] = [
  {
    name: 'A1 hard: refused, and recorded; A6 logical: however much later',
    zone: hard,
    lines: [
      'ann r1 -> granted',
      'ann r3 -> denied passback',
      '+3600s',
      'ann r1 -> denied passback',
      'ann r2 -> granted',
    ],
    violations: 2,
  },
  {
    name: 'A2 soft: let in, recorded, the record moves on',
    zone: { ...hard, type: 'soft' },
    lines: ['ann r1 -> granted', 'ann r1 -> granted passback-detected', 'inside -> ann', 'ann r2 -> granted'],
    violations: 1,
  },
  {
    name: 'A3 hard everywhere: refused at every reader until cleared',
    zone: { ...hard, type: 'hard-everywhere' },
    lines: [
      ...['ann r1 -> granted', 'ann r3 -> denied passback', 'ann r2 -> denied passback-blocked'],
      ...['clear ann -> forgotten 1', 'ann r2 -> granted'],
    ],
    violations: 2,
  },
  {
    name: 'A4 trap: let in twice, out no more until cleared; the exit button opens',
    zone: { ...hard, type: 'trap' },
    lines: [
      ...['ann r1 -> granted', 'ann r1 -> granted passback-detected', 'ann r2 -> denied passback-blocked'],
      ...[
        'rex d1',
        '+60s',
        'explain ann r2 -> denied passback-blocked',
        'clear ann -> forgotten 1',
        'ann r2 -> granted',
      ],
    ],
    violations: 2,
  },
  {
    name: 'A5 timed: not twice at one reader within the time; elsewhere at once',
    zone: { type: 'hard', rule: 'timed', resetSeconds: 600, members: [member('r1'), member('r3')] },
    lines: [
      ...['ann r1 -> granted', '+500s', 'ann r1 -> denied passback', 'ann r3 -> granted'],
      ...['+100s', 'ann r1 -> granted'],
    ],
    violations: 1,
  },
  {
    name: 'A5 timed at any reader',
    zone: {
      ...{ type: 'hard', rule: 'timed', timedAt: 'any-reader', resetSeconds: 600 },
      members: [member('r1'), member('r3')],
    },
    lines: ['ann r1 -> granted', 'ann r3 -> denied passback', '+600s', 'ann r3 -> granted'],
    violations: 1,
  },
  {
    name: 'A7 timed-logical: the record lapses; a refused try does not put that off',
    zone: { ...hard, resetSeconds: 3_600 },
    lines: ['ann r1 -> granted', '+3000s', 'ann r1 -> denied passback', '+600s', 'ann r1 -> granted'],
    violations: 1,
  },
  {
    name: 'A8 entries only: an exit always passes, and still moves the record',
    zone: { ...hard, check: 'entries' },
    lines: [
      'ann r2 -> granted',
      'ann r2 -> granted',
      'ann r1 -> granted',
      'ann r1 -> denied passback',
      'ann r2 -> granted',
    ],
    violations: 1,
  },
  {
    name: 'A8 exits only',
    zone: { ...hard, check: 'exits' },
    lines: ['ann r1 -> granted', 'ann r1 -> granted', 'ann r2 -> granted', 'ann r2 -> denied passback'],
    violations: 1,
  },
  {
    name: 'A10 route: one reader after the other, and around again',
    zone: { type: 'hard', rule: 'route', members: [member('r1'), member('r3'), member('r5')] },
    lines: [
      ...['ann r3 -> granted', 'ann r1 -> denied passback', 'ann r5 -> granted', 'ann r1 -> granted'],
      'ann r1 -> denied passback',
    ],
    violations: 2,
  },
  {
    name: 'A10 route that begins at its first reader',
    zone: { type: 'hard', rule: 'route', startAtFirst: true, members: [member('r1'), member('r3')] },
    lines: ['ann r3 -> denied passback', 'ann r1 -> granted', 'ann r3 -> granted'],
    violations: 1,
  },
  {
    name: 'A11 many readers: one record a user',
    zone: hard,
    lines: ['ann r1 -> granted', 'ann r4 -> granted', 'ann r2 -> denied passback', 'ann r3 -> granted'],
    violations: 1,
  },
  {
    name: 'A12 nested: first into the outer zone, last out of it',
    outer: { type: 'hard', members: one },
    zone: { type: 'hard', members: [member('r3'), member('r4')], inside: 'outer' },
    lines: [
      ...['ann r3 -> denied not-in-outer-zone', 'ann r1 -> granted', 'ann r3 -> granted'],
      ...['ann r2 -> denied still-in-inner-zone', 'ann r4 -> granted', 'ann r2 -> granted'],
    ],
    violations: 1,
  },
  {
    name: 'A13 tailgate apart from passback; an exit nobody entered for is one',
    zone: { ...hard, tailgate: 'soft', requireEntry: true },
    lines: [
      ...['ann r2 -> granted tailgate-detected', 'ann r2 -> granted tailgate-detected'],
      ...['ann r1 -> granted', 'ann r1 -> denied passback'],
    ],
    violations: 3,
  },
  {
    name: 'A13 passback let through, tailgate refused',
    zone: { ...hard, passback: 'none', tailgate: 'hard' },
    lines: ['ann r1 -> granted', 'ann r1 -> granted', 'ann r2 -> granted', 'ann r2 -> denied tailgate'],
    violations: 1,
  },
  {
    name: 'A15 confirmed by the contact: counts at the opening, not at all if nobody opens',
    zone: { type: 'hard', members: [member('v-in', 'entry'), member('v-out', 'exit')] },
    lines: [
      ...['closes', 'ann v-in -> granted', 'inside -> nobody', 'ann v-in waits -> granted'],
      ...['opens -> taken ann', 'inside -> ann', '+10s', 'closes', 'ann v-in -> denied passback'],
    ],
    violations: 1,
  },
  {
    name: 'A16 passive: places are kept while the zone is disabled',
    zone: { ...hard, disabled: true },
    lines: ['ann r1 -> granted', 'ann r1 -> granted', 'inside -> ann'],
  },
  {
    name: 'A16 passive, switched off',
    zone: { ...hard, disabled: true, trackWhileDisabled: false },
    lines: ['ann r1 -> granted', 'inside -> nobody'],
  },
  {
    name: 'A17 forgive one, a list, a group, all; A18 the next read defines the side',
    zone: hard,
    lines: [
      ...['ann r1 -> granted', 'bob r1 -> granted', 'eve r1 -> granted', 'inside -> ann,bob,eve'],
      ...['clear ann -> forgotten 1', 'clear group staff -> forgotten 1', 'inside -> bob'],
      ...['ann r1 -> granted', 'ann r1 -> denied passback', 'clear ann,bob -> forgotten 2'],
      ...['sue r2 -> granted', 'clear all -> forgotten 1', 'sue r2 -> granted'],
    ],
    violations: 1,
  },
  {
    name: 'A19 daily, all unknown',
    zone: { ...hard, dailyReset: { minute: 'soon', to: 'unknown' } },
    lines: ['ann r1 -> granted', 'ann r1 -> denied passback', '+300s -> reset daily 1', 'ann r1 -> granted'],
    violations: 1,
  },
  {
    name: 'A19 daily, a group, outside',
    zone: { ...hard, dailyReset: { minute: 'soon', to: 'outside', groups: ['staff'] } },
    lines: [
      ...['ann r1 -> granted', 'eve r1 -> granted', '+300s -> reset daily 1', 'inside -> ann'],
      ...['eve r2 -> denied passback', 'eve r1 -> granted'],
    ],
    violations: 1,
  },
  {
    name: 'A20 every so many minutes',
    zone: { ...hard, resetEveryMinutes: 30 },
    lines: [
      'ann r1 -> granted',
      'ann r1 -> denied passback',
      '+1800s -> reset interval 1',
      'ann r1 -> granted',
    ],
    violations: 1,
  },
  {
    name: 'A21 exempt: a group and a user, tracked and never refused',
    zone: { ...hard, bypassGroups: ['staff'], bypassUsers: ['bob'] },
    lines: [
      ...['eve r1 -> granted', 'eve r1 -> granted exempt', 'bob r1 -> granted', 'bob r1 -> granted exempt'],
      'inside -> bob,eve',
    ],
  },
  {
    name: 'A22 at most two: hard',
    zone: { ...hard, occupancy: { max: { count: 2, severity: 'hard' } } },
    lines: [
      ...['ann r1 -> granted', 'bob r1 -> granted', 'sue r1 -> denied occupancy-max', 'ann r2 -> granted'],
      'sue r1 -> granted',
    ],
  },
  {
    name: 'A22 at most one: soft',
    zone: { ...hard, occupancy: { max: { count: 1, severity: 'soft' } } },
    lines: ['ann r1 -> granted', 'bob r1 -> granted occupancy-max-detected', 'inside -> ann,bob'],
  },
  {
    name: 'A22 never one alone: in and out in company, or not at all',
    zone: { ...hard, occupancy: { min: { count: 2, withinSeconds: 20, severity: 'hard' } } },
    lines: [
      ...['ann r1 -> waits', '+21s -> access-denied', 'ann r1 -> waits', 'bob r1 -> granted ann,bob'],
      ...['inside -> ann,bob', 'ann r2 -> waits', 'bob r2 -> granted ann,bob', 'inside -> nobody'],
    ],
  },
  {
    name: 'A22 never one alone: soft',
    zone: { ...hard, occupancy: { min: { count: 2, withinSeconds: 20, severity: 'soft' } } },
    lines: ['ann r1 -> granted occupancy-min-detected', 'bob r1 -> granted'],
  },
  {
    name: 'A22 a supervisor first: hard',
    zone: { ...hard, occupancy: { supervisorFirst: 'hard' } },
    lines: ['ann r1 -> denied supervisor-first', 'sue r1 -> granted', 'ann r1 -> granted'],
  },
  {
    name: 'A22 a supervisor first: soft',
    zone: { ...hard, occupancy: { supervisorFirst: 'soft' } },
    lines: ['ann r1 -> granted supervisor-first-detected'],
  },
  {
    name: 'A23 outputs that follow the count',
    zone: {
      ...hard,
      counts: [
        { when: 'occupied', output: 'lamp' },
        { when: 'full', at: 2, output: 'siren' },
        { when: 'empty' },
      ],
    },
    lines: [
      ...['output lamp -> off', 'ann r1 -> granted', 'output lamp -> on', 'output siren -> off'],
      ...['bob r1 -> granted', 'output siren -> on', 'ann r2 -> granted', 'output siren -> off'],
      ...['bob r2 -> granted', 'output lamp -> off'],
    ],
  },
  {
    name: 'A24 muster, by hand, roll call, lockdown',
    zone: { ...hard, musterReaders: ['r6'] },
    lines: [
      ...['ann r1 -> granted', 'assign bob inside', 'roll inside -> ann inside,bob inside', 'muster on'],
      ...['roll inside -> ann missing,bob missing', 'ann r6 -> safe', 'roll safe -> ann safe'],
      ...['roll inside -> bob missing', 'assign bob outside', 'muster off', 'roll inside -> nobody'],
      ...['lockdown on', 'sue r1 -> denied zone-locked-down', 'lockdown off', 'sue r1 -> granted'],
    ],
  },
  {
    name: 'A25 carpool: the card of one admits all of the vehicle',
    zone: {
      ...{
        type: 'hard',
        members: [...one, { reader: 'r3', direction: 'entry', vehicle: true }, member('r4')],
      },
      vehicles: [{ name: 'car', users: ['ann', 'bob'] }],
    },
    lines: [
      'ann r3 -> granted ann,bob',
      'inside -> ann,bob',
      'bob r1 -> denied passback',
      'bob r4 -> granted',
    ],
    violations: 1,
  },
  {
    name: 'A14, A26 a zone that another controller owns, which cannot be reached: entries barred, exits never',
    zone: { ...hard, owner: 'c1', ownerLost: 'deny' },
    lines: ['ann r1 -> denied zone-owner-unreachable', 'ann r2 -> granted unconfirmed'],
  },
  {
    name: 'A26 allow: whoever has a right',
    zone: { ...hard, owner: 'c1', ownerLost: 'allow' },
    lines: ['ann r1 -> granted unconfirmed', 'ann r1 -> granted unconfirmed'],
  },
  {
    name: 'A26 last known, the default: judged by what is known here',
    zone: { ...hard, owner: 'c1' },
    lines: ['ann r1 -> granted unconfirmed', 'ann r1 -> denied passback', 'ann r2 -> granted unconfirmed'],
    violations: 1,
  },
  {
    name: 'actions: a siren of some pulses, a reader that blinks, a door that locks until the alarm is released',
    zone: {
      ...hard,
      actions: [
        siren({ count: 1 }),
        { kind: 'lock-door', door: 'd3' },
        {
          kind: 'led',
          reader: 'r5',
          pattern: { count: 0, steps: [{ color: 'red', durationMs: 500, delayMs: 0 }] },
        },
      ],
    },
    lines: [
      ...[
        'ann r1 -> granted',
        'ann r1 -> denied passback',
        'output siren -> on',
        'bob r5 -> denied door-locked',
      ],
      ...['+31s', 'output siren -> off', 'alarm off', 'bob r5 -> granted'],
    ],
    violations: 0,
  },
];
