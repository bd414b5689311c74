import { mockBoard } from '../boards/mock.js';
import {
  createEdgeQueue,
  type EdgeDetector,
  type EdgeQueue,
  levelInput,
  pulseInput,
  type SetTimer,
} from '../kernel.js';
import {
  type Edge,
  type Hardware,
  type HardwareRequest,
  LineError,
  type LineFault,
  type LineName,
  type SerialLine,
  type SerialPortName,
} from '../ports.js';
import { checkRequest } from '../request.js';
import { type Copper, createCopper } from './copper.js';
import { createSerialWire, type SerialWire } from './serial.js';

export interface MockDeps {
  /** CLOCK_MONOTONIC, microseconds. */
  readonly nowUs: () => number;
  readonly setTimer: SetTimer;
  /** Do outputs keep their level when the process dies? Default true, as on a Raspberry Pi. */
  readonly persistOutputs?: boolean;
  /** The metal to open over; new metal by default. */
  readonly copper?: Copper;
}

export interface MockPulse {
  readonly line: LineName;
  readonly atUs: number;
  readonly widthUs: number;
}

export interface MockLineState {
  readonly line: LineName;
  readonly direction: 'input' | 'output';
  readonly active: boolean;
  /** Latest changes, oldest first, at most 128. */
  readonly history: readonly { readonly atUs: number; readonly active: boolean }[];
}

/** The hand on the board's terminals. All levels are after the request's polarity. */
export interface Mock {
  /** Puts a level on an input, at `atUs` or now. Throws `LineError` for a line not requested as an input. */
  drive(line: LineName, active: boolean, atUs?: number): void;
  /** Pulses in the order given: active at `atUs`, inactive `widthUs` later. Stamps may lie ahead of the clock. */
  pulseTrain(pulses: readonly MockPulse[]): void;
  /** The next edge of this line's request comes with a gap in the sequence numbers. */
  loseEdge(line: LineName): void;
  /** From now on the output refuses to be driven, or the serial port's adapter is pulled out, until `mend`. */
  fail(line: LineName | SerialPortName): void;
  mend(line: LineName | SerialPortName): void;
  /** The program is busy: edges wait in the kernel's queue until `resume`. */
  stall(): void;
  resume(): void;
  lines(): readonly MockLineState[];
  /**
   * One more device on the wire of a serial port, at the port's speed or its own. Throws `LineError` for a port that
   * was not requested, or that has a device of the machine.
   */
  serial(port: SerialPortName, baud?: number): SerialLine;
  /** Milliseconds something was sent on that wire. */
  serialBusyMs(port: SerialPortName): number;
  /** The process is killed: nothing is delivered any more, lines are free, outputs stay or fall by `persistOutputs`. */
  die(): void;
}

export interface OpenedMock {
  readonly hardware: Hardware;
  readonly mock: Mock;
}

/** Opens the board in memory. Throws `LineError` for a request it cannot serve. */
export function openMock(request: HardwareRequest, deps: MockDeps): OpenedMock {
  checkRequest(mockBoard, request);
  const process = createProcess(request, deps);
  return { hardware: hardwareOf(process), mock: mockOf(process) };
}

/** The lines as one running process holds them. */
interface MockProcess {
  phase: 'open' | 'stalled' | 'closed';
  onEdge: ((edge: Edge) => void) | undefined;
  onFault: (fault: LineFault) => void;
  readonly nowUs: () => number;
  readonly setTimer: SetTimer;
  readonly persistOutputs: boolean;
  readonly failing: Set<LineName>;
  readonly wires: Wires;
  readonly inputs: ReadonlyMap<LineName, EdgeDetector>;
  readonly queues: readonly EdgeQueue[];
  readonly serial: ReadonlyMap<SerialPortName, SerialWire>;
}

function createProcess(request: HardwareRequest, deps: MockDeps): MockProcess {
  const wires = createWires(request, deps.copper ?? createCopper());
  wires.take(deps.nowUs());
  const queues: EdgeQueue[] = [];
  const process: MockProcess = {
    phase: 'open',
    onEdge: undefined,
    onFault: () => {},
    nowUs: deps.nowUs,
    setTimer: deps.setTimer,
    persistOutputs: deps.persistOutputs ?? true,
    failing: new Set(),
    wires,
    inputs: watchInputs(request, wires, newQueue, deps),
    queues,
    serial: new Map(
      (request.serial ?? [])
        .filter(({ device }) => device === undefined)
        .map((port) => [port.port, createSerialWire(port, deps)]),
    ),
  };
  return process;

  function newQueue(): EdgeQueue {
    const queue = createEdgeQueue({
      flowing: () => process.phase === 'open' && process.onEdge !== undefined,
      deliver: (edge) => process.onEdge?.(edge),
      lost: (line) => process.onFault({ line, fault: 'edges-lost' }),
    });
    queues.push(queue);
    return queue;
  }
}

