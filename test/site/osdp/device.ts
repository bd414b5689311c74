/**
 * What a reader is, apart from how it talks: its card head and keys, housing, inputs, outputs and lamps; what each
 * command does to it and what it answers (SIA OSDP v2.2, commands 60-A7, replies 40-90).
 */
import { buzz, createUpload, type Shown, showLed, showText } from './display.js';
import { createOutputs, type Outputs } from './outputs.js';
import { ack, little, nak, type Reply, refuse, reply } from './reply.js';

export interface DeviceOptions {
  readonly oui: readonly [number, number, number];
  readonly model: number;
  readonly version: number;
  readonly serial: number;
  readonly firmware: readonly [number, number, number];
  readonly inputs: number;
  readonly outputs: number;
  readonly leds: number;
  readonly hasText: boolean;
  /** Largest frame it takes. */
  readonly receiveBytes: number;
  readonly hasSecureChannel: boolean;
  readonly hasCrc: boolean;
  /** Whether OUT is answered with the outputs (standard 7.8) or with ACK; readers do both. */
  readonly answersOutputs: boolean;
}

export const usualDevice: DeviceOptions = {
  oui: [0x0a, 0x00, 0x17],
  model: 3,
  version: 1,
  serial: 0x01020301,
  firmware: [1, 2, 3],
  inputs: 2,
  outputs: 2,
  leds: 2,
  hasText: true,
  receiveBytes: 256,
  hasSecureChannel: true,
  hasCrc: true,
  answersOutputs: false,
};

/** What people do at the reader waits here until a POLL fetches it. */
export interface DeviceEvent {
  readonly kind: 'card' | 'keys' | 'vendor';
  readonly code: number;
  readonly data: Uint8Array;
  /** Said: in a reply that may be repeated. Delivered: the panel went on. Dropped: forgotten by the reader. */
  state: 'waiting' | 'said' | 'delivered' | 'dropped';
}

export interface Device {
  readonly shown: Shown;
  /** Every event there ever was, oldest first. */
  readonly events: readonly DeviceEvent[];
  present(bits: string, format?: number): DeviceEvent;
  /** A card as characters, the older way. `extra` is added to the count as some readers do. */
  presentText(text: string, extra?: number): DeviceEvent;
  /** 0-9, *, #. */
  press(keys: string): DeviceEvent;
  sayVendor(...data: number[]): DeviceEvent;
  /** Any reply to the next poll. */
  say(code: number, ...data: number[]): DeviceEvent;
  setTamper(active: boolean): void;
  setPowerFailed(failed: boolean): void;
  /** How its reading head stands: 0 = well, 1 = not connected, 2 = tampered with. */
  setHead(state: 0 | 1 | 2): void;
  setInput(input: number, state: number): void;
  isOn(output: number, nowMs: number): boolean;
  peek(): DeviceEvent | undefined;
  /** The answer to POLL. */
  poll(nowMs: number): { readonly reply: Reply; readonly event?: DeviceEvent };
  /** Any command of the device itself; undefined when it is none. */
  command(code: number, data: Uint8Array, nowMs: number): Reply | undefined;
  /** The link is lost, or the power was: what waits is forgotten. */
  forget(): void;
  /** Power comes back: outputs off, states to be reported anew. */
  restart(): void;
}

export function createDevice(options: DeviceOptions): Device {
  const events: DeviceEvent[] = [];
  const shown: Shown = { leds: [], buzzes: [], texts: [], files: [], vendor: [] };
  const body: Body = {
    options,
    shown,
    outputs: createOutputs(options.outputs),
    inputs: new Array<number>(options.inputs).fill(0),
    upload: createUpload(shown),
    status: { tamper: 0, power: 0, localChanged: false, inputsChanged: false, head: 0, headChanged: false },
  };
  const { outputs, inputs, status } = body;
  const add = (kind: DeviceEvent['kind'], code: number, ...data: number[]) => {
    const event: DeviceEvent = { kind, code, data: Uint8Array.from(data), state: 'waiting' };
    events.push(event);
    return event;
  };
  const waiting = () => events.find(({ state }) => state === 'waiting');
  const local = (part: 'tamper' | 'power', active: boolean) => {
    status.localChanged ||= status[part] !== Number(active);
    status[part] = Number(active);
  };
  return {
    shown,
    events,
    present: (bits, format = 1) =>
      add('card', 0x50, 0, format, bits.length & 0xff, bits.length >> 8, ...packed(bits)),
    presentText: (text, extra = 0) => add('card', 0x51, 0, 1, text.length + extra, ...Buffer.from(text)),
    press: (keys) => add('keys', 0x53, 0, keys.length, ...[...keys].map(keyByte)),
    sayVendor: (...data) => add('vendor', 0x90, ...options.oui, ...data),
    say: (code, ...data) => add('vendor', code, ...data),
    setTamper: (active) => local('tamper', active),
    setPowerFailed: (failed) => local('power', failed),
    setHead(state) {
      status.headChanged ||= status.head !== state;
      status.head = state;
    },
    setInput(input, state) {
      status.inputsChanged ||= inputs[input] !== state;
      inputs[input] = state;
    },
    isOn: outputs.isOn,
    peek: waiting,
    poll(nowMs) {
      const event = waiting();
      if (event === undefined) return { reply: changesOf(body, nowMs) };
      event.state = 'said';
      return { reply: event, event };
    },
    command: (code, data, nowMs) => commands.get(code)?.(body, data, nowMs),
    forget() {
      for (const event of events) if (['waiting', 'said'].includes(event.state)) event.state = 'dropped';
    },
    restart() {
      outputs.allOff();
      status.localChanged = true;
    },
  };
}

