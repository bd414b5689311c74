import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/core/management.js';
import { createDeliveries, type DeliveredHook, retryDelayMs } from '../../src/outbound/deliveries.js';
import type { Notified } from '../../src/outbound/notify.js';
import { freshAt, openOutbox } from '../../src/outbound/outbox.js';
import { zoneHooks } from '../../src/outbound/zoneHooks.js';
import { Sqlite } from '../../src/storage/sqlite.js';
import { hookOf } from './hook.js';

function eventOf(seq: number, kind = 'access-granted', door = 'lobby'): StoredEvent {
  return { seq, boot: 'b', monoMs: 0, wallMs: 0, trust: 'ntp', kind, door, hash: '' };
}

const refused: Notified = { ok: false, error: 'http-400', final: true };
const away: Notified = { ok: false, error: 'unreachable', final: false };

/** Deliveries over a log that a test writes, to a receiver that a test plays; every timer is set by hand. */
function openScene(dir: string, hooks: readonly DeliveredHook[] = [hookOf()]) {
  const log: StoredEvent[] = [];
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const sent: string[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const scene = {
    log,
    clock,
    sent,
    timers,
    hooks,
    verdict: (_event: StoredEvent): Notified => ({ ok: true }),
  };
  const outbox = openOutbox(Sqlite, join(dir, 'outbox.db'), 'aside');
  const deliveries = createDeliveries({
    reads: {
      events: ({ after = 0, limit }) => log.filter(({ seq }) => seq > after).slice(0, limit),
      lastSeq: () => log.at(-1)?.seq ?? 0,
    },
    hooks: () => scene.hooks,
    outbox,
    send: async (hook, event) => {
      sent.push(`${hook.id}:${event.seq}`);
      return scene.verdict(event);
    },
    wallMs: () => clock.ms,
    random: () => 0.5,
    setTimer: (run, ms) => {
      const timer = { run, ms };
      timers.push(timer);
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
      };
    },
    failed: (error) => assert.fail(error),
  });
  return Object.assign(scene, {
    deliveries,
    outbox,
    /** Adds rows and lets everything that can be sent be sent. */
    grow: async (...rows: StoredEvent[]) => {
      log.push(...rows);
      deliveries.wake();
      for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    },
    /** Lets the earliest timer's time come. */
    later: async () => {
      const timer = timers.sort((a, b) => a.ms - b.ms)[0];
      assert.ok(timer, 'nothing waits');
      clock.ms += timer.ms;
      timer.run();
      for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    },
    close: () => {
      deliveries.close();
      outbox.close();
    },
  });
}

