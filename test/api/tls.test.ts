import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { ownCertificate, suppliedCertificate } from '../../src/api/certificate.js';
import { basic, type Edge, openEdge, putSource } from './fakes.js';

const nowMs = Date.now();
const dayMs = 86_400_000;
const names = ['door.local', 'localhost', '127.0.0.1', '::1'];

describe('the certificate of the unit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, for its names and addresses, readable by nobody else', async () => {
    const made = await ownCertificate({ folder, names, nowMs });
    const parsed = new X509Certificate(made.cert);
    assert.equal(parsed.subject, 'CN=door.local');
    for (const name of ['door.local', 'localhost']) assert.equal(parsed.checkHost(name), name);
    assert.equal(parsed.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(parsed.fingerprint256, made.sha256);
    assert.ok(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom) <= 825 * dayMs);
    assert.equal(statSync(join(folder, 'key.pem')).mode & 0o777, 0o600);
    assert.equal((await ownCertificate({ folder, names, nowMs })).sha256, made.sha256);
    const other = await ownCertificate({ folder: join(folder, 'other'), names, nowMs });
    assert.notEqual(other.key, made.key, 'two units share nothing');
  });

  it('is renewed a month before its end, under the same key', async () => {
    const made = await ownCertificate({ folder, names, nowMs });
    const later = await ownCertificate({ folder, names, nowMs: nowMs + 790 * dayMs });
    assert.equal(later.sha256, made.sha256);
    const renewed = await ownCertificate({ folder, names, nowMs: nowMs + 796 * dayMs });
    assert.notEqual(renewed.sha256, made.sha256);
    const keyOf = (cert: string) =>
      new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'pem' });
    assert.equal(keyOf(renewed.cert), keyOf(made.cert));
  });

  it('is made anew when it is broken or not with its key; a supplied one is refused then', async () => {
    const made = await ownCertificate({ folder, names, nowMs });
    const path = join(folder, 'certificate.pem');
    writeFileSync(path, made.cert.slice(0, 100));
    assert.notEqual((await ownCertificate({ folder, names, nowMs })).sha256, made.sha256);
    writeFileSync(path, made.cert);
    assert.throws(() => suppliedCertificate(path, join(folder, 'key.pem')), /not the one of the certificate/);
    assert.throws(() => suppliedCertificate(path, join(folder, 'none.pem')), /ENOENT/);
  });
});

describe('HTTPS', () => {
  let folder: string;
  let edge: Edge;
  let cert: string;
  let openDoorPort: number;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
    const made = await ownCertificate({ folder, names, nowMs });
    cert = made.cert;
    openDoorPort = await freePort();
    edge = await openEdge({ http: { failuresPerMinute: 1_000, openDoorPort } }, made);
  });
  after(async () => {
    await edge.end();
    rmSync(folder, { recursive: true });
  });

  const ask = (path: string, more: RequestOptions = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: edge.port, path, ca: cert, agent: false as const, ...more };
      const sent = request(options, (reply) => {
        let text = '';
        reply.on('data', (bytes) => (text += bytes));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
      });
      sent.on('error', reject);
      sent.end();
    });

  it('serves the API to whoever trusts the certificate, and no HSTS with one of its own', async () => {
    const { status, headers } = await ask('/health');
    assert.deepEqual([status, headers['strict-transport-security']], [200, undefined]);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    await assert.rejects(ask('/health', { ca: [] }), /self-signed|self signed/);
  });

  it('speaks TLS 1.2 and 1.3 and nothing older; plain HTTP at this port gets nothing', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      assert.equal((await ask('/health', { minVersion: version, maxVersion: version })).status, 200);
    }
    await assert.rejects(
      new Promise((resolve, reject) => {
        const ciphers = 'DEFAULT@SECLEVEL=0';
        const options = {
          host: '127.0.0.1',
          port: edge.port,
          maxVersion: 'TLSv1.1',
          minVersion: 'TLSv1',
          ciphers,
        } as const;
        tlsConnect({ ...options, rejectUnauthorized: false }, () => resolve(undefined)).on('error', reject);
      }),
    );
    await assert.rejects(fetch(`http://127.0.0.1:${edge.port}/health`));
  });

  it('garbage instead of a handshake ends the connection, and the next is served', async () => {
    for (const bytes of [
      Buffer.alloc(64, 0x16),
      Buffer.from('GET / HTTP/1.0\r\n\r\n'),
      Buffer.alloc(70_000, 1),
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(edge.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume();
      });
    }
    assert.equal((await ask('/health')).status, 200);
  });

  it('the plain port takes OpenDoor and nothing else', async () => {
    putSource(edge);
    edge.answer = () => ({ kind: 'released', door: 'lobby' });
    const plain = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        const of = { host: '127.0.0.1', port: openDoorPort, path, headers };
        get(of, (reply) => {
          reply.resume();
          resolve(reply.statusCode ?? 0);
        }).on('error', reject);
      });
    assert.equal(await plain('/fcgi/OpenDoor?action=OpenDoor&DoorNum=1', { Authorization: basic }), 200);
    assert.equal(await plain('/api/v1/status'), 404);
    assert.equal(await plain('/health'), 404);
    assert.equal(await plain('/'), 404);
  });

  it('a renewed certificate serves the next connection without a restart', async () => {
    const renewed = await ownCertificate({ folder, names, nowMs: nowMs + 796 * dayMs });
    edge.web.renew(renewed);
    const shown = await new Promise<string>((resolve) => {
      const socket = tlsConnect({ host: '127.0.0.1', port: edge.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
    });
    assert.equal(shown, renewed.sha256);
    assert.equal(readFileSync(join(folder, 'certificate.pem'), 'utf8'), renewed.cert);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server: Server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
