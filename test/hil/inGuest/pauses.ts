/** No frame is lost while the program is away: the kernel keeps the edges, with their times. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { counts, lastSeq, rowsOf, rowsSince, untilApi } from '../api.js';
import { figure } from '../figures.js';
import { frame } from '../hands.js';
import { gpiochipSite, readers } from '../loopSite.js';
import { playFrames } from '../simgpio.js';
import { restartPausing, useSite } from '../unit.js';

const framesEach = Number(process.env['FRAMES'] || 1_000);

describe('while the control thread pauses 50 ms of every 100', () => {
  before(async () => {
    useSite(gpiochipSite);
    await restartPausing(true);
    await untilApi();
  });
  after(() => restartPausing(false));

  for (const spacingUs of [200, 1_000, 2_000]) {
    it(`${framesEach} frames at ${spacingUs} us: none lost`, async () => {
      const before = await counts();
      const seq = await lastSeq();
      const periodUs = 26 * spacingUs + 50_000;
      const frames = Array.from({ length: framesEach }, (_, n) => {
        const round = Math.floor(n / readers.length);
        return frame(n % readers.length, n + round, 1_000 + round * periodUs + (n % 4) * 37, spacingUs);
      });
      const { latestUs } = await playFrames(frames);
      await sleep(2_000);
      const after = await counts();
      const lost = framesEach - (after.frames - before.frames);
      const damaged = after.damaged - before.damaged;
      const granted = await rowsSince(seq, 'access-granted');
      figure(
        `${spacingUs} us: ${lost} of ${framesEach} frames lost, ${damaged} damaged, ${granted} granted; ` +
          `the simulated chip was at most ${latestUs.toFixed(0)} us late`,
      );
      const faults = [...(await rowsOf(seq, 'unreadable')), ...(await rowsOf(seq, 'input-fault'))];
      assert.deepEqual([lost, damaged, granted], [0, 0, framesEach], JSON.stringify(faults));
    });
  }
});
