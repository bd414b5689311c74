import assert from 'node:assert/strict';
import { checkOf, modbusCrc } from '../../../src/readers/serial/checks.js';
import type { SerialEvent } from '../../../src/readers/serial/line.js';
import { createSerialReaderLine } from '../../../src/readers/serial/line.js';
import { type SerialGiven, serialSettingsOf } from '../../../src/readers/serial/presets.js';
import { bytesOf } from '../osdp/vectors.js';

const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** What a reader that speaks by itself has said, after so many pieces and a second of silence. */
function heard(given: SerialGiven, ...pieces: readonly Uint8Array[]): string[] {
  const line = createSerialReaderLine([{ id: 'r', settings: serialSettingsOf(given) }], 9_600);
  const events: SerialEvent[] = [...line.start(0).events];
  let nowMs = 0;
  for (const piece of pieces) {
    nowMs += 10;
    events.push(...line.receive(piece, nowMs).events);
  }
  events.push(...line.wake(nowMs + 1_000).events);
  return events.map(textOf);
}

/** What such a reader was sent. */
function answered(given: SerialGiven, ...pieces: readonly Uint8Array[]): string[] {
  const line = createSerialReaderLine([{ id: 'r', settings: serialSettingsOf(given) }], 9_600);
  let nowMs = 0;
  const writes = [line.start(0).write];
  for (const piece of pieces) {
    nowMs += 200;
    writes.push(line.receive(piece, nowMs).write, line.wake(nowMs + 100).write);
  }
  return writes.flatMap((write) => (write === undefined ? [] : [Buffer.from(write).toString('hex')]));
}

function textOf(event: SerialEvent): string {
  switch (event.kind) {
    case 'card':
      return `card ${event.card.secret}${event.card.bits === undefined ? '' : ` ${event.card.bits} bits`}`;
    case 'pin':
      return `pin ${event.digits.length}`;
    case 'unreadable':
      return `unreadable ${event.fault}`;
    case 'noise':
      return `noise ${event.bytes}`;
    default:
      return event.kind;
  }
}

describe('serial readers: check values', () => {
  it('gives the published values', () => {
    const digits = ascii('123456789');
    assert.equal(checkOf('crc16', digits, modbusCrc), 0x4b37);
    assert.equal(checkOf('crc16', digits, { polynomial: 0x1021, start: 0xffff, reflected: false }), 0x29b1);
    assert.equal(checkOf('crc16', digits, { polynomial: 0x1021, start: 0, reflected: true }), 0x2189);
    assert.equal(checkOf('xor', bytesOf('62e3086ced')), 0x08);
    assert.equal(checkOf('sum', bytesOf('ff02')), 0x01);
    assert.equal(
      (checkOf('complement', bytesOf('53010700016044')) + 0x53 + 1 + 7 + 1 + 0x60 + 0x44) & 0xff,
      0,
    );
  });
});

describe('serial readers: presets', () => {
  it('em4100, with and without line ends, in one piece and byte by byte', () => {
    const frame = Uint8Array.of(2, ...ascii('62E3086CED08'), 13, 10, 3);
    assert.deepEqual(heard({ framing: 'em4100' }, frame), ['card 62E3086CED']);
    assert.deepEqual(heard({ framing: 'em4100' }, ...[...frame].map((byte) => Uint8Array.of(byte))), [
      'card 62E3086CED',
    ]);
    assert.deepEqual(heard({ framing: 'em4100' }, Uint8Array.of(2, ...ascii('62e3086ced08'), 3)), [
      'card 62E3086CED',
    ]);
  });

  it('em4100 damaged: one digit, cut off, too long, too short', () => {
    const of = (text: string) => heard({ framing: 'em4100' }, Uint8Array.of(2, ...ascii(text), 3));
    assert.deepEqual(of('62E3086CEC08'), ['unreadable check']);
    assert.deepEqual(of('62E3086C'), ['unreadable check']);
    assert.deepEqual(of('62E3086CEDXX'), ['unreadable check']);
    assert.deepEqual(of('62E3086CED'.repeat(9)), ['noise 18']);
    assert.deepEqual(heard({ framing: 'em4100' }, Uint8Array.of(2, ...ascii('62E3'))), ['noise 5']);
    const again = Uint8Array.of(2, ...ascii('62E3'), 2, ...ascii('62E3086CED08'), 3);
    assert.deepEqual(heard({ framing: 'em4100' }, again), ['noise 5', 'card 62E3086CED']);
  });

  it('em18: ended by silence', () => {
    assert.deepEqual(heard({ framing: 'em18' }, ascii('307E4DE5C224')), ['card 307E4DE5C2']);
    assert.deepEqual(heard({ framing: 'em18' }, ascii('307E4D'), ascii('E5C2'), ascii('24')), [
      'card 307E4DE5C2',
    ]);
    assert.deepEqual(heard({ framing: 'em18' }, ascii('307E4DE5C225')), ['unreadable check']);
  });

  it('decimal-line: digits and keys', () => {
    assert.deepEqual(heard({ framing: 'decimal-line' }, ascii('0000123478\r\n')), ['card 01E256']);
    const line = createSerialReaderLine(
      [{ id: 'r', settings: serialSettingsOf({ framing: 'decimal-line' }) }],
      9_600,
    );
    const events = [...'1234#'].flatMap((key, n) => [
      ...line.receive(ascii(key), n * 500).events,
      ...line.wake(n * 500 + 60).events,
    ]);
    assert.deepEqual(events.map(textOf), ['key', 'key', 'key', 'key', 'pin 4']);
    assert.deepEqual(heard({ framing: 'decimal-line' }, ascii('12A4\r\n')), ['unreadable text']);
  });

  it('mifare-stx: the frame of the field, noise ahead of it, and a wrong check', () => {
    const frame = bytesOf('020a0206008e6d5db003');
    assert.deepEqual(heard({ framing: 'mifare-stx' }, frame), ['card 8E6D5D']);
    assert.deepEqual(heard({ framing: 'mifare-stx' }, Uint8Array.of(9, 2, 2, ...frame)), [
      'noise 3',
      'card 8E6D5D',
    ]);
    assert.deepEqual(heard({ framing: 'mifare-stx' }, bytesOf('020a0206008e6d5eb003')), ['unreadable check']);
    assert.deepEqual(
      heard({ framing: 'mifare-stx' }, bytesOf('02ff0206008e6d5db003')).at(-1)?.slice(0, 5),
      'noise',
    );
  });
});

