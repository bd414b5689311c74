/** The simulated reader against the published and computed vectors, and against the rules of the standard. */
import assert from 'node:assert/strict';
import { bytesOf, hexOf, type Step, vectors } from '../../readers/osdp/vectors.js';
import { createSession, defaultKey, equal, handshakeOf } from './channel.js';
import { build, checksumOf, crcOf, createEar, type HeardOrBad } from './frame.js';
import { createPeripheral, type Peripheral, type PeripheralOptions } from './peripheral.js';

const bytes = bytesOf;
const hex = hexOf;

/** The panel of this file: frames made by hand, one a millisecond. */
function panelOf(options: Partial<PeripheralOptions> = {}) {
  const peripheral = createPeripheral({ address: 1, ...options });
  let nowMs = 0;
  const hearFrame = (frame: Uint8Array): Uint8Array[] => {
    nowMs += 50;
    return peripheral.hear(Uint8Array.of(0xff, ...frame), nowMs).flatMap(({ pieces, afterwards }) => {
      afterwards?.();
      return pieces.map((piece) => piece.bytes);
    });
  };
  return {
    peripheral,
    pass: (ms: number) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
    say: (frame: string) => hearFrame(bytes(frame)).map(hex),
    /** A command in clear; the reply's code and data. */
    command(sequence: number, code: number, ...data: number[]): string {
      const frame = build({ address: 1, sequence, crc: true, code, data: Uint8Array.from(data) });
      return hearFrame(frame).map(shortOf).join(' ');
    },
  };
}

function shortOf(frame: Uint8Array): string {
  const [heard] = createEar().hear(frame, 0);
  assert.ok(heard !== undefined && !('bad' in heard));
  return `${heard.code.toString(16)}${heard.data.length > 0 ? ` ${hex(heard.data)}` : ''} s${heard.sequence}`;
}

