import { deepEqual } from 'node:assert/strict';
import type { ZoneAction } from '../../../src/core/model.js';
import { begin, play } from '../../site/play.js';
import { membersOf, standing, zoneOf } from '../../site/scene.js';
import { restart } from '../../site/world.js';

const act = (action: object): ZoneAction => ({ delayMs: 0, stop: 'never', ...action }) as ZoneAction;
const siren = (signal: object, more: object = {}): ZoneAction =>
  act({
    kind: 'output',
    output: 'siren',
    signal: { count: 1, onMs: 30_000, offMs: 0, delayMs: 0, ...signal },
    ...more,
  });
const held = siren({ count: 0 });
const scene = (actions: readonly ZoneAction[], more: object = {}) =>
  standing({ zone: { actions }, seen: ['ann in 08:00:00'], ...more });

describe('zone actions over a restart', () => {
  it('what is held until the alarm is released is on again, over a power cut too', () => {
    play(
      scene([held]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:10 dies -> nothing
      08:06:00 crash -> output siren on
      08:07:00 reboot -> output siren on
      08:08:00 alarm hq off -> output siren off
      08:09:00 crash -> nothing
      `,
    );
  });

  it('a signal of some pulses sounds for the rest of its time, and never late', () => {
    play(
      scene([siren({}), siren({ count: 3, onMs: 1_000, offMs: 9_000 }, { output: 'lamp', delayMs: 60_000 })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:10 dies -> nothing
      08:05:20 crash -> output siren on
      08:05:30 tick -> output siren off
      08:05:40 dies -> nothing
      08:06:15 crash -> nothing
      08:06:20 tick -> output lamp on
      08:06:21 tick -> output lamp off
      08:06:30 tick -> nothing
      `,
    );
    play(
      scene([siren({})]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:10 reboot -> nothing
      08:05:30 tick -> nothing
      `,
    );
  });

  it('what is done once is done once, late rather than never', () => {
    const actions = [act({ kind: 'url', url: 'http://192.0.2.9/', delayMs: 10_000 }), held];
    play(
      scene([...actions, act({ kind: 'release-alarm', delayMs: 20_000 })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:05 dies -> nothing
      08:05:15 crash -> output siren on; action hq url
      08:05:18 crash -> output siren on
      08:05:19 reboot -> output siren on; output siren off
      08:05:30 crash -> nothing
      `,
    );
  });

  it('a door that was locked stays so, and the release after the restart still ends it', () => {
    play(
      scene([act({ kind: 'lock-door', door: 'garage' })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback
      08:05:01 crash -> nothing
      08:05:02 swipe ann garage-out -> denied door-locked
      08:05:03 alarm hq off -> nothing
      08:05:04 swipe ann garage-out -> unlock garage; granted
      `,
    );
  });

  it('what the zone asks for no more ends at once, also what was changed while the process was away', () => {
    const locking = act({ kind: 'lock-door', door: 'garage' });
    play(
      scene([held, locking]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 replace zone hq actions=${JSON.stringify([locking])} -> output siren off
      08:05:02 swipe ann garage-out -> unlock garage; granted
      08:05:03 crash -> nothing
      `,
    );
    const world = play(
      scene([held, locking]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 dies -> nothing
      08:05:02 replace zone hq actions=[] -> nothing
      08:05:03 crash -> nothing
      08:05:04 swipe ann garage-out -> unlock garage; granted
      `,
    );
    const left = [...world.disk.facts.keys()].filter((key) => key.endsWith('/running'));
    deepEqual(left, [], 'nothing is left on the disk');
  });

  it('the row of an action says whose violation it was, also after a restart', () => {
    const world = play(
      scene([act({ kind: 'url', url: 'http://192.0.2.9/', delayMs: 10_000 })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback
      08:05:01 crash -> nothing
      08:05:10 tick -> action hq url
      `,
    );
    const rows = world.happened.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
    const { reader, user, userName, door } = rows[0] ?? {};
    deepEqual([reader, user, userName, door], ['lobby-in', 'ann', 'ann', 'lobby']);
  });

  it('spoilt facts start nothing', () => {
    const world = begin(scene([held]));
    const spoilt = [null, 7, {}, { index: 0 }, { index: 0, does: 'x', door: 'lobby', boot: 1 }];
    world.disk.facts.set('zone/1/running', spoilt as never);
    world.disk.facts.set('zone/2/running', 'x');
    world.disk.facts.set('zone/x/running', []);
    restart(world, undefined);
    deepEqual(world.state.running, []);
  });
});

describe('outputs that several alarms share', () => {
  const two = [
    zoneOf({ members: membersOf('lobby-in', 'lobby-out'), actions: [held] }),
    zoneOf({
      ...{ id: 2, name: 'yard', members: membersOf('garage-in', 'garage-out'), actions: [held] },
      counts: [{ when: 'full', at: 2, output: 'siren' }],
    }),
  ];

  it('are on until the last of them is released, or the count no longer asks', () => {
    play(
      standing({ zones: two, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann garage-in -> unlock garage; granted
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 swipe ann garage-in -> denied passback; output siren on
      08:05:02 alarm hq off -> nothing
      08:05:03 swipe bob garage-in -> unlock garage; granted; output siren on
      08:05:04 alarm yard off -> nothing
      08:05:05 swipe ann garage-in -> denied passback; output siren on
      08:05:20 swipe bob garage-out -> unlock garage; granted
      08:05:21 alarm yard off -> output siren off
      `,
    );
  });

  it('a door locked by two stays locked until both are released', () => {
    const locking = act({ kind: 'lock-door', door: 'garage' });
    const [hq] = two;
    play(
      standing({
        zones: [{ ...zoneOf(hq), actions: [locking] }, zoneOf({ id: 2, name: 'all', actions: [locking] })],
        seen: ['ann in 08:00:00'],
      }),
      `
      08:01:00 swipe bob garage-in -> unlock garage; granted
      08:02:00 swipe ann garage-in -> unlock garage; granted
      08:03:00 swipe ann garage-in -> denied passback
      08:04:00 swipe ann lobby-in -> denied passback
      08:05:00 alarm all off -> nothing
      08:05:01 swipe bob garage-out -> denied door-locked
      08:05:02 alarm hq off -> nothing
      08:05:03 swipe bob garage-out -> unlock garage; granted
      `,
    );
  });

  it('a pulsing output writes one row, not one a pulse', () => {
    play(
      scene([siren({ count: 0, onMs: 1_000, offMs: 1_000 })], { full: true }),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on; violation hq hard; action hq output; zone-alarm-on hq
      08:05:01 tick -> output siren off
      08:05:02 tick -> output siren on
      08:05:03 crash -> started
      08:05:04 tick -> output siren on
      `,
    );
  });
});
