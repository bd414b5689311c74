import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

describe('storage: a grant waits for the disk, life safety never does', () => {
  it('the relay follows the commit', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00.500 tick -> nothing
      08:00:00.600 storage up -> unlock lobby
      08:00:05.599 tick -> nothing
      08:00:05.600 tick -> lock lobby
      `,
    );
  });

  it('who asked over HTTP hears it after the commit, a refusal as well', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 http ann lobby lobby-in -> nothing
      08:00:00 http stranger lobby lobby-in -> nothing
      08:00:00 clear bob hq -> nothing
      08:00:01 storage up -> unlock lobby; granted; denied unknown-credential; forgotten 0
      `,
    );
  });

  it('a second swipe while the first is being committed sees the first', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00 swipe ann garage-in -> denied passback
      08:00:01 swipe ann lobby-in -> denied passback
      08:00:01 storage up -> unlock lobby
      `,
    );
  });

  it('the same at doors with contacts', () => {
    play(
      standing({ lobby: withContact, garage: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00 swipe ann garage-in -> denied passback-pending
      08:00:01 storage up -> unlock lobby
      `,
    );
  });

  it('the deadline passes: the grant is withdrawn and the record goes back', () => {
    play(
      standing({ seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-out -> granting
      08:00:00 http bob lobby lobby-in -> nothing
      08:00:01 where ann -> hq since 08:00:00 by lobby-out
      08:00:02 tick -> denied storage-failed; withdrawn storage-failed ann; withdrawn storage-failed bob
      08:00:03 where ann -> hq since 07:00:00 by lobby-in
      08:00:03 where bob -> unknown
      08:00:04 storage up -> nothing
      08:00:05 swipe ann lobby-out -> unlock lobby; granted
      08:00:06 crash -> nothing
      08:00:07 where bob -> unknown
      `,
    );
  });

  it('a withdrawn pending grant is no entry for nobody: it is dropped', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:02 tick -> withdrawn storage-failed ann
      08:00:03 opens lobby -> forced lobby; note passback-blind hq
      08:00:04 storage up -> nothing
      08:00:05 where ann -> unknown
      `,
    );
  });

  it('two withdrawn at once, the second built on the first: neither record stays', () => {
    play(
      standing({ zone: { type: 'soft' } }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00 swipe ann garage-out -> granting
      08:00:02 tick -> withdrawn storage-failed ann; withdrawn storage-failed ann
      08:00:03 where ann -> unknown
      08:00:04 storage up -> nothing
      08:00:05 crash -> nothing
      08:00:06 where ann -> unknown
      `,
    );
  });

  it('a grant that counted on a withdrawn passage falls with it, and the record goes back all the way', () => {
    play(
      standing({ seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-out -> granting
      08:00:01 swipe ann garage-in -> granting
      08:00:02 tick -> withdrawn storage-failed ann; withdrawn storage-failed ann
      08:00:02 where ann -> hq since 07:00:00 by lobby-in
      08:00:02.500 storage up -> nothing
      `,
    );
  });

  it('so does one that waits for its door', () => {
    play(
      standing({ garage: withContact, seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-out -> granting
      08:00:01 swipe ann garage-in -> granting
      08:00:02 tick -> withdrawn storage-failed ann; withdrawn storage-failed ann
      08:00:02.500 storage up -> nothing
      `,
    );
  });

  it('others are let in all the same, unless numbers decide', () => {
    const first = { count: 1, severity: 'hard' } as const;
    const story = (bob: string) => `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-out -> granting
      08:00:01 swipe bob garage-in -> granting
      08:00:02 tick -> ${bob}
      08:00:02.500 storage up -> ${bob.includes('bob') ? 'nothing' : 'unlock garage'}
      `;
    const seen = ['ann in 07:00:00'];
    play(standing({ seen }), story('withdrawn storage-failed ann'));
    play(
      standing({ seen, zone: { occupancy: { max: first } } }),
      story('withdrawn storage-failed bob; withdrawn storage-failed ann'),
    );
  });

  it('only the second withdrawn: the first one stands', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:01 lock garage -> nothing
      08:00:01 swipe bob garage-in -> denied door-locked
      08:00:01 normal garage -> nothing
      08:00:01 swipe ann garage-out -> granting
      08:00:01 lock garage -> nothing
      08:00:01.500 storage up -> unlock lobby; withdrawn door-locked ann
      08:00:03 where ann -> hq since 08:00:00 by lobby-in
      `,
    );
  });

  it('a record cleared meanwhile stays cleared when the grant is withdrawn', () => {
    play(
      standing({ seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-out -> granting
      08:00:01 clear ann hq -> nothing
      08:00:02 tick -> withdrawn storage-failed ann
      08:00:03 tick -> denied storage-failed
      08:00:03 where ann -> unknown
      08:00:04 storage up -> nothing
      `,
    );
  });

  it('lockdown between decision and commit: withdrawn', () => {
    play(
      standing({ lobby: withContact, seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe bob lobby-in -> granting
      08:00:00 swipe ann garage-out -> granting
      08:00:01 lock lobby emergency -> nothing
      08:00:01 lock garage emergency -> nothing
      08:00:01.500 storage up -> withdrawn door-locked bob; withdrawn door-locked ann
      08:00:02 where ann -> hq since 07:00:00 by lobby-in
      `,
    );
  });

  it('lockdown while a renewal is on its way: the first grant ends with it', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 storage slow -> nothing
      08:00:01 swipe ann lobby-in -> granting
      08:00:02 lock lobby -> lock lobby
      08:00:02.500 storage up -> withdrawn door-locked ann; no-entry-after-grant ann
      08:00:03 opens lobby -> forced lobby; note passback-blind hq
      `,
    );
  });

  it('a renewal on its way keeps the passage whose first grant was withdrawn', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:01 swipe ann lobby-in -> granting
      08:00:02 tick -> withdrawn storage-failed ann
      08:00:02.500 storage up -> unlock lobby
      08:00:03 opens lobby -> access-taken ann
      `,
    );
  });

  it('a renewal that is withdrawn leaves the passage that was granted', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 storage slow -> nothing
      08:00:01 swipe ann lobby-in -> granting
      08:00:02 lock garage -> nothing
      08:00:03 tick -> withdrawn storage-failed ann
      08:00:03.500 storage up -> nothing
      08:00:04 opens lobby -> access-taken ann
      `,
    );
  });

  it('a renewal that is withdrawn too late for the first grant ends it: no entry, once', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:04 storage slow -> nothing
      08:00:04 swipe ann lobby-in -> granting
      08:00:05 tick -> lock lobby
      08:00:06 tick -> withdrawn storage-failed ann; no-entry-after-grant ann
      08:00:07 storage up -> nothing
      `,
    );
  });

  it('a grant on its way keeps nobody else waiting', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:04 storage slow -> nothing
      08:00:04 swipe bob lobby-in -> granting
      08:00:05 tick -> lock lobby; no-entry-after-grant ann
      08:00:05.500 storage up -> unlock lobby
      08:00:06 opens lobby -> access-taken bob
      `,
    );
  });

  it('a renewal of a passage taken meanwhile gives no second pulse', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 storage slow -> nothing
      08:00:01 http ann lobby lobby-in -> nothing
      08:00:01.100 opens lobby -> access-taken ann
      08:00:01.900 closes lobby -> lock lobby
      08:00:02 storage up -> granted
      08:00:03 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('the door opens by REX while the grant is being committed: it counts with the commit', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00.500 rex lobby -> unlock lobby; note passback-blind hq
      08:00:00.700 opens lobby -> nothing
      08:00:01 storage up -> access-taken ann
      `,
    );
  });

  it('a repeat at the door opened by REX meanwhile stays one passage, and no violation', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:00.500 rex lobby -> unlock lobby; note passback-blind hq
      08:00:00.700 opens lobby -> nothing
      08:00:00.900 swipe ann lobby-in -> granting
      08:00:01 storage up -> access-taken ann
      08:00:01 where ann -> hq since 08:00:01 by lobby-in
      `,
    );
  });

  it('REX, fire, release and relock do not wait', () => {
    play(
      standing(),
      `
      08:00:00 storage slow -> nothing
      08:00:00 release garage -> unlock garage; note passback-blind hq
      08:00:05 tick -> lock garage
      08:00:06 rex lobby -> unlock lobby; note passback-blind hq
      08:00:07 rex-release lobby -> nothing
      08:00:36 tick -> lock lobby
      08:00:37 fire on -> unlock lobby; unlock garage
      `,
    );
  });

  it('storage known to be away: grants refused at once, clearing refused, recovery without restart', () => {
    play(
      standing({ seen: ['ann in 07:00:00'] }),
      `
      08:00:00 storage down -> storage-failed
      08:00:00 storage down -> nothing
      08:00:01 swipe bob lobby-in -> denied storage-failed
      08:00:01 http bob lobby lobby-in -> denied storage-failed
      08:00:02 clear ann hq -> denied storage-failed
      08:00:03 lock garage -> nothing
      08:00:04 storage up lost 3 -> overflow 3; storage-recovered
      08:00:05 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('grant-degraded: granted at once while storage is known to be away, in memory', () => {
    play(
      standing({ lobby: { onStorageFailure: 'grant-degraded' } }),
      `
      08:00:00 storage down -> storage-failed
      08:00:01 swipe ann lobby-in -> unlock lobby; granting
      08:00:02 swipe ann lobby-in -> denied passback
      08:00:03 swipe ann garage-out -> denied storage-failed
      08:00:04 storage up -> storage-recovered
      08:00:05 crash -> nothing
      08:00:06 where ann -> hq since 08:00:01 by lobby-in
      `,
    );
  });

  it('grant-degraded: given at the deadline when the disk does not answer', () => {
    play(
      standing({ lobby: { onStorageFailure: 'grant-degraded' } }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 http ann lobby lobby-in -> nothing
      08:00:02 tick -> unlock lobby; granted
      08:00:03 storage up -> nothing
      08:00:04 where ann -> hq since 08:00:00 by lobby-in
      `,
    );
  });

  it('grant-degraded has an end: 1,000 commits that never reached the disk', () => {
    const noise = Array.from({ length: 999 }, () => '08:00:01 lock garage -> nothing').join('\n');
    play(
      standing({ lobby: { onStorageFailure: 'grant-degraded' } }),
      `
      08:00:00 storage down -> storage-failed
      ${noise}
      08:00:02 swipe ann lobby-in -> denied storage-failed
      08:00:03 storage up -> storage-recovered
      08:00:04 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('a door gone from the site meanwhile opens nothing', () => {
    play(
      standing({ lobby: { onStorageFailure: 'deny' } }),
      `
      08:00:00 storage slow -> nothing
      08:00:00 swipe ann lobby-in -> granting
      08:00:01 http bob lobby lobby-in -> nothing
      08:00:01 delete door lobby -> nothing
      08:00:02 tick -> withdrawn storage-failed ann
      08:00:02.500 storage up -> denied unknown-door; withdrawn unknown-door bob
      08:00:03 swipe bob lobby-in -> denied unknown-door
      `,
    );
  });
});
