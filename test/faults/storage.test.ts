import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile, openWriter } from '../../src/storage/database.js';
import { dropDataDir, eventually, newDataDir, type Product, startProduct } from '../site/product.js';
import { type LoggedRow, logOf, soundLog } from './evidence.js';
import { change, claim, edgesOf, openDoor, storageState } from './neighbour.js';
import { openSmallDisk, type SmallDisk, whyNoMount } from './smallDisk.js';
import { type Failing, failCalls, whyNoStrace } from './strace.js';
import { startUnwritable } from './unwritable.js';

const noStrace = whyNoStrace();
const noMount = whyNoMount();
/** Storage tries to come back every second; the fault outlasts this many tries. */
const retries = 2;

async function timed<T>(asked: Promise<T>): Promise<{ readonly answer: T; readonly tookMs: number }> {
  const started = process.hrtime.bigint();
  const answer = await asked;
  return { answer, tookMs: Number(process.hrtime.bigint() - started) / 1e6 };
}

/** Presses and lets go of the exit button; how long after the press the relay moved, by the board's stamps. */
async function pressExit(product: Product, door: string, button: string, relay: string): Promise<number> {
  const path = `/api/v1/mock/doors/${door}/rex`;
  equal((await product.api('POST', path, { active: true })).status, 204);
  const isOpen = (edges: readonly { readonly active: boolean }[]): boolean => edges.at(-1)?.active === true;
  const opened = await eventually(() => edgesOf(product, relay), isOpen);
  const pressed = (await edgesOf(product, button)).findLast(({ active }) => active);
  equal((await product.api('POST', path, { active: false })).status, 204);
  return ((opened.at(-1)?.atUs ?? Infinity) - (pressed?.atUs ?? 0)) / 1_000;
}

/**
 * A day with a storage fault in the middle. The lobby refuses while nothing can be written, the garage opens
 * and remembers; both let people out.
 */
async function liveThrough(product: Product, begin: () => Promise<{ end(): Promise<void> }>): Promise<void> {
  const token = await claim(product);
  await change(product, token, '/api/v1/doors/garage', {
    onStorageFailure: 'grant-degraded',
    passageCounts: 'at-grant',
  });
  const before = { person: 'ann', door: 'garage', mode: 'Entry', tag: 'before' } as const;
  deepEqual(await openDoor(product, before), { retcode: 0 });
  // Its relocking stands in the log before the fault, and is not what meets it.
  await shutGarage(product);
  await eventually(
    async () => logOf(product.dataDir),
    (rows) => rows.some(({ kind, door }) => kind === 'locked' && door === 'garage'),
  );
  emptyWal(product.dataDir);
  const fault = await begin();
  let ended = false;
  try {
    await duringFault(product);
    await fault.end();
    ended = true;
  } finally {
    if (!ended) await fault.end();
  }
  await eventually(
    () => storageState(product),
    (state) => state === 'ok',
  );
  const after = { person: 'bob', door: 'garage', mode: 'Entry', tag: 'after' } as const;
  deepEqual(await openDoor(product, after), { retcode: -5, reason: 'passback' });
  const sue = { person: 'sue', door: 'lobby', mode: 'Entry', tag: 'sue' } as const;
  deepEqual(await openDoor(product, sue), { retcode: 0 });
}

async function duringFault(product: Product): Promise<void> {
  const lobby = { person: 'bob', door: 'lobby', mode: 'Entry' } as const;
  const refused = { retcode: -5, reason: 'storage-failed' };
  const first = await timed(openDoor(product, { ...lobby, tag: 'first' }));
  deepEqual(first.answer, refused);
  ok(first.tookMs < 1_500, `the first refusal took ${first.tookMs} ms`);
  equal(await storageState(product), 'failed');
  const second = await timed(openDoor(product, { ...lobby, tag: 'second' }));
  deepEqual(second.answer, refused);
  ok(second.tookMs < 1_500, `the second refusal took ${second.tookMs} ms`);
  const isActive = ({ active }: { readonly active: boolean }): boolean => active;
  ok(!(await edgesOf(product, 'relay1')).some(isActive), 'the lobby opened');

  const garage = { person: 'bob', door: 'garage', mode: 'Entry' } as const;
  deepEqual(await openDoor(product, { ...garage, tag: 'degraded' }), { retcode: 0 });
  ok((await edgesOf(product, 'relay2')).at(-1)?.active, 'the garage did not open');
  deepEqual(await openDoor(product, { ...garage, tag: 'repeated' }), { retcode: -5, reason: 'passback' });

  await shutGarage(product);
  const exits = [
    await pressExit(product, 'lobby', 'in1', 'relay1'),
    await pressExit(product, 'garage', 'in3', 'relay2'),
  ];
  ok(Math.max(...exits) < 200, `a request to exit took ${exits} ms`);
  const states = await storageStates(product, retries * 1_000);
  deepEqual([...new Set(states)], ['failed'], 'storage says that it is back, and is not');
}

