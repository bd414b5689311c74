import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Steps of niceness: a third of what a thread without any gets beside it. */
const NICENESS = 5;

/**
 * The thread that calls this gives way, from now on, to those that doors wait for: where both have work it gets a small
 * part of the processor, and else all of it. Linux counts niceness by thread; anywhere else nothing happens.
 */
export function giveWay(): void {
  try {
    const [, , thread] = readlinkSync('/proc/thread-self').split('/');
    setPriority(Number(thread), Math.max(NICENESS, getPriority(Number(thread))));
  } catch {
    // No /proc: then there are no threads to tell apart either, and the doors share as they did.
  }
}
