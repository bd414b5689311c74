import { play } from '../../site/play.js';
import { standing, withContact } from '../../site/scene.js';

describe('anti-passback, how hard: A1 to A4', () => {
  it('A1 hard: a violation is denied and recorded', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann lobby-in -> denied passback
      08:06:00 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A2 soft: a violation is let in, recorded, alarmed; the record moves on', () => {
    play(
      standing({ zone: { type: 'soft' }, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:05:01 where ann -> hq since 08:05:00 by lobby-in
      `,
    );
  });

  it('A3 hard everywhere: refused at every reader until cleared; REX opens as always', () => {
    play(
      standing({ zone: { type: 'hard-everywhere' }, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann garage-in -> denied passback
      08:06:00 swipe ann lobby-out -> denied passback-blocked
      08:06:10 rex lobby -> unlock lobby; note passback-blind hq
      08:06:11 rex-release lobby -> nothing
      08:07:00 clear ann hq -> forgotten 1
      08:08:00 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A3 neither the reset time nor a restart ends the block; others are not blocked', () => {
    play(
      standing({ zone: { type: 'hard-everywhere', resetSeconds: 60 } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:30 swipe ann lobby-in -> denied passback
      09:00:00 swipe ann lobby-in -> denied passback-blocked
      09:00:01 crash -> nothing
      09:00:02 swipe ann lobby-out -> denied passback-blocked
      09:00:03 swipe bob lobby-in -> unlock lobby; granted
      09:00:04 clearall hq -> forgotten 2
      09:00:05 swipe ann lobby-in -> granted
      `,
    );
  });

  it('A4 trap: a violating entry is let in, then entries work and exits are refused until cleared', () => {
    play(
      standing({ zone: { type: 'trap' }, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:06:00 swipe ann lobby-out -> denied passback-blocked
      08:06:30 swipe ann garage-in -> unlock garage; granted
      08:07:00 rex lobby -> unlock lobby; note passback-blind hq
      08:07:40 swipe ann garage-out -> denied passback-blocked
      08:08:00 clear ann hq -> forgotten 1
      08:08:01 swipe ann garage-out -> unlock garage; granted
      `,
    );
  });

  it('A4 trap: a violating exit is refused and traps nobody', () => {
    play(
      standing({ zone: { type: 'trap' } }),
      `
      08:00:00 swipe ann lobby-out -> unlock lobby; granted
      08:01:00 swipe ann lobby-out -> denied passback
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A4 at a door with a contact the trap closes at the opening', () => {
    play(
      standing({ zone: { type: 'trap' }, lobby: withContact, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:05:01 crash -> no-entry-after-grant ann
      08:05:02 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      08:05:03 opens lobby -> access-taken ann
      08:05:04 closes lobby -> lock lobby
      08:06:00 swipe ann lobby-out -> denied passback-blocked
      `,
    );
  });
});
