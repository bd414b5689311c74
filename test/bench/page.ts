/** The page in a real browser: first paint on a slow processor, a swipe in twenty windows, a long log scrolled. */
import { rmSync } from 'node:fs';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Product, startProduct } from '../site/product.js';
import { chromiumPath, launch } from '../ui/browser.js';
import { claimInBrowser } from '../ui/firstRun.js';
import { printFigure, round, spreadOf } from './figures.js';
import { cardOf, makeDataDir } from './fixture.js';

const SIZE = {
  users: Number(process.env['BENCH_USERS'] ?? 240_000),
  events: Number(process.env['BENCH_EVENTS'] ?? 1_000_000),
};
const THROTTLE = 6;
const LOADS = Number(process.env['BENCH_LOADS'] ?? 10);
const WINDOWS = Number(process.env['BENCH_WINDOWS'] ?? 20);
const SWIPES = Number(process.env['BENCH_PAGE_SWIPES'] ?? 50);
const SCROLLS = Number(process.env['BENCH_SCROLLS'] ?? 400);

/** Times in one run of one product; skipped, with a line, where there is no browser. */
export async function benchPage(): Promise<void> {
  if (chromiumPath === undefined) return printFigure({ bench: 'page', skipped: 'no chromium' });
  const dir = makeDataDir(SIZE);
  const [product, browser] = await Promise.all([startProduct(dir), launch()]);
  try {
    const context = await browser.newContext();
    await claimInBrowser(await context.newPage(), product);
    await benchPaint(context, product);
    await benchScroll(context, product);
    // What is ours: one page drawn for a person, the others there as far as the controller can tell.
    await benchSwipes(browser, context, product, { windows: 1, clients: WINDOWS - 1 });
    // And with all of them drawn by one Chromium on this machine's processors.
    await benchSwipes(browser, context, product, { windows: WINDOWS, clients: 0 });
  } finally {
    await browser.close();
    await product.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Notes when the frame of Now stands and when its doors can be pressed, as the page itself sees it. */
const noteReady = `
  const marks = (window.marks = {});
  new MutationObserver(() => {
    if (!marks.now && document.querySelector('main h1')) marks.now = performance.now();
    if (!marks.interactive && document.querySelector('.door-card .button')) marks.interactive = performance.now();
  }).observe(document, { childList: true, subtree: true });`;

async function benchPaint(context: BrowserContext, product: Product): Promise<void> {
  const first: number[] = [];
  const now: number[] = [];
  const interactive: number[] = [];
  for (let n = 0; n < LOADS; n += 1) {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.clearBrowserCache');
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
    await page.addInitScript(noteReady);
    await page.goto(product.url);
    await page.locator('.door-card .button').first().waitFor();
    const seen = await page.evaluate<{ paint: number; now: number; interactive: number }>(
      "({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, ...window.marks })",
    );
    first.push(seen.paint);
    now.push(seen.now);
    interactive.push(seen.interactive);
    await page.close();
  }
  printFigure({
    bench: 'page paint',
    cpuThrottle: THROTTLE,
    cache: 'cold',
    firstPaintMs: spreadOf(first),
    nowDrawnMs: spreadOf(now),
    interactiveMs: spreadOf(interactive),
  });
}

/** Notes for each granted or denied row when it came into the page, in Unix ms. */
const noteRows = `
  window.shown = new Map();
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      const at = node.querySelector?.('time')?.getAttribute('datetime');
      if (at && node.matches('.row.good, .row.bad')) window.shown.set(at, performance.timeOrigin + performance.now());
    }
  }).observe(document, { childList: true, subtree: true });`;

interface Watchers {
  readonly windows: number;
  /** Clients that speak the page's protocol and draw nothing. */
  readonly clients: number;
}

async function benchSwipes(
  browser: Browser,
  context: BrowserContext,
  product: Product,
  { windows, clients }: Watchers,
): Promise<void> {
  const stop = new AbortController();
  const arrivals: number[] = [];
  const listening = Array.from({ length: clients }, () => listen(product, stop.signal, arrivals));
  const storageState = await context.storageState();
  const pages = await Promise.all(
    Array.from({ length: windows }, async () => {
      // A browser of its own each: tabs of one browser share six connections.
      const page = await (await browser.newContext({ storageState })).newPage();
      await page.addInitScript(noteRows);
      await page.goto(product.url);
      await page.locator('.line[data-state=live]').waitFor({ state: 'attached' });
      return page;
    }),
  );
  for (let n = 0; n < SWIPES; n += 1) {
    const { facility, number } = cardOf(n);
    const card = { format: 'H10301', facility, number: String(number) };
    await product.api('POST', '/api/v1/mock/readers/garage-in/present', card);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  const delays = (await Promise.all(pages.map(delaysOf))).flat();
  stop.abort();
  await Promise.allSettled(listening);
  await Promise.all(pages.map((page) => page.context().close()));
  printFigure({
    bench: 'swipe in the browser',
    windows,
    clients,
    ...(clients === 0 ? {} : { decisionToClientMs: spreadOf(arrivals) }),
    swipes: SWIPES,
    browser: browser.version(),
    decisionToRowMs: spreadOf(delays),
  });
}

/** As the page does it: the stream of rows, and the status again soon after one came, at most once a second. */
async function listen(product: Product, signal: AbortSignal, arrivals: number[]): Promise<void> {
  const headers = { authorization: `Bearer ${product.token}` };
  const { body } = (await product.api('GET', '/api/v1/status')) as { body: { lastSeq: number } };
  const stream = await fetch(`${product.url}/api/v1/events/stream?after=${body.lastSeq}`, {
    headers,
    signal,
  });
  if (stream.body === null) throw new Error(`no stream: ${stream.status}`);
  let due = false;
  let readMs = Number.NEGATIVE_INFINITY;
  let rest = '';
  for await (const piece of stream.body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + piece).split('\n\n');
    rest = messages.pop() ?? '';
    for (const data of messages.flatMap((message) => /^data: (.*)$/m.exec(message)?.[1] ?? [])) {
      const { kind, at } = JSON.parse(data) as { kind: string; at: string };
      if (kind === 'access-granted' || kind === 'access-denied') arrivals.push(Date.now() - Date.parse(at));
      if (due) continue;
      due = true;
      setTimeout(
        () => {
          due = false;
          readMs = Date.now();
          void product.api('GET', '/api/v1/status').catch(() => undefined);
        },
        Math.max(100, readMs + 1_000 - Date.now()),
      );
    }
  }
}

/** From the decision, as its row is stamped, to the row in the page. */
async function delaysOf(page: Page): Promise<readonly number[]> {
  const shown = await page.evaluate<readonly (readonly [string, number])[]>('[...window.shown]');
  const startedMs = await page.evaluate<number>('performance.timeOrigin');
  return shown.filter(([at]) => Date.parse(at) > startedMs + 1_000).map(([at, ms]) => ms - Date.parse(at));
}

async function benchScroll(context: BrowserContext, product: Product): Promise<void> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await page.goto(`${product.url}/log`);
  await page.locator('.log-row time').first().waitFor();
  const waits: number[] = [];
  const heaps: number[] = [];
  let rowsMax = 0;
  for (let n = 1; n <= SCROLLS; n += 1) {
    const before = process.hrtime.bigint();
    await page.evaluate(`{ const box = document.querySelector('.log-box');
      box.scrollTop = (box.scrollHeight - box.clientHeight) * ${((n * 7_919) % SCROLLS) / SCROLLS}; }`);
    // The page's policy lets no test evaluate text inside it on a timer: it is asked from here.
    while (!(await page.evaluate<boolean>(allRowsRead)));
    waits.push(Number(process.hrtime.bigint() - before) / 1e6);
    rowsMax = Math.max(rowsMax, await page.locator('.log-row').count());
    if (n % (SCROLLS / 8) === 0) heaps.push(await heapMb(cdp));
  }
  printFigure({
    bench: 'log scrolled',
    rows: SIZE.events,
    jumps: SCROLLS,
    jumpToRowsMs: spreadOf(waits),
    rowsInPageMax: rowsMax,
    pagesHeld: Number(await page.locator('.log-box').getAttribute('data-pages')),
    heapMbAfterEachEighth: heaps,
  });
  await page.close();
}

const allRowsRead =
  "document.querySelectorAll('.log-row').length > 5 && !document.querySelector('.log-row > .hint')";

async function heapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return round(usedSize / 1_048_576);
}
