/** A simulated Wiegand reader: what a person presents, as pulses on two lines. */
import type { Mock, MockPulse } from '../../hardware/mock/mock.js';
import type { LineName } from '../../hardware/ports.js';
import { bitsOfKey, type Key, type KeyMode } from '../../src/readers/wiegand/keypad.js';
import type { PulseEdge } from '../../src/readers/wiegand/pulses.js';

export interface PulseTiming {
  readonly spacingUs: number;
  readonly widthUs: number;
}

const usual: PulseTiming = { spacingUs: 1000, widthUs: 50 };
/** Silence a reader keeps between two frames. */
const restUs = 60_000;
const betweenKeysUs = 200_000;

/** The edges of one frame, for a decoder without a board. Sequence numbers start at `seqno`. */
export function edgesOf(bits: string, startUs: number, seqno = 1, spacingUs = usual.spacingUs): PulseEdge[] {
  return [...bits].map((bit, index) => ({
    bit: bit === '1' ? 1 : 0,
    atUs: startUs + index * spacingUs,
    seqno: (seqno + index) % 2 ** 32,
  }));
}

export interface WiegandReader {
  /** Sends one frame now, or when the one before has been over for a while. Gives the stamp of its last edge. */
  present(bits: string): number;
  /** Types keys, one frame each. Gives the stamp of the last edge. */
  type(keys: string, mode: KeyMode): number;
}

interface ReaderWires {
  readonly mock: Pick<Mock, 'pulseTrain'>;
  readonly d0: LineName;
  readonly d1: LineName;
  readonly nowUs: () => number;
  readonly timing?: PulseTiming;
}

/** A reader on two lines of a mock board. Frames follow each other by their stamps, which may run ahead of the clock. */
export function createWiegandReader({ mock, d0, d1, nowUs, timing = usual }: ReaderWires): WiegandReader {
  let freeUs = 0;
  const send = (bits: string, afterUs: number): number => {
    const startUs = Math.max(nowUs(), freeUs);
    const pulses = pulsesOf(bits, startUs, { d0, d1 }, timing);
    mock.pulseTrain(pulses);
    const endUs = pulses[pulses.length - 1]?.atUs ?? startUs;
    freeUs = endUs + afterUs;
    return endUs;
  };
  return {
    present: (bits) => send(bits, restUs),
    type: (keys, mode) =>
      [...keys].reduce((_, key) => send(bitsOfKey(key as Key, mode), betweenKeysUs), nowUs()),
  };
}

function pulsesOf(
  bits: string,
  startUs: number,
  lines: { readonly d0: LineName; readonly d1: LineName },
  { spacingUs, widthUs }: PulseTiming,
): MockPulse[] {
  return [...bits].map((bit, index) => ({
    line: bit === '1' ? lines.d1 : lines.d0,
    atUs: startUs + index * spacingUs,
    widthUs,
  }));
}
