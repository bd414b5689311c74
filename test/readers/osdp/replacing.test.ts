/** What a reader's successor at the same address is met with, what its heads report, noise, and files that do not end. */
import assert from 'node:assert/strict';
import { encodeFrame } from '../../../src/readers/osdp/frame.js';
import { createPeer, type Peer } from './peer.js';
import { bytesOf } from './vectors.js';
import { createWire } from './wire.js';

const inClear = (address: number) => ({ id: 'x', address, secure: 'off' as const, keys: {} });

/** The same reader, but it knows no CRC: it is silent to one, or says that the check value is wrong. */
function withChecksumOnly(peer: Peer, onCrc: 'silence' | 'nak'): Peer {
  const refusal = { address: peer.address, reply: true, crc: false, code: 0x41, data: Uint8Array.of(1) };
  return {
    ...peer,
    hear(bytes) {
      const at = bytes.indexOf(0x53);
      const control = bytes[at + 4] ?? 0;
      if ((control & 0x04) === 0 || !peer.alive || bytes[at + 1] !== peer.address) return peer.hear(bytes);
      const sqn = (control & 3) as 0 | 1 | 2 | 3;
      return onCrc === 'nak' ? encodeFrame({ ...refusal, sqn }) : undefined;
    },
  };
}

describe('osdp: another reader at the same address', () => {
  for (const onCrc of ['silence', 'nak'] as const) {
    it(`one that knows checksums only, and answers a CRC with ${onCrc}, is found without a restart, and so is the first`, () => {
      const [first, second] = [createPeer(1), createPeer(1)];
      second.power(false);
      const wire = createWire([inClear(1)], [first, withChecksumOnly(second, onCrc)]);
      wire.until(() => wire.state('x') === 'online');
      first.power(false);
      wire.until(() => wire.state('x') === 'offline', 10_000);
      second.power(true);
      wire.until(() => wire.state('x') === 'online', 15_000);
      second.power(false);
      wire.until(() => wire.state('x') === 'offline', 10_000);
      first.power(true);
      wire.until(() => wire.state('x') === 'online', 15_000);
    });
  }

  it('a damaged probe does not talk a reader out of its CRC', () => {
    const peer = createPeer(1);
    const wire = createWire([inClear(1)], [peer]);
    wire.until(() => wire.state('x') === 'online');
    peer.power(false);
    wire.until(() => wire.state('x') === 'offline', 10_000);
    peer.power(true);
    const refusal = { address: 1, reply: true, sqn: 0 as const, crc: true, code: 0x41 };
    peer.faults.push(encodeFrame({ ...refusal, data: Uint8Array.of(1) }));
    wire.until(() => wire.state('x') === 'online', 10_000);
    wire.run(1_000);
    const last = bytesOf(wire.written.at(-1) ?? '');
    assert.equal((last[last.indexOf(0x53) + 4] ?? 0) & 0x04, 0x04);
  });
});

describe('osdp: RSTATR', () => {
  const online = () => {
    const peer = createPeer(1);
    const wire = createWire([inClear(1)], [peer]);
    wire.until(() => wire.state('x') === 'online');
    const tampers = () => wire.events.flatMap((event) => (event.kind === 'tamper' ? [event.active] : []));
    const say = (reply: string) => {
      peer.events.push(reply);
      wire.run(300);
    };
    return { peer, wire, tampers, say, alarms: () => wire.bus.health(wire.nowMs())[0]?.alarms };
  };

  it('2 is tamper until the reader says otherwise; that of the housing is another', () => {
    const { tampers, say } = online();
    say('4b02');
    assert.deepEqual(tampers(), [true]);
    say('4b00');
    assert.deepEqual(tampers(), [true, false]);
    say('480100');
    say('4b02');
    say('480000');
    assert.deepEqual(tampers(), [true, false, true]);
    say('4b00');
    assert.deepEqual(tampers(), [true, false, true, false]);
  });

  it('1 is a head that is not connected: an alarm until it is', () => {
    const { wire, say, alarms } = online();
    say('4b0001');
    assert.deepEqual(alarms(), ['head-missing']);
    say('4b0000');
    assert.deepEqual(alarms(), []);
    const told = wire.events.flatMap((event) => (event.kind === 'alarm' ? [event.active] : []));
    assert.deepEqual(told, [true, false]);
  });

  it('a successor that reports neither ends what the one before it reported', () => {
    const { peer, wire, say, alarms, tampers } = online();
    say('4b0201');
    peer.power(false);
    wire.until(() => wire.state('x') === 'offline', 10_000);
    assert.deepEqual([tampers(), alarms()], [[true], ['head-missing']]);
    peer.answers.set(0x67, '4103');
    peer.power(true);
    wire.until(() => wire.state('x') === 'online', 10_000);
    assert.deepEqual([tampers(), alarms()], [[true, false], []]);
  });
});

describe('osdp: noise before a reply', () => {
  it('is not the reply: a slow reader keeps its 200 ms', () => {
    const peer = createPeer(1, { delayMs: 150 });
    const wire = createWire([inClear(1)], [peer]);
    wire.until(() => wire.state('x') === 'online');
    const { timeouts } = wire.bus.health(wire.nowMs())[0]?.counters ?? { timeouts: -1 };
    for (let n = 0; n < 10; n += 1) {
      const before = wire.written.length;
      wire.until(() => wire.written.length > before);
      wire.run(5);
      // Begins like a frame and is none.
      wire.did(wire.bus.receive(bytesOf('53ffffff'), wire.nowMs()));
    }
    wire.run(1_000);
    assert.equal(wire.bus.health(wire.nowMs())[0]?.counters.timeouts, timeouts);
  });
});

describe('osdp: files at the pace of the reader', () => {
  const transfer = (status: string) => {
    const peer = createPeer(1);
    peer.answers.set(0x7c, status);
    const wire = createWire([inClear(1)], [peer]);
    wire.until(() => wire.state('x') === 'online');
    const before = peer.heard.length;
    const bytes = Uint8Array.from({ length: 300 }, (_, n) => n & 0xff);
    wire.did(wire.bus.sendFile('x', { type: 1, bytes, job: 7 }, wire.nowMs()));
    const result = () => wire.events.find((event) => event.kind === 'job' && event.job === 7);
    return { peer, wire, result, heard: () => peer.heard.slice(before).map((one) => one.slice(0, 2)) };
  };

  it('polls stand between the pieces only where the reader allows it', () => {
    for (const [action, polls] of [
      ['01', true],
      ['00', false],
    ] as const) {
      const { wire, result, heard } = transfer(`7a${action}000000000000`);
      wire.run(1_000);
      wire.until(() => result() !== undefined || heard().filter((one) => one === '7c').length > 4, 2_000);
      const between = heard().slice(heard().indexOf('7c'), heard().lastIndexOf('7c'));
      // The first answer says what it allows.
      assert.equal(between.slice(1).includes('60'), polls, `action ${action}: ${between.join(' ')}`);
    }
  });

  it('one that says “finishing” for ever is given up after ten minutes', () => {
    const { wire, result } = transfer('7a01640003000000');
    wire.run(9 * 60_000);
    assert.equal(result(), undefined);
    wire.run(2 * 60_000);
    assert.deepEqual(result(), { id: 'x', kind: 'job', job: 7, result: 'failed' });
    assert.equal(wire.state('x'), 'online');
  });
});
