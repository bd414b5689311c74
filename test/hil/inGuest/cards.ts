/**
 * The product as a service in the guest, driven through its GPIO lines alone. Run by mocha in the guest, never on its own
 * (`npm run test:hil`). Time is the guest's: its processor is counted, so a busy host changes no figure.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { counts, lastSeq, rowsSince, untilApi } from '../api.js';
import { figure, quantile } from '../figures.js';
import {
  bitsOf,
  frame,
  isLocked,
  isUnlocked,
  longBits,
  openLobby,
  passGarage,
  pressRex,
  serve,
} from '../hands.js';
import { cards, gpiochipSite, longNumber, readers, relay } from '../loopSite.js';
import { changesOf, forgetChanges, playFrames, playSteps, until } from '../simgpio.js';
import { startedInMs } from '../unit.js';

describe('the service on the character device', () => {
  before(() => serve(gpiochipSite));

  it('reads cards after its first start, with relays that never moved', async () => {
    const startMs = await startedInMs();
    assert.deepEqual(
      changesOf(relay.lobby).filter(({ level }) => level === '1'),
      [],
    );
    await openLobby();
    figure(`first start to reading cards: ${startMs.toFixed(0)} ms, with a site file nobody has read yet`);
    assert.ok(startMs <= 10_000, `${startMs} ms`);
  });

  it('card to relay, as the kernel sees it', async () => {
    await untilApi();
    const times: number[] = [];
    for (let n = 0; n < 60; n += 1) {
      await until('garage locked', () => isLocked(relay.garage));
      forgetChanges();
      const { lastEdgeNs } = await playFrames([frame(2 + (n % 2), n, 1_000)]);
      await until('garage unlocked', () => isUnlocked(relay.garage));
      const energised = changesOf(relay.garage).find(({ level }) => level === '1');
      times.push(Number((energised?.ns ?? 0n) - lastEdgeNs) / 1e6);
      await passGarage();
    }
    assert.ok(Math.min(...times) >= 25, 'no relay before the frame was over');
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    figure(
      `last edge to relay: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${times.length}, ` +
        'of which 25 ms end the frame',
    );
    assert.ok(p99 <= 300, `${p99} ms`);
  });

  it('an edge the kernel lost: the frame is dropped, the fault logged, the reader health shows it', async () => {
    await untilApi();
    const before = await counts();
    const seq = await lastSeq();
    const { d0, d1 } = readers[0] ?? assert.fail();
    // Two edges of one line in one moment: the kernel has one place for both.
    const pulses = [...bitsOf(cards[0])].flatMap((bit, index) => {
      const line = bit === '0' ? d0 : d1;
      const ns = 1_000_000 + index * 1_000_000;
      const pulse = (at: number) => [
        { ns: at, line, level: 0 as const },
        { ns: at + (index === 7 ? 1 : 50_000), line, level: 1 as const },
      ];
      return index === 7 ? [...pulse(ns), ...pulse(ns + 2)] : pulse(ns);
    });
    await playSteps(pulses);
    await sleep(500);
    const after = await counts();
    assert.equal(after.frames, before.frames);
    assert.equal(after.damaged, before.damaged + 1);
    assert.equal(await rowsSince(seq, 'input-fault'), 1);
    assert.equal(await rowsSince(seq, 'access-granted'), 0);
  });

  it('a request to exit unlocks within 200 ms', async () => {
    const ms = await pressRex();
    figure(`request to exit to relay: ${ms.toFixed(1)} ms, of which 20 ms are its debounce`);
    assert.ok(ms <= 200, `${ms} ms`);
  });

  it('a contact: forced without a grant, taken with one', async () => {
    await untilApi();
    const seq = await lastSeq();
    await passGarage();
    assert.equal(await rowsSince(seq, 'door-forced'), 1);
    await playFrames([frame(2, 1, 1_000)]);
    await until('garage unlocked', () => isUnlocked(relay.garage));
    await passGarage();
    assert.equal(await rowsSince(seq, 'access-taken'), 1);
  });

  it('a card of 256 bits in a format of the site, the longest there may be', async () => {
    await untilApi();
    const seq = await lastSeq();
    const { d0, d1 } = readers[3] ?? assert.fail();
    const bits = longBits(longNumber);
    assert.equal(bits.length, 256);
    // As fast as readers send, as slow as they usually do, and one bit wrong.
    await playFrames([{ d0, d1, bits, startUs: 1_000, spacingUs: 200 }]);
    await until('garage unlocked', () => isUnlocked(relay.garage));
    await passGarage();
    await playFrames([{ d0, d1, bits, startUs: 1_000, spacingUs: 2_000 }]);
    await until('garage unlocked', () => isUnlocked(relay.garage));
    await passGarage();
    const wrong = `${bits.slice(0, 99)}${bits[99] === '0' ? '1' : '0'}${bits.slice(100)}`;
    await playFrames([{ d0, d1, bits: wrong, startUs: 1_000, spacingUs: 200 }]);
    await until('said unreadable', async () => (await rowsSince(seq, 'unreadable')) === 1);
    assert.equal(await rowsSince(seq, 'access-granted'), 2);
  });
});
