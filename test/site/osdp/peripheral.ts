/**
 * A reader on an OSDP line: sequence numbers, repeats, secure channel, keys and settings, around a `Device`. It is
 * written from the reader's side of the standard and keeps a list of what the panel did against it.
 */
import { randomBytes } from 'node:crypto';
import { createSession, defaultKey, equal, type Handshake, handshakeOf, type Session } from './channel.js';
import { createDevice, type Device, type DeviceEvent, type DeviceOptions, usualDevice } from './device.js';
import { distort, type Fault, type Piece, type Plan } from './faults.js';
import { build, createEar, type Heard } from './frame.js';
import { ack, little, nak, type Reply, refuse, reply } from './reply.js';

export interface PeripheralOptions {
  readonly address: number;
  readonly baud?: number;
  /** Its own key; none in a new reader. */
  readonly scbk?: Uint8Array;
  /** When the key everybody knows is taken: while there is no other, always, or never. */
  readonly defaultKey?: 'unpaired' | 'always' | 'never';
  /** With a key of its own it refuses everything in clear. */
  readonly refusesClear?: boolean;
  /** How it takes a key: the session goes on, ends after its ACK, or the ACK comes in clear already. */
  readonly afterKeyset?: 'keeps' | 'ends' | 'clear-ack';
  /** What a handshake for a key it does not have is answered with. */
  readonly withoutKey?: 'wrong-cryptogram' | 'nak';
  /** What a damaged command is answered with. */
  readonly onBadCheck?: 'silence' | 'nak';
  /** It knows no CRC: to it such a command is damaged. */
  readonly onlyChecksum?: boolean;
  readonly replyMs?: number;
  readonly bootMs?: number;
  readonly random?: (bytes: number) => Uint8Array;
  readonly device?: Partial<DeviceOptions>;
}

/** Bytes for the line, and what happens once they have left. */
export interface Answer {
  readonly pieces: readonly Piece[];
  readonly afterwards?: (() => void) | undefined;
  readonly overtakes: boolean;
}

export interface Peripheral extends Device {
  /** Bytes from the line. The answers are to be sent in order. */
  hear(bytes: Uint8Array, nowMs: number): readonly Answer[];
  address(): number;
  baud(): number;
  key(): Uint8Array | undefined;
  isSecure(): boolean;
  /** What the panel did that the standard forbids. */
  readonly violations: readonly string[];
  /** Commands heard, by code. */
  readonly heard: ReadonlyMap<number, number>;
  setPlan(plan: Plan): void;
  powerCycle(nowMs: number): void;
}

const offlineMs = 8_000;
const anyone = 0x7f;

export function createPeripheral(options: PeripheralOptions): Peripheral {
  const device = createDevice({ ...usualDevice, ...options.device });
  const own: Own = {
    options,
    device,
    address: options.address,
    baud: options.baud ?? 9_600,
    scbk: options.scbk,
    link: { lastHeardMs: Number.NEGATIVE_INFINITY },
    deadUntilMs: Number.NEGATIVE_INFINITY,
    plan: () => undefined,
    violations: [],
    heard: new Map(),
  };
  const ear = createEar();
  return {
    ...device,
    hear(bytes, nowMs) {
      if (nowMs < own.deadUntilMs) return [];
      return ear.hear(bytes, nowMs).flatMap((frame) => {
        if (frame.address !== own.address && frame.address !== anyone) return [];
        const isStrange = 'crc' in frame && frame.crc && options.onlyChecksum === true;
        if (!('bad' in frame) && !isStrange) return frame.isReply ? [] : answerFaulty(own, frame, nowMs);
        if (options.onBadCheck !== 'nak') return [];
        const asked = {
          ...{ sequence: frame.sequence, address: own.address },
          crc: options.onlyChecksum !== true,
        };
        return [answer(say(own, asked, refuse(nak.check)), own)];
      });
    },
    address: () => own.address,
    baud: () => own.baud,
    key: () => own.scbk,
    isSecure: () => own.link.session !== undefined,
    violations: own.violations,
    heard: own.heard,
    setPlan(plan) {
      own.plan = plan;
    },
    powerCycle: (nowMs) => powerCycle(own, nowMs),
  };
}

