/**
 * The outbound thread: calls other devices and services. On its own, so that a receiver that is slow, hostile or
 * away is never met by a door or by an operator's page.
 */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { createForwarder } from './outbound/forwarder.js';
import { createForwards, type ForwardingReader } from './outbound/forwards.js';
import type { FromOutbound, ToOutbound } from './outbound/messages.js';
import { openReads } from './storage/reads.js';

export interface OutboundData {
  readonly dbPath: string;
  readonly session: string;
  readonly version: string;
  readonly readers: readonly ForwardingReader[];
}

const port = parentPort;
if (port === null) throw new Error('outboundThread.js runs as a worker thread, not as a program.');
const { dbPath, version, readers } = workerData as OutboundData;
const reads = openReads(dbPath);
const tell = (message: FromOutbound): void => port.postMessage(JSON.stringify(message));

const forward = createForwards({
  readers,
  version,
  findUser: (id) => reads.get('users', id)?.body,
  wallMs: () => Date.now(),
  forwarder: createForwarder({
    nowMs: () => performance.now(),
    cnonce: () => randomBytes(8).toString('hex'),
  }),
});

port.on('message', (text: string) => {
  const message = JSON.parse(text) as ToOutbound;
  if (message.kind === 'forward') {
    void forward(message.order).then((answer) => tell({ kind: 'forwarded', answer }));
    return;
  }
  reads.close();
  port.close();
});
