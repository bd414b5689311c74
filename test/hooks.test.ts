import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Receiver, type Seen, startReceiver } from './outbound/receiver.js';
import {
  administrator,
  dropDataDir,
  eventually,
  newDataDir,
  type Product,
  startProduct,
} from './site/product.js';

const secret = 'a key of sixteen letters and more';

describe('webhooks of the product', function () {
  this.timeout(60_000);
  let product: Product;
  let receiver: Receiver;
  let answer: (seen: Seen, response: ServerResponse, count: number) => void;
  let token: string;

  beforeEach(async () => {
    answer = (_seen, response) => response.end();
    receiver = await startReceiver((...args) => answer(...args));
    product = await startProduct(newDataDir());
    const claimed = await product.api(
      'POST',
      '/api/v1/claim',
      { code: product.claimCode, ...administrator },
      '',
    );
    token = (claimed.body as { token: string }).token;
    const hook = {
      ...{ id: 'feed', name: 'Feed', events: ['access-granted', 'access-denied'], secret },
      url: `http://hook:s3cret-s3cret@127.0.0.1:${receiver.port}/in`,
    };
    const made = await product.api('POST', '/api/v1/hooks', hook, token);
    equal(made.status, 201, JSON.stringify(made.body));
    ok(!JSON.stringify(made.body).includes('s3cret') && !JSON.stringify(made.body).includes(secret));
  });

  const decisions = async () =>
    (await product.events()).filter(({ kind }) => /^access-(granted|denied)$/.test(kind));
  /** The rows that arrived, by number; in a later turn of the loop, so that some can arrive. */
  const arrivals = async (): Promise<readonly number[]> => {
    await new Promise(setImmediate);
    return receiver.seen.map(({ body }) => JSON.parse(body).seq as number);
  };

  afterEach(async () => {
    await product.kill('SIGKILL');
    await receiver.close();
    dropDataDir(product.dataDir);
  });

  it('every row arrives, signed, through kill -9 in the middle of a delivery', async () => {
    await product.present('lobby-in', 4822);
    await eventually(arrivals, (seqs) => seqs.length === 1);
    const [first] = receiver.seen;
    const [, t] = /^t=(\d+)/.exec(String(first?.headers['sallyport-signature'])) ?? [];
    const mac = createHmac('sha256', secret).update(`${t}.${first?.body}`).digest('hex');
    equal(first?.headers['sallyport-signature'], `t=${t},v1=${mac}`);

    // From now on the receiver takes what it gets and never answers: nothing is confirmed.
    answer = () => undefined;
    await product.present('lobby-in', 4822);
    await eventually(arrivals, (seqs) => seqs.length === 2);
    await product.present('lobby-out', 4822);
    await eventually(decisions, (events) => events.length === 3);
    await product.kill('SIGKILL');

    answer = (_seen, response) => response.end();
    const { dataDir } = product;
    product = await startProduct(dataDir);
    await product.present('lobby-in', 4823);
    const wanted = await eventually(decisions, (events) => events.length === 4);
    const all = await eventually(
      async () => [...new Set(await arrivals())],
      (seqs) => seqs.length === 4,
    );
    deepEqual(
      all,
      wanted.map(({ seq }) => seq),
    );
  });

  it('a receiver that hangs delays neither a door nor a page; the test button says what it answered', async () => {
    answer = () => undefined;
    await product.present('lobby-in', 4822);
    await eventually(
      async () => (await arrivals()).length,
      (count) => count === 1,
    );
    await product.present('lobby-out', 4822);
    const events = await eventually(
      product.events,
      (all) => all.filter(({ kind }) => kind === 'access-granted').length === 2,
    );
    ok(events.length > 0);
    answer = (_seen, response) => response.writeHead(418).end();
    const tried = await product.api('POST', '/api/v1/hooks/feed/test', undefined, token);
    deepEqual([tried.status, tried.body], [200, { ok: false, error: 'http-418' }]);
    const states = await product.api('GET', '/api/v1/hook-states', undefined, token);
    equal((states.body as { items: { hook: string }[] }).items[0]?.hook, 'feed');
    const letters = await product.api('GET', '/api/v1/hooks/feed/dead-letters', undefined, token);
    deepEqual(letters.body, { items: [] });
    for (const path of ['nobody/test', 'feed/dead-letters/9/retry']) {
      equal((await product.api('POST', `/api/v1/hooks/${path}`, undefined, token)).status, 404);
    }
    ok(!JSON.stringify(await product.events()).includes('s3cret'));
  });

  it('a change keeps password and key that it does not name, and wrong fields are named', async () => {
    const { status } = await product.api('PATCH', '/api/v1/hooks/feed', { name: 'New' }, token);
    equal(status, 428);
    for (const [field, body] of [
      ['url', { url: 'ftp://a/' }],
      ['events.0', { events: ['no-such-kind'] }],
      ['secret', { secret: 'short' }],
      ['colour', { colour: 'red' }],
    ] as const) {
      const hook = { id: 'x', name: 'X', url: 'http://a/', events: ['*'], ...body };
      const refused = await product.api('POST', '/api/v1/hooks', hook, token);
      equal(refused.status, 400);
      ok(JSON.stringify(refused.body).includes(`"field":"${field}"`), JSON.stringify(refused.body));
    }
  });
});