/** All a reader forgets when its link is lost. */
interface Link {
  lastHeardMs: number;
  sequence?: number;
  /** The command answered last, and its reply, for a repeat. */
  last?: { readonly command: Uint8Array; readonly reply: Uint8Array; readonly event?: DeviceEvent };
  handshake?: { readonly made: Handshake; readonly selector: number };
  session?: Session;
}

interface Own {
  readonly options: PeripheralOptions;
  readonly device: Device;
  address: number;
  baud: number;
  scbk: Uint8Array | undefined;
  link: Link;
  deadUntilMs: number;
  plan: Plan;
  readonly violations: string[];
  readonly heard: Map<number, number>;
}

function powerCycle(own: Own, nowMs: number): void {
  own.device.forget();
  own.device.restart();
  own.link = { lastHeardMs: nowMs };
  own.deadUntilMs = nowMs + (own.options.bootMs ?? 1_500);
}

function answerFaulty(own: Own, frame: Heard, nowMs: number): readonly Answer[] {
  const { link, device } = own;
  const isRepeat = frame.sequence !== 0 && frame.sequence === link.sequence;
  const due = frame.code === 0x60 ? device.peek()?.kind : undefined;
  const fault = own.plan({
    nowMs,
    command: frame.code,
    carries: isRepeat ? link.last?.event?.kind : due,
    isRepeat,
    inSession: link.session !== undefined,
  });
  if (fault === 'drop-command' || fault === 'corrupt-command') return [];
  if (fault === 'power-cycle') {
    powerCycle(own, nowMs);
    return [];
  }
  if (fault === 'busy') return [answer(say(own, { ...frame, sequence: 0 }, reply(0x79), 'clear'), own)];
  if (fault?.startsWith('nak-') === true) return [answer(refused(own, frame, Number(fault.slice(4))), own)];
  if (fault === 'sequence-0') {
    own.link = { lastHeardMs: nowMs };
    return [answer(say(own, { ...frame, sequence: 0 }, ack, 'clear'), own)];
  }
  const { bytes, afterwards } = respond(own, frame, nowMs);
  return [answer(bytes, own, fault, frame.whole, afterwards)];
}

/** A refusal out of the blue. Only a damaged command leaves the number where it was; after NAK 4 only 0 will do. */
function refused(own: Own, frame: Heard, code: number): Uint8Array {
  const { link } = own;
  if (code !== nak.check) delete link.session;
  const reply = say(own, frame, refuse(code), 'clear');
  if (code === nak.check) return reply;
  if (link.last?.event?.state === 'said') {
    // A new start forgets it, and so does a refusal in its place; only the next number is the panel's thanks.
    const isNext = frame.sequence !== 0 && frame.sequence !== link.sequence;
    link.last.event.state = isNext ? 'delivered' : 'dropped';
  }
  if (code === nak.sequence) delete link.sequence;
  else link.sequence = frame.sequence;
  link.last = { command: frame.whole, reply };
  return reply;
}

function answer(
  bytes: Uint8Array,
  { options }: Own,
  fault?: Fault,
  command: Uint8Array = new Uint8Array(),
  afterwards?: (() => void) | undefined,
): Answer {
  const pieces = distort(bytes, fault, options.replyMs ?? 3, command);
  return { pieces, afterwards, overtakes: fault === 'overtaken-reply' };
}

interface Response {
  readonly bytes: Uint8Array;
  readonly afterwards?: (() => void) | undefined;
}

