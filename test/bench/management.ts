/** Managing a large installation: pages of users and events over HTTP, and what listeners and slow clients cost a swipe. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createEventLog } from '../../src/storage/eventLog.js';
import { Sqlite } from '../../src/storage/sqlite.js';
import { type Product, startSite } from '../site/product.js';
import { type ClientKind, startClients } from './clients.js';
import { printFigure, round, spreadOf } from './figures.js';
import { makeDataDir } from './fixture.js';
import { type Swiper, swiperOf } from './swipes.js';

const USERS = Number(process.env['BENCH_USERS'] ?? 240_000);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
/** Of a block; a block without and one with clients are a round. */
const SWIPES = Number(process.env['BENCH_SWIPES'] ?? 100);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const HONEST = 20;
const PAGES = 300;
const LISTENERS = 1_000;
const SLOW = Number(process.env['BENCH_SLOW'] ?? 10_000);
/** After clients have gone, until the server has cleared up after them. */
const PAUSE_MS = 2_000;

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
    const swiper = swiperOf(product, USERS, product.token);
    await beside(product, swiper, 'listeners', LISTENERS);
    await beside(product, swiper, 'slow', SLOW);
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

/**
 * Blocks of swipes without and with these clients in turn: what a disk does now and then falls on both alike. Honest
 * requests are asked while the clients are there.
 */
async function beside(product: Product, swiper: Swiper, kind: ClientKind, count: number): Promise<void> {
  const idle: number[] = [];
  const busy: number[] = [];
  const honest: number[] = [];
  let [held, bytes] = [count, 0];
  for (let block = 0; block < ROUNDS; block += 1) {
    idle.push(...(await swiper.many(SWIPES)));
    const clients = await startClients(kind, { port: portOf(product), token: product.token, count });
    busy.push(...(await swiper.many(SWIPES)));
    honest.push(...(await statusTimes(product, HONEST)));
    const now = await clients.held();
    held = Math.min(held, now.held);
    bytes += now.bytes;
    clients.stop();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const [a, b] = [spreadOf(idle), spreadOf(busy)];
  printFigure({
    bench: `swipe-${kind}`,
    ...{ users: USERS, events: EVENTS, clients: held, bytes, idleMs: a, besideMs: b },
    p50AddedMs: round(b.p50 - a.p50),
    p99AddedMs: round(b.p99 - a.p99),
    p99ToIdle: round(b.p99 / a.p99),
    honestOf: HONEST * ROUNDS,
    honestMs: spreadOf(honest),
  });
}

/** Of requests that were answered well. */
async function statusTimes(product: Product, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const before = process.hrtime.bigint();
    const { status } = await product.api('GET', '/api/v1/status');
    if (status === 200) times.push(Number(process.hrtime.bigint() - before) / 1e6);
  }
  return times;
}

function portOf(product: Product): number {
  return Number(new URL(product.url).port);
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
