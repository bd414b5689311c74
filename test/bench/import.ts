/** 100,000 users imported while cards are presented: what a swipe pays, beside the same swipes with nothing going on. */
import { rmSync } from 'node:fs';
import { newDataDir, type Product, startProduct } from '../site/product.js';
import { printFigure, round, spreadOf } from './figures.js';

const USERS = Number(process.env['BENCH_IMPORT'] ?? 100_000);
const SWIPES = Number(process.env['BENCH_SWIPES'] ?? 200);
const FRAME_GAP_US = 25_000;
const SETTLE_MS = 120;
const PASSWORD = 'a password of the bench';

export async function benchImport(): Promise<void> {
  const dir = newDataDir();
  const product = await startProduct(dir);
  try {
    const claimed = await product.api(
      'POST',
      '/api/v1/claim',
      { code: product.claimCode, name: 'bench', password: PASSWORD },
      'none',
    );
    const admin = (claimed.body as { readonly token: string }).token;
    const zone = await product.api('PATCH', '/api/v1/zones/1', { disabled: true }, admin);
    if (zone.status === 428) await disableZone(product, admin);
    const idle = await swipes(product, admin, SWIPES);
    const headers = { Authorization: `Bearer ${admin}`, 'Content-Type': 'text/csv' };
    const begunMs = nowMs();
    const started = await fetch(`${product.url}/api/v1/imports`, {
      method: 'POST',
      headers,
      body: csv(USERS),
    });
    const { id } = (await started.json()) as { readonly id: string };
    const checkedMs = nowMs() - begunMs;
    const during = await swipes(product, admin, SWIPES);
    const afterSwipes = await progressOf(product, admin, id);
    let progress = afterSwipes;
    while (progress.state === 'writing') {
      await new Promise((resolve) => setTimeout(resolve, 500));
      progress = await progressOf(product, admin, id);
    }
    const [a, b] = [spreadOf(idle), spreadOf(during)];
    printFigure({
      bench: 'import',
      users: USERS,
      checkS: round(checkedMs / 1_000),
      wholeS: round((nowMs() - begunMs) / 1_000),
      state: progress.state,
      failed: progress.failed,
      linesDoneWhenSwipesEnded: afterSwipes.done,
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

async function disableZone(product: Product, admin: string): Promise<void> {
  const headers = { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' };
  const found = await fetch(`${product.url}/api/v1/zones/1`, { headers });
  const match = { 'If-Match': found.headers.get('etag') ?? '*' };
  const body = JSON.stringify({ disabled: true });
  await fetch(`${product.url}/api/v1/zones/1`, { method: 'PATCH', headers: { ...headers, ...match }, body });
}

/** Ann at the lobby, again and again; each relay pulse is timed by the mock board's own stamps. */
async function swipes(product: Product, admin: string, count: number): Promise<readonly number[]> {
  const beyond: number[] = [];
  for (let n = 0; n < count; n += 1) {
    await product.present('lobby-out', 4822);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const lines = await product.lines();
    const history = lines.find(({ line }) => line === 'relay1')?.history ?? [];
    const edges = lines.filter(({ line }) => line === 'w2.d0' || line === 'w2.d1');
    const lastEdgeUs = Math.max(...edges.map((line) => line.history.at(-1)?.atUs ?? 0)) - 50;
    const risen = history.find(({ atUs, active }) => active && atUs > lastEdgeUs);
    if (risen === undefined) throw new Error('no relay');
    beyond.push((risen.atUs - lastEdgeUs - FRAME_GAP_US) / 1_000);
    // A pulse that still stands would be prolonged without an edge.
    for (const command of ['lock', 'normal'])
      await product.api('POST', `/api/v1/doors/lobby/${command}`, undefined, admin);
  }
  return beyond;
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
