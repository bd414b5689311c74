import assert from 'node:assert/strict';
import type { ForwardOrder } from '../../src/core/forwarding.js';
import { createForwarder, type ForwardJob } from '../../src/outbound/forwarder.js';
import { createForwards, type ForwardingReader } from '../../src/outbound/forwards.js';
import type { CallResult } from '../../src/outbound/openDoorCall.js';

const job = (id: string, ...urls: string[]): ForwardJob => ({
  id,
  urls,
  variables: { code: '0A1B2C3D' },
  allowBasic: false,
  wholeMs: 12_000,
});

/** Calls that a test answers by hand, and a clock of its own. */
function byHand() {
  const calls: { url: string; answer: (result: CallResult) => void }[] = [];
  const clock = { ms: 0 };
  const forwarder = createForwarder({
    nowMs: () => clock.ms,
    cnonce: () => 'c',
    call: (url) => new Promise((answer) => calls.push({ url: url.href, answer })),
  });
  return { calls, clock, forwarder };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('forwarder: all URLs of one swipe', () => {
  it('targets in parallel, one call at a time per target; the best outcome counts', async () => {
    const { calls, forwarder } = byHand();
    const done = forwarder.forward(job('1', 'http://a/?1', 'http://a/?2', 'http://b/?c=$code'));
    await turn();
    assert.deepEqual(
      calls.map(({ url }) => url),
      ['http://a/?1', 'http://b/?c=0A1B2C3D'],
    );
    calls[0]?.answer({ outcome: 'denied', reason: 'expired' });
    calls[1]?.answer({ outcome: 'opened' });
    await turn();
    calls[2]?.answer({ outcome: 'unreachable' });
    assert.deepEqual(await done, { id: '1', outcome: 'opened', targets: 3, opened: 1 });
  });

  it('a call that waited too long behind another is dropped: no door opens late', async () => {
    const { calls, clock, forwarder } = byHand();
    const first = forwarder.forward(job('1', 'http://a/'));
    const second = forwarder.forward(job('2', 'http://a/'));
    await turn();
    clock.ms = 2_001;
    calls[0]?.answer({ outcome: 'unknown', reason: 'timeout' });
    assert.equal((await first).outcome, 'unknown');
    assert.equal((await second).outcome, 'too-late');
    assert.equal(calls.length, 1);
  });

  it('a target with too long a queue takes no more, another target does', async () => {
    const { calls, forwarder } = byHand();
    for (let i = 0; i < 16; i += 1) void forwarder.forward(job(`${i}`, 'http://a/'));
    assert.deepEqual(await forwarder.forward(job('x', 'http://a/')), {
      ...{ id: 'x', outcome: 'too-late', reason: 'target-busy', targets: 1, opened: 0 },
    });
    void forwarder.forward(job('y', 'http://b/'));
    await turn();
    assert.deepEqual(
      calls.map(({ url }) => url),
      ['http://a/', 'http://b/'],
    );
  });

  it('at most ten URLs; what is no URL is unreachable; none at all has no target', async () => {
    const { calls, forwarder } = byHand();
    void forwarder.forward(job('1', ...Array.from({ length: 12 }, (_, i) => `http://h${i}/`)));
    await turn();
    assert.equal(calls.length, 10);
    assert.equal((await forwarder.forward(job('2', 'nonsense'))).reason, 'bad-url');
    assert.equal((await forwarder.forward(job('3'))).outcome, 'no-target');
  });
});

describe('forwards: an order becomes URLs', () => {
  const reader: ForwardingReader = {
    id: 'gate-in',
    name: 'Gate in',
    door: 'gate',
    doorNumber: 1,
    mode: 'exit',
    codeFormat: '6H3D5D',
    urls: ['http://spare/?c=$code&m=$antipassbackmode'],
    allowBasic: false,
    timeoutMs: 5_000,
  };
  const order: ForwardOrder = {
    key: 'k',
    reader: 'gate-in',
    user: 'ann',
    userName: 'Ann & Co',
    credential: 'card',
    presented: { code: '1912D6', doors: [{ number: 1, unlocked: true, open: false, alarm: true }] },
  };

  async function urlsOf(urls: readonly string[], more: Partial<ForwardOrder> = {}) {
    const { calls, forwarder } = byHand();
    const forward = createForwards({
      ...{ readers: [reader], forwarder, device: () => ({ firmware: '9.9' }), wallMs: () => 0 },
      scheduleOf: ({ door }) => `office of ${door}`,
      findUser: () => ({ urls }),
    });
    const done = forward({ ...order, ...more });
    await turn();
    for (const { answer } of calls) answer({ outcome: 'opened' });
    return { answer: await done, urls: calls.map(({ url }) => url) };
  }

  it("the user's own with every variable, else the reader's", async () => {
    const own =
      'http://b/?m=$antipassbackmode&n=$name&t=$unlocktype&c=$code&r=$relay1status&i=$input1status&f=$firmware' +
      '&d=$relay_id&a=$alarmstatus&s=$schedule&x=$remote$active_url';
    const { urls, answer } = await urlsOf([own]);
    assert.deepEqual(urls, [
      'http://b/?m=Exit&n=Ann%20%26%20Co&t=Card&c=02504822&r=1&i=0&f=9.9&d=1&a=1&s=office%20of%20gate&x=',
    ]);
    assert.deepEqual(answer, { key: 'k', outcome: 'opened', targets: 1, opened: 1 });
    assert.deepEqual((await urlsOf([])).urls, ['http://spare/?c=02504822&m=Exit']);
  });

  it('a PIN goes as it was typed', async () => {
    const pin: Partial<ForwardOrder> = { credential: 'pin', presented: { code: '0042', doors: [] } };
    assert.deepEqual((await urlsOf(['http://b/?c=$code&t=$unlocktype&s=$card_sn'], pin)).urls, [
      'http://b/?c=0042&t=PIN&s=',
    ]);
  });

  it('a reader that does not forward has no target', async () => {
    const { answer } = await urlsOf(['http://b/'], { reader: 'other' });
    assert.deepEqual(answer, { key: 'k', outcome: 'no-target', targets: 0, opened: 0 });
  });
});
