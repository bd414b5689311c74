/** The certificate the web thread serves with: as the site file says, and renewed while it runs. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  type Certificate,
  certificateOf,
  ownCertificate,
  suppliedCertificate,
  writeWhole,
} from './api/certificate.js';
import type { CertificateDesk, GivenCertificate } from './api/certificates.js';

/** How HTTP is encrypted; `off` = not at all. */
export type TlsOptions =
  | { readonly kind: 'off' }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string };

export interface ServedCertificate {
  now(): Certificate | undefined;
  onRenewed(serve: (certificate: Certificate) => void): void;
  /** Where the installation's own one is brought; only where the unit makes its certificate itself. */
  readonly desk: CertificateDesk | undefined;
  close(): void;
}

/** Looked at this often: for files that were replaced, and for an end that comes near. */
const lookMs = 12 * 3_600_000;

/** Reads or makes it. Rejects when files are named that cannot be used. */
export async function certificateFor(of: {
  readonly dbPath: string;
  readonly tls: TlsOptions;
}): Promise<ServedCertificate> {
  const { tls } = of;
  let current: Certificate | undefined = await read(of.dbPath, tls);
  let serve = (_: Certificate): void => undefined;
  const put = (found: Certificate): GivenCertificate => {
    const { sha256, notAfterMs } = found;
    if (sha256 !== current?.sha256) {
      current = found;
      serve(found);
    }
    return { kind: 'served', sha256, notAfterMs };
  };
  const look = async (): Promise<void> => {
    // A failure leaves the old one in service; the system page shows when it ends.
    const found = await read(of.dbPath, tls).catch(() => undefined);
    if (found !== undefined) put(found);
  };
  const timer = tls.kind === 'off' ? undefined : setInterval(() => void look(), lookMs);
  timer?.unref();
  return {
    now: () => current,
    onRenewed: (told) => {
      serve = told;
    },
    desk:
      tls.kind === 'self-signed' ? deskAt(givenPaths(of.dbPath), put, () => read(of.dbPath, tls)) : undefined,
    close: () => clearInterval(timer),
  };
}

async function read(dbPath: string, tls: TlsOptions): Promise<Certificate | undefined> {
  if (tls.kind === 'off') return undefined;
  if (tls.kind === 'files') return suppliedCertificate(tls.certificate, tls.key);
  const given = givenPaths(dbPath);
  // One that is broken or over is worse than the unit's own: nobody would come in any more.
  const brought = existsSync(given.cert) ? unbroken(given) : undefined;
  if (brought !== undefined && brought.notAfterMs > Date.now()) return brought;
  return ownCertificate({ folder: join(dirname(dbPath), 'tls'), names: ownNames(), nowMs: Date.now() });
}

interface PemPaths {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
}

function givenPaths(dbPath: string): PemPaths {
  const folder = join(dirname(dbPath), 'tls', 'given');
  return { folder, cert: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
}

function unbroken({ cert, key }: PemPaths): Certificate | undefined {
  try {
    return suppliedCertificate(cert, key);
  } catch {
    return undefined;
  }
}

function deskAt(
  paths: PemPaths,
  put: (found: Certificate) => GivenCertificate,
  own: () => Promise<Certificate | undefined>,
): CertificateDesk {
  return {
    take: (cert, key) => {
      const checked = usable(cert, key);
      if ('kind' in checked) return checked;
      mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
      // The certificate goes last: without it a key alone is looked at by nobody.
      rmSync(paths.cert, { force: true });
      writeWhole(paths.key, key);
      writeWhole(paths.cert, cert);
      return put(checked);
    },
    drop: async () => {
      rmSync(paths.cert, { force: true });
      rmSync(paths.key, { force: true });
      const found = await own();
      return found === undefined ? { kind: 'set-by-site-file' } : put(found);
    },
  };
}

/** A certificate that can be served now; or what is wrong with it, never with a word of the key. */
function usable(cert: string, key: string): Certificate | (GivenCertificate & { kind: 'unusable' }) {
  const wrong = (field: 'certificate' | 'key', message: string) =>
    ({ kind: 'unusable', field, message }) as const;
  try {
    createSecureContext({ cert });
  } catch {
    return wrong('certificate', 'is no certificate in PEM');
  }
  try {
    createSecureContext({ cert, key });
    const found = certificateOf(cert, key);
    return found.notAfterMs > Date.now() ? found : wrong('certificate', 'is over');
  } catch {
    return wrong('key', 'is not the key of this certificate, or is encrypted');
  }
}

/** What this machine is called and where it can be reached. */
export function ownNames(): readonly string[] {
  const host = hostname().toLowerCase();
  const dns = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(host) ? [host] : [];
  const local = dns.flatMap((name) => (name.includes('.') || name === 'localhost' ? [] : [`${name}.local`]));
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'));
  return [...new Set([...dns, ...local, 'localhost', '127.0.0.1', ...addresses])];
}
