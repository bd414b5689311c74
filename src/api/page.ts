/**
 * The web page: the files that `src/ui/build.mjs` made, from its list and from nowhere else. A path in the list
 * is answered; the addresses of the page's own views answer with the page; everything else goes on to the API.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  /** Its name holds the hash of its content: it may be kept for ever. */
  readonly fixed: boolean;
}

/** No inline script or style, no other host, no frame; styles set by script go over the CSSOM, which needs no rule. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The first part of each view's address, as `src/ui/router.ts` knows them. */
const views = ['', 'people', 'doors', 'zones', 'log', 'settings'];

/** Answers GET and HEAD for the page built into `folder`; undefined = none was built there. */
export function pageHandler(folder: string): RequestHandler | undefined {
  const assets = listOf(folder);
  if (assets === undefined) return undefined;
  return (request, response, next) => {
    const asset = assetOf(assets, request);
    if (asset === undefined) return next();
    send(folder, asset, request, response).catch(next);
  };
}

function listOf(folder: string): ReadonlyMap<string, Asset> | undefined {
  try {
    const list = JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8')) as readonly Asset[];
    return new Map(list.map((asset) => [asset.path, asset]));
  } catch {
    return undefined;
  }
}

function assetOf(assets: ReadonlyMap<string, Asset>, { method, path }: Request): Asset | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const found = assets.get(path);
  if (found !== undefined) return found;
  return views.includes(path.split('/')[1] ?? '') ? assets.get('/index.html') : undefined;
}

async function send(folder: string, asset: Asset, request: Request, response: Response): Promise<void> {
  const { form, ending } = formOf(request.get('Accept-Encoding') ?? '');
  const etag = `"${asset.etag}${ending}"`;
  response.set({
    ETag: etag,
    Vary: 'Accept-Encoding',
    'Content-Type': asset.type,
    'Content-Security-Policy': contentSecurityPolicy,
    'Cache-Control': asset.fixed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  });
  if (request.get('If-None-Match') === etag) return void response.status(304).end();
  const body = await readFile(join(folder, asset.path + ending));
  if (form !== undefined) response.set('Content-Encoding', form);
  response.set('Content-Length', String(body.length)).end(request.method === 'HEAD' ? undefined : body);
}

/** Browsers offer brotli over HTTPS and on this machine, gzip always. */
function formOf(accepted: string): { readonly form?: string; readonly ending: string } {
  if (/\bbr\b/.test(accepted)) return { form: 'br', ending: '.br' };
  if (/\bgzip\b/.test(accepted)) return { form: 'gzip', ending: '.gz' };
  return { ending: '' };
}
