/**
 * Lines by the GPIO character device: queues and time stamps of the kernel, D0 and D1 of a reader in one request,
 * levels debounced by the kernel, outputs that are inactive from the moment they are outputs.
 */
import { closeSync } from 'node:fs';
import {
  type Board,
  type ChipLine,
  type Edge,
  type HardwareRequest,
  type InputRequest,
  LineError,
  type LineFault,
  type LineName,
  type Lines,
} from '../ports.js';
import { checkRequest } from '../request.js';
import { type Chips, createChips } from './gpiochip/chips.js';
import { createSequenceWatch, type SequenceWatch } from './gpiochip/sequence.js';
import { call, decodeEvents, encodeValues, eventBytes, isActiveIn, type LineAsk } from './gpiochip/uapi.js';
import { createWaiter, type Waiter } from './gpiochip/waiter.js';
import { errorName, type Libc, libc } from './libc.js';

export interface GpiochipDeps {
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
}

/**
 * Takes the lines of `request`, outputs first. Throws `LineError`, with nothing held, when the board cannot serve it
 * or a line cannot be had.
 */
export function openGpiochip(board: Board, request: HardwareRequest, deps: GpiochipDeps): Lines {
  checkRequest(board, request);
  const kernel = libc();
  const chips = createChips(kernel);
  const taken: Taken[] = [];
  try {
    for (const ask of asksOf(board, request)) taken.push(take(chips, ask));
  } catch (error) {
    for (const { fd } of taken) closeSync(fd);
    throw error;
  } finally {
    chips.close();
  }
  return linesOf(board.id, taken, kernel, createWaiter(kernel), deps);
}

/** Lines to ask for in one call. */
interface Ask {
  readonly names: readonly LineName[];
  readonly chip: ChipLine;
  readonly ask: LineAsk;
}

/** Lines held. */
interface Taken extends Ask {
  readonly fd: number;
}

function take(chips: Chips, asked: Ask): Taken {
  return { ...asked, fd: chips.request(asked.chip, asked.names, asked.ask) };
}

/** Every output and every level is a request of its own, so that an error names its line; a pulse pair is one. */
function* asksOf(board: Board, { inputs, outputs }: HardwareRequest): Generator<Ask> {
  for (const { line, activeLow } of outputs) {
    const chip = chipOf(board, line);
    yield { names: [line], chip, ask: { kind: 'output', offsets: [chip.offset], activeLow } };
  }
  const paired = new Set<LineName>();
  for (const input of inputs) {
    if (paired.has(input.line)) continue;
    yield input.use.kind === 'level'
      ? levelAsk(board, input, input.use.debounceMs)
      : pairAsk(board, input, inputs);
    if (input.use.kind === 'pulses') paired.add(input.use.partner);
  }
}

function levelAsk(
  board: Board,
  { line, activeLow, bias = 'pull-up' }: InputRequest,
  debounceMs: number,
): Ask {
  const chip = chipOf(board, line);
  const debounceUs = Math.round(debounceMs * 1_000);
  return { names: [line], chip, ask: { kind: 'level', offsets: [chip.offset], activeLow, bias, debounceUs } };
}

function pairAsk(board: Board, input: InputRequest, inputs: readonly InputRequest[]): Ask {
  const { line, activeLow, use, bias = 'pull-up' } = input;
  const partner = inputs.find((other) => use.kind === 'pulses' && other.line === use.partner);
  if (partner === undefined) throw new LineError(line, 'its pulse partner is not requested');
  if (partner.activeLow !== activeLow) throw new LineError(line, `and ${partner.line} differ in polarity`);
  const chip = chipOf(board, line);
  const other = chipOf(board, partner.line);
  if (chip.labels.join() !== other.labels.join()) {
    throw new LineError(line, `is not on one chip with its pulse partner ${partner.line}`);
  }
  const offsets = [chip.offset, other.offset];
  return {
    names: [line, partner.line],
    chip,
    ask: { kind: 'pulses', offsets, activeLow, bias, debounceUs: 0 },
  };
}

