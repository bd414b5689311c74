import { play } from '../../site/play.js';
import { standing, withContact } from '../../site/scene.js';

describe('anti-passback, what counts as a passage: A13 to A16', () => {
  it('A13 tailgate apart from passback: each has its own none, soft, hard', () => {
    play(
      standing({ zone: { type: 'hard', tailgate: 'soft', requireEntry: true } }),
      `
      08:00:00 swipe bob lobby-out -> unlock lobby; granted; tailgate-detected
      08:01:00 swipe bob lobby-in -> unlock lobby; granted
      08:02:00 swipe bob lobby-in -> denied passback
      08:03:00 swipe bob lobby-out -> unlock lobby; granted
      08:04:00 swipe bob lobby-out -> unlock lobby; granted; tailgate-detected
      `,
    );
    play(
      standing({ zone: { type: 'hard', passback: 'none', tailgate: 'hard' } }),
      `
      08:00:00 swipe bob lobby-out -> unlock lobby; granted
      08:01:00 swipe bob lobby-out -> denied tailgate
      08:02:00 swipe bob lobby-in -> unlock lobby; granted
      08:03:00 swipe bob lobby-in -> unlock lobby; granted
      08:04:00 swipe bob lobby-out -> unlock lobby; granted
      `,
    );
    play(
      standing({ zone: { type: 'soft', passback: 'hard', tailgate: 'none' }, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann lobby-in -> denied passback
      08:02:00 swipe ann lobby-out -> unlock lobby; granted
      08:03:00 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A13 with requireEntry, somebody forgiven is not somebody never seen, nor is one whose record lapsed', () => {
    play(
      standing({ zone: { tailgate: 'hard', requireEntry: true, resetSeconds: 60 } }),
      `
      08:00:00 swipe ann lobby-out -> denied tailgate
      08:00:01 clear ann hq -> forgotten 0
      08:00:02 swipe ann lobby-out -> unlock lobby; granted
      08:00:03 swipe ann lobby-out -> denied tailgate
      08:01:02 swipe ann lobby-out -> unlock lobby; granted
      08:01:03 clearall hq -> forgotten 1
      08:01:04 swipe ann lobby-out -> granted
      `,
    );
  });

  it('A14 global: a reader of another controller is judged by the same records', () => {
    play(
      standing({ zone: { owner: 'c1' }, seen: ['ann in 08:00:00'] }),
      `
      08:00:01 link c1 up -> link-up c1
      08:00:02 swipe ann garage-in -> denied passback
      08:00:03 swipe ann garage-out -> unlock garage; granted
      `,
    );
  });

  it('A15 confirmed by the door contact: never opened, the card works again', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:05 tick -> lock lobby; no-entry-after-grant ann
      08:00:10 swipe ann lobby-in -> unlock lobby; granted
      08:00:12 opens lobby -> access-taken ann
      08:01:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('A15 with a timed zone the time counts from the opening', () => {
    play(
      standing({
        lobby: withContact,
        zone: { rule: 'timed', resetSeconds: 600, timedAt: 'any-reader' },
      }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann garage-in -> denied passback-pending
      08:00:04 opens lobby -> access-taken ann
      08:00:05 closes lobby -> lock lobby
      08:10:03 swipe ann lobby-in -> denied passback
      08:10:04 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A16 passive tracking: places are kept while the zone is disabled, unless told otherwise', () => {
    play(
      standing({ zone: { disabled: true }, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      08:02:00 where ann -> hq since 08:01:00 by lobby-in
      08:03:00 replace zone hq disabled=false -> nothing
      08:04:00 swipe ann garage-in -> denied passback
      `,
    );
    play(
      standing({ zone: { disabled: true, trackWhileDisabled: false }, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann lobby-out -> unlock lobby; granted
      08:02:00 where ann -> hq since 08:00:00 by lobby-in
      `,
    );
  });

  it('a late violation at the opening blocks where the zone is so set', () => {
    play(
      standing({ lobby: withContact, garage: withContact, zone: { type: 'trap' } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann garage-in -> unlock garage; granted
      08:00:02 opens lobby -> access-taken ann
      08:00:03 opens garage -> passback-detected; access-taken ann
      08:00:04 swipe ann lobby-out -> denied passback-blocked
      `,
    );
  });
});
