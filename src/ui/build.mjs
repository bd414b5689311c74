/**
 * Builds the page for browsers into `dist/page`: modules in pieces with the hash of their content in their
 * names, the style sheet, the one HTML file, each compressed beforehand, and `assets.json`, the list that
 * `src/api/page.ts` serves from. Run by `npm run build`, `npm test` and `npm start`; nothing is built on a device
 * that installs a release.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../../dist/page', import.meta.url));

/** @type {Readonly<Record<string, string>>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: { main: 'main.tsx', page: 'style/page.css' },
  outdir: join(out, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome100', 'firefox102', 'safari15.4'],
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
  write: false,
});

/** @param {RegExp} pattern */
const named = (pattern) => {
  const found = outputFiles.map(({ path }) => basename(path)).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`the build made no ${pattern}`);
  return `/assets/${found}`;
};
const script = named(/^main-.*\.js$/);
const pieces = Object.entries(metafile.outputs)
  .filter(([name]) => script.endsWith(basename(name)))
  .flatMap(([, { imports }]) => imports)
  .filter(({ kind }) => kind === 'import-statement')
  .map(({ path }) => `/assets/${basename(path)}`);
const icon = readFileSync(join(here, 'icon.svg'));
const iconPath = `/assets/icon-${hashOf(icon).slice(0, 8)}.svg`;
const appManifest = JSON.stringify({
  name: 'Sallyport',
  short_name: 'Sallyport',
  start_url: '/',
  display: 'standalone',
  background_color: '#f5f6f8',
  theme_color: '#1f4fbf',
  icons: [{ src: iconPath, sizes: 'any', type: 'image/svg+xml' }],
});
const html = readFileSync(join(here, 'page.html'), 'utf8')
  .replace('{style}', named(/^page-.*\.css$/))
  .replace('{icon}', iconPath)
  .replace('{script}', script)
  .replace('{pieces}', pieces.map((path) => `<link rel="modulepreload" href="${path}">`).join('\n    '));

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'assets'), { recursive: true });
const assets = [
  ...outputFiles.map(({ path, contents }) => put(`/assets/${basename(path)}`, contents)),
  put(iconPath, icon),
  put('/app.webmanifest', Buffer.from(appManifest)),
  put('/index.html', Buffer.from(html)),
];
writeFileSync(join(out, 'assets.json'), JSON.stringify(assets, undefined, 1));

/** Writes one file as it is and compressed. @param {string} path @param {Uint8Array} body */
function put(path, body) {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const forms = { '': body, '.gz': gzipSync(body, { level: 9 }), '.br': brotliCompressSync(body, quality) };
  for (const [ending, content] of Object.entries(forms)) writeFileSync(join(out, path + ending), content);
  return {
    path,
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: hashOf(body).slice(0, 16),
    /** The name changes with the content: such a file may be kept for ever. */
    fixed: path.startsWith('/assets/'),
    bytes: body.length,
    gzipBytes: forms['.gz'].length,
    first: path === '/index.html' || path === script || pieces.includes(path) || path.endsWith('.css'),
  };
}

/** @param {Uint8Array} body */
function hashOf(body) {
  return createHash('sha256').update(body).digest('hex');
}
