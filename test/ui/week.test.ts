import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { covered, dayText, paint, parseDay, type Window } from '../../src/ui/week.js';

const minute = fc.integer({ min: 0, max: 1_440 });
const stretch = fc.tuple(minute, minute).filter(([from, to]) => from < to);
const strokes = fc.array(fc.tuple(stretch, fc.boolean()), { maxLength: 12 });

/** The same day the slow way: every minute by itself. */
function minutesOf(strokesOfDay: readonly (readonly [readonly [number, number], boolean])[]): boolean[] {
  const minutes = Array.from({ length: 1_440 }, () => false);
  for (const [[from, to], on] of strokesOfDay) minutes.fill(on, from, to);
  return minutes;
}

describe('ui: a painted day', () => {
  it('is what was painted, minute for minute, in order and without overlaps', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const day = all.reduce<readonly Window[]>(
          (before, [[from, to], on]) => paint(before, from, to, on),
          [],
        );
        const minutes = Array.from({ length: 1_440 }, (_, at) => covered(day, at, at + 1) === 'all');
        deepEqual(minutes, minutesOf(all));
        day.forEach(({ fromMinute, toMinute }, index) => {
          equal(fromMinute < toMinute, true);
          const next = day[index + 1];
          equal(next === undefined || next.fromMinute > toMinute, true);
        });
      }),
    );
  });

  it('reads back what it writes, and refuses what is no time', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const day = all.reduce<readonly Window[]>(
          (before, [[from, to], on]) => paint(before, from, to, on),
          [],
        );
        deepEqual(parseDay(dayText(day)), day);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const day = parseDay(text);
        equal(day === undefined || day.every(({ fromMinute, toMinute }) => fromMinute < toMinute), true);
      }),
    );
    for (const text of ['8-7', '08:60-09:00', '25:00-26:00', 'noon', '8', '-'])
      equal(parseDay(text), undefined, text);
    deepEqual(parseDay('8-12; 13:30–24:00'), [
      { fromMinute: 480, toMinute: 720 },
      { fromMinute: 810, toMinute: 1_440 },
    ]);
  });
});
