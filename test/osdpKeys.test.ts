/** Keys typed by hand, odd readers and a listener on the cable, in the running product. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyFile } from '../src/control/osdpKeys.js';
import { build } from './site/osdp/frame.js';
import {
  cardOf,
  createProductScene,
  enrolAnn,
  has,
  monitored,
  online,
  post,
  views,
} from './site/osdp/productScene.js';
import { eventually, type Product, sallyport } from './site/product.js';
import { openPseudoTerminal } from './site/pseudoTerminal.js';

const program = fileURLToPath(new URL('../src/cli.js', import.meta.url));

/** `sallyport osdp set-key`, the key on its standard input as a person types it. */
function setKey(product: Product, reader: string, key: string): Promise<{ code: number; text: string }> {
  const args = ['osdp', 'set-key', reader, '--url', product.url];
  const env = { ...process.env, SALLYPORT_TOKEN: product.token };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, text: stdout + stderr });
    });
    child.stdin?.end(`${key}\n`);
  });
}

describe('osdp readers and the product: keys by hand, odd readers', function () {
  this.timeout(60_000);
  let scene: ReturnType<typeof createProductScene>;
  beforeEach(() => {
    scene = createProductScene();
  });
  afterEach(() => scene.close());

  it('a key typed by hand: weak ones refused, a wrong one found out, the right one never sent and nowhere shown', async function () {
    const key = '8f1d3a5c7b92e0461f8c2d7a9b3e5061';
    const scbk = Uint8Array.from(Buffer.from(key, 'hex'));
    const { product, readers } = await scene.open(this, [{ id: 'new', is: { scbk } }]);
    await enrolAnn(product);
    const weak = await setKey(product, 'new', '00112233445566778899AABBCCDDEEFF');
    equal(weak.code, 1);
    match(weak.text, /Everybody would try that key/);
    equal((await setKey(product, 'new', 'nonsense')).code, 1);
    const wrong = await setKey(product, 'new', `ff${key.slice(2)}`);
    match(wrong.text, /new does not know that key/);
    const right = await setKey(product, 'new', key);
    match(right.text, /new has proved the key and is online/);
    readers[0]?.present(cardOf(7));
    await has(product, 'access-granted new');

    equal(readers[0]?.heard.get(0x75), undefined, 'no KEYSET');
    deepEqual(readers[0]?.violations, []);
    const path = join(scene.dataDir, keyFile);
    equal(statSync(path).mode & 0o777, 0o600);
    const kept = JSON.parse(readFileSync(path, 'utf8')).readers.new;
    deepEqual([kept.active, kept.pending, kept.entered], [key, undefined, undefined]);
    const events = await product.events();
    const did = events.flatMap(({ kind, detail }) => (kind === 'reader-service' ? [detail?.['did']] : []));
    deepEqual(did, ['key-entered', 'key-entered', 'install-ended']);
    const said = [JSON.stringify([events, await views(product)]), weak.text, wrong.text, right.text].join();
    ok(!said.toLowerCase().includes(key.slice(2)), 'in no row, no view, and not on the screen');
  });

  it('odd readers: a status of another length is a row, what they say besides is counted, too long words are refused', async function () {
    const { product, readers } = await scene.open(this, [
      { id: 'odd', secure: 'off', is: { device: { inputs: 2 } } },
    ]);
    await online(product, 'odd');
    readers[0]?.say(0x49, 0, 1, 0, 1);
    readers[0]?.say(0x57, 0, 0, 0, 0, 0, 0);
    await has(product, 'reader-notice odd');
    const rows = (await product.events()).filter(({ kind }) => kind === 'reader-notice');
    deepEqual(
      rows.map(({ detail }) => detail),
      [{ notice: 'status-length', status: 'inputStatus', bytes: 4, announced: 2 }],
    );
    const counters = async () => (await views(product))[0]?.counters ?? {};
    await eventually(counters, ({ noted, oddStatus }) => noted === 1 && oddStatus === 1);
    const path = '/api/v1/osdp/readers/odd/manufacturer';
    const words = { oui: '0A0017', data: '00'.repeat(300) };
    const { status, body } = await product.api('POST', path, words);
    equal(status, 409);
    match(JSON.stringify(body), /takes no message of that length/);
    deepEqual(await post(product, 'osdp/readers/odd/manufacturer', { oui: '0A0017', data: '01' }), {
      data: '0a001701',
    });
  });
});

describe('sallyport osdp monitor --device', function () {
  this.timeout(30_000);

  it('listens on a port, explains both sides, keeps them without keys and PINs, and sends nothing', async function () {
    const terminal = openPseudoTerminal();
    if ('missing' in terminal) return this.skip();
    const scene = createProductScene();
    const sent: Uint8Array[] = [];
    terminal.onBytes((bytes) => sent.push(bytes));
    const said = (address: number, code: number, ...data: number[]) =>
      Uint8Array.of(0xff, ...build({ address, sequence: 1, crc: true, code, data: Uint8Array.from(data) }));
    const key = [0x8f, 0x1d, 0x3a, 0x5c, 0x7b, 0x92, 0xe0, 0x46, 1, 2, 3, 4, 5, 6, 7, 8];
    const speak = setInterval(() => {
      terminal.write(said(1, 0x60));
      terminal.write(said(0x81, 0x53, 0, 4, 0x34, 0x37, 0x31, 0x31));
      terminal.write(Uint8Array.of(0x53, 1, 2, 0xff));
      terminal.write(said(1, 0x75, 1, 16, ...key));
      terminal.write(said(0x81, 0x40));
    }, 100);
    const capture = join(scene.dataDir, 'line.osdpcap');
    try {
      // What came before it was opened is the echo of a terminal that nobody has set up yet.
      const text = await monitored(
        ['--device', terminal.path, '--write', capture],
        /POLL[\s\S]*KEYPAD[\s\S]*KEYSET[\s\S]*ACK/,
        () => sent.splice(0),
      );
      match(text, /^\d\d:\d\d:\d\d\.\d{3} .*1.*POLL/m);
      match(text, /KEYPAD/);
      const kept = readFileSync(capture, 'utf8');
      ok(kept.split('\n').length > 4);
      const bare = kept.replaceAll('-', '');
      ok(!bare.includes('34373131') && !bare.includes('8f1d3a5c'), 'neither PIN nor key');
      equal(statSync(capture).mode & 0o777, 0o600);
      match((await sallyport('osdp', 'monitor', '--read', capture)).text, /POLL[\s\S]*KEYPAD/);
      deepEqual(sent, []);
      const missing = await sallyport('osdp', 'monitor', '--device', '/dev/nothing-here');
      equal(missing.code, 1);
      match(missing.text, /nothing-here/);
    } finally {
      clearInterval(speak);
      terminal.close();
      await scene.close();
    }
  });
});
