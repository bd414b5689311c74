/** OSDP readers on a pseudo-terminal of the kernel, and the product as a process: what an installer and a door see. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFile } from '../src/control/osdpKeys.js';
import type { StoredEvent } from '../src/core/management.js';
import { openProductClock, whyNoMovedClock } from './faults/faketime.js';
import { withEnvironment } from './faults/neighbour.js';
import { randomFrom } from './simulation/random.js';
import { siteKey } from './site/osdp/panelScene.js';
import {
  cardOf,
  cli,
  createProductScene,
  enrolAnn,
  has,
  hex,
  monitored,
  nowMs,
  type OneReader,
  online,
  post,
  rowOf,
  views,
} from './site/osdp/productScene.js';
import { eventually, sallyport } from './site/product.js';

describe('osdp readers and the product', function () {
  this.timeout(90_000);
  let scene: ReturnType<typeof createProductScene>;
  beforeEach(() => {
    scene = createProductScene();
  });
  afterEach(() => scene.close());

  it('every alarm of a reader is a row, a line of its view and an entry of the list, and ends by itself', async function () {
    const key = { active: hex(siteKey) };
    // Its serial number is right, what it says in the handshake is not.
    const twin = { vendor: '0A0017', serial: 0x01020301, clientId: 'f'.repeat(16) };
    const { product, readers } = await scene.open(this, [
      { id: 'wants', secure: 'off', is: { scbk: siteKey } },
      { id: 'plain', is: { device: { hasSecureChannel: false } } },
      { id: 'broken', kept: key, is: { scbk: siteKey } },
      { id: 'power', secure: 'off' },
      { id: 'other', kept: { ...key, device: { vendor: '0A0017', serial: 7 } }, is: { scbk: siteKey } },
      { id: 'lost', kept: key },
      { id: 'twin', kept: { ...key, device: twin }, is: { scbk: siteKey } },
    ]);
    await online(product, 'power', 'other', 'broken');
    readers[2]?.setPlan(({ inSession }) => (inSession ? 'bad-mac' : undefined));
    readers[3]?.setPowerFailed(true);
    readers[3]?.setTamper(true);
    readers[3]?.setHead(1);
    const alarms = [
      ...['wants security-required', 'plain capability-downgrade', 'broken seal-failures'],
      ...['power power', 'other device-changed', 'lost key-refused', 'twin device-changed'],
      'power head-missing',
    ];
    await has(product, ...alarms.map((alarm) => `reader-alarm-on ${alarm}`), 'tamper-on power');
    const seen = await views(product);
    const shown = seen.flatMap(({ reader, alarms: some }) => some.map((alarm) => `${reader} ${alarm}`));
    deepEqual(shown.sort(), alarms.filter((alarm) => alarm !== 'power power').sort());
    const list = (await product.api('GET', '/api/v1/alarms?limit=100')).body as {
      readonly items: readonly { readonly kind: string; readonly reader?: string }[];
    };
    const listed = list.items.flatMap(({ kind, reader }) => (kind === 'reader-alarm-on' ? [reader] : []));
    deepEqual(listed.sort(), alarms.map((alarm) => alarm.split(' ')[0]).sort());

    readers[3]?.setPowerFailed(false);
    readers[3]?.setHead(0);
    await post(product, 'osdp/readers/lost/install-key');
    await has(
      product,
      'reader-alarm-off power head-missing',
      'reader-alarm-off power power',
      'reader-alarm-off lost key-refused',
    );
    const rows = (await product.events()).map(rowOf);
    ok(!rows.some((row) => row.startsWith('access-')), 'nothing of it is a card');
  });

  it('a power cut between KEYSET and its answer: the key was on the disk before, and finds the reader again', async function () {
    const { product, readers, site, terminal } = await scene.open(this, [{ id: 'new' }]);
    const [reader] = readers;
    let keptAtKeyset = '';
    reader?.setPlan(({ command }) => {
      if (command !== 0x75 || keptAtKeyset !== '') return undefined;
      keptAtKeyset = readFileSync(join(scene.dataDir, keyFile), 'utf8');
      process.kill(product.pid, 'SIGKILL');
      return 'drop-reply';
    });
    await eventually(
      () => views(product),
      (all) => all[0]?.state === 'identifying',
    );
    equal(reader?.heard.get(0x75), undefined, 'no key without an operator');
    await post(product, 'osdp/readers/new/install-key');
    await eventually(
      async () => keptAtKeyset,
      (text) => text !== '',
    );
    const key = hex(reader?.key() ?? new Uint8Array(0));
    equal(JSON.parse(keptAtKeyset).readers.new.pending, key, 'pending before it was sent');
    await product.kill('SIGKILL');

    // Who closes a pseudo-terminal pulls the plug.
    const second = scene.line(this, readers);
    const again = await scene.start(site.replace(terminal.path, second.path));
    await online(again, 'new');
    await eventually(
      async () => readFileSync(join(scene.dataDir, keyFile), 'utf8'),
      (text) => text.includes('"active"'),
    );
    const { readers: now } = JSON.parse(readFileSync(join(scene.dataDir, keyFile), 'utf8'));
    deepEqual([now.new.active, now.new.pending], [key, undefined]);
    deepEqual(reader?.violations, []);
    const said = JSON.stringify([await again.events(), await views(again)]);
    ok(!said.toLowerCase().includes(key), 'in no row and no view');
    for (const file of readdirSync(scene.dataDir, { recursive: true }).map(String)) {
      const path = join(scene.dataDir, file);
      // The store itself, and the file it is just being written to.
      if (file.startsWith(keyFile) || file.includes('.sock') || !existsSync(path)) continue;
      try {
        ok(!readFileSync(path).toString('latin1').toLowerCase().includes(key), file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
      }
    }
  });

  it('install mode ends by itself after five minutes: whoever comes later gets no key', async function () {
    if (whyNoMovedClock() !== undefined) return this.skip();
    const clock = openProductClock();
    try {
      const { product, readers } = await withEnvironment(clock.environment, () =>
        scene.open(this, [{ id: 'new' }]),
      );
      const [reader] = readers;
      reader?.setPlan(() => 'drop-command');
      await post(product, 'osdp/readers/new/install-key');
      const armedForMs = async () => (await views(product))[0]?.armedForMs;
      ok(((await armedForMs()) ?? 0) > 290_000, 'armed');
      await clock.advance(280, product);
      const left = (await armedForMs()) ?? 0;
      ok(left > 0 && left <= 20_000, `${left} ms left`);
      await clock.advance(20, product);
      equal(await armedForMs(), undefined, 'nobody had to end it');
      const isEnd = ({ kind, detail }: StoredEvent) =>
        kind === 'reader-service' && detail?.['did'] === 'install-ended' && detail['how'] === 'time';
      await eventually(product.events, (all) => all.some(isEnd));
      // What was written to the line before the end has arrived when something after it has.
      let heard = 0;
      reader?.setPlan(() => {
        heard += 1;
        return 'drop-command';
      });
      for (const seen of [1, 2]) {
        await clock.advance(30, product);
        await eventually(
          async () => heard,
          (count) => count >= seen,
        );
      }

      reader?.setPlan(() => undefined);
      const polls = () => reader?.heard.get(0x60) ?? 0;
      for (const seen of [1, 2, 3]) {
        await clock.advance(30, product);
        await eventually(
          async () => polls(),
          (count) => count >= seen,
        );
      }
      equal((await views(product))[0]?.state, 'identifying');
      deepEqual([reader?.heard.get(0x76), reader?.heard.get(0x75)], [undefined, undefined]);
    } finally {
      await scene.killAll();
      clock.close();
    }
  });

  it('the commands of an installer: status, install-key, scan, set-address, monitor; a vendor and a file', async function () {
    const { product, readers } = await scene.open(this, [
      { id: 'first', secure: 'off', is: { bootMs: 1e9 } },
      { id: 'second' },
    ]);
    const [first, second] = readers;
    await online(product, 'first');
    const keyed = await cli(product, 'install-key', 'second');
    match(keyed.text, /second has its own key and is online/);
    match(
      (await cli(product, 'status')).text,
      /first: address 0, online, IN CLEAR[\s\S]*second: address 1, online, Secure Channel/,
    );

    const vendor = await post(product, 'osdp/readers/first/manufacturer', { oui: '0A0017', data: '0102' });
    deepEqual(vendor, { data: '0a00170102' });
    const file = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n & 0xff));
    await post(product, 'osdp/readers/second/file', { type: 1, base64: file.toString('base64') });
    deepEqual(Buffer.from(second?.shown.files[0]?.bytes ?? []), file);

    const capture = join(scene.dataDir, 'line.osdpcap');
    second?.press('4711#');
    const text = await monitored(
      ['rs485', '--url', product.url, '--token', product.token, '--write', capture],
      /KEYPPAD|sealed/,
    );
    match(text, /POLL/);
    match((await sallyport('osdp', 'monitor', '--read', capture)).text, /POLL/);
    ok(!readFileSync(capture, 'utf8').includes(hex(second?.key() ?? new Uint8Array(0))));

    const moved = await cli(product, 'set-address', '--reader', 'second', '--to', '9:115200');
    equal(moved.code, 0, moved.text);
    equal(second?.address(), 9);
    await online(product, 'first', 'second');
    // Alone on the line, so that nobody talks over it.
    first?.powerCycle(nowMs());
    const scan = await cli(product, 'scan', 'rs485', '--baud', '115200');
    match(scan.text, /address 9 at 115200 baud: does not say who it is: it has a key/);
    await online(product, 'second');
    deepEqual([first?.violations, second?.violations], [[], []]);
  });

  it('a whole door at a reader: relay, contact, button, lights and words, passback told apart, and noise', async function () {
    const door = ['relay: { line: in/out1 }', 'contact: { line: in/in1 }', 'rex: { line: in/in2 }'].join(
      ', ',
    );
    const words = ", texts: { granted: Welcome, denied: Sorry, 'denied-passback': Twice }";
    const given = [
      { id: 'in', kept: { active: hex(siteKey) }, is: { scbk: siteKey }, more: words },
      { id: 'out', secure: 'off' },
    ] as const;
    const { product, readers, terminal } = await scene.open(this, given, door);
    const [inside] = readers;
    ok(inside !== undefined);
    await enrolAnn(product);
    const members = [
      { reader: 'in', direction: 'entry' },
      { reader: 'out', direction: 'exit' },
    ];
    await post(product, 'zones', { id: 1, name: 'Yard', type: 'hard', members });
    await online(product, 'in', 'out');
    const unlocked = (is: boolean) =>
      eventually(
        async () => inside.isOn(0, nowMs()),
        (on) => on === is,
      );
    const noise = randomFrom(5);
    const babble = () =>
      terminal.write(Uint8Array.from({ length: 400 }, () => (noise.chance(0.2) ? 0x53 : noise.next() * 256)));

    babble();
    inside.present(cardOf(7));
    await unlocked(true);
    inside.setInput(0, 1);
    await has(product, 'access-granted in', 'access-taken in');
    inside.setInput(0, 0);
    await has(product, 'door-closed');
    inside.present(cardOf(7));
    await has(product, 'access-denied in');
    inside.present(cardOf(8));
    await eventually(
      async () => inside.shown.texts.map(({ text }) => text),
      (texts) => texts.includes('Sorry'),
    );
    const texts = inside.shown.texts.map(({ text }) => text);
    deepEqual(texts, ['Welcome', 'Twice', 'Sorry']);
    deepEqual(
      inside.shown.buzzes.filter(({ tone }) => tone === 2).map(({ count }) => count),
      [1, 1, 3],
      'one beep, one long tone, three beeps',
    );
    await unlocked(false);
    for (let n = 0; n < 50; n += 1) babble();
    inside.setInput(1, 1);
    await has(product, 'rex gate');
    await unlocked(true);
    inside.setInput(1, 0);
    const rows = (await product.events()).map(rowOf);
    equal(rows.filter((row) => row === 'access-granted in').length, 1);
    equal(rows.filter((row) => row.startsWith('access-denied')).length, 2);
    deepEqual(inside.violations, []);
  });

  it('126 readers on one line are all online, and a card at the last of them is a grant', async function () {
    const given = Array.from({ length: 126 }, (_, n): OneReader => {
      const isSealed = n % 2 === 0;
      return isSealed
        ? { id: `r${n}`, kept: { active: hex(siteKey) }, is: { scbk: siteKey, replyMs: 0 } }
        : { id: `r${n}`, secure: 'off', is: { replyMs: 0 } };
    });
    const { product, readers } = await scene.open(this, given);
    await enrolAnn(product);
    await online(product, ...given.map(({ id }) => id));
    readers[124]?.present(cardOf(7));
    await has(product, 'access-granted r124');
    for (const reader of readers) deepEqual(reader.violations, []);
  });
});
