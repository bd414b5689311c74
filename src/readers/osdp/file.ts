/** Files for a reader (firmware, pictures), a fragment at a time between polls, at the reader's own pace. */
import type { Command } from './commands.js';
import type { BusEvent } from './events.js';
import { type Peripheral, receiveBytesOf } from './peripheral.js';
import type { Reply } from './replies.js';

/** More is refused: it would go on for hours. */
export const fileBytesMax = 4 * 1024 * 1024;
/** A reader that works on what it has for longer has lost it. */
const finishingMaxMs = 600_000;
/** One that wants no polls between the pieces hears one after so long all the same: after 8 s it takes the panel for gone. */
const silenceMaxMs = 5_000;
/** What every reader takes; the frame around it fits into 128 bytes even when sealed. */
const fragmentBytesMin = 64;
/** Head, seal and padding of a fragment's frame. */
const overheadBytes = 48;

export interface Transfer {
  readonly job: number;
  readonly type: number;
  readonly bytes: Uint8Array;
  offset: number;
  fragmentMax: number;
  notBeforeMs: number;
  /** The last turn was a fragment: a poll comes first. */
  paused: boolean;
  /** It answers polls between the pieces. */
  pollsToo: boolean;
  /** All is sent and it says that it is not done; undefined = not yet. */
  finishingSinceMs: number | undefined;
}

export function startTransfer(peripheral: Peripheral, job: number, type: number, bytes: Uint8Array): void {
  const fragmentMax = Math.max(fragmentBytesMin, Math.min(1_024, receiveBytesOf(peripheral) - overheadBytes));
  peripheral.file = {
    ...{ job, type, bytes, offset: 0, fragmentMax, notBeforeMs: 0 },
    ...{ paused: false, pollsToo: true, finishingSinceMs: undefined },
  };
}

/** The next fragment, or undefined when there is none to send now. The one at the end is empty while the reader works. */
export function nextFragment({ file }: Peripheral, nowMs: number): Command | undefined {
  if (file === undefined || nowMs < file.notBeforeMs) return undefined;
  file.paused = !file.paused || !file.pollsToo;
  if (!file.paused) return undefined;
  const { type, bytes, offset, fragmentMax } = file;
  const fragment = bytes.subarray(offset, offset + fragmentMax);
  return { kind: 'fileTransfer', type, total: bytes.length, offset, fragment };
}

const mayPoll = 0x01;
const pollReplyWaits = 0x04;

/** FTSTAT: go on, wait, finished or refused. */
export function takeFileStatus(
  peripheral: Peripheral,
  reply: Reply | undefined,
  { nowMs, events }: { readonly nowMs: number; readonly events: BusEvent[] },
): void {
  const { file, id } = peripheral;
  if (file === undefined) return;
  const end = (result: 'done' | 'refused' | 'failed') => {
    peripheral.file = undefined;
    events.push({ id, kind: 'job', job: file.job, result });
  };
  if (reply?.kind !== 'fileStatus' || reply.status.status < 0) {
    end('refused');
    return;
  }
  const { action, status, delayMs, fragmentMax } = reply.status;
  const sentAll = file.offset + file.fragmentMax >= file.bytes.length;
  // 1 = processed, 2 = the reader restarts with what it got.
  if (sentAll && status !== 3) {
    end('done');
    return;
  }
  if (sentAll) file.finishingSinceMs ??= nowMs;
  if (nowMs - (file.finishingSinceMs ?? nowMs) >= finishingMaxMs) {
    end('failed');
    return;
  }
  file.pollsToo = (action & (mayPoll | pollReplyWaits)) !== 0;
  if (!file.pollsToo) peripheral.readyMs = nowMs + Math.min(delayMs, silenceMaxMs);
  file.offset = Math.min(file.bytes.length, file.offset + file.fragmentMax);
  file.notBeforeMs = nowMs + delayMs;
  if (fragmentMax > 0) file.fragmentMax = Math.max(1, Math.min(file.fragmentMax, fragmentMax));
}
