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

const siren = [{ id: 'siren', line: 'relay4', activeLow: false }];

function open() {
  const clock = createManualClock();
  const copper = createCopper();
  const request = { board: 'mock', inputs: [], outputs: outputsOf(locks, siren) };
  const { hardware, mock } = openMock(request, { nowUs: clock.nowUs, setTimer: clock.setTimer, copper });
  const outputs = createOutputs(locks, siren, hardware);
  const energised = () => mock.lines().flatMap((line) => (line.line === 'relay4' ? [] : [line.active]));
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

  it('switch what belongs to no door, and release it at the close', () => {
    const { outputs, hardware, mock } = open();
    const sounds = () => mock.lines().find(({ line }) => line === 'relay4')?.active;
    assert.deepEqual(outputs.setOutput('siren', true), { ok: true });
    assert.equal(sounds(), true);
    assert.deepEqual(outputs.setOutput('bell', true), { ok: false, error: 'output bell: no line is wired' });
    mock.fail('relay4');
    assert.equal(outputs.setOutput('siren', false).ok, false);
    mock.mend('relay4');
    outputs.close();
    assert.equal(sounds(), false);
    hardware.close();
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
