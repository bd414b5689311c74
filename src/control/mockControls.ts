import type { LineName } from '../../hardware/ports.js';
import type { DoorId, ReaderId } from '../core/model.js';
import type { MockLine } from '../core/requests.js';
import { framesOfPin, type Keypad } from '../readers/wiegand/keypad.js';
import type { MockControls } from './requests.js';

/** What of the mock board is needed: a hand on its terminals. */
export interface MockTerminals {
  drive(line: LineName, active: boolean): void;
  pulseTrain(
    pulses: readonly { readonly line: LineName; readonly atUs: number; readonly widthUs: number }[],
  ): void;
  lines(): readonly MockLine[];
}

export interface MockWiring {
  readonly readers: readonly {
    readonly id: ReaderId;
    readonly d0: LineName;
    readonly d1: LineName;
    readonly frameGapMs: number;
    readonly keypad?: Keypad;
    readonly tamper?: LineName;
  }[];
  readonly fire?: LineName;
  readonly doors: readonly {
    readonly id: DoorId;
    readonly contact?: LineName;
    readonly contactOpenWhenActive: boolean;
    readonly rex?: LineName;
  }[];
}

/** Pulses as readers of the field send them: 50 us wide, 1 ms from start to start. */
const WIDTH_US = 50;
const SPACING_US = 1_000;

/** A person in front of the mock board: presents cards, types PINs, opens doors, presses buttons. */
export function createMockControls(
  wiring: MockWiring,
  terminals: MockTerminals,
  nowUs: () => number,
): MockControls {
  const doorOf = (id: DoorId) => wiring.doors.find((door) => door.id === id);
  /** When each reader's lines are free again: frames presented at once follow one another as on a real wire. */
  const freeAtUs = new Map<ReaderId, number>();
  const drive = (line: LineName | undefined, active: boolean): boolean => {
    if (line === undefined) return false;
    terminals.drive(line, active);
    return true;
  };
  return {
    present: (id, what) => {
      const reader = wiring.readers.find((one) => one.id === id);
      if (reader === undefined) return false;
      const frames = 'bits' in what ? [what.bits] : reader.keypad && framesOfPin(what.pin, reader.keypad);
      if (frames === undefined) return false;
      let atUs = Math.max(nowUs(), freeAtUs.get(id) ?? 0);
      for (const bits of frames) {
        terminals.pulseTrain(
          [...bits].map((bit, index) => ({
            line: bit === '0' ? reader.d0 : reader.d1,
            atUs: atUs + index * SPACING_US,
            widthUs: WIDTH_US,
          })),
        );
        atUs += bits.length * SPACING_US + 2 * reader.frameGapMs * 1_000;
      }
      freeAtUs.set(id, atUs);
      return true;
    },
    contact: (id, open) => {
      const door = doorOf(id);
      return drive(door?.contact, open === (door?.contactOpenWhenActive ?? true));
    },
    rex: (id, active) => drive(doorOf(id)?.rex, active),
    tamper: (id, active) => drive(wiring.readers.find((one) => one.id === id)?.tamper, active),
    fire: (active) => drive(wiring.fire, active),
    lines: () => terminals.lines(),
  };
}
