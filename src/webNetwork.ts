/** How the web edge is reached and encrypted, as the site file says it. */
import type { WebSite } from './api/context.js';
import type { TlsOptions } from './certificateFor.js';
import type { SiteFile } from './config/siteSchema.js';

/** Encrypted unless it serves this machine alone, or the site file says otherwise. */
export function tlsOf({ http }: SiteFile): TlsOptions {
  const { tls, certificate = '', key = '' } = http;
  if (tls === 'files') return { kind: 'files', certificate, key };
  return { kind: tls === 'self-signed' || (tls === 'auto' && !isLocal(http.host)) ? 'self-signed' : 'off' };
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** What the web edge is told of the network. */
export function webHttp({
  http: { connectionsMax, requestsPerMinute, openDoorPort, securityContact },
}: SiteFile): WebSite['http'] {
  return {
    connectionsMax,
    requestsPerMinute,
    ...(openDoorPort === undefined ? {} : { openDoorPort }),
    ...(securityContact === undefined ? {} : { securityContact }),
  };
}

/** What should not stay as it is, for whoever looks after the controller. */
export function warningsOf(site: SiteFile): readonly string[] {
  const { host, openDoorPort } = site.http;
  const bare = !isLocal(host) && tlsOf(site).kind === 'off';
  const nobody = site.http.securityContact === undefined && !isLocal(host);
  return [
    ...(nobody ? ['Nobody is named to tell of a security fault: write http.securityContact.'] : []),
    ...(bare
      ? [`HTTP on ${host} is not encrypted: passwords and card numbers cross the network in clear.`]
      : []),
    ...(openDoorPort !== undefined && !isLocal(host)
      ? [`OpenDoor on port ${openDoorPort} is not encrypted: allow Digest only, and known addresses.`]
      : []),
  ];
}

/** An address as it stands in a URL. */
export function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
