import assert from 'node:assert/strict';
import { createCopper } from '../../hardware/mock/copper.js';
import { openMock } from '../../hardware/mock/mock.js';
import { createOutputs, type LockWiring, outputsOf } from '../../src/control/outputs.js';
import { createManualClock } from '../hardware/manualClock.js';

const locks: readonly LockWiring[] = [
  { door: 'strike', relay: 'relay1', activeLow: false, failMode: 'fail-secure' },
  { door: 'maglock', relay: 'relay2', activeLow: false, failMode: 'fail-safe' },
  { door: 'inverted', relay: 'relay3', activeLow: true, failMode: 'fail-secure' },
];

function open() {
  const clock = createManualClock();
  const copper = createCopper();
  const request = { board: 'mock', inputs: [], outputs: outputsOf(locks) };
  const { hardware, mock } = openMock(request, { nowUs: clock.nowUs, setTimer: clock.setTimer, copper });
  const outputs = createOutputs(locks, hardware);
  const energised = () => mock.lines().map((line) => line.active);
  return { hardware, mock, copper, outputs, energised };
}

describe('outputs', () => {
  it('start with every relay released: strikes locked, maglocks without power', () => {
    assert.deepEqual(open().energised(), [false, false, false]);
  });

  it('lock all doors: maglocks energised, strikes not', () => {
    const { outputs, energised } = open();
    assert.equal(outputs.lockAll().size, 0);
    assert.deepEqual(energised(), [false, true, false]);
  });

  it('unlock and lock each door by the way its lock fails', () => {
    const { outputs, energised, copper } = open();
    outputs.lockAll();
    for (const { door } of locks) assert.deepEqual(outputs.setUnlocked(door, true), { ok: true });
    assert.deepEqual(energised(), [true, false, true]);
    assert.equal(copper.isHigh('relay3'), false);
    for (const { door } of locks) assert.deepEqual(outputs.setUnlocked(door, false), { ok: true });
    assert.deepEqual(energised(), [false, true, false]);
    assert.equal(copper.isHigh('relay3'), true);
  });

  it('give a failure when the board refuses, for that door only', () => {
    const { outputs, mock, energised } = open();
    mock.fail('relay2');
    const error = 'line relay2: the board refuses to drive it';
    assert.deepEqual([...outputs.lockAll()], [['maglock', error]]);
    assert.deepEqual(outputs.setUnlocked('maglock', true), { ok: false, error });
    assert.deepEqual(outputs.setUnlocked('strike', true), { ok: true });
    assert.deepEqual(energised(), [true, false, false]);
    mock.mend('relay2');
    assert.deepEqual(outputs.setUnlocked('maglock', false), { ok: true });
  });

  it('give a failure for a door without a lock', () => {
    assert.deepEqual(open().outputs.setUnlocked('nowhere', true), {
      ok: false,
      error: 'door nowhere: no lock is wired',
    });
  });

  it('close with every relay released, whatever fails on the way', () => {
    const { outputs, mock, energised } = open();
    outputs.lockAll();
    outputs.setUnlocked('strike', true);
    outputs.setUnlocked('inverted', true);
    mock.fail('relay1');
    outputs.close();
    assert.deepEqual(energised(), [true, false, false]);
    mock.mend('relay1');
    outputs.close();
    assert.deepEqual(energised(), [false, false, false]);
  });

  it('give a failure after the board was closed', () => {
    const { hardware, outputs } = open();
    hardware.close();
    assert.equal(outputs.setUnlocked('strike', true).ok, false);
    outputs.close();
  });
});
