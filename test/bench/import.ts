/** 100,000 users imported while cards are presented: what a swipe pays, beside the same swipes with nothing going on. */
import { readFileSync, rmSync } from 'node:fs';
import { type Product, startSite } from '../site/product.js';
import { printFigure, round, spreadOf } from './figures.js';
import { makeDataDir } from './fixture.js';
import { swiperOf } from './swipes.js';

const USERS = Number(process.env['BENCH_IMPORT'] ?? 100_000);
/** With nothing going on: half of them before and half after. Beside the import there are as many as it takes. */
const SWIPES = Number(process.env['BENCH_SWIPES'] ?? 500);
/** Who is there already, and swipes. */
const KNOWN = 24_000;

export async function benchImport(): Promise<void> {
  const dir = makeDataDir({ users: KNOWN, events: 100_000 });
  const site = readFileSync('src/demo/site.yaml', 'utf8');
  const product = await startSite(dir, site);
  const admin = product.token;
  const swiper = swiperOf(product, KNOWN, admin);
  try {
    const idle = [...(await swiper.many(SWIPES / 2))];
    const headers = { Authorization: `Bearer ${admin}`, 'Content-Type': 'text/csv' };
    const begunMs = nowMs();
    const started = await fetch(`${product.url}/api/v1/imports`, {
      method: 'POST',
      headers,
      body: csv(USERS),
    });
    const { id } = (await started.json()) as { readonly id: string };
    const checkedMs = nowMs() - begunMs;
    const during: number[] = [];
    let progress = await progressOf(product, admin, id);
    while (progress.state === 'writing') {
      during.push(...(await swiper.many(10)));
      progress = await progressOf(product, admin, id);
    }
    const wholeMs = nowMs() - begunMs;
    if (progress.state !== 'done' || during.length === 0)
      throw new Error(`the import is ${progress.state} after ${during.length} swipes beside it`);
    idle.push(...(await swiper.many(SWIPES / 2)));
    const [a, b] = [spreadOf(idle), spreadOf(during)];
    printFigure({
      bench: 'import',
      users: USERS,
      checkS: round(checkedMs / 1_000),
      wholeS: round(wholeMs / 1_000),
      failed: progress.failed,
      what: 'last Wiegand edge to relay line, ms beyond the frame gap',
      idleMs: a,
      duringMs: b,
      p50AddedMs: round(b.p50 - a.p50),
      p99AddedMs: round(b.p99 - a.p99),
    });
  } finally {
    await product.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function progressOf(product: Product, admin: string, id: string) {
  const { body } = await product.api('GET', `/api/v1/imports/${id}`, undefined, admin);
  return body as { readonly state: string; readonly done: number; readonly failed: number };
}

function csv(users: number): string {
  const lines = Array.from({ length: users }, (_, n) => {
    const [facility, number] = [100 + Math.floor(n / 65_536), n % 65_536];
    return `u${n},User ${n},staff,H10301:${facility}:${number}`;
  });
  return ['id,name,groups,cards', ...lines].join('\n');
}

function nowMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
