import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

describe('doors: how long they are unlocked', () => {
  it('the unlock time, the extended one, and the latest cause counts', () => {
    play(
      standing({ users: { old: { extendedUnlock: true } } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:04.999 tick -> nothing
      08:00:05 tick -> lock lobby
      08:01:00 swipe old lobby-in -> unlock lobby; granted
      08:01:14.999 tick -> nothing
      08:01:15 tick -> lock lobby
      08:02:00 swipe bob lobby-in -> unlock lobby; granted
      08:02:03 swipe sue lobby-in -> granted
      08:02:07.999 tick -> nothing
      08:02:08 tick -> lock lobby
      08:03:00 swipe old lobby-out -> unlock lobby; granted
      08:03:01 swipe bob lobby-out -> granted
      08:03:14.999 tick -> nothing
      08:03:15 tick -> lock lobby
      `,
    );
  });

  it('locks again when the leaf closes, unless set otherwise', () => {
    play(
      standing({ lobby: withContact, garage: { ...withContact, relockOnClose: false } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 opens lobby -> access-taken ann
      08:00:02 closes lobby -> lock lobby
      08:01:00 swipe ann garage-out -> unlock garage; granted
      08:01:01 opens garage -> access-taken ann
      08:01:02 closes garage -> nothing
      08:01:05 tick -> lock garage
      `,
    );
  });

  it('REX is never cut short: not by the closing leaf, not by a lock command, not by releasing the button', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 rex lobby -> unlock lobby; note passback-blind hq
      08:00:00.100 rex lobby -> nothing
      08:00:01 rex-release lobby -> nothing
      08:00:02 opens lobby -> nothing
      08:00:03 closes lobby -> nothing
      08:00:04 lock lobby -> nothing
      08:00:05 lock lobby emergency -> nothing
      08:00:29.999 tick -> nothing
      08:00:30 tick -> lock lobby
      08:00:31 rex lobby -> unlock lobby; note passback-blind hq
      08:02:00 tick -> nothing
      08:02:01 rex-release lobby -> lock lobby
      `,
    );
  });

  it('a grant and a REX run side by side: the later end counts, whichever that is', () => {
    play(
      standing(),
      `
      08:00:00 rex lobby -> unlock lobby; note passback-blind hq
      08:00:01 rex-release lobby -> nothing
      08:00:02 swipe ann lobby-in -> granted
      08:00:07 tick -> nothing
      08:00:28 swipe ann lobby-out -> granted
      08:00:30 tick -> nothing
      08:00:32.999 tick -> nothing
      08:00:33 tick -> lock lobby
      `,
    );
  });

  it('REX at a door that does not exist, and a contact at one without, are nothing', () => {
    play(
      standing(),
      `
      08:00:00 rex cellar -> nothing
      08:00:01 opens cellar -> nothing
      08:00:02 opens lobby -> nothing
      `,
    );
  });
});

describe('doors: held and forced', () => {
  it('held after its time, ended by closing', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:02 opens lobby -> access-taken ann
      08:00:05 tick -> lock lobby
      08:00:31.999 tick -> nothing
      08:00:32 tick -> held lobby
      08:01:00 tick -> nothing
      08:01:02 closes lobby -> held-ended lobby
      `,
    );
  });

  it('whoever needs longer gets longer', () => {
    play(
      standing({ lobby: withContact, users: { old: { extendedUnlock: true } } }),
      `
      08:00:00 swipe old lobby-in -> unlock lobby; granted
      08:00:02 opens lobby -> access-taken old
      08:01:01.999 tick -> nothing
      08:01:02 tick -> held lobby
      08:01:03 closes lobby -> held-ended lobby
      08:02:00 release lobby -> unlock lobby; note passback-blind hq
      08:02:00 opens lobby -> nothing
      08:02:30 tick -> held lobby
      `,
    );
  });

  it('the longer time goes with who needed it, also when they never came', () => {
    play(
      standing({ lobby: withContact, users: { old: { extendedUnlock: true } } }),
      `
      08:00:00 swipe old lobby-in -> unlock lobby; granted
      08:00:15 tick -> lock lobby; no-entry-after-grant old
      08:01:00 swipe bob lobby-in -> unlock lobby; granted
      08:01:02 opens lobby -> access-taken bob
      08:01:31.999 tick -> nothing
      08:01:32 tick -> held lobby
      `,
    );
  });

  it('a door that is meant to be open is not held; the time begins when that ends', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 unlock lobby -> unlock lobby
      08:00:01 opens lobby -> nothing
      09:00:00 tick -> nothing
      09:00:01 normal lobby -> lock lobby
      09:00:30.999 tick -> nothing
      09:00:31 tick -> held lobby
      `,
    );
  });

  it('forced: opened without a grant; a forced door is not held as well', () => {
    play(
      standing({ lobby: withContact, full: true }),
      `
      08:00:00 opens lobby -> forced lobby; note passback-blind hq
      08:01:00 tick -> nothing
      08:01:01 closes lobby -> door-closed lobby; door-forced-ended lobby
      08:01:02 closes lobby -> nothing
      08:02:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:02:01 opens lobby -> door-opened lobby; access-taken ann
      `,
    );
  });

  it('a door found open at the start is not forced; it is timed', () => {
    play(
      standing({ lobby: withContact, full: true }),
      `
      08:00:00 dies -> nothing
      08:00:01 opens lobby -> nothing
      08:00:02 crash -> started; door-opened lobby
      08:00:32 tick -> held lobby
      `,
    );
  });
});

describe('doors: commands', () => {
  it('lock bars grants until normal; unlock stands until normal', () => {
    play(
      standing({ full: true }),
      `
      08:00:00 lock lobby -> door-command lobby; done
      08:00:01 swipe ann lobby-in -> denied door-locked
      08:00:02 normal lobby -> door-command lobby; done
      08:00:03 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:04 unlock lobby -> door-command lobby; done
      08:10:00 tick -> nothing
      08:10:01 normal lobby -> lock lobby; door-command lobby; locked lobby; done
      `,
    );
  });

  it('lock ends a pulse under way and the hope of who was granted', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 lock lobby -> lock lobby; no-entry-after-grant ann
      08:00:02 opens lobby -> forced lobby; note passback-blind hq
      `,
    );
  });

  it('emergency over operator over schedule', () => {
    const day = [{ fromMinute: 480, toMinute: 1_020 }];
    const office = { id: 'office', name: 'office', week: Array.from({ length: 7 }, () => day), holidays: {} };
    play(
      standing({ schedules: [office], lobby: { holdOpenSchedule: 'office' } }),
      `
      08:00:00 tick -> unlock lobby
      09:00:00 lock lobby -> lock lobby
      09:01:00 unlock lobby emergency -> unlock lobby
      09:02:00 lock lobby -> denied lower-priority
      09:03:00 lock lobby emergency -> lock lobby
      09:04:00 unlock lobby -> denied lower-priority
      09:04:01 release lobby -> denied lower-priority
      09:04:02 release lobby emergency -> unlock lobby; note passback-blind hq
      09:05:00 normal lobby emergency -> nothing
      09:06:00 normal lobby -> unlock lobby
      17:00:00 tick -> lock lobby
      `,
    );
  });

  it('an operator lock does not bar a release by the operator', () => {
    play(
      standing(),
      `
      08:00:00 lock lobby -> nothing
      08:00:01 release lobby -> unlock lobby; note passback-blind hq
      08:00:06 tick -> lock lobby
      08:00:07 lock lobby emergency -> nothing
      08:00:08 lock lobby -> nothing
      `,
    );
  });

  it('standing commands outlive a restart, whoever gave them', () => {
    play(
      standing(),
      `
      08:00:00 unlock lobby -> unlock lobby
      08:00:01 lock garage emergency -> nothing
      08:00:02 crash -> unlock lobby
      08:00:03 swipe ann garage-in -> denied door-locked
      08:00:04 reboot -> unlock lobby
      08:00:05 normal garage emergency -> nothing
      08:00:06 swipe ann garage-in -> unlock garage; granted
      `,
    );
  });

  it('a command to a door that does not exist', () => {
    play(standing(), '08:00:00 unlock cellar -> denied unknown-door');
  });
});

