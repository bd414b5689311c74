import type { Board } from '../ports.js';
import { headerDrawing, linesWithHat } from './header.js';

/** Waveshare "RPi Relay Board (B)": eight relays, energised by a low level through opto-couplers as on the small one. */
const relays = [5, 6, 13, 16, 19, 20, 21, 26];
const lines = linesWithHat(
  relays.map((gpio, index) => ({
    gpio,
    name: `relay${index + 1}`,
    direction: 'output',
    bootLevel: 'high',
  })),
  {},
);

export const waveshareRelay8: Board = {
  id: 'waveshare-relay-8',
  name: 'Waveshare RPi Relay Board (B), 8 relays (activeLow: true)',
  drivers: ['gpiochip', 'onoff'],
  lines,
  drawing: `  +----------------------------------------------------------------+
  | relay1  relay2  relay3  relay4  relay5  relay6  relay7  relay8 |
  | each NO COM NC                                                 |
  +----------------------------------------------------------------+
${headerDrawing(lines)}`,
};
