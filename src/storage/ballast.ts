import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of nothing, given up when the disk is full so that the last events and the alarm still fit. */
export const ballastFile = 'ballast';

/** Puts the ballast there if it is missing and there is room enough for it and more. True = it is there. */
export function ensureBallast(dataDir: string, bytes: number): boolean {
  const path = join(dataDir, ballastFile);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.size === bytes) return true;
    const { bavail, bsize } = statfsSync(dataDir);
    if (bavail * bsize < bytes * 4) return false;
    writeFileSync(path, Buffer.alloc(bytes), { mode: 0o600 });
    return true;
  } catch {
    // No room, or a read-only disk: the database meets the same fault and reports it. Leave no half ballast.
    dropBallast(dataDir);
    return false;
  }
}

/** Gives the ballast up. True = there was one. */
export function dropBallast(dataDir: string): boolean {
  const path = join(dataDir, ballastFile);
  try {
    statSync(path);
    rmSync(path);
    return true;
  } catch {
    return false;
  }
}
