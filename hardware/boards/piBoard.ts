import type { Board } from '../ports.js';
import { headerDrawing } from './header.js';
import { headerLines } from './pi.js';

/** The bare 40-pin header. */
export const piBoard: Board = {
  id: 'pi',
  name: 'Raspberry Pi, bare 40-pin header',
  drivers: ['gpiochip', 'onoff'],
  lines: headerLines,
  drawing: headerDrawing(headerLines),
};
