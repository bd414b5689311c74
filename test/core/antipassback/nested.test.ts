import type { Reader, Zone } from '../../../src/core/model.js';
import { defaultDoor } from '../../../src/core/site.js';
import { play } from '../../site/play.js';
import { membersOf, standing, zoneOf } from '../../site/scene.js';

const lobbyOnly = zoneOf({ members: membersOf('lobby-in', 'lobby-out') });
const lab = (changes: Partial<Zone> = {}) =>
  zoneOf({ id: 2, name: 'lab', inside: 1, members: membersOf('lab-in', 'lab-out'), ...changes });

/** The lab lies in hq. */
function house(hq: Partial<Zone> = {}, inner: Partial<Zone> = {}, more: object = {}) {
  const lobby = standing();
  const labReaders = ['lab-in', 'lab-out'].map(
    (id): Reader => ({ id, name: id, door: 'lab', direction: id === 'lab-in' ? 'entry' : 'exit' }),
  );
  return standing({
    doors: [...lobby.doors, defaultDoor('lab', 'lab', false)],
    readers: [...lobby.readers, ...labReaders],
    zones: [{ ...lobbyOnly, ...hq }, lab(inner)],
    ...more,
  });
}

describe('anti-passback, nested zones: A12', () => {
  it('A12 the inner entry demands a record inside the outer zone; leaving it needs the inner one left', () => {
    play(
      house(),
      `
      08:00:00 swipe ann lab-in -> denied not-in-outer-zone
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
      08:02:00 swipe ann lab-in -> unlock lab; granted
      08:03:00 swipe ann lobby-out -> denied still-in-inner-zone
      08:04:00 swipe ann lab-out -> unlock lab; granted
      08:05:00 swipe ann lobby-out -> unlock lobby; granted
      08:06:00 swipe ann lab-in -> denied not-in-outer-zone
      `,
    );
  });

  it('A12 whoever comes in on a free pass is reset in both zones with their group', () => {
    play(
      house(
        { dailyReset: { minute: 240, to: 'unknown', groups: ['cleaners'] } },
        {},
        { users: { sue: { groups: ['cleaners'] } } },
      ),
      `
      08:00:00 swipe sue lobby-in -> unlock lobby; granted
      08:01:00 clear sue hq -> forgotten 1
      08:02:00 swipe sue lab-in -> unlock lab; granted
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 04:00:01 where sue -> lab since 08:02:00 by lab-in
      `,
    );
  });

  it('A12 one cleared in the outer zone has a free pass, which sets both; never seen is not enough', () => {
    play(
      house(),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:10 swipe ann lobby-out -> unlock lobby; granted
      08:01:00 clear ann hq -> forgotten 1
      08:01:01 clear ann hq -> forgotten 0
      08:01:02 where ann -> unknown
      08:02:00 swipe ann lab-in -> unlock lab; granted
      08:02:01 where ann -> hq since 08:02:00 by lab-in; lab since 08:02:00 by lab-in
      08:03:00 swipe ann lobby-in -> denied passback
      08:04:00 swipe bob lab-in -> denied not-in-outer-zone
      08:05:00 clear bob hq -> forgotten 0
      08:06:00 swipe bob lobby-in -> unlock lobby; granted
      08:07:00 swipe bob lobby-in -> denied passback
      08:08:00 clearall hq -> forgotten 2
      08:08:01 clearall lab -> forgotten 1
      08:08:02 crash -> nothing
      08:09:00 swipe bob lab-in -> unlock lab; granted
      08:09:01 swipe cid lab-in -> denied not-in-outer-zone
      `,
    );
  });

  it('A12 soft zones let in and say so; disabled ones do not ask', () => {
    play(
      house({ type: 'soft' }, { type: 'soft' }),
      `
      08:00:00 swipe ann lab-in -> unlock lab; granted; not-in-outer-zone-detected
      08:01:00 swipe ann lobby-out -> unlock lobby; granted; still-in-inner-zone-detected
      `,
    );
    play(
      house({ disabled: true }),
      `
      08:00:00 swipe ann lab-in -> unlock lab; granted
      08:01:00 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
    play(house({}, { disabled: true }), '08:00:00 swipe ann lab-in -> unlock lab; granted');
  });

  it('A12 three deep: a free pass leads as far as it goes', () => {
    const site = house();
    const reader: Reader = { id: 'safe-in', name: 'safe-in', door: 'safe', direction: 'entry' };
    const safe = zoneOf({ id: 3, name: 'safe', inside: 2, members: membersOf('safe-in', 'garage-out') });
    play(
      {
        ...site,
        doors: [...site.doors, defaultDoor('safe', 'safe', false)],
        readers: [...site.readers, reader],
        zones: [...site.zones, safe],
      },
      `
      08:00:00 swipe ann safe-in -> denied not-in-outer-zone
      08:01:00 clear ann everywhere -> forgotten 0
      08:02:00 swipe ann safe-in -> unlock safe; granted
      08:03:00 swipe ann lobby-out -> denied still-in-inner-zone
      08:04:00 swipe ann lab-in -> denied passback
      08:05:00 swipe ann lobby-in -> denied passback
      `,
    );
  });
});