interface Body {
  readonly options: DeviceOptions;
  readonly shown: Shown;
  readonly outputs: Outputs;
  readonly inputs: number[];
  readonly upload: ReturnType<typeof createUpload>;
  readonly status: {
    tamper: number;
    power: number;
    localChanged: boolean;
    inputsChanged: boolean;
    head: number;
    headChanged: boolean;
  };
}

/** What POLL is told when nobody did anything: what changed, once. */
function changesOf({ status, inputs, outputs }: Body, nowMs: number): Reply {
  if (status.localChanged) return localStatus(status);
  if (status.inputsChanged) return inputStatus(status, inputs);
  if (status.headChanged) return readerStatus(status);
  return outputs.changedByItself(nowMs) ? reply(0x4a, ...outputs.states(nowMs)) : ack;
}

function localStatus(status: Body['status']): Reply {
  status.localChanged = false;
  return reply(0x48, status.tamper, status.power);
}

function inputStatus(status: Body['status'], inputs: readonly number[]): Reply {
  status.inputsChanged = false;
  return reply(0x49, ...inputs);
}

function readerStatus(status: Body['status']): Reply {
  status.headChanged = false;
  return reply(0x4b, status.head);
}

type Command = (body: Body, data: Uint8Array, nowMs: number) => Reply;

const u16: Command = (_body, data) => (data.length === 2 ? ack : refuse(nak.length));
const commands: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x61, ({ options }, data) => (data.length > 1 ? refuse(nak.length) : identity(options))],
  [0x62, ({ options }, data) => (data.length > 1 ? refuse(nak.length) : capabilities(options))],
  [0x64, ({ status }) => localStatus(status)],
  [0x65, ({ status, inputs }) => inputStatus(status, inputs)],
  [0x66, ({ outputs }, _data, nowMs) => reply(0x4a, ...outputs.states(nowMs))],
  [0x67, ({ status }) => readerStatus(status)],
  [0x68, ({ outputs, options }, data, nowMs) => outputs.command(data, nowMs, options.answersOutputs)],
  [0x69, ({ shown, options }, data, nowMs) => showLed(shown, data, options.leds, nowMs)],
  [0x6a, ({ shown }, data) => buzz(shown, data)],
  [0x6b, ({ shown, options }, data) => (options.hasText ? showText(shown, data) : refuse(nak.unknown))],
  [0x7b, u16],
  [0x7c, ({ upload, options }, data) => upload(data, options.receiveBytes)],
  [
    0x80,
    ({ shown, options }, data) => {
      shown.vendor.push(data);
      return reply(0x90, ...options.oui, ...data.slice(3));
    },
  ],
  [0xa2, () => ack],
  [0xa7, u16],
]);

function identity({ oui, model, version, serial, firmware }: DeviceOptions): Reply {
  return reply(0x45, ...oui, model, version, ...little(serial, 4), ...firmware);
}

function capabilities(device: DeviceOptions): Reply {
  const rows = [
    [1, 1, device.inputs],
    [2, 4, device.outputs],
    [3, 3, 1],
    [4, 4, device.leds],
    [5, 2, 1],
    [6, device.hasText ? 2 : 0, 1],
    [8, Number(device.hasCrc), 0],
    [9, Number(device.hasSecureChannel), 0],
    [10, ...little(device.receiveBytes, 2)],
    [13, 1, 1],
    [16, 2, 0],
  ];
  return reply(0x46, ...rows.flat());
}

function packed(bits: string): readonly number[] {
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

function keyByte(key: string): number {
  return key === '*' ? 0x7f : key === '#' ? 0x0d : key.charCodeAt(0);
}