describe('deliveries: hooks on their way through the log', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sallyport-outbox-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('begin with what comes after the hook was made, in order, its kinds and doors only', async () => {
    const scene = openScene(dir, [hookOf({ doors: ['lobby'] }), hookOf({ id: 'all', events: ['*'] })]);
    scene.log.push(eventOf(1), eventOf(2));
    scene.deliveries.reload();
    await scene.grow(eventOf(3, 'rex'), eventOf(4), eventOf(5, 'access-granted', 'garage'), eventOf(6));
    assert.deepEqual([...scene.sent].sort(), ['alarms:4', 'alarms:6', 'all:3', 'all:4', 'all:5', 'all:6']);
    assert.deepEqual(scene.outbox.get('alarms'), freshAt(6));
    scene.close();
  });

  it('a hook made while nobody delivered yet begins where it was made, one seen before where it stood', async () => {
    const scene = openScene(dir, [hookOf(), hookOf({ id: 'known' })]);
    scene.outbox.put('known', freshAt(3));
    scene.log.push(eventOf(1), eventOf(2), eventOf(3), eventOf(4));
    scene.deliveries.reload(2);
    await scene.grow(eventOf(5));
    assert.deepEqual([...scene.sent].sort(), ['alarms:3', 'alarms:4', 'alarms:5', 'known:4', 'known:5']);
    scene.close();
  });

  it('a receiver that is away holds its own rows back, nobody else’s, and loses none', async () => {
    const scene = openScene(dir, [hookOf(), hookOf({ id: 'other' })]);
    scene.deliveries.reload();
    let up = false;
    scene.verdict = () => (up || scene.sent.at(-1)?.startsWith('other') ? { ok: true } : away);
    await scene.grow(eventOf(1), eventOf(2));
    await scene.later();
    assert.deepEqual(scene.sent, ['alarms:1', 'other:1', 'other:2', 'alarms:1']);
    const [state] = await states(scene);
    assert.deepEqual([state?.attempts, state?.behind, state?.lastError], [2, 2, 'unreachable']);
    up = true;
    await scene.later();
    assert.deepEqual(scene.sent.slice(-2), ['alarms:1', 'alarms:2']);
    assert.equal((await states(scene))[0]?.behind, 0);
    scene.close();
  });

  it('goes on where it was after a sudden end: the row that was not confirmed is sent again', async () => {
    const before = openScene(dir);
    before.deliveries.reload();
    await before.grow(eventOf(1), eventOf(2));
    before.verdict = () => {
      // The answer never counts: the process is gone.
      before.deliveries.close();
      return { ok: true };
    };
    await before.grow(eventOf(3), eventOf(4));
    before.outbox.close();
    const after = openScene(dir);
    after.log.push(...before.log);
    after.deliveries.reload();
    await after.grow();
    assert.deepEqual(
      [before.sent, after.sent],
      [
        ['alarms:1', 'alarms:2', 'alarms:3'],
        ['alarms:3', 'alarms:4'],
      ],
    );
    after.close();
  });

  it('what the receiver refuses five times is a dead letter, which can be retried or dropped', async () => {
    const scene = openScene(dir);
    scene.deliveries.reload();
    scene.verdict = ({ seq }) => (seq < 3 ? refused : { ok: true });
    await scene.grow(eventOf(1), eventOf(2), eventOf(3));
    for (let i = 0; i < 8; i += 1) await scene.later();
    assert.equal(scene.sent.filter((one) => one === 'alarms:1').length, 5);
    assert.equal(scene.sent.at(-1), 'alarms:3');
    const letters = await scene.deliveries.ask({ kind: 'dead-letters', hook: 'alarms', limit: 10 });
    assert.deepEqual(letters.kind === 'dead-letters' && letters.items.map(({ seq, error }) => [seq, error]), [
      [1, 'http-400'],
      [2, 'http-400'],
    ]);
    const retry = { kind: 'dead-letter-retry', hook: 'alarms', seq: 1 } as const;
    assert.deepEqual(await scene.deliveries.ask(retry), { kind: 'sent', ok: false, error: 'http-400' });
    scene.verdict = () => ({ ok: true });
    assert.deepEqual(await scene.deliveries.ask(retry), { kind: 'sent', ok: true });
    assert.deepEqual(await scene.deliveries.ask(retry), { kind: 'missing' });
    const drop = { kind: 'dead-letter-drop', hook: 'alarms', seq: 2 } as const;
    assert.deepEqual(await scene.deliveries.ask(drop), { kind: 'done' });
    assert.equal((await states(scene))[0]?.deadLetters, 0);
    scene.close();
  });

  it('a receiver that is away for a day costs one row; the next begins its own day', async () => {
    const scene = openScene(dir);
    scene.deliveries.reload();
    scene.verdict = () => away;
    await scene.grow(eventOf(1), eventOf(2));
    const begun = scene.clock.ms;
    while ((await states(scene))[0]?.deadLetters === 0) await scene.later();
    assert.ok(scene.clock.ms - begun >= 24 * 3_600_000);
    assert.deepEqual(
      scene.outbox.letters('alarms', 0, 10).map(({ seq }) => seq),
      [1],
    );
    scene.close();
  });

  it('a clock set back does not stretch the wait; a log that began anew is followed from its end', async () => {
    const scene = openScene(dir);
    scene.deliveries.reload();
    scene.verdict = () => away;
    await scene.grow(eventOf(1));
    scene.clock.ms -= 10 * 365 * 86_400_000;
    await scene.later();
    assert.ok((scene.timers[0]?.ms ?? 0) <= 3_600_000);
    scene.verdict = () => ({ ok: true });
    scene.outbox.put('alarms', freshAt(999));
    scene.deliveries.reload();
    await scene.grow(eventOf(2));
    assert.equal(scene.sent.at(-1), 'alarms:2');
    scene.close();
  });

  it('a deleted hook leaves nothing; a disabled one waits', async () => {
    const scene = openScene(dir, [hookOf({ enabled: false })]);
    scene.deliveries.reload();
    await scene.grow(eventOf(1));
    assert.deepEqual(scene.sent, []);
    scene.hooks = [hookOf()];
    scene.deliveries.reload();
    await scene.grow();
    assert.deepEqual(scene.sent, ['alarms:1']);
    scene.hooks = [];
    scene.deliveries.reload();
    assert.equal(scene.outbox.get('alarms'), undefined);
    assert.deepEqual(await scene.deliveries.ask({ kind: 'hook-test', hook: 'alarms' }), { kind: 'missing' });
    scene.close();
  });

  it('an address of a zone is called at the start of its own action, and no other', async () => {
    const url = { kind: 'url', url: 'http://u:p@h/?z=$zone', delayMs: 0, stop: 'never' } as const;
    const release = { kind: 'release-alarm', delayMs: 0, stop: 'never' } as const;
    const zone = { id: 3, name: 'Hall', type: 'soft', disabled: false, resetSeconds: 0 } as const;
    const zones = [
      { ...zone, members: [], bypassGroups: [], actions: [release, { ...url, basic: true }, url] },
    ];
    const hooks = zoneHooks(zones);
    assert.deepEqual(
      hooks.map(({ id, method, basic }) => [id, method, basic]),
      [
        ['zone:3:1', 'GET', true],
        ['zone:3:2', 'GET', false],
      ],
    );
    const scene = openScene(dir, [...hooks]);
    scene.deliveries.reload();
    const row = (seq: number, more: Partial<StoredEvent>) => ({ ...eventOf(seq, 'zone-action'), ...more });
    await scene.grow(
      row(1, { zone: 3, detail: { action: 1, does: 'url' } }),
      row(2, { zone: 4, detail: { action: 1, does: 'url' } }),
      row(3, { zone: 3, detail: { action: 1, does: 'output' } }),
      row(4, { zone: 3, detail: { action: 2, does: 'url' } }),
      row(5, { zone: 3 }),
      eventOf(6),
    );
    assert.deepEqual([...scene.sent].sort(), ['zone:3:1:1', 'zone:3:2:4']);
    scene.hooks = [];
    scene.deliveries.reload();
    assert.equal(scene.outbox.get('zone:3:1'), undefined, 'gone with its zone');
    scene.close();
  });

  it('a damaged outbox is set aside', () => {
    writeFileSync(
      join(dir, 'outbox.db'),
      'not a database at all, and long enough to be read as one'.repeat(50),
    );
    openOutbox(Sqlite, join(dir, 'outbox.db'), '20260101').close();
    assert.ok(readdirSync(dir).includes('outbox.db.20260101'));
  });

  it('the wait doubles up to a quarter of an hour and never more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, r) => {
          const ms = retryDelayMs(n, r);
          assert.ok(ms >= 800 && ms <= 15 * 60_000 * 1.2);
        },
      ),
    );
    assert.deepEqual(
      [1, 2, 3, 4].map((n) => retryDelayMs(n, 0.5)),
      [1_000, 2_000, 4_000, 8_000],
    );
  });

  async function states(scene: ReturnType<typeof openScene>) {
    const answer = await scene.deliveries.ask({ kind: 'hook-states' });
    assert.ok(answer.kind === 'hook-states');
    return answer.states;
  }
});
