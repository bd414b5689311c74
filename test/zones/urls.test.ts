import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { openProductClock, type ProductClock, whyNoMovedClock } from '../faults/faketime.js';
import { change, claim, withEnvironment } from '../faults/neighbour.js';
import { type Receiver, type Seen, startReceiver } from '../outbound/receiver.js';
import { dropDataDir, eventually, newDataDir, type Product, startProduct } from '../site/product.js';

const missing = whyNoMovedClock();
const password = 's3cret-of-the-siren';

interface State {
  readonly hook: string;
  readonly attempts: number;
  readonly deadLetters: number;
  readonly behind: number;
}

describe('addresses that zone actions call, in the running product', function () {
  this.timeout(60_000);
  if (missing !== undefined) {
    it.skip(`not here: ${missing}`);
    return;
  }
  let clock: ProductClock;
  let product: Product;
  let token: string;
  let receiver: Receiver;
  let answer: (seen: Seen, response: ServerResponse, count: number) => void;

  beforeEach(async () => {
    answer = (_seen, response) => response.end();
    receiver = await startReceiver((...args) => answer(...args));
    clock = openProductClock();
    product = await withEnvironment(clock.environment, () => startProduct(newDataDir()));
    token = await claim(product);
  });

  afterEach(async () => {
    await product.kill('SIGKILL');
    await receiver.close();
    clock.close();
    dropDataDir(product.dataDir);
  });

  const url = () =>
    `http://siren:${password}@127.0.0.1:${receiver.port}/on?who=$userid&zone=$zone&token=${password}`;
  const act = (more: object = {}) => ({ kind: 'url', url: url(), basic: true, ...more });
  const setActions = (...actions: readonly object[]) =>
    change(product, token, '/api/v1/zones/1', { actions });
  const api = async (method: string, path: string, body?: unknown) =>
    (await product.api(method, `/api/v1/${path}`, body, token)).body;
  const violations = async (count: number): Promise<void> => {
    const isOne = ({ kind }: { readonly kind: string }) => kind === 'passback-violation';
    await eventually(product.events, (rows) => rows.filter(isOne).length === count);
  };
  /** Ann is refused; the first time she is let in before. */
  const violate = async (count: number): Promise<void> => {
    if (count === 1) await product.present('lobby-in', 4822);
    await product.present('lobby-in', 4822);
    await violations(count);
  };
  const arrived = async (count: number): Promise<readonly Seen[]> =>
    eventually(
      async () => {
        await new Promise(setImmediate);
        return receiver.seen;
      },
      (seen) => seen.length >= count,
    );
  const state = async (): Promise<State | undefined> => {
    const { items } = (await api('GET', 'hook-states')) as { readonly items: readonly State[] };
    return items.find(({ hook }) => hook === 'zone:1:0');
  };

  it('called with its variables and its login; the password is shown nowhere and stays when it comes back hidden', async () => {
    answer = ({ headers }, response) =>
      headers.authorization === undefined
        ? response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="siren"' }).end()
        : response.end();
    await setActions(act());
    await violate(1);
    const [asked, called] = await arrived(2);
    equal(asked?.headers.authorization, undefined);
    equal(called?.headers.authorization, `Basic ${Buffer.from(`siren:${password}`).toString('base64')}`);
    deepEqual([called?.method, called?.url], ['GET', `/on?who=ann&zone=1&token=${password}`]);
    equal(called?.headers['sallyport-event'], 'zone-action');

    const shown = (await api('GET', 'zones/1')) as { readonly actions: readonly { readonly url: string }[] };
    ok(shown.actions[0]?.url.includes('siren:*****@'), shown.actions[0]?.url);
    const everything = [
      shown,
      await api('GET', 'zones'),
      await api('GET', 'hook-states'),
      await product.events(),
    ];
    ok(!JSON.stringify(everything).includes(password), 'views and log');
    ok(!product.printed.includes(password), 'what it printed');
    // As a page does: what was read is written back, and still the address is called with its password.
    await setActions({ ...shown.actions[0], delayMs: 100 });
    await api('POST', 'zones/1/alarm', { alarmed: false });
    await violate(2);
    await arrived(3);
    await clock.advance(1, { url: product.url, token });
    const again = await eventually(
      async () => {
        await state();
        return receiver.seen;
      },
      (seen) => seen.length >= 4,
    );
    equal(again.at(-1)?.headers.authorization, called?.headers.authorization);
  });

  it('a receiver that is busy is asked again, in its time; one that refuses for good leaves a letter', async () => {
    answer = (_seen, response, count) => response.writeHead(count === 1 ? 503 : 200).end();
    await setActions(act());
    await violate(1);
    await eventually(state, (now) => now?.attempts === 1);
    equal(receiver.seen.length, 1);
    await clock.advance(2, { url: product.url, token });
    await eventually(state, (now) => now?.attempts === 0 && now.behind === 0);
    const deliveries = receiver.seen.map(({ headers }) => headers['sallyport-delivery']);
    equal(deliveries.length, 2);
    equal(deliveries[0], deliveries[1], 'a repetition is told by its delivery');

    answer = (_seen, response) => response.writeHead(404).end();
    await violate(2);
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await eventually(state, (now) => now?.attempts === attempt);
      await clock.advance(60, { url: product.url, token });
    }
    const dead = await eventually(state, (now) => now?.deadLetters === 1);
    deepEqual([dead?.attempts, dead?.behind], [0, 0]);
    const letters = (await api('GET', 'hooks/zone:1:0/dead-letters')) as {
      readonly items: readonly { readonly seq: number; readonly error: string }[];
    };
    deepEqual(
      letters.items.map(({ error }) => error),
      ['http-404'],
    );
    answer = (_seen, response) => response.end();
    const retry = `hooks/zone:1:0/dead-letters/${letters.items[0]?.seq}/retry`;
    deepEqual(await api('POST', retry), { ok: true });
    equal((await state())?.deadLetters, 0);
  });

  it('stop rules: not called when the alarm is released, or the door closed, before its time; once over kill -9', async () => {
    await setActions(act({ delayMs: 60_000 }));
    await violate(1);
    await api('POST', 'zones/1/alarm', { alarmed: false });
    await clock.advance(70, { url: product.url, token });
    await setActions(act({ delayMs: 60_000, stop: 'door-closed' }));
    await product.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
    await eventually(product.events, (rows) => rows.some(({ kind }) => kind === 'door-forced'));
    await product.present('garage-in', 4822);
    await violations(2);
    await product.api('POST', '/api/v1/mock/doors/garage/contact', { open: false });
    await eventually(product.events, (rows) => rows.some(({ kind }) => kind === 'door-closed'));
    await clock.advance(70, { url: product.url, token });
    await api('GET', 'status');
    equal(receiver.seen.length, 0);

    await setActions(act({ delayMs: 60_000, stop: 'next-action' }));
    await violate(3);
    await clock.advance(40, { url: product.url, token });
    await violate(4);
    await clock.advance(40, { url: product.url, token });
    await api('GET', 'status');
    equal((await product.events()).filter(({ kind }) => kind === 'zone-action').length, 0, 'begun anew');
    const { dataDir } = product;
    await product.kill('SIGKILL');
    clock.pass(40);
    product = await withEnvironment(clock.environment, () => startProduct(dataDir));
    equal((await arrived(1)).length, 1);
    await eventually(state, (now) => now?.behind === 0);
    equal(receiver.seen.length, 1, 'what came due while it was away is called, once');
  });
});
