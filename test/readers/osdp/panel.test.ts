/** The panel against readers written from the standard's side: keys, many on a line, pulled and put back, settings. */
import assert from 'node:assert/strict';
import {
  account,
  cardBits,
  createPanelScene,
  type SceneOptions,
  siteKey,
} from '../../site/osdp/panelScene.js';
import type { PeripheralOptions } from '../../site/osdp/peripheral.js';

const newKey = siteKey.map((byte) => byte ^ 0x5a);
const noViolations = (scene: ReturnType<typeof createPanelScene>) => {
  for (const reader of scene.readers) assert.deepEqual(reader.violations, []);
};
const kinds = (scene: ReturnType<typeof createPanelScene>) => scene.events.map(({ event }) => event.kind);

describe('osdp panel and simulated reader: keys', () => {
  const unpaired: Pick<SceneOptions, 'panel'> = { panel: () => ({ secure: 'required', keys: {} }) };

  for (const afterKeyset of ['keeps', 'ends', 'clear-ack'] as const) {
    it(`installs a key in a new reader that ${afterKeyset} after KEYSET, and believes nothing before`, () => {
      const scene = createPanelScene({ readers: [{ afterKeyset }], ...unpaired });
      scene.onKeyWanted(() => newKey);
      scene.run(3_000);
      assert.equal(scene.readers[0]?.isSecure(), false);
      scene.readers[0]?.present(cardBits(7));
      scene.run(3_000);
      assert.deepEqual(scene.cards(), []);
      scene.did(scene.bus.arm('r0', 300_000, scene.nowMs()));
      scene.until(() => scene.state(0) === 'online');
      assert.deepEqual(scene.readers[0]?.key(), newKey);
      assert.ok(kinds(scene).includes('key-proved'));
      assert.equal(scene.health(0).armedForMs, undefined);
      scene.readers[0]?.present(cardBits(8));
      scene.run(1_000);
      assert.ok(scene.cards().includes(cardBits(8)));
      noViolations(scene);
    });
  }

  it('does not touch a reader with the key everybody knows while nobody armed it', () => {
    const scene = createPanelScene({ readers: [{ defaultKey: 'always' }], ...unpaired });
    scene.run(60_000);
    assert.notEqual(scene.state(0), 'online');
    assert.equal(scene.readers[0]?.heard.get(0x75), undefined);
    assert.equal(scene.readers[0]?.heard.get(0x76), undefined);
  });

  it('install mode ends by itself, and no key goes out after it', () => {
    const scene = createPanelScene({ readers: [{ defaultKey: 'never' }], ...unpaired });
    scene.onKeyWanted(() => newKey);
    scene.did(scene.bus.arm('r0', 300_000, scene.nowMs()));
    scene.run(300_001);
    scene.run(60_000);
    assert.equal(scene.health(0).armedForMs, undefined);
    assert.equal(scene.readers[0]?.heard.get(0x75), undefined);
    assert.ok(scene.events.some(({ event }) => event.kind === 'key-failed' && event.why === 'time'));
  });

  it('a reader that went silent while it was armed is not met with the default key once that is over', () => {
    // Asked with it or not yet: the line is cut at any moment around the arming.
    for (let cutMs = -100; cutMs <= 3_000; cutMs += 20) {
      const scene = createPanelScene({ readers: [{}], ...unpaired });
      scene.onKeyWanted(() => newKey);
      scene.run(3_000 + Math.min(0, cutMs));
      const cut = () => scene.readers[0]?.setPlan(() => 'drop-command');
      if (cutMs <= 0) cut();
      scene.run(Math.max(0, -cutMs));
      scene.did(scene.bus.arm('r0', 300_000, scene.nowMs()));
      if (cutMs > 0)
        scene.readers[0]?.setPlan(({ command }) => (command === 0x76 ? 'drop-command' : undefined));
      scene.run(Math.max(0, cutMs));
      cut();
      scene.run(300_001);
      assert.equal(scene.health(0).armedForMs, undefined);
      scene.readers[0]?.setPlan(() => undefined);
      scene.run(20_000);
      const { heard } = scene.readers[0] ?? {};
      assert.deepEqual([heard?.get(0x76), heard?.get(0x75)], [undefined, undefined], `cut at ${cutMs} ms`);
      assert.equal(scene.state(0), 'identifying');
    }
  });

  for (const withoutKey of ['nak', 'wrong-cryptogram'] as const) {
    it(`a reader with another key (${withoutKey}) is offline and an alarm, its cards are nothing`, () => {
      const own: Partial<PeripheralOptions> = withoutKey === 'nak' ? {} : { scbk: newKey };
      const scene = createPanelScene({
        readers: [{ ...own, withoutKey, defaultKey: 'always', refusesClear: false }, { scbk: siteKey }],
        panel: () => ({ secure: 'required', keys: { active: siteKey } }),
      });
      scene.readers[0]?.present(cardBits(1));
      scene.run(60_000);
      assert.equal(scene.state(0), 'offline');
      assert.equal(scene.state(1), 'online');
      assert.deepEqual(scene.cards(), []);
      assert.deepEqual(scene.health(0).alarms, ['key-refused']);
      assert.equal(scene.readers[0]?.heard.get(0x75), undefined, 'never keyed by itself');
      assert.equal(scene.readers[0]?.heard.get(0x60), undefined, 'never polled in clear');
    });
  }

  it('changes a key inside a session with the real one, and the line shows neither', () => {
    const scene = createPanelScene({ readers: [{ scbk: siteKey }] });
    const tap: number[] = [];
    scene.wire.join().onBytes((bytes) => tap.push(...bytes));
    scene.onKeyWanted(() => newKey);
    scene.until(() => scene.state(0) === 'online');
    scene.did(scene.bus.arm('r0', 300_000, scene.nowMs()));
    scene.run(5_000);
    assert.deepEqual(scene.readers[0]?.key(), newKey);
    assert.equal(scene.state(0), 'online');
    const line = Buffer.from(tap).toString('hex');
    for (const key of [siteKey, newKey]) assert.ok(!line.includes(Buffer.from(key).toString('hex')));
    noViolations(scene);
  });

  it('after a power cut between KEYSET and its proof either key finds the reader', () => {
    for (const has of [siteKey, newKey]) {
      const scene = createPanelScene({
        readers: [{ scbk: has }],
        panel: () => ({ secure: 'required', keys: { active: siteKey, pending: newKey } }),
      });
      scene.until(() => scene.state(0) === 'online', 10_000);
      noViolations(scene);
    }
  });
});

