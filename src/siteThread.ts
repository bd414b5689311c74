/**
 * Reads the site file, or checks the text of one, in a thread of its own, which then ends: the libraries that check
 * it are a seventh of the memory the controller may take, and are needed once.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { boards } from '../hardware/boards/boards.js';
import { edgeLossReason } from '../hardware/edgeLoss.js';
import { loadSiteFile, parseSiteFile } from './config/siteFile.js';
import { wiegandFormats } from './readers/wiegand/formats.js';

const known = {
  boards: new Map(boards.map((board) => [board.id, board])),
  formats: [...wiegandFormats.keys()],
  edgeLossReason,
};
const asked = workerData as string | { readonly text: string };
parentPort?.postMessage(
  typeof asked === 'string'
    ? loadSiteFile(asked, process.env, known)
    : parseSiteFile(asked.text, 'site file', known),
);