function hardwareOf(process: MockProcess): Hardware {
  const { wires, failing } = process;
  return {
    board: mockBoard.id,
    onEdge(listener) {
      process.onEdge = listener;
      drainAll(process);
    },
    onFault(listener) {
      process.onFault = listener;
    },
    isActive: (line) => inputOf(process, line).isActive(),
    setActive(line, active) {
      if (process.phase === 'closed' || !wires.outputs.has(line)) {
        throw new LineError(line, 'is not requested as an output');
      }
      if (failing.has(line)) throw new LineError(line, 'the board refuses to drive it');
      wires.put(line, active, process.nowUs());
    },
    serial: (port) => wireOf(process, port).near,
    deliver() {
      const { phase } = process;
      // Whoever asks is not busy, though the way of the edges may be.
      if (phase === 'stalled') process.phase = 'open';
      drainAll(process);
      if (phase === 'stalled' && process.phase === 'open') process.phase = phase;
    },
    prove(read) {
      process.setTimer(() => {
        if (process.phase === 'open') read();
      }, 0);
    },
    close() {
      if (process.phase === 'closed') return;
      wires.dropOutputs(process.nowUs(), failing);
      stop(process);
    },
  };
}

function mockOf(process: MockProcess): Mock {
  const { wires, failing } = process;
  const drive = (line: LineName, active: boolean, atUs = process.nowUs()) => {
    const input = inputOf(process, line);
    wires.put(line, active, atUs);
    input.change(active, atUs);
  };
  return {
    drive,
    pulseTrain(pulses) {
      for (const { line, atUs, widthUs } of pulses) {
        drive(line, true, atUs);
        drive(line, false, atUs + widthUs);
      }
    },
    loseEdge: (line) => inputOf(process, line).lose(),
    fail(line) {
      failing.add(line);
      process.serial.get(line)?.fail();
    },
    mend(line) {
      failing.delete(line);
      process.serial.get(line)?.mend();
    },
    serial: (port, baud) => wireOf(process, port).join(baud),
    serialBusyMs: (port) => wireOf(process, port).busyMs(),
    stall() {
      if (process.phase === 'open') process.phase = 'stalled';
    },
    resume() {
      if (process.phase === 'stalled') process.phase = 'open';
      drainAll(process);
    },
    lines: wires.states,
    die() {
      if (process.phase === 'closed') return;
      if (!process.persistOutputs) wires.dropOutputs(process.nowUs(), new Set());
      stop(process);
    },
  };
}

function drainAll({ queues }: MockProcess): void {
  for (const queue of queues) queue.drain();
}

function inputOf({ phase, inputs }: MockProcess, line: LineName): EdgeDetector {
  const input = phase === 'closed' ? undefined : inputs.get(line);
  if (input === undefined) throw new LineError(line, 'is not requested as an input');
  return input;
}

function wireOf({ serial }: MockProcess, port: SerialPortName): SerialWire {
  const wire = serial.get(port);
  if (wire === undefined) throw new LineError(port, 'is not requested as a serial port in memory');
  return wire;
}

function stop(process: MockProcess): void {
  process.phase = 'closed';
  for (const wire of process.serial.values()) wire.near.close();
  for (const input of process.inputs.values()) input.stop();
  process.wires.release();
}

/** The requested lines of the copper, seen through their polarity. */
interface Wires {
  readonly outputs: ReadonlySet<LineName>;
  isActive(line: LineName): boolean;
  put(line: LineName, active: boolean, atUs: number): void;
  dropOutputs(atUs: number, except: ReadonlySet<LineName>): void;
  states(): readonly MockLineState[];
  /** Holds all lines, every output together with its inactive level. */
  take(atUs: number): void;
  release(): void;
}

function createWires(request: HardwareRequest, copper: Copper): Wires {
  const activeLow = new Map([...request.inputs, ...request.outputs].map((one) => [one.line, one.activeLow]));
  const names = [...activeLow.keys()];
  const outputs = new Set(request.outputs.map((output) => output.line));
  const isActive = (line: LineName) => copper.isHigh(line) !== activeLow.get(line);
  const put = (line: LineName, active: boolean, atUs: number) =>
    copper.set(line, active !== activeLow.get(line), atUs);
  const dropOutputs = (atUs: number, except: ReadonlySet<LineName>) => {
    for (const line of outputs) if (!except.has(line)) put(line, false, atUs);
  };
  const stateOf = (line: LineName): MockLineState => ({
    line,
    direction: outputs.has(line) ? 'output' : 'input',
    active: isActive(line),
    history: copper.history(line).map(({ atUs, high }) => ({ atUs, active: high !== activeLow.get(line) })),
  });
  return {
    outputs,
    isActive,
    put,
    dropOutputs,
    states: () => names.map(stateOf),
    take(atUs) {
      copper.take(names);
      for (const { line } of request.inputs) if (copper.isHigh(line) === undefined) put(line, false, atUs);
      dropOutputs(atUs, new Set());
    },
    release: () => copper.release(names),
  };
}

/** D0 and D1 of one reader share a request and so a sequence; every level line is a request of its own. */
function watchInputs(
  request: HardwareRequest,
  wires: Wires,
  newQueue: () => EdgeQueue,
  { nowUs, setTimer }: MockDeps,
): ReadonlyMap<LineName, EdgeDetector> {
  const inputs = new Map<LineName, EdgeDetector>();
  const pairs = new Map<LineName, EdgeQueue>();
  for (const { line, use } of request.inputs) {
    const initial = wires.isActive(line);
    if (use.kind === 'level') {
      const deps = { nowUs, setTimer, debounceMs: use.debounceMs };
      inputs.set(line, levelInput(line, newQueue(), initial, deps));
      continue;
    }
    const queue = pairs.get(use.partner) ?? newQueue();
    pairs.set(line, queue);
    inputs.set(line, pulseInput(line, queue, initial));
  }
  return inputs;
}
