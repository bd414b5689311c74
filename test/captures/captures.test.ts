/** Every recorded line in this folder, against the panel's own reading of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../src/readers/osdp/explain.js';
import { createFrameFinder, type Frame } from '../../src/readers/osdp/frame.js';
import { readReply } from '../../src/readers/osdp/replies.js';
import {
  formatTraceLine,
  parseTraceLine,
  type TraceLine,
  withoutSecrets,
} from '../../src/readers/osdp/trace.js';
import { bytesOf, hexOf, vectors } from '../readers/osdp/vectors.js';

const folder = 'test/captures';
const files = readdirSync(folder).filter((name) => name.endsWith('.osdpcap'));

function linesOf(file: string): readonly TraceLine[] {
  const texts = readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((text) => text.trim() !== '');
  return texts.map((text, index) => {
    const line = parseTraceLine(text);
    assert.ok(typeof line !== 'string', `${file}:${index + 1}: ${String(line)}`);
    return line;
  });
}

function framesOf(file: string): readonly Frame[] {
  return linesOf(file).flatMap(({ data }, index) =>
    createFrameFinder()
      .push(data)
      .flatMap((found) => {
        if (found.kind === 'frame') return [found.frame];
        assert.ok(file.startsWith('damaged-'), `${file}:${index + 1}: a frame with a wrong ${found.fault}`);
        return [];
      }),
  );
}

describe('captures', () => {
  for (const file of files) {
    it(`${file}: every frame is whole and understood, every reply answers`, () => {
      const frames = framesOf(file);
      assert.ok(frames.length > 0);
      let command: Frame | undefined;
      for (const frame of frames) {
        for (const text of explain(frame.bytes)) assert.doesNotMatch(text, /do not add up|damaged/);
        if (!frame.reply) {
          command = frame;
          continue;
        }
        const isBusy = frame.code === 0x79;
        assert.ok(command !== undefined && (isBusy || frame.sqn === command.sqn), hexOf(frame.bytes));
        assert.ok(frame.address === command.address, hexOf(frame.bytes));
        const inClear = frame.security === undefined || frame.security.type < 0x15;
        if (inClear) assert.notEqual(readReply(frame.code, frame.data).kind, 'malformed', hexOf(frame.bytes));
      }
    });
  }
});

describe('traces', () => {
  it('lines are read back as they were written, also as other tools write them', () => {
    const data = bytesOf(vectors.plain_replies_addr1_seq1_crc['ACK'] ?? '');
    const line: TraceLine = { timeSec: 1_700_000_000, timeNano: 5, io: 'input', data };
    assert.deepEqual(parseTraceLine(formatTraceLine(line)), line);
    const other =
      '{"timeSec":"1","timeNano":"0","io":"trace","data":"FF 53 01","osdpTraceVersion":"1","osdpSource":"x"}';
    assert.deepEqual(parseTraceLine(other), {
      timeSec: 1,
      timeNano: 0,
      io: 'trace',
      data: bytesOf('ff5301'),
    });
    for (const bad of ['', '7', 'null', '{}', '{"io":"input","data":5}', '{"io":"input","data":"5"}']) {
      assert.equal(typeof parseTraceLine(bad), 'string', bad);
    }
  });

  it('keys and PINs become zeros, and the frame stays whole', () => {
    const keyset = vectors.secure_channel_scbkd.exchange.find(({ code }) => code === '75')?.frame ?? '';
    const keypad = vectors.plain_replies_addr1_seq1_crc['KEYPAD 12*#'] ?? '';
    for (const [frame, secret] of [
      [keyset, '75a86bd30b896bddced1710953b30ea5f21f705b9ef4f7724f396a6442e7add861'],
      [keypad, '31327f0d'],
    ] as const) {
      const blank = hexOf(withoutSecrets(bytesOf(`ff${frame}`)));
      assert.ok(frame.includes(secret.slice(2)) && !blank.includes(secret.slice(2)));
      assert.equal(blank.length, frame.length + 2);
      assert.ok(
        createFrameFinder()
          .push(bytesOf(blank))
          .every(({ kind }) => kind === 'frame'),
      );
    }
    const poll = bytesOf('ff5301080005608b33');
    assert.deepEqual(withoutSecrets(poll), poll);
  });

  it('frames are explained in words, without the card', () => {
    const say = (name: string) => explain(bytesOf(vectors.plain_replies_addr1_seq1_crc[name] ?? ''))[0];
    assert.equal(say('RAW wiegand 26 (fac 123 card 45678)'), 'reader 1, number 1: RAW: a card of 26 bits');
    assert.equal(say('NAK 3'), 'reader 1, number 1: NAK 3: unknown command');
    assert.equal(say('LSTATR tamper'), 'reader 1, number 1: LSTATR: TAMPER, power good');
    const [challenge] = vectors.secure_channel_scbkd.exchange;
    assert.deepEqual(explain(bytesOf(challenge?.frame ?? '')), [
      'panel to 1, number 0, default key: CHLNG: prove your key',
    ]);
    assert.deepEqual(explain(bytesOf('0102')), ['no frame in 2 bytes']);
    assert.deepEqual(explain(bytesOf('53010800056000008b33'))[0], 'damaged: check is wrong');
  });
});
