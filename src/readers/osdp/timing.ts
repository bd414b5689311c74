/** The times of a line that follow from its speed. */

/** Below this a timer is coarser than the pause it should make. */
const timerMs = 1;

export interface Timing {
  readonly byteMs: number;
  /** Silence to keep before a command. */
  readonly gapMs: number;
  /** Mark bytes before SOM. */
  readonly marks: number;
}

/**
 * Two characters of silence come before a command, and one mark byte. Where two characters are less than a timer can
 * wait, two more mark bytes take their place: a line at mark, which readers skip, and no time lost.
 */
export function timingOf(baud: number): Timing {
  const byteMs = 10_000 / baud;
  const canWait = 2 * byteMs >= timerMs;
  return { byteMs, gapMs: canWait ? 2 * byteMs : 0, marks: canWait ? 1 : 3 };
}

export function withMarks(frame: Uint8Array, marks: number): Uint8Array {
  const bytes = new Uint8Array(frame.length + marks).fill(0xff, 0, marks);
  bytes.set(frame, marks);
  return bytes;
}
