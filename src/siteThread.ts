/**
 * Reads the site file, or checks the text of one, in a thread of its own, which then ends: the libraries that check
 * it are a seventh of the memory the controller may take, and are needed once.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadSiteFile, parseSiteFile } from './config/siteFile.js';

import { known } from './known.js';

const asked = workerData as string | { readonly text: string };
parentPort?.postMessage(
  typeof asked === 'string'
    ? loadSiteFile(asked, process.env, known)
    : parseSiteFile(asked.text, 'site file', known),
);
