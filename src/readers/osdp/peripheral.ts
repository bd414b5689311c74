/** One reader as the panel remembers it: its phase, sequence number, session, and the frame it has not answered. */
import type { Command, LedCommand, OutputCommand } from './commands.js';
import type {
  AlarmKind,
  BusEvent,
  Counters,
  Device,
  LinkState,
  PeripheralHealth,
  StatusKind,
} from './events.js';
import type { Transfer } from './file.js';
import { frameBytesMax, type Sqn } from './frame.js';
import type { LateCopy } from './lateCopy.js';
import type { Capability, Identity, InputState } from './replies.js';
import type { Session, SessionKeys } from './secure.js';

export interface PeripheralConfig {
  readonly id: string;
  /** 0 to 7E. */
  readonly address: number;
  /** `off` only where the site says so: nothing then protects what the reader sends. */
  readonly secure: 'required' | 'off';
  readonly keys: { readonly active?: Uint8Array; readonly pending?: Uint8Array };
  /** Who it was when it was paired: another one is an alarm. */
  readonly known?: Device;
}

export type KeyName = 'pending' | 'active' | 'default';

export type Phase =
  | { readonly kind: 'hello'; readonly step: 'id' | 'capabilities' }
  /** Answers, has no key, and nobody installs one. */
  | { readonly kind: 'unpaired' }
  | { readonly kind: 'challenge'; readonly key: KeyName; readonly rndA: Uint8Array }
  | {
      readonly kind: 'cryptogram';
      readonly key: KeyName;
      readonly keys: SessionKeys;
      readonly server: Uint8Array;
    }
  /** Refused; waits, then begins again. */
  | { readonly kind: 'held' }
  /** A session under the default key: nothing in it is believed, it is there to set the key. */
  | { readonly kind: 'keying' }
  | { readonly kind: 'setup'; readonly left: readonly Command[] }
  | { readonly kind: 'online' };

/** A frame that waits for its answer; sent again byte for byte. */
export interface Exchange {
  readonly command: Command;
  readonly job?: number;
  readonly bytes: Uint8Array;
  readonly sqn: Sqn;
  /** There when the frame is sealed. */
  readonly commandMac?: Uint8Array;
  /** Sent while the link was down: its answer may be that of another reader. */
  readonly probe: boolean;
  readonly crc: boolean;
  readonly firstMs: number;
  tries: number;
  busy: number;
}

export interface Waiting {
  readonly command: Command;
  readonly job?: number;
}

export interface Peripheral {
  readonly id: string;
  readonly secure: 'required' | 'off';
  address: number;
  /** It was told to leave this address; until it answers both are tried. */
  formerAddress: number | undefined;
  keys: { readonly active?: Uint8Array; readonly pending?: Uint8Array };
  known: Device | undefined;
  /** Of its last handshake, hex. */
  clientId: string | undefined;
  up: boolean;
  phase: Phase;
  /** The number of the next new command. */
  sqn: Sqn;
  crc: boolean;
  /** It answered in this run, so its kind of check value is known. */
  answered: boolean;
  session: Session | undefined;
  sessionSinceMs: number;
  /** A session that is only renewed: the reader stays online meanwhile. */
  renewing: boolean;
  exchange: Exchange | undefined;
  waiting: Waiting[];
  /** Not before this moment. */
  readyMs: number;
  /** Probes since it went offline. */
  probes: number;
  /** Handshakes that failed in a row. */
  refusals: number;
  /** Starts at number 0 since it was last online. */
  restarts: number;
  /** Quick tries left for a key just set. */
  keyTries: number;
  sealFailuresMs: readonly number[];
  lastReplyMs: number | undefined;
  armedUntilMs: number | undefined;
  keyWanted: boolean;
  /** A key came from an operator: its next word is a new handshake. */
  keyGiven: boolean;
  alarms: Set<AlarmKind>;
  reported: LinkState | undefined;
  reportedSecure: boolean;
  identity: Identity | undefined;
  capabilities: readonly Capability[];
  /** What it does not know, as `refusalName` of `queue.ts` says. */
  unsupported: Set<string>;
  /** Kinds of status whose length was told as odd. */
  oddTold: Set<StatusKind>;
  /** As told last: the whole, and of what it is made. */
  tamper: boolean;
  housingTamper: boolean;
  headTamper: boolean;
  powerFail: boolean | undefined;
  inputs: readonly InputState[];
  outputs: readonly boolean[];
  file: Transfer | undefined;
  lateCopy: LateCopy | undefined;
  /** The longest it took to begin a reply in this run; undefined = it never answered. */
  slowestMs: number | undefined;
  /** What it is to show and hold; told again after every return. */
  leds: Map<string, LedCommand>;
  wanted: Map<number, OutputCommand>;
  readonly counters: Counters;
  replyTimesMs: number[];
}

