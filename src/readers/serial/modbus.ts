/**
 * A reader that keeps its card in Modbus registers.
 *   question: unit, function, start u16, count u16, CRC · answer: unit, function, byte count, data, CRC
 *   refusal: unit, function + 80, code, CRC · writes (5, 6, 16) are answered by their first six bytes and a CRC
 * Numbers are high byte first, the CRC low byte first.
 */
import { checkOf } from './checks.js';
import { type ContentRead, readContent } from './content.js';
import type { ModbusSettings } from './settings.js';
import type { Heard, Talker } from './talker.js';

const readCoils = 1;
const writeCoil = 5;
const answerMax = 5 + 2 * 125;
const waiting: Heard = { reads: [], isDone: false };
const done: Heard = { reads: [], isDone: true };

/** The request with unit and CRC around it. */
export function modbusFrame(unit: number, request: readonly number[] | Uint8Array): Uint8Array {
  const body = Uint8Array.of(unit, ...request);
  const crc = checkOf('crc16', body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}

/**
 * What stands in the registers when the reader is first heard, or heard again, was there before and is no read: it
 * may be a card of yesterday.
 */
export function createModbusTalker(settings: ModbusSettings): Talker {
  const { unit, newBy, clear, start, count, everyMs, timeoutMs, show } = settings;
  const askValue = modbusFrame(unit, [settings.function, ...u16(start), ...u16(count)]);
  const askCoil =
    newBy.by === 'coil' ? modbusFrame(unit, [readCoils, ...u16(newBy.coil), ...u16(1)]) : undefined;
  const clearing = clearsOf(settings);
  let kept: number[] = [];
  let step: 'coil' | 'value' | number = 'value';
  /** What told the last card from others; undefined = not heard yet. */
  let known: string | undefined;

  const begin = (next: typeof step, bytes: Uint8Array): Heard => {
    step = next;
    kept = [];
    return { ...waiting, next: bytes };
  };
  const takeCoil = (data: Uint8Array): Heard => {
    const isSet = ((data[0] ?? 0) & 1) === 1;
    if (isSet) return begin('value', askValue);
    known = 'clear';
    return done;
  };
  const takeValue = (data: Uint8Array): Heard => {
    const mark = markOf(data, settings);
    const isNew = known !== undefined && mark !== known;
    known = newBy.by === 'coil' ? 'clear' : mark;
    const read: ContentRead = readContent(data, settings);
    const reads = isNew && read.kind !== 'nothing' ? [read] : [];
    const first = clearing[0];
    const mustClear = first !== undefined && (newBy.by === 'coil' || read.kind !== 'nothing');
    return mustClear ? { ...begin(0, first), reads } : { reads, isDone: true };
  };
  const takeWritten = (written: number): Heard => {
    const next = clearing[written + 1];
    // The registers were emptied by us: the same card again is another read.
    if (clear !== undefined && newBy.by === 'change') known = 'clear';
    return next === undefined ? done : begin(written + 1, next);
  };
  return {
    ask() {
      kept = [];
      step = askCoil === undefined ? 'value' : 'coil';
      return askCoil ?? askValue;
    },
    ...{ everyMs, timeoutMs },
    hear(bytes) {
      kept.push(...bytes);
      const asked = step === 'coil' ? readCoils : step === 'value' ? settings.function : clearing[step]?.[1];
      const data = answerIn(kept, unit, asked ?? 0);
      if (kept.length > answerMax) kept = kept.slice(-answerMax);
      if (data === undefined) return waiting;
      kept = [];
      if (data === 'refused') return done;
      if (step === 'coil') return takeCoil(data);
      if (typeof step === 'number') return takeWritten(step);
      return data.length === 2 * count ? takeValue(data) : done;
    },
    wake: () => waiting,
    wakeMs: () => Number.POSITIVE_INFINITY,
    silent() {
      known = undefined;
    },
    isMirrored: (question) => (question[1] ?? 0) >= writeCoil,
    show(signal) {
      const request = show[signal];
      return request === undefined ? undefined : modbusFrame(unit, request);
    },
  };
}

/** The frames that end a read: the coil down, the registers emptied. */
function clearsOf({ unit, newBy, clear }: ModbusSettings): readonly Uint8Array[] {
  return [
    ...(clear === undefined ? [] : [modbusFrame(unit, clear)]),
    ...(newBy.by === 'coil' ? [modbusFrame(unit, [writeCoil, ...u16(newBy.coil), 0, 0])] : []),
  ];
}

function markOf(data: Uint8Array, { newBy }: ModbusSettings): string {
  if (newBy.by === 'coil') return 'set';
  const part = newBy.by === 'sequence' ? data.subarray(2 * newBy.word, 2 * newBy.word + 2) : data;
  return part.every((byte) => byte === 0) && newBy.by === 'change' ? 'clear' : part.join(' ');
}

/** The data of the first whole answer; noise before it is passed over. */
function answerIn(kept: readonly number[], unit: number, asked: number): Uint8Array | 'refused' | undefined {
  for (let at = 0; at + 5 <= kept.length; at++) {
    if (kept[at] !== unit) continue;
    const code = kept[at + 1] ?? 0;
    const isRead = asked < writeCoil;
    if (code !== asked && code !== (asked | 0x80)) continue;
    const length = code !== asked ? 5 : isRead ? 5 + (kept[at + 2] ?? 0) : 8;
    const frame = Uint8Array.from(kept.slice(at, at + length));
    if (frame.length < length) continue;
    const crc = (frame[length - 2] ?? 0) | ((frame[length - 1] ?? 0) << 8);
    if (crc !== checkOf('crc16', frame.subarray(0, -2))) continue;
    return code === asked ? frame.subarray(isRead ? 3 : 2, -2) : 'refused';
  }
  return undefined;
}

function u16(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff];
}
