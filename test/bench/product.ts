/** The product on a large data folder: start, memory, last edge to relay, OpenDoor under load. */

import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Sqlite } from '../../src/storage/sqlite.js';
import { type Product, startProduct } from '../site/product.js';
import { printFigure, round, spreadOf } from './figures.js';
import { cardOf, type FixtureSize, makeDataDir } from './fixture.js';
import { openLine, runLoad } from './load.js';
import { startServer } from './servers.js';
import { swiperOf } from './swipes.js';

const SIZE: FixtureSize = {
  users: Number(process.env['BENCH_USERS'] ?? 240_000),
  events: Number(process.env['BENCH_EVENTS'] ?? 1_000_000),
};
const SWIPES = Number(process.env['BENCH_SWIPES'] ?? 200);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 20_000);
const PASSWORD = 'a password of the bench';
const PACE_MS = 120;
const IDLE_MS = 20_000;

/** (b), (c) and (d) on one fixture, which takes longer to make than to measure. */
export async function benchProduct(): Promise<void> {
  const dir = makeDataDir(SIZE);
  try {
    const before = process.hrtime.bigint();
    const product = await startProduct(dir);
    const startMs = Number(process.hrtime.bigint() - before) / 1e6;
    printFigure({ bench: 'start', ...SIZE, readyMs: round(startMs), rssMb: rssMb(product.pid) });
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    printFigure({ bench: 'memory', ...SIZE, after: 'start and 20 s of rest', rssMb: rssMb(product.pid) });
    const admin = await claim(product);
    await benchSwipe(product, admin, dir);
    await benchHttp(product, admin);
    // What the engine gives back, it gives back when nothing happens.
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    printFigure({
      bench: 'memory',
      ...SIZE,
      after: 'swipes, load and 20 s of rest',
      rssMb: rssMb(product.pid),
    });
    await product.kill('SIGTERM');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function rssMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb ?? 0) / 1024);
}

async function claim(product: Product): Promise<string> {
  const body = { code: product.claimCode, name: 'bench', password: PASSWORD };
  const claimed = await product.api('POST', '/api/v1/claim', body, 'none');
  return (claimed.body as { readonly token: string }).token;
}

/** (b) The stamp of the last edge to the stamp of the relay line, without the silence that ends a frame. */
async function benchSwipe(product: Product, admin: string, dir: string): Promise<void> {
  const beyondGap: number[] = [];
  const bare: number[] = [];
  const disk = bareDisk(dir);
  const swiper = swiperOf(product, SIZE.users, admin);
  for (let n = 0; n < SWIPES; n += 1) {
    beyondGap.push(await swiper.swipe());
    // A disk asked now and then answers slower than one asked without a pause: both are told.
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    bare.push(disk.commitMs());
  }
  const back = spreadOf(Array.from({ length: 1_000 }, disk.commitMs));
  disk.close();
  const spread = spreadOf(beyondGap);
  const paced = spreadOf(bare);
  printFigure({
    bench: 'swipe',
    ...SIZE,
    what: 'last Wiegand edge to relay line, ms beyond the 25 ms frame gap',
    ms: spread,
    bareCommitPacedMs: paced,
    bareCommitBackToBackMs: back,
    p50OverPacedMs: round(spread.p50 - paced.p50),
    p99OverPacedMs: round(spread.p99 - paced.p99),
    p50OverBackToBackMs: round(spread.p50 - back.p50),
  });
}

