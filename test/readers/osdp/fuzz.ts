/**
 * Hostile bytes for the panel, from a seed: frames that are right but for one thing, and noise. Run as a script for a
 * long campaign: `node dist/test/readers/osdp/fuzz.js 1000000 [seed]`.
 */
import { pathToFileURL } from 'node:url';
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { type BusOutput, createBus } from '../../../src/readers/osdp/bus.js';
import { createFrameFinder, encodeFrame, type Frame, type Sqn } from '../../../src/readers/osdp/frame.js';
import { createPeer, type Peer } from './peer.js';
import { bytesOf, vectors } from './vectors.js';

export interface Campaign {
  readonly frames: number;
  readonly cards: number;
  /** Anything else believed without a reply of the true reader: online, tamper, inputs, who it is, keys. */
  readonly falseFacts: number;
  /** How often the true reader got online in between: the frames met a session. */
  readonly onlines: number;
  /** Facts of the true reader that noise before its reply held up until later bytes came. */
  readonly heldUp: number;
  /** The longest call of the bus, no more than this: the lesser of its time and the processor time of the process. */
  readonly longestMs: number;
}

type Random = (below: number) => number;

/** Mulberry32: the same frames from the same seed. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const scbk = bytesOf('00112233445566778899aabbccddeeff');
const knownReplies = Object.values(vectors.plain_replies_addr1_seq1_crc).map((hex) => bytesOf(hex));
const sealedReplies = [vectors.secure_channel_scbk, vectors.secure_channel_after_keyset]
  .flatMap(({ exchange }) => exchange)
  .filter(({ dir }) => dir === 'PD->CP')
  .map(({ frame }) => bytesOf(frame));

/** A frame that fits the one in flight but for what chance changes; its check value is right four times of five. */
export function structured(random: Random, inFlight: Frame | undefined): Uint8Array {
  const models = random(2) === 0 ? knownReplies : sealedReplies;
  const [found] = createFrameFinder().push(models[random(models.length)] ?? new Uint8Array(0));
  if (found?.kind !== 'frame') return new Uint8Array(0);
  const { frame } = found;
  const data = random(3) === 0 ? noise(random, random(64)) : mutate(random, frame.data);
  const type = random(4) === 0 ? random(256) : (frame.security?.type ?? 0x16);
  const hasBlock = random(4) === 0 ? random(2) === 0 : frame.security !== undefined;
  const block = frame.security?.data ?? noise(random, random(3));
  const bytes = encodeFrame(
    {
      ...{ address: random(8) === 0 ? random(128) : 1, reply: random(10) > 0, crc: random(8) > 0, data },
      sqn: random(4) === 0 ? (random(4) as Sqn) : (inFlight?.sqn ?? 1),
      code: random(3) === 0 ? random(256) : frame.code,
      ...(hasBlock ? { security: { type, data: block } } : {}),
    },
    () => noise(random, 4),
  );
  return random(5) === 0 ? mutate(random, bytes) : bytes;
}

export function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => (random(6) === 0 ? 0x53 : random(256)));
}

function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  const out = [...bytes];
  for (let n = random(3); n > 0 && out.length > 0; n--) {
    const at = random(out.length);
    const kind = random(3);
    if (kind === 0) out[at] = random(256);
    if (kind === 1) out.splice(at, 1);
    if (kind === 2) out.splice(at, 0, random(256));
  }
  return Uint8Array.from(out);
}

/** Throws hostile frames at a panel whose reader is online in its session, and counts what must not happen. */
export function campaign(kind: Kind, frames: number, seed: number): Campaign {
  const random = randomOf(seed);
  const peer = createPeer(1, { scbk });
  const peripheral = { id: 'x', address: 1, secure: 'required', keys: { active: scbk } } as const;
  const bus = createBus({
    ...{ peripherals: [peripheral], baud: 115_200, crypto: osdpCrypto, pollMs: 0, adapter: 'uart' as const },
  });
  const target = createTarget(bus.start(0), peer);
  let longestMs = 0;
  for (let n = 0; n < frames; n++) {
    target.honest(bus, random(4));
    const bytes = hostileOf(kind, random, target.inFlight());
    const before = { ms: performance.now(), cpu: process.cpuUsage() };
    target.hostile(bus, bytes);
    const { user, system } = process.cpuUsage(before.cpu);
    longestMs = Math.max(longestMs, Math.min(performance.now() - before.ms, (user + system) / 1_000));
  }
  return { frames, longestMs, ...target.counts };
}

export type Kind = 'structured' | 'random' | 'heaviest';

function hostileOf(kind: Kind, random: Random, inFlight: Frame | undefined): Uint8Array {
  if (kind === 'structured') return structured(random, inFlight);
  return kind === 'random' ? noise(random, random(400)) : falseStarts;
}

/** As much as is looked at for one answer, with the beginning of a long frame at every fifth byte. */
const falseStarts = Uint8Array.from(
  { length: 3 * 1440 },
  (_, at) => [0x53, 0x81, 0x50, 0x05, 0x05][at % 5] ?? 0,
);

type Bus = ReturnType<typeof createBus>;

const cardKinds: readonly string[] = ['card', 'keys', 'formatted'];
const factKinds: readonly string[] = [
  ...['tamper', 'power', 'input', 'output', 'identity', 'manufacturer'],
  ...['key-wanted', 'key-proved', 'moved'],
];

function createTarget(first: BusOutput, peer: Peer) {
  const counts = { cards: 0, falseFacts: 0, onlines: 0, heldUp: 0 };
  let nowMs = 0;
  let output = first;
  let reply: Uint8Array | undefined;
  let inFlight: Uint8Array = new Uint8Array(0);
  /** The true reply to the frame in flight was handed in, and may wait behind noise. */
  let isAnswered = false;
  const take = (next: BusOutput, isHostile: boolean): void => {
    output = next;
    for (const { kind, ...event } of next.events) {
      const isOnline = kind === 'state' && 'state' in event && event.state === 'online';
      if (cardKinds.includes(kind)) counts.cards++;
      else if (!isOnline && !factKinds.includes(kind)) continue;
      else if (!isHostile && isOnline) counts.onlines++;
      else if (isHostile && isAnswered) counts.heldUp++;
      else if (isHostile) counts.falseFacts++;
    }
    if (next.write === undefined) return;
    inFlight = next.write.subarray(1);
    isAnswered = false;
    reply = peer.hear(next.write);
  };
  take(first, false);
  return {
    counts,
    inFlight: (): Frame | undefined => {
      const [found] = createFrameFinder().push(inFlight);
      return found?.kind === 'frame' ? found.frame : undefined;
    },
    /** Lets the true reader answer a few times. */
    honest(bus: Bus, times: number): void {
      for (let n = 0; n < times; n++) {
        const answer = reply;
        reply = undefined;
        nowMs =
          answer === undefined ? Math.max(nowMs + 1, Math.min(output.wakeMs, nowMs + 30_000)) : nowMs + 3;
        isAnswered ||= answer !== undefined;
        take(answer === undefined ? bus.wake(nowMs) : bus.receive(answer, nowMs), false);
      }
    },
    hostile(bus: Bus, bytes: Uint8Array): void {
      nowMs += 1;
      take(bus.receive(bytes, nowMs), true);
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , frames = '1000000', seed = '1'] = process.argv;
  const plan = [
    ['structured', Number(frames)],
    ['random', Number(frames)],
    ['heaviest', 1_000],
  ] as const;
  for (const [kind, count] of plan) {
    process.stdout.write(`${JSON.stringify({ kind, ...campaign(kind, count, Number(seed)) })}\n`);
  }
}
