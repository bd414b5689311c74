/** The storage thread: `Writer` on the port of a worker; whoever listens hears of new rows on a broadcast channel. */
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import type { FromStorage, StorageToWeb, ToStorage } from './storage/messages.js';
import { Writer } from './storage/writer.js';

function schedule(delayMs: number, run: () => void): () => void {
  if (delayMs === 0) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

const port = parentPort;
if (port === null) throw new Error('storageThread.js runs as a worker thread, not as a program.');
const { dataDir, boot, session } = workerData as {
  readonly dataDir: string;
  readonly boot: string;
  readonly session: string;
};
const grown = new BroadcastChannel(`sallyport-${session}`);

const writer = new Writer({
  dataDir,
  boot,
  session,
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  post: (message: FromStorage) => port.postMessage(message),
  postWeb: (message: StorageToWeb) => grown.postMessage(message),
  schedule,
});

port.on('message', (text: string) => {
  const message = JSON.parse(text) as ToStorage;
  writer.receive(message);
  if (message.kind !== 'close') return;
  grown.close();
  port.close();
});