function chipOf(board: Board, line: LineName): ChipLine {
  const chip = board.lines.get(line)?.chip;
  if (chip === undefined) throw new LineError(line, `has no GPIO chip in the data of board "${board.id}"`);
  return chip;
}

/** Where one line is in what is held. */
interface Held {
  readonly fd: number;
  readonly index: number;
}

interface Listeners {
  edge?: (edge: Edge) => void;
  fault: (fault: LineFault) => void;
}

function linesOf(
  board: string,
  taken: readonly Taken[],
  kernel: Libc,
  waiter: Waiter,
  deps: GpiochipDeps,
): Lines {
  const held = (isOutput: boolean): Map<LineName, Held> =>
    new Map(
      taken
        .filter(({ ask }) => (ask.kind === 'output') === isOutput)
        .flatMap(({ names, fd }) => names.map((name, index) => [name, { fd, index }] as const)),
    );
  const outputs = held(true);
  const inputs = held(false);
  const listeners: Listeners = { fault: () => {} };
  const queues = taken
    .filter(({ ask }) => ask.kind !== 'output')
    .map((one) => createQueue(one, kernel, listeners, deps));
  let closed = false;
  const drive = (line: LineName, active: boolean): void => {
    const output = outputs.get(line);
    if (output === undefined) throw new LineError(line, 'is not requested as an output');
    const error = kernel.ioctl(output.fd, call.setValues, encodeValues(output.index, active));
    if (error !== 0) throw new LineError(line, `the kernel refuses to drive it (${errorName(error)})`);
  };
  return {
    board,
    onEdge(listener) {
      const first = listeners.edge === undefined;
      listeners.edge = listener;
      if (first) for (const queue of queues) waiter.watch(queue.fd, queue.deliver);
    },
    onFault(listener) {
      listeners.fault = listener;
    },
    isActive(line) {
      const input = inputs.get(line);
      if (input === undefined) throw new LineError(line, 'is not requested as an input');
      const values = encodeValues(input.index, false);
      const error = kernel.ioctl(input.fd, call.getValues, values);
      if (error !== 0) throw new LineError(line, `the kernel does not tell its level (${errorName(error)})`);
      return isActiveIn(values, input.index);
    },
    setActive: drive,
    deliver() {
      if (listeners.edge !== undefined) for (const queue of queues) queue.deliver();
    },
    prove: waiter.prove,
    close() {
      for (const line of outputs.keys()) tryTo(() => drive(line, false));
      waiter.close();
      for (const queue of queues) queue.stop();
      for (const { fd } of closed ? [] : taken) tryTo(() => closeSync(fd));
      closed = true;
      outputs.clear();
      inputs.clear();
    },
  };
}

/** The queue of one request: what waits is read, numbered edges are handed on, gaps are faults. */
function createQueue({ names, ask, fd }: Taken, kernel: Libc, listeners: Listeners, deps: GpiochipDeps) {
  kernel.setNonBlocking(fd);
  const lineAt = new Map(ask.offsets.map((offset, index) => [offset, names[index] ?? '']));
  let open = true;
  let latest = names[0] ?? '';
  const sequence: SequenceWatch = createSequenceWatch({
    setTimer: deps.setTimer,
    lost: () => listeners.fault({ line: latest, fault: 'edges-lost' }),
  });
  const events = Buffer.alloc(eventBytes * portion);
  return {
    fd,
    deliver() {
      for (let portions = 0; open && portions < portionsMax; portions += 1) {
        const length = kernel.read(fd, events);
        for (const { offset, active, atUs, seqno } of decodeEvents(events.subarray(0, length))) {
          latest = lineAt.get(offset) ?? latest;
          sequence.see(seqno);
          if (open) listeners.edge?.({ line: latest, active, atUs, seqno });
        }
        if (length < events.length) return;
      }
    },
    stop() {
      open = false;
      sequence.stop();
    },
  };
}

const portion = 64;
/** As much as the kernel's queue holds; a flood beyond it waits for the next turn. */
const portionsMax = 16;

/** Closing goes on whatever one line says. */
function tryTo(run: () => void): void {
  try {
    run();
  } catch {
    // The line stays as the kernel has it.
  }
}
