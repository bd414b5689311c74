/**
 * The unit's own certificate: made at its first start, on itself, with a key that no other unit has. It is renewed
 * under the same key, so that whoever pinned the key need not do it again. One from the installation's own
 * authority takes its place when the site file names it.
 */
import { createHash, createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** What a TLS server needs, and what people compare. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, as browsers show it. */
  readonly sha256: string;
  readonly notAfterMs: number;
  readonly selfSigned: boolean;
}

export interface OwnCertificate {
  /** Where it is kept. */
  readonly folder: string;
  /** DNS names and addresses it is for, the first one its common name. */
  readonly names: readonly string[];
  readonly nowMs: number;
}

const dayMs = 86_400_000;
/** Apple's systems trust no server certificate that is good for longer. */
const validDays = 825;
const renewDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The certificate in the folder, made or renewed when it is missing, broken or nearly over. */
export async function ownCertificate(of: OwnCertificate): Promise<Certificate> {
  const paths = { cert: join(of.folder, 'certificate.pem'), key: join(of.folder, 'key.pem') };
  const kept = readKept(paths);
  if (kept !== undefined && kept.notAfterMs - of.nowMs > renewDays * dayMs) return kept;
  const made = await make(of, kept?.key);
  mkdirSync(of.folder, { recursive: true, mode: 0o700 });
  // The key first: a certificate without its key is of no use, the other way round it is made anew.
  writeWhole(paths.key, made.key);
  writeWhole(paths.cert, made.cert);
  return certificateOf(made.cert, made.key);
}

/** A certificate (chain) and key in PEM from elsewhere. Throws when they do not belong together. */
export function suppliedCertificate(certPath: string, keyPath: string): Certificate {
  return certificateOf(readFileSync(certPath, 'utf8'), readFileSync(keyPath, 'utf8'));
}

function readKept(paths: { readonly cert: string; readonly key: string }): Certificate | undefined {
  if (!existsSync(paths.cert) || !existsSync(paths.key)) return undefined;
  try {
    return certificateOf(readFileSync(paths.cert, 'utf8'), readFileSync(paths.key, 'utf8'));
  } catch {
    // Cut off by a power failure, or written by somebody else: made anew.
    return undefined;
  }
}

/** What a certificate (chain) and its key in PEM are. Throws when they are none, or do not belong together. */
export function certificateOf(cert: string, key: string): Certificate {
  const parsed = new X509Certificate(cert);
  const own = createPublicKeyOf(key);
  const theirs = parsed.publicKey.export({ type: 'spki', format: 'der' });
  if (!own.equals(theirs)) throw new Error('The key is not the one of the certificate.');
  const sha256 = createHash('sha256').update(parsed.raw).digest('hex').toUpperCase();
  return {
    cert,
    key,
    sha256: (sha256.match(/../g) ?? []).join(':'),
    notAfterMs: Date.parse(parsed.validTo),
    selfSigned: parsed.issuer === parsed.subject,
  };
}

function createPublicKeyOf(key: string): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

/** Loaded when one is made, which is once in two years. */
async function make(
  { names, nowMs }: OwnCertificate,
  oldKey: string | undefined,
): Promise<{ readonly cert: string; readonly key: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const keys = oldKey === undefined ? await newKeys() : await keysOf(oldKey);
  const dns = names.filter((name) => isIP(name) === 0);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex'),
    name: `CN=${dns[0] ?? 'sallyport'}`,
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + (validDays - 1) * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { cert: made.toString('pem'), key: pem('PRIVATE KEY', der) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keysOf(key: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  const open = createPublicKeyOf(key);
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey('pkcs8', secret, algorithm, true, ['sign']),
    publicKey: await subtle.importKey('spki', open, algorithm, true, ['verify']),
  };
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** All of it or the old one, readable by its owner only. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o600, flush: true });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}
