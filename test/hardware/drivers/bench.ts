import { openHardware } from '../../../hardware/open.js';
import type { HardwareRequest } from '../../../hardware/ports.js';
import type { OpenPair } from '../contract.js';
import { type Terminals, terminalLines } from './terminals.js';

/** Real lines under a real driver, put back to rest before each test: every input high, as its pull-up leaves it. */
export function benchOf(hand: Terminals, asked: Partial<HardwareRequest>): () => OpenPair {
  return () => {
    for (const line of terminalLines.pulses) hand.drive(line, true);
    hand.drive(terminalLines.level, false);
    return (request) => ({
      hardware: openHardware({ ...request, ...asked }, { nowUs, setTimer }).hardware,
      drive: hand.drive,
      isHigh: hand.isHigh,
      wait,
    });
  };
}

/** Never too short; a timer of one millisecond may fire after a tenth. */
async function wait(ms: number): Promise<void> {
  const untilUs = nowUs() + ms * 1_000;
  do {
    await new Promise((resolve) => setTimeout(resolve, ms));
  } while (nowUs() < untilUs);
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

function setTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}
