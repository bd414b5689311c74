import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

const bothContacts = { lobby: withContact, garage: withContact } as const;

describe('anti-passback: the open cases C1 to C4, as decided', () => {
  it('C1 a door without contact counts at the grant', () => {
    play(
      standing(),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:00 where ann -> hq since 08:00:00 by lobby-in
      `,
    );
  });

  it('C1 a door with contact counts at the opening, or at once when it stands open', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 where ann -> unknown
      08:00:02 opens lobby -> access-taken ann
      08:00:02 where ann -> hq since 08:00:02 by lobby-in
      08:00:03 swipe bob lobby-in -> granted; access-taken bob
      08:00:03 where bob -> hq since 08:00:03 by lobby-in
      08:00:03 swipe bob lobby-in -> denied passback
      `,
    );
  });

  it('C1 a door with contact may be set to count at the grant', () => {
    play(
      standing({ lobby: { hasContact: true, passageCounts: 'at-grant' } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann lobby-in -> denied passback
      08:00:05 tick -> lock lobby
      `,
    );
  });

  it('C2 two grants, one opening: all count, in order', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:02 swipe bob lobby-in -> granted
      08:00:04 opens lobby -> access-taken ann; access-taken bob
      `,
    );
  });

  it('C2 two grants, no opening: none counts', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:02 swipe bob lobby-in -> granted
      08:00:05 tick -> no-entry-after-grant ann
      08:00:07 tick -> lock lobby; no-entry-after-grant bob
      08:00:08 where ann -> unknown
      08:00:08 where bob -> unknown
      `,
    );
  });

  it('C3 a repeat at the same reader renews the pulse and stays one passage', () => {
    play(
      standing(bothContacts),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:03 swipe ann lobby-in -> granted
      08:00:07 tick -> nothing
      08:00:08 tick -> lock lobby; no-entry-after-grant ann
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      08:01:03 swipe ann lobby-in -> granted
      08:01:07 opens lobby -> access-taken ann
      `,
    );
  });

  it('C3 another door of the same side, hard zone: denied as pending, no violation', () => {
    play(
      standing({ ...bothContacts, full: true }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:02 swipe ann garage-in -> denied passback-pending
      08:00:05 tick -> lock lobby; no-entry-after-grant ann; locked lobby
      08:00:06 swipe ann garage-in -> unlock garage; granted; unlocked garage
      `,
    );
  });

  it('C3 another door of the same side, soft zone: granted; the second opening is the violation', () => {
    play(
      standing({ ...bothContacts, zone: { type: 'soft' }, full: true }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:01 swipe ann garage-in -> unlock garage; granted; unlocked garage
      08:00:02 opens lobby -> door-opened lobby; access-taken ann
      08:00:03 opens garage -> door-opened garage; passback-detected; zone-alarm-on hq; access-taken ann
      08:00:04 where ann -> hq since 08:00:03 by garage-in
      `,
    );
  });

  it('C3 the other side while pending: granted; the records follow the openings', () => {
    play(
      standing(bothContacts),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann garage-out -> unlock garage; granted
      08:00:02 opens lobby -> access-taken ann
      08:00:03 opens garage -> access-taken ann
      08:00:04 where ann -> hq since 08:00:03 by garage-out
      `,
    );
  });

  it('C3 a violation known at the grant is not reported again by a renewal or the opening', () => {
    play(
      standing({ ...bothContacts, zone: { type: 'soft' }, seen: ['ann in 07:00:00'] }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:00:01 swipe ann lobby-in -> granted
      08:00:02 opens lobby -> access-taken ann
      `,
    );
  });

  it('C4 REX: nobody moves, the log says where anti-passback is blind', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:10:00 rex lobby -> unlock lobby; note passback-blind hq
      08:11:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('C4 forced opening and operator release: the same', () => {
    play(
      standing({ lobby: withContact, seen: ['ann in 07:00:00'] }),
      `
      08:00:00 opens lobby -> forced lobby; note passback-blind hq
      08:00:02 closes lobby -> nothing
      08:01:00 release lobby -> unlock lobby; note passback-blind hq
      08:01:01 opens lobby -> nothing
      08:01:02 closes lobby -> lock lobby
      08:01:03 where ann -> hq since 07:00:00 by lobby-in
      `,
    );
  });

  it('C4 a disabled zone has nothing to be blind about', () => {
    play(standing({ zone: { disabled: true } }), '08:00:00 rex lobby -> unlock lobby');
  });

  it('C4 an opening by REX while a grant is pending counts it', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:03 rex lobby -> note passback-blind hq
      08:00:04 opens lobby -> access-taken ann
      `,
    );
  });

  it('C4 OpenDoor for a known user and a direction is a swipe at that reader', () => {
    play(
      standing(),
      `
      08:00:00 http ann lobby lobby-in -> unlock lobby; granted
      08:00:01 http ann lobby lobby-in -> denied passback
      08:00:02 swipe ann garage-in -> denied passback
      08:00:03 http ann garage garage-out -> unlock garage; granted
      `,
    );
  });

  it('C4 OpenDoor for a user without direction: rights are checked, anti-passback is not', () => {
    play(
      standing({ lobby: withContact, users: { eve: { accessRights: [] } }, seen: ['ann in 07:00:00'] }),
      `
      08:00:00 http ann lobby none -> unlock lobby; granted
      08:00:01 opens lobby -> nothing
      08:00:02 where ann -> hq since 07:00:00 by lobby-in
      08:00:03 http eve lobby none -> denied no-access-right
      08:00:04 http ann lobby none -> granted
      08:00:05 where ann -> hq since 07:00:00 by lobby-in
      `,
    );
  });

  it('C4 OpenDoor with a direction and no usable code is refused, with neither it is a release', () => {
    play(
      standing(),
      `
      08:00:00 http stranger lobby lobby-in no-code -> denied no-code
      08:00:01 release lobby -> unlock lobby; note passback-blind hq
      `,
    );
  });
});
