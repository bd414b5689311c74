import { boards } from '../hardware/boards/boards.js';
import { edgeLossReason } from '../hardware/edgeLoss.js';
import type { Known } from './config/siteRules.js';
import { wiegandFormats } from './readers/wiegand/formatTable.js';

/** What a site file may name. */
export const known: Known = {
  boards: new Map(boards.map((board) => [board.id, board])),
  formats: wiegandFormats,
  edgeLossReason,
};
