import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSequenceWatch } from '../../../../hardware/drivers/gpiochip/sequence.js';
import { createManualClock } from '../../manualClock.js';

function watch() {
  const clock = createManualClock();
  let losses = 0;
  const sequence = createSequenceWatch({
    setTimer: clock.setTimer,
    lost: () => {
      losses += 1;
    },
  });
  return { clock, sequence, losses: () => losses };
}

describe('gpiochip: sequence numbers', () => {
  it('no loss: in order, or in the wrong order for a moment', () => {
    const { clock, sequence, losses } = watch();
    for (const seqno of [1, 2, 4, 3, 5, 7, 8, 6]) sequence.see(seqno);
    clock.advanceMs(100);
    assert.equal(losses(), 0);
  });

  it('a number that does not come is one loss, told after the grace', () => {
    const { clock, sequence, losses } = watch();
    for (const seqno of [1, 2, 5, 6]) sequence.see(seqno);
    clock.advanceMs(4);
    assert.equal(losses(), 0);
    clock.advanceMs(1);
    assert.equal(losses(), 1);
    sequence.see(7);
    clock.advanceMs(100);
    assert.equal(losses(), 1);
  });

  it('the first number is 1: what was dropped before the first look is a loss', () => {
    const { clock, sequence, losses } = watch();
    sequence.see(77);
    clock.advanceMs(5);
    assert.equal(losses(), 1);
  });

  it('a gap of thousands is one loss', () => {
    const { clock, sequence, losses } = watch();
    sequence.see(1);
    sequence.see(100_000);
    clock.advanceMs(5);
    assert.equal(losses(), 1);
  });

  it('says nothing after stop', () => {
    const { clock, sequence, losses } = watch();
    sequence.see(2);
    sequence.stop();
    clock.advanceMs(100);
    assert.equal(losses(), 0);
  });

  it('property: any order within the grace loses nothing; each number left out is found', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 2, maxLength: 60 }), fc.boolean(), (keys, drop) => {
        const { clock, sequence, losses } = watch();
        const order = keys.map((key, index) => [key, index + 1] as const).sort((a, b) => a[0] - b[0]);
        const dropped = drop ? 1 : 0;
        for (const [, seqno] of order) if (seqno !== dropped) sequence.see(seqno);
        clock.advanceMs(5);
        assert.equal(losses(), dropped);
      }),
    );
  });
});
