import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createBackOff } from '../../src/api/backOff.js';
import type { Context } from '../../src/api/context.js';
import { createLogins } from '../../src/api/logins.js';
import { createPasswords } from '../../src/api/password.js';
import { createRowBound } from '../../src/api/rowBound.js';
import { timeOf } from '../../src/api/times.js';
import type { ControlReply } from '../../src/core/requests.js';

const cheap = { N: 1_024, r: 8, p: 1 };

describe('passwords', () => {
  const passwords = createPasswords(randomBytes, cheap);

  it('are kept as scrypt with parameters and a salt of their own', async () => {
    const [one, two] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    assert.match(one, /^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    assert.notEqual(one, two);
    assert.equal(await passwords.verify('same', one), true);
    assert.equal(await passwords.verify('other', one), false);
    assert.equal(await passwords.verify('same', undefined), false);
    assert.equal(await passwords.verify('same', 'none'), false);
  });

  it('of older parameters still open, and one typed in another Unicode form too', async () => {
    const old = await createPasswords(randomBytes, { N: 512, r: 8, p: 1 }).hash('Zoe\u0308-secret');
    assert.equal(await passwords.verify('Zo\u00eb-secret', old), true);
  });

  it('take 2^15, r=8, p=1 unless told otherwise', async () => {
    assert.match(await createPasswords(randomBytes).hash('x'), /^scrypt\$32768\$8\$1\$/);
  });

  it('are checked two at a time; a flood is turned away, not queued without end', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => passwords.verify('x', undefined)));
    assert.equal(all.filter((one) => one === undefined).length, 40 - 2 - 16);
    assert.equal(await passwords.verify('x', undefined), false, 'and served again afterwards');
  });
});

describe('the pause after wrong logins', () => {
  it('begins with the fifth and doubles up to 15 minutes', () => {
    const backOff = createBackOff();
    let nowMs = 0;
    const pauses = Array.from({ length: 12 }, () => {
      backOff.failed('k', nowMs);
      const seconds = backOff.waitSeconds('k', nowMs);
      nowMs += seconds * 1_000;
      return seconds;
    });
    assert.deepEqual(pauses, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    assert.equal(backOff.waitSeconds('other', nowMs), 0);
    backOff.succeeded('k');
    backOff.failed('k', nowMs);
    assert.equal(backOff.waitSeconds('k', nowMs), 0);
  });
});

describe('logins that nobody had time for', () => {
  it('are no wrong logins: a flood locks nobody out who came beside it, and gives no guess away', async () => {
    let busy = true;
    const passwords = { verify: async () => (busy ? undefined : false), hash: async () => '' };
    const written: ControlReply = { kind: 'written', result: { ok: true, revisions: [], seq: 1 } };
    const context = {
      now: () => ({ monoMs: 0, wallMs: 0 }),
      reads: { get: () => undefined },
      log: { warn: () => undefined },
      control: async () => written,
    } as unknown as Context;
    const logins = createLogins(context, passwords);
    const status = async () => {
      const done = await logins.verify('ann', 'guess', '10.0.0.1');
      return 'problem' in done ? done.problem.status : 200;
    };
    for (let n = 0; n < 30; n += 1) assert.equal(await status(), 503);
    busy = false;
    const looked = [];
    for (let n = 0; n < 6; n += 1) looked.push(await status());
    assert.deepEqual(looked, [401, 401, 401, 401, 401, 429]);
    busy = true;
    assert.equal(await status(), 429, 'a pause is not ended by it');
  });

  it('take back themselves alone, and none that others were counted on', () => {
    const backOff = createBackOff(2);
    const first = backOff.failed('k', 0);
    const second = backOff.failed('k', 0);
    first();
    assert.equal(backOff.waitSeconds('k', 0), 30);
    second();
    assert.equal(backOff.waitSeconds('k', 0), 0);
    backOff.failed('k', 0);
    assert.equal(backOff.waitSeconds('k', 0), 30, 'the first still counts');
  });
});

describe('the bound on rows', () => {
  it('lets some through, counts the rest, and tells the count with the next', () => {
    const bound = createRowBound(2, 1_000);
    assert.deepEqual(
      [0, 1, 2, 999].map((at) => bound('k', at)),
      [0, 0, undefined, undefined],
    );
    assert.equal(bound('other', 999), 0);
    assert.deepEqual(
      [1_000, 1_001].map((at) => bound('k', at)),
      [2, 0],
    );
  });

  it('keeps no more than 1,024 keys', () => {
    const bound = createRowBound(1, 1_000);
    bound('first', 0);
    for (let n = 0; n < 1_024; n += 1) bound(`k${n}`, 0);
    assert.equal(bound('first', 0), 0, 'the oldest was forgotten');
    assert.equal(bound('k1023', 0), undefined);
  });
});

describe('times', () => {
  it('never throw, whatever the wall clock said', () => {
    assert.equal(timeOf(0), '1970-01-01T00:00:00.000Z');
    for (const wild of [1e300, -1e300, Number.NaN, Number.POSITIVE_INFINITY])
      assert.match(timeOf(wild), /Z$/);
  });
});
