import assert from 'node:assert/strict';
import { startWatchdog } from '../../src/control/watchdog.js';
import { createManualClock } from '../hardware/manualClock.js';

function scene() {
  const clock = createManualClock();
  const it = { meals: 0, inputsAnswer: true, overdueMs: 0 };
  const watchdog = startWatchdog({
    everyMs: 1_250,
    setTimer: clock.setTimer,
    prove: (read) => {
      if (it.inputsAnswer) clock.setTimer(read, 0);
    },
    overdueMs: () => it.overdueMs,
    feed: () => {
      it.meals += 1;
    },
  });
  return { clock, it, watchdog };
}

describe('watchdog', () => {
  it('is fed at once and then with every proof', () => {
    const { clock, it } = scene();
    clock.advanceMs(0);
    assert.equal(it.meals, 1);
    clock.advanceMs(12_500);
    assert.equal(it.meals, 11);
  });

  it('starves when inputs are not read, for good', () => {
    const { clock, it } = scene();
    clock.advanceMs(1_000);
    it.inputsAnswer = false;
    clock.advanceMs(60_000);
    assert.equal(it.meals, 1);
    assert.equal(clock.armed(), 0);
  });

  it('starves while the core is not woken in time, and no longer', () => {
    const { clock, it } = scene();
    clock.advanceMs(1_000);
    it.overdueMs = 2_000;
    clock.advanceMs(10_000);
    assert.equal(it.meals, 1);
    it.overdueMs = 1_999;
    clock.advanceMs(1_250);
    assert.equal(it.meals, 2);
  });

  it('gets nothing while the loop stands still, and one meal after', () => {
    const { clock, it } = scene();
    clock.advanceMs(1_000);
    clock.stallMs(60_000);
    assert.equal(it.meals, 1);
    clock.fireDue();
    clock.advanceMs(0);
    assert.equal(it.meals, 2);
  });

  it('is not fed after close, by a proof on its way neither', () => {
    const { clock, it, watchdog } = scene();
    watchdog.close();
    clock.advanceMs(60_000);
    assert.equal(it.meals, 0);
  });
});
