/**
 * The controller's own certificate authority, made at its first start, and the server certificate it signs for every
 * name and address this machine has. Clients trust `ca.crt` once; the server certificate is made anew at a start that
 * finds other addresses, or one that ends soon.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writeWhole } from './api/certificate.js';

export interface Certificates {
  /** PEM: what clients are given to trust. */
  readonly ca: string;
  /** PEM of the server's certificate and its private key. */
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 7_300;
/** Apple's systems refuse server certificates that hold longer than 825 days. */
const SERVER_DAYS = 800;
const RENEW_DAYS = 60;
/** Before this nothing of ours was made: a clock that says less was never set. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
/** Valid since then, so that a clock that was never set does not make the controller unreachable. */
const VALID_SINCE = new Date(Date.UTC(1970, 0, 2));

x509.cryptoProvider.set(webcrypto as unknown as ReturnType<typeof x509.cryptoProvider.get>);

/** The certificates in `folder`, made or renewed as needed. `hosts`: names and addresses clients dial. */
export async function ensureCertificates(
  folder: string,
  hosts: readonly string[],
  wallMs: number,
): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const nowMs = Math.max(wallMs, EPOCH_MS);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  if (!existsSync(join(folder, 'ca.crt')) || !existsSync(join(folder, 'ca.key'))) {
    const made = await makeAuthority(nowMs);
    writeWhole(join(folder, 'ca.key'), made.key);
    writeWhole(join(folder, 'ca.crt'), made.cert);
  }
  const ca = { cert: read('ca.crt'), key: read('ca.key') };
  const known = existsSync(join(folder, 'server.crt')) && existsSync(join(folder, 'server.key'));
  if (!known || !isGood(read('server.crt'), ca.cert, hosts, nowMs)) {
    const made = await makeServer(ca, hosts, nowMs);
    writeWhole(join(folder, 'server.key'), made.key);
    writeWhole(join(folder, 'server.crt'), made.cert);
  }
  return { ca: ca.cert, cert: read('server.crt'), key: read('server.key') };
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function isGood(cert: string, ca: string, hosts: readonly string[], nowMs: number): boolean {
  const parsed = new x509.X509Certificate(cert);
  if (parsed.issuer !== new x509.X509Certificate(ca).subject) return false;
  if (parsed.notAfter.getTime() - nowMs < RENEW_DAYS * DAY_MS) return false;
  const names = parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const held = new Set(names.map(({ value }) => value));
  return hosts.every((host) => held.has(host));
}

async function makeAuthority(nowMs: number): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=Sallyport ${hostname().replaceAll(/[^\w.-]/g, '-')} CA`,
    notBefore: VALID_SINCE,
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

async function makeServer(ca: Pair, hosts: readonly string[], nowMs: number): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = new x509.X509Certificate(ca.cert);
  const [der] = x509.PemConverter.decode(ca.key);
  if (der === undefined)
    throw new Error('tls/ca.key holds no key: remove the folder tls to have a new one made');
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const names = hosts.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'CN=Sallyport',
    issuer: authority.subject,
    notBefore: VALID_SINCE,
    notAfter: new Date(nowMs + SERVER_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      // Also a client's: one controller may show it to another.
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** 16 random bytes, positive. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  return Buffer.from([(bytes[0] ?? 0) & 0x7f, ...bytes.subarray(1)]).toString('hex');
}
