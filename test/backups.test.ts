import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { backupDay, settingsOf, startBackups } from '../src/backups.js';
import type { BackupJob } from '../src/backupThread.js';
import type { BackupAnswer } from '../src/core/backups.js';
import { setBackupPassphrase } from '../src/storage/backup.js';
import { verifyLog } from '../src/storage/verifyLog.js';
import {
  administrator,
  dropDataDir,
  eventually,
  freePort,
  newDataDir,
  type Product,
  sallyport,
  startSite,
} from './site/product.js';
import { newFolder, openScene } from './storage/scene.js';

const site = `
name: Gate
board: mock
timeZone: Europe/Berlin
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
`;
const passphrase = 'gallows humour at noon';

describe('backups of the product', function () {
  this.timeout(60_000);
  let product: Product;
  const folders: string[] = [];
  afterEach(async () => {
    await product.kill('SIGKILL');
    for (const folder of folders.splice(0)) dropDataDir(folder);
  });
  const folder = (): string => {
    const made = newDataDir();
    folders.push(made);
    return made;
  };

  const setPassphrase = (ifMatch: string) =>
    product.api('PUT', '/api/v1/backup-passphrase', { passphrase }, product.token, ifMatch);

  it('made over the API, brought to another controller, restored there while it runs', async () => {
    product = await startSite(folder(), site);
    assert.equal((await product.api('POST', '/api/v1/backups')).status, 409, 'no passphrase yet');
    assert.equal((await setPassphrase('"0"')).status, 204);
    assert.equal((await setPassphrase('"0"')).status, 412, 'somebody else has set one since');
    const { body } = await product.api('GET', '/api/v1/backup-passphrase');
    assert.deepEqual(body, { set: true, revision: 1 });
    assert.equal((await product.api('POST', '/api/v1/users', { id: 'ann', name: 'Ann' })).status, 201);
    const made = await product.api('POST', '/api/v1/backups');
    const { name } = made.body as { name: string };
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const headers = { authorization: `Bearer ${product.token}` };
    const bytes = await (await fetch(`${product.url}/api/v1/backups/${name}`, { headers })).arrayBuffer();
    // Its row follows the answer.
    const before = product;
    const rows = await eventually(before.events, (events) =>
      events.some(({ kind }) => kind === 'backup-made'),
    );
    const fetched = rows.find(({ kind }) => kind === 'backup-fetched');
    assert.deepEqual([fetched?.by?.kind, fetched?.detail], ['operator', { name }]);
    await product.kill('SIGKILL');

    const port = await freePort();
    product = await startSite(folder(), site, port);
    const there = { authorization: `Bearer ${product.token}` };
    const put = await fetch(`${product.url}/api/v1/backups/${name}`, {
      method: 'PUT',
      headers: there,
      body: bytes,
    });
    assert.equal(put.status, 204, await put.text());
    const wrong = await product.api('POST', '/api/v1/restores', { name, passphrase: 'not this one at all' });
    assert.equal(wrong.status, 409, JSON.stringify(wrong.body));
    const users = await product.api('GET', '/api/v1/users');
    assert.deepEqual(users.body, { items: [] }, 'the old state stays');
    const restored = await product.api('POST', '/api/v1/restores', { name, passphrase });
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    // It starts again by itself, on the people and operators of the backup.
    const ann = await eventually(
      async () => {
        const login = await product.api('POST', '/api/v1/login', administrator, '').catch(() => undefined);
        const token = (login?.body as { token?: string } | undefined)?.token ?? '';
        return product.api('GET', '/api/v1/users/ann', undefined, token).catch(() => ({ status: 0 }));
      },
      ({ status }) => status === 200,
    );
    assert.equal(ann.status, 200);
    await product.kill('SIGTERM');
    const verified = await sallyport('verify-log', '--data', product.dataDir);
    assert.equal(verified.code, 0, verified.text);
  });

  it('damaged, cut off, of others or with another passphrase: nothing is restored, and the old state stays', async () => {
    product = await startSite(folder(), site);
    await setPassphrase('*');
    await product.api('POST', '/api/v1/users', { id: 'ann', name: 'Ann' });
    const { name } = (await product.api('POST', '/api/v1/backups')).body as { name: string };
    await product.api('POST', '/api/v1/users', { id: 'ben', name: 'Ben' });
    const good = readFileSync(join(product.dataDir, 'backups', name));
    const headers = { authorization: `Bearer ${product.token}` };
    const state = async () => (await fetch(`${product.url}/api/v1/exports/users`, { headers })).text();
    const flipped = (at: number) => {
      const copy = Buffer.from(good);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const places = Array.from({ length: 12 }, (_, n) => Math.floor((n * (good.length - 1)) / 11));
    const bad: readonly Buffer[] = [
      ...places.map(flipped),
      ...[0, 1, 100, good.length >> 1, good.length - 1].map((length) => good.subarray(0, length)),
      Buffer.concat([good, Buffer.from([0])]),
      Buffer.from('PK\x03\x04 something else altogether'),
    ];
    const before = await state();
    for (const [n, bytes] of bad.entries()) {
      const brought = `sallyport-20260101T0000${String(n).padStart(2, '0')}Z.backup`;
      const path = `/api/v1/backups/${brought}`;
      const put = await fetch(product.url + path, { method: 'PUT', headers, body: new Uint8Array(bytes) });
      assert.equal(put.status, 204, await put.text());
      const restored = await product.api('POST', '/api/v1/restores', { name: brought, passphrase });
      assert.equal(restored.status, 409, `${n}: ${JSON.stringify(restored.body)}`);
    }
    const another = await product.api('POST', '/api/v1/restores', { name, passphrase: 'quite another one' });
    assert.equal(another.status, 409);
    assert.equal(await state(), before);
    const { status } = await product.api('GET', '/api/v1/users/ben');
    assert.equal(status, 200, 'what was changed since the backup is there');
    await product.kill('SIGTERM');
    const verified = await sallyport('verify-log', '--data', product.dataDir);
    assert.equal(verified.code, 0, verified.text);
  });

  it('two are not brought at once, and one that breaks off leaves nothing', async () => {
    product = await startSite(folder(), site);
    const headers = { authorization: `Bearer ${product.token}` };
    const put = (name: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(`${product.url}/api/v1/backups/${name}`, { method: 'PUT', headers, body });
    const slow = request(`${product.url}/api/v1/backups/sallyport-20260101T000000Z.backup`, {
      ...{ method: 'PUT', headers: { ...headers, 'content-length': '1000000' } },
    });
    slow.on('error', () => undefined);
    slow.write('half');
    const at = join(product.dataDir, 'backups');
    const files = async () => (existsSync(at) ? readdirSync(at) : []);
    await eventually(files, (names) => names.length === 1);
    assert.equal((await put('sallyport-20260101T000001Z.backup', new Uint8Array(9))).status, 503);
    slow.destroy();
    const third = 'sallyport-20260101T000002Z.backup';
    await eventually(
      () => put(third, new Uint8Array(9)),
      ({ status }) => status === 204,
    );
    assert.deepEqual(await files(), [third]);
  });

  it('restored by the command into a fresh folder', async () => {
    product = await startSite(folder(), site);
    await setPassphrase('*');
    const { name } = (await product.api('POST', '/api/v1/backups')).body as { name: string };
    const file = join(product.dataDir, 'backups', name);
    const target = folder();
    const args = ['restore', file, '--data', target, '--passphrase-file', join(product.dataDir, 'pass')];
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(product.dataDir, 'pass'), 'quite another one\n');
    assert.equal((await sallyport(...args)).code, 1);
    writeFileSync(join(product.dataDir, 'pass'), `${passphrase}\n`);
    const done = await sallyport(...args);
    assert.equal(done.code, 0, done.text);
    assert.ok(verifyLog(join(target, 'sallyport.db')).ok);
  });
});

describe('backups: once a day', () => {
  /** The scheduler with a clock and timers of glass. */
  function openScheduler(dataDir: string) {
    const clock = { wallMs: Date.UTC(2026, 2, 28, 22, 0) };
    const jobs: BackupJob[] = [];
    const notes: string[] = [];
    let timer: (() => void) | undefined;
    let answer: BackupAnswer | undefined;
    const scheduler = startBackups({
      dataDir,
      outside: [],
      timeZone: 'Europe/Berlin',
      now: () => ({ monoMs: 0, wallMs: clock.wallMs, trust: 'ntp' }),
      setting: () => ({ hour: 2, keep: 3 }),
      note: (event) => notes.push(event),
      setTimer: (run) => {
        timer = run;
        return () => undefined;
      },
      restart: () => notes.push('restart'),
      run: async (job) => {
        jobs.push(job);
        return { ok: false, error: 'disk full' };
      },
    });
    return {
      ...{ clock, jobs, notes, scheduler },
      answer: () => answer,
      tick: async () => {
        timer?.();
        await new Promise(setImmediate);
      },
      ask: async (kind: 'make') => {
        scheduler.ask({ kind, by: { kind: 'system' } }, (given) => {
          answer = given;
        });
        await new Promise(setImmediate);
      },
    };
  }

  it('none without a passphrase; with one the first at once; a failure is told and tried again later', async () => {
    const dataDir = newFolder();
    const { tick, jobs, notes, ask, answer } = openScheduler(dataDir);
    await tick();
    assert.deepEqual(jobs, []);
    setBackupPassphrase(dataDir, passphrase);
    await tick();
    assert.deepEqual([jobs.length, notes], [1, ['backup-failed']]);
    await ask('make');
    assert.deepEqual(answer(), { kind: 'failed', error: 'disk full' });
    rmSync(dataDir, { recursive: true });
  });

  it('each night one is made of the database as it is, with its row, and the newest stay', async () => {
    const scene = openScene();
    setBackupPassphrase(scene.dataDir, passphrase);
    let wallMs = Date.UTC(2026, 2, 28, 0, 59);
    const made: string[] = [];
    let look: () => void = () => assert.fail('nothing planned');
    let told: () => void = () => undefined;
    startBackups({
      ...{ dataDir: scene.dataDir, outside: [], timeZone: 'Europe/Berlin', restart: () => undefined },
      now: () => ({ monoMs: 0, wallMs, trust: 'ntp' }),
      setting: () => ({ hour: 2, keep: 2 }),
      note: (event, _by, detail) => {
        made.push(`${event} ${String(detail['name']).slice(10, 26)}`);
        told();
      },
      setTimer: (run) => {
        look = run;
        return () => undefined;
      },
    });
    const night = async (toMs: number) => {
      wallMs = toMs;
      const done = new Promise<void>((resolve) => {
        told = resolve;
      });
      look();
      await done;
      // The job's own end follows its row.
      await new Promise(setImmediate);
    };
    await night(wallMs);
    look();
    assert.equal(made.length, 1, 'once a day');
    // The night of the 29th has no two o'clock: the clocks jump to three.
    for (const at of [Date.UTC(2026, 2, 28, 1), Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 2, 30, 0)])
      await night(at);
    const names = ['20260328T005900Z', '20260328T010000Z', '20260329T010000Z', '20260330T000000Z'];
    assert.deepEqual(
      made,
      names.map((name) => `backup-made ${name}`),
    );
    const kept = readdirSync(join(scene.dataDir, 'backups')).sort();
    assert.deepEqual(
      kept,
      names.slice(2).map((name) => `sallyport-${name}.backup`),
    );
    scene.end();
  });

  it('the day changes at the local hour, in winter and in summer', () => {
    const day = (iso: string) => backupDay(Date.parse(iso), 2, 'Europe/Berlin');
    assert.deepEqual(['2026-01-10T00:59:00Z', '2026-01-10T01:00:00Z'].map(day), ['2026-01-09', '2026-01-10']);
    assert.deepEqual(['2026-07-09T23:59:00Z', '2026-07-10T00:00:00Z'].map(day), ['2026-07-09', '2026-07-10']);
  });

  it('settings that are missing or strange are as they come', () => {
    assert.deepEqual(settingsOf(undefined), { daily: true, hour: 2, keep: 14 });
    assert.deepEqual(settingsOf(7), { daily: true, hour: 2, keep: 14 });
    assert.deepEqual(settingsOf({ daily: false }), { daily: false, hour: 2, keep: 14 });
  });
});
