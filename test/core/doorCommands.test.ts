import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

const site = standing({ lobby: withContact, garage: withContact, zones: [], full: true });

describe('one command at several doors', () => {
  it('is done at all of them at once; each has its row, and there is one answer', () => {
    play(
      site,
      `
      08:00:00 unlock lobby,garage 60s -> unlock lobby; unlock garage; door-command lobby; door-command garage; unlocked lobby; unlocked garage; done
      08:00:59.999 tick -> nothing
      08:01:00 tick -> lock lobby; lock garage; door-command lobby; door-command garage; locked lobby; locked garage
      08:02:00 lock lobby,garage emergency -> door-command lobby; door-command garage; done
      08:02:01 swipe ann garage-in -> denied door-locked
      08:02:02 normal lobby,garage emergency -> door-command lobby; door-command garage; done
      08:02:03 swipe ann garage-in -> unlock garage; granted; unlocked garage
      08:02:04 lock lobby,garage -> lock garage; door-command lobby; no-entry-after-grant ann; door-command garage; locked garage; done
      `,
    );
  });

  it('what one door refuses is done at none, and the one row says which and of what', () => {
    play(
      site,
      `
      08:00:00 lock garage emergency -> door-command garage; done
      08:00:01 unlock lobby,garage -> denied lower-priority; door-command garage
      08:00:02 swipe ann garage-in -> denied door-locked
      08:00:03 lock lobby,nowhere -> denied unknown-door; door-command nowhere
      08:00:04 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      `,
    );
  });

  it('a door named twice is commanded once', () => {
    play(site, '08:00:00 lock lobby,lobby -> door-command lobby; done');
  });

  it('two doors of a mantrap are not unlocked together, unless in an emergency or in a fire', () => {
    play(
      { ...site, interlocks: [{ id: 'airlock', doors: ['lobby', 'garage'] }] },
      `
      08:00:00 unlock lobby,garage -> denied interlock; door-command lobby
      08:00:01 lock lobby,garage -> door-command lobby; door-command garage; done
      08:00:02 unlock lobby,garage emergency -> unlock lobby; unlock garage; door-command lobby; door-command garage; unlocked lobby; unlocked garage; done
      08:00:03 normal lobby,garage emergency -> lock lobby; lock garage; door-command lobby; door-command garage; locked lobby; locked garage; done
      08:00:04 fire on -> unlock lobby; unlock garage; fire-on; unlocked lobby; unlocked garage
      08:00:05 unlock lobby,garage -> door-command lobby; door-command garage; done
      `,
    );
  });
});

describe('a door without auto lock', () => {
  it('stays unlocked until it closes; whoever was granted may take their time', () => {
    play(
      standing({ lobby: { ...withContact, autoLockOff: true }, zones: [] }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      12:00:00 tick -> nothing
      +1d 08:00:00 opens lobby -> access-taken ann
      +1d 08:00:05 closes lobby -> lock lobby
      +1d 09:00:00 release lobby -> unlock lobby
      +2d 09:00:00 lock lobby -> lock lobby
      `,
    );
  });

  it('without a contact, or without relock on closing, until it is locked', () => {
    play(
      standing({ lobby: { ...withContact, autoLockOff: true, relockOnClose: false }, zones: [] }),
      `
      08:00:00 swipe sue lobby-in -> unlock lobby; granted
      08:00:02 opens lobby -> access-taken sue
      08:00:05 closes lobby -> nothing
      20:00:00 lock lobby -> lock lobby
      20:00:01 normal lobby -> nothing
      20:00:02 swipe sue lobby-in -> unlock lobby; granted
      20:00:03 crash -> no-entry-after-grant sue
      `,
    );
  });
});
