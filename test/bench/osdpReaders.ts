/** Simulated OSDP readers on a pseudo-terminal, in wire time to a tenth of a millisecond. Forked by the bench. */
import { createFineTimer } from '../../src/control/fineTimer.js';
import { randomFrom } from '../simulation/random.js';
import { attachAll } from '../site/osdp/attach.js';
import { cardBits, siteKey } from '../site/osdp/panelScene.js';
import { createPeripheral } from '../site/osdp/peripheral.js';
import { openPseudoTerminal } from '../site/pseudoTerminal.js';

const [count = 1, baud = 9_600, replyMs = 1] = process.argv.slice(2).map(Number);
const pty = openPseudoTerminal();
if ('missing' in pty) throw new Error(pty.missing);
const nowUs = () => Number(process.hrtime.bigint()) / 1e3;
const nowMs = () => nowUs() / 1_000;
const timer = (run: () => void, afterMs: number) => {
  const set = setTimeout(run, afterMs);
  return () => clearTimeout(set);
};
const setTimer = createFineTimer({ nowUs, setTimer: timer, nextTurn: setImmediate });
const readers = Array.from({ length: count }, (_, address) =>
  createPeripheral({ address, baud, scbk: siteKey, replyMs }),
);
attachAll(readers, pty, { nowMs, setTimer });
process.send?.({ path: pty.path });
/** Cards come so far apart that their own bytes do not fill the line. */
const apartMs = Math.max(60, (count * 31 * 10_000) / baud / 2);
let isOn = false;
process.on('message', ({ present }: { readonly present: boolean }) => {
  isOn = present;
  const random = randomFrom(count * baud);
  let card = 0;
  const next = () => {
    if (!isOn) return;
    readers[card % count]?.present(cardBits(card));
    process.send?.({ card, presentedMs: nowMs() });
    card += 1;
    timer(next, apartMs * (0.5 + random.next()));
  };
  next();
});
process.on('disconnect', () => process.exit(0));