/** What storage said of itself while it tried again and again. */
async function storageStates(product: Product, forMs: number): Promise<readonly string[]> {
  const until = process.hrtime.bigint() + BigInt(forMs) * 1_000_000n;
  const states: string[] = [];
  while (process.hrtime.bigint() < until) states.push(await storageState(product));
  return states;
}

/** The leaf opens and closes, and the lock with it. */
async function shutGarage(product: Product): Promise<void> {
  for (const open of [true, false]) {
    equal((await product.api('POST', '/api/v1/mock/doors/garage/contact', { open })).status, 204);
    await eventually(
      () => product.api('GET', '/api/v1/status'),
      ({ body }) => {
        const { doors } = body as { readonly doors: readonly { id: string; leaf: string }[] };
        return doors.some(({ id, leaf }) => id === 'garage' && leaf === (open ? 'open' : 'closed'));
      },
    );
  }
  await eventually(
    () => edgesOf(product, 'relay2'),
    (edges) => edges.at(-1)?.active === false,
  );
}

/** Everything into the database file: a retry then finds nothing to write, and must not take that for success. */
function emptyWal(dataDir: string): void {
  const db = openWriter(join(dataDir, databaseFile));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Decisions and what befell storage, in the order of the log. */
function storyOf(rows: readonly LoggedRow[]): readonly string[] {
  const told = [
    'access-granted',
    'access-denied',
    'grant-withdrawn',
    'storage-failed',
    'storage-recovered',
    'rex',
  ];
  return rows
    .filter(({ kind }) => told.includes(kind))
    .map(({ kind, door, reason, tag }) =>
      [kind, door, reason, tag].filter((part) => part !== null).join(' '),
    );
}

const story = [
  'access-granted garage before',
  'access-granted lobby first',
  'storage-failed',
  'grant-withdrawn lobby storage-failed',
  'access-denied lobby storage-failed second',
  'access-granted garage degraded',
  'access-denied garage passback repeated',
  'rex lobby',
  'rex garage',
  'storage-recovered',
  'access-denied garage passback after',
  'access-granted lobby sue',
];

describe('faults: storage fails under the running product', function () {
  this.timeout(60_000);
  let dataDir: string;
  let product: Product;

  beforeEach(async () => {
    dataDir = newDataDir();
    product = await startProduct(dataDir);
  });

  afterEach(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  });

  const failings: readonly Omit<Failing, 'paths'>[] = [
    { calls: 'fsync,fdatasync', error: 'EIO' },
    { calls: 'pwrite64', error: 'ENOSPC' },
  ];
  for (const failing of failings) {
    const title = `${failing.calls} answer ${failing.error}: policies hold, exits open, nothing is missing afterwards`;
    if (noStrace !== undefined) {
      it.skip(`${title} (not here: ${noStrace})`);
      continue;
    }
    it(title, async () => {
      const path = join(dataDir, databaseFile);
      const paths = [path, `${path}-wal`];
      await liveThrough(product, () => failCalls(product.pid, { ...failing, paths }));
      await product.kill('SIGTERM');
      deepEqual(storyOf(await soundLog(dataDir)), story);
    });
  }
});

