/**
 * Inputs and outputs of OSDP readers as lines beside the board's: a door contact, a button or a relay may hang at the
 * reader, and the rest of the controller does not see the difference. Whatever happens to the cable, no door is
 * released by it: a press is believed only when it happens while the reader is watched, and a relay that unlocks falls
 * back by itself.
 */
import type { Edge, Hardware, LineFault, LineName } from '../../hardware/ports.js';
import { LineError } from '../../hardware/ports.js';
import type { ReaderId } from '../core/model.js';
import type { OutputCommand } from '../readers/osdp/commands.js';
import type { InputState } from '../readers/osdp/replies.js';

export type ReaderLine =
  | { readonly line: LineName; readonly use: 'state' | 'press'; readonly activeLow: boolean }
  | {
      readonly line: LineName;
      readonly use: 'relay';
      readonly activeLow: boolean;
      readonly failMode: 'fail-secure' | 'fail-safe';
    };

export interface ReaderLineDeps {
  readonly lines: readonly ReaderLine[];
  readonly nowUs: () => number;
  readonly isOnline: (reader: ReaderId) => boolean;
  readonly send: (reader: ReaderId, command: OutputCommand) => void;
  readonly setTimer: (run: () => void, afterMs: number) => () => void;
}

export interface ReaderLines {
  /** A reader's input was told; `first` = found so after its return. Numbers from 0. */
  input(reader: ReaderId, number: number, state: InputState, first: boolean): void;
  /** The reader is back, or there for the first time: what is locked is told so. */
  online(reader: ReaderId): void;
  /** The board with the readers' lines beside its own. */
  over(hardware: BoardLines): BoardLines;
  close(): void;
}

export type BoardLines = Pick<Hardware, 'onEdge' | 'onFault' | 'isActive' | 'setActive' | 'deliver'>;

/** An unlocked relay is told so again within this time, and falls back after it. */
const unlockedMs = 10_000;
const againMs = 4_000;

export function createReaderLines(deps: ReaderLineDeps): ReaderLines {
  const known = new Map(deps.lines.map((line) => [line.line, line]));
  const levels = new Map<LineName, boolean>();
  const relays = new Map<LineName, () => void>();
  const locked = new Map<LineName, () => void>();
  let edge: (edge: Edge) => void = () => undefined;
  let fault: (fault: LineFault) => void = () => undefined;
  let seqno = 0;

  const drive = (line: ReaderLine & { readonly use: 'relay' }, active: boolean): void => {
    const { reader, number } = placeOf(line.line);
    const on = active !== line.activeLow;
    const unlocks = active === (line.failMode === 'fail-secure');
    relays.get(line.line)?.();
    relays.delete(line.line);
    if (!unlocks) {
      // Locked is where the reader stays, and where it goes when it is back.
      const lock = () => deps.send(reader, { kind: 'output', output: number, on });
      locked.set(line.line, lock);
      lock();
      return;
    }
    if (!deps.isOnline(reader)) throw new LineError(line.line, `reader ${reader} is not online`);
    locked.delete(line.line);
    const repeat = (): void => {
      deps.send(reader, { kind: 'output', output: number, on, forMs: unlockedMs });
      relays.set(line.line, deps.setTimer(repeat, againMs));
    };
    repeat();
  };

  return {
    input(reader, number, state, first) {
      const name = `${reader}/in${number + 1}`;
      const line = known.get(name);
      if (line === undefined || line.use === 'relay') return undefined;
      if (state !== 'active' && state !== 'inactive') return fault({ line: name, fault: 'unavailable' });
      const active = (state === 'active') !== line.activeLow;
      const before = levels.get(name) ?? false;
      levels.set(name, active);
      // A button found pressed was pressed unseen, perhaps by whoever cut the cable: it waits for the next press.
      if (active === before || (first && line.use === 'press' && active)) return undefined;
      return edge({ line: name, active, atUs: deps.nowUs(), seqno: seqno++ });
    },
    online(reader) {
      for (const [line, lock] of locked) if (placeOf(line).reader === reader) lock();
    },
    over: (hardware) => ({
      onEdge(listener) {
        edge = listener;
        hardware.onEdge(listener);
      },
      onFault(listener) {
        fault = listener;
        hardware.onFault(listener);
      },
      deliver: () => hardware.deliver(),
      isActive: (line) => (known.has(line) ? (levels.get(line) ?? false) : hardware.isActive(line)),
      setActive(name, active) {
        const line = known.get(name);
        if (line === undefined) hardware.setActive(name, active);
        else if (line.use === 'relay') drive(line, active);
        else throw new LineError(name, 'is an input of a reader');
      },
    }),
    close() {
      for (const cancel of relays.values()) cancel();
    },
  };
}

/** `lobby-in/out2` is output 1 of the reader lobby-in. */
function placeOf(line: LineName): { readonly reader: ReaderId; readonly number: number } {
  const [, reader = '', number = '1'] = /^(.+)\/(?:in|out)(\d+)$/.exec(line) ?? [];
  return { reader, number: Number(number) - 1 };
}
