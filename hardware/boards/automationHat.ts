import type { Board } from '../ports.js';
import { headerDrawing, linesWithHat } from './header.js';

/**
 * Pimoroni "Automation HAT": three relays and three sinking outputs, energised by a high level, and three inputs that
 * take 24 V. Outputs 1 and 3 hang on pins that stand high until they are driven: fit for lamps, never for a lock.
 */
const lines = linesWithHat(
  [
    { gpio: 13, name: 'relay1', direction: 'output' },
    { gpio: 19, name: 'relay2', direction: 'output' },
    { gpio: 16, name: 'relay3', direction: 'output' },
    { gpio: 26, name: 'input1', direction: 'input' },
    { gpio: 20, name: 'input2', direction: 'input' },
    { gpio: 21, name: 'input3', direction: 'input' },
    { gpio: 5, name: 'output1', direction: 'output' },
    { gpio: 12, name: 'output2', direction: 'output' },
    { gpio: 6, name: 'output3', direction: 'output' },
  ],
  { 2: 'the I2C bus of the board', 3: 'the I2C bus of the board' },
);

export const automationHat: Board = {
  id: 'automation-hat',
  name: 'Pimoroni Automation HAT, 3 relays, 3 inputs for 24 V, 3 outputs',
  drivers: ['gpiochip', 'onoff'],
  lines,
  drawing: `  +-----------------------------------------------------+
  | relay1      relay2      relay3       each NO COM NC |
  | input1 input2 input3 (24 V)  output1-3 (sinking)    |
  +-----------------------------------------------------+
${headerDrawing(lines)}`,
};
