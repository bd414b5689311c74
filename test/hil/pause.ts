/**
 * Loaded into the product by NODE_OPTIONS, as the one thing that is not its own: the control thread does nothing for
 * 50 ms of every 100. One time it burns them, as a long garbage collection would, which leaves the rest of the one
 * processor little; the next it waits them out, as for a page of a slow disk.
 */
import { isMainThread } from 'node:worker_threads';

const pauseMs = 50;
const everyMs = 100;

if (isMainThread && process.argv[1]?.endsWith('cli.js')) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  let burns = false;
  setInterval(() => {
    burns = !burns;
    const end = process.hrtime.bigint() + BigInt(pauseMs) * 1_000_000n;
    if (!burns) Atomics.wait(never, 0, 0, pauseMs);
    while (process.hrtime.bigint() < end);
  }, everyMs).unref();
}
