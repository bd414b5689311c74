import type { Board } from '../ports.js';
import { automationHat } from './automationHat.js';
import { mockBoard } from './mock.js';
import { piBoard } from './piBoard.js';
import { rs485CanHat } from './rs485CanHat.js';
import { waveshareRelay3 } from './waveshareRelay3.js';
import { waveshareRelay8 } from './waveshareRelay8.js';

/** The boards there are. A new one is its own file here and one name in this list. */
export const boards: readonly Board[] = [
  mockBoard,
  piBoard,
  waveshareRelay3,
  waveshareRelay8,
  automationHat,
  rs485CanHat,
];
