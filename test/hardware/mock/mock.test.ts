import assert from 'node:assert/strict';
import { createCopper } from '../../../hardware/mock/copper.js';
import { type MockDeps, openMock } from '../../../hardware/mock/mock.js';
import { type Edge, type HardwareRequest, LineError } from '../../../hardware/ports.js';
import { contract } from '../contract.js';
import { createManualClock } from '../manualClock.js';

const request: HardwareRequest = {
  board: 'mock',
  inputs: [
    { line: 'w1.d0', use: { kind: 'pulses', partner: 'w1.d1' }, activeLow: true },
    { line: 'w1.d1', use: { kind: 'pulses', partner: 'w1.d0' }, activeLow: true },
    { line: 'in1', use: { kind: 'level', debounceMs: 20 }, activeLow: false },
    { line: 'in2', use: { kind: 'level', debounceMs: 0 }, activeLow: false },
  ],
  outputs: [{ line: 'relay1', activeLow: false }],
};

const contractLines = {
  board: 'mock',
  pulses: ['w1.d0', 'w1.d1'],
  level: 'in1',
  outputs: ['relay1', 'relay2'],
  unknown: 'relay99',
} as const;

contract('mock board', contractLines, () => {
  const clock = createManualClock();
  const copper = createCopper();
  return (asked) => {
    const { hardware, mock } = openMock(asked, { nowUs: clock.nowUs, setTimer: clock.setTimer, copper });
    const lowIsActive = new Set(asked.inputs.filter((input) => input.activeLow).map((input) => input.line));
    return {
      hardware,
      drive: (line, high) => mock.drive(line, high !== lowIsActive.has(line)),
      isHigh: (line) => copper.isHigh(line) === true,
      wait: (ms) => clock.advanceMs(ms),
    };
  };
});

function open(deps: Partial<MockDeps> = {}) {
  const clock = createManualClock();
  const { hardware, mock } = openMock(request, { nowUs: clock.nowUs, setTimer: clock.setTimer, ...deps });
  const edges: Edge[] = [];
  const faults: string[] = [];
  const listen = () => {
    hardware.onEdge((edge) => edges.push(edge));
    hardware.onFault(({ line, fault }) => faults.push(`${line} ${fault}`));
  };
  return { clock, hardware, mock, edges, faults, listen };
}

describe('mock board: edges', () => {
  it('stamps a pulse with the moment it is given, or with now', () => {
    const { clock, mock, edges, listen } = open();
    listen();
    mock.drive('w1.d0', true, 5_000_123);
    mock.drive('w1.d0', false, 5_000_173);
    mock.drive('w1.d1', true);
    assert.deepEqual(edges, [
      { line: 'w1.d0', active: true, atUs: 5_000_123, seqno: 1 },
      { line: 'w1.d1', active: true, atUs: clock.nowUs(), seqno: 2 },
    ]);
  });

  it('counts a line that is already active as no new pulse', () => {
    const { mock, edges, listen } = open();
    listen();
    mock.drive('w1.d0', true);
    mock.drive('w1.d0', true);
    assert.equal(edges.length, 1);
  });

  it('keeps edges for a listener that comes later', () => {
    const { mock, edges, listen } = open();
    mock.drive('w1.d0', true, 1);
    mock.drive('w1.d1', true, 2);
    listen();
    assert.deepEqual(
      edges.map((edge) => edge.atUs),
      [1, 2],
    );
  });

  it('debounces as the kernel does: every bounce starts the period anew, the stamp is its end', () => {
    const { clock, mock, edges, listen } = open();
    listen();
    const startUs = clock.nowUs();
    mock.drive('in1', true);
    clock.advanceMs(15);
    mock.drive('in1', false);
    clock.advanceMs(1);
    mock.drive('in1', true);
    clock.advanceMs(19);
    assert.deepEqual(edges, []);
    clock.advanceMs(1);
    assert.deepEqual(edges, [{ line: 'in1', active: true, atUs: startUs + 36_000, seqno: 1 }]);
  });

  it('reports a level that settled before a late program looks, stamped as it settled', () => {
    const { clock, hardware, mock, edges, listen } = open();
    listen();
    const startUs = clock.nowUs();
    mock.drive('in1', true);
    clock.stallMs(50);
    assert.equal(hardware.isActive('in1'), true);
    mock.drive('in1', false);
    clock.advanceMs(20);
    assert.deepEqual(
      edges.map(({ active, atUs }) => [active, atUs - startUs]),
      [
        [true, 20_000],
        [false, 70_000],
      ],
    );
  });

  it('reports a level without debounce at once', () => {
    const { clock, mock, edges, listen } = open();
    listen();
    mock.drive('in2', true);
    mock.drive('in2', false);
    assert.deepEqual(
      edges.map((edge) => edge.active),
      [true, false],
    );
    assert.equal(clock.armed(), 0);
  });

  it('leaves a gap in the numbers for a lost edge, and says so', () => {
    const { mock, edges, faults, listen } = open();
    listen();
    mock.drive('w1.d0', true, 1);
    mock.loseEdge('w1.d1');
    mock.drive('w1.d1', true, 2);
    assert.deepEqual(
      edges.map((edge) => edge.seqno),
      [1, 3],
    );
    assert.deepEqual(faults, ['w1.d1 edges-lost']);
  });

  it('holds edges back while the program is busy; the kernel drops the oldest of more than 1024', () => {
    const { mock, edges, faults, listen } = open();
    listen();
    mock.stall();
    const pulses = Array.from({ length: 1100 }, (_, n) => ({ line: 'w1.d0', atUs: n * 1000, widthUs: 50 }));
    mock.pulseTrain(pulses);
    assert.equal(edges.length, 0);
    mock.resume();
    assert.equal(edges.length, 1024);
    assert.deepEqual([edges[0]?.seqno, edges[1023]?.seqno], [77, 1100]);
    assert.deepEqual(faults, ['w1.d0 edges-lost']);
  });
});

