import assert from 'node:assert/strict';
import fc from 'fast-check';
import { osdpCrypto } from '../../../src/control/osdpCrypto.js';
import { createFrameFinder } from '../../../src/readers/osdp/frame.js';
import { matchReply } from '../../../src/readers/osdp/match.js';
import { createPeripheral } from '../../../src/readers/osdp/peripheral.js';
import { readReply } from '../../../src/readers/osdp/replies.js';
import { seal, sessionKeys } from '../../../src/readers/osdp/secure.js';
import { campaign } from './fuzz.js';
import { createPeer } from './peer.js';
import { bytesOf, vectors } from './vectors.js';
import { createWire } from './wire.js';

const scbk = bytesOf('00112233445566778899aabbccddeeff');
const says = [
  ...['card', 'keys', 'formatted', 'tamper', 'power', 'input', 'output', 'alarm'],
  ...['identity', 'manufacturer', 'moved', 'key-wanted', 'key-proved', 'key-failed', 'job'],
];

describe('osdp: frames that must not act', () => {
  const { frames } = vectors.must_not_act;
  for (const { why, frame } of frames.filter(({ state }) => state === 'clear')) {
    it(`in clear: ${why}`, () => {
      const wire = createWire(
        [{ id: 'x', address: 1, secure: 'off', keys: {} }],
        [createPeer(1, { delayMs: 150 })],
      );
      wire.until(() => wire.written.at(-1)?.endsWith('5301080005608b33'));
      const before = wire.events.length;
      wire.did(wire.bus.receive(bytesOf(frame), wire.nowMs() + 1));
      wire.run(100);
      assert.deepEqual(
        wire.events.slice(before).filter(({ kind }) => says.includes(kind)),
        [],
      );
    });
  }

  for (const { why, frame } of frames.filter(({ state }) => state === 'sc')) {
    it(`in a session: ${why}`, () => {
      const vector = vectors.secure_channel_scbk;
      const keys = sessionKeys(osdpCrypto, bytesOf(vector.scbk), bytesOf(vector.rnd_a));
      const config = { id: 'x', address: 1, secure: 'required', keys: { active: scbk } } as const;
      const session = { keys, replyMac: bytesOf(vector.rmac_i) };
      const command = { kind: 'poll' } as const;
      const sealed = seal(osdpCrypto, session, {
        address: 1,
        sqn: 2,
        crc: true,
        code: 0x60,
        data: new Uint8Array(0),
      });
      const exchange = {
        ...sealed,
        command,
        sqn: 2 as const,
        probe: false,
        crc: true,
        firstMs: 0,
        tries: 1,
        busy: 0,
      };
      for (const found of createFrameFinder().push(bytesOf(frame))) {
        if (found.kind !== 'frame') continue;
        const peripheral = { ...createPeripheral(config), session, up: true, answered: true };
        const match = matchReply(peripheral, exchange, found.frame, osdpCrypto);
        assert.ok(match.kind === 'stray' || match.kind === 'session-over', match.kind);
      }
    });
  }
});

describe('osdp: hostile bytes', () => {
  const campaigns = [
    ['structured', 10_000, 50],
    ['random', 10_000, 1],
    ['heaviest', 100, 1],
  ] as const;
  for (const [kind, frames, onlinesMin] of campaigns) {
    it(`${frames} ${kind} frames: no throw, no card, no state that was not proved, no stall`, () => {
      const { cards, falseFacts, onlines, longestMs } = campaign(kind, frames, 1);
      assert.ok(onlines >= onlinesMin, `${onlines} times online`);
      assert.deepEqual({ cards, falseFacts }, { cards: 0, falseFacts: 0 });
      // The figure is for the long run; here a bound that a crowded machine keeps, against a loop without end.
      assert.ok(longestMs < 1_000, `${longestMs} ms`);
    });
  }

  it('a reply of any code and data is read without a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }), (code, data) => {
        const reply = readReply(code, data);
        if (reply.kind === 'raw') assert.ok(reply.bits.length <= 1024 && /^[01]+$/.test(reply.bits));
        if (reply.kind === 'formatted') assert.ok(/^[ -~]{1,64}$/.test(reply.text));
      }),
    );
  });

  it('frames are found wherever a stream is cut, and noise in between costs only itself', () => {
    const good = Object.values(vectors.plain_replies_addr1_seq1_crc).map((hex) => bytesOf(hex));
    const junk = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((byte) => byte !== 0x53));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), junk)), fc.array(fc.nat(30)), (parts, cuts) => {
        const stream = Buffer.concat(parts.flatMap(([index, bytes]) => [bytes, good[index] ?? bytes]));
        const finder = createFrameFinder();
        let frames = 0;
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          frames += finder.push(stream.subarray(at, at + cut)).filter(({ kind }) => kind === 'frame').length;
          at += cut;
        }
        assert.equal(frames, parts.length);
      }),
    );
  });

  it('a frame begun by noise hides the true one only until the pause', () => {
    const finder = createFrameFinder();
    const ack = bytesOf(vectors.plain_replies_addr1_seq1_crc['ACK'] ?? '');
    assert.deepEqual(finder.push(Buffer.concat([bytesOf('5381a005'), ack])), []);
    assert.ok(finder.giveUp().some(({ kind }) => kind === 'frame'));
  });

  it('a babbler costs its own turn, no more', () => {
    const peers = [1, 2].map((address) => createPeer(address));
    const wire = createWire(
      [1, 2].map((address) => ({ id: `r${address}`, address, secure: 'off' as const, keys: {} })),
      peers,
    );
    wire.run(2_000);
    for (let n = 0; n < 400; n++) {
      peers[0]?.faults.push(new Uint8Array(600).fill(0x53));
    }
    for (const peer of peers) peer.clearPolls = 0;
    wire.run(10_000);
    assert.equal(wire.state('r2'), 'online');
    assert.ok((peers[1]?.clearPolls ?? 0) > 100, String(peers[1]?.clearPolls));
  });
});
