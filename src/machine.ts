/** What the web thread may tell of the machine it runs on. */
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Machine } from './api/system.js';
import { sqliteVersion } from './storage/database.js';

/** Sizes are measured when asked for; a file that is not there has none. */
export function machineOf(
  of: {
    readonly dbPath: string;
    readonly timeZone: string;
    readonly warnings: readonly string[];
  },
  certificate: () => Machine['certificate'] = () => undefined,
): Machine {
  return {
    node: process.versions.node,
    sqlite: sqliteVersion(),
    timeZone: of.timeZone,
    warnings: of.warnings,
    get certificate() {
      return certificate();
    },
    measure: () => ({
      databaseBytes: sizeOf(of.dbPath) + sizeOf(`${of.dbPath}-wal`),
      freeBytes: freeOf(dirname(of.dbPath)),
      upSeconds: Math.floor(process.uptime()),
      rssBytes: process.memoryUsage.rss(),
    }),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
