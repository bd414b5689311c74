/** What can happen on a simulated site, as plain data: a run is a site and a list of moves. */
import type { ClockTrust } from '../../src/core/model.js';
import type { Random } from './random.js';
import type { Edit } from './town.js';

/** Numbers name users, readers, doors and zones in their order, taken round; so any move fits any site. */
export type Move =
  | {
      readonly do: 'swipe';
      readonly user: number;
      readonly reader: number;
      readonly pin: boolean;
      readonly asked: boolean;
    }
  /** A card, and after a while the PIN of that user or of another. */
  | {
      readonly do: 'card-and-pin';
      readonly user: number;
      readonly typed: number;
      readonly reader: number;
      readonly afterMs: number;
    }
  /** Swipe, wait for the lock, open, pass, close. */
  | { readonly do: 'walk'; readonly user: number; readonly reader: number }
  | { readonly do: 'open-door'; readonly user: number; readonly door: number; readonly reader: number }
  | { readonly do: 'hostile'; readonly what: Hostile; readonly reader: number; readonly user: number }
  | {
      readonly do: 'leaf';
      readonly door: number;
      readonly open: boolean;
      readonly force: boolean;
      readonly bounces: number;
    }
  | { readonly do: 'rex'; readonly door: number; readonly active: boolean }
  | { readonly do: 'fire'; readonly active: boolean }
  | { readonly do: 'fire-reset' }
  | {
      readonly do: 'command';
      readonly door: number;
      /** These too, as one command; a release is of one door. */
      readonly others?: readonly number[];
      readonly command: 'release' | 'lock' | 'unlock' | 'normal';
      readonly level: 'operator' | 'emergency';
    }
  | { readonly do: 'clear'; readonly zone: number; readonly users: 'all' | readonly number[] }
  | { readonly do: 'alarm'; readonly zone: number; readonly alarmed: boolean }
  | { readonly do: 'edit'; readonly edit: Edit }
  | { readonly do: 'wait'; readonly ms: number; readonly lateMs: number }
  | { readonly do: 'clock'; readonly byMs: number; readonly trust: ClockTrust }
  | {
      readonly do: 'disk';
      readonly mode: 'ok' | 'stalled' | 'failed';
      readonly delayMs: number;
      readonly landed: number;
    }
  | {
      readonly do: 'crash';
      readonly boot: 'same' | 'new';
      readonly landed: number;
      readonly downMs: number;
      readonly startedFirst: boolean;
      readonly leavesMoved: number;
      readonly trust: ClockTrust;
    }
  | { readonly do: 'noise'; readonly reader: number; readonly count: number; readonly cards: boolean }
  | { readonly do: 'fault'; readonly what: number };

export const hostile = [
  'unknown-card',
  'unknown-door',
  'unknown-reader',
  'unknown-zone',
  'no-code',
  'bad-mode',
  'refused-reader',
  'source-not-allowed',
  'no-direction',
  'unknown-door-parts',
] as const;
export type Hostile = (typeof hostile)[number];

const trusts: readonly ClockTrust[] = ['ntp', 'ntp', 'rtc', 'saved', 'unset'];
const YEAR_MS = 365.25 * 86_400_000;

type Maker = (random: Random) => Move;

const n = (random: Random): number => random.below(12);

