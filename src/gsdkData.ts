/** G-SDK as the site file says it. Apart from what serves it: the control thread needs only this, and not gRPC. */
import { join } from 'node:path';
import type { SiteFile } from './config/siteSchema.js';

/** What the site file says of G-SDK clients, as the web thread takes it. */
export interface GsdkData {
  readonly host: string;
  readonly port: number;
  readonly tlsFolder: string;
  readonly clientCa?: string;
  readonly controllerId?: number;
  readonly readerIds: Readonly<Record<string, number>>;
}

/** Nothing where the file has no `gsdk`. */
export function gsdkData({ gsdk, readers, data }: SiteFile): { readonly gsdk?: GsdkData } {
  if (gsdk === undefined) return {};
  const readerIds = Object.fromEntries(
    readers.flatMap(({ id, deviceId }) => (deviceId === undefined ? [] : [[id, deviceId] as const])),
  );
  return {
    gsdk: {
      host: gsdk.host,
      port: gsdk.port,
      tlsFolder: join(data, 'tls'),
      ...(gsdk.clients === 'certificate' && gsdk.clientCa !== undefined ? { clientCa: gsdk.clientCa } : {}),
      ...(gsdk.deviceId === undefined ? {} : { controllerId: gsdk.deviceId }),
      readerIds,
    },
  };
}