describe('osdp panel and simulated readers: one that knows no CRC', () => {
  for (const onBadCheck of ['silence', 'nak'] as const) {
    for (const own of [{}, { scbk: siteKey }]) {
      it(`answers a CRC with ${onBadCheck}, ${'scbk' in own ? 'sealed' : 'in clear'}: met with checksums, beside one with CRC`, () => {
        const scene = createPanelScene({
          readers: [{ ...own, onlyChecksum: true, onBadCheck }, { onBadCheck }],
          baud: 38_400,
        });
        scene.until(() => scene.state(0) === 'online' && scene.state(1) === 'online');
        // A damaged command later on is no reason to change: it is told again as it was.
        for (const reader of scene.readers) {
          let left = 3;
          reader.setPlan(({ carries }) => {
            if (carries !== 'card' || left === 0) return undefined;
            left -= 1;
            return 'nak-1';
          });
          reader.present(cardBits(7));
        }
        scene.run(8_000);
        for (const n of [0, 1]) {
          assert.equal(scene.health(n).counters.naks.get(1) ?? 0, n === 0 && onBadCheck === 'nak' ? 1 : 0);
          assert.deepEqual(scene.cards(n), [cardBits(7)]);
        }
        noViolations(scene);
      });
    }
  }
});

describe('osdp panel and simulated readers: a line of eight', function () {
  this.timeout(20_000);

  for (const baud of [9_600, 115_200]) {
    it(`at ${baud}: every card and key once, from all at once`, () => {
      const readers = Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? { scbk: siteKey } : {}));
      const scene = createPanelScene({ readers, baud });
      scene.until(() => readers.every((_, n) => scene.state(n) === 'online'));
      for (let round = 0; round < 20; round += 1) {
        for (const [n, reader] of scene.readers.entries()) {
          reader.present(cardBits(round * 100 + n));
          reader.press('12#');
        }
        scene.run(1_500);
      }
      scene.run(2_000);
      for (const n of readers.keys()) {
        const { told, lost, duplicated, dropped } = account(scene, n);
        assert.deepEqual(
          { told, lost, duplicated, dropped },
          { told: 20, lost: 0, duplicated: 0, dropped: 0 },
        );
        const keys = scene.events.filter(({ event }) => event.kind === 'keys' && event.id === `r${n}`);
        assert.equal(keys.length, 20);
      }
      noViolations(scene);
    });
  }

  it('pulled and put back while it runs: the others go on, it is back within two seconds of its boot', () => {
    const scene = createPanelScene({
      readers: Array.from({ length: 8 }, () => ({ scbk: siteKey, bootMs: 5_000 })),
    });
    scene.until(() => scene.readers.every((_, n) => scene.state(n) === 'online'));
    for (let pull = 0; pull < 10; pull += 1) {
      scene.readers[3]?.powerCycle(scene.nowMs());
      scene.run(4_900);
      assert.equal(scene.state(3), 'offline');
      scene.readers[5]?.present(cardBits(pull));
      const backMs = scene.nowMs() + 100;
      scene.until(() => scene.state(3) === 'online', 5_000);
      assert.ok(scene.nowMs() - backMs < 2_500, `back after ${scene.nowMs() - backMs} ms`);
      scene.run(500);
    }
    assert.equal(account(scene, 5).told, 10);
    noViolations(scene);
  });

  for (const baud of [9_600, 115_200]) {
    it(`one of eight dies at ${baud}: the others keep nine tenths of their polls, also while it is found out`, () => {
      const readers = Array.from({ length: 8 }, () => ({ scbk: siteKey, replyMs: 1, bootMs: 1e9 }));
      const scene = createPanelScene({ readers, baud, bus: { pollMs: 0 } });
      scene.until(() => readers.every((_, n) => scene.state(n) === 'online'), 60_000);
      const pollsIn = (ms: number) => {
        const polls = () => scene.readers.slice(1).reduce((sum, one) => sum + (one.heard.get(0x60) ?? 0), 0);
        const before = polls();
        scene.run(ms);
        return polls() - before;
      };
      scene.run(2_000);
      const alive = pollsIn(5_000);
      scene.readers[0]?.powerCycle(scene.nowMs());
      for (const span of ['the first five seconds', 'the next', 'the last']) {
        const polls = pollsIn(5_000);
        assert.ok(polls > 0.9 * alive, `${span}: ${polls} of ${alive}`);
      }
    });
  }

  it('the whole line cut for a minute: all offline, all back, no card twice', () => {
    const scene = createPanelScene({ readers: Array.from({ length: 8 }, () => ({})), baud: 115_200 });
    scene.until(() => scene.readers.every((_, n) => scene.state(n) === 'online'));
    scene.wire.fail();
    scene.run(60_000);
    assert.ok(scene.readers.every((_, n) => scene.state(n) === 'offline'));
    scene.wire.mend();
    scene.until(() => scene.readers.every((_, n) => scene.state(n) === 'online'), 20_000);
    for (const [n, reader] of scene.readers.entries()) reader.present(cardBits(n));
    scene.run(2_000);
    assert.equal(scene.cards().length, 8);
    noViolations(scene);
  });
});

