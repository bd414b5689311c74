import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { openMock } from '../../hardware/mock/mock.js';
import { createLamps, type LampWiring, lampOutputsOf } from '../../src/control/lamps.js';
import { type ReaderSignal, readerSignals } from '../../src/core/effects.js';
import { patternsOf, usualPatterns } from '../../src/readers/wiegand/lamps.js';
import { createManualClock } from '../hardware/manualClock.js';

const wirings: readonly LampWiring[] = [
  {
    reader: 'in',
    lines: {
      led: { line: 'w1.led', activeLow: true },
      ledRed: { line: 'w2.led', activeLow: false },
      beep: { line: 'w1.beep', activeLow: false },
    },
    patterns: usualPatterns,
  },
  {
    reader: 'out',
    lines: { beep: { line: 'w3.beep', activeLow: false } },
    patterns: patternsOf({ denied: { beep: { repeat: [50, 150] } } }),
  },
];

function open() {
  const clock = createManualClock(0);
  const request = { board: 'mock', inputs: [], outputs: lampOutputsOf(wirings) };
  const { hardware, mock } = openMock(request, clock);
  const failed: string[] = [];
  const lamps = createLamps(wirings, {
    hardware,
    setTimer: clock.setTimer,
    failed: (line) => failed.push(line),
  });
  const active = () => mock.lines().flatMap((line) => (line.active ? [line.line] : []));
  /** Moments in ms at which a line changed, the first to active. */
  const changes = (name: string) =>
    (mock.lines().find(({ line }) => line === name)?.history ?? []).map(({ atUs }) => atUs / 1000).slice(1);
  return { clock, mock, lamps, failed, active, changes };
}

describe('lamps and beepers', () => {
  it('granted: green steady and one short tone; normal: all off', () => {
    const { clock, lamps, active, changes } = open();
    lamps.show('in', 'granted');
    deepEqual(active(), ['w1.led', 'w1.beep']);
    clock.advanceMs(5_000);
    deepEqual(active(), ['w1.led']);
    deepEqual(changes('w1.beep'), [0, 100]);
    lamps.show('in', 'normal');
    deepEqual(active(), []);
    deepEqual(clock.armed(), 0);
  });

  it('denied: three tones, and three more when it comes again', () => {
    const { clock, lamps, active, changes } = open();
    lamps.show('in', 'denied');
    clock.advanceMs(150);
    lamps.show('in', 'denied');
    deepEqual(active(), ['w2.led', 'w1.beep']);
    clock.advanceMs(2_000);
    deepEqual(changes('w1.beep'), [0, 100, 150, 250, 350, 450, 550, 650]);
  });

  it('a repeated pattern lasts as long as its signal', () => {
    const { clock, lamps, changes } = open();
    lamps.show('in', 'held');
    clock.advanceMs(2_500);
    deepEqual(changes('w1.beep'), [0, 100, 1000, 1100, 2000, 2100]);
    deepEqual(changes('w2.led'), [0, 500, 1000, 1500, 2000, 2500]);
    lamps.show('in', 'normal');
    deepEqual(clock.armed(), 0);
  });

  it('the site file sets a line of a signal otherwise, the rest stays as usual', () => {
    const { clock, lamps, changes, active } = open();
    lamps.show('out', 'denied');
    clock.advanceMs(420);
    deepEqual(changes('w3.beep'), [0, 50, 200, 250, 400]);
    lamps.show('out', 'granted');
    clock.advanceMs(1_000);
    deepEqual(active(), []);
  });

  it('a reader without lamps shows nothing; a line that cannot be driven is told once and hurts no other', () => {
    const { clock, mock, lamps, active, failed } = open();
    lamps.show('nowhere', 'alarm');
    deepEqual(clock.armed(), 0);
    mock.fail('w1.beep');
    lamps.show('in', 'alarm');
    clock.advanceMs(3_000);
    deepEqual(failed, ['w1.beep']);
    deepEqual(active(), ['w2.led']);
    mock.mend('w1.beep');
    clock.advanceMs(500);
    mock.fail('w1.beep');
    clock.advanceMs(500);
    deepEqual(failed, ['w1.beep', 'w1.beep']);
  });

  it('whatever was shown, close leaves every line off and no timer', () => {
    const shows = fc.array(
      fc.tuple(fc.constantFrom('in', 'out'), fc.constantFrom<ReaderSignal>(...readerSignals), fc.nat(2_000)),
    );
    fc.assert(
      fc.property(shows, (story) => {
        const { clock, lamps, active } = open();
        for (const [reader, signal, ms] of story) {
          lamps.show(reader, signal);
          clock.advanceMs(ms);
        }
        lamps.close();
        deepEqual([active(), clock.armed()], [[], 0]);
      }),
    );
  });
});
