/** The certificate the web thread serves with: as the site file says, and renewed while it runs. */
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { type Certificate, ownCertificate, suppliedCertificate } from './api/certificate.js';

/** How HTTP is encrypted; `off` = not at all. */
export type TlsOptions =
  | { readonly kind: 'off' }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string };

export interface ServedCertificate {
  now(): Certificate | undefined;
  onRenewed(serve: (certificate: Certificate) => void): void;
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
  const look = async (): Promise<void> => {
    // A failure leaves the old one in service; the system page shows when it ends.
    const found = await read(of.dbPath, tls).catch(() => undefined);
    if (found === undefined || found.sha256 === current?.sha256) return;
    current = found;
    serve(found);
  };
  const timer = tls.kind === 'off' ? undefined : setInterval(() => void look(), lookMs);
  timer?.unref();
  return {
    now: () => current,
    onRenewed: (told) => {
      serve = told;
    },
    close: () => clearInterval(timer),
  };
}

async function read(dbPath: string, tls: TlsOptions): Promise<Certificate | undefined> {
  if (tls.kind === 'off') return undefined;
  if (tls.kind === 'files') return suppliedCertificate(tls.certificate, tls.key);
  return ownCertificate({ folder: join(dirname(dbPath), 'tls'), names: ownNames(), nowMs: Date.now() });
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