describe('serial readers: settings', () => {
  const prefixed: SerialGiven = {
    ...{ framing: 'length-prefixed', header: 'F5', lengthAt: 1, lengthBytes: 2, lengthOrder: 'little' },
    ...{ lengthComplement: true, text: 'binary', offset: 2, length: 4 },
    check: { kind: 'crc16', polynomial: 0x1021, start: 0xffff, reflected: false },
  };
  const built = (content: number[], lengthOf = content.length + 2) => {
    const head = [0xf5, lengthOf & 0xff, lengthOf >> 8, ~lengthOf & 0xff, (~lengthOf >> 8) & 0xff];
    const crc = checkOf('crc16', Uint8Array.from([...head, ...content]), {
      ...{ polynomial: 0x1021, start: 0xffff, reflected: false },
    });
    return Uint8Array.from([...head, ...content, crc & 0xff, crc >> 8]);
  };

  it('a length of two bytes with its complement, and a CRC from the header on', () => {
    assert.deepEqual(heard(prefixed, built([1, 0x40, 0xde, 0xad, 0xbe, 0xef])), ['card DEADBEEF']);
    assert.deepEqual(heard({ ...prefixed, reversed: true }, built([1, 0x40, 0xde, 0xad, 0xbe, 0xef])), [
      'card EFBEADDE',
    ]);
    assert.deepEqual(heard(prefixed, built([1, 0x40, 0xde, 0xad])), ['unreadable length']);
    const broken = built([1, 0x40, 0xde, 0xad, 0xbe, 0xef]);
    broken[4] = 0;
    assert.match(heard(prefixed, broken)[0] ?? '', /^noise/);
  });

  it('a pattern around the number, a slice, bits a credential must have', () => {
    const line: SerialGiven = {
      framing: 'delimited',
      end: '0A',
      text: 'hex',
      pattern: 'ID={card};',
      bits: 32,
    };
    assert.deepEqual(heard(line, ascii('T=1 ID=04A1B2C3; x\r\n')), ['card 04A1B2C3 32 bits']);
    assert.deepEqual(heard(line, ascii('ID=04A1B2C3\n')), ['unreadable length']);
    assert.deepEqual(heard({ ...line, pattern: '{card}' }, ascii('04A1B2C3\n')), ['card 04A1B2C3 32 bits']);
    const slice: SerialGiven = { framing: 'delimited', end: '0A', text: 'decimal', offset: 3, length: 4 };
    assert.deepEqual(heard(slice, ascii('xyz1234xyz\n')), ['card 04D2']);
    assert.deepEqual(heard(slice, ascii('xyz12\n')), ['unreadable length']);
  });

  it('a key behind a prefix, and the frame is acknowledged like a card', () => {
    const line: SerialGiven = {
      ...{ framing: 'delimited', start: '02', end: '03', text: 'hex', keyPrefix: '4B' },
      ...{ check: { kind: 'xor', written: 'hex' }, acknowledge: '06' },
    };
    const framed = (text: string) => {
      const check = checkOf('xor', ascii(text)).toString(16).padStart(2, '0');
      return Uint8Array.of(2, ...ascii(text + check), 3);
    };
    const keys = ['K1', 'K2', 'K3', 'K4', 'K#'].map(framed);
    assert.deepEqual(heard(line, ...keys), ['key', 'key', 'key', 'key', 'pin 4']);
    assert.deepEqual(heard(line, framed('04A1B2C3')), ['card 04A1B2C3']);
    assert.deepEqual(heard(line, framed('K12')), ['unreadable text'], 'two characters are no key');
    assert.deepEqual(heard(line, framed('Kx')), ['noise 1'], 'none of the twelve');
    const damaged = Uint8Array.of(2, ...ascii('K100'), 3);
    assert.deepEqual(heard(line, damaged), ['unreadable check']);
    assert.deepEqual(answered(line, framed('04A1B2C3'), damaged, framed('K5')), ['06', '06']);
    // Said again by a reader that did not hear it: acknowledged again, and one read.
    assert.deepEqual(answered(line, framed('04A1B2C3'), framed('04A1B2C3')), ['06', '06']);
    assert.deepEqual(heard(line, framed('04A1B2C3'), framed('04A1B2C3')), ['card 04A1B2C3']);
    const { acknowledge: _, ...silent } = line;
    assert.deepEqual(answered(silent, framed('04A1B2C3')), []);
  });

  it('frames of Eccel: a CRC over what follows the length, and keys of a length-prefixed reader', () => {
    const crc = { polynomial: 0x1021, start: 0xffff, reflected: false };
    const given: SerialGiven = { ...prefixed, check: { kind: 'crc16', ...crc, from: 5 }, keyPrefix: 'FE07' };
    const frame = (...content: number[]) => {
      const bytes = built(content);
      const check = checkOf('crc16', Uint8Array.from(content), crc);
      return Uint8Array.of(...bytes.slice(0, -2), check & 0xff, check >> 8);
    };
    assert.deepEqual(heard(given, frame(0xfe, 3, 0xde, 0xad, 0xbe, 0xef)), ['card DEADBEEF']);
    assert.deepEqual(heard(given, built([0xfe, 3, 0xde, 0xad, 0xbe, 0xef])), ['unreadable check']);
    const press = [...'71#'].map((key) => frame(0xfe, 7, key.charCodeAt(0)));
    assert.deepEqual(heard(given, ...press), ['key', 'key', 'pin 2']);
  });

  it('a number of zero is nobody, and one longer than any card is a fault', () => {
    const line: SerialGiven = { framing: 'delimited', end: '0A' };
    assert.deepEqual(heard(line, ascii('00000000\n')), []);
    assert.deepEqual(heard(line, ascii(`${'AB'.repeat(17)}\n`)), ['unreadable length']);
    assert.deepEqual(heard({ ...line, text: 'decimal' }, ascii(`${'9'.repeat(39)}\n`)), [
      'unreadable length',
    ]);
  });
});

