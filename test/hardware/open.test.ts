import assert from 'node:assert/strict';
import { boards } from '../../hardware/boards/boards.js';
import { mockBoard } from '../../hardware/boards/mock.js';
import { openHardware } from '../../hardware/open.js';
import { LineError, type SerialRequest } from '../../hardware/ports.js';
import { checkSerial } from '../../hardware/request.js';
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
          error.message.includes(JSON.stringify(board)) && /one of: mock, pi\b/.test(error.message),
      );
    }
  });

  it('refuses what the board cannot serve', () => {
    const outputs = [{ line: 'in1', activeLow: false }];
    assert.throws(() => openHardware({ board: 'mock', inputs: [], outputs }, { nowUs, setTimer }), LineError);
  });

  it('opens serial ports: in memory on the mock, by their device on any board', () => {
    const made: string[] = [];
    const clock = createManualClock();
    const { hardware, mock } = openHardware(
      {
        board: 'mock',
        inputs: [],
        outputs: [],
        serial: [
          { port: 'memory', baud: 9_600 },
          { port: 'real', device: '/dev/ttyUSB9', baud: 38_400 },
        ],
      },
      {
        ...clock,
        makePort: ({ path, baudRate }) => {
          made.push(`${path} ${baudRate}`);
          throw new Error('not today');
        },
      },
    );
    const heard: number[] = [];
    hardware.serial('memory').onBytes((bytes) => heard.push(...bytes));
    mock?.serial('memory').write(Uint8Array.of(7));
    clock.advanceMs(2);
    assert.deepEqual(heard, [7]);
    assert.equal(hardware.serial('real'), hardware.serial('real'));
    assert.throws(() => hardware.serial('other'), LineError);
    assert.throws(() => mock?.serial('real'), LineError);
    hardware.close();
    return Promise.resolve().then(() => assert.deepEqual(made, ['/dev/ttyUSB9 38400']));
  });

  it('refuses serial ports that cannot be', () => {
    const refused = (ports: readonly SerialRequest[], inMemory: boolean, why: RegExp) =>
      assert.throws(() => checkSerial(ports, { inMemory }), why);
    const port = { port: 'a', device: '/dev/a', baud: 9_600 };
    assert.doesNotThrow(() => checkSerial([port], { inMemory: false }));
    refused([{ port: 'a', baud: 9_600 }], false, /line a: has no device/);
    refused([port, { ...port, device: '/dev/b' }], true, /line a: requested twice/);
    refused([port, { ...port, port: 'b' }], true, /line b: \/dev\/a is the device of another port/);
    for (const baud of [0, 299, 9_600.5, 1_000_001, Number.NaN]) refused([{ ...port, baud }], true, /baud/);
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
