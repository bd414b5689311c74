import assert from 'node:assert/strict';
import { wiegandFormats } from '../../../src/readers/wiegand/formatTable.js';
import { bitsOfKey, type Key, noPin } from '../../../src/readers/wiegand/keypad.js';
import type { PulseOutput } from '../../../src/readers/wiegand/pulses.js';
import { type ReaderSettings, readOutput } from '../../../src/readers/wiegand/reads.js';

const settings: ReaderSettings = { formats: [...wiegandFormats.values()], keypad: { mode: '4-bit' } };
const frame = (bits: string, endUs = 0): PulseOutput => ({ kind: 'frame', bits, startUs: 0, endUs });
const card = '10111101110110010011011101';
const readOf = (output: PulseOutput) => readOutput(output, noPin, settings).read;

describe('wiegand reads', () => {
  it('makes a card of a frame, with a label fit for logs', () => {
    const expected = {
      format: 'H10301',
      facility: 123,
      number: '45678',
      secret: '7BB26E',
      bits: 24,
      label: 'H10301 ••5678',
    };
    assert.deepEqual(readOf(frame(card)), { kind: 'card', card: expected });
  });

  it('makes a PIN of key frames, also with a card between them', () => {
    let entry = noPin;
    const kinds: string[] = [];
    for (const [index, key] of [...'12c34#'].entries()) {
      const bits = key === 'c' ? card : bitsOfKey(key as Key, '4-bit');
      const result = readOutput(frame(bits, index * 1_000_000), entry, settings);
      entry = result.entry;
      kinds.push(result.read.kind);
      if (key === '#') assert.deepEqual(result.read, { kind: 'pin', digits: '1234' });
    }
    assert.deepEqual(kinds, ['key', 'key', 'card', 'key', 'key', 'pin']);
  });

  it('tells why something is unreadable, and with how many bits', () => {
    const unreadable = (fault: string, bits: number) => ({ kind: 'unreadable', fault, bits });
    assert.deepEqual(readOf(frame(card.slice(1))), unreadable('length', 25));
    assert.deepEqual(readOf(frame(`0${card.slice(1)}`)), unreadable('parity', 26));
    assert.deepEqual(readOf(frame('1111')), unreadable('key', 4));
    assert.deepEqual(readOf({ kind: 'damaged', why: 'too-close', bits: 27 }), unreadable('too-close', 27));
    assert.deepEqual(readOf({ kind: 'storm', bits: 129 }), unreadable('storm', 129));
    assert.deepEqual(readOf({ kind: 'noise', bits: 2 }), { kind: 'noise' });
    const cardsOnly = { formats: settings.formats };
    assert.deepEqual(readOutput(frame('0001'), noPin, cardsOnly).read, unreadable('length', 4));
  });

  it('never makes a card of a card with one bit less or one more', () => {
    for (let at = 0; at <= card.length; at += 1) {
      for (const bits of [card.slice(0, at) + card.slice(at + 1), `${card.slice(0, at)}1${card.slice(at)}`]) {
        if (bits !== card) assert.equal(readOf(frame(bits)).kind, 'unreadable');
      }
    }
  });
});
