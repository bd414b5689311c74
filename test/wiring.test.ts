/**
 * The whole way for every kind of wiring, in the real product on the mock board: pulses or a level in; decision and
 * log; relay, lamp and beeper out.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { StoredEvent } from '../src/core/management.js';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';

const site = `name: Works
board: mock
timeZone: UTC
clock: assume-trusted
http: { port: 0 }
formats:
  yard-28:
    bits: 28
    facility: 1-8
    number: 9-26
    parity:
      - { bit: 0, kind: even, over: 1-13 }
      - { bit: 27, kind: odd, over: 14-26 }
  vault-256:
    bits: 256
    number: 1-254
    parity:
      - { bit: 0, kind: even, over: 1-127 }
      - { bit: 255, kind: odd, over: 128-254 }
doors:
  outer:
    name: Outer
    number: 1
    relay: { line: relay1, activeLow: true }
    contact: { line: in1, openWhen: inactive, debounceMs: 5 }
    rex: { line: in2, debounceMs: 5 }
  inner:
    name: Inner
    number: 2
    relay: { line: relay2, lock: { kind: maglock, failMode: fail-safe } }
    hardwareRex: confirmed
    contact: { line: in3, debounceMs: 5 }
  office:
    name: Office
    number: 3
    relay: { line: relay3 }
readers:
  outer-in:
    door: outer
    direction: entry
    wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301, yard-28, C15001, vault-256], led: { line: w1.led }, beep: { line: w1.beep } }
    tamper: { line: in4 }
  inner-in:
    door: inner
    direction: entry
    wiegand: { d0: w2.d0, d1: w2.d1, formats: [H10301], facilities: [25], led: { line: w2.led } }
  office-in:
    door: office
    direction: entry
    asks: card-and-pin
    wiegand: { d0: w3.d0, d1: w3.d1, formats: [H10301], keypad: 8-bit-high, led: { line: w3.led } }
  office-out:
    door: office
    direction: exit
    wiegand: { d0: w4.d0, d1: w4.d1, formats: [H10301], keypad: buffered-26 }
interlocks:
  airlock: [outer, inner]
fire: { line: in5, debounceMs: 5 }
`;

/** Ann's cards and her PIN; she may go everywhere. */
const cards = [
  { id: 'c1', format: 'H10301', facility: 25, number: '4822' },
  { id: 'c2', format: 'yard-28', facility: 7, number: '123456' },
  { id: 'c3', format: 'C15001', facility: 12, issue: 900, number: '34567' },
  { id: 'c4', format: 'vault-256', number: `1${'7204851396'.repeat(7)}42` },
];