describe('serial readers: what a person can do', () => {
  const em = { id: 'r', settings: serialSettingsOf({ framing: 'em4100' }) };
  const frameOf = (card: string) => {
    const check = checkOf('xor', bytesOf(card)).toString(16).padStart(2, '0');
    return Uint8Array.of(2, ...ascii(card + check), 3);
  };

  it('a card held is one read, however long; another, or the same later, is another', () => {
    const line = createSerialReaderLine([em], 9_600);
    const at = (nowMs: number, card: string) => line.receive(frameOf(card), nowMs).events.map(textOf);
    assert.deepEqual(at(0, '62e3086ced'), ['card 62E3086CED']);
    for (let nowMs = 300; nowMs < 10_000; nowMs += 300) assert.deepEqual(at(nowMs, '62e3086ced'), []);
    assert.deepEqual(at(10_000, '0000000001'), ['card 01']);
    assert.deepEqual(at(10_200, '62e3086ced'), ['card 62E3086CED']);
    assert.deepEqual(at(12_300, '62e3086ced'), ['card 62E3086CED']);
  });

  it('more than five reads a second are a storm: told once, and nothing passes until it is over', () => {
    const line = createSerialReaderLine([em], 115_200);
    const events = Array.from({ length: 200 }, (_, n) =>
      line.receive(frameOf((n + 1).toString(16).padStart(10, '0')), n * 5).events.map(textOf),
    ).flat();
    assert.equal(events.filter((event) => event.startsWith('card')).length, 5);
    assert.equal(events.filter((event) => event === 'unreadable storm').length, 1);
    assert.deepEqual(line.receive(frameOf('62e3086ced'), 10_000).events.map(textOf), ['card 62E3086CED']);
  });
});
