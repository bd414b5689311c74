import assert from 'node:assert/strict';
import { openHardware } from '../../../hardware/open.js';
import type { HardwareRequest } from '../../../hardware/ports.js';
import { contract } from '../contract.js';
import { benchOf } from './bench.js';
import { terminalLines, terminals } from './terminals.js';

const hand = terminals();

if (hand === undefined) {
  it('hardware contract: onoff needs GPIO lines: npm run test:hil, or a wired Pi (test/README.md)', function () {
    this.skip();
  });
} else
  contract(
    'onoff',
    { ...terminalLines, pulseMs: 20 },
    benchOf(hand, { driver: 'onoff', acceptEdgeLoss: true }),
  );

describe('onoff and pulses', () => {
  const [d0, d1] = terminalLines.pulses;
  const request: HardwareRequest = {
    board: 'pi',
    driver: 'onoff',
    inputs: [
      { line: d0, use: { kind: 'pulses', partner: d1 }, activeLow: true },
      { line: d1, use: { kind: 'pulses', partner: d0 }, activeLow: true },
    ],
    outputs: [],
  };
  const deps = { nowUs: () => 0, setTimer: () => () => {} };

  it('refuses them with what was measured, unless the loss is accepted', () => {
    for (const acceptEdgeLoss of [undefined, false]) {
      const asked = acceptEdgeLoss === undefined ? request : { ...request, acceptEdgeLoss };
      assert.throws(
        () => openHardware(asked, deps),
        /gpio23: driver: onoff loses pulses: sysfs holds one pending edge a line: of 40 frames .*acceptEdgeLoss: true/,
      );
    }
  });
});
