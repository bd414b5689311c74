/** Managing a large installation: pages of users and events over HTTP, and what listeners and slow clients cost a swipe. */
import { readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createEventLog } from '../../src/storage/eventLog.js';
import { Sqlite } from '../../src/storage/sqlite.js';
import { type Product, startSite } from '../site/product.js';
import { printFigure, round, spreadOf } from './figures.js';
import { cardOf, makeDataDir } from './fixture.js';

const USERS = Number(process.env['BENCH_USERS'] ?? 240_000);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const SWIPES = Number(process.env['BENCH_SWIPES'] ?? 200);
const PAGES = 300;
const LISTENERS = 1_000;
const SLOW = Number(process.env['BENCH_SLOW'] ?? 10_000);
const FRAME_GAP_US = 25_000;
const SETTLE_MS = 120;

export async function benchManagement(): Promise<void> {
  const dir = makeDataDir({ users: USERS, events: EVENTS });
  try {
    addRareRows(dir);
    const site = readFileSync('src/demo/site.yaml', 'utf8').replace(
      /^http:$/m,
      'http:\n  connectionsMax: 12000',
    );
    const product = await startSite(dir, site);
    await benchPages(product);
    const idle = await swipes(product);
    printFigure({ bench: 'swipe-idle', users: USERS, events: EVENTS, ms: idle });
    await withListeners(product, idle.p99);
    await withSlow(product, idle.p99);
    await product.kill('SIGTERM');
    benchIndexCost(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A door that hardly ever opens, in the middle of the log's end. */
function addRareRows(dir: string): void {
  const db = new Sqlite(join(dir, 'sallyport.db'));
  const log = createEventLog(db, 'bench-boot');
  const at = { monoMs: 0, wallMs: Date.UTC(2026, 5, 1), trust: 'ntp' } as const;
  db.transaction(() => {
    for (let n = 0; n < 30; n += 1) log.append({ kind: 'door-opened', door: 'garage', at });
  })();
  db.close();
}

async function benchPages(product: Product): Promise<void> {
  const day = (n: number) => Date.UTC(2026, 0, 1) + n * 86_400_000;
  const paths: Readonly<Record<string, (n: number) => string>> = {
    'users, first page': () => '/users',
    'users, a page in the middle': (n) => `/users?cursor=user-${(n * 797) % USERS}`,
    'users by the beginning of a name': (n) => `/users?text=user%20${(n * 797) % USERS}`,
    'users by a short beginning': (n) => `/users?text=u&limit=${50 + (n % 2)}`,
    'credentials of a user': (n) => `/credentials?user=user-${(n * 797) % USERS}`,
    'events, newest': () => '/events',
    'events of a day': (n) => `/events?fromMs=${day(n % 5)}&toMs=${day((n % 5) + 1)}`,
    'events of a user': (n) => `/events?user=user-${(n * 797) % USERS}`,
    'events of a user in a day': (n) => `/events?user=user-${n}&fromMs=${day(0)}&toMs=${day(1)}`,
    'events of a busy door': () => '/events?door=lobby',
    'events of a door that hardly opens': () => '/events?door=garage',
    'events of a door in a day': (n) => `/events?door=lobby&fromMs=${day(n % 5)}&toMs=${day((n % 5) + 1)}`,
    'events of a kind there is not': () => '/events?kind=fire-on',
    'refusals of a reader': () => '/events?reader=lobby-in&reason=passback',
  };
  for (const [what, path] of Object.entries(paths)) {
    const times: number[] = [];
    for (let n = 0; n < PAGES; n += 1) {
      const before = process.hrtime.bigint();
      const { status } = await product.api('GET', `/api/v1${path(n)}`);
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
      if (status !== 200) throw new Error(`${path(n)}: ${status}`);
    }
    printFigure({ bench: 'page', what, users: USERS, events: EVENTS, ms: spreadOf(times) });
  }
}

/** Last edge to relay, ms beyond the frame gap, one user after the other. */
async function swipes(product: Product): Promise<ReturnType<typeof spreadOf>> {
  const times: number[] = [];
  for (let n = 0; n < SWIPES; n += 1) {
    const { facility, number } = cardOf((swiped * 104_729) % USERS);
    swiped += 1;
    const card = { format: 'H10301', facility, number: String(number) };
    await product.api('POST', '/api/v1/mock/readers/lobby-out/present', card);
    const lines = await settledLines(product, n);
    const last = (name: string): number => lines.find((one) => one.line === name)?.history.at(-1)?.atUs ?? 0;
    times.push((last('relay1') - Math.max(last('w2.d0'), last('w2.d1')) + 50 - FRAME_GAP_US) / 1_000);
    for (const command of ['lock', 'normal']) await product.api('POST', `/api/v1/doors/lobby/${command}`);
  }
  return spreadOf(times);
}
let swiped = 0;

/** The lines once the relay has moved; a busy machine is asked again, and so measured with the asking. */
async function settledLines(product: Product, swipe: number): ReturnType<typeof linesOf> {
  for (let tries = 0; tries < 30; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const lines = await linesOf(product);
    if (lines.some((one) => one.line === 'relay1' && one.active)) return lines;
  }
  throw new Error(`swipe ${swipe}: no relay`);
}

async function linesOf(product: Product): Promise<Awaited<ReturnType<Product['lines']>>> {
  const { status, body } = await product.api('GET', '/api/v1/mock/lines');
  if (status !== 200) throw new Error(`lines: ${status} ${JSON.stringify(body)}`);
  return (body as { readonly items: Awaited<ReturnType<Product['lines']>> }).items;
}

async function withListeners(product: Product, idleP99: number): Promise<void> {
  const request = `GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${product.token}\r\n\r\n`;
  const sockets = await Promise.all(Array.from({ length: LISTENERS }, () => opened(product, request)));
  let bytes = 0;
  const joined = sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve)));
  for (const socket of sockets) socket.on('data', (data) => (bytes += data.length));
  await Promise.all(joined);
  const ms = await swipes(product);
  printFigure({
    bench: 'swipe-listeners',
    listeners: LISTENERS,
    ms,
    addedP99Ms: round(ms.p99 - idleP99),
    bytes,
  });
  for (const socket of sockets) socket.destroy();
}

