/**
 * Loaded into the product by NODE_OPTIONS, as the one thing that is not its own: the control thread does nothing but burn
 * 50 ms of every 100, as a long garbage collection or a busy core would.
 */
import { isMainThread } from 'node:worker_threads';

const pauseMs = 50;
const everyMs = 100;

if (isMainThread && process.argv[1]?.endsWith('cli.js')) {
  setInterval(() => {
    const end = process.hrtime.bigint() + BigInt(pauseMs) * 1_000_000n;
    while (process.hrtime.bigint() < end);
  }, everyMs).unref();
}
