/** The far end of the simulated chip (guest/simgpio.c): a hand on its inputs, an eye on its outputs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const folder = '/sys/kernel/debug/simgpio';

export interface Frame {
  readonly d0: number;
  readonly d1: number;
  /** `0` and `1`. */
  readonly bits: string;
  readonly startUs: number;
  readonly spacingUs: number;
}

/** As long as readers pull a line low. */
const widthUs = 50;

interface Step {
  readonly ns: number;
  readonly line: number;
  readonly level: 0 | 1;
}

/**
 * Plays frames, together if they overlap. Resolves when the last is over, with the moment of its last leading edge and
 * how late the chip was with the latest of all.
 */
export async function playFrames(
  frames: readonly Frame[],
): Promise<{ readonly lastEdgeNs: bigint; readonly latestUs: number }> {
  const pulses = frames.flatMap(({ d0, d1, bits, startUs, spacingUs }) =>
    [...bits].map((bit, index) => ({ line: bit === '0' ? d0 : d1, atUs: startUs + index * spacingUs })),
  );
  const lastNs = BigInt(pulses.reduce((latest, { atUs }) => Math.max(latest, atUs), 0) * 1_000);
  const { startNs, latestUs } = await playSteps(
    pulses.flatMap(({ line, atUs }): Step[] => [
      { ns: atUs * 1_000, line, level: 0 },
      { ns: (atUs + widthUs) * 1_000, line, level: 1 },
    ]),
  );
  return { lastEdgeNs: startNs + lastNs, latestUs };
}

/** Plays levels in order of time. */
export async function playSteps(
  steps: readonly Step[],
): Promise<{ readonly startNs: bigint; readonly latestUs: number }> {
  const bytes = Buffer.alloc(16 * steps.length);
  const inOrder = steps.toSorted((a, b) => a.ns - b.ns);
  for (const [index, { ns, line, level }] of inOrder.entries()) {
    bytes.writeBigUInt64LE(BigInt(ns), index * 16);
    bytes.writeUInt32LE(line, index * 16 + 8);
    bytes.writeUInt32LE(level, index * 16 + 12);
  }
  writeFileSync(`${folder}/play`, bytes);
  await sleep(Math.ceil((inOrder[inOrder.length - 1]?.ns ?? 0) / 1e6));
  for (;;) {
    const [running, , latest, start = '0'] = readFileSync(`${folder}/playing`, 'utf8').trim().split(' ');
    if (running === '0') return { startNs: BigInt(start), latestUs: Number(latest) / 1_000 };
    await sleep(20);
  }
}

/** Puts a level on an input now. */
export function setLevel(line: number, level: 0 | 1): void {
  writeFileSync(`${folder}/level`, `${line} ${level}`);
}

/** `in 1`, `out 0` and the like, now. */
export function lineState(line: number): string {
  const row = readFileSync(`${folder}/lines`, 'utf8').split('\n')[line] ?? '';
  return row.slice(row.indexOf(' ') + 1);
}

export interface Change {
  readonly ns: bigint;
  readonly line: number;
  readonly level: '0' | '1' | 'free';
}

/** What outputs did since `forgetChanges`, in order. */
export function changesOf(line: number): readonly Change[] {
  return readFileSync(`${folder}/log`, 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(' '))
    .filter(([, of]) => of === String(line))
    .map(([ns = '0', , level]) => ({ ns: BigInt(ns), line, level: level as Change['level'] }));
}

export function forgetChanges(): void {
  // An empty write never reaches the kernel.
  writeFileSync(`${folder}/log`, '\n');
}

/** Do outputs keep their level when their program is gone, as under Raspberry Pi OS? */
export function setPersist(persist: boolean): void {
  writeFileSync('/sys/module/simgpio/parameters/persist', persist ? 'Y' : 'N');
}

/** Waits until `check` holds, looking each `everyMs`; throws after `withinMs`. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  withinMs = 10_000,
  everyMs = 10,
): Promise<void> {
  const endNs = process.hrtime.bigint() + BigInt(withinMs) * 1_000_000n;
  while (!(await check())) {
    if (process.hrtime.bigint() > endNs) throw new Error(`within ${withinMs} ms never: ${what}`);
    await sleep(everyMs);
  }
}
