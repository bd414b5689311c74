/** The nightly check, in a thread that ends with it: reading everything takes minutes on a small controller. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from './giveWay.js';
import { databaseFile, errorText } from './storage/database.js';
import { wholeFault } from './storage/verifyLog.js';

export interface NightlyJob {
  readonly dataDir: string;
}

/** `fault` says what is wrong; without it all `rows` of the log are as they were written. */
export type NightlyDone = { readonly rows: number; readonly fault?: never } | { readonly fault: string };

function done({ dataDir }: NightlyJob): NightlyDone {
  giveWay();
  try {
    return wholeFault(join(dataDir, databaseFile));
  } catch (error) {
    return { fault: `The nightly check could not be made: ${errorText(error)}.` };
  }
}

parentPort?.postMessage(done(workerData as NightlyJob));
