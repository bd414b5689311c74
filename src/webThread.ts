/** The web thread: `createWeb` on its own database connection and on the port to the control thread. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import type { WebSite } from './api/context.js';
import { localSocket } from './api/local.js';
import { createWeb } from './api/web.js';
import { cardsOf } from './cards.js';
import { certificateFor, type TlsOptions } from './certificateFor.js';
import type { ControlReply, ControlRequest } from './core/requests.js';
import { giveWay } from './giveWay.js';
import type { GsdkData } from './gsdkData.js';
import { serveGsdk } from './gsdkStart.js';
import { machineOf } from './machine.js';
import type { WiegandFormat } from './readers/wiegand/formats.js';
import { createSiteCheck } from './siteCheck.js';
import { openBackup, storeBackup } from './storage/backup.js';
import { openReads } from './storage/reads.js';
import type { ControlToWeb, WebReport, WebToControl } from './threads.js';

interface WebWorkerData {
  readonly web: {
    readonly dbPath: string;
    readonly session: string;
    readonly version: string;
    readonly host: string;
    readonly port: number;
    readonly tls: TlsOptions;
    readonly site: WebSite;
    /** The card formats of this site. */
    readonly formats: readonly WiegandFormat[];
    readonly timeZone: string;
    readonly warnings: readonly string[];
    readonly gsdk?: GsdkData;
  };
  readonly control: MessagePort;
}

const report = parentPort;
if (report === null) throw new Error('webThread.js runs as a worker thread, not as a program.');
giveWay();
const { web: options, control: port } = workerData as WebWorkerData;
const log = pino({ name: 'sallyport-web', base: null }, pino.destination({ dest: 2, sync: false }));
const reads = openReads(options.dbPath);
const certificate = await certificateFor(options).catch((error: Error) => {
  report.postMessage({ kind: 'cannot-listen', error: `certificate: ${error.message}` } satisfies WebReport);
  throw error;
});
const served = certificate.now();
const grown = new BroadcastChannel(`sallyport-${options.session}`);

const web = createWeb({
  control: createControlClient(port),
  reads,
  site: options.site,
  cards: cardsOf(options.formats),
  now: () => ({ monoMs: Number(process.hrtime.bigint() / 1_000_000n), wallMs: Date.now() }),
  log,
  version: options.version,
  machine: machineOf(options, () => certificate.now()),
  ...(served === undefined ? {} : { tls: served }),
  ...(certificate.desk === undefined ? {} : { certificates: certificate.desk }),
  checkSite: createSiteCheck(),
  backups: {
    open: (name) => openBackup(dirname(options.dbPath), name),
    store: (name, source) => storeBackup(dirname(options.dbPath), name, source),
  },
  pageDir: fileURLToPath(new URL('../page', import.meta.url)),
});

const gsdk = options.gsdk === undefined ? undefined : serveGsdk(web.context, options.gsdk, log);

grown.onmessage = (message: unknown) => {
  web.appended((message as { readonly data: { readonly lastSeq: number } }).data.lastSeq);
  gsdk?.appended();
};

web.listenLocal(join(dirname(options.dbPath), localSocket));
web.listen(options.host, options.port).then(
  ({ address, port: taken }) => {
    const { sha256 } = certificate.now() ?? {};
    report.postMessage({
      ...{ kind: 'listening', address, port: taken },
      ...(sha256 === undefined ? {} : { sha256 }),
    } satisfies WebReport);
    certificate.onRenewed((tls) => web.renew(tls));
  },
  (error: Error) => {
    report.postMessage({ kind: 'cannot-listen', error: error.message } satisfies WebReport);
    end();
  },
);

/** More are sent before the turn is over: the control thread begins with them while the rest is being read. */
const requestsAtOnce = 16;

/** Requests of one turn of the loop go over together; each promise is settled by its reply. */
function createControlClient(to: MessagePort): (request: ControlRequest) => Promise<ControlReply> {
  const waiting = new Map<number, (reply: ControlReply) => void>();
  let nextId = 1;
  let outgoing: { readonly id: number; readonly request: ControlRequest }[] = [];
  const send = (): void => {
    if (outgoing.length === 0) return;
    const requests = outgoing;
    outgoing = [];
    to.postMessage(JSON.stringify({ kind: 'requests', requests } satisfies WebToControl));
  };
  to.on('message', (text: string) => {
    const message = JSON.parse(text) as ControlToWeb;
    if (message.kind === 'replies') {
      for (const { id, reply } of message.replies) {
        waiting.get(id)?.(reply);
        waiting.delete(id);
      }
      return;
    }
    if (message.kind === 'changed') web.changed();
    else {
      gsdk?.close();
      void web.close().then(end);
    }
  });
  return (request) =>
    new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      if (outgoing.length === 0) setImmediate(send);
      outgoing.push({ id, request });
      if (outgoing.length >= requestsAtOnce) send();
    });
}

function end(): void {
  certificate.close();
  grown.close();
  port.close();
  reads.close();
}
