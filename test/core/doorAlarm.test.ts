import { deepEqual } from 'node:assert/strict';
import type { DoorAction } from '../../src/core/model.js';
import { begin, play } from '../site/play.js';
import { standing, withContact, zoneOf } from '../site/scene.js';
import { restart } from '../site/world.js';

const siren = (count: number, more: object = {}): DoorAction => ({
  ...{ kind: 'output', output: 'siren', signal: { count, onMs: 20_000, offMs: 0, delayMs: 0 } },
  ...{ delayMs: 0, stop: 'never', ...more },
});

describe('the alarm of a door', () => {
  it('forced sets its actions going until the door closes; held until it closes', () => {
    const lobby = {
      ...withContact,
      heldOpenMs: 10_000,
      forcedActions: [siren(0)],
      heldActions: [siren(1, { output: 'buzzer', delayMs: 1_000 })],
    };
    play(
      standing({ lobby, full: true }),
      `
      08:00:00 opens lobby -> output siren on; forced lobby; door-action lobby; note passback-blind hq
      08:00:30 tick -> nothing
      08:01:00 closes lobby -> output siren off; door-closed lobby; door-forced-ended lobby
      08:02:00 rex lobby -> unlock lobby; rex lobby; note passback-blind hq; unlocked lobby
      08:02:01 opens lobby -> door-opened lobby
      08:02:11 tick -> held lobby
      08:02:12 tick -> output buzzer on; door-action lobby
      08:02:13 closes lobby -> output buzzer off; door-closed lobby; held-ended lobby
      `,
    );
  });

  it('stands over a restart, and so does what it set going; found closed it is over', () => {
    const lobby = { ...withContact, forcedActions: [siren(0)] };
    play(
      standing({ lobby, full: true }),
      `
      08:00:00 opens lobby -> output siren on; forced lobby; door-action lobby; note passback-blind hq
      08:01:00 reboot -> output siren on; started; door-opened lobby
      08:02:00 dies -> nothing
      08:03:00 closes lobby -> nothing
      08:04:00 crash -> output siren on; started; output siren off; door-forced-ended lobby
      08:05:00 crash -> started
      `,
    );
  });

  it('is set and ended by hand: all doors or none; by hand set, only by hand ended', () => {
    const lobby = { ...withContact, heldOpenMs: 10_000, forcedActions: [siren(0)] };
    play(
      standing({ lobby, garage: withContact, full: true }),
      `
      08:00:00 door-alarm lobby,cellar forced -> denied unknown-door
      08:00:01 door-alarm lobby,garage forced -> output siren on; forced lobby; door-action lobby; forced garage; done
      08:00:02 door-alarm lobby,garage forced -> done
      08:00:03 crash -> output siren on; started
      08:00:04 door-alarm lobby held -> output siren off; door-forced-ended lobby; held lobby; done
      08:00:05 door-alarm lobby none -> held-ended lobby; done
      08:00:06 opens lobby -> output siren on; forced lobby; door-action lobby; note passback-blind hq
      08:00:07 door-alarm lobby none -> output siren off; door-forced-ended lobby; done
      08:00:17 tick -> held lobby
      08:00:18 closes lobby -> door-closed lobby; held-ended lobby
      08:00:19 door-alarm lobby none -> done
      `,
    );
  });

  it('an action that releases all alarms ends those of doors', () => {
    const releasing = { kind: 'release-alarm', delayMs: 5_000, stop: 'never' } as const;
    play(
      standing({
        garage: { ...withContact, forcedActions: [siren(0)] },
        zones: [zoneOf({ actions: [releasing] })],
        seen: ['ann in 07:00:00'],
      }),
      `
      08:00:00 opens garage -> output siren on; forced garage; note passback-blind hq
      08:00:01 swipe ann lobby-in -> denied passback
      08:00:06 tick -> output siren off
      `,
    );
  });

  it('spoilt facts raise none', () => {
    const world = begin(standing({ lobby: withContact }));
    for (const spoilt of [null, 'forced', { alarm: 7 }]) {
      world.disk.facts.set('door/lobby/alarm', spoilt);
      restart(world, undefined);
      deepEqual(world.state.doors.get('lobby')?.alarm, 'none');
    }
  });
});
