import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

describe('anti-passback: the behaviours, as an installer reads them', () => {
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

  it('A11 many readers: one record per user and zone', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann garage-in -> denied passback
      08:30:00 swipe ann garage-out -> unlock garage; granted
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

  it('A16 passive tracking: places are kept while the zone is disabled', () => {
    play(
      standing({ zone: { disabled: true }, seen: ['ann in 08:00:00'] }),
      `
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      08:02:00 where ann -> hq since 08:01:00 by lobby-in
      `,
    );
  });

  it('A17 forgive: active restrictions are shown and cleared', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 restrictions ann -> hq in 08:00:00 lobby-in
      08:02:00 clear ann,bob hq -> forgotten 1
      08:03:00 restrictions ann -> none
      `,
    );
  });

  it('A18 free pass: after forgetting, the next read at any side defines the side', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 clearall hq -> forgotten 1
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('A21 exempt: never refused, always tracked', () => {
    play(
      standing({
        zone: { bypassGroups: ['guards'] },
        users: { sue: { groups: ['guards'] } },
        seen: ['sue in 08:00:00'],
      }),
      `
      08:01:00 swipe sue lobby-in -> unlock lobby; granted; passback-exempt hq
      08:02:00 where sue -> hq since 08:01:00 by lobby-in
      `,
    );
  });
});
