/** After a start on a disk that takes no writes: waits until it takes them again. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const probeFile = 'disk-probe';
/** As much as the first row of a log may need. */
const probeBytes = 64 * 1_024;

export interface DiskWatch {
  readonly dataDir: string;
  readonly everyMs: number;
  readonly setTimer: (run: () => void, delayMs: number) => () => void;
  /** The disk refused a probe and has now taken one. Told once. */
  readonly writable: () => void;
}

/**
 * Writes and syncs a small file until that works after it did not. A database that readers opened on a disk without
 * writes stays read-only for the whole process (SQLite shares the WAL's index among its connections), so nothing
 * less than a new start helps. A disk that never refuses is not the fault: then nothing is told.
 */
export function watchDisk({ dataDir, everyMs, setTimer, writable }: DiskWatch): { close(): void } {
  let cancel: (() => void) | undefined;
  let closed = false;
  let refused = false;
  const again = (): void => {
    cancel = setTimer(() => void look(), everyMs);
  };
  const look = async (): Promise<void> => {
    const takes = await takesWrites(join(dataDir, probeFile));
    if (closed) return;
    if (takes && refused) writable();
    else again();
    refused ||= !takes;
  };
  void look();
  return {
    close: () => {
      closed = true;
      cancel?.();
    },
  };
}

async function takesWrites(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(probeBytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(path);
    return true;
  } catch {
    return false;
  }
}
