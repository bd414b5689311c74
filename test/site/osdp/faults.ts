/** What can go wrong between a reader and its panel, one command at a time. */
import { crcOf } from './frame.js';

export type Fault =
  | 'drop-command'
  | 'drop-reply'
  | 'corrupt-command'
  | 'corrupt-reply'
  | 'truncate-reply'
  /** Comes after the panel gave up; what the reader says to the repeats comes after it. */
  | 'late-reply'
  /** Late too, but repeats are answered before it: no reader and no adapter does that, a network in between may. */
  | 'overtaken-reply'
  /** Comes late but in time: 180 ms. */
  | 'slow-reply'
  /** In pieces with 40 ms between, as some USB adapters hand it over. */
  | 'split-reply'
  | 'double-reply'
  | 'busy'
  | 'wrong-sequence'
  /** Asks for a new start. */
  | 'sequence-0'
  | 'wrong-address'
  /** The receiver hears what its own sender says. */
  | 'echo'
  | 'bad-mac'
  | 'power-cycle'
  /** Noise before the reply, a false start of a frame in it. */
  | 'babble'
  | `nak-${number}`;

/** The moment a command is heard. */
export interface Moment {
  readonly nowMs: number;
  readonly command: number;
  /** What the reply would carry, also when it is repeated. */
  readonly carries: 'card' | 'keys' | 'vendor' | undefined;
  readonly isRepeat: boolean;
  readonly inSession: boolean;
}

export type Plan = (moment: Moment) => Fault | undefined;

/** Bytes to send, so long after the one before (or after the command). */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly afterMs: number;
}

const lateMs = 700;
const slowMs = 180;

/** A reply as the fault lets it go out. */
export function distort(
  frame: Uint8Array,
  fault: Fault | undefined,
  replyMs: number,
  command: Uint8Array,
): readonly Piece[] {
  const one = (bytes: Uint8Array, afterMs = replyMs): readonly Piece[] => [{ bytes, afterMs }];
  const changed = (at: number, mask: number) =>
    frame.map((byte, index) => (index === at ? byte ^ mask : byte));
  switch (fault) {
    case 'drop-reply':
      return [];
    case 'corrupt-reply':
      return one(changed(frame.length - 3, 0x10));
    case 'truncate-reply':
      return one(frame.slice(0, -3));
    case 'late-reply':
    case 'overtaken-reply':
      return one(frame, lateMs);
    case 'slow-reply':
      return one(frame, slowMs);
    case 'split-reply':
      return [0, 3, 6].map((at, index) => ({
        bytes: frame.slice(at, index === 2 ? undefined : at + 3),
        afterMs: index === 0 ? replyMs : 40,
      }));
    case 'double-reply':
      return [...one(frame), ...one(frame)];
    case 'wrong-sequence':
      // Never 0, which would be the wish to start anew.
      return one(checked(changed(4, ((frame[4] ?? 0) & 3) === 1 ? 0x03 : 0x01)));
    case 'wrong-address':
      return one(checked(changed(1, 0x01)));
    case 'echo':
      return one(Uint8Array.of(...command, ...frame));
    case 'bad-mac':
      return one(checked(changed(frame.length - 4, 0x01)));
    case 'babble':
      return one(Uint8Array.of(0x00, 0x53, 0x81, 0x0a, 0x00, 0xff, 0x53, ...frame));
    default:
      return one(frame);
  }
}

/** The same frame with its CRC made right again. */
function checked(frame: Uint8Array): Uint8Array {
  const body = frame.slice(0, -2);
  const crc = crcOf(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}
