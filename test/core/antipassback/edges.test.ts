import assert from 'node:assert/strict';
import type { Reader, Zone } from '../../../src/core/model.js';
import { defaultDoor } from '../../../src/core/site.js';
import { play } from '../../site/play.js';
import { membersOf, standing, withContact, zoneOf } from '../../site/scene.js';

const minimum = { min: { count: 2, withinSeconds: 20, severity: 'hard' } } as const;

/** A vault with one door whose contact tells when a passage counts. */
function vault(occupancy: NonNullable<Zone['occupancy']>) {
  const readers = ['vault-in', 'vault-out'].map(
    (id): Reader => ({ id, name: id, door: 'vault', direction: id === 'vault-in' ? 'entry' : 'exit' }),
  );
  return standing({
    doors: [{ ...defaultDoor('vault', 'vault', true), ...withContact }],
    readers,
    zones: [zoneOf({ name: 'vault', members: membersOf('vault-in', 'vault-out'), occupancy })],
    users: { sue: { supervisor: true } },
  });
}

describe('anti-passback, the edges of its rules', () => {
  it('A22 a supervisor whose grant waits for the door leads already', () => {
    play(
      vault({ supervisorFirst: 'hard' }),
      `
      08:00:00 swipe ann vault-in -> denied supervisor-first
      08:00:01 swipe sue vault-in -> unlock vault; granted
      08:00:02 swipe ann vault-in -> granted
      `,
    );
  });

  it('A22 whoever is on the way out is no company for who comes or stays', () => {
    play(
      vault(minimum),
      `
      08:00:00 assign ann vault -> ann in vault
      08:00:00 assign bob vault -> bob in vault
      08:00:01 swipe ann vault-out -> wait company
      08:00:02 swipe bob vault-out -> unlock vault; granted ann,bob
      08:00:03 swipe cid vault-in -> wait company
      `,
    );
    play(
      vault(minimum),
      `
      08:00:00 assign ann vault -> ann in vault
      08:00:00 assign bob vault -> bob in vault
      08:00:00 assign cid vault -> cid in vault
      08:00:01 swipe ann vault-out -> unlock vault; granted
      08:00:02 swipe bob vault-out -> wait company
      `,
    );
  });

  it('A22 whoever is on the way in is company for who stays', () => {
    play(
      vault(minimum),
      `
      08:00:00 assign ann vault -> ann in vault
      08:00:00 assign bob vault -> bob in vault
      08:00:01 swipe cid vault-in -> unlock vault; granted
      08:00:02 swipe ann vault-out -> granted
      `,
    );
  });

  it('A16 a grant that waits at another door bars nobody in a disabled zone', () => {
    play(
      standing({ zone: { disabled: true }, lobby: withContact, garage: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann garage-in -> unlock garage; granted
      `,
    );
  });

  it('A17 forgiving counts each zone, and nobody twice', () => {
    const within = zoneOf({ id: 2, name: 'lab', inside: 1, members: membersOf('garage-in', 'garage-out') });
    play(
      standing({ zones: [zoneOf(), zoneOf({ id: 2, name: 'lab' })] }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:01:00 clear ann everywhere -> forgotten 2
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 delete user ann -> nothing
      08:03:01 restrictions ann -> none
      `,
    );
    play(
      standing({ zones: [zoneOf({ members: membersOf('lobby-in', 'lobby-out') }), within] }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:01:00 clear ann hq -> forgotten 1
      08:02:00 delete zone lab -> nothing
      08:03:00 clearall hq -> forgotten 0
      `,
    );
  });

  it('A19 whom a reset puts outside has left their place', () => {
    play(
      standing({
        zone: {
          dailyReset: { minute: 240, to: 'outside' },
          occupancy: { max: { count: 1, severity: 'hard' } },
        },
      }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      22:00:01 swipe bob lobby-in -> denied occupancy-max
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 04:00:01 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A20 an interval leaves everybody unknown, and ends when it ends, whatever happens before', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30 } }),
      `
      08:00:00 tick -> reset hq interval; forgotten 0
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:29:30 crash -> nothing
      08:29:31 swipe ann lobby-in -> denied passback
      08:30:00 tick -> reset hq interval; forgotten 1
      08:30:01 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A20 of two intervals the shorter one runs first', () => {
    const lab = zoneOf({ id: 2, name: 'lab', resetEveryMinutes: 90 });
    play(
      standing({ zones: [zoneOf({ resetEveryMinutes: 60 }), lab] }),
      `
      07:00:00 tick -> reset hq interval; forgotten 0
      07:30:00 tick -> reset lab interval; forgotten 0
      08:00:00 tick -> reset hq interval; forgotten 0
      `,
    );
  });

  it('C9 an interval missed while down keeps its beat within one boot; after another it begins anew', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30 } }),
      `
      08:10:00 dies -> nothing
      08:40:00 crash -> reset hq interval; forgotten 0
      09:00:00 tick -> reset hq interval; forgotten 0
      10:50:00 dies -> nothing
      14:10:00 reboot -> reset hq interval; forgotten 0
      14:30:00 tick -> nothing
      14:40:00 tick -> reset hq interval; forgotten 0
      `,
    );
  });

  it('C9 an interval given up and wanted again does not run at once', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30 } }),
      `
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:10:01 replace zone hq resetEveryMinutes=null -> nothing
      09:10:00 replace zone hq resetEveryMinutes=30 -> nothing
      09:10:01 swipe ann lobby-in -> denied passback
      09:40:00 tick -> reset hq interval; forgotten 1
      `,
    );
  });

  it('A24 the row of an assembling tells whether its user was inside; what was declared ends with the zone', () => {
    const m1: Reader = { id: 'm1', name: 'm1', door: 'lobby', direction: 'exit' };
    const scene = standing({ zone: { musterReaders: ['m1'] }, seen: ['ann in 08:00:00'] });
    const assembling = (more: string) =>
      play(
        { ...scene, readers: [...scene.readers, m1] },
        `
        10:00:00 muster start hq -> missing ann
        10:00:01 lockdown hq on -> nothing
        10:01:00 swipe ann m1 -> safe ann; moved hq to m1
        ${more}
        `,
      );
    const inside = ({ happened }: ReturnType<typeof play>) =>
      /"wasInside":(\w+)/.exec(JSON.stringify(happened))?.[1];
    assert.equal(inside(assembling('')), 'true');
    assert.equal(inside(assembling('10:02:00 swipe ann m1 -> safe ann; moved hq to m1')), 'false');
    const { musters, lockdowns } = assembling('10:02:00 delete zone hq -> nothing').state;
    assert.deepEqual([musters.size, lockdowns.size], [0, 0]);
  });

  it('A26 a lost owner bars neither the exempt nor by a disabled zone; last known said is last known', () => {
    const lost = (zone: Partial<Zone>) =>
      standing({ zone: { owner: 'c1', ownerLost: 'deny', ...zone }, seen: ['ann in 08:00:00'] });
    for (const zone of [{ bypassUsers: ['ann'] }, { disabled: true }]) {
      play(
        lost(zone),
        `
        09:00:00 link c1 down -> nothing
        09:00:05 swipe ann garage-in -> unlock garage; granted; note unconfirmed
        `,
      );
    }
    play(
      lost({ ownerLost: 'last-known' }),
      `
      09:00:00 link c1 down -> nothing
      09:00:05 swipe ann garage-in -> denied passback
      `,
    );
  });
});
