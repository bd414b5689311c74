/** Lamps, buzzer, display and memory of a reader: what commands 69, 6A, 6B and 7C do to them. */
import { ack, little, nak, type Reply, recordsOf, refuse, reply } from './reply.js';

export interface Led {
  readonly reader: number;
  readonly led: number;
  readonly temporary: {
    readonly control: number;
    readonly on: number;
    readonly off: number;
    readonly onColour: number;
    readonly offColour: number;
    readonly timer: number;
  };
  readonly permanent: {
    readonly control: number;
    readonly on: number;
    readonly off: number;
    readonly onColour: number;
    readonly offColour: number;
  };
  readonly atMs: number;
}

/** The colour a light has, or blinks in: the temporary one until its time is over, then the permanent one. */
export function colourOf({ leds }: Shown, nowMs: number): number {
  let temporary = { colour: 0, untilMs: Number.NEGATIVE_INFINITY };
  let permanent = 0;
  for (const { temporary: short, permanent: long, atMs } of leds) {
    if (short.control === 1) temporary = { colour: 0, untilMs: atMs };
    if (short.control === 2) temporary = { colour: short.onColour, untilMs: atMs + short.timer * 100 };
    if (long.control === 1) permanent = long.onColour;
  }
  return nowMs < temporary.untilMs ? temporary.colour : permanent;
}

/** What the reader was told to do, in order. */
export interface Shown {
  readonly leds: Led[];
  readonly buzzes: {
    readonly reader: number;
    readonly tone: number;
    readonly on: number;
    readonly off: number;
    readonly count: number;
  }[];
  readonly texts: {
    readonly command: number;
    readonly seconds: number;
    readonly row: number;
    readonly column: number;
    readonly text: string;
  }[];
  readonly files: { readonly type: number; readonly bytes: Uint8Array }[];
  readonly vendor: Uint8Array[];
}

export function showLed({ leds }: Shown, data: Uint8Array, count: number, atMs: number): Reply {
  const records = recordsOf(data, 14);
  if (records === undefined) return refuse(nak.length);
  for (const record of records) {
    const [reader = 0, led = 0, control = 0, on = 0, off = 0, onColour = 0, offColour = 0] = record;
    const [low = 0, high = 0, permControl = 0, permOn = 0, permOff = 0, permOnColour = 0, permOffColour = 0] =
      record.slice(7);
    // Some readers refuse a lamp that is set with no time on and none off.
    const setsNothing = (control === 2 && on + off === 0) || (permControl === 1 && permOn + permOff === 0);
    if (reader > 0 || led >= count || setsNothing) return refuse(nak.record);
    leds.push({
      reader,
      led,
      temporary: { control, on, off, onColour, offColour, timer: low | (high << 8) },
      permanent: {
        control: permControl,
        on: permOn,
        off: permOff,
        onColour: permOnColour,
        offColour: permOffColour,
      },
      atMs,
    });
  }
  return ack;
}

export function buzz({ buzzes }: Shown, data: Uint8Array): Reply {
  const [reader = 0, tone = 0, on = 0, off = 0, count = 0] = data;
  if (data.length !== 5) return refuse(nak.length);
  if (reader > 0 || (on === 0 && tone !== 1)) return refuse(nak.record);
  buzzes.push({ reader, tone, on, off, count });
  return ack;
}

export function showText({ texts }: Shown, data: Uint8Array): Reply {
  const [reader = 0, command = 0, seconds = 0, row = 0, column = 0, length = 0] = data;
  if (data.length < 6 || data.length !== 6 + length) return refuse(nak.length);
  if (reader > 0 || command < 1 || command > 4 || row < 1 || column < 1) return refuse(nak.record);
  texts.push({ command, seconds, row, column, text: Buffer.from(data.slice(6)).toString('latin1') });
  return ack;
}

/** Takes a file in pieces that follow each other: status 0 go on, 1 processed, -3 malformed. */
export function createUpload({ files }: Shown): (data: Uint8Array, receiveBytes: number) => Reply {
  let begun: { readonly type: number; readonly bytes: number[] } | undefined;
  const status = (value: number, receiveBytes: number) =>
    reply(0x7a, 0, 0, 0, ...little(value & 0xffff, 2), ...little(receiveBytes, 2));
  return (data, receiveBytes) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.length < 11) return refuse(nak.length);
    const [type, total, offset, length] = [
      view.getUint8(0),
      view.getUint32(1, true),
      view.getUint32(5, true),
      view.getUint16(9, true),
    ];
    if (offset === 0) begun = { type, bytes: [] };
    const isNext = begun?.type === type && begun.bytes.length === offset;
    if (!isNext || length !== data.length - 11 || offset + length > total) {
      begun = undefined;
      return status(-3, receiveBytes);
    }
    begun?.bytes.push(...data.slice(11));
    if (offset + length < total) return status(0, receiveBytes);
    files.push({ type, bytes: Uint8Array.from(begun?.bytes ?? []) });
    begun = undefined;
    return status(1, receiveBytes);
  };
}
