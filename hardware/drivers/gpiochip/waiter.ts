import { closeSync, readSync, writeSync } from 'node:fs';
import type { Libc } from '../libc.js';

/** One place that waits for many descriptors, beside the thread that handles them. */
export interface Waiter {
  /** Calls `ready` whenever `fd` is readable. Closing the descriptor ends it. */
  watch(fd: number, ready: () => void): void;
  /** Calls back once when the wait has returned and everything found readable has been handled. */
  prove(turned: () => void): void;
  close(): void;
}

/** A wait ends by itself after this: a thread that waits for ever could not be joined when the process exits. */
const waitMs = 1_000;

/**
 * Waits in a thread of koffi's for the kernel, then works in ours: however long ours is busy, the kernel's queues go on
 * filling. The wait begins again when all has been handled, so a flood is taken in portions with the loop's
 * other work in between.
 */
export function createWaiter(libc: Libc): Waiter {
  const epoll = libc.epoll();
  const bell = libc.eventfd();
  const handlers: (() => void)[] = [];
  let proving: (() => void)[] = [];
  let closed = false;
  const ring = () => writeSync(bell, bellStroke);
  const answer = () => {
    readSync(bell, new Uint8Array(bellStroke.length));
    const turned = proving;
    proving = [];
    for (const tell of turned) tell();
  };
  const wait = () => {
    libc.epollWait(epoll, waitMs, (tags) => {
      if (closed) {
        closeSync(epoll);
        closeSync(bell);
        return;
      }
      for (const tag of tags) if (tag !== bellTag) handlers[tag]?.();
      // Last, whatever order the kernel told.
      if (tags.includes(bellTag)) answer();
      if (closed) ring();
      wait();
    });
  };
  const watch = (fd: number, ready: () => void) => {
    libc.epollAdd(epoll, fd, handlers.length);
    handlers.push(ready);
  };
  libc.epollAdd(epoll, bell, bellTag);
  // Node joins the waiting thread when the process ends.
  const leave = () => void ring();
  process.once('exit', leave);
  wait();
  return {
    watch,
    prove(turned) {
      if (closed) return;
      proving.push(turned);
      ring();
    },
    close() {
      if (closed) return;
      closed = true;
      proving = [];
      process.removeListener('exit', leave);
      ring();
    },
  };
}

const bellTag = 0xffff_ffff;
const bellStroke = new Uint8Array(new BigUint64Array([1n]).buffer);
