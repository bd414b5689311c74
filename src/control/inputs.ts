/** From lines to what they mean: edges in, cards, PINs, contacts, buttons and alarms out. No rule of a door here. */
import type { Edge, Hardware, HardwareRequest, InputRequest, LineName } from '../../hardware/ports.js';
import type { DoorId, ReaderId } from '../core/model.js';
import type { ReaderHealth } from '../core/requests.js';
import { type LampWiring, lampOutputsOf } from './lamps.js';
import { type LockWiring, outputsOf, type ZoneOutputWiring } from './outputs.js';
import {
  createReaderInput,
  type ReaderDeps,
  type ReaderInput,
  type ReaderListener,
  type ReaderWiring,
} from './readerInput.js';

export interface DoorWiring {
  readonly id: DoorId;
  readonly contact?: LineName;
  /** The contact's line is active while the leaf is open. */
  readonly contactOpenWhenActive: boolean;
  readonly rex?: LineName;
}

export interface InputWiring {
  readonly doors: readonly DoorWiring[];
  readonly readers: readonly ReaderWiring[];
  readonly fire?: LineName;
  /** Contacts, buttons, tampers and fire by their line. D0 and D1 are always active low. */
  readonly levels: ReadonlyMap<LineName, LevelWiring>;
}

export interface LevelWiring {
  readonly activeLow: boolean;
  /** How long a level must stand before it counts. */
  readonly debounceMs: number;
}

/** What the inputs have to say. Called in the order of the edges. */
export interface InputListener extends ReaderListener {
  contact(door: DoorId, open: boolean): void;
  rex(door: DoorId, active: boolean): void;
  tamper(reader: ReaderId, active: boolean): void;
  fire(active: boolean): void;
}

export interface InputDeps extends ReaderDeps {
  readonly wiring: InputWiring;
  readonly hardware: Pick<Hardware, 'onEdge' | 'onFault' | 'isActive' | 'deliver'>;
  readonly on: InputListener;
}

export interface Inputs {
  /** Counts since start, one entry a reader. */
  health(): readonly ReaderHealth[];
  /** Says nothing from now on. */
  close(): void;
}

/** What to ask of the board for this wiring. */
export function requestOf(
  board: string,
  wiring: InputWiring,
  driven: {
    readonly locks: readonly LockWiring[];
    readonly outputs: readonly ZoneOutputWiring[];
    readonly lamps: readonly LampWiring[];
  },
): HardwareRequest {
  const pulses = (line: LineName, partner: LineName): InputRequest => ({
    line,
    use: { kind: 'pulses', partner },
    activeLow: true,
  });
  const levels = [...wiring.levels].map(
    ([line, { activeLow, debounceMs }]): InputRequest => ({
      line,
      use: { kind: 'level', debounceMs },
      activeLow,
    }),
  );
  return {
    board,
    inputs: [...wiring.readers.flatMap(({ d0, d1 }) => [pulses(d0, d1), pulses(d1, d0)]), ...levels],
    outputs: [...outputsOf(driven.locks, driven.outputs), ...lampOutputsOf(driven.lamps)],
  };
}

/**
 * Starts listening. Reports first how contacts, tampers and the fire input stand; a request to exit needs a press,
 * so one held since before is not reported. Two equal reads in a row are two reads: the core decides.
 */
export function createInputs(deps: InputDeps): Inputs {
  const { wiring, hardware, on } = deps;
  const levels = levelsOf(wiring, on);
  const reported = new Map<LineName, boolean>();
  const report = (line: LineName, active: boolean) => {
    reported.set(line, active);
    levels.get(line)?.report(active);
  };
  for (const [line, { kind }] of levels) {
    const active = hardware.isActive(line);
    reported.set(line, active);
    if (kind === 'state') report(line, active);
  }

  const readers = wiring.readers.map((reader) => createReaderInput(reader, deps));
  const takers = new Map<LineName, (edge: Edge) => void>();
  for (const [line, { kind }] of levels) {
    takers.set(line, ({ active }) => {
      if (kind === 'press' || active !== reported.get(line)) report(line, active);
    });
  }
  for (const reader of readers) {
    takers.set(reader.wiring.d0, ({ atUs, seqno }) => reader.take({ bit: 0, atUs, seqno }));
    takers.set(reader.wiring.d1, ({ atUs, seqno }) => reader.take({ bit: 1, atUs, seqno }));
  }

  let closed = false;
  hardware.onFault(({ line, fault }) => {
    if (closed) return;
    on.fault(line, fault);
    if (fault !== 'edges-lost' || !levels.has(line)) return;
    // The change of level itself may be what was lost.
    deps.afterDelivery(() => {
      if (closed) return;
      const active = hardware.isActive(line);
      if (active !== reported.get(line)) report(line, active);
    });
  });
  hardware.onEdge((edge) => {
    if (!closed) takers.get(edge.line)?.(edge);
  });
  return {
    health: () => readers.map((reader) => healthOf(reader, reported)),
    close() {
      closed = true;
      for (const reader of readers) reader.stop();
    },
  };
}

/** Its counts, and how its housing stands. */
function healthOf({ wiring, health }: ReaderInput, reported: ReadonlyMap<LineName, boolean>): ReaderHealth {
  const tamper = wiring.tamper === undefined ? undefined : reported.get(wiring.tamper);
  return { ...health(), ...(tamper === undefined ? {} : { tamper }) };
}

interface Level {
  /** A state is told at the start and when it changes; of a press every edge is. */
  readonly kind: 'state' | 'press';
  readonly report: (active: boolean) => void;
}

function levelsOf({ doors, readers, fire }: InputWiring, on: InputListener): ReadonlyMap<LineName, Level> {
  const levels = new Map<LineName, Level>();
  const add = (line: LineName | undefined, kind: Level['kind'], report: Level['report']) => {
    if (line !== undefined) levels.set(line, { kind, report });
  };
  for (const { id, contact, contactOpenWhenActive, rex } of doors) {
    add(contact, 'state', (active) => on.contact(id, active === contactOpenWhenActive));
    add(rex, 'press', (active) => on.rex(id, active));
  }
  for (const { id, tamper } of readers) add(tamper, 'state', (active) => on.tamper(id, active));
  add(fire, 'state', (active) => on.fire(active));
  return levels;
}
