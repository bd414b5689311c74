import type { Board } from '../ports.js';
import { headerDrawing, linesWithHat } from './header.js';

/**
 * Waveshare "RS485 CAN HAT": one RS485 line on the Pi's first serial port (/dev/serial0; console off, UART on) with
 * automatic direction, and a CAN controller on SPI. Relays need a board of their own.
 */
const lines = linesWithHat([], {
  4: 'the direction of the RS485 line (RSE)',
  8: 'the CAN controller (CE0)',
  9: 'the CAN controller (MISO)',
  10: 'the CAN controller (MOSI)',
  11: 'the CAN controller (SCLK)',
  14: 'the RS485 line (TXD)',
  15: 'the RS485 line (RXD)',
  25: 'the CAN controller (INT)',
});

export const rs485CanHat: Board = {
  id: 'rs485-can-hat',
  name: 'Waveshare RS485 CAN HAT, one RS485 line on /dev/serial0',
  drivers: ['gpiochip', 'onoff'],
  lines,
  drawing: `  +--------------------------------+
  | RS485: A B        CAN: H L     |
  +--------------------------------+
${headerDrawing(lines)}`,
};
