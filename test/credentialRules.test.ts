import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { StoredEvent } from '../src/core/management.js';
import { type Receiver, startReceiver } from './outbound/receiver.js';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';

/** Two doors alike, each with a reader that has keys, a lamp and a beeper. */
const doorOf = (n: number) => `
  door${n}: { name: Door ${n}, number: ${n}, relay: { line: relay${n} } }`;
const readerOf = (n: number) => `
  in${n}:
    door: door${n}
    direction: entry
    wiegand:
      { d0: w${n}.d0, d1: w${n}.d1, formats: [H10301], keypad: 8-bit-high, led: { line: w${n}.led }, beep: { line: w${n}.beep } }`;
const site = `
name: Gate
board: mock
timeZone: Europe/Berlin
clock: assume-trusted
doors:${doorOf(1)}${doorOf(2)}
readers:${readerOf(1)}${readerOf(2)}
`;
const dayMs = 86_400_000;

describe('credentials at the doors of the product', function () {
  this.timeout(60_000);
  let product: Product;
  let cards = 100;

  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const reply = await product.api('POST', `/api/v1/${path}`, body);
    ok(reply.status < 300, `${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as Record<string, unknown>;
  };
  const user = (id: string, more: object = {}) =>
    post('users', { id, name: id, accessRights: ['all'], ...more });
  /** A new card of the user; returns its number. */
  const card = async (of: string, more: object = {}): Promise<number> => {
    cards += 1;
    await post('credentials', {
      ...{ user: of, kind: 'card', format: 'H10301', facility: 25, number: String(cards) },
      ...more,
    });
    return cards;
  };
  const type = async (reader: string, pin: string): Promise<void> => {
    const { status } = await product.api('POST', `/api/v1/mock/readers/${reader}/present`, {
      pin: `${pin}#`,
    });
    equal(status, 204);
  };
  /** `granted`, or why not, of the newest `count` decisions at least. */
  const decided = async (count: number): Promise<readonly string[]> => {
    const decisions = (events: readonly StoredEvent[]) =>
      events.filter(({ kind }) => /^access-(granted|denied)$/.test(kind));
    const events = await eventually(product.events, (all) => decisions(all).length >= count);
    return decisions(events).map(({ reason }) => reason ?? 'granted');
  };
  const history = async (line: string) =>
    (await product.lines()).find((one) => one.line === line)?.history.map(({ active }) => active) ?? [];
  const kindsOf = async (of: string) =>
    (await product.events()).filter((event) => event.user === of).map(({ kind }) => kind);

  beforeEach(async () => {
    product = await startSite(newDataDir(), site);
    const doors = ['door1', 'door2'].map((door) => ({ door, schedule: 'always' }));
    await post('access-rights', { id: 'all', name: 'All', doors });
  });
  afterEach(async () => {
    await product.kill('SIGKILL');
    dropDataDir(product.dataDir);
  });

  describe('under duress', () => {
    let receiver: Receiver;
    beforeEach(async () => {
      receiver = await startReceiver((_seen, response) => response.end());
    });
    afterEach(() => receiver.close());

    it('the door opens as ever, the reader shows what it always shows; log, alarm and hook tell', async () => {
      await post('hooks', {
        id: 'guard',
        name: 'Guard',
        url: `http://127.0.0.1:${receiver.port}/`,
        events: ['duress'],
      });
      await user('ann');
      await user('bob');
      const [free, forced] = [await card('ann'), await card('bob', { duress: true })];
      await product.present('in1', free);
      await product.present('in2', forced);
      deepEqual(await decided(2), ['granted', 'granted']);
      // Until both doors are locked again: whatever a reader had to show, it has shown.
      const pulses = await eventually(
        () => Promise.all([history('relay1'), history('relay2')]),
        (both) => both.every((edges) => edges.includes(true) && edges.at(-1) === false),
      );
      deepEqual(pulses[1], pulses[0]);
      for (const line of ['led', 'beep']) {
        const [usual, under] = [await history(`w1.${line}`), await history(`w2.${line}`)];
        deepEqual(under, usual, line);
      }
      ok((await history('w2.led')).includes(true), 'the lamp said granted');
      ok((await kindsOf('bob')).includes('duress'));
      ok(!(await kindsOf('ann')).includes('duress'));
      const { body } = await product.api('GET', '/api/v1/alarms');
      deepEqual(
        (body as { items: { kind: string; user: string }[] }).items.map((one) => [one.kind, one.user]),
        [['duress', 'bob']],
      );
      await eventually(
        async () => {
          await new Promise(setImmediate);
          return receiver.seen.length;
        },
        (count) => count === 1,
      );
      equal(JSON.parse(receiver.seen[0]?.body ?? '{}').user, 'bob');
    });
  });

  it('a code for two openings opens twice, also over kill -9; one-time PINs once', async () => {
    await user('ann');
    const number = await card('ann', { usesLeft: 2 });
    await post('credentials', { user: 'ann', kind: 'pin', pin: '82615934', usesLeft: 1 });
    await product.present('in1', number);
    deepEqual(await decided(1), ['granted']);
    const { dataDir } = product;
    await product.kill('SIGKILL');
    product = await startSite(dataDir, site);
    await product.present('in1', number);
    await decided(2);
    await product.present('in1', number);
    deepEqual(await decided(3), ['granted', 'granted', 'credential-used-up']);
    await type('in2', '82615934');
    await decided(4);
    await type('in2', '82615934');
    deepEqual((await decided(5)).slice(3), ['granted', 'credential-used-up']);
    ok(!JSON.stringify(await product.events()).includes('82615934'), 'no digit of a PIN is in the log');
  });

  it('nobody passes before the first day nor after the last', async () => {
    const now = Date.now();
    await user('early', { validFromMs: now + dayMs });
    await user('late', { validUntilMs: now - dayMs });
    await user('now', { validFromMs: now - dayMs, validUntilMs: now + dayMs });
    for (const [count, id] of ['early', 'late', 'now'].entries()) {
      await product.present('in1', await card(id));
      await decided(count + 1);
    }
    deepEqual(await decided(3), ['not-yet-valid', 'expired', 'granted']);
  });

  it('a lost or stolen card opens nothing and tells where it was shown; found again it opens', async () => {
    await user('ann');
    const number = await card('ann', { id: 'c1', status: 'lost' });
    await product.present('in1', number);
    deepEqual(await decided(1), ['credential-disabled']);
    const missing = (await product.events()).find(({ kind }) => kind === 'missing-credential');
    deepEqual([missing?.reader, missing?.detail?.['status']], ['in1', 'lost']);
    const change = async (status: string) => {
      const path = `${product.url}/api/v1/credentials/c1`;
      const headers = { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' };
      const read = await fetch(path, { headers });
      const etag = read.headers.get('etag') ?? '';
      await read.text();
      const body = JSON.stringify({ status });
      const reply = await fetch(path, { method: 'PATCH', headers: { ...headers, 'if-match': etag }, body });
      equal(reply.status, 200, await reply.text());
    };
    await change('stolen');
    await product.present('in1', number);
    deepEqual((await decided(2))[1], 'credential-disabled');
    await change('active');
    await product.present('in1', number);
    deepEqual((await decided(3))[2], 'granted');
  });

  it('of PINs that serve alone one in a thousand codes is given out; one opens, a guess does not', async () => {
    await user('ann');
    for (let n = 0; n < 10; n += 1)
      await post('credentials', { user: 'ann', kind: 'pin', pin: String(3_141 + n * 577) });
    const body = { user: 'ann', kind: 'pin', pin: '9001' };
    const more = await product.api('POST', '/api/v1/credentials', body);
    equal(more.status, 409, JSON.stringify(more.body));
    match(JSON.stringify(more.body), /pin/);
    await post('credentials', { user: 'ann', kind: 'pin', pin: '71828' });
    await type('in1', '3718');
    await decided(1);
    await type('in1', '9001');
    deepEqual(await decided(2), ['granted', 'unknown-credential']);
  });

  it('the next card at this reader is given to a user; a card nobody has is enrolled from its refusal', async () => {
    await user('ann');
    const learn = '/api/v1/readers/in1/learn';
    equal((await product.api('POST', learn, { seconds: 60 })).status, 200);
    await product.present('in1', 4_711);
    const learned = await eventually(
      async () =>
        (await product.api('GET', learn)).body as {
          phase: string;
          readings?: { hex: string; number: string }[];
        },
      ({ phase }) => phase === 'read',
    );
    const reading = learned.readings?.find(({ number }) => number === '4711');
    await product.api('DELETE', learn);
    deepEqual(
      (await product.events()).filter(({ kind }) => kind.startsWith('access-')),
      [],
      'it is not read while it is learned',
    );
    await post('credentials', { user: 'ann', kind: 'card', hex: reading?.hex });
    await product.present('in1', 4_711);
    deepEqual(await decided(1), ['granted']);

    await product.present('in2', 4_712);
    await decided(2);
    const refused = (await product.events()).find(({ reason }) => reason === 'unknown-credential');
    const handle = refused?.detail?.['enrol'];
    await post('enrolments', { handle, newUser: { id: 'new', name: 'New', accessRights: ['all'] } });
    await product.present('in2', 4_712);
    deepEqual(await decided(3), ['granted', 'unknown-credential', 'granted']);
    const { body } = await product.api('POST', '/api/v1/card-lookup', { text: '25/4712' });
    deepEqual(
      (body as { matches: { user: { id: string } }[] }).matches.map((one) => one.user.id),
      ['new'],
    );
  });
});
