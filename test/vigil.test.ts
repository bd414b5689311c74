import { deepEqual } from 'node:assert/strict';
import { createVigil } from '../src/vigil.js';

/** A loop that turns once each half millisecond, and how often it was asked to turn. */
function loopOf(processors: number) {
  let ms = 100;
  const asked: (() => void)[] = [];
  const stayAwake = createVigil({ processors, nowMs: () => ms, nextTurn: (run) => asked.push(run) });
  const turns = () => {
    let count = 0;
    for (let run = asked.shift(); run !== undefined; run = asked.shift()) {
      count += 1;
      ms += 0.5;
      run();
    }
    return count;
  };
  return { stayAwake, turns, asked };
}

describe('vigil', () => {
  it('keeps a loop turning for four milliseconds, and ends; asked again meanwhile, it is longer, not more', () => {
    const { stayAwake, turns, asked } = loopOf(2);
    stayAwake();
    deepEqual([turns(), turns()], [8, 0]);
    stayAwake();
    stayAwake();
    deepEqual([asked.length, turns()], [1, 8]);
  });

  it('leaves a single processor to others', () => {
    const { stayAwake, turns } = loopOf(1);
    stayAwake();
    deepEqual(turns(), 0);
  });
});
