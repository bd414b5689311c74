/**
 * The outputs a running controller holds, noted where the next process finds them without reading the site file: what
 * ends in the middle of a pulse is put safe in the time a small program takes to start. The folder is the service's
 * runtime folder, empty after a boot.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boards } from '../hardware/boards/boards.js';
import type { HardwareRequest } from '../hardware/ports.js';

export type OutputPlan = Pick<HardwareRequest, 'board' | 'driver' | 'outputs'>;

/** Driven by a controller. */
const held = 'outputs.json';
/** The same for `systemd/outputs-safe.pl`, which says how it is written. */
const lines = 'outputs.lines';
/** Put safe since. */
const safe = 'outputs.safe.json';

/**
 * Before the outputs are taken. Without a folder (no service) nothing is noted; in a full one neither: the doors are
 * served all the same, and the site file is read afterwards.
 */
export function notePlan(folder: string | undefined, { board, driver, outputs }: OutputPlan): void {
  if (folder === undefined) return;
  const plan: OutputPlan = { board, outputs, ...(driver === undefined ? {} : { driver }) };
  rmSync(join(folder, safe), { force: true });
  try {
    writeFileSync(join(folder, lines), linesOf(plan));
    writeFileSync(join(folder, `${held}.new`), JSON.stringify(plan));
    renameSync(join(folder, `${held}.new`), join(folder, held));
  } catch {
    rmSync(join(folder, held), { force: true });
  }
}

/** None of a board in memory. */
function linesOf({ board, driver, outputs }: OutputPlan): string {
  const found = boards.find(({ id }) => id === board);
  const rows = outputs.flatMap(({ line, activeLow }) => {
    const chip = found?.lines.get(line)?.chip;
    if (chip === undefined) return [];
    return [`${driver ?? found?.drivers[0]} ${chip.offset} ${activeLow ? 1 : 0} ${chip.labels.join(',')}\n`];
  });
  return rows.join('');
}

/** What to put safe: what a controller held, nothing when that was done, or unknown (since the boot, or unreadable). */
export function readPlan(folder: string | undefined): OutputPlan | 'done' | undefined {
  if (folder === undefined) return undefined;
  if (!existsSync(join(folder, held))) return existsSync(join(folder, safe)) ? 'done' : undefined;
  try {
    const plan = JSON.parse(readFileSync(join(folder, held), 'utf8')) as Partial<OutputPlan> | null;
    return Array.isArray(plan?.outputs) && typeof plan.board === 'string' ? (plan as OutputPlan) : undefined;
  } catch {
    return undefined;
  }
}

/** The outputs are safe. */
export function endPlan(folder: string | undefined, plan: OutputPlan): void {
  if (folder === undefined) return;
  notePlan(folder, plan);
  if (existsSync(join(folder, held))) renameSync(join(folder, held), join(folder, safe));
}
