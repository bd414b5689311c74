/** `sallyport osdp ...`: over the API of a controller, and on a port of its own (a pseudo-terminal). */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSiteFile } from '../src/config/siteFile.js';
import { keyFile } from '../src/control/osdpKeys.js';
import type { OsdpAsk, OsdpLineView, PeripheralView, SurveyView } from '../src/core/osdp.js';
import { installKey, moveOver, readCapture, scanOver, setKey, showLines } from '../src/osdpCommands.js';
import { installKeyDirect, surveyDevice } from '../src/osdpDirect.js';
import { type Edge, openEdge } from './api/fakes.js';
import { known } from './config/known.js';
import { attachAll } from './site/osdp/attach.js';
import { createPeripheral, type Peripheral } from './site/osdp/peripheral.js';
import { openPseudoTerminal, type PseudoTerminal } from './site/pseudoTerminal.js';

const reader: PeripheralView = {
  ...{
    reader: 'gate-in',
    line: 'rs485',
    address: 1,
    state: 'online',
    secure: true,
    policy: 'required',
    keyed: true,
  },
  ...{ alarms: ['device-changed'], capabilities: [], inputs: [], counters: {} },
  replyMs: { p50: 12.3, p99: 20 },
};

describe('sallyport osdp over the API', () => {
  let edge: Edge;
  let lines: OsdpLineView[];
  let said: string[];
  const print = (text: string) => said.push(text);
  beforeEach(async () => {
    edge = await openEdge();
    said = [];
    lines = [{ line: 'rs485', baud: 9_600, readers: [reader] }];
  });
  afterEach(() => edge.end());
  const controller = () => ({ url: edge.url, token: edge.token('administrator') });
  const survey = (more: Partial<SurveyView>): OsdpLineView => ({
    ...{ line: 'rs485', baud: 9_600, readers: [] },
    survey: { ...{ kind: 'scan', done: true, share: 1, found: [] }, ...more },
  });
  const answering = (asks: OsdpAsk[] = []) => {
    edge.osdp = (ask) => {
      asks.push(ask);
      return ask.ask === 'lines' ? { answer: 'lines', lines } : { answer: 'done' };
    };
    return asks;
  };

  it('status says how each reader is', async () => {
    answering();
    await showLines(controller(), print);
    assert.deepEqual(said, [
      'line rs485 at 9600 baud',
      '  gate-in: address 1, online, Secure Channel, replies in 12 ms, ALARM device-changed',
    ]);
  });

  it('scan waits for the end and says what was found', async () => {
    answering();
    const identity = { vendor: '0A0017', model: 3, version: 1, serial: 7, firmware: '1.2.3' };
    lines = [
      survey({
        found: [
          { address: 4, baud: 38_400, identity },
          { address: 5, baud: 9_600 },
        ],
      }),
    ];
    await scanOver(controller(), 'rs485', [9_600], print);
    assert.deepEqual(said, [
      'address 4 at 38400 baud: vendor 0A0017, model 3, serial 7, firmware 1.2.3',
      'address 5 at 9600 baud: does not say who it is: it has a key',
    ]);
  });

  it('set-address by reader and by place; one that is lost is an error', async () => {
    const asks = answering();
    const to = { address: 9, baud: 9_600 };
    await moveOver(controller(), { reader: 'gate-in' }, to, print);
    assert.equal(asks[0]?.ask, 'set-address');
    lines = [survey({ kind: 'move', outcome: 'lost' })];
    const from = { address: 0, baud: 9_600 };
    await assert.rejects(moveOver(controller(), { line: 'rs485', from }, to, print), /look for it with scan/);
  });

  it('install-key ends when the reader has its key; a refusal is said in the words of the controller', async () => {
    answering();
    await installKey(controller(), 'gate-in', print);
    assert.equal(said.at(-1), 'gate-in has its own key and is online.');
    lines = [{ line: 'rs485', baud: 9_600, readers: [{ ...reader, secure: false, state: 'offline' }] }];
    await assert.rejects(installKey(controller(), 'gate-in', print), /gate-in has no key: it is offline/);
    edge.osdp = () => ({ answer: 'refused', why: 'clear-reader' });
    await assert.rejects(installKey(controller(), 'gate-in', print), /409: .*secure: off/);
    await assert.rejects(showLines({ url: edge.url, token: 'x' }, print), /401/);
  });

  it('set-key says whether the reader proved it', async () => {
    const tell = async (views: readonly Partial<PeripheralView>[], waitMs?: number) => {
      const asks = answering();
      const looks = [...views];
      const answer = edge.osdp;
      edge.osdp = (ask) => {
        const view = looks.length > 1 && ask.ask === 'lines' ? looks.shift() : looks[0];
        lines = [{ line: 'rs485', baud: 9_600, readers: [{ ...reader, alarms: [], ...view }] }];
        return answer(ask);
      };
      await setKey(controller(), 'gate-in', 'ab'.repeat(16), print, waitMs);
      return asks.find(({ ask }) => ask === 'enter-key');
    };
    const proved = await tell([{ alarms: ['key-refused'], keyEnded: 'not-taken' }, { keyEnded: 'keyed' }]);
    assert.ok(proved?.ask === 'enter-key' && proved.key === 'ab'.repeat(16));
    assert.equal(said.at(-1), 'gate-in has proved the key and is online.');
    const wrong = /gate-in does not know that key/;
    await assert.rejects(tell([{}, { keyEnded: 'not-taken' }]), wrong, 'it proved the key it had');
    await assert.rejects(tell([{}, { alarms: ['key-refused'] }]), wrong);
    await assert.rejects(
      tell([{ alarms: ['key-refused'] }], 500),
      wrong,
      'an alarm of before says nothing yet',
    );
    await tell([{ state: 'offline' }], 500);
    assert.match(said.at(-1) ?? '', /the key is kept and tried when it comes/);
    edge.osdp = (ask) =>
      ask.ask === 'lines' ? { answer: 'lines', lines } : { answer: 'refused', why: 'weak-key' };
    await assert.rejects(setKey(controller(), 'gate-in', '00'.repeat(16), print), /409: Everybody would try/);
  });

  it('monitor explains a recorded file', () => {
    readCapture('test/captures/simulated-install.osdpcap', print);
    assert.ok(said.some((text) => text.endsWith('CHLNG: prove your key')));
    assert.ok(said.some((text) => text.includes('sealed: KEYSET')));
  });
});