describe('osdp panel and simulated reader: everything else a door needs', () => {
  const online = (options: Partial<PeripheralOptions> = {}) => {
    const scene = createPanelScene({ readers: [{ scbk: siteKey, ...options }], baud: 115_200 });
    scene.until(() => scene.state(0) === 'online');
    const [reader] = scene.readers;
    assert.ok(reader !== undefined);
    return {
      scene,
      reader,
      command: (...given: Parameters<typeof scene.bus.command>) => scene.did(scene.bus.command(...given)),
    };
  };

  it('tamper, power and inputs are told when they change', () => {
    const { scene, reader } = online();
    reader.setTamper(true);
    reader.setInput(1, 1);
    scene.run(500);
    reader.setTamper(false);
    reader.setPowerFailed(true);
    scene.run(500);
    const told = scene.events.flatMap(({ event }) =>
      event.kind === 'tamper'
        ? [`tamper ${event.active}`]
        : event.kind === 'power'
          ? [`power ${event.failed}`]
          : [],
    );
    assert.deepEqual(told, ['tamper true', 'tamper false', 'power true']);
    assert.ok(
      scene.events.some(
        ({ event }) => event.kind === 'input' && event.input === 1 && event.state === 'active',
      ),
    );
  });

  it('drives outputs for a time, and hears them fall', () => {
    for (const answersOutputs of [false, true]) {
      const { scene, reader, command } = online({ device: { answersOutputs } });
      command('r0', { kind: 'output', output: 0, on: true, forMs: 3_000 }, scene.nowMs(), 1);
      scene.run(500);
      assert.equal(reader.isOn(0, scene.nowMs()), true);
      scene.run(4_000);
      assert.equal(reader.isOn(0, scene.nowMs()), false);
      assert.ok(scene.events.some(({ event }) => event.kind === 'output' && event.output === 0 && !event.on));
    }
  });

  it('lamps, buzzer and text reach the reader as they were meant', () => {
    const { scene, reader, command } = online();
    const green = { onMs: 100, offMs: 0, on: 'green', off: 'off' } as const;
    command('r0', { kind: 'led', reader: 0, led: 0, permanent: green }, scene.nowMs());
    command(
      'r0',
      { kind: 'buzzer', reader: 0, tone: 'default', onMs: 200, offMs: 100, count: 2 },
      scene.nowMs(),
    );
    scene.run(500);
    assert.deepEqual(reader.shown.leds.at(-1)?.permanent, {
      control: 1,
      on: 1,
      off: 0,
      onColour: 2,
      offColour: 0,
    });
    assert.deepEqual(reader.shown.buzzes, [{ reader: 0, tone: 2, on: 2, off: 1, count: 2 }]);
  });

  it('sends a file whole, in pieces the reader can take', () => {
    const { scene, reader } = online({ device: { receiveBytes: 128 } });
    const bytes = Uint8Array.from({ length: 5_000 }, (_, n) => n & 0xff);
    scene.did(scene.bus.sendFile('r0', { type: 1, bytes, job: 7 }, scene.nowMs()));
    scene.run(20_000);
    assert.deepEqual(reader.shown.files[0]?.bytes, bytes);
    assert.ok(
      scene.events.some(({ event }) => event.kind === 'job' && event.job === 7 && event.result === 'done'),
    );
    noViolations(scene);
  });

  it('cards of every length and cards as characters', () => {
    const { scene, reader } = online();
    for (const length of [1, 4, 26, 32, 37, 56, 64, 128, 500]) reader.present('1'.repeat(length));
    reader.presentText('12345', 2);
    scene.run(3_000);
    assert.deepEqual(
      scene.cards().map((bits) => bits.length),
      [1, 4, 26, 32, 37, 56, 64, 128, 500],
    );
    assert.ok(scene.events.some(({ event }) => event.kind === 'formatted' && event.text === '12345'));
  });
});
