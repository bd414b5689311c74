import { deepEqual, equal } from 'node:assert/strict';
import { nextWakeMs } from '../../src/core/controller.js';
import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

const signals = true;

describe('what readers show', () => {
  it('granted while the lock is open for it, refused for two seconds, by passback in another way', () => {
    const world = play(
      standing({ signals }),
      `
      08:00:00 swipe ann lobby-in -> lobby-in: granted
      08:00:04.999 tick -> nothing
      08:00:05 tick -> lobby-in: normal
      08:01:00 swipe ann lobby-in -> lobby-in: denied-passback
      08:01:01.999 tick -> nothing
      08:01:02 tick -> lobby-in: normal
      08:02:00 swipe stranger lobby-in -> lobby-in: denied
      08:02:01 swipe stranger lobby-in -> lobby-in: denied
      08:02:02.999 tick -> nothing
      08:02:03 tick -> lobby-in: normal
      `,
    );
    equal(world.state.signals.size, 0);
    equal(nextWakeMs(world.state, world), undefined);
  });

  it('nothing of a grant before it is durable; then the answer of whoever was last', () => {
    play(
      standing({ signals }),
      `
      08:00:00 storage down -> nothing
      08:00:01 swipe ann lobby-in -> lobby-in: denied
      08:00:02 storage up -> nothing
      08:00:03 tick -> lobby-in: normal
      08:00:04 swipe ann lobby-in -> lobby-in: granted
      08:00:05 swipe bob lobby-in -> lobby-in: granted
      08:00:06 swipe stranger lobby-in -> lobby-in: denied
      08:00:08 tick -> lobby-in: normal
      08:00:10 tick -> nothing
      `,
    );
  });

  it('granted ends with the lock: at the closing leaf', () => {
    play(
      standing({ signals, lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> lobby-in: granted
      08:00:01 opens lobby -> nothing
      08:00:02 closes lobby -> lobby-in: normal
      08:00:05 tick -> nothing
      `,
    );
  });

  it('an operator lets in whoever stands at the door; a request to exit shows nothing', () => {
    play(
      standing({ signals }),
      `
      08:00:00 release lobby -> lobby-in: granted; lobby-out: granted
      08:00:05 tick -> lobby-in: normal; lobby-out: normal
      08:01:00 rex lobby -> nothing
      08:01:01 rex-release lobby -> nothing
      08:01:30 tick -> nothing
      `,
    );
  });

  it('a door that stands unlocked says so, also after an answer', () => {
    play(
      standing({ signals }),
      `
      08:00:00 unlock lobby -> lobby-in: granted; lobby-out: granted
      08:00:10 swipe stranger lobby-in -> lobby-in: denied
      08:00:12 tick -> lobby-in: granted
      08:00:13 normal lobby -> lobby-in: normal; lobby-out: normal
      08:00:20 fire on -> lobby-in: granted; lobby-out: granted; garage-in: granted; garage-out: granted
      `,
    );
  });

  it('forced and held doors show at both readers until the leaf closes', () => {
    play(
      standing({ signals, lobby: withContact }),
      `
      08:00:00 opens lobby -> lobby-in: alarm; lobby-out: alarm
      08:00:01 swipe ann lobby-in -> lobby-in: granted
      08:00:06 tick -> lobby-in: alarm
      08:00:07 closes lobby -> lobby-in: normal; lobby-out: normal
      08:01:00 swipe bob lobby-in -> lobby-in: granted
      08:01:01 opens lobby -> nothing
      08:01:05 tick -> lobby-in: normal
      08:01:31 tick -> lobby-in: held; lobby-out: held
      08:02:00 closes lobby -> lobby-in: normal; lobby-out: normal
      `,
    );
  });

  it('a pulse whose relay does not move is taken back', () => {
    const world = play(
      standing({ signals }),
      `
      08:00:00 swipe ann lobby-in -> lobby-in: granted
      08:00:00.010 broken output lobby -> lobby-in: denied
      08:00:02.010 tick -> lobby-in: normal
      `,
    );
    deepEqual([...world.state.signals], []);
  });
});
