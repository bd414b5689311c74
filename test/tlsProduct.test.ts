import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { ownCertificate } from '../src/api/certificate.js';
import { type Bare, dropDataDir, freePort, newDataDir, sallyport, startBare } from './site/product.js';

const siteOf = (http: string) => `
name: Gate
board: mock
timeZone: Europe/Berlin
http: { host: 127.0.0.1, ${http} }
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
`;

/** The answer and the certificate's fingerprint; rejects when the certificate is not vouched for by `ca`. */
function get(
  url: string,
  ca?: string,
  body?: object,
): Promise<{ status: number; sha256: string; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent: false, method: body === undefined ? 'GET' : 'POST', ...(ca === undefined ? {} : { ca }) },
      (reply) => {
        const sha256 = (reply.socket as TLSSocket).getPeerCertificate().fingerprint256;
        let text = '';
        reply.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, sha256, text }));
      },
    );
    sent.on('error', reject);
    if (body !== undefined) sent.setHeader('Content-Type', 'application/json');
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function getPlain(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = plain({ port, path, host: '127.0.0.1', agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('the product over TLS', function () {
  this.timeout(60_000);
  const running: Bare[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.kill('SIGKILL');
    for (const folder of folders.splice(0)) dropDataDir(folder);
  });
  const folder = (): string => {
    const made = newDataDir();
    folders.push(made);
    return made;
  };
  const start = async (
    dataDir: string,
    http: string,
  ): Promise<{ url: string; sha256: string; claim: string }> => {
    const one = await startBare(dataDir, siteOf(http), 'fingerprint');
    running.push(one);
    return {
      url: /(https:\/\/127\.0\.0\.1:\d+)/.exec(one.printed)?.[1] ?? '',
      sha256: /fingerprint ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(one.printed)?.[1] ?? '',
      claim: /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(one.printed)?.[0] ?? '',
    };
  };
  const stop = async (): Promise<void> => {
    for (const one of running.splice(0)) await one.kill('SIGTERM');
  };
  const own = (dataDir: string): string => readFileSync(join(dataDir, 'tls', 'certificate.pem'), 'utf8');

  it('makes its certificate at the first start, prints its fingerprint, and keeps it', async () => {
    const dataDir = folder();
    const first = await start(dataDir, 'tls: self-signed');
    const { status, sha256 } = await get(`${first.url}/health`, own(dataDir));
    deepEqual([status, sha256], [200, first.sha256]);
    await rejects(get(`${first.url}/health`), /self-signed|SELF_SIGNED/, 'nobody trusts it unasked');
    await rejects(getPlain(Number(new URL(first.url).port), '/health'), 'no plain HTTP on that port');
    await stop();
    equal((await start(dataDir, 'tls: self-signed')).sha256, first.sha256);
    const other = await start(folder(), 'tls: self-signed');
    notEqual(other.sha256, first.sha256, 'two units share nothing');
  });

  it('serves the certificate it is given; one whose key is another’s stops the start', async () => {
    const dataDir = folder();
    const names = ['localhost', '127.0.0.1'];
    const made = await ownCertificate({ folder: join(dataDir, 'given'), names, nowMs: Date.now() });
    const tls = (key: string) =>
      `tls: files, certificate: ${join(dataDir, 'given', 'certificate.pem')}, key: ${join(dataDir, 'given', key)}`;
    const { url, sha256 } = await start(dataDir, tls('key.pem'));
    equal(sha256, made.sha256);
    equal((await get(`${url}/health`, made.cert)).sha256, made.sha256);
    await stop();
    const another = await ownCertificate({ folder: join(dataDir, 'another'), names, nowMs: Date.now() });
    writeFileSync(join(dataDir, 'given', 'wrong.pem'), another.key);
    await rejects(start(dataDir, tls('wrong.pem')), /key is not the one of the certificate/);
    await rejects(start(dataDir, tls('none.pem')), /none\.pem/);
  });

  it('plain HTTP is where the site file has it: a port for OpenDoor, and nothing else there', async () => {
    const port = await freePort();
    const { url } = await start(folder(), `tls: self-signed, openDoorPort: ${port}`);
    match(url, /^https:/);
    equal(
      await getPlain(port, '/fcgi/OpenDoor?action=OpenDoor&DoorNum=1'),
      503,
      'off until a source is allowed',
    );
    for (const path of ['/', '/health', '/api/v1/welcome', '/api/v1/login'])
      equal(await getPlain(port, path), 404, path);
  });

  it('a backup makes another Pi the same door: operators, certificate, site file', async () => {
    const dataDir = folder();
    const first = await start(dataDir, 'tls: self-signed');
    const administrator = { name: 'root', password: 'correct horse battery' };
    const claimed = await get(`${first.url}/api/v1/claim`, own(dataDir), {
      code: first.claim,
      ...administrator,
    });
    ok(claimed.status < 300, claimed.text);
    const key = join(dataDir, 'key');
    equal((await sallyport('backup', 'new-key', key)).code, 0);
    const good = async (...args: string[]): Promise<string> => {
      const { code, text } = await sallyport(...args);
      equal(code, 0, text);
      return text;
    };
    await good('backup', 'passphrase', '--key-file', key, '--data', dataDir);
    const { name } = JSON.parse(await good('backup', 'make', '--json', '--data', dataDir)) as {
      name: string;
    };
    await stop();
    const next = folder();
    mkdirSync(join(next, 'etc'));
    const site = join(next, 'etc', 'site.yaml');
    const file = join(dataDir, 'backups', name);
    match((await sallyport('restore', file, '--data', next)).text, /one of the two/);
    const said = await good('restore', file, '--data', next, '--site', site, '--key-file', key);
    match(said, /The site file is .*site\.yaml\./);
    equal(readFileSync(site, 'utf8'), siteOf('tls: self-signed'));
    const there = await start(next, 'tls: self-signed');
    equal(there.sha256, first.sha256, 'whoever pinned the certificate notices nothing');
    equal((await get(`${there.url}/api/v1/login`, own(next), administrator)).status, 200);
  });
});