export function createPeripheral(config: PeripheralConfig): Peripheral {
  return {
    ...{
      id: config.id,
      secure: config.secure,
      address: config.address,
      keys: config.keys,
      known: config.known,
      clientId: undefined,
    },
    ...{
      formerAddress: undefined,
      up: false,
      phase: { kind: 'hello', step: 'id' },
      sqn: 0,
      crc: true,
      answered: false,
    },
    ...{ session: undefined, sessionSinceMs: 0, renewing: false, exchange: undefined, waiting: [] },
    ...{
      readyMs: 0,
      probes: 0,
      refusals: 0,
      restarts: 0,
      keyTries: 0,
      sealFailuresMs: [],
      lastReplyMs: undefined,
    },
    ...{ armedUntilMs: undefined, keyWanted: false, keyGiven: false, alarms: new Set<AlarmKind>() },
    ...{ reported: undefined, reportedSecure: false, identity: undefined, capabilities: [] },
    ...{ unsupported: new Set<string>(), oddTold: new Set<StatusKind>() },
    ...{ tamper: false, housingTamper: false, headTamper: false, powerFail: undefined },
    ...{
      inputs: [],
      outputs: [],
      file: undefined,
      lateCopy: undefined,
      slowestMs: undefined,
      leds: new Map(),
      wanted: new Map(),
      replyTimesMs: [],
    },
    counters: {
      ...{ replies: 0, timeouts: 0, damaged: 0, stray: 0, busy: 0, malformed: 0, unexpected: 0 },
      ...{ noted: 0, oddStatus: 0, sessionDrops: 0, naks: new Map() },
    },
  };
}

/** How it stands, as people see it. */
export function stateOf(peripheral: Peripheral): LinkState {
  const { up, phase, renewing, secure } = peripheral;
  if (!up || phase.kind === 'held') return 'offline';
  if (phase.kind === 'online' || renewing) return 'online';
  if (phase.kind === 'hello' || phase.kind === 'unpaired') return 'identifying';
  return phase.kind === 'setup' && secure === 'off' ? 'identifying' : 'secure-channel';
}

/**
 * Only what comes under a key of its own, or from a reader configured without, is believed. Of the latter from its
 * first answer: a card that waited in it may come before it is known who it is, and comes only once.
 */
export function isBelieved({ up, phase, secure }: Peripheral): boolean {
  return up && (secure === 'off' || phase.kind === 'setup' || phase.kind === 'online');
}

export function isArmed({ armedUntilMs }: Peripheral, nowMs: number): boolean {
  return armedUntilMs !== undefined && nowMs < armedUntilMs;
}

/** Says its state if it is another than was said last. */
export function reportState(peripheral: Peripheral, events: BusEvent[]): void {
  const state = stateOf(peripheral);
  const secure = state === 'online' && (peripheral.session !== undefined || peripheral.renewing);
  if (state === peripheral.reported && (secure === peripheral.reportedSecure || state !== 'online')) return;
  peripheral.reported = state;
  peripheral.reportedSecure = secure;
  events.push({ id: peripheral.id, kind: 'state', state, secure });
}

export function setAlarm(
  peripheral: Peripheral,
  alarm: AlarmKind,
  active: boolean,
  events: BusEvent[],
  more: { readonly was?: Device; readonly is?: Device } = {},
): void {
  if (peripheral.alarms.has(alarm) === active) return;
  if (active) peripheral.alarms.add(alarm);
  else peripheral.alarms.delete(alarm);
  events.push({ id: peripheral.id, kind: 'alarm', alarm, active, ...more });
}

/** What a function of the capability report says; undefined = not reported. */
export function capability(peripheral: Peripheral, number: number): Capability | undefined {
  return peripheral.capabilities.find((one) => one.function === number);
}

const functionReceive = 10;
/** What every reader takes. */
const receiveBytesMin = 128;

/** The longest frame this reader takes. Some report nothing or 0 and take what every reader must. */
export function receiveBytesOf(peripheral: Peripheral): number {
  const { level, count } = capability(peripheral, functionReceive) ?? { level: 0, count: 0 };
  return Math.min(frameBytesMax, Math.max(receiveBytesMin, level + count * 256));
}

const timesKept = 128;

/** From the command's end to the reply's end, `ownMs` of which are the reply's own bytes. */
export function noteReplyTime(peripheral: Peripheral, ms: number, ownMs: number): void {
  peripheral.slowestMs = Math.max(peripheral.slowestMs ?? 0, ms - ownMs);
  if (peripheral.replyTimesMs.length >= timesKept) peripheral.replyTimesMs.shift();
  peripheral.replyTimesMs.push(ms);
}

export function healthOf(peripheral: Peripheral, nowMs: number): PeripheralHealth {
  const { id, address, alarms, identity, capabilities, counters, lastReplyMs } = peripheral;
  const times = peripheral.replyTimesMs.toSorted((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    ...{ id, address, capabilities, state: stateOf(peripheral), alarms: [...alarms] },
    secure: peripheral.phase.kind === 'online' && peripheral.session !== undefined,
    inputs: peripheral.inputs,
    ...(isArmed(peripheral, nowMs) ? { armedForMs: (peripheral.armedUntilMs ?? nowMs) - nowMs } : {}),
    counters: { ...counters, naks: new Map(counters.naks) },
    ...(identity === undefined ? {} : { identity }),
    ...(times.length === 0 ? {} : { replyMs: { p50: at(0.5), p99: at(0.99) } }),
    ...(lastReplyMs === undefined ? {} : { lastReplyMs }),
  };
}
