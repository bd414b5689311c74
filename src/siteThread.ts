/**
 * Reads the site file in a thread of its own, which then ends: the libraries that check it are a seventh of the
 * memory the controller may take, and are needed once.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { boards } from '../hardware/boards/boards.js';
import { edgeLossReason } from '../hardware/edgeLoss.js';
import { loadSiteFile } from './config/siteFile.js';
import { wiegandFormats } from './readers/wiegand/formats.js';

const known = {
  boards: new Map(boards.map((board) => [board.id, board])),
  formats: [...wiegandFormats.keys()],
  edgeLossReason,
};
parentPort?.postMessage(loadSiteFile(String(workerData), process.env, known));
