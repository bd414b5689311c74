import { deepEqual, equal } from 'node:assert/strict';
import { createFineTimer } from '../../src/control/fineTimer.js';

function world() {
  let us = 1_000;
  const timers: { readonly run: () => void; readonly ms: number }[] = [];
  const turns: (() => void)[] = [];
  const timer = createFineTimer({
    nowUs: () => us,
    setTimer: (run, ms) => {
      timers.push({ run, ms });
      return () => undefined;
    },
    nextTurn: (run) => turns.push(run),
  });
  return {
    timer,
    timers,
    turns,
    pass: (more: number) => {
      us += more;
    },
  };
}

describe('the fine timer', () => {
  it('asks the coarse one for all but the last two milliseconds and waits those out turn by turn', () => {
    const { timer, timers, turns, pass } = world();
    let rang = 0;
    timer(() => {
      rang += 1;
    }, 25.4);
    deepEqual(
      timers.map(({ ms }) => ms),
      [23],
    );
    pass(23_000);
    timers[0]?.run();
    pass(2_300);
    turns.shift()?.();
    equal(rang, 0);
    pass(100);
    turns.shift()?.();
    equal(rang, 1);
    equal(turns.length, 0);
  });

  it('says once that it is soon, and nothing where it is late or called off', () => {
    const { timer, timers, turns, pass } = world();
    const said: string[] = [];
    const rehearsed = () =>
      timer(
        () => said.push('rang'),
        5,
        () => said.push('soon'),
      );
    rehearsed();
    pass(3_000);
    timers[0]?.run();
    deepEqual(said, ['soon']);
    pass(2_000);
    turns.shift()?.();
    deepEqual(said, ['soon', 'rang']);
    rehearsed();
    pass(5_000);
    timers[1]?.run();
    deepEqual(said.splice(2), ['rang']);
    rehearsed()();
    timers[2]?.run();
    deepEqual(said.splice(2), []);
  });

  it('rings at once when the coarse one was late, and never when called off', () => {
    const { timer, timers, turns, pass } = world();
    let rang = 0;
    const ring = (): void => {
      rang += 1;
    };
    timer(ring, 5);
    pass(9_000);
    timers[0]?.run();
    equal(rang, 1);
    const cancel = timer(ring, 5);
    pass(4_000);
    timers[1]?.run();
    cancel();
    pass(4_000);
    turns.shift()?.();
    equal(rang, 1);
  });
});
