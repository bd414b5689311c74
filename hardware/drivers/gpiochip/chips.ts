/** GPIO chips by label, and lines of them taken. */
import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ChipLine, LineError, type LineName } from '../../ports.js';
import { errorName, type Libc } from '../libc.js';
import { freeFromSysfs } from '../sysfs.js';
import {
  call,
  chipInfoBytes,
  chipLabel,
  encodeLineInfo,
  encodeRequest,
  type LineAsk,
  lineConsumer,
  requestedFd,
} from './uapi.js';

const devices = '/dev';
const consumer = 'sallyport';
const busy = 16;

/** The chips of this machine, each opened once. */
export interface Chips {
  /** Takes lines of one chip for this process: their descriptor. Throws `LineError` for the first of `names`. */
  request(chip: ChipLine, names: readonly LineName[], ask: LineAsk): number;
  close(): void;
}

/** Opens no chip before it is asked for. */
export function createChips(libc: Libc): Chips {
  const opened = new Map<string, number>();
  const find = (chip: ChipLine, name: LineName): number => {
    for (const label of chip.labels) {
      const fd = opened.get(label);
      if (fd !== undefined) return fd;
    }
    const { fd, label } = openChip(libc, chip.labels, name);
    opened.set(label, fd);
    return fd;
  };
  return {
    request(chip, names, ask) {
      const name = names[0] ?? '';
      const fd = find(chip, name);
      for (const offset of ask.offsets) freeFromSysfs(chip.labels, offset);
      const bytes = encodeRequest(ask, consumer);
      const error = libc.ioctl(fd, call.requestLines, bytes);
      if (error === 0) return requestedFd(bytes);
      const holder = error === busy ? holderOf(libc, fd, ask.offsets) : undefined;
      throw new LineError(name, holder ?? `the kernel refuses it (${errorName(error)})`);
    },
    close() {
      for (const fd of opened.values()) closeSync(fd);
      opened.clear();
    },
  };
}

function openChip(libc: Libc, labels: readonly string[], name: LineName) {
  const seen: string[] = [];
  const refused: string[] = [];
  for (const file of readdirSync(devices).filter((entry) => /^gpiochip\d+$/.test(entry))) {
    const fd = tryOpen(join(devices, file), refused);
    if (fd === undefined) continue;
    const info = Buffer.alloc(chipInfoBytes);
    const label = libc.ioctl(fd, call.chipInfo, info) === 0 ? chipLabel(info) : '';
    if (labels.includes(label)) return { fd, label };
    seen.push(label);
    closeSync(fd);
  }
  const found = seen.length === 0 ? 'no GPIO chip' : `only ${seen.join(', ')}`;
  const why = refused.length === 0 ? '' : `; not to be opened: ${refused.join(', ')}`;
  throw new LineError(name, `needs the chip ${labels.join(' or ')}; this machine has ${found}${why}`);
}

function tryOpen(path: string, refused: string[]): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    refused.push(`${path} (${error instanceof Error && 'code' in error ? error.code : error})`);
    return undefined;
  }
}

function holderOf(libc: Libc, fd: number, offsets: readonly number[]): string {
  const holders = offsets.map((offset) => {
    const info = encodeLineInfo(offset);
    return libc.ioctl(fd, call.lineInfo, info) === 0 ? lineConsumer(info) : '';
  });
  const holder = holders.find((one) => one !== '');
  return holder === undefined ? 'is held by another program' : `is held by another program ("${holder}")`;
}
