/**
 * Simulated OSDP readers on a pseudo-terminal, in wire time to a tenth of a millisecond. Forked by the bench. They sleep
 * until a reply is due and do not turn in place: on a small machine that would take time from whom they measure.
 */
import { randomFrom } from '../simulation/random.js';
import { attachAll } from '../site/osdp/attach.js';
import { cardBits, siteKey } from '../site/osdp/panelScene.js';
import { createPeripheral } from '../site/osdp/peripheral.js';
import { openPseudoTerminal } from '../site/pseudoTerminal.js';

const [count = 1, baud = 9_600, replyMs = 1] = process.argv.slice(2).map(Number);
const pty = openPseudoTerminal();
if ('missing' in pty) throw new Error(pty.missing);
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
const timer = (run: () => void, afterMs: number) => {
  const set = setTimeout(run, afterMs);
  return () => clearTimeout(set);
};
const nobody = new Int32Array(new SharedArrayBuffer(4));
/** The loop's timers are whole milliseconds and may be one late; the kernel's sleep is a tenth late at most. */
const [loopMs, sleepMs] = [2, 0.1];
const setTimer = (run: () => void, afterMs: number) => {
  const dueMs = nowMs() + afterMs;
  const fire = () => {
    const leftMs = dueMs - nowMs() - sleepMs;
    if (leftMs > 0) Atomics.wait(nobody, 0, 0, leftMs);
    while (nowMs() < dueMs);
    run();
  };
  if (afterMs > loopMs) return timer(fire, Math.floor(afterMs) - loopMs);
  fire();
  return () => undefined;
};
const readers = Array.from({ length: count }, (_, address) =>
  createPeripheral({ address, baud, scbk: siteKey, replyMs }),
);
/** Cards come so far apart that their own bytes do not fill the line. */
const apartMs = Math.max(60, (count * 31 * 10_000) / baud / 2);
const random = randomFrom(count * baud);
const presented: { readonly card: number; readonly atMs: number }[] = [];
let nextMs = Number.POSITIVE_INFINITY;
/** A card counts from its moment; a reader looks when it is asked, so nobody need be awake at that moment. */
const presentDue = () => {
  for (; nextMs <= nowMs(); nextMs += apartMs * (0.5 + random.next())) {
    const card = presented.length;
    readers[card % count]?.present(cardBits(card));
    presented.push({ card, atMs: nextMs });
  }
};
const far = {
  ...pty,
  onBytes: (listener: (bytes: Uint8Array) => void) =>
    pty.onBytes((bytes) => {
      presentDue();
      listener(bytes);
    }),
};
attachAll(readers, far, { nowMs, setTimer });
process.send?.({ path: pty.path });
process.on('message', ({ present }: { readonly present: boolean }) => {
  nextMs = present ? nowMs() + apartMs : Number.POSITIVE_INFINITY;
  if (!present) process.send?.({ presented });
});
process.on('disconnect', () => process.exit(0));
