import { equal } from 'node:assert/strict';
import { createAwake } from '../../src/control/awake.js';

function world() {
  let us = 1_000;
  const turns: (() => void)[] = [];
  const awake = createAwake({ nowUs: () => us, nextTurn: (run) => turns.push(run) });
  return {
    awake,
    pass: (more: number) => {
      us += more;
    },
    /** Runs one turn of the loop; how many turns are asked for then. */
    turn: () => {
      turns.shift()?.();
      return turns.length;
    },
  };
}

describe('a thread kept awake', () => {
  it('turns until the moment is over, once however often it is asked', () => {
    const { awake, pass, turn } = world();
    awake.keep();
    awake.keep();
    equal(turn(), 1);
    pass(7_999);
    equal(turn(), 1);
    pass(1);
    equal(turn(), 0);
  });

  it('rests when what it waited for has come, and can be kept awake again', () => {
    const { awake, turn } = world();
    awake.keep();
    awake.rest();
    equal(turn(), 0);
    awake.keep();
    equal(turn(), 1);
  });
});
