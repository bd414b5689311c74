import assert from 'node:assert/strict';
import { mockBoard } from '../../hardware/boards/mock.js';
import { boards, openHardware } from '../../hardware/open.js';
import { LineError } from '../../hardware/ports.js';
import { createManualClock } from './manualClock.js';

describe('openHardware', () => {
  const { nowUs, setTimer } = createManualClock();

  it('opens the board asked for, the mock with its handle', () => {
    const { hardware, mock } = openHardware({ board: 'mock', inputs: [], outputs: [] }, { nowUs, setTimer });
    assert.equal(hardware.board, 'mock');
    assert.ok(mock !== undefined);
    hardware.close();
  });

  it('names the boards there are when asked for another, and opens none', () => {
    for (const board of ['rpi-9', '', 'Mock', '__proto__']) {
      assert.throws(
        () => openHardware({ board, inputs: [], outputs: [] }, { nowUs, setTimer }),
        (error: Error) =>
          error.message.includes(JSON.stringify(board)) && error.message.endsWith('one of: mock'),
      );
    }
  });

  it('refuses what the board cannot serve', () => {
    const outputs = [{ line: 'in1', activeLow: false }];
    assert.throws(() => openHardware({ board: 'mock', inputs: [], outputs }, { nowUs, setTimer }), LineError);
  });

  it('knows every board by one id of its own', () => {
    assert.equal(new Set(boards.map((board) => board.id)).size, boards.length);
  });
});

describe('mock board data', () => {
  it('has eight relays, eight readers and sixteen inputs', () => {
    const names = [...mockBoard.lines.keys()];
    const count = (pattern: RegExp) => names.filter((name) => pattern.test(name)).length;
    assert.deepEqual(
      [count(/^relay[1-8]$/), count(/^w[1-8]\.d[01]$/), count(/^w[1-8]\.(led|beep)$/), count(/^in\d+$/)],
      [8, 16, 16, 16],
    );
    assert.equal(names.length, 56);
  });
});