describe('simulated OSDP reader: vectors', () => {
  it('computes the published checks', () => {
    assert.equal(crcOf(Buffer.from('123456789')), 0xe5cc);
    for (const { body, wire } of vectors.crc16.frames) {
      const crc = crcOf(bytes(body));
      assert.equal(hex(Uint8Array.of(crc & 0xff, crc >> 8)), wire);
    }
    for (const { body, sum } of vectors.checksum)
      assert.equal(checksumOf(bytes(body)), Number.parseInt(sum, 16));
  });

  it('reads every published frame, whole, byte by byte, and behind noise', () => {
    const frames = [
      ...vectors.published_frames.map(({ frame }) => frame),
      ...Object.values(vectors.plain_commands_addr1_seq1_crc),
      ...Object.values(vectors.plain_replies_addr1_seq1_crc),
    ];
    const good = (heard: readonly HeardOrBad[]) => heard.filter((one) => !('bad' in one)).length;
    for (const frame of frames) {
      assert.equal(good(createEar().hear(bytes(frame), 0)), 1, frame);
      const ear = createEar();
      assert.equal([...bytes(frame)].flatMap((byte) => ear.hear(Uint8Array.of(byte), 0)).length, 1, frame);
      assert.equal(good(createEar().hear(bytes(`5353ff538108${frame}`), 0)), 1, frame);
    }
  });

  it('answers POLL in every sequence number, byte for byte', () => {
    const { say } = panelOf({ address: 0 });
    for (const { poll, ack } of vectors.poll_ack_all_sequence_numbers_addr0)
      assert.deepEqual(say(poll), [ack]);
  });

  it('answers the plain commands with the replies of the table', () => {
    const replies = vectors.plain_replies_addr1_seq1_crc;
    const ask = (name: string, prepare = (_: Peripheral) => {}) => {
      const { peripheral, say, command: begin } = panelOf();
      begin(0, 0x60);
      prepare(peripheral);
      const command = vectors.plain_commands_addr1_seq1_crc[name];
      assert.ok(command !== undefined);
      return say(command)[0];
    };
    assert.equal(ask('ID'), replies['PDID']);
    assert.equal(ask('CAP'), replies['PDCAP']);
    assert.equal(
      ask('LSTAT', (reader) => reader.setTamper(true)),
      replies['LSTATR tamper'],
    );
    assert.equal(
      ask('ISTAT', (reader) => reader.setInput(1, 1)),
      replies['ISTATR 2'],
    );
    assert.equal(ask('RSTAT'), replies['RSTATR 1']);
    assert.equal(
      ask('POLL', (reader) => reader.present('10111101110110010011011101')),
      replies['RAW wiegand 26 (fac 123 card 45678)'],
    );
    assert.equal(
      ask('POLL', (reader) => reader.press('12*#')),
      replies['KEYPAD 12*#'],
    );
    assert.equal(
      ask('POLL', (reader) => reader.presentText('12345')),
      replies['FMT "12345"'],
    );
    assert.equal(ask('COMSET addr2 38400'), replies['COM addr2 38400']);
    for (const name of [
      'LED red blink 200/200ms 3s, perm green',
      'BUZ 2x200/100ms',
      'TEXT "Hello" row1 col1 perm',
      'OUT out0 temp-on 5.0s',
      'KEEPACTIVE 5000ms',
      'ACURXSIZE 1440',
      'ABORT',
    ]) {
      assert.equal(ask(name), replies['ACK'], name);
    }
  });

  for (const name of ['secure_channel_scbkd', 'secure_channel_scbk'] as const) {
    it(`holds the whole session ${name}, byte for byte, key and all`, () => {
      const session = vectors[name];
      const next = [session.rnd_b, vectors.secure_channel_after_keyset.rnd_b];
      const { peripheral, say } = panelOf({
        ...(name === 'secure_channel_scbk' ? { scbk: bytes(session.scbk) } : {}),
        random: () => bytes(next.shift() ?? ''),
      });
      play(session.exchange, peripheral, say);
      assert.equal(hex(peripheral.key() ?? new Uint8Array()), vectors.secure_channel_after_keyset.scbk);
      play(vectors.secure_channel_after_keyset.exchange, peripheral, say);
      assert.deepEqual(peripheral.violations, []);
      assert.equal(peripheral.events[0]?.state, 'delivered');
    });
  }

  it('derives the cryptograms, and opens the frames published for a session of zero keys', () => {
    for (const session of [vectors.secure_channel_scbkd, vectors.secure_channel_scbk]) {
      const made = handshakeOf(bytes(session.scbk), bytes(session.rnd_a), bytes(session.rnd_b));
      assert.deepEqual(
        [hex(made.client), hex(made.server), hex(made.initialMac)],
        [session.client_cryptogram, session.server_cryptogram, session.rmac_i],
      );
    }
    assert.equal(hex(defaultKey), vectors.secure_channel_scbkd.scbk);
    const zero = new Uint8Array(16);
    for (const { frame, plain, name } of vectors.zero_session_keys.frames) {
      const [heard] = createEar().hear(bytes(frame), 0);
      assert.ok(heard !== undefined && !('bad' in heard), name);
      const session = createSession({ keys: { enc: zero, mac1: zero, mac2: zero }, initialMac: zero });
      const data = session.openCommand(heard.covered, heard.mac, heard.data, heard.block?.type === 0x17);
      assert.ok(data !== undefined && equal(data, bytes(plain)), name);
    }
  });
});

function play(exchange: readonly Step[], peripheral: Peripheral, say: (frame: string) => string[]): void {
  for (const [index, { dir, frame }] of exchange.entries()) {
    if (dir !== 'CP->PD') continue;
    const expected = exchange[index + 1];
    if (expected?.code === '50') peripheral.present('10111101110110010011011101');
    if (expected?.code === '53') peripheral.press('12*#');
    if (expected?.code === '48') peripheral.setPowerFailed(true);
    peripheral.setPlan(() => (expected?.msg?.startsWith('BUSY') === true ? 'busy' : undefined));
    assert.deepEqual(say(frame), [expected?.frame], expected?.msg ?? expected?.code);
  }
}

