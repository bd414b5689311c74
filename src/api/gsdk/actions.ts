/** Actions of a zone or door in both words. Device widths bound the values: durations and counts have 16 bits. */
import type { BuzzerTone, DoorAction, LedColor, ZoneAction } from '../../core/model.js';
import type { Desk } from './desk.js';
import { invalid, type WireAction, type WireSignal } from './wire.js';

const type = { lock: 1, unlock: 2, releaseAlarm: 4, relay: 6, buzzer: 10, led: 11 } as const;
/** ActionType runs from ACTION_NONE to ACTION_LIFT. */
const TYPE_MAX = 15;
const UINT16_MAX = 0xffff;
const SIGNALS_MAX = 3;
const stops = ['never', 'door-closed', 'next-action'] as const;
const colors: readonly LedColor[] = ['off', 'red', 'yellow', 'green', 'cyan', 'blue', 'magenta', 'white'];
const tones: readonly BuzzerTone[] = ['off', 'low', 'middle', 'high'];
/** Which member of the oneof goes with a type; the others carry none. */
const entities = new Map<number, string>([
  [type.relay, 'relay'],
  [type.buzzer, 'buzzer'],
  [type.led, 'LED'],
]);

/** One action as we keep it; `RpcError` names the field at `path`. */
export function toAction(desk: Desk, sent: WireAction, path: string): DoorAction {
  const stop = stops[sent.stopFlag];
  if (stop === undefined) throw invalid(`${path}.stopFlag`, `${sent.stopFlag} is not a StopFlag`);
  checkEntity(sent, path);
  const started = { delayMs: uint16(sent.delay, `${path}.delay`), stop };
  switch (sent.type) {
    case type.releaseAlarm:
      controllerOnly(desk, sent, path);
      return { ...started, kind: 'release-alarm' };
    case type.lock:
      return { ...started, kind: 'lock-door', door: doorOf(desk, sent, path) };
    case type.unlock:
      return { ...started, kind: 'unlock-door', door: doorOf(desk, sent, path) };
    case type.relay:
      controllerOnly(desk, sent, path);
      return { ...started, kind: 'output', ...outputOf(desk, sent, path) };
    case type.led:
      return { ...started, kind: 'led', reader: readerOf(desk, sent, path), pattern: ledOf(sent, path) };
    case type.buzzer:
      return {
        ...started,
        kind: 'buzzer',
        reader: readerOf(desk, sent, path),
        pattern: buzzerOf(sent, path),
      };
    default:
      throw invalid(
        `${path}.type`,
        `${sent.type} is ${sent.type > TYPE_MAX ? 'not an ActionType' : 'not supported'}`,
      );
  }
}

/** An action as the dialect shows it; undefined for one it has no word for. */
export function fromAction({ context, devices }: Desk, action: ZoneAction): object | undefined {
  const base = { stopFlag: stops.indexOf(action.stop), delay: action.delayMs };
  switch (action.kind) {
    case 'release-alarm':
      return { ...base, deviceID: 0, type: type.releaseAlarm };
    case 'lock-door':
    case 'unlock-door': {
      const reader = context.site.readers.find(({ door }) => door === action.door);
      if (reader === undefined) return undefined;
      const kind = action.kind === 'lock-door' ? type.lock : type.unlock;
      return { ...base, deviceID: devices.deviceOf(reader.id), type: kind };
    }
    case 'output': {
      const relayIndex = (context.site.outputs ?? []).indexOf(action.output);
      if (relayIndex < 0) return undefined;
      const { count, onMs, offMs, delayMs } = action.signal;
      const signal = { signalID: 0, count, onDuration: onMs, offDuration: offMs, delay: delayMs };
      return { ...base, deviceID: 0, type: type.relay, relay: { relayIndex, signal } };
    }
    case 'led': {
      const signals = action.pattern.steps.map(({ color, durationMs, delayMs }) => ({
        color: colors.indexOf(color),
        duration: durationMs,
        delay: delayMs,
      }));
      const LED = { signals, count: action.pattern.count };
      return { ...base, deviceID: devices.deviceOf(action.reader), type: type.led, LED };
    }
    case 'buzzer': {
      const signals = action.pattern.steps.map(({ tone, fadeout, durationMs, delayMs }) => ({
        tone: tones.indexOf(tone),
        fadeout,
        duration: durationMs,
        delay: delayMs,
      }));
      const buzzer = { signals, count: action.pattern.count };
      return { ...base, deviceID: devices.deviceOf(action.reader), type: type.buzzer, buzzer };
    }
    case 'url':
      return undefined;
  }
}

