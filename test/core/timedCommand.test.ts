import { play } from '../site/play.js';
import { standing } from '../site/scene.js';

describe('a standing command that ends by itself', () => {
  it('ends on its second; a command in between takes its place, timer and all', () => {
    play(
      standing(),
      `
      08:00:00 unlock lobby 60s -> unlock lobby
      08:00:59.999 tick -> nothing
      08:01:00 tick -> lock lobby
      08:02:00 lock lobby 60s -> nothing
      08:02:30 swipe ann lobby-in -> denied door-locked
      08:02:40 lock lobby -> nothing
      08:03:01 swipe ann lobby-in -> denied door-locked
      08:04:00 unlock lobby 60s -> unlock lobby
      08:04:30 normal lobby -> lock lobby
      08:04:31 unlock lobby -> unlock lobby
      08:05:01 tick -> nothing
      `,
    );
  });

  it('goes on over a crash, and is over after a reboot', () => {
    play(
      standing(),
      `
      08:00:00 unlock lobby 60s -> unlock lobby
      08:00:10 crash -> unlock lobby
      08:00:59 tick -> nothing
      08:01:00 tick -> lock lobby
      08:02:00 unlock lobby 60s -> unlock lobby
      08:02:10 reboot -> nothing
      08:02:11 tick -> nothing
      `,
    );
  });
});
