/** Serves G-SDK clients where the site file asks for it: certificates, then the port. Never in the way of the doors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './api/context.js';
import type { Gsdk } from './api/gsdk/server.js';
import type { Log } from './api/log.js';
import { ownNames } from './certificateFor.js';
import type { GsdkData } from './gsdkData.js';

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
  // Only where it is asked for: its packages are memory, and a second on a small Pi.
  const [{ startGsdk }, { ensureCertificates }] = await Promise.all([
    import('./api/gsdk/server.js'),
    import('./certificates.js'),
  ]);
  const { cert, key } = await ensureCertificates(data.tlsFolder, ownNames(), context.now().wallMs);
  const clientCa = data.clientCa === undefined ? {} : { clientCa: readFileSync(data.clientCa, 'utf8') };
  return startGsdk(context, { ...data, tls: { cert, key, ...clientCa } });
}
