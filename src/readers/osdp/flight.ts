/** The one frame in flight on a line: sent, waited for, answered, or given up. */
import { hear, speak } from './conversation.js';
import type { BusEvent } from './events.js';
import { type Found, type Frame, type FrameFinder, frameBytesMax } from './frame.js';
import { endInstall, noteCalm, restart, type Scene, sessionOver, silent } from './handshake.js';
import { isLateCopy, noteLateCopies } from './lateCopy.js';
import { matchReply } from './match.js';
import { type Exchange, isArmed, noteReplyTime, type Peripheral } from './peripheral.js';
import { failWaiting } from './queue.js';
import type { OsdpCrypto } from './secure.js';
import type { Turns } from './turns.js';

/** A reader must begin its reply within this time. */
const replyMs = 200;
/** Nobody is waited for less. */
const patienceMinMs = 25;
/** One silent probe of so many waits the whole time. */
const wholeProbes = 8;
/** The pauses before a frame is sent again; after the last repeat the link is lost. */
const repeatsMs = [0, 500, 2_000] as const;
const busyMax = 20;
const busyAgainMs = 50;
const offlineMs = 8_000;
/** Bytes looked at for one answer; what a babbler sends beyond is dropped unread. */
const bytesPerReplyMax = 3 * frameBytesMax;
const probesMs = [500, 1_000] as const;

/** A line as its bus remembers it. */
export interface Line {
  readonly crypto: OsdpCrypto;
  readonly pollMs: number;
  readonly byteMs: number;
  readonly gapMs: number;
  readonly marks: number;
  /** What the adapter adds to a reply's time. */
  readonly slackMs: number;
  /** A pause inside a frame longer than this ends it. */
  readonly betweenBytesMs: number;
  readonly peripherals: Peripheral[];
  readonly finder: FrameFinder;
  readonly turns: Turns;
  flight: Flight | undefined;
  /** Not before this moment is anything sent. */
  freeMs: number;
  events: BusEvent[];
}

export interface Flight {
  readonly peripheral: Peripheral;
  readonly exchange: Exchange;
  /** When its last byte is out. */
  readonly sentMs: number;
  deadlineMs: number;
  /** However much of a reply is on its way, then it is over. */
  readonly latestMs: number;
  lastByteMs: number;
  bytes: number;
}

export function sceneOf({ crypto, events }: Line, nowMs: number): Scene {
  return { crypto, nowMs, events };
}

/** Chooses whose turn it is and puts its frame in flight; undefined = nobody's, or the line is not free yet. */
export function nextExchange(line: Line, nowMs: number): Exchange | undefined {
  if (nowMs < line.freeMs) return undefined;
  const peripheral = line.turns.pick(nowMs);
  if (peripheral === undefined) return undefined;
  const exchange = peripheral.exchange ?? speak(peripheral, sceneOf(line, nowMs));
  exchange.tries++;
  line.finder.clear();
  const sentMs = nowMs + (exchange.bytes.length + line.marks) * line.byteMs;
  const deadlineMs = sentMs + patienceMs(line, peripheral, exchange);
  const latestMs = deadlineMs + frameBytesMax * line.byteMs;
  line.flight = { ...{ peripheral, exchange, sentMs, deadlineMs, latestMs }, lastByteMs: nowMs, bytes: 0 };
  return exchange;
}

/**
 * The first time a reader has what the standard gives it. One that let that time pass is asked again for no longer
 * than its slowest reply ever took, four times over: the line belongs to the others too, and a repeated reply is
 * stored. Never heard, or every eighth probe: the whole time.
 */
function patienceMs({ slackMs }: Line, { up, probes, slowestMs }: Peripheral, { tries }: Exchange): number {
  const wholeMs = replyMs + slackMs;
  const isWhole = up ? tries === 1 : probes % wholeProbes === wholeProbes - 1;
  if (isWhole || slowestMs === undefined) return wholeMs;
  return Math.min(wholeMs, Math.max(patienceMinMs, 4 * slowestMs));
}

/** When to look again while a frame is in flight. */
export function flightWakeMs({ finder, betweenBytesMs }: Line, { deadlineMs, lastByteMs }: Flight): number {
  return finder.pending().bytes > 0 ? Math.min(deadlineMs, lastByteMs + betweenBytesMs) : deadlineMs;
}

/** Bytes of an answer, or of anything. */
export function takeBytes(line: Line, bytes: Uint8Array, nowMs: number): void {
  line.freeMs = nowMs + line.gapMs;
  const { flight } = line;
  if (flight === undefined) return;
  const room = Math.max(0, bytesPerReplyMax - flight.bytes);
  flight.bytes += bytes.length;
  flight.lastByteMs = nowMs;
  takeFound(line, line.finder.push(bytes.subarray(0, room)), nowMs);
}

/** Time passed: a frame that stopped half-way is dropped, an answer that did not come is given up. */
export function passTime(line: Line, nowMs: number): void {
  const begun = line.flight !== undefined && line.finder.pending().bytes > 0;
  if (begun && line.flight !== undefined && nowMs >= line.flight.lastByteMs + line.betweenBytesMs) {
    takeFound(line, line.finder.giveUp(), nowMs);
  }
  const { flight } = line;
  if (flight === undefined || nowMs < flight.deadlineMs) return;
  const { bytes, expected } = line.finder.pending();
  const arrives = bytes > 0 && nowMs < flight.lastByteMs + line.betweenBytesMs && nowMs < flight.latestMs;
  if (!arrives) {
    giveUp(line, flight, nowMs);
    return;
  }
  const restMs = Math.max(1, expected - bytes) * line.byteMs + line.slackMs;
  flight.deadlineMs = Math.min(flight.latestMs, nowMs + restMs);
}

