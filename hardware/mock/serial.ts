/**
 * One half-duplex wire in memory with any number of ends, in wire time: a byte takes its bits, two ends that talk at
 * once garble each other, an end at another speed hears rubbish.
 */

import type { SetTimer } from '../kernel.js';
import type { SerialFault, SerialLine, SerialRequest } from '../ports.js';

/** Received bytes are handed over in pieces of this size, as a UART's FIFO does. */
const pieceBytes = 8;
/** An end that writes faster than its wire loses what goes beyond. */
const sendingMax = 4_096;

export interface SerialWire {
  /** One more device on the wire, at the speed of the port or its own. */
  join(baud?: number): SerialLine;
  /** The adapter is pulled out of the controller: its end is away until `mend`. */
  fail(): void;
  mend(): void;
  /** The controller's end. */
  readonly near: SerialLine;
  /** What was on the wire since the start: milliseconds of talk, by the sender's speed. */
  busyMs(): number;
}

export interface WireDeps {
  /** Microseconds. */
  readonly nowUs: () => number;
  readonly setTimer: SetTimer;
}

/** A wire with the controller's port at one end and nothing else yet. */
export function createSerialWire(request: SerialRequest, { nowUs, setTimer }: WireDeps): SerialWire {
  const bitsPerByte = bitsOf(request);
  const ends = new Set<End>();
  const talks = new Set<Talk>();
  let busyUs = 0;

  const send = (from: End, bytes: Uint8Array) => {
    const byteUs = (bitsPerByte * 1_000_000) / from.baud;
    const startUs = Math.max(nowUs(), from.freeAtUs);
    if (bytes.length === 0 || (startUs - nowUs()) / byteUs + bytes.length > sendingMax) return;
    from.freeAtUs = startUs + bytes.length * byteUs;
    busyUs += bytes.length * byteUs;
    const { baud, freeAtUs: endUs } = from;
    const talk: Talk = { from, baud, bytes: Uint8Array.from(bytes), startUs, byteUs, endUs };
    for (const other of talks) collide(talk, other);
    talks.add(talk);
    handOver(talk, 0);
  };
  const handOver = (talk: Talk, offset: number) => {
    const end = Math.min(offset + pieceBytes, talk.bytes.length);
    const dueUs = talk.startUs + end * talk.byteUs;
    setTimer(
      () => {
        const piece = talk.bytes.slice(offset, end);
        if (end < talk.bytes.length) handOver(talk, end);
        else talks.delete(talk);
        for (const to of [...ends]) if (to !== talk.from) to.hear(heardAt(piece, talk.baud, to.baud));
      },
      Math.max(0, (dueUs - nowUs()) / 1000),
    );
  };
  const join = (baud: number) => createEnd(request.port, baud, ends, send);
  const near = join(request.baud);
  return {
    join: (baud = request.baud) => join(baud).line,
    fail: () => near.setAway({ port: request.port, fault: 'unavailable', error: 'pulled out' }),
    mend: () => near.setAway(undefined),
    near: near.line,
    busyMs: () => busyUs / 1000,
  };
}

interface End {
  baud: number;
  /** Its own sending is over then. */
  freeAtUs: number;
  readonly hear: (bytes: Uint8Array) => void;
}

interface Talk {
  readonly from: End;
  /** The sender's speed when it began. */
  readonly baud: number;
  readonly bytes: Uint8Array;
  readonly startUs: number;
  readonly byteUs: number;
  readonly endUs: number;
}

interface OwnEnd {
  readonly line: SerialLine;
  setAway(fault: SerialFault | undefined): void;
}

function createEnd(
  port: string,
  baud: number,
  ends: Set<End>,
  send: (from: End, bytes: Uint8Array) => void,
): OwnEnd {
  let away: SerialFault | undefined;
  let closed = false;
  let onBytes = (_bytes: Uint8Array) => {};
  let onFault = (_fault: SerialFault) => {};
  const end: End = {
    baud,
    freeAtUs: 0,
    hear: (bytes) => {
      if (away === undefined && !closed) onBytes(bytes);
    },
  };
  ends.add(end);
  return {
    line: {
      onBytes(listener) {
        onBytes = listener;
      },
      onFault(listener) {
        onFault = listener;
        if (away !== undefined) listener(away);
      },
      write(bytes) {
        if (away === undefined && !closed) send(end, bytes);
      },
      setBaud(next) {
        end.baud = next;
      },
      close() {
        closed = true;
        ends.delete(end);
      },
    },
    setAway(fault) {
      if (closed || (away === undefined) === (fault === undefined)) return;
      away = fault;
      onFault(fault ?? { port, fault: 'restored', error: '' });
    },
  };
}

/** Start bit, data, parity, stop bits. */
function bitsOf({ dataBits = 8, parity = 'none', stopBits = 1 }: SerialRequest): number {
  return 1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits;
}

/** Bytes of two talkers that overlap in time reach nobody whole. */
function collide(a: Talk, b: Talk): void {
  if (a.from === b.from) return;
  const fromUs = Math.max(a.startUs, b.startUs);
  const untilUs = Math.min(a.endUs, b.endUs);
  for (const talk of [a, b]) {
    for (let index = 0; index < talk.bytes.length; index += 1) {
      const startUs = talk.startUs + index * talk.byteUs;
      if (startUs < untilUs && startUs + talk.byteUs > fromUs) talk.bytes[index] = garbled(talk.bytes[index]);
    }
  }
}

/** The same bits at another speed: more or fewer bytes, all of them wrong. */
function heardAt(bytes: Uint8Array, sentBaud: number, heardBaud: number): Uint8Array {
  if (sentBaud === heardBaud) return bytes;
  const count = Math.max(1, Math.round((bytes.length * heardBaud) / sentBaud));
  return Uint8Array.from({ length: count }, (_, index) => garbled(bytes[index % bytes.length]));
}

function garbled(byte = 0): number {
  return (byte ^ 0xa5) & 0xff;
}
