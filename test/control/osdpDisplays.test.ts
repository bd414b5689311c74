/** What a reader shows while the controller speaks to it, and when it does not any more. */
import assert from 'node:assert/strict';
import { colourOf } from '../site/osdp/display.js';
import { openSite, reader, removeFolders } from './osdpScene.js';

const [red, green, amber, blue] = [1, 2, 3, 4];

describe('what OSDP readers show', () => {
  after(removeFolders);

  const open = async (profile: Partial<ReturnType<typeof reader>['profile']> = {}) => {
    const usual = { idle: 'red', offline: 'amber', texts: {} } as const;
    const site = openSite({
      readers: [reader('lobby-in', 1, { secure: 'off', profile: { ...usual, ...profile } })],
    });
    const [device] = site.devices;
    assert.ok(device !== undefined);
    await site.until(() => site.view('lobby-in')?.state === 'online');
    site.clock.advanceMs(500);
    return { site, device, colour: () => colourOf(device.shown, site.nowMs()) };
  };
  const through = (site: ReturnType<typeof openSite>, ms: number, check: () => void) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
      site.clock.advanceMs(1_000);
      check();
    }
  };

  it('the look of rest stands for as long as the controller does, and a minute later the one of its absence', async () => {
    const { site, device, colour } = await open({ offline: 'blue' });
    through(site, 300_000, () => assert.equal(colour(), red));
    assert.deepEqual(device.violations, []);
    site.osdp.close();
    site.clock.advanceMs(61_000);
    assert.equal(colour(), blue);
  });

  it('a door that stands unlocked or held is shown for as long as it does, and no reader beeps for ever', async () => {
    const { site, device, colour } = await open();
    for (const [signal, colourThen] of [
      ['granted', green],
      ['held', amber],
      ['alarm', red],
      ['waiting-for-pin', amber],
    ] as const) {
      site.osdp.show('lobby-in', signal);
      site.clock.advanceMs(500);
      const beepsMs = () => {
        const { on = 0, off = 0, count = 0 } = device.shown.buzzes.at(-1) ?? {};
        assert.ok(count > 0, 'ends by itself');
        return (on + off) * 100 * count;
      };
      const before = device.shown.buzzes.length;
      through(site, 120_000, () => assert.equal(colour(), colourThen, signal));
      const isHeard = signal === 'held' || signal === 'alarm';
      assert.equal(device.shown.buzzes.length - before, isHeard ? 6 : 0, signal);
      assert.ok(!isHeard || beepsMs() === 60_000);
    }
    site.osdp.show('lobby-in', 'normal');
    site.clock.advanceMs(500);
    assert.equal(device.shown.buzzes.at(-1)?.tone, 1, 'quiet');
  });

  it('words for an absent controller stand behind all others', async () => {
    const { site, device } = await open({ texts: { offline: 'Closed', normal: 'Welcome', denied: 'Sorry' } });
    site.osdp.show('lobby-in', 'denied');
    site.clock.advanceMs(500);
    const said = device.shown.texts.map(({ command, seconds, text }) => `${command} ${seconds} ${text}`);
    assert.deepEqual(said, ['1 0 Closed', '3 60 Welcome', '3 5 Sorry']);
  });

  it('left to the reader, the panel sets what stands and repeats only what would lapse', async () => {
    const { site, device, colour } = await open({ offline: 'reader', texts: { normal: 'Welcome' } });
    const before = device.shown.leds.length;
    through(site, 120_000, () => assert.equal(colour(), red));
    assert.deepEqual(device.shown.texts[0], { command: 1, seconds: 0, row: 1, column: 1, text: 'Welcome' });
    assert.equal(device.shown.leds.length, before, 'nothing told again');
    site.osdp.show('lobby-in', 'granted');
    site.clock.advanceMs(500);
    through(site, 120_000, () => assert.equal(colour(), green));
    site.osdp.close();
    site.clock.advanceMs(61_000);
    assert.equal(colour(), red);
  });

  it('a reader that is away is told when it comes, and nothing meanwhile', async () => {
    const { site, device, colour } = await open();
    device.setPlan(() => 'drop-command');
    await site.until(() => site.view('lobby-in')?.state === 'offline');
    site.osdp.show('lobby-in', 'alarm');
    const before = device.shown.leds.length;
    site.clock.advanceMs(120_000);
    assert.equal(device.shown.leds.length, before);
    device.setPlan(() => undefined);
    await site.until(() => site.view('lobby-in')?.state === 'online', 8_000);
    site.clock.advanceMs(500);
    assert.equal(colour(), red);
  });
});
