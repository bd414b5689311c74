import assert from 'node:assert/strict';
import type { Reader, Zone } from '../../../src/core/model.js';
import { defaultDoor } from '../../../src/core/site.js';
import { presetMembers, presetReaders, zonePresets } from '../../../src/core/zonePresets.js';
import { play } from '../../site/play.js';
import { membersOf, standing, zoneOf } from '../../site/scene.js';

/** Doors d1 to d4, each with one reader r1 to r4. */
function row(...zones: readonly Zone[]) {
  const numbers = [1, 2, 3, 4];
  return standing({
    doors: numbers.map((n) => defaultDoor(`d${n}`, `d${n}`, false)),
    readers: numbers.map((n): Reader => ({ id: `r${n}`, name: `r${n}`, door: `d${n}`, direction: 'entry' })),
    zones,
  });
}

const fourReaders = ['r1', 'r2', 'r3', 'r4'];
const tour = ['r1', 'r2', 'r3'].map((reader) => ({ reader, direction: 'entry' as const }));

describe('anti-passback, how long, which side, which readers: A5 to A12', () => {
  it('A5 timed: no exit reader; refused at the same reader for T after the last success', () => {
    play(
      standing({
        zone: { rule: 'timed', resetSeconds: 600, members: membersOf('lobby-in', 'garage-in') },
        seen: ['ann in 08:00:00'],
      }),
      `
      08:09:58 swipe ann lobby-in -> denied passback
      08:09:59 swipe ann lobby-in -> denied passback
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:10:01 swipe ann garage-in -> unlock garage; granted
      08:10:02 swipe ann lobby-in -> granted
      08:10:03 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('A5 timed at any reader, and soft', () => {
    const timed = { rule: 'timed', resetSeconds: 600, timedAt: 'any-reader' } as const;
    const scene = standing({ zone: timed, seen: ['ann in 08:00:00'] });
    play(scene, '08:05:00 swipe ann garage-in -> denied passback');
    play(
      standing({ zone: { ...timed, type: 'soft' }, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann garage-in -> unlock garage; granted; passback-detected
      08:14:59 swipe ann lobby-out -> unlock lobby; granted; passback-detected
      08:25:00 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A6 logical: strict alternation, no timer', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      +30d 08:00:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('A7 timed-logical: the record lapses after resetDuration', () => {
    play(
      standing({ zone: { resetSeconds: 3_600 }, seen: ['ann in 08:00:00'] }),
      `
      08:59:59 swipe ann lobby-in -> denied passback
      09:00:00 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A7 resetDuration may be any unsigned 32-bit number of seconds', () => {
    play(
      standing({ zone: { resetSeconds: 4_294_967_295 }, seen: ['ann in 08:00:00'] }),
      `
      +40000d 08:00:00 swipe ann lobby-in -> denied passback
      +49711d 08:00:00 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A8 one-sided: the unchecked side always passes and still updates the record', () => {
    play(
      standing({ zone: { check: 'entries' } }),
      `
      08:00:00 swipe ann lobby-out -> unlock lobby; granted
      08:01:00 swipe ann lobby-out -> unlock lobby; granted
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 swipe ann lobby-in -> denied passback
      `,
    );
    play(
      standing({ zone: { check: 'exits' }, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      08:02:00 swipe ann lobby-out -> unlock lobby; granted
      08:03:00 swipe ann lobby-out -> denied passback
      `,
    );
  });

  it('A9 preset 1:(2,3): reader 1 enters, 2 and 3 leave, 4 is free', () => {
    const [members = []] = presetMembers('1:(2,3)', fourReaders);
    play(
      row(zoneOf({ members })),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:01:00 swipe ann r1 -> denied passback
      08:02:00 swipe ann r3 -> unlock d3; granted
      08:03:00 swipe ann r2 -> denied passback
      08:04:00 swipe ann r4 -> unlock d4; granted
      `,
    );
  });

  it('A9 presets (1:2);(3:4) as two zones, (1,3):(2,4), 1:(2,3,4)', () => {
    const zones = (preset: (typeof zonePresets)[number]) =>
      presetMembers(preset, fourReaders).map((members, index) => zoneOf({ id: index + 1, members }));
    play(
      row(...zones('(1:2);(3:4)')),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:00:01 swipe ann r3 -> unlock d3; granted
      08:00:02 swipe ann r3 -> denied passback
      08:00:03 swipe ann r2 -> unlock d2; granted
      08:00:04 swipe ann r1 -> granted
      08:00:05 swipe ann r4 -> unlock d4; granted
      `,
    );
    play(
      row(...zones('(1,3):(2,4)')),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:00:01 swipe ann r3 -> denied passback
      08:00:02 swipe ann r4 -> unlock d4; granted
      08:00:03 swipe ann r2 -> denied passback
      `,
    );
    play(
      row(...zones('1:(2,3,4)')),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:00:01 swipe ann r4 -> unlock d4; granted
      08:00:02 swipe ann r2 -> denied passback
      `,
    );
    assert.deepEqual(zonePresets.map(presetReaders), [4, 4, 3, 4]);
    assert.deepEqual(
      presetMembers('1:(2,3)', [])
        .flat()
        .map(({ reader }) => reader),
      ['', '', ''],
    );
  });

  it('A10 route: after one reader only the next counts, after the last the first again', () => {
    play(
      row(zoneOf({ name: 'tour', rule: 'route', members: tour })),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:01:00 swipe ann r3 -> denied passback
      08:01:30 swipe ann r1 -> denied passback
      08:02:00 swipe ann r2 -> unlock d2; granted
      08:03:00 swipe ann r3 -> unlock d3; granted
      08:04:00 swipe ann r1 -> unlock d1; granted
      08:05:00 swipe bob r2 -> unlock d2; granted
      `,
    );
  });

  it('A10 route that starts at the first, soft, forgotten after an hour', () => {
    const of = { rule: 'route', members: tour, startAtFirst: true } as const;
    play(row(zoneOf(of)), '08:00:00 swipe ann r2 -> denied passback');
    play(
      row(zoneOf({ ...of, type: 'soft', resetSeconds: 3_600 })),
      `
      08:00:00 swipe ann r1 -> unlock d1; granted
      08:01:00 swipe ann r3 -> unlock d3; granted; passback-detected
      08:02:00 swipe ann r1 -> unlock d1; granted
      09:02:00 swipe ann r1 -> unlock d1; granted
      10:02:00 swipe ann r2 -> unlock d2; granted; passback-detected
      `,
    );
  });

  it('A11 many readers: one record per user and zone', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann garage-in -> denied passback
      08:30:00 swipe ann garage-out -> unlock garage; granted
      `,
    );
  });
});
