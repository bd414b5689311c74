/** The GPIO class of sysfs, on kernels that still have it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/class/gpio';

/**
 * The number of a chip's first line; it differs between kernels (0, 512 and others for one and the same Pi), so it is
 * looked up by label. Undefined where there is no such chip or no sysfs.
 */
export function sysfsBase(labels: readonly string[]): number | undefined {
  if (!existsSync(root)) return undefined;
  const chips = readdirSync(root).filter((entry) => entry.startsWith('gpiochip'));
  const chip = chips.find((entry) =>
    labels.includes(readFileSync(join(root, entry, 'label'), 'utf8').trim()),
  );
  return chip === undefined ? undefined : Number(readFileSync(join(root, chip, 'base'), 'utf8'));
}

/** The folder of an exported line. */
export function lineFolder(number: number): string {
  return join(root, `gpio${number}`);
}

/** A line that an earlier program left exported is held by the kernel for nobody: it is freed. */
export function freeFromSysfs(labels: readonly string[], offset: number): void {
  const base = sysfsBase(labels);
  if (base === undefined || !existsSync(lineFolder(base + offset))) return;
  try {
    writeFileSync(join(root, 'unexport'), String(base + offset));
  } catch {
    // Who asks for the line next is told that it is held.
  }
}