/** Half a request each, opened again when the server ends them, while swipes and honest requests go on. */
async function withSlow(product: Product, idleP99: number): Promise<void> {
  const sockets = new Set<Socket>();
  let holding = true;
  const hold = async (): Promise<void> => {
    while (holding) {
      const socket = await opened(product, 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ').catch(
        () => undefined,
      );
      if (socket === undefined) continue;
      sockets.add(socket);
      await new Promise((resolve) => socket.once('close', resolve));
      sockets.delete(socket);
    }
  };
  const holders = Array.from({ length: SLOW }, hold);
  while (sockets.size < SLOW * 0.95) await new Promise((resolve) => setTimeout(resolve, 100));
  const ms = await swipes(product);
  const honest: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    const before = process.hrtime.bigint();
    const { status } = await product.api('GET', '/api/v1/status');
    if (status === 200) honest.push(Number(process.hrtime.bigint() - before) / 1e6);
  }
  const held = sockets.size;
  const figure = {
    slow: held,
    ms,
    p99ToIdle: round(ms.p99 / idleP99),
    honestOf100: honest.length,
    honestMs: spreadOf(honest),
  };
  printFigure({ bench: 'swipe-slow-clients', ...figure });
  holding = false;
  for (const socket of sockets) socket.destroy();
  await Promise.all(holders);
}

function opened(product: Product, bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(product.url).port), '127.0.0.1', () => {
      socket.write(bytes);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Bytes the log's transactions write, one row each: as it is, and with an index on the door besides. */
function benchIndexCost(dir: string): void {
  const bytesOf = (index: boolean): number => {
    const db = new Sqlite(join(dir, 'sallyport.db'));
    db.pragma('synchronous = OFF');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('wal_autocheckpoint = 0');
    if (index) db.exec('CREATE INDEX bench_door ON events (door, seq) WHERE door IS NOT NULL');
    db.pragma('wal_checkpoint(TRUNCATE)');
    const log = createEventLog(db, 'bench-boot');
    const at = { monoMs: 0, wallMs: Date.UTC(2026, 5, 2), trust: 'ntp' } as const;
    const append = db.transaction((n: number) =>
      log.append({ kind: 'access-granted', door: n % 2 === 0 ? 'lobby' : 'garage', user: `user-${n}`, at }),
    );
    for (let n = 0; n < 2_000; n += 1) append(n);
    const [{ log: pages }] = db.pragma('wal_checkpoint(PASSIVE)') as [{ log: number }];
    db.close();
    return Math.round((pages * 4_096) / 2_000);
  };
  const blocks = bytesOf(false);
  const index = bytesOf(true);
  printFigure({ bench: 'log-index-cost', bytesPerRowWithBlocks: blocks, withAnIndexOnTheDoorBesides: index });
}
