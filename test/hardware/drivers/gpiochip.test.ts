import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { boards } from '../../../hardware/boards/boards.js';
import { openHardware } from '../../../hardware/open.js';
import { LineError } from '../../../hardware/ports.js';
import { contract } from '../contract.js';
import { benchOf } from './bench.js';
import { terminalLines, terminals } from './terminals.js';

const hand = terminals();

if (hand === undefined) {
  it('hardware contract: gpiochip needs GPIO lines: npm run test:hil, or a wired Pi (test/README.md)', function () {
    this.skip();
  });
} else contract('gpiochip', terminalLines, benchOf(hand, { driver: 'gpiochip' }));

describe('gpiochip without the chip', () => {
  const noTimer = { nowUs: () => 0, setTimer: () => () => {} };

  it('says which chip it looked for and what there is', function () {
    if (readdirSync('/dev').some((name) => name.startsWith('gpiochip'))) this.skip();
    const outputs = [{ line: 'gpio17', activeLow: false }];
    assert.throws(
      () => openHardware({ board: 'pi', inputs: [], outputs }, noTimer),
      (error) =>
        error instanceof LineError &&
        /gpio17: needs the chip pinctrl-rp1 or .*; this machine has no GPIO chip/.test(error.message),
    );
  });

  it('says the same of sysfs to the onoff driver', function () {
    if (existsSync('/sys/class/gpio')) this.skip();
    const outputs = [{ line: 'gpio17', activeLow: false }];
    assert.throws(
      () => openHardware({ board: 'pi', driver: 'onoff', inputs: [], outputs }, noTimer),
      /gpio17: \/sys\/class\/gpio has no chip .*; this kernel needs driver: gpiochip/,
    );
  });
});

describe('board pi', () => {
  const pi = boards.find(({ id }) => id === 'pi');

  it('has the 28 lines of the header, each with a pin and an offset of its own on the same chips', () => {
    const lines = [...(pi?.lines.values() ?? [])];
    assert.equal(lines.length, 28);
    assert.equal(new Set(lines.map(({ headerPin }) => headerPin)).size, 28);
    assert.deepEqual(
      [...(pi?.lines ?? [])].map(([name, { chip }]) => [name, chip?.offset]),
      lines.map((_, bcm) => [`gpio${bcm}`, bcm]),
    );
    assert.equal(new Set(lines.map(({ chip }) => chip?.labels.join())).size, 1);
  });

  it('refuses the relay that would click at boot', () => {
    const outputs = [{ line: 'gpio4', activeLow: false }];
    assert.throws(
      () => openHardware({ board: 'pi', inputs: [], outputs }, { nowUs: () => 0, setTimer: () => () => {} }),
      /gpio4: stands high at boot/,
    );
  });
});
