import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

describe('anti-passback: the open cases C5 to C7, as decided', () => {
  it('C5 an exempt user is tracked, so that leaving the group starts from a true record', () => {
    play(
      standing({ zone: { bypassGroups: ['guards'] }, users: { sue: { groups: ['guards'] } } }),
      `
      08:00:00 swipe sue lobby-in -> unlock lobby; granted
      08:01:00 swipe sue lobby-in -> unlock lobby; granted; passback-exempt hq
      08:02:00 replace zone hq bypass=nobody -> nothing
      08:03:00 swipe sue lobby-in -> denied passback
      08:04:00 swipe sue lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('C5 an exempt user with a grant pending is not held up at another door', () => {
    play(
      standing({
        ...{ lobby: withContact, garage: withContact },
        zone: { bypassGroups: ['guards'] },
        users: { sue: { groups: ['guards'] } },
      }),
      `
      08:00:00 swipe sue lobby-in -> unlock lobby; granted
      08:00:01 swipe sue garage-in -> unlock garage; granted
      08:00:02 opens lobby -> access-taken sue
      08:00:03 opens garage -> access-taken sue
      `,
    );
  });

  it('C6 a restart keeps records and standing commands; no grant is repeated', () => {
    play(
      standing({ seen: ['ann in 07:00:00'] }),
      `
      08:00:00 lock garage -> nothing
      08:00:01 swipe bob lobby-in -> unlock lobby; granted
      08:00:02 crash -> nothing
      08:00:03 swipe bob garage-out -> denied door-locked
      08:00:04 swipe bob lobby-in -> denied passback
      08:00:05 swipe ann lobby-in -> denied passback
      08:00:06 reboot -> nothing
      08:00:07 swipe bob lobby-in -> denied passback
      08:00:08 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('C6 a grant on the disk that the core never heard of opens nothing after the restart', () => {
    play(
      standing({ garage: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00 swipe bob garage-in -> granting
      08:00:01 storage wrote -> nothing
      08:00:01 crash -> no-entry-after-grant bob
      08:00:02 where ann -> hq since 08:00:00 by lobby-in
      08:00:02 where bob -> unknown
      `,
    );
  });

  it('C6 a grant that never reached the disk is forgotten', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:01 crash -> nothing
      08:00:02 where ann -> unknown
      `,
    );
  });

  it('C6 a pending row found at start counts: same boot, in time, and the door stands open', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 dies -> nothing
      08:00:02 opens lobby -> nothing
      08:00:03 crash -> access-taken ann
      08:00:04 where ann -> hq since 08:00:03 by lobby-in
      `,
    );
  });

  it('C6 the door is closed at start: it lapses', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 crash -> no-entry-after-grant ann
      08:00:02 opens lobby -> forced lobby; note passback-blind hq
      08:00:03 where ann -> unknown
      `,
    );
  });

  it('C6 its time is over at start: it lapses, though the door stands open', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 dies -> nothing
      08:00:02 opens lobby -> nothing
      08:00:30 crash -> no-entry-after-grant ann
      08:00:31 where ann -> unknown
      `,
    );
  });

  it('C6 another boot: it lapses, though the door stands open', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 dies -> nothing
      08:00:02 opens lobby -> nothing
      08:00:03 reboot -> no-entry-after-grant ann
      08:00:04 where ann -> unknown
      `,
    );
  });

  it('C6 a swipe right after the restart is a passage of its own', () => {
    play(
      standing({ lobby: withContact, garage: withContact }),
      `
      00:00:00 swipe ann lobby-in -> unlock lobby; granted
      00:00:01 dies -> nothing
      00:00:01 opens lobby -> nothing
      00:00:01 crash -> access-taken ann
      00:00:02 swipe bob garage-in -> unlock garage; granted
      00:00:03 opens garage -> access-taken bob
      `,
    );
  });

  it('C7 the same member set keeps the records, whatever else changes', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 replace zone hq name=site type=soft reset=60000 -> nothing
      08:02:00 where ann -> site since 08:00:00 by lobby-in
      08:03:00 replace zone site members=garage-out,lobby-out,garage-in,lobby-in -> nothing
      08:04:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      `,
    );
  });

  it('C7 another member set forgets them', () => {
    play(
      standing({ full: true, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 replace zone hq members=lobby-in,lobby-out -> nothing
      08:02:00 where ann -> unknown
      08:03:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      `,
    );
  });

  it('C7 deleting a zone forgets its records and ends its alarm', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:00:30 swipe ann lobby-in -> denied passback
      08:01:00 delete zone hq -> nothing
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 crash -> nothing
      08:03:01 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C7 a deleted user enrolled again starts unknown', () => {
    play(
      standing({ full: true, seen: ['ann in 08:00:00', 'bob in 08:00:00'] }),
      `
      08:01:00 delete user ann -> nothing
      08:02:00 where ann -> unknown
      08:03:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:04:00 swipe bob lobby-in -> denied passback; violation hq hard; zone-alarm-on hq
      `,
    );
  });

  it('C7 records on their way to the disk during the change are forgotten there as well', () => {
    play(
      standing({ full: true, seen: ['bob in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:01 replace zone hq members=lobby-in,lobby-out -> zone-forgotten hq
      08:00:02 storage up -> unlock lobby; unlocked lobby
      08:00:03 where ann -> unknown
      08:00:04 crash -> started
      08:00:05 where ann -> unknown
      `,
    );
  });

  it('C7 a user deleted between decision and commit is not let in', () => {
    play(
      standing({ garage: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00 http bob garage garage-in -> nothing
      08:00:01 delete user ann -> withdrawn unknown-credential ann
      08:00:01 delete user bob -> denied unknown-credential; withdrawn unknown-credential bob
      08:00:02 storage up -> nothing
      08:00:03 where ann -> unknown
      08:00:03 where bob -> unknown
      `,
    );
  });

  it('C7 a user deleted while the door waits: nobody passes on that grant', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 delete user ann -> withdrawn unknown-credential ann
      08:00:02 opens lobby -> nothing
      08:00:03 where ann -> unknown
      `,
    );
  });
});
