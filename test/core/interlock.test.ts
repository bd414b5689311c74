import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

const mantrap = standing({
  lobby: withContact,
  garage: withContact,
  zones: [],
  interlocks: [{ id: 'airlock', doors: ['lobby', 'garage'] }],
});

describe('doors of an interlock', () => {
  it('one at a time: the other is refused until this one is closed and locked', () => {
    play(
      mantrap,
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe ann garage-in -> denied interlock
      08:00:02 opens lobby -> access-taken ann
      08:00:03 swipe ann garage-in -> denied interlock
      08:00:04 closes lobby -> lock lobby
      08:00:05 swipe ann garage-in -> unlock garage; granted
      08:00:06 swipe bob lobby-in -> denied interlock
      08:00:10 tick -> lock garage; no-entry-after-grant ann
      08:00:11 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('the door itself is not in its own way', () => {
    play(
      mantrap,
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe bob lobby-in -> granted
      08:00:02 opens lobby -> access-taken ann; access-taken bob
      08:00:03 swipe sue lobby-in -> granted; access-taken sue
      `,
    );
  });

  it('a grant on its way to the disk counts as open', () => {
    play(
      { ...mantrap, storageDeadlineMs: 2_000 },
      `
      08:00:00 storage slow -> nothing
      08:00:00.100 swipe ann lobby-in -> granting
      08:00:00.200 swipe bob garage-in -> denied interlock
      08:00:00.300 storage up -> unlock lobby
      `,
    );
  });

  it('a grant that comes from the disk when the other door was opened by a button is withdrawn', () => {
    play(
      mantrap,
      `
      08:00:00 storage slow -> nothing
      08:00:00.100 swipe ann lobby-in -> granting
      08:00:00.200 rex garage -> unlock garage
      08:00:00.300 storage up -> withdrawn interlock ann
      `,
    );
  });

  it('a request to exit opens always; two open doors leave a row', () => {
    play(
      { ...mantrap, full: true },
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:01 opens lobby -> door-opened lobby; access-taken ann
      08:00:02 rex garage -> unlock garage; rex garage; unlocked garage
      08:00:03 opens garage -> door-opened garage; interlock-broken garage
      `,
    );
  });

  it('fire knows no interlock, and nobody is refused for it meanwhile', () => {
    play(
      mantrap,
      `
      08:00:00 fire on -> unlock lobby; unlock garage
      08:00:01 opens lobby -> nothing
      08:00:02 swipe ann garage-in -> granted
      `,
    );
  });

  it('an operator is refused like anybody, an emergency command is not; locking always goes', () => {
    play(
      { ...mantrap, full: true },
      `
      08:00:00 unlock lobby -> unlock lobby; door-command lobby; unlocked lobby; done
      08:00:01 release garage -> denied interlock; door-command garage
      08:00:02 unlock garage -> denied interlock; door-command garage
      08:00:03 unlock garage emergency -> unlock garage; door-command garage; unlocked garage; done
      08:00:04 lock lobby -> lock lobby; door-command lobby; locked lobby; done
      `,
    );
  });

  it('other doors go their own way', () => {
    play(
      { ...mantrap, interlocks: [{ id: 'elsewhere', doors: ['garage', 'gone'] }] },
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 swipe bob garage-in -> unlock garage; granted
      `,
    );
  });
});