function checkEntity(sent: WireAction, path: string): void {
  const wanted = entities.get(sent.type);
  if (sent.entity === wanted) return;
  if (wanted === undefined) throw invalid(`${path}.${sent.entity}`, `does not go with type ${sent.type}`);
  throw invalid(`${path}.${wanted}`, `is missing for type ${sent.type}`);
}

/** 0 = this device. */
function controllerOnly({ devices }: Desk, { deviceID }: WireAction, path: string): void {
  if (deviceID === 0 || deviceID === devices.controller) return;
  throw invalid(`${path}.deviceID`, `${deviceID} has no relay: the relays are the controller's`);
}

function readerOf({ devices }: Desk, { deviceID }: WireAction, path: string): string {
  const reader = devices.readerOf(deviceID);
  if (reader === undefined)
    throw invalid(`${path}.deviceID`, `${deviceID} is not a reader of this controller`);
  return reader;
}

function doorOf(desk: Desk, sent: WireAction, path: string): string {
  const reader = readerOf(desk, sent, path);
  return desk.context.site.readers.find(({ id }) => id === reader)?.door ?? '';
}

function outputOf({ context }: Desk, { relay }: WireAction, path: string) {
  const field = `${path}.relay`;
  const outputs = context.site.outputs ?? [];
  const output = outputs[relay?.relayIndex ?? 0];
  if (output === undefined) {
    throw invalid(
      `${field}.relayIndex`,
      `${relay?.relayIndex} is none of the ${outputs.length} free outputs`,
    );
  }
  if (relay?.signal == null) throw invalid(`${field}.signal`, 'is missing');
  return { output, signal: signalOf(relay.signal, `${field}.signal`) };
}

function signalOf({ count, onDuration, offDuration, delay }: WireSignal, path: string) {
  return {
    count: uint16(count, `${path}.count`),
    onMs: uint16(onDuration, `${path}.onDuration`),
    offMs: uint16(offDuration, `${path}.offDuration`),
    delayMs: uint16(delay, `${path}.delay`),
  };
}

function ledOf({ LED }: WireAction, path: string) {
  const steps = stepsOf(LED?.signals, `${path}.LED`, ({ color }, field) => {
    const name = colors[color];
    if (name === undefined) throw invalid(`${field}.color`, `${color} is not an LEDColor`);
    return { color: name };
  });
  return { count: uint16(LED?.count ?? 0, `${path}.LED.count`), steps };
}

function buzzerOf({ buzzer }: WireAction, path: string) {
  const steps = stepsOf(buzzer?.signals, `${path}.buzzer`, ({ tone, fadeout }, field) => {
    const name = tones[tone];
    if (name === undefined) throw invalid(`${field}.tone`, `${tone} is not a BuzzerTone`);
    return { tone: name, fadeout };
  });
  return { count: uint16(buzzer?.count ?? 0, `${path}.buzzer.count`), steps };
}

function stepsOf<S extends { readonly duration: number; readonly delay: number }, T>(
  signals: readonly S[] | undefined,
  path: string,
  stepOf: (signal: S, field: string) => T,
) {
  const sent = signals ?? [];
  if (sent.length < 1 || sent.length > SIGNALS_MAX)
    throw invalid(`${path}.signals`, `has ${sent.length}: may have 1 to ${SIGNALS_MAX}`);
  return sent.map((signal, index) => {
    const field = `${path}.signals[${index}]`;
    const durationMs = uint16(signal.duration, `${field}.duration`);
    return { ...stepOf(signal, field), durationMs, delayMs: uint16(signal.delay, `${field}.delay`) };
  });
}

function uint16(value: number, field: string): number {
  if (value > UINT16_MAX) throw invalid(field, `${value} is more than ${UINT16_MAX}`);
  return value;
}
