/** What the site file is, and names, that another Pi would need to be the same door: it goes into backups. */
import type { SiteFile } from './config/siteSchema.js';
import type { OutsideFile } from './storage/backupContents.js';

/** The files, wherever they are; a path that leads nowhere is left out when the backup is made. */
export function outsideFiles({ http, gsdk }: SiteFile, sitePath: string): readonly OutsideFile[] {
  const named = [
    ['site.yaml', sitePath],
    ['http-certificate.pem', http.certificate],
    ['http-key.pem', http.key],
    ['gsdk-client-ca.pem', gsdk?.clientCa],
  ] as const;
  return named.flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }]));
}