describe('sallyport osdp on a port of its own', function () {
  this.timeout(20_000);
  const folder = mkdtempSync(join(tmpdir(), 'osdp-'));
  const terminals: PseudoTerminal[] = [];
  const said: string[] = [];
  const print = (text: string) => said.push(text);
  before(function () {
    if ('missing' in openTerminal()) this.skip();
  });
  after(() => {
    for (const terminal of terminals) terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const openTerminal = () => {
    const opened = openPseudoTerminal();
    if ('path' in opened) terminals.push(opened);
    return opened;
  };
  /** A device with this reader behind it. Who closes it pulls the plug, so each command gets its own. */
  const deviceWith = (peripheral: Peripheral): string => {
    const terminal = openTerminal();
    assert.ok('path' in terminal);
    const setTimer = (run: () => void, afterMs: number) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    };
    attachAll([peripheral], terminal, { nowMs: () => performance.now(), setTimer });
    return terminal.path;
  };

  it('finds a reader and moves it', async () => {
    const peripheral = createPeripheral({ address: 3 });
    await surveyDevice(deviceWith(peripheral), { kind: 'scan', bauds: [9_600] }, print);
    assert.match(said.at(-1) ?? '', /^address 3 at 9600 baud: vendor 0A0017/);
    const plan = {
      kind: 'move',
      from: { address: 3, baud: 9_600 },
      to: { address: 5, baud: 9_600 },
    } as const;
    await surveyDevice(deviceWith(peripheral), plan, print);
    assert.equal(peripheral.address(), 5);
    assert.equal(said.at(-1), 'The reader is at its new place.');
    await assert.rejects(surveyDevice('/dev/nothing-here', plan, print), /nothing-here/);
  });

  it('keys a reader of a site file while no controller runs', async () => {
    const peripheral = createPeripheral({ address: 1 });
    const device = deviceWith(peripheral);
    const text = [
      ...['name: Yard', 'board: bench', 'timeZone: UTC', `data: ${folder}`],
      ...['serial:', `  rs485: { device: ${device}, adapter: uart }`],
      ...['doors:', '  gate: { name: Gate, number: 1, relay: { line: relay1 } }'],
      ...['readers:', '  gate-in:', '    door: gate', '    direction: entry'],
      '    osdp: { line: rs485, address: 1, formats: [H10301] }',
    ].join('\n');
    const parsed = parseSiteFile(text, 's.yaml', known);
    assert.ok(parsed.ok);
    await installKeyDirect(parsed.site, 'gate-in', print);
    const kept = readFileSync(join(folder, keyFile), 'utf8');
    assert.ok(kept.includes(Buffer.from(peripheral.key() ?? []).toString('hex')));
    assert.equal(said.at(-1), 'gate-in has its own key.');
    await assert.rejects(installKeyDirect(parsed.site, 'gate-out', print), /no OSDP reader "gate-out"/);
  });
});
