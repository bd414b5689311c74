import { equal } from 'node:assert/strict';
import { nextWakeMs } from '../../src/core/controller.js';
import { play } from '../site/play.js';
import { standing } from '../site/scene.js';

describe('a reader that sends rubbish', () => {
  it('raises an alarm at the tenth unreadable frame within a minute, once; a quiet minute ends it', () => {
    const world = play(
      standing({ full: true }),
      `
      08:00:00 noise lobby-in parity 4 -> ${Array(4).fill('unreadable parity').join('; ')}
      08:00:30 noise lobby-in length 5 -> ${Array(5).fill('unreadable length').join('; ')}
      08:00:30 noise lobby-out length 1 -> unreadable length
      08:01:00.001 noise lobby-in parity 4 -> ${Array(4).fill('unreadable parity').join('; ')}
      08:01:00.002 noise lobby-in parity 1 -> reader-unreadable-on; unreadable parity
      08:01:30 noise lobby-in parity 1 -> unreadable parity
      08:02:29.999 tick -> nothing
      08:02:30 tick -> reader-unreadable-off
      `,
    );
    equal(world.state.unreadables.size, 0);
    equal(nextWakeMs(world.state, world), undefined);
  });

  it('counts what is summed as well', () => {
    play(
      standing({ full: true }),
      `
      08:00:00 noise lobby-in parity 9 -> ${Array(9).fill('unreadable parity').join('; ')}
      08:00:00.100 noise lobby-in storm 2 -> reader-unreadable-on; unreadable storm
      08:00:01 tick -> flood 1
      08:01:00.100 tick -> reader-unreadable-off
      `,
    );
  });
});
