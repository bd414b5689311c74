/**
 * What readers answer (SIA OSDP v2.2, section 7). Every length and count is held against the bytes that are there:
 * what does not add up is `malformed` and never an event.
 */
import type { CommandKind } from './commands.js';

export const replyCodes = {
  ack: 0x40,
  nak: 0x41,
  id: 0x45,
  capabilities: 0x46,
  localStatus: 0x48,
  inputStatus: 0x49,
  outputStatus: 0x4a,
  readerStatus: 0x4b,
  raw: 0x50,
  formatted: 0x51,
  keypad: 0x53,
  com: 0x54,
  challenge: 0x76,
  initialMac: 0x78,
  busy: 0x79,
  fileStatus: 0x7a,
  manufacturer: 0x90,
} as const;

/** Replies to a poll that are noted and nothing more: biometrics, PIV, smart card, vendor status. */
const notedCodes: readonly number[] = [0x57, 0x58, 0x80, 0x81, 0x82, 0x83, 0x84, 0xb1];

/** Raw card bits beyond this are not taken apart. */
export const cardBitsMax = 1024;
/** Characters of a formatted card and keys of one reply. */
const charactersMax = 64;

export interface Identity {
  /** Three bytes as hex: the maker's IEEE number. */
  readonly vendor: string;
  readonly model: number;
  readonly version: number;
  readonly serial: number;
  /** major.minor.build */
  readonly firmware: string;
}

/** One line of the capability report: level and count mean what the function says. */
export interface Capability {
  readonly function: number;
  readonly level: number;
  readonly count: number;
}

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';
export type InputState = 'inactive' | 'active' | 'short' | 'open' | 'fault' | 'unknown';

export interface FileStatus {
  readonly action: number;
  readonly delayMs: number;
  readonly status: number;
  readonly fragmentMax: number;
}

export type Reply =
  | { readonly kind: 'ack' | 'busy' }
  | { readonly kind: 'nak'; readonly code: number }
  | { readonly kind: 'id'; readonly identity: Identity }
  | { readonly kind: 'capabilities'; readonly list: readonly Capability[] }
  /** `powerFail` undefined = the reader left it out. */
  | {
      readonly kind: 'localStatus';
      readonly tamper: boolean;
      readonly powerFail: boolean | undefined;
      readonly bytes: number;
    }
  | { readonly kind: 'inputStatus'; readonly inputs: readonly InputState[] }
  | { readonly kind: 'outputStatus'; readonly outputs: readonly boolean[] }
  | { readonly kind: 'readerStatus'; readonly readers: readonly number[] }
  /** `bits` as text of 0 and 1, first sent first. */
  | { readonly kind: 'raw'; readonly reader: number; readonly format: number; readonly bits: string }
  /** A whole reply of more bits than any card here: an event, never a card. */
  | { readonly kind: 'too-long'; readonly reader: number; readonly bits: number }
  | { readonly kind: 'formatted'; readonly reader: number; readonly text: string }
  /** Keys that are none of the twelve are left out. */
  | { readonly kind: 'keypad'; readonly reader: number; readonly keys: readonly Key[] }
  | { readonly kind: 'com'; readonly address: number; readonly baud: number }
  | {
      readonly kind: 'challenge';
      readonly clientId: Uint8Array;
      readonly rndB: Uint8Array;
      readonly cryptogram: Uint8Array;
    }
  | { readonly kind: 'initialMac'; readonly mac: Uint8Array }
  | { readonly kind: 'fileStatus'; readonly status: FileStatus }
  | { readonly kind: 'manufacturer'; readonly oui: Uint8Array; readonly data: Uint8Array }
  | { readonly kind: 'noted'; readonly code: number; readonly bytes: number }
  | { readonly kind: 'unknown'; readonly code: number }
  | { readonly kind: 'malformed'; readonly code: number };

export type ReplyKind = Reply['kind'];

