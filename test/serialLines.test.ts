/**
 * The product as a process on real serial devices: pseudo-terminals of the kernel, opened by npm serialport. Eight
 * simulated OSDP readers share one, a reader of EM4100 cards has another; cards and PINs become grants.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEvent } from '../src/core/management.js';
import { encode } from '../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../src/readers/wiegand/formatTable.js';
import { attachAll } from './site/osdp/attach.js';
import { siteKey } from './site/osdp/panelScene.js';
import { createPeripheral, type Peripheral } from './site/osdp/peripheral.js';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';
import { openPseudoTerminal, type PseudoTerminal } from './site/pseudoTerminal.js';

const places = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Four doors with a reader on each side; even addresses are sealed. */
function siteOf(device: string, baud: number, em4100: string): string {
  const doors = [1, 2, 3, 4].map(
    (n) => `  door${n}: { name: Door ${n}, number: ${n}, relay: { line: relay${n} } }`,
  );
  const readers = places.map((n) => {
    const door = `door${(n >> 1) + 1}`;
    const secure = n % 2 === 0 ? '' : ', secure: off';
    return `  r${n}: { door: ${door}, direction: ${n % 2 === 0 ? 'entry' : 'exit'}, osdp: { line: rs485, address: ${n}, formats: [H10301]${secure} } }`;
  });
  return `name: Yard
board: mock
timeZone: UTC
serial:
  rs485: { device: ${device}, baud: ${baud} }
  push: { device: ${em4100}, baud: 9600 }
doors:
${doors.join('\n')}
readers:
${readers.join('\n')}
  em: { door: door1, direction: entry, serial: { line: push, framing: em4100 } }
`;
}

const bitsOf = (number: number) => {
  const format = wiegandFormats.get('H10301');
  const encoded = format === undefined ? undefined : encode(format, { facility: 25, number: String(number) });
  ok(encoded?.ok === true);
  return encoded.bits;
};

async function enrol(product: Product): Promise<void> {
  const doors = [1, 2, 3, 4].map((n) => ({ door: `door${n}`, schedule: 'always' }));
  const rows: [string, unknown][] = [['access-rights', { id: 'all', name: 'All', doors }]];
  for (const n of places) {
    rows.push(['users', { id: `u${n}`, name: `User ${n}`, accessRights: ['all'] }]);
    const card = { user: `u${n}`, kind: 'card', format: 'H10301', facility: 25, number: String(1_000 + n) };
    rows.push(['credentials', card]);
    rows.push(['credentials', { user: `u${n}`, kind: 'pin', pin: `7${n}31` }]);
  }
  rows.push(['users', { id: 'ed', name: 'Ed', accessRights: ['all'] }]);
  rows.push(['credentials', { user: 'ed', kind: 'card', hex: '62E3086CED' }]);
  for (const [path, body] of rows) {
    const { status, body: answer } = await product.api('POST', `/api/v1/${path}`, body);
    equal(status, 201, JSON.stringify(answer));
  }
}

const grantsOf = (events: readonly StoredEvent[]) =>
  events.flatMap(({ kind, user, reader }) => (kind === 'access-granted' ? [`${user} ${reader}`] : []));

describe('readers on real serial lines', function () {
  this.timeout(60_000);
  const opened: { close(): void }[] = [];
  let product: Product | undefined;
  let dataDir: string;

  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await product?.kill('SIGKILL');
    for (const one of opened.splice(0)) one.close();
    dropDataDir(dataDir);
  });

  const terminal = (context: Mocha.Context): PseudoTerminal => {
    const pty = openPseudoTerminal();
    if ('missing' in pty) return context.skip();
    opened.push(pty);
    return pty;
  };
  const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
  const setTimer = (run: () => void, afterMs: number) => {
    const timer = setTimeout(run, afterMs);
    return () => clearTimeout(timer);
  };
  const start = async (rs485: string, baud: number, push: string): Promise<Product> => {
    const key = Buffer.from(siteKey).toString('hex');
    const readers = Object.fromEntries(
      places.filter((n) => n % 2 === 0).map((n) => [`r${n}`, { active: key }]),
    );
    writeFileSync(join(dataDir, 'osdp-keys.json'), JSON.stringify({ version: 1, readers }), { mode: 0o600 });
    product = await startSite(dataDir, siteOf(rs485, baud, push));
    return product;
  };
  const makeReaders = (baud: number): readonly Peripheral[] =>
    places.map((address) =>
      createPeripheral({ address, baud, ...(address % 2 === 0 ? { scbk: siteKey } : {}) }),
    );
  const online = (running: Product, count: number) =>
    eventually(running.events, (all) => all.filter(({ kind }) => kind === 'reader-online').length >= count);

  for (const baud of [9_600, 115_200]) {
    it(`at ${baud}: cards and PINs at eight OSDP readers and one EM4100 reader become grants, each once`, async function () {
      const [rs485, push] = [terminal(this), terminal(this)];
      const readers = makeReaders(baud);
      attachAll(readers, rs485, { nowMs, setTimer });
      const running = await start(rs485.path, baud, push.path);
      await enrol(running);
      await online(running, 8);
      for (const [n, reader] of readers.entries()) reader.present(bitsOf(1_000 + n));
      push.write(Uint8Array.of(2, ...Buffer.from('62E3086CED08\r\n'), 3));
      await eventually(running.events, (all) => grantsOf(all).length >= 9);
      for (const [n, reader] of readers.entries()) reader.press(`7${n}31#`);
      const events = await eventually(running.events, (all) => grantsOf(all).length >= 17);
      const expected = [...places, ...places].map((n) => `u${n} r${n}`);
      deepEqual(grantsOf(events).sort(), [...expected, 'ed em'].sort());
      for (const reader of readers) deepEqual(reader.violations, []);
      ok(
        readers.every(({ shown }) => shown.leds.length > 0),
        'every reader was told what to show',
      );
      const relays = (await running.lines()).filter(({ line }) => /^relay[1-4]$/.test(line));
      ok(relays.every(({ history }) => history.some(({ active }) => active)));
    });
  }

  it('the adapter pulled and put back under its name: told, and the readers are back', async function () {
    const [first, push] = [terminal(this), terminal(this)];
    const device = join('/dev/shm', `sallyport-${process.pid}-adapter`);
    symlinkSync(first.path, device);
    opened.push({ close: () => unlinkSync(device) });
    const readers = makeReaders(115_200);
    attachAll(readers, first, { nowMs, setTimer });
    const running = await start(device, 115_200, push.path);
    await enrol(running);
    await online(running, 8);
    first.close();
    unlinkSync(device);
    await eventually(
      running.events,
      (all) => all.filter(({ kind }) => kind === 'reader-offline').length >= 8,
    );
    const second = terminal(this);
    attachAll(readers, second, { nowMs, setTimer });
    symlinkSync(second.path, device);
    await online(running, 16);
    readers[2]?.present(bitsOf(1_002));
    const events = await eventually(running.events, (all) => grantsOf(all).length >= 1);
    deepEqual(grantsOf(events), ['u2 r2']);
    const faults = events.filter(({ kind }) => kind === 'input-fault').map(({ detail }) => detail?.['fault']);
    deepEqual(faults, ['unavailable', 'restored']);
  });
});
