/**
 * Loaded into the product before its own code (`node --import`), in every thread of it: SIGUSR2 makes the web
 * thread throw, SIGHUP the storage thread, in the middle of whatever it does. Nothing of the product knows.
 */
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel('death-switch');
channel.unref();

function nameOf(data: unknown): 'web' | 'storage' | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('web' in data) return 'web';
  return 'dataDir' in data ? 'storage' : undefined;
}

if (isMainThread) {
  process.on('SIGUSR2', () => channel.postMessage('web'));
  process.on('SIGHUP', () => channel.postMessage('storage'));
} else {
  const name = nameOf(workerData);
  channel.onmessage = (message: unknown) => {
    if ((message as { readonly data: unknown }).data === name)
      throw new Error(`the ${name} thread was killed`);
  };
}
