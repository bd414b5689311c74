import type { Reader, Zone } from '../../../src/core/model.js';
import { defaultDoor } from '../../../src/core/site.js';
import { play } from '../../site/play.js';
import type { Scene } from '../../site/scene.js';
import { membersOf, standing, withContact, zoneOf } from '../../site/scene.js';

const two = { count: 2, withinSeconds: 20, severity: 'hard' } as const;

/** A vault with one door, limits as given; sue is a supervisor. */
function vault(occupancy: NonNullable<Zone['occupancy']>, changes: Partial<Scene> = {}): Scene {
  const readers = ['vault-in', 'vault-out'].map(
    (id): Reader => ({ id, name: id, door: 'vault', direction: id === 'vault-in' ? 'entry' : 'exit' }),
  );
  return standing({
    doors: [defaultDoor('vault', 'vault', false)],
    readers,
    zones: [zoneOf({ name: 'vault', members: membersOf('vault-in', 'vault-out'), occupancy })],
    users: { sue: { supervisor: true } },
    ...changes,
  });
}

describe('anti-passback, occupancy: A22', () => {
  it('A22 maximum 2, minimum 2 within 20 s, supervisor first, all hard', () => {
    play(
      vault({ max: { count: 2, severity: 'hard' }, min: two, supervisorFirst: 'hard' }),
      `
      08:00:00 swipe ann vault-in -> denied supervisor-first
      08:00:10 swipe sue vault-in -> wait company
      08:00:20 swipe ann vault-in -> unlock vault; granted sue,ann
      08:01:00 swipe bob vault-in -> denied occupancy-max
      08:30:00 swipe ann vault-out -> wait company
      08:30:05 swipe sue vault-out -> unlock vault; granted ann,sue
      08:31:00 swipe bob vault-in -> denied supervisor-first
      `,
    );
  });

  it('A22 company that does not come in time', () => {
    play(
      vault({ min: two }),
      `
      08:00:00 swipe ann vault-in -> wait company
      08:00:10 swipe ann vault-in -> wait company
      08:00:29 tick -> nothing
      08:00:30 tick -> denied no-company
      08:00:31 swipe bob vault-in -> wait company
      08:00:32 crash -> nothing
      08:00:33 swipe ann vault-in -> wait company
      08:00:34 http bob vault vault-in -> unlock vault; granted ann,bob; granted
      `,
    );
  });

  it('A22 a third may come and go alone, the last two go together', () => {
    play(
      vault({ min: two }),
      `
      08:00:00 swipe ann vault-in -> wait company
      08:00:01 swipe bob vault-in -> unlock vault; granted ann,bob
      08:01:00 swipe cid vault-in -> unlock vault; granted
      08:02:00 swipe cid vault-out -> unlock vault; granted
      08:03:00 swipe ann vault-out -> wait company
      08:03:01 swipe bob vault-out -> unlock vault; granted ann,bob
      `,
    );
  });

  it('A22 soft: let in, and said', () => {
    play(
      vault({
        max: { count: 1, severity: 'soft' },
        min: { ...two, severity: 'soft' },
        supervisorFirst: 'soft',
      }),
      `
      08:00:00 swipe ann vault-in -> unlock vault; granted; supervisor-first-detected; occupancy-min-detected
      08:01:00 swipe bob vault-in -> unlock vault; granted; supervisor-first-detected; occupancy-max-detected
      08:02:00 swipe bob vault-out -> unlock vault; granted; occupancy-min-detected
      08:03:00 swipe ann vault-out -> unlock vault; granted
      `,
    );
  });

  it('A22 grants that wait for the door count; the exempt are never refused', () => {
    play(
      vault(
        { max: { count: 1, severity: 'hard' } },
        {
          doors: [defaultDoor('vault', 'vault', true)],
          zones: [
            zoneOf({
              name: 'vault',
              members: membersOf('vault-in', 'vault-out'),
              occupancy: { max: { count: 1, severity: 'hard' } },
              bypassUsers: ['eve'],
            }),
          ],
        },
      ),
      `
      08:00:00 swipe ann vault-in -> unlock vault; granted
      08:00:01 swipe bob vault-in -> denied occupancy-max
      08:00:02 swipe eve vault-in -> granted
      08:00:03 swipe ann vault-in -> granted
      08:00:04 opens vault -> access-taken ann; access-taken eve
      08:00:05 closes vault -> lock vault
      08:00:06 swipe ann vault-out -> unlock vault; granted
      08:00:07 swipe bob vault-in -> denied occupancy-max
      `,
    );
  });

  it('A22 a supervisor put inside by hand leads like one who came by card, until put outside', () => {
    play(
      vault({ supervisorFirst: 'hard' }),
      `
      08:00:00 swipe ann vault-in -> denied supervisor-first
      08:00:01 assign sue vault -> sue in vault
      08:00:02 swipe ann vault-in -> unlock vault; granted
      08:00:10 assign sue vault outside -> sue out of vault
      08:00:11 swipe bob vault-in -> denied supervisor-first
      `,
    );
  });

  it('A22 whoever waited and may no longer is told so, and the other waits on', () => {
    play(
      vault({ min: { ...two, count: 3 } }),
      `
      08:00:00 swipe ann vault-in -> wait company
      08:00:01 swipe bob vault-in -> wait company
      08:00:02 assign ann vault -> ann in vault
      08:00:03 swipe cid vault-in -> unlock vault; denied passback; granted bob,cid
      `,
    );
  });

  it('A22 a minimum met for one need not be met for all', () => {
    play(
      vault({ min: { ...two, count: 2 } }, { users: { eve: { groups: ['guards'] } } }),
      `
      08:00:00 swipe ann vault-in -> wait company
      08:00:01 replace zone vault bypass=guards -> nothing
      08:00:02 replace zone vault occupancy={"min":{"count":3,"withinSeconds":20,"severity":"hard"}} -> nothing
      08:00:03 swipe eve vault-in -> unlock vault; granted
      08:00:20 tick -> denied no-company
      `,
    );
  });
});