describe('fire', () => {
  it('opens its doors until somebody resets by hand, and only when the input is quiet', () => {
    play(
      standing({ garage: { unlockOnFire: false }, full: true }),
      `
      08:00:00 lock lobby emergency -> door-command lobby; done
      08:00:01 fire on -> unlock lobby; fire-on; unlocked lobby
      08:00:02 fire on -> nothing
      08:00:03 fire reset -> denied fire-active; fire-reset
      08:10:00 fire off -> fire-off
      08:10:01 fire off -> nothing
      08:10:02 fire on -> fire-on
      08:10:03 fire off -> fire-off
      08:20:00 fire reset -> lock lobby; fire-reset; locked lobby; done
      08:20:01 fire reset -> fire-reset; done
      `,
    );
  });

  it('stays over a restart, active or latched', () => {
    play(
      standing({ garage: { unlockOnFire: false } }),
      `
      08:00:00 fire on -> unlock lobby
      08:00:01 crash -> unlock lobby
      08:00:02 fire off -> nothing
      08:00:03 reboot -> unlock lobby
      08:00:04 fire reset -> lock lobby
      08:00:05 crash -> nothing
      08:00:06 fire on -> unlock lobby
      08:00:07 fire off -> nothing
      08:00:08 crash -> unlock lobby
      `,
    );
  });
});
