/**
 * OSDP beside the wire time. On a clock that is a number: card to event, and what a dead reader costs the others. On a
 * pseudo-terminal with the readers in another process: the same through npm serialport, and the share of a core.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openSerialPort } from '../../hardware/drivers/serialport.js';
import { osdpCrypto } from '../../src/control/osdpCrypto.js';
import { openOsdpLine } from '../../src/control/osdpLine.js';
import type { BusEvent } from '../../src/readers/osdp/events.js';
import { randomFrom } from '../simulation/random.js';
import { cardBits, createPanelScene, siteKey } from '../site/osdp/panelScene.js';
import { printFigure, round, spreadOf } from './figures.js';

const CARDS = Number(process.env['BENCH_CARDS'] ?? 400);
const LINE_SECONDS = Number(process.env['BENCH_LINE_SECONDS'] ?? 20);
/** How long a reader thinks before it answers; part of the bound. */
const REPLY_MS = 1;
/** With the mark byte: a sealed POLL, its ACK, and a sealed card of 26 bits. */
const POLL_BYTES = 15;
const ACK_BYTES = 14;
const CARD_BYTES = 30;
/** A command waits for two characters of silence. */
const IDLE_BYTES = 2;

export async function benchOsdp(): Promise<void> {
  for (const baud of [9_600, 115_200]) {
    for (const readers of [1, 8, 32]) virtualCards(readers, baud);
  }
  for (const baud of [9_600, 115_200]) deadReader(baud);
  for (const readers of [1, 8, 32]) await realLine(readers, 115_200);
  await realLine(8, 9_600);
}