describe('anti-passback, counts: A23', () => {
  const counts = [
    { when: 'occupied', output: 'lamp' },
    { when: 'full', at: 2, output: 'sign' },
  ] as const;

  it('A23 occupied and full switch outputs, which follow committed records', () => {
    play(
      standing({ zone: { counts } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; output lamp on
      08:01:00 swipe bob lobby-in -> unlock lobby; granted; output sign on
      08:02:00 swipe ann lobby-out -> unlock lobby; granted; output sign off
      08:02:01 storage slow -> nothing
      08:02:10 swipe bob lobby-out -> granting
      08:02:11 storage up -> unlock lobby; output lamp off
      `,
    );
  });

  it('A23 empty, events without an output, full at the maximum; a restart tells the outputs anew', () => {
    const zone = {
      counts: [{ when: 'empty', output: 'green' }, { when: 'occupied' }, { when: 'full', output: 'red' }],
      occupancy: { max: { count: 1, severity: 'hard' } },
    } as const;
    play(
      standing({ zone }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; output green off; output red on; count hq occupied
      08:00:01 crash -> output red on; count hq occupied
      08:01:00 clear ann hq -> output green on; output red off; forgotten 1
      08:02:00 replace zone hq counts=[] -> output green off
      `,
    );
  });

  it('A23 without storage the numbers of this moment count; a deleted zone switches off', () => {
    play(
      standing({ zone: { counts }, lobby: { onStorageFailure: 'grant-degraded' } }),
      `
      08:00:00 storage down -> storage-failed
      08:00:01 swipe ann lobby-in -> unlock lobby; granting; output lamp on
      08:00:02 storage up -> storage-recovered
      08:01:00 delete zone hq -> output lamp off
      `,
    );
  });
});

describe('anti-passback, emergencies: A24', () => {
  const m1: Reader = { id: 'm1', name: 'm1', door: 'lobby', direction: 'exit' };
  const scene = (zone: Partial<Zone> = {}, full = false) => {
    const base = standing();
    return standing({
      readers: [...base.readers, m1],
      zone: { musterReaders: ['m1'], ...zone },
      seen: ['ann in 08:00:00'],
      full,
    });
  };

  it('A24 who is missing; a read at a muster reader moves the user there and opens nothing', () => {
    play(
      scene(),
      `
      10:00:00 muster start hq -> missing ann
      10:02:00 swipe ann m1 -> safe ann; moved hq to m1
      10:02:30 where ann -> hq since 10:02:00 by m1
      10:03:00 assign bob hq -> bob in hq; missing bob
      10:04:00 crash -> nothing
      10:05:00 swipe bob m1 -> safe bob; moved hq to m1
      10:06:00 muster end hq -> nothing
      10:07:00 swipe bob m1 -> moved hq to m1
      10:08:00 swipe stranger m1 -> denied unknown-credential
      10:09:00 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A24 by hand, and what is done already', () => {
    play(
      scene({ type: 'hard-everywhere' }, true),
      `
      10:00:00 swipe ann lobby-in -> denied passback; violation hq hard; zone-alarm-on hq
      10:00:01 assign ann hq outside -> ann out of hq; zone-assigned hq; done
      10:00:02 swipe ann lobby-in -> denied passback-blocked; violation hq hard
      10:00:03 muster start hq -> nobody missing; muster-started hq; done
      10:00:04 muster start hq -> nobody missing; done
      10:00:05 muster start cellar -> denied unknown-zone
      10:00:06 assign ann cellar -> denied unknown-zone
      10:00:07 http ann lobby m1 -> safe ann; moved hq to m1; done
      `,
    );
  });

  it('A24 lockdown of a zone: entries only, survives a restart, ends with its zone', () => {
    play(
      scene({}, true),
      `
      10:00:00 lockdown hq on -> zone-lockdown-on hq; done
      10:00:01 lockdown hq on -> done
      10:00:02 swipe bob lobby-in -> denied zone-locked-down
      10:00:03 crash -> started
      10:00:04 swipe bob garage-in -> denied zone-locked-down
      10:00:05 swipe ann lobby-out -> unlock lobby; granted; unlocked lobby
      10:01:00 lockdown hq off -> zone-lockdown-off hq; done
      10:01:01 swipe bob lobby-in -> unlock lobby; granted; unlocked lobby
      10:02:00 lockdown hq on -> zone-lockdown-on hq; done
      10:02:01 lockdown cellar on -> denied unknown-zone
      10:02:02 muster start hq -> missing bob; muster-started hq; done
      10:02:03 delete zone hq -> nothing
      `,
    );
  });
});

describe('anti-passback, carpool: A25', () => {
  const members = membersOf('lobby-in', 'lobby-out', 'garage-in', 'garage-out').map((member) =>
    member.reader.startsWith('garage') ? { ...member, vehicle: true } : member,
  );
  const zone = { members, vehicles: [{ name: 'car1', users: ['ann', 'bob'] }] };

  it('A25 at a vehicle reader the card of any member admits all', () => {
    play(
      standing({ zone }),
      `
      08:00:00 swipe ann garage-in -> unlock garage; granted ann,bob
      08:05:00 swipe bob lobby-in -> denied passback
      08:06:00 swipe bob garage-out -> unlock garage; granted bob,ann
      08:07:00 swipe ann lobby-in -> unlock lobby; granted
      08:08:00 swipe cid garage-in -> unlock garage; granted
      `,
    );
  });

  it('A25 judged on the presenter alone, also at the opening of a door with a contact', () => {
    play(
      standing({ zone, garage: withContact, seen: ['ann in 08:00:00'] }),
      `
      08:05:00 swipe bob garage-in -> unlock garage; granted bob,ann
      08:05:02 opens garage -> access-taken bob; access-taken ann
      08:05:03 closes garage -> lock garage
      08:06:00 swipe ann garage-in -> denied passback
      `,
    );
  });

  it('A25 timed zones alike; passengers take places', () => {
    play(
      standing({
        zone: { ...zone, rule: 'timed', resetSeconds: 600, timedAt: 'any-reader' },
      }),
      `
      08:00:00 swipe ann garage-in -> unlock garage; granted ann,bob
      08:05:00 swipe bob lobby-in -> denied passback
      `,
    );
    play(
      standing({ zone: { ...zone, occupancy: { max: { count: 1, severity: 'hard' } } } }),
      `
      08:00:00 swipe ann garage-in -> denied occupancy-max
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A25 what the disk does not take is taken back from all', () => {
    play(
      standing({ zone }),
      `
      08:00:00 storage slow -> nothing
      08:00:01 swipe ann garage-in -> granting ann,bob
      08:00:03 tick -> withdrawn storage-failed ann; withdrawn storage-failed bob
      08:00:04 storage up -> nothing
      08:00:05 where bob -> unknown
      `,
    );
  });
});

describe('anti-passback, lost communication: A26 and C10', () => {
  const scene = (ownerLost?: NonNullable<Zone['ownerLost']>) =>
    standing({
      zone: { owner: 'c1', ...(ownerLost === undefined ? {} : { ownerLost }) },
      seen: ['ann in 08:00:00'],
    });

  it('A26 deny: bars entries only, never exits', () => {
    play(
      scene('deny'),
      `
      08:30:00 link c1 up -> link-up c1
      09:00:00 link c1 down -> link-down c1
      09:00:01 link c1 down -> nothing
      09:00:05 swipe ann garage-in -> denied zone-owner-unreachable
      09:00:20 swipe ann garage-out -> unlock garage; granted; note unconfirmed
      09:01:00 link c1 up -> link-up c1
      09:01:01 swipe ann garage-out -> denied passback
      `,
    );
  });

  it('A26 allow: a valid credential is enough; an owner that was never linked is lost', () => {
    play(
      scene('allow'),
      `
      09:00:05 swipe ann garage-in -> unlock garage; granted; note unconfirmed
      09:00:20 swipe stranger garage-in -> denied unknown-credential
      `,
    );
  });

  it('A26 last-known, the default: judged by the local copy', () => {
    play(
      scene(),
      `
      09:00:05 swipe ann garage-in -> denied passback
      09:00:20 swipe ann garage-out -> unlock garage; granted; note unconfirmed
      `,
    );
  });
});