/** The sequence rules: 0 starts anew, the same again is a repeat, the next is new, all else is refused. */
function respond(own: Own, frame: Heard, nowMs: number): Response {
  if (nowMs - own.link.lastHeardMs > offlineMs) {
    own.device.forget();
    own.link = { lastHeardMs: nowMs };
  }
  own.link.lastHeardMs = nowMs;
  own.heard.set(frame.code, (own.heard.get(frame.code) ?? 0) + 1);
  const { sequence, last } = own.link;
  if (frame.sequence === 0) {
    if (last?.event?.state === 'said') last.event.state = 'dropped';
    own.link = { lastHeardMs: nowMs };
    return act(own, frame, nowMs);
  }
  if (last !== undefined && frame.sequence === sequence) {
    if (!equal(frame.whole, last.command)) own.violations.push('another command under the same sequence');
    return { bytes: last.reply };
  }
  if (sequence === undefined || frame.sequence !== (sequence % 3) + 1) {
    delete own.link.session;
    return { bytes: say(own, frame, refuse(nak.sequence), 'clear') };
  }
  if (last?.event?.state === 'said') last.event.state = 'delivered';
  return act(own, frame, nowMs);
}

/** Does what a new command says, and keeps the reply. */
function act(own: Own, frame: Heard, nowMs: number): Response {
  own.link.sequence = frame.sequence;
  const {
    bytes,
    event,
    afterwards,
  }: { bytes: Uint8Array; event?: DeviceEvent; afterwards?: (() => void) | undefined } = secured(
    own,
    frame,
    nowMs,
  );
  own.link.last = { command: frame.whole, reply: bytes, ...(event === undefined ? {} : { event }) };
  return { bytes, afterwards };
}

interface Done {
  readonly reply: Reply;
  readonly event?: DeviceEvent;
  readonly afterwards?: (() => void) | undefined;
  readonly inClear?: boolean;
}

function secured(own: Own, frame: Heard, nowMs: number) {
  const { options, link } = own;
  const clear = (code: number) => {
    delete link.session;
    return { bytes: say(own, frame, refuse(code), 'clear') };
  };
  const hasChannel = options.device?.hasSecureChannel ?? usualDevice.hasSecureChannel;
  const type = frame.block?.type;
  if (type !== undefined && !hasChannel) return clear(nak.block);
  if (type === 0x11) return { bytes: challenge(own, frame) };
  if (type === 0x13) return { bytes: proof(own, frame) };
  if (type === undefined) {
    if (link.session !== undefined) {
      own.violations.push('a command in clear inside a session');
      return clear(nak.security);
    }
    if (own.scbk !== undefined && options.refusesClear !== false && hasChannel) return clear(nak.security);
    if (frame.code === 0x75) return clear(nak.security);
    const { reply: made, ...rest } = obey(own, frame.code, frame.data, nowMs);
    return { bytes: say(own, frame, made, 'clear'), ...rest };
  }
  if ((type !== 0x15 && type !== 0x17) || link.session === undefined) return clear(nak.security);
  const data = link.session.openCommand(frame.covered, frame.mac, frame.data, type === 0x17);
  if (data === undefined) return clear(nak.block);
  if (type === 0x15 && data.length > 0) own.violations.push('data that is not sealed inside a session');
  const { reply: made, inClear, ...rest } = obey(own, frame.code, data, nowMs);
  return { bytes: say(own, frame, made, inClear === true ? 'clear' : 'sealed'), ...rest };
}

