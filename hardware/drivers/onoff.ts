/**
 * Lines by the `onoff` package, which is sysfs: relays, lamps, contacts and buttons on kernels that have it. No queue,
 * no time stamps, no bias; debounced here.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { edgeLossReason } from '../edgeLoss.js';
import { createEdgeQueue, type EdgeDetector, type EdgeQueue, levelInput, type SetTimer } from '../kernel.js';
import {
  type Board,
  type Edge,
  type HardwareRequest,
  type InputRequest,
  LineError,
  type LineFault,
  type LineName,
  type Lines,
  type OutputRequest,
} from '../ports.js';
import { checkRequest } from '../request.js';
import { libc } from './libc.js';
import { lineFolder, sysfsBase } from './sysfs.js';

export interface OnoffDeps {
  readonly nowUs: () => number;
  readonly setTimer: SetTimer;
}

/** What is used of the package's class. */
interface Gpio {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  direction(): 'in' | 'out';
  watch(tell: (error: Error | null | undefined, value: 0 | 1) => void): void;
  unexport(): void;
}

type MakeGpio = new (
  number: number,
  direction: 'in' | 'low' | 'high',
  edge?: 'rising' | 'falling' | 'both',
) => Gpio;

/**
 * Takes the lines of `request`, outputs first. Throws `LineError`, with nothing held, when the board cannot serve it
 * or a line cannot be had, and `Error` when the package is missing.
 */
export function openOnoff(board: Board, request: HardwareRequest, deps: OnoffDeps): Lines {
  checkRequest(board, request);
  const pulses = request.inputs.find(({ use }) => use.kind === 'pulses');
  if (pulses !== undefined && request.acceptEdgeLoss !== true) {
    throw new LineError(
      pulses.line,
      `driver: onoff loses pulses: ${edgeLossReason}. Else acceptEdgeLoss: true`,
    );
  }
  const Gpio = loadOnoff();
  const held = new Map<LineName, Held>();
  const taken = (asked: { readonly line: LineName }, how: Parameters<typeof take>[3]) => {
    const one = take(Gpio, board, asked.line, how);
    held.set(asked.line, one);
    return one;
  };
  try {
    for (const output of request.outputs) takeOutput(output, taken);
    for (const input of request.inputs) taken(input, ['in', edgeOf(input)]);
  } catch (error) {
    for (const one of held.values()) letGo(one);
    throw error;
  }
  return linesOf(board.id, request, held, deps);
}

/**
 * Of pulses the trailing edge: the package compares the edge with the level it reads after waking, when a pulse of
 * 50 us is over already.
 */
function edgeOf({ use, activeLow }: InputRequest): 'rising' | 'falling' | 'both' {
  if (use.kind === 'level') return 'both';
  return activeLow ? 'rising' : 'falling';
}

function loadOnoff(): MakeGpio {
  try {
    const { Gpio } = createRequire(import.meta.url)('onoff') as { readonly Gpio: MakeGpio };
    return Gpio;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `driver: onoff needs the package onoff, which cannot be loaded here (${why}): npm install`,
    );
  }
}

interface Held {
  readonly gpio: Gpio;
  readonly lockFd: number;
}

/** The level is written together with the direction, and read back: the package does not report a refusal. */
function takeOutput(
  { line, activeLow }: OutputRequest,
  taken: (asked: { readonly line: LineName }, how: ['low' | 'high']) => Held,
): void {
  const { gpio } = taken({ line }, [activeLow ? 'high' : 'low']);
  if (gpio.direction() === 'out' && gpio.readSync() === (activeLow ? 1 : 0)) return;
  throw new LineError(line, 'cannot be made an output');
}

/** A line exported by a process that is gone is taken over; one whose process lives is locked. */
function take(
  Gpio: MakeGpio,
  board: Board,
  line: LineName,
  how: readonly ['low' | 'high'] | readonly ['in', 'rising' | 'falling' | 'both'],
): Held {
  const number = numberOf(board, line);
  const leftOver = existsSync(lineFolder(number)) ? lockLine(line, number) : undefined;
  try {
    const [direction, edge] = how;
    const gpio = edge === undefined ? new Gpio(number, direction) : new Gpio(number, direction, edge);
    return { gpio, lockFd: leftOver ?? lockLine(line, number) };
  } catch (error) {
    if (leftOver !== undefined) closeSync(leftOver);
    if (error instanceof LineError) throw error;
    const busy = error instanceof Error && 'code' in error && error.code === 'EBUSY';
    const text = error instanceof Error ? error.message : String(error);
    throw new LineError(line, busy ? 'is held by another program' : `sysfs refuses it (${text})`);
  }
}

/** A lock that ends with its process, unlike the export. */
function lockLine(line: LineName, number: number): number {
  const fd = openSync(lineFolder(number), 'r');
  if (libc().lock(fd) === 0) return fd;
  closeSync(fd);
  throw new LineError(line, 'is held by another program');
}