/** One row a transaction, WAL, FULL: what the disk costs with nothing around it. */
function bareDisk(dir: string) {
  const db = new Sqlite(join(dir, 'bare.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, row TEXT)');
  const insert = db.prepare('INSERT INTO events (row) VALUES (?)');
  const row = 'x'.repeat(400);
  return {
    commitMs: () => {
      const before = process.hrtime.bigint();
      insert.run(row);
      return Number(process.hrtime.bigint() - before) / 1e6;
    },
    close: () => db.close(),
  };
}

/** (c) OpenDoor with Basic and Digest at 1, 8 and 64 connections beside a bare Express and the naive design. */
async function benchHttp(product: Product, admin: string): Promise<void> {
  const source = {
    id: 'bench',
    name: 'bench',
    enabled: true,
    addresses: ['127.0.0.1'],
    username: 'bench',
    password: PASSWORD,
    schemes: ['digest-sha256', 'digest-md5', 'basic'],
    doors: ['lobby'],
    repeatMs: 0,
  };
  const made = await product.api('POST', '/api/v1/sources', source, admin);
  if (made.status >= 300) throw new Error(JSON.stringify(made.body));
  const hello = await startServer('hello');
  const naive = await startServer('naive');
  const port = Number(new URL(product.url).port);
  for (const connections of [1, 8, 64]) {
    const requests = connections === 1 ? REQUESTS / 4 : REQUESTS;
    const shape = { connections, requests };
    const helloRun = await runLoad({
      ...shape,
      port: hello.port,
      next: () => get('/'),
      check: expect('hello'),
    });
    const naiveRun = await runLoad({
      ...shape,
      port: naive.port,
      next: () => openDoor(basic()),
      check: expect('retcode'),
    });
    const basicRun = await runLoad({
      ...shape,
      port,
      next: () => openDoor(basic()),
      check: expect('"retcode"'),
    });
    const digest = await digestClients(port, connections);
    const digestRun = await runLoad({ ...shape, port, next: digest, check: expect('"retcode"') });
    printFigure({
      bench: 'openDoor',
      connections,
      hello: helloRun,
      naive: naiveRun,
      basic: basicRun,
      digest: digestRun,
      basicToNaive: round(basicRun.perSecond / naiveRun.perSecond),
      basicToHello: round(basicRun.perSecond / helloRun.perSecond),
      digestToNaive: round(digestRun.perSecond / naiveRun.perSecond),
    });
  }
  hello.close();
  naive.close();
}

function expect(text: string): (answer: string) => void {
  return (answer) => {
    if (!answer.startsWith('HTTP/1.1 200') || !answer.includes(text)) throw new Error(answer);
  };
}

function get(path: string, authorization?: string): string {
  const header = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\n`;
}

let asked = 0;

/** Everybody in turn, out and in again: grants as long as everybody's record allows. */
function target(): string {
  const user = asked % SIZE.users;
  const mode = Math.floor(asked / SIZE.users) % 2 === 0 ? 'Exit' : 'Entry';
  asked += 1;
  return `/fcgi/OpenDoor?action=OpenDoor&DoorNum=1&AntiPassbackMode=${mode}&Name=User&UnlockType=Card&Code=${cardOf(user).code}`;
}

function openDoor(authorization: string): string {
  return get(target(), authorization);
}

function basic(): string {
  return `Basic ${Buffer.from(`bench:${PASSWORD}`).toString('base64')}`;
}

/** Digest with SHA-256: each connection fetches one nonce and counts it up. */
async function digestClients(port: number, connections: number): Promise<(connection: number) => string> {
  const ha1 = sha256(`bench:HTTPAPI:${PASSWORD}`);
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const line = await openLine(port);
      const challenge = await line.ask(get(target()));
      line.close();
      return { nonce: field(challenge, 'nonce'), opaque: field(challenge, 'opaque'), nc: 0 };
    }),
  );
  return (connection) => {
    const client = clients[connection];
    if (client === undefined) throw new Error(`no client ${connection}`);
    client.nc += 1;
    const nc = client.nc.toString(16).padStart(8, '0');
    const uri = target();
    const response = sha256(`${ha1}:${client.nonce}:${nc}:c0ffee:auth:${sha256(`GET:${uri}`)}`);
    return get(
      uri,
      `Digest username="bench", realm="HTTPAPI", nonce="${client.nonce}", uri="${uri}", algorithm=SHA-256, ` +
        `qop=auth, nc=${nc}, cnonce="c0ffee", response="${response}", opaque="${client.opaque}"`,
    );
  };
}

function field(challenge: string, name: string): string {
  const found = new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1];
  if (found === undefined) throw new Error(`no ${name} in ${challenge}`);
  return found;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
