/** Runs that once failed, made short: they are played first, for ever. */
import type { Move } from './moves.js';

export interface Regression {
  /** What was wrong. */
  readonly was: string;
  /** Makes the site. */
  readonly seed: number;
  readonly moves: readonly Move[];
}

const fire = (active: boolean): Move => ({ do: 'fire', active });
const leaf = (door: number, open: boolean): Move => ({ do: 'leaf', door, open, force: false, bounces: 0 });
const wait = (ms: number, lateMs = 0): Move => ({ do: 'wait', ms, lateMs });

export const regressions: readonly Regression[] = [
  {
    was: 'a door that closed just as its open time ended was reported held after it had closed, and stayed in alarm',
    seed: 5_880,
    moves: [fire(true), fire(false), leaf(7, true), { do: 'fire-reset' }, wait(30_000, 26), leaf(10, false)],
  },
  {
    was: 'a lock opened at the start by a latched fire was logged as opened by a schedule',
    seed: 1,
    moves: [
      fire(true),
      {
        do: 'crash',
        boot: 'new',
        landed: 3,
        downMs: 2_000,
        startedFirst: true,
        leavesMoved: 0,
        trust: 'ntp',
      },
    ],
  },
  {
    was: 'after a lockdown the first grant of a passage whose renewal was on its way went on waiting',
    seed: 1_107,
    moves: [
      wait(20_000),
      { do: 'edit', edit: { edit: 'user-delete', user: 5 } },
      { do: 'disk', mode: 'ok', delayMs: 250, landed: 0 },
      { do: 'walk', user: 11, reader: 5 },
      { do: 'open-door', user: 7, door: 4, reader: 5 },
      { do: 'command', door: 6, command: 'lock', level: 'emergency' },
      wait(3_000, 37),
    ],
  },
  {
    was: 'the alarm of a deleted zone ended without a row, so that the log still told of it after a restart',
    seed: 1_795_422_780,
    moves: [
      { do: 'walk', user: 8, reader: 10 },
      { do: 'open-door', user: 8, door: 5, reader: 0 },
      { do: 'edit', edit: { edit: 'zone-delete', zone: 5 } },
      wait(341),
      { do: 'edit', edit: { edit: 'zone-add', seed: 228_000 } },
      {
        do: 'crash',
        boot: 'new',
        landed: 1,
        downMs: 40_000,
        startedFirst: false,
        leavesMoved: 0,
        trust: 'saved',
      },
      { do: 'walk', user: 6, reader: 8 },
      { do: 'swipe', user: 6, reader: 2, pin: false, asked: false },
    ],
  },
];
