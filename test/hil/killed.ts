/** The death of the service in the middle of a pulse, and its coming back. */
import assert from 'node:assert/strict';
import { figure } from './figures.js';
import { relay } from './loopSite.js';
import { type Change, changesOf, forgetChanges, until } from './simgpio.js';
import { isBack, mainPid } from './unit.js';

/**
 * Kills the process while the lobby is unlocked: its relay falls within a second. `ask` plays, for 12 s, what opens `door`
 * as soon as inputs are read again. Looks at nothing meanwhile: the one processor is the service's.
 */
export async function killed(door: number, ask: () => Promise<unknown>): Promise<void> {
  const pid = await mainPid();
  const killedNs = process.hrtime.bigint();
  const sinceMs = ({ ns }: Change) => Number(ns - killedNs) / 1e6;
  forgetChanges();
  process.kill(pid, 'SIGKILL');
  await ask();
  const fell = changesOf(relay.lobby)[0] ?? assert.fail('the relay did not fall');
  const opened = changesOf(door).find(({ level }) => level === '1') ?? assert.fail('nothing is read again');
  await untilBack(pid);
  figure(
    `kill -9 to relay released: ${sinceMs(fell).toFixed(0)} ms; to inputs read again: ${sinceMs(opened).toFixed(0)} ms`,
  );
  assert.equal(fell.level, '0');
  assert.ok(sinceMs(fell) <= 1_000, `${sinceMs(fell)} ms`);
  assert.ok(sinceMs(opened) <= 10_000, `${sinceMs(opened)} ms`);
}

/** Asks seldom: each question takes a tenth of a second of the one processor. */
export async function untilBack(pid: number): Promise<void> {
  await until('the service is back', () => isBack(pid), 60_000, 1_000);
}
