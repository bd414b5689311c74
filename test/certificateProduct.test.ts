import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { ownCertificate } from '../src/api/certificate.js';
import { administrator, type Bare, dropDataDir, newDataDir, startBare, startSite } from './site/product.js';

const siteOf = (http: string) => `
name: Gate
board: mock
timeZone: Europe/Berlin
http: { host: 127.0.0.1, ${http} }
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
`;
const path = '/api/v1/certificate';

interface Asked {
  readonly token?: string;
  readonly ifMatch?: string;
  readonly body?: object;
}

interface Answered {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the certificate this connection was served with. */
  readonly sha256: string;
}

/** One request on a connection of its own, whoever vouches for its certificate. */
function ask(url: string, method: string, target: string, of: Asked = {}): Promise<Answered> {
  const headers = {
    'Content-Type': 'application/json',
    ...(of.token === undefined ? {} : { Authorization: `Bearer ${of.token}` }),
    ...(of.ifMatch === undefined ? {} : { 'If-Match': of.ifMatch }),
  };
  return new Promise((resolve, reject) => {
    const options = { agent: false, rejectUnauthorized: false, method, headers } as const;
    const sent = request(url + target, options, (reply) => {
      const sha256 = (reply.socket as TLSSocket).getPeerCertificate().fingerprint256;
      let text = '';
      reply.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      reply.on('end', () => {
        const body = text === '' ? {} : JSON.parse(text);
        resolve({ status: reply.statusCode ?? 0, etag: reply.headers.etag, body, sha256 });
      });
    });
    sent.on('error', reject);
    sent.end(of.body === undefined ? undefined : JSON.stringify(of.body));
  });
}

describe('a certificate brought to the product', function () {
  this.timeout(60_000);
  const folders: string[] = [];
  let running: Bare | undefined;
  const folder = (): string => {
    const made = newDataDir();
    folders.push(made);
    return made;
  };
  const start = async (dataDir: string) => {
    running = await startBare(dataDir, siteOf('tls: self-signed'), 'fingerprint');
    return {
      url: /(https:\/\/127\.0\.0\.1:\d+)/.exec(running.printed)?.[1] ?? '',
      claim: /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(running.printed)?.[0] ?? '',
    };
  };
  afterEach(async () => {
    await running?.kill('SIGKILL');
    running = undefined;
    for (const one of folders.splice(0)) dropDataDir(one);
  });
  const made = (nowMs: number) => ownCertificate({ folder: folder(), names: ['localhost'], nowMs });

  it('is served on the next connection and after the next start, stands in the log, and is given back', async () => {
    const dataDir = folder();
    const { url, claim } = await start(dataDir);
    const claimed = await ask(url, 'POST', '/api/v1/claim', { body: { code: claim, ...administrator } });
    const token = String(claimed.body['token']);
    const own = await ask(url, 'GET', path, { token });
    deepEqual([own.status, own.etag, own.body], [200, '"0"', { own: true, revision: 0 }]);

    const given = await made(Date.now());
    const body = { certificate: given.cert, key: given.key };
    const put = await ask(url, 'PUT', path, { token, ifMatch: '"0"', body });
    deepEqual([put.status, put.body['sha256'], put.body['own']], [200, given.sha256, false]);
    const next = await ask(url, 'GET', path, { token });
    deepEqual([next.sha256, next.etag], [given.sha256, put.etag]);
    const late = await ask(url, 'DELETE', path, { token, ifMatch: '"0"' });
    equal(late.status, 412, 'somebody has brought one since');

    const rows = await ask(url, 'GET', '/api/v1/events?kind=changed&limit=1', { token });
    const text = JSON.stringify(rows.body);
    match(text, new RegExp(`"operator".*${given.sha256}`));
    ok(!text.includes('PRIVATE KEY') && !text.includes(given.key.slice(60, 120)), 'nothing of the key');

    await running?.kill('SIGTERM');
    const again = await start(dataDir);
    equal((await ask(again.url, 'GET', '/health')).sha256, given.sha256);
    const dropped = await ask(again.url, 'DELETE', path, { token, ifMatch: put.etag ?? '' });
    equal(dropped.status, 204);
    const back = await ask(again.url, 'GET', path, { token });
    deepEqual([back.sha256, back.body['own']], [own.sha256, true]);
  });

  it('that cannot be served is refused by the name of its field, and the old one stays', async () => {
    const { url, claim } = await start(folder());
    const claimed = await ask(url, 'POST', '/api/v1/claim', { body: { code: claim, ...administrator } });
    const token = String(claimed.body['token']);
    const [good, other] = [await made(Date.now()), await made(Date.now())];
    const over = await made(Date.UTC(2001, 0, 1));
    const noPem = 'x'.repeat(100);
    const wrong: readonly (readonly [field: string, body: object])[] = [
      ['key', { certificate: good.cert, key: other.key }],
      ['certificate', { certificate: over.cert, key: over.key }],
      ['certificate', { certificate: noPem, key: good.key }],
      ['key', { certificate: good.cert, key: noPem }],
      ['certificate', { certificate: good.key, key: good.key }],
      ['certificate', { certificate: good.cert.replace(/[A-Z]/g, 'A'), key: good.key }],
      ['key', { certificate: good.cert }],
      ['more', { certificate: good.cert, key: good.key, more: 1 }],
    ];
    for (const [field, body] of wrong) {
      const reply = await ask(url, 'PUT', path, { token, ifMatch: '"0"', body });
      equal(reply.status, 400, `${field}: ${JSON.stringify(reply.body)}`);
      const [first] = reply.body['errors'] as readonly { readonly field: string }[];
      equal(first?.field, field, JSON.stringify(reply.body));
      ok(!JSON.stringify(reply.body).includes(good.key.slice(60, 120)));
    }
    const now = await ask(url, 'GET', path, { token });
    deepEqual(now.body, { own: true, revision: 0 });
    notEqual(now.sha256, good.sha256);
  });

  it('is refused where the site file says what is served', async () => {
    const product = await startSite(folder(), siteOf('tls: off'));
    running = { printed: '', kill: product.kill };
    const given = await made(Date.now());
    const body = { certificate: given.cert, key: given.key };
    const { status } = await product.api('PUT', path, body, product.token, '*');
    equal(status, 409);
  });
});