const makers: readonly (readonly [number, Maker])[] = [
  [26, (r) => ({ do: 'swipe', user: n(r), reader: n(r), pin: r.chance(0.15), asked: r.chance(0.4) })],
  [
    5,
    (r) => {
      const user = n(r);
      const typed = r.chance(0.8) ? user : n(r);
      return { do: 'card-and-pin', user, typed, reader: n(r), afterMs: r.pick([400, 4_000, 14_990, 15_000]) };
    },
  ],
  [14, (r) => ({ do: 'walk', user: n(r), reader: n(r) })],
  [4, (r) => ({ do: 'open-door', user: n(r), door: n(r), reader: r.below(14) })],
  [5, (r) => ({ do: 'hostile', what: r.pick(hostile), reader: n(r), user: n(r) })],
  [
    10,
    (r) => ({
      do: 'leaf',
      door: n(r),
      open: r.chance(0.55),
      force: r.chance(0.15),
      bounces: r.chance(0.2) ? r.below(4) : 0,
    }),
  ],
  [6, (r) => ({ do: 'rex', door: n(r), active: r.chance(0.5) })],
  [1.5, (r) => ({ do: 'fire', active: r.chance(0.4) })],
  [1.5, () => ({ do: 'fire-reset' })],
  [
    5,
    (r) => ({
      do: 'command',
      door: n(r),
      ...(r.chance(0.3) ? { others: [n(r), n(r)] } : {}),
      command: r.pick(['release', 'lock', 'unlock', 'normal', 'normal', 'normal']),
      level: r.chance(0.7) ? 'operator' : 'emergency',
    }),
  ],
  [3, (r) => ({ do: 'clear', zone: n(r), users: r.chance(0.5) ? 'all' : [n(r), n(r)] })],
  [1, (r) => ({ do: 'alarm', zone: n(r), alarmed: r.chance(0.3) })],
  [4, (r) => ({ do: 'edit', edit: someEdit(r) })],
  [26, (r) => ({ do: 'wait', ms: someWaitMs(r), lateMs: r.chance(0.3) ? r.below(40) : 0 })],
  [3, (r) => ({ do: 'clock', byMs: someStepMs(r), trust: r.pick(trusts) })],
  [
    5,
    (r) => ({
      do: 'disk',
      mode: r.pick(['ok', 'ok', 'ok', 'stalled', 'failed']),
      delayMs: r.pick([1, 5, 60, 250]),
      landed: r.below(3),
    }),
  ],
  [
    2.5,
    (r) => ({
      do: 'crash',
      boot: r.chance(0.6) ? 'same' : 'new',
      landed: r.below(4),
      downMs: r.pick([5, 500, 2_000, 40_000]),
      startedFirst: r.chance(0.5),
      leavesMoved: r.chance(0.3) ? r.below(8) : 0,
      trust: r.pick(trusts),
    }),
  ],
  [1.5, (r) => ({ do: 'noise', reader: n(r), count: 1 + r.below(25), cards: r.chance(0.5) })],
  [1, (r) => ({ do: 'fault', what: r.below(5) })],
];

const total = makers.reduce((sum, [weight]) => sum + weight, 0);

/** The next thing to happen, by weight. */
export function someMove(random: Random): Move {
  let left = random.next() * total;
  for (const [weight, make] of makers) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return { do: 'fire-reset' };
}

function someEdit(random: Random): Edit {
  const seed = random.below(1_000_000);
  switch (random.below(7)) {
    case 0:
      return { edit: 'zone', zone: n(random), seed };
    case 1:
      return { edit: 'zone-members', zone: n(random), seed };
    case 2:
      return { edit: 'zone-delete', zone: n(random) };
    case 3:
      return { edit: 'zone-add', seed };
    case 4:
      return { edit: 'user', user: n(random), seed };
    case 5:
      return random.chance(0.3) ? { edit: 'user-delete', user: n(random) } : { edit: 'zone-add', seed };
    default:
      return { edit: 'door', door: n(random), seed };
  }
}

/** Around the lengths that matter, now and then past 24.8 days. */
function someWaitMs(random: Random): number {
  if (random.chance(0.01)) return random.pick([3_000_000_000, 86_400_000, 3_600_000]);
  if (random.chance(0.3)) return random.pick([1_000, 3_000, 4_999, 5_000, 5_001, 20_000, 30_000, 60_000]);
  return random.below(random.chance(0.6) ? 400 : 8_000);
}

/** From a second to fifty years, either way. */
function someStepMs(random: Random): number {
  const size = random.pick([1_000, 60_000, 3_600_000, 86_400_000, YEAR_MS, 50 * YEAR_MS]);
  return Math.round(size) * (random.chance(0.5) ? 1 : -1);
}
