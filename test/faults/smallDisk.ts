/** A disk of our own that can be filled: a file system in memory, mounted where the machine allows it. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Takes every byte that is free, and every byte that becomes free, until `end`. */
  fill(): { end(): Promise<void> };
  setReadOnly(readOnly: boolean): void;
  close(): void;
}

/** Why no disk can be mounted on this machine; undefined = one can. */
export function whyNoMount(): string | undefined {
  try {
    openSmallDisk(64).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Throws when the machine does not let us mount. */
export function openSmallDisk(kilobytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-disk-'));
  const mounted = mount('-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'tmpfs', path);
  if (mounted !== '') {
    rmdirSync(path);
    throw new Error(`cannot mount: ${mounted}`);
  }
  return {
    path,
    fill: () => fill(join(path, 'filler')),
    setReadOnly: (readOnly) => {
      const said = mount('-o', readOnly ? 'remount,ro' : 'remount,rw', path);
      if (said !== '') throw new Error(said);
    },
    close: () => {
      const { status, stderr } = spawnSync('umount', [path], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      rmdirSync(path);
    },
  };
}

/** What `mount` complained of, or nothing. */
function mount(...args: readonly string[]): string {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? '' : stderr.trim();
}

function fill(path: string): { end(): Promise<void> } {
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4_096);
  const stuff = (): void => {
    try {
      for (;;) writeSync(file, page);
    } catch {
      // Full: what was wanted.
    }
  };
  stuff();
  const again = setInterval(stuff, 5);
  return {
    end: async () => {
      clearInterval(again);
      closeSync(file);
      rmSync(path);
    },
  };
}
