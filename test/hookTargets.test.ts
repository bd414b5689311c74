import { deepEqual, equal, match } from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Certificate, ownCertificate } from '../src/api/certificate.js';
import { type Receiver, startReceiver } from './outbound/receiver.js';
import { dropDataDir, newDataDir, type Product, startSite } from './site/product.js';

const site = `
name: Gate
board: mock
timeZone: Europe/Berlin
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
`;

describe('where hooks go', function () {
  this.timeout(60_000);
  let product: Product;
  let certificate: Certificate;
  let receiver: Server;
  let bodies: string[];
  before(async () => {
    product = await startSite(newDataDir(), site);
    const folder = join(product.dataDir, 'theirs');
    certificate = await ownCertificate({ folder, names: ['localhost', '127.0.0.1'], nowMs: Date.now() });
  });
  after(async () => {
    await product.kill('SIGKILL');
    dropDataDir(product.dataDir);
  });
  beforeEach(async () => {
    bodies = [];
    receiver = createServer({ key: certificate.key, cert: certificate.cert }, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    receiver.close();
    receiver.closeAllConnections();
  });

  const tried = async (id: string, more: object): Promise<unknown> => {
    const hook = { id, name: id, events: ['*'], enabled: false, ...more };
    const made = await product.api('POST', '/api/v1/hooks', hook);
    equal(made.status, 201, JSON.stringify(made.body));
    return (await product.api('POST', `/api/v1/hooks/${id}/test`)).body;
  };
  const secure = (): string => `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;

  it('a certificate nobody vouches for gets nothing, unless it is the one that was written down', async () => {
    const refused = { ok: false, error: 'certificate' };
    deepEqual(await tried('bare', { url: secure() }), refused);
    deepEqual(await tried('other', { url: secure(), certificateSha256: 'ab'.repeat(32) }), refused);
    deepEqual(bodies, [], 'not a byte of the event left');
    const pinned = { url: secure(), certificateSha256: certificate.sha256 };
    deepEqual(await tried('pinned', pinned), { ok: true });
    match(bodies[0] ?? '', /"kind"/);
  });

  describe('to another host', () => {
    let elsewhere: Receiver;
    let asked: Receiver;
    beforeEach(async () => {
      elsewhere = await startReceiver((_seen, response) => response.end());
      asked = await startReceiver((_seen, response) =>
        response.writeHead(307, { Location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
      );
    });
    afterEach(() => Promise.all([elsewhere.close(), asked.close()]));

    it('no redirect is followed', async () => {
      deepEqual(await tried('moved', { url: `http://127.0.0.1:${asked.port}/` }), {
        ok: false,
        error: 'http-307',
      });
      deepEqual([asked.seen.length, elsewhere.seen.length], [1, 0]);
    });
  });
});