function takeFound(line: Line, found: readonly Found[], nowMs: number): void {
  for (const one of found) {
    const { flight } = line;
    if (flight === undefined) {
      line.finder.clear();
      return;
    }
    if (one.kind === 'frame') takeFrame(line, flight, one.frame, nowMs);
    else {
      flight.peripheral.counters.damaged++;
      // The reply itself, damaged: nothing more comes, so no need to wait for the whole time.
      if (one.fault === 'check' && one.from === (0x80 | flight.peripheral.address))
        flight.deadlineMs = Math.min(flight.deadlineMs, nowMs + line.betweenBytesMs);
    }
  }
}

function takeFrame(line: Line, { peripheral, exchange, sentMs }: Flight, frame: Frame, nowMs: number): void {
  const scene = sceneOf(line, nowMs);
  const match = matchReply(peripheral, exchange, frame, line.crypto);
  if (match.kind === 'stray' || (match.kind === 'reply' && isLateCopy(peripheral, frame, nowMs))) {
    peripheral.counters.stray++;
    return;
  }
  line.flight = undefined;
  line.turns.answered(peripheral);
  peripheral.lastReplyMs = nowMs;
  peripheral.readyMs = nowMs;
  if (match.kind === 'busy') {
    beBusy(peripheral, exchange, scene);
    return;
  }
  peripheral.up = true;
  peripheral.probes = 0;
  peripheral.formerAddress = undefined;
  peripheral.crc = exchange.crc;
  switch (match.kind) {
    case 'repeat':
      again(peripheral, exchange, scene);
      return;
    case 'restart':
      if (peripheral.session !== undefined) peripheral.counters.sessionDrops++;
      restart(peripheral, scene);
      return;
    case 'session-over':
      sessionOver(peripheral, match.why, scene);
      return;
    case 'refused':
      hear(peripheral, exchange, { kind: 'unknown', code: frame.code }, scene);
      return;
    case 'reply':
      if (match.session !== undefined) peripheral.session = match.session;
      peripheral.counters.replies++;
      noteReplyTime(peripheral, nowMs - sentMs, frame.bytes.length * line.byteMs);
      noteLateCopies(peripheral, exchange, frame, nowMs);
      hear(peripheral, exchange, match.reply, scene);
      noteCalm(peripheral, scene);
      if (hasNothingToSay(peripheral)) peripheral.readyMs = Math.max(nowMs, sentMs + line.pollMs);
      return;
  }
}

/** Then the next poll has its time. */
function hasNothingToSay({ phase, waiting, file }: Peripheral): boolean {
  return (phase.kind === 'online' || phase.kind === 'keying') && waiting.length === 0 && file === undefined;
}

function beBusy(peripheral: Peripheral, exchange: Exchange, scene: Scene): void {
  peripheral.counters.busy++;
  exchange.busy++;
  exchange.tries--;
  peripheral.readyMs = scene.nowMs + busyAgainMs;
  if (exchange.busy > busyMax || scene.nowMs - exchange.firstMs > offlineMs) lose(peripheral, scene);
}

function giveUp(line: Line, { peripheral, exchange, sentMs }: Flight, nowMs: number): void {
  line.flight = undefined;
  peripheral.counters.timeouts++;
  line.turns.silent(peripheral, nowMs, nowMs - sentMs);
  again(peripheral, exchange, sceneOf(line, nowMs));
}

/** The same frame once more, in its turn; after the last repeat the link is lost. Probes are not repeated. */
function again(peripheral: Peripheral, exchange: Exchange, scene: Scene): void {
  const pauseMs = repeatsMs[exchange.tries - 1];
  peripheral.readyMs = scene.nowMs + (pauseMs ?? 0);
  if (peripheral.up && pauseMs !== undefined) return;
  if (peripheral.up) {
    lose(peripheral, scene);
    return;
  }
  peripheral.probes++;
  peripheral.exchange = undefined;
  const { address, formerAddress } = peripheral;
  if (formerAddress !== undefined) {
    peripheral.address = formerAddress;
    peripheral.formerAddress = address;
  }
  peripheral.readyMs = scene.nowMs + (probesMs[Math.min(peripheral.probes, probesMs.length - 1)] ?? 0);
}

function lose(peripheral: Peripheral, scene: Scene): void {
  silent(peripheral, scene);
  failWaiting(peripheral, scene.events);
  peripheral.probes = 0;
  peripheral.readyMs = scene.nowMs + probesMs[0];
}

/** Ends what has its time: install mode, and links without a valid reply. */
export function expireAll(line: Line, nowMs: number): void {
  for (const peripheral of line.peripherals) expire(line, peripheral, sceneOf(line, nowMs));
}

/** When install mode ends next. */
export function expiryMs({ peripherals }: Line): number {
  return peripherals.reduce((next, { armedUntilMs = next }) => Math.min(next, armedUntilMs), Infinity);
}

function expire(line: Line, peripheral: Peripheral, scene: Scene): void {
  const { armedUntilMs, lastReplyMs, id } = peripheral;
  if (armedUntilMs !== undefined && !isArmed(peripheral, scene.nowMs)) {
    endInstall(peripheral, scene);
    line.events.push({ id, kind: 'key-failed', why: 'time' });
  }
  const isOld = lastReplyMs !== undefined && scene.nowMs - lastReplyMs > offlineMs;
  const isAsked = line.flight?.peripheral === peripheral;
  if (peripheral.up && isOld && !isAsked && peripheral.phase.kind !== 'held') lose(peripheral, scene);
}
