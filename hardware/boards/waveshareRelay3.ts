import type { Board } from '../ports.js';
import { headerDrawing, linesWithHat } from './header.js';

/**
 * Waveshare "RPi Relay Board": three relays, energised by a low level through opto-couplers, whose resistors to 3.3 V
 * hold the lines high until they are driven.
 */
const lines = linesWithHat(
  [
    { gpio: 26, name: 'relay1', direction: 'output', bootLevel: 'high' },
    { gpio: 20, name: 'relay2', direction: 'output', bootLevel: 'high' },
    { gpio: 21, name: 'relay3', direction: 'output', bootLevel: 'high' },
  ],
  {},
);

export const waveshareRelay3: Board = {
  id: 'waveshare-relay-3',
  name: 'Waveshare RPi Relay Board, 3 relays (activeLow: true)',
  drivers: ['gpiochip', 'onoff'],
  lines,
  drawing: `  +-----------------------------------------+
  | [relay1]     [relay2]     [relay3]      |
  | NO COM NC    NO COM NC    NO COM NC     |
  +-----------------------------------------+
${headerDrawing(lines)}`,
};
