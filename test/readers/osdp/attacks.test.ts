/** Somebody at the cable: what was recorded is played again, capabilities are changed on the way, the cable is cut. */
import assert from 'node:assert/strict';
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { randomFrom } from '../../simulation/random.js';
import { account, cardBits, createPanelScene, siteKey } from '../../site/osdp/panelScene.js';
import { cutCampaign } from './cuts.js';

type Scene = ReturnType<typeof createPanelScene>;

/** Everything the readers of a line say, frame by frame, from a tap that hears both sides. */
function recordReplies(run: (scene: Scene) => void): readonly Uint8Array[] {
  const scene = createPanelScene({ readers: [{ scbk: siteKey }], baud: 115_200 });
  const replies: Uint8Array[] = [];
  const tap: number[] = [];
  scene.wire.join().onBytes((bytes) => {
    tap.push(...bytes);
    for (let at = tap.indexOf(0x53); at >= 0; at = tap.indexOf(0x53)) {
      tap.splice(0, at);
      const length = (tap[2] ?? 0) | ((tap[3] ?? 0) << 8);
      if (tap.length < 8 || tap.length < length) return;
      const frame = Uint8Array.from(tap.splice(0, length));
      if ((frame[1] ?? 0) >= 0x80) replies.push(frame);
    }
  });
  run(scene);
  return replies;
}