/** Reads a reply's code and clear data. Total. */
export function readReply(code: number, data: Uint8Array): Reply {
  const reader = readers.get(code);
  if (reader !== undefined) return reader(data) ?? { kind: 'malformed', code };
  if (notedCodes.includes(code)) return { kind: 'noted', code, bytes: data.length };
  return { kind: 'unknown', code };
}

const states: readonly ReplyKind[] = ['localStatus', 'inputStatus', 'outputStatus', 'readerStatus'];
const presented: readonly ReplyKind[] = ['raw', 'too-long', 'formatted', 'keypad'];

/** What may answer a command besides NAK and BUSY. */
const accepted: Readonly<Record<CommandKind, readonly ReplyKind[]>> = {
  poll: ['ack', ...states, ...presented, 'manufacturer', 'fileStatus', 'noted'],
  id: ['id'],
  capabilities: ['capabilities'],
  localStatus: ['localStatus'],
  inputStatus: ['inputStatus'],
  outputStatus: ['outputStatus'],
  readerStatus: ['readerStatus'],
  output: ['ack', 'outputStatus'],
  led: ['ack'],
  buzzer: ['ack'],
  text: ['ack'],
  comset: ['com'],
  keyset: ['ack'],
  challenge: ['challenge'],
  cryptogram: ['initialMac'],
  receiveSize: ['ack'],
  fileTransfer: ['fileStatus'],
  manufacturer: ['ack', 'manufacturer'],
  abort: ['ack'],
  keepActive: ['ack'],
};

/** Does this reply answer that command? */
export function answers(reply: Reply, command: CommandKind): boolean {
  return reply.kind === 'nak' || accepted[command].includes(reply.kind);
}

type Reader = (data: Uint8Array) => Reply | undefined;

const readers: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [replyCodes.ack, (data) => (data.length === 0 ? { kind: 'ack' } : undefined)],
  [replyCodes.busy, (data) => (data.length === 0 ? { kind: 'busy' } : undefined)],
  [replyCodes.nak, (data) => (data[0] === undefined ? undefined : { kind: 'nak', code: data[0] })],
  [replyCodes.id, readIdentity],
  [replyCodes.capabilities, readCapabilities],
  [replyCodes.localStatus, readLocalStatus],
  [replyCodes.inputStatus, readInputs],
  [
    replyCodes.outputStatus,
    (data) =>
      data.length === 0 ? undefined : { kind: 'outputStatus', outputs: [...data].map((one) => one !== 0) },
  ],
  [
    replyCodes.readerStatus,
    (data) => (data.length === 0 ? undefined : { kind: 'readerStatus', readers: [...data] }),
  ],
  [replyCodes.raw, readRaw],
  [replyCodes.formatted, readFormatted],
  [replyCodes.keypad, readKeypad],
  [
    replyCodes.com,
    (data) =>
      data.length === 5 ? { kind: 'com', address: (data[0] ?? 0) & 0x7f, baud: u32(data, 1) } : undefined,
  ],
  [replyCodes.challenge, readChallenge],
  [replyCodes.initialMac, (data) => (data.length === 16 ? { kind: 'initialMac', mac: data } : undefined)],
  [replyCodes.fileStatus, readFileStatus],
  [
    replyCodes.manufacturer,
    (data) =>
      data.length < 3 ? undefined : { kind: 'manufacturer', oui: data.slice(0, 3), data: data.slice(3) },
  ],
]);

function readIdentity(data: Uint8Array): Reply | undefined {
  if (data.length !== 12) return undefined;
  const [v0 = 0, v1 = 0, v2 = 0, model = 0, version = 0] = data;
  const [major, minor, build] = data.subarray(9);
  const identity: Identity = {
    vendor: [v0, v1, v2].map(hex).join(''),
    model,
    version,
    serial: u32(data, 5),
    firmware: `${major}.${minor}.${build}`,
  };
  return { kind: 'id', identity };
}