/** SCS_11 to SCS_12: our number and our proof. */
function challenge(own: Own, frame: Heard): Uint8Array {
  const { options, link } = own;
  const { data: selectors = new Uint8Array() } = frame.block ?? {};
  delete link.session;
  delete link.handshake;
  const selector = selectors[0] ?? 0;
  if (frame.code !== 0x76 || frame.data.length !== 8 || selector > 1)
    return say(own, frame, refuse(nak.block), 'clear');
  const takesDefault = options.defaultKey ?? 'unpaired';
  const mayDefault = takesDefault === 'always' || (takesDefault === 'unpaired' && own.scbk === undefined);
  const key = selector === 1 ? own.scbk : mayDefault ? defaultKey : undefined;
  if (key === undefined && options.withoutKey !== 'wrong-cryptogram') {
    return say(own, frame, refuse(nak.security), 'clear');
  }
  const random: (bytes: number) => Uint8Array =
    options.random ?? ((bytes: number) => Uint8Array.from(randomBytes(bytes)));
  const randomB = random(8);
  const made = handshakeOf(key ?? random(16), frame.data, randomB);
  link.handshake = { made, selector };
  const id = own.device.command(0x61, new Uint8Array(), 0)?.data.slice(0, 8) ?? new Uint8Array(8);
  const data = Uint8Array.of(...id, ...randomB, ...made.client);
  return sayBlock(own, frame, { code: 0x76, data }, [0x12, selector]);
}

/** SCS_13 to SCS_14: their proof is right, or it is not. */
function proof(own: Own, frame: Heard): Uint8Array {
  const { link } = own;
  const { handshake } = link;
  delete link.handshake;
  delete link.session;
  if (handshake === undefined || frame.code !== 0x77) return say(own, frame, refuse(nak.block), 'clear');
  const isRight = equal(frame.data, handshake.made.server);
  if (isRight) link.session = createSession(handshake.made);
  const data = isRight ? handshake.made.initialMac : new Uint8Array(16);
  return sayBlock(own, frame, { code: 0x78, data }, [0x14, isRight ? 0x01 : 0xff]);
}

/** Commands that concern the link, then those of the device. */
function obey(own: Own, code: number, data: Uint8Array, nowMs: number): Done {
  const { device, options } = own;
  if (code === 0x60) return device.poll(nowMs);
  if (code === 0x6e) return comset(own, data);
  if (code !== 0x75) return { reply: device.command(code, data, nowMs) ?? refuse(nak.unknown) };
  if (data.length !== 18 || data[0] !== 1 || data[1] !== 16) return { reply: refuse(nak.length) };
  own.scbk = data.slice(2);
  const after = options.afterKeyset ?? 'keeps';
  if (after === 'clear-ack') delete own.link.session;
  const ends = () => {
    delete own.link.session;
  };
  return { reply: ack, inClear: after === 'clear-ack', ...(after === 'ends' ? { afterwards: ends } : {}) };
}

/** The answer leaves with the old settings, then the new ones hold. */
function comset(own: Own, data: Uint8Array): Done {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length !== 5) return { reply: refuse(nak.length) };
  const address = view.getUint8(0);
  const baud = view.getUint32(1, true);
  const known = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400];
  if (address >= anyone || !known.includes(baud)) {
    return { reply: reply(0x54, own.address, ...little(own.baud, 4)) };
  }
  const afterwards = () => {
    own.address = address;
    own.baud = baud;
    own.link = { lastHeardMs: own.link.lastHeardMs };
  };
  return { reply: reply(0x54, address, ...little(baud, 4)), afterwards };
}

type Asked = Pick<Heard, 'sequence' | 'crc' | 'address'>;

function say(own: Own, asked: Asked, { code, data }: Reply, how: 'clear' | 'sealed' = 'clear'): Uint8Array {
  const { session } = own.link;
  const { sequence, crc } = asked;
  const address = asked.address === anyone ? 0xff : own.address | 0x80;
  if (how === 'clear' || session === undefined) return build({ address, sequence, crc, code, data });
  const sealed = data.length === 0 ? data : session.seal(data);
  const block = [data.length === 0 ? 0x16 : 0x18];
  return build({ address, sequence, crc, block, code, data: sealed, mac: session.macOf });
}

function sayBlock(own: Own, { sequence, crc }: Asked, said: Reply, block: readonly number[]): Uint8Array {
  return build({ address: own.address | 0x80, sequence, crc, block, ...said });
}
