/** What a reader shows as its door goes, what it may say besides cards, and what the API tells of it: in the product. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { colourOf } from './site/osdp/display.js';
import { siteKey } from './site/osdp/panelScene.js';
import {
  cardOf,
  cli,
  createProductScene,
  enrolAnn,
  has,
  hex,
  nowMs,
  online,
  post,
  views,
} from './site/osdp/productScene.js';
import { eventually } from './site/product.js';

const [red, green, amber] = [1, 2, 3];

describe('osdp readers and the product: what is shown and told', function () {
  this.timeout(60_000);
  let scene: ReturnType<typeof createProductScene>;
  beforeEach(() => {
    scene = createProductScene();
  });
  afterEach(() => scene.close());

  it('forced, held, waiting for a PIN, granted and at rest: light and sounder go with the door', async function () {
    const { product, readers } = await scene.open(
      this,
      [{ id: 'in', kept: { active: hex(siteKey) }, is: { scbk: siteKey }, asks: 'card-and-pin' }],
      'relay: { line: relay1 }, contact: { line: in/in1 }',
    );
    const [inside] = readers;
    ok(inside !== undefined);
    await enrolAnn(product);
    await post(product, 'credentials', { user: 'ann', kind: 'pin', pin: '4711' });
    const reply = await fetch(`${product.url}/api/v1/doors/gate`, {
      method: 'PATCH',
      headers: {
        ...{ authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
        'if-match': '*',
      },
      body: JSON.stringify({ heldOpenMs: 1_000, extendedHeldOpenMs: 1_000 }),
    });
    equal(reply.status, 200);
    await online(product, 'in');
    const shows = (colour: number, isSteady: boolean) =>
      eventually(
        async () => ({ colour: colourOf(inside.shown, nowMs()), led: inside.shown.leds.at(-1) }),
        ({ colour: now, led }) => now === colour && (led?.temporary.off === 0) === isSteady,
      );
    /** An alarm sounds until it is over, or the controller is gone for a minute. */
    const sounds = () =>
      eventually(
        async () => inside.shown.buzzes.at(-1) ?? { on: 0, off: 0, count: 0 },
        ({ on, off, count }) => (on + off) * count * 100 === 60_000,
      );
    await shows(red, true);
    inside.setInput(0, 1);
    await has(product, 'door-forced');
    await shows(red, false);
    await sounds();
    inside.setInput(0, 0);
    await has(product, 'door-forced-ended');
    await shows(red, true);

    inside.present(cardOf(7));
    await shows(amber, false);
    inside.press('4711#');
    await has(product, 'access-granted in');
    await shows(green, true);
    inside.setInput(0, 1);
    await has(product, 'door-held');
    await shows(amber, false);
    await sounds();
    inside.setInput(0, 0);
    await has(product, 'door-held-ended');
    await shows(red, true);
    deepEqual(inside.violations, []);
  });

  it('a reader of unknown address and speed is found, and moved to its place and the speed of the line', async function () {
    const { product, readers } = await scene.open(this, [
      { id: 'in', secure: 'off', is: { address: 42, baud: 38_400 } },
    ]);
    await enrolAnn(product);
    await has(product, 'reader-offline in');
    const scan = await cli(product, 'scan', 'rs485');
    match(scan.text, /^address 42 at 38400 baud: vendor 0A0017, model 3/m);
    const moved = await cli(
      product,
      'set-address',
      '--line',
      'rs485',
      '--from',
      '42:38400',
      '--to',
      '0:115200',
    );
    match(moved.text, /The reader is at its new place/);
    deepEqual([readers[0]?.address(), readers[0]?.baud()], [0, 115_200]);
    await online(product, 'in');
    readers[0]?.present(cardOf(7));
    await has(product, 'access-granted in');
    deepEqual(readers[0]?.violations, []);
  });

  it('a card longer than any credential is an event and no grant; a vendor is heard; ID and CAP stand in the API', async function () {
    const { product, readers } = await scene.open(this, [
      { id: 'in', secure: 'off', kept: { active: hex(siteKey) } },
    ]);
    const [inside] = readers;
    await enrolAnn(product);
    await has(product, 'reader-notice in');
    const [notice] = (await product.events()).filter(({ kind }) => kind === 'reader-notice');
    deepEqual(notice?.detail, { notice: 'in-clear-although-keyed' });
    await online(product, 'in');
    for (const bits of ['1'.repeat(129), '1'.repeat(1_025), `${cardOf(7)}0`]) inside?.present(bits);
    inside?.present(cardOf(7));
    await has(product, 'access-granted in');
    const rows = await product.events();
    deepEqual(
      rows.flatMap(({ kind, detail }) => (kind === 'unreadable' ? [detail] : [])),
      [
        { fault: 'too-long', bits: 129 },
        { fault: 'too-long', bits: 1_025 },
        { fault: 'length', bits: 27 },
      ],
    );
    equal(rows.filter(({ kind }) => kind.startsWith('access-')).length, 1);

    inside?.sayVendor(1, 2, 3);
    const path = '/api/v1/osdp/readers/in/manufacturer';
    const words = async () =>
      (await product.api('GET', path)).body as { items: { data: string }[]; last: number };
    const heard = await eventually(words, ({ last }) => last === 1);
    deepEqual(
      heard.items.map(({ data }) => data),
      ['010203'],
    );
    deepEqual((await product.api('GET', `${path}?after=1`)).body, { items: [], last: 1 });

    const [view] = await views(product);
    const identity = { vendor: '0A0017', model: 3, version: 1, serial: 0x01020301, firmware: '1.2.3' };
    deepEqual(view?.identity, identity);
    ok(
      view?.capabilities.some((one) => one.function === 10 && one.count === 1),
      'takes 256 bytes',
    );
    deepEqual([view?.secure, view?.policy, view?.keyed], [false, 'off', true]);
  });
});