describe('osdp panel: somebody at the cable', () => {
  it('a recorded session played again, in order and by code, is no card and never online', () => {
    const recorded = recordReplies((scene) => {
      scene.until(() => scene.state(0) === 'online');
      for (let card = 0; card < 5; card += 1) {
        scene.readers[0]?.present(cardBits(card));
        scene.run(300);
      }
      assert.equal(scene.cards().length, 5);
    });
    for (const choose of ['in order', 'with the number in flight'] as const) {
      const scene = createPanelScene({
        readers: [{ scbk: siteKey }],
        baud: 115_200,
        panel: () => ({ keys: { active: siteKey } }),
      });
      // The true reader is cut off; another one sits in its place and answers from the record.
      scene.readers[0]?.powerCycle(Number.POSITIVE_INFINITY);
      const thief = scene.wire.join();
      let next = 0;
      thief.onBytes((bytes) => {
        const sequence = bytes[bytes.indexOf(0x53) + 4];
        const frame =
          choose === 'in order'
            ? recorded[next % recorded.length]
            : recorded.filter((one) => ((one[4] ?? 0) & 3) === ((sequence ?? 0) & 3))[next % 7];
        next += 1;
        if (frame !== undefined) thief.write(frame);
      });
      scene.run(120_000);
      assert.deepEqual(scene.cards(), [], choose);
      assert.notEqual(scene.state(0), 'online', choose);
      assert.ok(next > 10, choose);
      assert.ok(!scene.events.some(({ event }) => event.kind === 'state' && event.state === 'online'));
    }
  });

  it('a reader that says it has no Secure Channel is an alarm and never a reader in clear', () => {
    const scene = createPanelScene({
      readers: [{ device: { hasSecureChannel: false } }],
      panel: () => ({ secure: 'required', keys: {} }),
    });
    scene.readers[0]?.present(cardBits(1));
    scene.did(scene.bus.arm('r0', 60_000, scene.nowMs()));
    scene.run(120_000);
    assert.deepEqual(scene.cards(), []);
    assert.deepEqual(scene.health(0).alarms, ['capability-downgrade']);
    assert.equal(scene.readers[0]?.heard.get(0x75), undefined, 'no key goes out');
  });

  it('a line cut and restored forty times: gone within eight seconds, back within ten, nothing made up', () => {
    const { longestGoneMs, longestBackMs, ...counts } = cutCampaign(40, 7);
    const nothing = { lost: 0, duplicated: 0, falseFacts: 0, violations: 0 };
    assert.deepEqual(counts, { cuts: 40, cards: 40, told: 40, ...nothing });
    assert.ok(longestGoneMs < 8_000 && longestBackMs < 10_000, `${longestGoneMs} ms, ${longestBackMs} ms`);
  });

  it('broken seals are slowed and an alarm, which ends after a minute in a session', () => {
    const scene = createPanelScene({ readers: [{ scbk: siteKey }] });
    scene.until(() => scene.state(0) === 'online');
    scene.readers[0]?.setPlan(({ inSession }) => (inSession ? 'bad-mac' : undefined));
    scene.until(() => scene.health(0).alarms.includes('seal-failures'));
    const handshakes = () => scene.readers[0]?.heard.get(0x76) ?? 0;
    const before = handshakes();
    scene.run(300_000);
    // Two a round, as the reader spoils the first step too: thirty seconds a round.
    assert.ok(handshakes() - before < 25, `${handshakes() - before} handshakes in five minutes`);
    scene.readers[0]?.setPlan(() => undefined);
    scene.until(() => scene.state(0) === 'online', 40_000);
    assert.deepEqual(scene.health(0).alarms, ['seal-failures']);
    scene.until(() => scene.health(0).alarms.length === 0, 61_000);
  });

  it('a reader that knows the key but cannot give the last proof (RMAC_I) is never online', () => {
    const scene = createPanelScene({ readers: [{ scbk: siteKey }] });
    scene.readers[0]?.setPlan(({ command }) => (command === 0x77 ? 'bad-mac' : undefined));
    scene.readers[0]?.present(cardBits(1));
    scene.run(60_000);
    assert.ok((scene.readers[0]?.heard.get(0x77) ?? 0) > 1, 'it came as far as that');
    assert.equal(scene.readers[0]?.heard.get(0x60), undefined, 'and no further');
    assert.ok(!scene.events.some(({ event }) => event.kind === 'state' && event.state === 'online'));
    assert.deepEqual([scene.cards(), scene.health(0).alarms], [[], ['key-refused']]);
    scene.readers[0]?.setPlan(() => undefined);
    scene.until(() => scene.state(0) === 'online', 40_000);
  });

  it('every handshake has a number of its own, out of the cryptographic source', () => {
    const made: string[] = [];
    const random = (bytes: number) => {
      const number = osdpCrypto.random(bytes);
      made.push(Buffer.from(number).toString('hex'));
      return number;
    };
    const scene = createPanelScene({
      readers: [{ scbk: siteKey, bootMs: 100 }],
      bus: { crypto: { ...osdpCrypto, random } },
    });
    const tap: string[] = [];
    scene.wire.join().onBytes((bytes) => tap.push(Buffer.from(bytes).toString('hex')));
    for (let n = 0; n < 30; n += 1) {
      scene.until(() => scene.state(0) === 'online');
      scene.readers[0]?.powerCycle(scene.nowMs());
      scene.run(4_000);
    }
    const sent = [...tap.join('').matchAll(/03110176([0-9a-f]{16})/g)].map(([, number = '']) => number);
    assert.ok(sent.length >= 30, `${sent.length} handshakes`);
    assert.ok(sent.every((number) => made.includes(number)));
    assert.ok(new Set(sent).size >= 30, 'only the repeat of an unanswered one is the same');
  });

  it('noise for an hour costs nothing but counters', () => {
    const scene = createPanelScene({
      readers: [{ scbk: siteKey }, {}],
      baud: 115_200,
      bus: { pollMs: 200 },
    });
    scene.until(() => [0, 1].every((n) => scene.state(n) === 'online'));
    const before = scene.events.length;
    const random = randomFrom(7);
    const source = scene.wire.join();
    const minutes = 60;
    for (let minute = 0; minute < minutes; minute += 1) {
      for (let burst = 0; burst < 60; burst += 1) {
        const bytes = Uint8Array.from({ length: random.next() * 60 }, () =>
          random.chance(0.2) ? 0x53 : random.next() * 256,
        );
        source.write(bytes);
        scene.run(1_000);
      }
      for (const [n, reader] of scene.readers.entries()) reader.present(cardBits(2 * minute + n));
    }
    scene.run(10_000);
    for (const n of [0, 1]) {
      const { told, lost, duplicated, dropped } = account(scene, n);
      assert.deepEqual(
        { told, lost, duplicated, dropped },
        { told: minutes, lost: 0, duplicated: 0, dropped: 0 },
      );
      assert.deepEqual(scene.readers[n]?.violations, []);
    }
    const other = scene.events.slice(before).filter(({ event }) => event.kind !== 'card');
    assert.deepEqual(other, [], 'no reader left, nothing else was told');
    const { damaged, timeouts } = scene.health(0).counters;
    assert.ok(damaged + timeouts > 50, `${damaged} damaged, ${timeouts} timeouts`);
  });
});