describe('mock board: outputs', () => {
  it('throws for an output that fails, until it is mended', () => {
    const { hardware, mock } = open();
    mock.fail('relay1');
    assert.throws(() => hardware.setActive('relay1', true), LineError);
    mock.mend('relay1');
    hardware.setActive('relay1', true);
    assert.equal(mock.lines().find((line) => line.line === 'relay1')?.active, true);
  });

  it('keeps an output that fails as it is, even at close, which does not throw', () => {
    const copper = createCopper();
    const { hardware, mock } = open({ copper });
    hardware.setActive('relay1', true);
    mock.fail('relay1');
    hardware.close();
    assert.equal(copper.isHigh('relay1'), true);
  });

  it('leaves outputs as they were when the process dies, as a Pi does', () => {
    const copper = createCopper();
    const first = open({ copper });
    first.listen();
    first.hardware.setActive('relay1', true);
    first.mock.drive('in1', true);
    first.mock.die();
    first.clock.advanceMs(100);
    assert.deepEqual(first.edges, []);
    assert.throws(() => first.hardware.setActive('relay1', false), LineError);
    assert.equal(copper.isHigh('relay1'), true);

    const second = open({ copper });
    assert.equal(second.hardware.isActive('in1'), true);
    const relay = second.mock.lines().find((line) => line.line === 'relay1');
    assert.equal(relay?.active, false);
    assert.deepEqual(
      relay?.history.map((change) => change.active),
      [false, true, false],
    );
  });

  it('lets outputs fall when the process dies, on a strict kernel', () => {
    const copper = createCopper();
    const { hardware, mock } = open({ copper, persistOutputs: false });
    hardware.setActive('relay1', true);
    mock.die();
    assert.equal(copper.isHigh('relay1'), false);
  });
});

describe('mock board: lines', () => {
  it('shows every requested line with its latest changes, at most 128, oldest first', () => {
    const { clock, hardware, mock } = open();
    for (let n = 0; n < 100; n += 1) {
      clock.advanceMs(1);
      hardware.setActive('relay1', true);
      hardware.setActive('relay1', false);
    }
    const lines = mock.lines();
    assert.deepEqual(
      lines.map(({ line, direction }) => `${line} ${direction}`),
      ['w1.d0 input', 'w1.d1 input', 'in1 input', 'in2 input', 'relay1 output'],
    );
    const history = lines[4]?.history ?? [];
    assert.equal(history.length, 128);
    assert.deepEqual(history[127], { atUs: clock.nowUs(), active: false });
    assert.ok(history.every((change, n) => n === 0 || change.atUs >= (history[n - 1]?.atUs ?? 0)));
  });
});
