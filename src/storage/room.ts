/** Room on the disk that belongs to the doors: backups, which can wait, leave it free for the log. */
import { statfsSync } from 'node:fs';

/** What backups never take. */
const spareBytes = 64 * 1024 * 1024;

/** Bytes of a folder's disk that are free. */
export type FreeBytes = (folder: string) => number;

/** Why a backup was not made, taken in or unpacked; the text is for a person. */
export class NoRoomError extends Error {
  constructor(freeBytes: number) {
    const megabytes = (bytes: number): number => Math.floor(bytes / 1_000_000);
    super(
      `The disk has no room for this: ${megabytes(freeBytes)} MB are free, ` +
        `and ${megabytes(spareBytes)} MB are kept for the log.`,
    );
    this.name = 'NoRoomError';
  }
}

/** Throws a `NoRoomError` unless `bytes` more leave the doors what is theirs. */
export function needRoom(folder: string, bytes: number, freeBytes: FreeBytes = freeBytesOf): void {
  const free = freeBytes(folder);
  if (free - bytes < spareBytes) throw new NoRoomError(free);
}

/** Was it the room that was missing? Also where somebody else has taken it meanwhile. */
export function isNoRoom(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof NoRoomError || ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