describe('simulated OSDP reader: rules', () => {
  const reads = '10111101110110010011011101';
  const card = '50 00011a00bdd93740';

  it('repeats a reply for the same sequence, acts once, and sees the panel change a repeated command', () => {
    const { command, peripheral } = panelOf();
    command(0, 0x60);
    peripheral.present(reads);
    assert.equal(command(1, 0x60), `${card} s1`);
    assert.equal(command(1, 0x60), `${card} s1`);
    assert.equal(peripheral.events[0]?.state, 'said');
    assert.equal(command(2, 0x60), '40 s2');
    assert.equal(peripheral.events[0]?.state, 'delivered');
    command(2, 0x64);
    assert.deepEqual(peripheral.violations, ['another command under the same sequence']);
  });

  it('refuses a wrong number, and starts anew at 0, forgetting the card it had said', () => {
    const { command, peripheral } = panelOf();
    assert.equal(command(2, 0x60), '41 04 s2');
    command(0, 0x60);
    assert.equal(command(3, 0x60), '41 04 s3');
    peripheral.present(reads);
    assert.equal(command(1, 0x60), `${card} s1`);
    assert.equal(command(0, 0x60), '40 s0');
    assert.equal(peripheral.events[0]?.state, 'dropped');
  });

  it('forgets what waits when nobody spoke to it for eight seconds', () => {
    const { command, peripheral, pass } = panelOf();
    command(0, 0x60);
    peripheral.present(reads);
    pass(8_001);
    assert.equal(command(1, 0x60), '41 04 s1');
    assert.equal(command(0, 0x60), '40 s0');
    assert.equal(peripheral.events[0]?.state, 'dropped');
  });

  it('checks lengths, counts and codes', () => {
    const { command } = panelOf();
    let sequence = 0;
    const asked = (code: number, ...data: number[]) => {
      const answered = command(sequence, code, ...data);
      sequence = (sequence % 3) + 1;
      return answered.slice(0, -3);
    };
    assert.equal(asked(0x69, 1, 2, 3), '41 02');
    assert.equal(asked(0x69, 0, 9, ...new Array(12).fill(0)), '41 09');
    assert.equal(asked(0x69, 0, 0, 2, 0, 0, ...new Array(9).fill(0)), '41 09');
    assert.equal(asked(0x6a, 0, 2, 0, 0, 0), '41 09');
    assert.equal(asked(0x6b, 0, 1, 0, 1, 1, 5, 65), '41 02');
    assert.equal(asked(0x68, 9, 2, 0, 0), '41 09');
    assert.equal(asked(0x75, 1, 16, ...new Array(16).fill(7)), '41 06');
    assert.equal(asked(0x9f), '41 03');
  });

  it('drives outputs for a time and says so when they fall', () => {
    const { command, peripheral, pass, nowMs } = panelOf();
    command(0, 0x60);
    assert.equal(command(1, 0x68, 0, 5, 50, 0), '40 s1');
    assert.equal(peripheral.isOn(0, nowMs()), true);
    assert.equal(command(2, 0x60), '40 s2');
    pass(5_000);
    assert.equal(command(3, 0x60), '4a 0000 s3');
    assert.equal(command(1, 0x60), '40 s1');
  });

  it('takes a file in pieces, and refuses one with a hole', () => {
    const { command, peripheral } = panelOf();
    command(0, 0x60);
    assert.equal(command(1, 0x7c, 1, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 2, 3), '7a 00000000000001 s1');
    assert.equal(command(2, 0x7c, 1, 5, 0, 0, 0, 3, 0, 0, 0, 2, 0, 4, 5), '7a 00000001000001 s2');
    assert.deepEqual([...(peripheral.shown.files[0]?.bytes ?? [])], [1, 2, 3, 4, 5]);
    assert.equal(command(3, 0x7c, 1, 5, 0, 0, 0, 3, 0, 0, 0, 2, 0, 4, 5), '7a 000000fdff0001 s3');
  });

  it('moves to a new address after its answer, at the old one', () => {
    const { command, peripheral } = panelOf();
    command(0, 0x60);
    assert.equal(command(1, 0x6e, 2, 0, 0x96, 0, 0), '54 0200960000 s1');
    assert.deepEqual([peripheral.address(), peripheral.baud()], [2, 38_400]);
    assert.equal(command(2, 0x60), '');
  });

  it('with a key of its own refuses all in clear, and the key everybody knows', () => {
    const { command, say } = panelOf({ scbk: bytes(vectors.secure_channel_scbk.scbk) });
    assert.equal(command(0, 0x61, 0), '41 06 s0');
    const [challenge] = vectors.secure_channel_scbkd.exchange;
    assert.equal(shortOf(bytes(say(challenge?.frame ?? '')[0] ?? '')), '41 06 s0');
  });

  it('is gone for its boot after a power cycle, then says that its session is lost', () => {
    const { command, peripheral, pass, nowMs } = panelOf();
    command(0, 0x60);
    peripheral.present(reads);
    peripheral.powerCycle(nowMs());
    assert.equal(command(1, 0x60), '');
    pass(1_500);
    assert.equal(command(1, 0x60), '41 04 s1');
    assert.equal(command(0, 0x60), '48 0000 s0');
  });
});