function numberOf(board: Board, line: LineName): number {
  const chip = board.lines.get(line)?.chip;
  if (chip === undefined) throw new LineError(line, `has no GPIO chip in the data of board "${board.id}"`);
  const base = sysfsBase(chip.labels);
  if (base !== undefined) return base + chip.offset;
  const labels = chip.labels.join(' or ');
  throw new LineError(line, `/sys/class/gpio has no chip ${labels}; this kernel needs driver: gpiochip`);
}

function letGo({ gpio, lockFd }: Held): void {
  try {
    gpio.unexport();
  } catch {
    // The line stays as the kernel has it.
  }
  closeSync(lockFd);
}

interface Listeners {
  edge?: (edge: Edge) => void;
  fault: (fault: LineFault) => void;
}

function linesOf(board: string, request: HardwareRequest, held: Map<LineName, Held>, deps: OnoffDeps): Lines {
  const listeners: Listeners = { fault: () => {} };
  const inputs = watchInputs(request.inputs, held, listeners, deps);
  const activeLow = new Map(request.outputs.map((output) => [output.line, output.activeLow]));
  const drive = (line: LineName, active: boolean): void => {
    const low = activeLow.get(line);
    const gpio = held.get(line)?.gpio;
    if (gpio === undefined || low === undefined) throw new LineError(line, 'is not requested as an output');
    try {
      gpio.writeSync(active === low ? 0 : 1);
    } catch (error) {
      throw new LineError(
        line,
        `sysfs refuses to drive it (${error instanceof Error ? error.message : error})`,
      );
    }
  };
  const look = (): boolean => [...inputs.values()].every((input) => input.look());
  return {
    board,
    onEdge(listener) {
      listeners.edge = listener;
      for (const input of inputs.values()) input.queue.drain();
    },
    onFault(listener) {
      listeners.fault = listener;
    },
    isActive(line) {
      const input = held.size === 0 ? undefined : inputs.get(line);
      if (input === undefined) throw new LineError(line, 'is not requested as an input');
      return input.isActive();
    },
    setActive: drive,
    deliver: () => void look(),
    prove(read) {
      if (held.size === 0 || !look()) return;
      deps.setTimer(() => {
        if (held.size > 0) read();
      }, 0);
    },
    close() {
      for (const line of activeLow.keys()) tryTo(() => drive(line, false));
      for (const input of inputs.values()) input.stop();
      for (const one of held.values()) letGo(one);
      held.clear();
    },
  };
}

interface OnoffInput {
  readonly queue: EdgeQueue;
  /** Reads the level, which is what an edge that was lost would have told; false when sysfs refuses. */
  look(): boolean;
  isActive(): boolean;
  stop(): void;
}

function watchInputs(
  requests: readonly InputRequest[],
  held: ReadonlyMap<LineName, Held>,
  listeners: Listeners,
  deps: OnoffDeps,
): ReadonlyMap<LineName, OnoffInput> {
  const inputs = new Map<LineName, OnoffInput>();
  const newQueue = () =>
    createEdgeQueue({
      flowing: () => listeners.edge !== undefined,
      deliver: (edge) => listeners.edge?.(edge),
      lost: (line) => listeners.fault({ line, fault: 'edges-lost' }),
    });
  const fail = (line: LineName) => listeners.fault({ line, fault: 'unavailable' });
  for (const asked of requests) {
    const gpio = held.get(asked.line)?.gpio;
    if (gpio === undefined) continue;
    const { use } = asked;
    const partner = use.kind === 'pulses' ? inputs.get(use.partner)?.queue : undefined;
    const queue = partner ?? newQueue();
    const watched = use.kind === 'pulses' ? watchPulses(asked, gpio, queue, deps, fail) : undefined;
    inputs.set(asked.line, watched ?? watchLevel(asked, gpio, queue, deps, fail));
  }
  return inputs;
}

function watchPulses(
  { line, activeLow }: InputRequest,
  gpio: Gpio,
  queue: EdgeQueue,
  { nowUs }: OnoffDeps,
  fail: (line: LineName) => void,
): OnoffInput {
  gpio.watch((error) => {
    if (error) fail(line);
    else queue.push(line, true, nowUs());
  });
  return {
    queue,
    look: () => true,
    isActive: () => (gpio.readSync() === 1) !== activeLow,
    stop() {},
  };
}

function watchLevel(
  { line, activeLow, use }: InputRequest,
  gpio: Gpio,
  queue: EdgeQueue,
  deps: OnoffDeps,
  fail: (line: LineName) => void,
): OnoffInput {
  const isActive = () => (gpio.readSync() === 1) !== activeLow;
  const debounceMs = use.kind === 'level' ? use.debounceMs : 0;
  const input: EdgeDetector = levelInput(line, queue, isActive(), { ...deps, debounceMs });
  const look = (): boolean => {
    try {
      input.change(isActive(), deps.nowUs());
      return true;
    } catch {
      fail(line);
      return false;
    }
  };
  gpio.watch((error) => {
    if (error) fail(line);
    else look();
  });
  return {
    queue,
    look,
    isActive() {
      look();
      return input.isActive();
    },
    stop: input.stop,
  };
}

/** Closing goes on whatever one line says. */
function tryTo(run: () => void): void {
  try {
    run();
  } catch {
    // The line stays as the kernel has it.
  }
}
