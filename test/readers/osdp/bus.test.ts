import assert from 'node:assert/strict';
import { createPeer } from './peer.js';
import { bytesOf } from './vectors.js';
import { createWire } from './wire.js';

const scbk = bytesOf('00112233445566778899aabbccddeeff');
const raw26 = '5000011a00bdd93740';
const bits26 = '10111101110110010011011101';
const clear = { id: 'lobby', address: 1, secure: 'off', keys: {} } as const;
const paired = { id: 'lobby', address: 1, secure: 'required', keys: { active: scbk } } as const;

const cards = (wire: ReturnType<typeof createWire>) =>
  wire.events.flatMap((event) => (event.kind === 'card' ? [`${event.id} ${event.bits}`] : []));

describe('osdp bus: a reader in clear, where the site says so', () => {
  it('comes online and its cards are told once', () => {
    const peer = createPeer(1);
    const wire = createWire([clear], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    assert.deepEqual(
      wire.kinds('state').map((event) => event.kind === 'state' && event.state),
      ['offline', 'identifying', 'online'],
    );
    peer.events.push(raw26, '53000431327f0d', '480100');
    wire.run(300);
    assert.deepEqual(cards(wire), [`lobby ${bits26}`]);
    assert.deepEqual(wire.kinds('keys'), [
      { id: 'lobby', kind: 'keys', reader: 0, keys: ['1', '2', '*', '#'] },
    ]);
    assert.deepEqual(wire.kinds('tamper'), [{ id: 'lobby', kind: 'tamper', active: true }]);
  });

  it('a lost or damaged reply is asked for again, byte for byte, and the card comes once', () => {
    for (const fault of ['lost', 'damaged', 'busy'] as const) {
      const peer = createPeer(1);
      const wire = createWire([clear], [peer]);
      wire.until(() => wire.state('lobby') === 'online');
      peer.events.push(raw26, raw26.replace('bdd93740', '80800080'));
      peer.faults.push(fault, fault);
      wire.run(2_000);
      assert.equal(cards(wire).length, 2, fault);
      assert.ok(peer.heard.includes('repeat 60'), fault);
      assert.equal(wire.state('lobby'), 'online');
    }
  });

  it('is offline soon after it is pulled, and back within seconds', () => {
    const peer = createPeer(1);
    const wire = createWire([clear], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    peer.power(false);
    wire.until(() => wire.state('lobby') === 'offline', 3_500);
    wire.run(60_000);
    peer.power(true);
    wire.until(() => wire.state('lobby') === 'online', 3_000);
    peer.power(false);
    wire.run(1_500);
    peer.power(true);
    wire.until(() => wire.state('lobby') === 'online', 2_000);
  });

  it('takes commands in between, and the newest light only', () => {
    const peer = createPeer(1);
    const wire = createWire([clear], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    peer.heard.length = 0;
    const green = { onMs: 100, offMs: 0, on: 'green', off: 'off' } as const;
    for (let n = 0; n < 5; n++) {
      wire.did(
        wire.bus.command('lobby', { kind: 'led', reader: 0, led: 0, permanent: green }, wire.nowMs(), n),
      );
    }
    wire.run(200);
    assert.ok(peer.heard.filter((one) => one.startsWith('69')).length <= 2);
    assert.equal(wire.kinds('job').length, 5);
    peer.power(false);
    wire.run(3_000);
    peer.heard.length = 0;
    peer.power(true);
    wire.until(() => wire.state('lobby') === 'online');
    wire.run(200);
    assert.equal(peer.heard.filter((one) => one.startsWith('69')).length, 1, 'told again after the return');
  });
});

describe('osdp bus: Secure Channel', () => {
  it('a paired reader hears nothing in clear but the handshake, and its sealed card counts', () => {
    const peer = createPeer(1, { scbk });
    const wire = createWire([paired], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    assert.equal(peer.clearPolls, 0);
    assert.ok(wire.kinds('state').some((event) => event.kind === 'state' && event.secure));
    peer.events.push(raw26);
    wire.run(200);
    assert.deepEqual(cards(wire), [`lobby ${bits26}`]);
  });

  it('repeats keep the chain: lost and damaged replies cost no session', () => {
    const peer = createPeer(1, { scbk });
    const wire = createWire([paired], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    for (let n = 0; n < 50; n++) {
      peer.events.push(raw26);
      peer.faults.push('lost', 'damaged', 'busy');
      wire.until(() => cards(wire).length === n + 1);
    }
    assert.equal(cards(wire).length, 50);
    assert.equal(wire.bus.health(wire.nowMs())[0]?.counters.sessionDrops, 0);
  });

  it('a reader that does not know its key is offline and an alarm, and never spoken to in clear', () => {
    const peer = createPeer(1, { scbk: bytesOf('ff112233445566778899aabbccddee00') });
    const wire = createWire([paired], [peer]);
    peer.events.push(raw26);
    wire.run(60_000);
    assert.equal(wire.state('lobby'), 'offline');
    assert.equal(peer.clearPolls, 0);
    assert.deepEqual(cards(wire), []);
    assert.ok(!peer.heard.some((one) => one.startsWith('75') || one === 'challenge 0'));
    assert.deepEqual(wire.kinds('alarm'), [
      { id: 'lobby', kind: 'alarm', alarm: 'key-refused', active: true },
    ]);
  });

  it('a power cut of the reader: back in its session within a second of its return', () => {
    const peer = createPeer(1, { scbk });
    const wire = createWire([paired], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    peer.power(false);
    wire.run(100);
    peer.power(true);
    wire.until(() => wire.state('lobby') === 'secure-channel', 1_000);
    wire.until(() => wire.state('lobby') === 'online', 1_000);
    assert.equal(peer.clearPolls, 0);
  });

  it('a session is renewed without the reader leaving', () => {
    const peer = createPeer(1, { scbk });
    const wire = createWire([paired], [peer], { pollMs: 5_000 });
    wire.until(() => wire.state('lobby') === 'online');
    const before = wire.kinds('state').length;
    wire.run(9 * 3_600_000);
    assert.equal(peer.heard.filter((one) => one === 'challenge 1').length, 2);
    assert.equal(wire.kinds('state').length, before);
  });
});

describe('osdp bus: install mode', () => {
  const fresh = { id: 'lobby', address: 1, secure: 'required', keys: {} } as const;
  const key = bytesOf('0f0e0d0c0b0a09080706050403020100');

  it('without it a new reader is looked at and never keyed', () => {
    const peer = createPeer(1);
    const wire = createWire([fresh], [peer]);
    peer.events.push(raw26);
    wire.run(30_000);
    assert.equal(wire.state('lobby'), 'identifying');
    assert.deepEqual(cards(wire), []);
    assert.ok(!peer.heard.some((one) => one.startsWith('challenge') || one.startsWith('75')));
  });

  for (const clearKeysetAck of [false, true]) {
    it(`sets the key once it is stored, and proves it (${clearKeysetAck ? 'session dropped' : 'session kept'})`, () => {
      const peer = createPeer(1, { clearKeysetAck });
      const wire = createWire([fresh], [peer]);
      wire.until(() => wire.state('lobby') === 'identifying');
      let asked = 0;
      wire.onKeyWanted = () => {
        asked++;
      };
      wire.did(wire.bus.arm('lobby', 300_000, wire.nowMs()));
      wire.until(() => asked === 1, 5_000);
      wire.run(1_000);
      assert.ok(!peer.heard.some((one) => one.startsWith('75')), 'nothing leaves before it is stored');
      wire.did(wire.bus.keyStored('lobby', key, wire.nowMs()));
      wire.until(() => wire.state('lobby') === 'online', 5_000);
      assert.deepEqual(wire.kinds('key-proved'), [{ id: 'lobby', kind: 'key-proved' }]);
      assert.equal(peer.heard.filter((one) => one.startsWith('75')).length, 1);
      assert.equal(wire.bus.health(wire.nowMs())[0]?.armedForMs, undefined);
      peer.power(false);
      wire.run(2_000);
      peer.power(true);
      wire.until(() => wire.state('lobby') === 'online', 4_000);
      assert.equal(peer.heard.filter((one) => one === 'challenge 0').length, 1);
    });
  }

  it('ends by itself', () => {
    const peer = createPeer(1);
    const wire = createWire([fresh], [peer]);
    wire.did(wire.bus.arm('lobby', 300_000, wire.nowMs()));
    wire.run(300_100);
    peer.heard.length = 0;
    wire.run(20_000);
    assert.ok(wire.kinds('key-failed').some((event) => event.kind === 'key-failed' && event.why === 'time'));
    assert.ok(!peer.heard.some((one) => one === 'challenge 0' || one.startsWith('75')));
  });

  it('a reader in its session gets a new key in that session', () => {
    const peer = createPeer(1, { scbk, acceptsDefault: false });
    const wire = createWire([paired], [peer]);
    wire.until(() => wire.state('lobby') === 'online');
    wire.onKeyWanted = (id) => wire.did(wire.bus.keyStored(id, key, wire.nowMs()));
    wire.did(wire.bus.arm('lobby', 300_000, wire.nowMs()));
    wire.until(() => wire.kinds('key-proved').length === 1, 5_000);
    assert.ok(!peer.heard.includes('challenge 0'));
    assert.ok(
      !wire.written.some((frame) => frame.includes('0f0e0d0c0b0a0908')),
      'the key is never on the line',
    );
  });

  it('a power cut after KEYSET: the pending key is tried, then the old one', () => {
    for (const taken of [true, false]) {
      const peer = createPeer(1, { scbk: taken ? key : scbk });
      const wire = createWire([{ ...paired, keys: { active: scbk, pending: key } }], [peer]);
      wire.until(() => wire.state('lobby') === 'online', 5_000);
      assert.equal(wire.kinds('key-proved').length, taken ? 1 : 0);
      assert.equal(wire.kinds('key-failed').length, taken ? 0 : 1);
    }
  });
});

describe('osdp bus: many readers', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ ...clear, id: `r${n}`, address: n }));

  it('a dead reader costs the other seven less than a tenth', () => {
    const polls = (dead: boolean) => {
      const peers = Array.from({ length: 8 }, (_, n) => createPeer(n));
      const wire = createWire(many(8), peers, { baud: 9_600, pollMs: 0 });
      wire.run(20_000);
      peers[3]?.power(!dead);
      wire.run(20_000);
      for (const peer of peers) peer.clearPolls = 0;
      wire.run(120_000);
      return peers.filter((_, n) => n !== 3).map((peer) => peer.clearPolls);
    };
    const [all, seven] = [polls(false), polls(true)];
    for (const [n, count] of seven.entries()) assert.ok(count > (all[n] ?? 0) * 0.9, `${count} of ${all[n]}`);
    assert.ok(Math.max(...seven) - Math.min(...seven) <= 2, 'fair among themselves');
  });

  it('126 readers are all online and polled alike', () => {
    const peers = Array.from({ length: 126 }, (_, n) => createPeer(n));
    const wire = createWire(many(126), peers);
    wire.run(30_000);
    assert.ok(wire.bus.health(wire.nowMs()).every(({ state }) => state === 'online'));
    for (const peer of peers) peer.clearPolls = 0;
    wire.run(10_000);
    const counts = peers.map((peer) => peer.clearPolls);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
  });

  it('half of them dead: the living are polled, the dead come back', () => {
    const peers = Array.from({ length: 16 }, (_, n) => createPeer(n));
    const wire = createWire(many(16), peers);
    for (const peer of peers.slice(8)) peer.power(false);
    wire.run(30_000);
    for (const peer of peers) peer.clearPolls = 0;
    wire.run(30_000);
    for (const peer of peers.slice(0, 8))
      assert.ok(peer.clearPolls > 30_000 / 50 / 2, String(peer.clearPolls));
    for (const peer of peers.slice(8)) peer.power(true);
    wire.until(() => wire.bus.health(wire.nowMs()).every(({ state }) => state === 'online'), 30_000);
  });
});
