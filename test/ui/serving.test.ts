import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dropDataDir, newDataDir, type Product, startProduct } from '../site/product.js';

interface Asset {
  readonly path: string;
  readonly fixed: boolean;
  readonly first: boolean;
  readonly gzipBytes: number;
}

const assets = JSON.parse(readFileSync('dist/page/assets.json', 'utf8')) as readonly Asset[];

describe('ui: how the page is served', function () {
  this.timeout(30_000);
  let product: Product;
  let dataDir: string;

  before(async () => {
    dataDir = newDataDir();
    product = await startProduct(dataDir);
  });

  after(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(product.url + path, { method, headers, redirect: 'manual' });

  it('needs less than 200 KB compressed for the first paint', () => {
    const bytes = assets.filter(({ first }) => first).reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
    ok(bytes > 5_000 && bytes < 200_000, `${bytes} bytes`);
  });

  it('serves the page at its views, without inline code and for no other host', async () => {
    for (const path of ['/', '/people', '/people/ann', '/log?row=3', '/settings']) {
      const response = await get(path);
      equal(response.status, 200, path);
      equal(response.headers.get('cache-control'), 'no-cache');
      const policy = response.headers.get('content-security-policy') ?? '';
      match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
      ok(!policy.includes('unsafe'), policy);
      const html = await response.text();
      match(html, /<div id="app">/);
      ok(!/<script(?![^>]*\bsrc=)|\son\w+=|style=/.test(html), 'inline code');
    }
  });

  it('keeps hashed files for ever, compressed as the browser likes', async () => {
    const script = assets.find(({ path }) => path.startsWith('/assets/main-'));
    ok(script?.fixed);
    for (const [accepted, form] of [
      ['br, gzip', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const response = await get(script.path, { 'accept-encoding': accepted });
      equal(response.status, 200);
      equal(response.headers.get('content-encoding'), form);
      equal(response.headers.get('vary'), 'Accept-Encoding');
      match(response.headers.get('cache-control') ?? '', /immutable/);
      match(response.headers.get('content-type') ?? '', /^text\/javascript/);
      match(await response.text(), /^import|^var|^const|^let|^\(/);
    }
  });

  it('answers 304 for what the browser has', async () => {
    const etag = (await get('/')).headers.get('etag') ?? '';
    const again = await get('/', { 'if-none-match': etag });
    deepEqual([again.status, await again.text()], [304, '']);
  });

  it('gives nothing but what is in the list, and the API keeps its own policy', async () => {
    for (const path of [
      '/assets.json',
      '/assets/',
      '/assets/..%2fassets.json',
      '/assets/%2e%2e/assets.json',
      '/..%2f..%2fpackage.json',
      '/index.html.gz',
      '/peoplex',
      '/favicon.ico',
    ]) {
      equal((await get(path)).status, 404, path);
    }
    equal((await get('/', {}, 'POST')).status, 404);
    equal((await get('/', {}, 'HEAD')).status, 200);
    const api = await get('/api/v1/welcome');
    match(api.headers.get('content-security-policy') ?? '', /^default-src 'none';frame-ancestors 'none'$/);
    deepEqual(await api.json(), { claimed: false });
  });
});
