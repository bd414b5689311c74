/** OSDP readers and the site, with simulated readers on a wire in memory: keys, cards, inputs, relays, service. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFile, openKeyStore } from '../../src/control/osdpKeys.js';
import type { ReaderLine } from '../../src/control/readerLines.js';
import type { OsdpAsk } from '../../src/core/osdp.js';

import { colourOf } from '../site/osdp/display.js';
import { bits26, by, folder, key, openSite, reader, removeFolders } from './osdpScene.js';

describe('osdp readers in the controller', () => {
  after(removeFolders);

  it('from the box to the first card: found without a key, keyed by an operator, sealed from then on', async () => {
    const site = openSite();
    const [device] = site.devices;
    await site.until(() => site.view('lobby-in')?.state === 'identifying');
    device?.present(bits26);
    await site.until(() => site.told.includes('reader-offline lobby-in {}'), 15_000);
    assert.ok(!site.told.some((one) => one.startsWith('card')), 'nothing in clear is believed');

    assert.deepEqual(site.ask({ ask: 'arm', reader: 'lobby-in', by }), { answer: 'done' });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    assert.ok(site.told.includes('reader-online lobby-in {"secure":true}'));
    await site.until(() =>
      site.told.includes('reader-service lobby-in {"did":"install-ended","how":"keyed"}'),
    );
    assert.equal(site.view('lobby-in')?.keyed, true);
    assert.equal(site.view('lobby-in')?.armedForMs, undefined);
    assert.deepEqual(device?.violations, []);

    device?.present(bits26);
    device?.press('1234#');
    device?.setTamper(true);
    await site.until(() => site.told.some((one) => one.startsWith('tamper')));
    assert.ok(site.told.includes('card lobby-in 7BB26E 24 H10301 ••5678'));
    assert.ok(site.told.includes('pin lobby-in 1234'));
  });

  it('of a reader in clear two cards closer together than hands are a notice, once a minute', async () => {
    const site = openSite({ readers: [reader('lobby-in', 1, { secure: 'off' })] });
    const [device] = site.devices;
    await site.until(() => site.view('lobby-in')?.state === 'online');
    const notices = () => site.told.filter((one) => one.includes('reads-too-quick'));
    const cards = () => site.told.filter((one) => one.startsWith('card')).length;
    const swipe = async (bits: string, waitMs: number) => {
      const before = cards();
      device?.present(bits);
      await site.until(() => cards() > before);
      site.clock.advanceMs(waitMs);
    };
    const other = `${bits26.slice(0, 20)}000101`;
    await swipe(bits26, 300);
    await swipe(bits26, 300);
    assert.deepEqual(notices(), []);
    await swipe(bits26, 0);
    await swipe(bits26, 300);
    assert.match(notices()[0] ?? '', /^reader-notice lobby-in .*"same":true,"afterMs":\d+}$/);
    await swipe(bits26, 0);
    await swipe(bits26, 60_000);
    assert.equal(notices().length, 1);
    await swipe(bits26, 0);
    await swipe(other, 0);
    assert.match(notices()[1] ?? '', /"same":false,.*"heldBack":1}$/);
  });

  it('hands a card to whoever learns it, and reads it no more', async () => {
    const site = openSite({ learns: ['lobby-in'] });
    site.ask({ ask: 'arm', reader: 'lobby-in', by });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    site.devices[0]?.present(bits26);
    await site.until(() => site.told.includes('learned lobby-in 26'));
    assert.ok(!site.told.some((one) => one.startsWith('card')));
  });

  it('keeps the key in a file of its own, for its owner alone, and nowhere else', async () => {
    const site = openSite();
    site.ask({ ask: 'arm', reader: 'lobby-in', by });
    await site.until(() => site.told.some((one) => one.includes('"keyed"')));
    const path = join(site.data, keyFile);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const kept = Buffer.from(site.devices[0]?.key() ?? []).toString('hex');
    assert.equal(kept.length, 32);
    assert.ok(readFileSync(path, 'utf8').includes(kept));
    const trace = site.ask({ ask: 'trace', line: 'rs485', after: 0 });
    const shown = JSON.stringify([site.told, site.ask({ ask: 'lines' }), trace]);
    assert.ok(!shown.includes(kept));
    assert.ok(trace?.answer === 'trace' && trace.records.length > 20);

    // A new start with that file: the same reader is online by the key alone.
    const again = openSite({
      data: site.data,
      peripherals: [{ address: 1, scbk: Buffer.from(kept, 'hex') }],
    });
    await again.until(() => again.view('lobby-in')?.state === 'online');
    assert.ok(!again.told.some((one) => one.includes('armed')));
  });

  it('install mode ends by itself after five minutes', async () => {
    const site = openSite({ peripherals: [] });
    site.ask({ ask: 'arm', reader: 'lobby-in', by });
    assert.ok((site.view('lobby-in')?.armedForMs ?? 0) > 299_000);
    site.clock.advanceMs(301_000);
    assert.ok(site.told.includes('reader-service lobby-in {"did":"install-ended","how":"time"}'));
    assert.equal(site.view('lobby-in')?.armedForMs, undefined);
  });

  it('a damaged key store keeps its bytes, keys nobody, and says so', () => {
    const data = folder();
    writeFileSync(join(data, keyFile), '{"version":1,"readers":{"x":{"active":"12"}}}');
    const store = openKeyStore(data);
    assert.match(store.fault ?? '', /osdp-keys\.json is damaged: bring back a copy/);
    const site = openSite({ data });
    assert.deepEqual(site.ask({ ask: 'arm', reader: 'lobby-in', by }), {
      answer: 'refused',
      why: 'no-key-store',
    });
    assert.match(readFileSync(join(data, keyFile), 'utf8'), /"12"/);
  });

  it('another device that turns up with the key is an alarm', async () => {
    const data = folder();
    await openKeyStore(data).update('lobby-in', () => ({
      active: key,
      device: { vendor: '0A0017', serial: 7 },
    }));
    const site = openSite({ data, peripherals: [{ address: 1, scbk: key }] });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    const is = '{"vendor":"0A0017","serial":16909057,"clientId":"0a00170301010302"}';
    const row = `reader-alarm-on lobby-in {"alarm":"device-changed","was":{"vendor":"0A0017","serial":7},"is":${is}}`;
    assert.ok(site.told.includes(row), site.told.join());
    assert.deepEqual(site.view('lobby-in')?.alarms, ['device-changed']);
  });

  it('a reader that lost its key stays out, with an alarm, and is told of in the log', async () => {
    const data = folder();
    await openKeyStore(data).update('lobby-in', () => ({ active: key }));
    const site = openSite({ data });
    site.devices[0]?.present(bits26);
    await site.until(() => site.told.some((one) => one.startsWith('reader-alarm-on')));
    assert.ok(site.told.includes('reader-alarm-on lobby-in {"alarm":"key-refused"}'));
    site.clock.advanceMs(60_000);
    assert.ok(!site.told.some((one) => one.startsWith('card') || one.startsWith('reader-online')));
  });

  it('unplugged and plugged in again: offline in seconds, back in seconds', async () => {
    const data = folder();
    await openKeyStore(data).update('lobby-in', () => ({ active: key }));
    const site = openSite({ data, peripherals: [{ address: 1, scbk: key }] });
    await site.until(() => site.told.some((one) => one.startsWith('reader-online')));
    site.devices[0]?.setPlan(() => 'drop-command');
    await site.until(() => site.told.at(-1) === 'reader-offline lobby-in {}', 4_000);
    site.devices[0]?.setPlan(() => undefined);
    await site.until(() => site.told.at(-1) === 'reader-online lobby-in {"secure":true}', 4_000);
  });
});

describe('osdp readers in the controller: doors', () => {
  const clear = [reader('lobby-in', 1, { secure: 'off' })];
  const lines: readonly ReaderLine[] = [
    { line: 'lobby-in/in1', use: 'state', activeLow: false },
    { line: 'lobby-in/in2', use: 'press', activeLow: false },
    { line: 'lobby-in/out1', use: 'relay', activeLow: false, failMode: 'fail-secure' },
  ];

  it('shows signals by light and sounder, again after the reader was away', async () => {
    const site = openSite({ readers: clear });
    const [device] = site.devices;
    await site.until(() => site.view('lobby-in')?.state === 'online');
    site.clock.advanceMs(500);
    assert.ok(device !== undefined);
    const colour = () => colourOf(device.shown, site.nowMs());
    assert.equal(colour(), 1, 'red at rest');
    site.osdp.show('lobby-in', 'granted');
    site.clock.advanceMs(500);
    assert.equal(colour(), 2, 'green');
    assert.equal(device.shown.buzzes.at(-1)?.count, 1);
    site.osdp.show('lobby-in', 'held');
    site.clock.advanceMs(500);
    const before = device?.shown.leds.length ?? 0;
    device?.powerCycle(site.nowMs());
    await site.until(() => (device?.shown.leds.length ?? 0) > before, 8_000);
    assert.equal(colour(), 3, 'amber: held');
    assert.deepEqual(device.violations, []);
  });

  it('contact and button at the reader are edges; what happened unseen opens nothing', async () => {
    const site = openSite({ readers: clear, lines });
    const [device] = site.devices;
    await site.until(() => site.view('lobby-in')?.state === 'online');
    device?.setInput(0, 1);
    device?.setInput(1, 1);
    await site.until(() => site.told.includes('edge lobby-in/in2 true'));
    assert.ok(site.told.includes('edge lobby-in/in1 true'));
    device?.setInput(1, 0);
    await site.until(() => site.told.includes('edge lobby-in/in2 false'));

    device?.setPlan(() => 'drop-command');
    await site.until(() => site.view('lobby-in')?.state === 'offline');
    device?.setInput(0, 0);
    device?.setInput(1, 1);
    device?.setPlan(() => undefined);
    await site.until(() => site.told.filter((one) => one === 'edge lobby-in/in1 false').length === 1, 8_000);
    assert.equal(site.told.filter((one) => one === 'edge lobby-in/in2 true').length, 1);

    device?.setInput(0, 2);
    await site.until(() => site.told.includes('fault lobby-in/in1 unavailable'));
  });

  it('a relay at the reader is held while it is unlocked, and falls back by itself when the line is cut', async () => {
    const site = openSite({ readers: clear, lines });
    const [device] = site.devices;
    assert.throws(() => site.seen.setActive('lobby-in/out1', true), /reader lobby-in is not online/);
    await site.until(() => site.view('lobby-in')?.state === 'online');
    site.seen.setActive('lobby-in/out1', true);
    site.clock.advanceMs(500);
    assert.ok(device?.isOn(0, site.nowMs()));
    site.clock.advanceMs(60_000);
    assert.ok(device?.isOn(0, site.nowMs()), 'held open for a minute');
    site.seen.setActive('lobby-in/out1', false);
    site.clock.advanceMs(500);
    assert.ok(!device?.isOn(0, site.nowMs()));

    site.seen.setActive('lobby-in/out1', true);
    site.clock.advanceMs(500);
    device?.setPlan(() => 'drop-command');
    site.clock.advanceMs(12_000);
    assert.ok(!device?.isOn(0, site.nowMs()), 'locked although nobody can tell it to');
  });

  it('a fail-safe lock at the reader is locked as soon as the reader is there, also when it was told before', async () => {
    const maglock: ReaderLine = {
      ...{ line: 'lobby-in/out1', use: 'relay', activeLow: false, failMode: 'fail-safe' },
    };
    const site = openSite({ readers: clear, lines: [maglock], lockFirst: 'lobby-in/out1' });
    const [device] = site.devices;
    await site.until(() => device?.isOn(0, site.nowMs()) === true);
    site.seen.setActive('lobby-in/out1', false);
    site.clock.advanceMs(500);
    assert.ok(!device?.isOn(0, site.nowMs()), 'released');
    device?.setPlan(() => 'drop-command');
    site.clock.advanceMs(3_000);
    site.seen.setActive('lobby-in/out1', true);
    device?.setPlan(() => undefined);
    await site.until(() => site.view('lobby-in')?.state === 'online', 8_000);
    site.clock.advanceMs(60_000);
    assert.ok(device?.isOn(0, site.nowMs()), 'locked again, and stays so');
  });

  it('a card longer than any credential, and one of no format, are events and never cards', async () => {
    const site = openSite({ readers: clear });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    for (const bits of ['1'.repeat(200), '101', '1'.repeat(1_100), '0'.repeat(26)])
      site.devices[0]?.present(bits);
    await site.until(() => site.told.filter((one) => one.startsWith('unreadable')).length === 4);
    assert.deepEqual(
      site.told.filter((one) => one.startsWith('unreadable')),
      [
        'unreadable lobby-in too-long 200',
        'unreadable lobby-in length 3',
        'unreadable lobby-in too-long 1100',
        'unreadable lobby-in parity 26',
      ],
    );
    assert.ok(!site.told.some((one) => one.startsWith('card')));
  });

  it('characters are cards too', async () => {
    const site = openSite({ readers: clear });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    site.devices[0]?.presentText('0012345', 2);
    await site.until(() => site.told.includes('card lobby-in 3039 any card ••2345'));
  });
});

describe('osdp readers in the controller: service', () => {
  it('finds a reader of unknown address and speed, and moves it where it belongs', async () => {
    const site = openSite({
      readers: [reader('lobby-in', 1)],
      peripherals: [{ address: 0x2a, baud: 38_400 }],
    });
    const scan = { ask: 'scan', line: 'rs485', bauds: [9_600, 38_400, 115_200], by } as const;
    assert.deepEqual(site.ask(scan), { answer: 'done' });
    assert.deepEqual(site.ask(scan), { answer: 'refused', why: 'busy' });
    const survey = () => {
      const answer = site.ask({ ask: 'lines' });
      return answer?.answer === 'lines' ? answer.lines[0]?.survey : undefined;
    };
    await site.until(() => survey()?.done === true, 60_000);
    assert.deepEqual(
      survey()?.found.map(({ address, baud, identity }) => [address, baud, identity?.vendor]),
      [[0x2a, 38_400, '0A0017']],
    );
    const from = { address: 0x2a, baud: 38_400 };
    site.ask({ ask: 'move', line: 'rs485', from, to: { address: 1, baud: 9_600 }, by });
    await site.until(() => survey()?.outcome !== undefined, 5_000);
    await site.until(() => site.view('lobby-in')?.state === 'identifying', 5_000);
    assert.equal(site.devices[0]?.address(), 1);
    assert.equal(site.devices[0]?.baud(), 9_600);
  });

  it('moves a paired reader in its session, and stays with it', async () => {
    const data = folder();
    await openKeyStore(data).update('lobby-in', () => ({ active: key }));
    const site = openSite({ data, peripherals: [{ address: 1, scbk: key, refusesClear: true }] });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    const ask = { ask: 'set-address', reader: 'lobby-in', address: 9, baud: 9_600, by } as const;
    assert.deepEqual(site.ask(ask), { answer: 'done' });
    await site.until(() => site.view('lobby-in')?.state === 'online', 5_000);
    assert.equal(site.devices[0]?.address(), 9);
    assert.equal(site.view('lobby-in')?.address, 9);
    assert.deepEqual(site.devices[0]?.violations, []);
  });

  it("passes a vendor's words on, and a file in pieces", async () => {
    const site = openSite({ readers: [reader('lobby-in', 1, { secure: 'off' })] });
    await site.until(() => site.view('lobby-in')?.state === 'online');
    const answer = site.ask({ ask: 'manufacturer', reader: 'lobby-in', oui: '0a0017', data: '0102', by });
    assert.deepEqual(answer, { answer: 'done', data: '0a00170102' });
    assert.deepEqual([...(site.devices[0]?.shown.vendor[0] ?? [])].slice(-2), [1, 2]);
    const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n & 0xff));
    const sent = site.ask({ ask: 'file', reader: 'lobby-in', type: 1, base64: bytes.toString('base64'), by });
    assert.deepEqual(sent, { answer: 'done' });
    assert.deepEqual(Buffer.from(site.devices[0]?.shown.files[0]?.bytes ?? []), bytes);
  });

  it('refuses what cannot be', async () => {
    const site = openSite({ readers: [reader('a', 1, { secure: 'off' }), reader('b', 2)] });
    const why = (ask: OsdpAsk) => {
      const answer = site.ask(ask);
      return answer?.answer === 'refused' ? answer.why : answer?.answer;
    };
    assert.equal(why({ ask: 'arm', reader: 'x', by }), 'unknown-reader');
    assert.equal(why({ ask: 'arm', reader: 'a', by }), 'clear-reader');
    assert.equal(why({ ask: 'scan', line: 'x', bauds: [9_600], by }), 'unknown-line');
    assert.equal(why({ ask: 'set-address', reader: 'a', address: 2, baud: 9_600, by }), 'address-taken');
    assert.equal(why({ ask: 'manufacturer', reader: 'b', oui: '000000', data: '', by }), 'offline');
    const weak = '0123456789ABCDEF0123456789ABCDEF';
    assert.equal(why({ ask: 'enter-key', reader: 'b', key: weak, by }), 'weak-key');
    assert.equal(why({ ask: 'enter-key', reader: 'a', key: weak, by }), 'clear-reader');
    await site.until(() => site.view('a')?.state === 'online');
    const data = '00'.repeat(250);
    assert.equal(why({ ask: 'manufacturer', reader: 'a', oui: '000000', data, by }), 'too-long');
  });
});
