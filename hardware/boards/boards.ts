import type { Board } from '../ports.js';
import { mockBoard } from './mock.js';
import { piBoard } from './pi.js';

/** The boards there are. A new one is its own file here and one name in this list. */
export const boards: readonly Board[] = [mockBoard, piBoard];