describe('every kind of wiring, from the pulse to the relay', function () {
  this.timeout(60_000);
  let dataDir: string;
  let product: Product;

  const post = async (path: string, body: object) => {
    const reply = await product.api('POST', `/api/v1${path}`, body);
    ok(reply.status < 300, `${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as Record<string, unknown>;
  };
  const present = (reader: string, what: object) => post(`/mock/readers/${reader}/present`, what);
  const contact = (door: string, open: boolean) => post(`/mock/doors/${door}/contact`, { open });
  const logged = (kind: string, count = 1) =>
    eventually(product.events, (events) => events.filter((one) => one.kind === kind).length >= count);
  const last = (events: readonly StoredEvent[], kind: string) => events.findLast((one) => one.kind === kind);
  const active = async () => (await product.lines()).flatMap(({ line, active: on }) => (on ? [line] : []));
  const until = (line: string, on: boolean) => eventually(active, (lines) => lines.includes(line) === on);

  before(async () => {
    dataDir = newDataDir();
    product = await startSite(dataDir, site);
    await post('/access-rights', {
      id: 'all',
      name: 'All',
      doors: ['outer', 'inner', 'office'].map((door) => ({ door, schedule: 'always' })),
    });
    await post('/users', { id: 'ann', name: 'Ann', accessRights: ['all'] });
    for (const card of cards) await post('/credentials', { user: 'ann', kind: 'card', ...card });
    await post('/credentials', { user: 'ann', kind: 'pin', pin: '4711' });
    await contact('outer', false);
    await contact('inner', false);
  });

  after(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  });

  it('starts safe: the strikes released, the maglock held', async () => {
    await until('relay2', true);
    const lines = await active();
    ok(!lines.includes('relay1') && !lines.includes('relay3'), lines.join());
  });

  it('reads each format of a reader, and shows and sounds the answer', async () => {
    for (const [index, { id: _, ...card }] of cards.entries()) {
      await present('outer-in', card);
      const events = await logged('access-granted', index + 1);
      match(last(events, 'access-granted')?.credential?.label ?? '', new RegExp(`^${card.format} ••`));
      await until('relay1', true);
      await until('w1.led', true);
      await contact('outer', true);
      await contact('outer', false);
      await until('relay1', false);
      await until('w1.led', false);
    }
    const beeps = (await product.lines()).find(({ line }) => line === 'w1.beep')?.history ?? [];
    ok(beeps.filter((one) => one.active).length >= cards.length);
  });

  it('finds a card of 256 bits by its number, and tells one bit more and one bit wrong', async () => {
    const { number = '' } = cards[3] ?? {};
    const { matches } = await post('/card-lookup', { text: number });
    equal((matches as readonly { readonly user: { readonly id: string } }[])[0]?.user.id, 'ann');
    const data = BigInt(number).toString(2).padStart(254, '0');
    const ones = (text: string) => text.replaceAll('0', '').length;
    const bits = `${ones(data.slice(0, 127)) % 2}${data}${1 - (ones(data.slice(127)) % 2)}`;
    const wrong = bits.slice(0, 200) + (bits[200] === '0' ? '1' : '0') + bits.slice(201);
    const before = (await logged('access-granted')).filter(({ kind }) => kind === 'access-granted').length;
    await present('outer-in', { bits: wrong });
    await present('outer-in', { bits });
    const events = await logged('access-granted', before + 1);
    equal(last(events, 'access-granted')?.credential?.label, 'vault-256 ••9642');
    deepEqual(last(events, 'unreadable')?.detail, { fault: 'parity', bits: 256 });
    await until('relay1', true);
    await contact('outer', true);
    await contact('outer', false);
    await until('relay1', false);
  });

  it('lets one door of the interlock open at a time', async () => {
    const { id: _, ...card } = cards[0] ?? { id: '' };
    await present('outer-in', card);
    await until('relay1', true);
    await contact('outer', true);
    await present('inner-in', card);
    equal(last(await logged('access-denied'), 'access-denied')?.reason, 'interlock');
    await contact('outer', false);
    await until('relay1', false);
    await present('inner-in', card);
    // A maglock opens by letting go.
    await until('relay2', false);
    await contact('inner', true);
    await contact('inner', false);
    await until('relay2', true);
  });

  it('refuses a card of another facility before it looks whose it is', async () => {
    await present('inner-in', { format: 'H10301', facility: 26, number: 1 });
    equal(last(await logged('access-denied', 2), 'access-denied')?.reason, 'wrong-facility');
  });

  it('wants the PIN after the card, on keys of eight bits', async () => {
    await present('office-in', { format: 'H10301', facility: 25, number: 4822 });
    await eventually(
      () => product.lines(),
      (lines) =>
        (lines.find(({ line }) => line === 'w3.led')?.history ?? []).filter((one) => one.active).length > 1,
    );
    ok(!(await active()).includes('relay3'));
    await present('office-in', { pin: '4711' });
    await until('relay3', true);
    const granted = last(await product.events(), 'access-granted');
    equal(granted?.credential?.label, 'H10301 ••4822 + PIN');
    await until('relay3', false);
  });

  it('takes a PIN that a keypad sends whole', async () => {
    await present('office-out', { pin: '4711' });
    await until('relay3', true);
  });

  it('learns the next card: every format that fits, nothing of it in the log', async () => {
    await post('/readers/office-out/learn', { seconds: 60 });
    await present('office-out', { format: 'H10302', number: '30000000001' });
    const learned = await eventually(
      async () =>
        (await product.api('GET', '/api/v1/readers/office-out/learn')).body as Record<string, unknown>,
      ({ phase }) => phase === 'read',
    );
    const readings = learned['readings'] as readonly { readonly format: string; readonly number: string }[];
    deepEqual(
      readings.map(({ format }) => format),
      ['H10302', 'H10304'],
    );
    equal(readings[0]?.number, '30000000001');
    match(String(learned['bits']), /^[01]{37}$/);
    ok(!JSON.stringify(await product.events()).includes('30000000001'));
  });

  it('finds exchanged data wires, and a reader that sends rubbish', async () => {
    const swapped = '11110011011101101001010010';
    for (let count = 0; count < 10; count += 1) await present('outer-in', { bits: swapped });
    const events = await logged('reader-unreadable-on');
    equal(last(events, 'reader-unreadable-on')?.reader, 'outer-in');
    deepEqual(last(events, 'input-fault')?.detail, { line: 'w1.d0', fault: 'd0-d1-swapped' });
    const { body } = await product.api('GET', '/api/v1/readers/outer-in');
    const { health } = body as { readonly health: Record<string, unknown> };
    deepEqual(
      [health['swapped'], health['alarm'], health['tamper'], health['parityErrors']],
      [true, true, false, 10],
    );
  });

  it('a request to exit opens although the other door of the interlock is open, and both stand in the log', async () => {
    await present('inner-in', { format: 'H10301', facility: 25, number: 4822 });
    await until('relay2', false);
    await contact('inner', true);
    await post('/mock/doors/outer/rex', { active: true });
    await until('relay1', true);
    await contact('outer', true);
    equal(last(await logged('interlock-broken'), 'interlock-broken')?.door, 'outer');
  });

  it('an opened housing is told, and fire opens its doors until somebody resets by hand', async () => {
    await post('/mock/readers/outer-in/tamper', { active: true });
    equal(last(await logged('tamper-on'), 'tamper-on')?.reader, 'outer-in');
    await post('/doors/office/lock', {});
    await post('/mock/fire', { active: true });
    await until('relay3', true);
    await until('w3.led', true);
    equal((await product.api('POST', '/api/v1/fire/reset')).status, 409, 'not while it burns');
    await post('/mock/fire', { active: false });
    await logged('fire-off');
    ok((await active()).includes('relay3'), 'the doors stay open');
    await post('/fire/reset', {});
    await until('relay3', false);
  });
});
