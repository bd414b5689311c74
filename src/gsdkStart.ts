/** Serves G-SDK clients where the site file asks for it: certificates, then the port. Never in the way of the doors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './api/context.js';
import { type Gsdk, startGsdk } from './api/gsdk/server.js';
import type { Log } from './api/log.js';
import { ensureCertificates, ownHosts } from './certificates.js';
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

/** Begins to serve, and says in the log where, or why not. */
export function serveGsdk(context: Context, data: GsdkData, log: Log): Pick<Gsdk, 'appended' | 'close'> {
  let serving: Gsdk | undefined;
  let closed = false;
  begin(context, data).then(
    (gsdk) => {
      if (closed) gsdk.close();
      serving = gsdk;
      log.info(
        { host: data.host, port: gsdk.port, ca: join(data.tlsFolder, 'ca.crt') },
        'G-SDK clients are served',
      );
    },
    (error: unknown) => log.error({ err: error }, 'G-SDK clients are not served'),
  );
  return {
    appended: () => serving?.appended(),
    close: () => {
      closed = true;
      serving?.close();
    },
  };
}

async function begin(context: Context, data: GsdkData): Promise<Gsdk> {
  const { cert, key } = await ensureCertificates(data.tlsFolder, ownHosts(), context.now().wallMs);
  const clientCa = data.clientCa === undefined ? {} : { clientCa: readFileSync(data.clientCa, 'utf8') };
  return startGsdk(context, { ...data, tls: { cert, key, ...clientCa } });
}