interface Bound {
  readonly cycleMs: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * A card waits half a cycle in the middle and the whole of it at worst until its reader has heard a poll; then come the
 * reader's thought and the card's own bytes. Nothing on the line can be quicker.
 */
function boundOf(readers: number, baud: number, pollMs: number): Bound {
  const byteMs = 10_000 / baud;
  const exchangeMs = (POLL_BYTES + ACK_BYTES + IDLE_BYTES) * byteMs + REPLY_MS;
  const cycleMs = Math.max(readers * exchangeMs, pollMs);
  const ownMs = CARD_BYTES * byteMs + REPLY_MS;
  return {
    cycleMs: round(cycleMs),
    p50: round(cycleMs / 2 + ownMs),
    p99: round(0.99 * cycleMs + ownMs),
  };
}

function virtualCards(count: number, baud: number): void {
  const pollMs = 0;
  const readers = Array.from({ length: count }, () => ({ scbk: siteKey, replyMs: REPLY_MS }));
  const scene = createPanelScene({ readers, baud, bus: { pollMs } });
  scene.until(() => readers.every((_, n) => scene.state(n) === 'online'), 60_000);
  const random = randomFrom(count * baud);
  const presentedMs: number[] = [];
  for (let card = 0; card < CARDS; card += 1) {
    scene.run(50 + random.next() * 200);
    presentedMs.push(scene.nowMs());
    scene.readers[card % count]?.present(cardBits(card));
  }
  scene.run(2_000);
  const delays = scene.events.flatMap(({ atMs, event }) =>
    event.kind === 'card' ? [atMs - (presentedMs[Number.parseInt(event.bits, 2)] ?? Number.NaN)] : [],
  );
  report('card to event, in wire time', count, baud, delays, boundOf(count, baud, pollMs));
}

function report(
  figure: string,
  readers: number,
  baud: number,
  delays: readonly number[],
  bound: Bound,
): void {
  const ms = spreadOf(delays);
  const ratio = { p50: round(ms.p50 / bound.p50), p99: round(ms.p99 / bound.p99) };
  printFigure({ bench: 'osdp', figure, readers, baud, ms, boundMs: bound, ratio });
}

/** Eight readers, one of them pulled: how often the others are polled, beside before. */
function deadReader(baud: number): void {
  const readers = Array.from({ length: 8 }, () => ({ scbk: siteKey, replyMs: REPLY_MS, bootMs: 1e9 }));
  const scene = createPanelScene({ readers, baud, bus: { pollMs: 0 } });
  scene.until(() => readers.every((_, n) => scene.state(n) === 'online'), 60_000);
  const polls = () => scene.readers.slice(1).reduce((sum, one) => sum + (one.heard.get(0x60) ?? 0), 0);
  const rate = (ms: number) => {
    const before = polls();
    scene.run(ms);
    return (polls() - before) / (ms / 1_000);
  };
  scene.run(5_000);
  const alive = rate(60_000);
  scene.readers[0]?.powerCycle(scene.nowMs());
  const firstSeconds = rate(5_000);
  const dead = rate(60_000);
  printFigure({
    ...{ bench: 'osdp', figure: 'one dead reader among eight', baud },
    pollsPerSecond: { alive: round(alive), dead: round(dead) },
    lossShare: round(1 - dead / alive),
    lossShareWhileFoundOut: round(1 - firstSeconds / alive),
  });
}

interface ReaderMessage {
  readonly path?: string;
  readonly presented?: readonly { readonly card: number; readonly atMs: number }[];
}

/** The panel of the product on a pseudo-terminal; the readers keep the time of the wire in a process of their own. */
async function realLine(count: number, baud: number): Promise<void> {
  const file = fileURLToPath(new URL('./osdpReaders.js', import.meta.url));
  const child = fork(file, [String(count), String(baud), String(REPLY_MS)]);
  const [{ path = '' }] = (await once(child, 'message')) as [ReaderMessage];
  const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
  const setTimer = (run: () => void, afterMs: number) => {
    const timer = setTimeout(run, afterMs);
    return () => clearTimeout(timer);
  };
  const presented = new Map<number, number>();
  const seen = new Map<number, number>();
  const online = new Set<string>();
  child.on('message', (message: ReaderMessage) => {
    for (const { card, atMs } of message.presented ?? []) presented.set(card, atMs);
  });
  const hear = (event: BusEvent) => {
    if (event.kind === 'card') seen.set(Number.parseInt(event.bits, 2), nowMs());
    if (event.kind === 'state' && event.state === 'online') online.add(event.id);
    if (event.kind === 'state' && event.state === 'offline') online.delete(event.id);
  };
  const serial = openSerialPort({ port: 'bench', device: path, baud }, { setTimer });
  const peripherals = Array.from({ length: count }, (_, address) => ({
    ...{ id: `r${address}`, address, secure: 'required' as const, keys: { active: siteKey } },
  }));
  const line = openOsdpLine({
    ...{ name: 'bench', serial, nowMs, nowWallMs: () => 0, setTimer, on: hear, fault: () => {} },
    config: { peripherals, baud, crypto: osdpCrypto, pollMs: 0, adapter: 'uart' },
  });
  line.start();
  while (online.size < count) await new Promise((resolve) => setTimeout(resolve, 50));
  child.send({ present: true });
  const before = { cpu: process.cpuUsage(), ms: nowMs(), polls: pollsOf(line) };
  await new Promise((resolve) => setTimeout(resolve, LINE_SECONDS * 1_000));
  const { user, system } = process.cpuUsage(before.cpu);
  const elapsedMs = nowMs() - before.ms;
  const polls = pollsOf(line) - before.polls;
  child.send({ present: false });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const delays = [...seen].flatMap(([card, atMs]) => {
    const from = presented.get(card);
    return from === undefined ? [] : [atMs - from];
  });
  report('card to event, npm serialport on a pseudo-terminal', count, baud, delays, boundOf(count, baud, 0));
  printFigure({
    ...{
      bench: 'osdp',
      figure: 'share of a core, npm serialport on a pseudo-terminal',
      readers: count,
      baud,
    },
    cpuShare: round((user + system) / 1_000 / elapsedMs),
    exchangesPerSecond: round((polls * 1_000) / elapsedMs),
    lost: presented.size - seen.size,
  });
  line.close();
  serial.close();
  child.kill();
}

function pollsOf(line: { health(): readonly { readonly counters: { readonly replies: number } }[] }): number {
  return line.health().reduce((sum, { counters }) => sum + counters.replies, 0);
}