describe('faults: a disk of our own', function () {
  this.timeout(60_000);
  const tests = {
    'full: policies hold, exits open, nothing is missing when there is room again': fullDisk,
    'read-only at the start: it says so and serves, and begins anew by itself when it can write':
      readOnlyStart,
    'too small for backups: none is made, brought or restored, the old state stays, doors go on':
      noRoomForBackups,
  };
  for (const [title, play] of Object.entries(tests)) {
    if (noMount !== undefined) {
      it.skip(`${title} (not here: ${noMount})`);
      continue;
    }
    it(title, async () => {
      const disk = openSmallDisk(play === noRoomForBackups ? 100 * 1_024 : 4_096);
      try {
        await play(disk, join(disk.path, 'data'));
      } finally {
        disk.close();
      }
    });
  }
});

async function fullDisk(disk: SmallDisk, dataDir: string): Promise<void> {
  const product = await startProduct(dataDir);
  try {
    await liveThrough(product, async () => disk.fill());
    await product.kill('SIGTERM');
    deepEqual(storyOf(await soundLog(dataDir)), story);
  } finally {
    await product.kill('SIGKILL');
  }
}

async function readOnlyStart(disk: SmallDisk, dataDir: string): Promise<void> {
  const first = await startProduct(dataDir);
  await first.kill('SIGTERM');
  const before = logOf(dataDir);
  disk.setReadOnly(true);
  const product = await startUnwritable(dataDir, first.token);
  try {
    match(product.said, /The disk cannot be written \(SQLITE_/);
    const press = { method: 'POST', body: JSON.stringify({ active: true }) };
    equal((await product.fetch('/api/v1/mock/doors/lobby/rex', press)).status, 204);
    const status = (await (await product.fetch('/api/v1/status')).json()) as { storage: string };
    equal(status.storage, 'failed');
    const serves = product.servesAgain();
    disk.setReadOnly(false);
    await serves;
    const again = await product.fetch('/api/v1/status');
    equal(((await again.json()) as { storage: string }).storage, 'ok');
  } finally {
    await product.kill();
  }
  deepEqual((await soundLog(dataDir)).slice(0, before.length), before);
}

/** Backups leave 64 MB to the log, whatever they are asked; where that is not there they take nothing at all. */
async function noRoomForBackups(disk: SmallDisk, dataDir: string): Promise<void> {
  const product = await startProduct(dataDir);
  try {
    const token = await claim(product);
    const passphrase = 'gallows humour at noon';
    const api = (method: string, path: string, body?: object) =>
      product.api(method, `/api/v1/${path}`, body, token, '*');
    equal((await api('PUT', 'backup-passphrase', { passphrase })).status, 204);
    const made = await api('POST', 'backups');
    equal(made.status, 201, JSON.stringify(made.body));
    const { name } = made.body as { readonly name: string };
    equal((await api('POST', 'users', { id: 'later', name: 'Later' })).status, 201);
    const bring = async (bytes: number) => {
      const reply = await fetch(`${product.url}/api/v1/backups/sallyport-20260101T000000Z.backup`, {
        ...{ method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: new Uint8Array(bytes) },
      });
      return `${reply.status} ${((await reply.json()) as { readonly detail: string }).detail}`;
    };
    const tooMuch = '413 There is no room for this backup: some of the disk is kept for the log.';
    equal(await bring(60 * 1_024 * 1_024), tooMuch);
    const filler = join(disk.path, 'filler');
    writeFileSync(filler, Buffer.alloc(60 * 1_024 * 1_024));
    equal(await bring(100), tooMuch);
    for (const [path, body] of [
      ['backups', undefined],
      ['restores', { name, passphrase }],
    ] as const) {
      const { status, body: answer } = await api('POST', path, body);
      match(`${status} ${JSON.stringify(answer)}`, /^409 .*Nothing was changed: .*no room/);
    }
    deepEqual(readdirSync(join(dataDir, 'backups')), [name]);
    deepEqual(await openDoor(product, { person: 'ann', door: 'lobby', mode: 'Entry', tag: 'on' }), {
      retcode: 0,
    });
    equal((await api('GET', 'users/later')).status, 200);
    rmSync(filler);
    equal((await api('POST', 'restores', { name, passphrase })).status, 200);
  } finally {
    await product.kill('SIGKILL');
  }
}