function readCapabilities(data: Uint8Array): Reply | undefined {
  if (data.length % 3 !== 0) return undefined;
  const list = Array.from({ length: data.length / 3 }, (_, index): Capability => {
    const [fn = 0, level = 0, count = 0] = data.subarray(index * 3);
    return { function: fn, level, count };
  });
  return { kind: 'capabilities', list };
}

function readLocalStatus(data: Uint8Array): Reply | undefined {
  const [tamper, power] = data;
  if (tamper === undefined) return undefined;
  const powerFail = power === undefined ? undefined : power !== 0;
  return { kind: 'localStatus', tamper: tamper !== 0, powerFail, bytes: data.length };
}

const inputStates: readonly InputState[] = ['inactive', 'active', 'short', 'open', 'fault'];

function readInputs(data: Uint8Array): Reply | undefined {
  if (data.length === 0) return undefined;
  return { kind: 'inputStatus', inputs: [...data].map((one) => inputStates[one] ?? 'unknown') };
}

/** reader, format, bits u16, then the bits, most significant first and left aligned. */
function readRaw(data: Uint8Array): Reply | undefined {
  const [reader, format, low, high] = data;
  if (reader === undefined || format === undefined || low === undefined || high === undefined)
    return undefined;
  const bits = low | (high << 8);
  const payload = data.subarray(4);
  if (bits === 0 || payload.length !== Math.ceil(bits / 8)) return undefined;
  if (bits > cardBitsMax) return { kind: 'too-long', reader, bits };
  const text = [...payload].map((one) => one.toString(2).padStart(8, '0')).join('');
  return { kind: 'raw', reader, format, bits: text.slice(0, bits) };
}

/**
 * reader, direction, count, characters. Some readers count two framing characters that they do not send, so up to
 * two may be missing; more bytes than counted are damage.
 */
function readFormatted(data: Uint8Array): Reply | undefined {
  const [reader, direction, count] = data;
  const characters = data.subarray(3);
  if (reader === undefined || count === undefined || direction === undefined || direction > 2)
    return undefined;
  if (characters.length === 0 || characters.length > count || characters.length < count - 2) return undefined;
  if (characters.length > charactersMax) return { kind: 'too-long', reader, bits: characters.length * 8 };
  if (!characters.every((one) => one >= 0x20 && one < 0x7f)) return undefined;
  const text = String.fromCharCode(...characters);
  return { kind: 'formatted', reader, text: direction === 2 ? [...text].reverse().join('') : text };
}

function readKeypad(data: Uint8Array): Reply | undefined {
  const [reader, count] = data;
  const digits = data.subarray(2);
  if (reader === undefined || count !== digits.length || count > charactersMax) return undefined;
  return { kind: 'keypad', reader, keys: [...digits].flatMap((one) => keyOf(one) ?? []) };
}

const digits: readonly Key[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function keyOf(code: number): Key | undefined {
  if (code === 0x7f || code === 0x2a) return '*';
  if (code === 0x0d || code === 0x23) return '#';
  return digits[code - 0x30];
}

function readChallenge(data: Uint8Array): Reply | undefined {
  if (data.length !== 32) return undefined;
  return {
    kind: 'challenge',
    clientId: data.slice(0, 8),
    rndB: data.slice(8, 16),
    cryptogram: data.slice(16),
  };
}

function readFileStatus(data: Uint8Array): Reply | undefined {
  if (data.length !== 7) return undefined;
  const status = u16(data, 3);
  return {
    kind: 'fileStatus',
    status: {
      action: data[0] ?? 0,
      delayMs: u16(data, 1),
      status: status >= 0x8000 ? status - 0x1_0000 : status,
      fragmentMax: u16(data, 5),
    },
  };
}

function u16(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
}

function u32(data: Uint8Array, at: number): number {
  return u16(data, at) + u16(data, at + 2) * 0x1_0000;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
