import type { ZoneAction } from '../../../src/core/model.js';
import { play } from '../../site/play.js';
import { membersOf, standing, withContact, zoneOf } from '../../site/scene.js';

const pulse = (more: object): ZoneAction => ({
  delayMs: 0,
  stop: 'never',
  kind: 'output',
  output: 'siren',
  signal: { count: 2, onMs: 1_000, offMs: 2_000, delayMs: 0, ...more },
});
const act = (action: object): ZoneAction => ({ delayMs: 0, stop: 'never', ...action }) as ZoneAction;
const scene = (actions: readonly ZoneAction[], more: object = {}) =>
  standing({ zone: { actions }, seen: ['ann in 08:00:00'], ...more });

describe('zone actions on a violation', () => {
  it('an output is pulsed: count, on, off, delays', () => {
    play(
      scene([{ ...pulse({ delayMs: 500 }), delayMs: 1_500 }]),
      `
      08:05:00 swipe ann lobby-in -> denied passback
      08:05:01 tick -> nothing
      08:05:02 tick -> output siren on
      08:05:03 tick -> output siren off
      08:05:05 tick -> output siren on
      08:05:06 tick -> output siren off
      08:05:08 tick -> nothing
      08:06:00 tick -> nothing
      `,
    );
  });

  it('for ever, until the alarm is released; releasing clears nobody', () => {
    play(
      scene([pulse({ count: 0, offMs: 0 })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 tick -> nothing
      09:00:00 alarm hq off -> output siren off
      09:00:01 swipe ann lobby-in -> denied passback; output siren on
      09:00:02 crash -> output siren on
      09:00:03 alarm hq off -> output siren off
      09:00:04 clear ann hq -> forgotten 1
      `,
    );
  });

  it('a soft violation sets them going too; what runs goes on, what gives way starts anew', () => {
    play(
      standing({
        zone: { type: 'soft', actions: [pulse({ count: 1, onMs: 10_000 })] },
        seen: ['ann in 08:00:00'],
      }),
      `
      08:05:00 swipe ann lobby-in -> unlock lobby; granted; output siren on; passback-detected
      08:05:08 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:05:10 tick -> output siren off
      `,
    );
    play(
      scene([{ ...pulse({ count: 1, onMs: 10_000 }), stop: 'next-action' }]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:08 swipe ann lobby-in -> denied passback; output siren off; output siren on
      08:05:10 tick -> nothing
      08:05:18 tick -> output siren off
      `,
    );
  });

  it('until the door of the violation closes', () => {
    play(
      scene([{ ...pulse({ count: 0, offMs: 0 }), stop: 'door-closed' }], {
        lobby: withContact,
        garage: withContact,
      }),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 opens garage -> forced garage; note passback-blind hq
      08:05:02 closes garage -> nothing
      08:05:03 opens lobby -> forced lobby; note passback-blind hq
      08:05:04 closes lobby -> output siren off
      `,
    );
  });

  it('doors are locked or unlocked until the alarm is released', () => {
    play(
      scene([
        act({ kind: 'lock-door', door: 'garage' }),
        act({ kind: 'unlock-door', door: 'lobby', delayMs: 2_000 }),
      ]),
      `
      08:05:00 swipe ann lobby-in -> denied passback
      08:05:01 swipe ann garage-out -> denied door-locked
      08:05:02 tick -> unlock lobby
      08:05:03 alarm hq off -> lock lobby
      08:05:04 swipe ann garage-out -> unlock garage; granted
      `,
    );
  });

  it('release-alarm ends every alarm and what runs for it; an address is called by whoever reads the row', () => {
    play(
      standing({
        zones: [
          zoneOf({
            members: membersOf('lobby-in', 'lobby-out'),
            actions: [
              act({ kind: 'url', url: 'http://192.0.2.9/' }),
              act({ kind: 'release-alarm', delayMs: 5_000 }),
            ],
          }),
          zoneOf({
            id: 2,
            name: 'yard',
            members: membersOf('garage-in', 'garage-out'),
            actions: [pulse({ count: 0, offMs: 0 })],
          }),
        ],
        seen: ['ann in 08:00:00'],
        full: true,
      }),
      `
      08:05:00 swipe bob garage-out -> unlock garage; granted; unlocked garage
      08:05:01 swipe bob garage-out -> denied passback; output siren on; violation yard hard; action yard output; zone-alarm-on yard
      08:05:10 swipe ann lobby-in -> denied passback; violation hq hard; action hq url; zone-alarm-on hq
      08:05:15 tick -> output siren off; action hq release-alarm; zone-alarm-off yard; zone-alarm-off hq
      `,
    );
  });

  it('a reader shows the alarm while its lamp or beeper plays', () => {
    const steps = [
      { color: 'red', durationMs: 1_000, delayMs: 500 },
      { color: 'off', durationMs: 1_000, delayMs: 0 },
    ];
    const tones = [{ tone: 'high', fadeout: false, durationMs: 500, delayMs: 0 }];
    const actions = [
      act({ kind: 'led', reader: 'garage-in', pattern: { count: 1, steps } }),
      act({ kind: 'buzzer', reader: 'garage-out', pattern: { count: 1, steps: tones } }),
    ];
    play(
      scene(actions, { signals: true }),
      `
      08:05:00.000 swipe ann lobby-in -> lobby-in: denied-passback; garage-out: alarm
      08:05:00.500 tick -> garage-out: normal; garage-in: alarm
      08:05:01.500 tick -> garage-in: normal
      08:05:03.000 tick -> nothing
      `,
    );
  });

  it('actions of a deleted zone end with it', () => {
    play(
      scene([pulse({ count: 0, offMs: 0 })]),
      `
      08:05:00 swipe ann lobby-in -> denied passback; output siren on
      08:05:01 delete zone hq -> output siren off
      `,
    );
  });
});
