/** What a bus has to say, and what it is told of its readers. `id` is the reader's name on this bus, for good. */
import type { Capability, Identity, InputState, Key } from './replies.js';

/** `identifying`: answers in clear; `secure-channel`: proves its key or is set up; `online`: its cards count. */
export type LinkState = 'offline' | 'identifying' | 'secure-channel' | 'online';

/** Raised once, cleared when the reader shows that it is over: in its session, or by a minute without failures. */
export type AlarmKind =
  /** It does not know its key any more: replaced, reset, or somebody else's. */
  | 'key-refused'
  /** It says it cannot do what it must: Secure Channel. */
  | 'capability-downgrade'
  /** Another device answers with the same key. */
  | 'device-changed'
  /** More than three damaged seals in a minute. */
  | 'seal-failures'
  /** It wants Secure Channel and is configured without. */
  | 'security-required'
  /** It says that a reading head of its own is not connected. */
  | 'head-missing';

export type StatusKind = 'localStatus' | 'inputStatus' | 'outputStatus' | 'readerStatus';

export type CommandResult =
  | 'done'
  | 'refused'
  /** The reader is not online. */
  | 'offline'
  /** More commands wait than a reader may have. */
  | 'full'
  /** Its frame is longer than this reader takes. */
  | 'too-long'
  | 'failed';

export type KeyFailure =
  /** The reader answered no. */
  | 'refused'
  /** The reader proved the old key after the new one was sent. */
  | 'not-taken'
  /** Nobody finished within the armed time. */
  | 'time';

/** Who a reader is. */
export interface Device {
  /** Three bytes as hex: the maker's IEEE number. */
  readonly vendor: string;
  readonly serial: number;
  /** Eight bytes as hex, said in the handshake; absent = it never had one. Opaque: some readers put the serial number in. */
  readonly clientId?: string;
}

export type BusEvent = { readonly id: string } & (
  | { readonly kind: 'state'; readonly state: LinkState; readonly secure: boolean }
  | { readonly kind: 'card'; readonly reader: number; readonly bits: string }
  | { readonly kind: 'formatted'; readonly reader: number; readonly text: string }
  | { readonly kind: 'keys'; readonly reader: number; readonly keys: readonly Key[] }
  /** A card that cannot be one: too long, or its counts do not add up. */
  | { readonly kind: 'unreadable'; readonly fault: 'too-long' | 'malformed'; readonly bits: number }
  | { readonly kind: 'tamper'; readonly active: boolean }
  | { readonly kind: 'power'; readonly failed: boolean }
  /** On change; `first` = found so when the reader came online, so nobody saw it happen. */
  | { readonly kind: 'input'; readonly input: number; readonly state: InputState; readonly first: boolean }
  | { readonly kind: 'output'; readonly output: number; readonly on: boolean }
  /** Who it is from now on; another one is an alarm. */
  | { readonly kind: 'identity'; readonly device: Device }
  /** `was` and `is`: of a changed device. */
  | {
      readonly kind: 'alarm';
      readonly alarm: AlarmKind;
      readonly active: boolean;
      readonly was?: Device;
      readonly is?: Device;
    }
  /** The first status of this kind whose length is not what its capabilities say. What fits is taken. */
  | {
      readonly kind: 'odd-status';
      readonly status: StatusKind;
      readonly bytes: number;
      readonly announced: number;
    }
  | {
      readonly kind: 'manufacturer';
      readonly oui: Uint8Array;
      readonly data: Uint8Array;
      readonly job?: number;
    }
  /** It took another address or speed: the panel follows the address, the line keeps its speed. */
  | { readonly kind: 'moved'; readonly address: number; readonly baud: number }
  /** A command given with a job number is over. */
  | { readonly kind: 'job'; readonly job: number; readonly result: CommandResult; readonly nak?: number }
  /** Install mode: store a new key durably as pending, then call `keyStored`. */
  | { readonly kind: 'key-wanted' }
  /** The reader proved the pending key: it is the active one now, the old one is worthless. */
  | { readonly kind: 'key-proved' }
  | { readonly kind: 'key-failed'; readonly why: KeyFailure }
);

/** Counts since start. */
export interface Counters {
  replies: number;
  timeouts: number;
  /** Frames whose check value or bounds were wrong while this reader was asked. */
  damaged: number;
  /** Frames that were not the answer: another address, number, block type, or our own echo. */
  stray: number;
  busy: number;
  malformed: number;
  unexpected: number;
  /** Answers to a poll that are counted and nothing more: biometrics, PIV, smart card, vendor status. */
  noted: number;
  /** Status reports longer or shorter than the capabilities say. */
  oddStatus: number;
  sessionDrops: number;
  /** By NAK code. */
  naks: Map<number, number>;
}

export interface PeripheralHealth {
  readonly id: string;
  readonly address: number;
  readonly state: LinkState;
  /** Its frames are sealed under a key of its own. */
  readonly secure: boolean;
  readonly alarms: readonly AlarmKind[];
  /** Install mode ends after so many ms; absent = not armed. */
  readonly armedForMs?: number;
  readonly identity?: Identity;
  readonly capabilities: readonly Capability[];
  /** As last told. */
  readonly inputs: readonly InputState[];
  readonly counters: Readonly<Counters>;
  /** Of the latest 128 replies, command's last byte to reply; absent before the first. */
  readonly replyMs?: { readonly p50: number; readonly p99: number };
  readonly lastReplyMs?: number;
}
