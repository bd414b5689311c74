/** Readers that are odd, and readers that are not who they were. */
import assert from 'node:assert/strict';
import { createPeer, type Peer } from './peer.js';
import { bytesOf } from './vectors.js';
import { createWire } from './wire.js';

const scbk = bytesOf('00112233445566778899aabbccddeeff');
const clear = { id: 'lobby', address: 1, secure: 'off', keys: {} } as const;
const paired = { id: 'lobby', address: 1, secure: 'required', keys: { active: scbk } } as const;
const device = { vendor: '0A0017', serial: 0x01020301, clientId: '0a00170301010302' } as const;

function online(options: Partial<Peer> = {}) {
  const peer = createPeer(1, options);
  const wire = createWire([clear], [peer]);
  wire.until(() => wire.state('lobby') === 'online');
  const health = () => {
    const [one] = wire.bus.health(wire.nowMs());
    assert.ok(one !== undefined);
    return one;
  };
  const command = (data: string, oui: string, job: number) => {
    const words = { kind: 'manufacturer', oui: bytesOf(oui), data: bytesOf(data) } as const;
    wire.did(wire.bus.command('lobby', words, wire.nowMs(), job));
    wire.run(200);
    const end = wire.events.findLast((event) => event.kind === 'job' && event.job === job);
    return end?.kind === 'job' ? end.result : undefined;
  };
  return { peer, wire, health, command };
}

describe('osdp bus: odd readers', () => {
  it('a status of another length than announced: what fits is taken, told once, counted each time', () => {
    const { peer, wire, health } = online();
    // Announced: two inputs, two outputs, one reader; a local status has two bytes.
    peer.events.push('49010001', '4901', '490000', '4a01010101', '4801', '48000100', '4b0000', '4b');
    wire.run(1_000);
    assert.deepEqual(
      wire
        .kinds('odd-status')
        .map((event) => (event.kind === 'odd-status' ? [event.status, event.bytes] : [])),
      [
        ['inputStatus', 3],
        ['outputStatus', 4],
        ['localStatus', 1],
        ['readerStatus', 2],
      ],
    );
    assert.equal(health().counters.oddStatus, 6);
    assert.equal(health().counters.malformed, 1, 'one of no length says nothing');
    assert.deepEqual(health().inputs, ['inactive', 'inactive', 'active'], 'what was left out is as it was');
    assert.deepEqual(
      wire.kinds('tamper').map((event) => event.kind === 'tamper' && event.active),
      [true, false],
    );
    assert.equal(wire.kinds('power').length, 1);
    assert.equal(wire.state('lobby'), 'online');
  });

  it('biometrics, smart cards and vendor status are counted, and the reader stays online', () => {
    const { peer, wire, health } = online();
    peer.events.push('570000010000', '58000000', '80000000000000', '8300', 'b100');
    wire.run(1_000);
    assert.equal(health().counters.noted, 5);
    assert.equal(health().counters.unexpected, 0);
    assert.equal(wire.state('lobby'), 'online');
  });

  it("a vendor's command longer than the reader takes is refused before it is sent", () => {
    const { peer, command } = online();
    const heard = peer.heard.length;
    // Capability 10 says 256 bytes; a frame in a session has 14 of its own, and its data is padded.
    assert.equal(command('00'.repeat(237), '0a0017', 1), 'too-long');
    assert.ok(!peer.heard.slice(heard).some((one) => one.startsWith('80')));
    assert.equal(command('00'.repeat(236), '0a0017', 2), 'done');
    const silentAboutIt = online({ answers: new Map([...peer.answers, [0x62, '46080100']]) });
    assert.equal(silentAboutIt.command('00'.repeat(120), '0a0017', 1), 'too-long');
    assert.equal(silentAboutIt.command('00'.repeat(100), '0a0017', 2), 'done');
  });

  it("a vendor's command that a reader does not know is not sent again; all others are", () => {
    const { peer, command } = online();
    peer.answers.set(0x80, '4103');
    assert.equal(command('05aa', '0a0017', 1), 'refused');
    peer.answers.set(0x80, '900a001701');
    const heard = () => peer.heard.filter((one) => one.startsWith('80')).length;
    const before = heard();
    assert.equal(command('05bb', '0a0017', 2), 'refused');
    assert.equal(heard(), before, 'the same command of the same vendor');
    assert.equal(command('06aa', '0a0017', 3), 'done');
    assert.equal(command('05aa', '0a0018', 4), 'done');
    assert.equal(heard(), before + 2);
  });
});

describe('osdp bus: a reader that was exchanged', () => {
  const meet = (known: object | undefined, options: Partial<Peer> = {}) => {
    const peer = createPeer(1, { scbk, ...options });
    const config = { ...paired, ...(known === undefined ? {} : { known: known as never }) };
    // Hours pass in one of these: few polls.
    const wire = createWire([config], [peer], { pollMs: 5_000 });
    wire.until(() => wire.state('lobby') === 'online');
    return { peer, wire, alarms: () => wire.kinds('alarm'), identities: () => wire.kinds('identity') };
  };

  it('the first one after pairing is remembered, with what it said in its handshake', () => {
    const { alarms, identities } = meet(undefined);
    assert.deepEqual(identities(), [{ id: 'lobby', kind: 'identity', device }]);
    assert.deepEqual(alarms(), []);
    assert.deepEqual(meet(device).identities(), [], 'known already');
    const { clientId: _, ...older } = device;
    assert.deepEqual(
      meet(older).identities(),
      [{ id: 'lobby', kind: 'identity', device }],
      'now known whole',
    );
  });

  it('another serial number, maker or client id with the same key is an alarm that says who was and who is', () => {
    for (const other of [{ serial: 5 }, { vendor: '0A0018' }, { clientId: 'ffffffffffffffff' }]) {
      const was = { ...device, ...other };
      const { alarms, identities } = meet(was);
      const alarm = { kind: 'alarm', alarm: 'device-changed', active: true } as const;
      assert.deepEqual(alarms(), [{ id: 'lobby', ...alarm, was, is: device }]);
      assert.deepEqual(identities(), [], 'not taken for the one to remember');
    }
  });

  it('exchanged between two sessions of one run: seen when the session is renewed, over when the first is back', () => {
    const { peer, wire, alarms } = meet(device);
    peer.clientId = '0a001703010103ff';
    wire.run(8 * 3_600_000 + 30_000);
    assert.equal(wire.state('lobby'), 'online');
    assert.equal(alarms().length, 1);
    peer.clientId = device.clientId;
    peer.power(false);
    wire.run(20_000);
    peer.power(true);
    wire.run(20_000);
    assert.deepEqual(alarms().at(-1), { id: 'lobby', kind: 'alarm', alarm: 'device-changed', active: false });
  });
});

describe('osdp bus: a key from elsewhere', () => {
  const given = bytesOf('8f1d3a5c7b92e0461f8c2d7a9b3e5061');

  it('an unpaired reader that was given one elsewhere is online with it; it was never sent', () => {
    const peer = createPeer(1, { scbk: given });
    const wire = createWire([{ ...paired, keys: {} }], [peer]);
    wire.run(5_000);
    assert.equal(wire.state('lobby'), 'identifying');
    wire.did(wire.bus.giveKey('lobby', given, wire.nowMs()));
    wire.until(() => wire.state('lobby') === 'online', 3_000);
    assert.equal(wire.kinds('key-proved').length, 1);
    assert.ok(!peer.heard.some((one) => one.startsWith('75')), 'no KEYSET');
  });

  it('one that is online proves the new one at once; the wrong one leaves it with the old', () => {
    for (const [has, proved] of [
      [given, 1],
      [scbk, 0],
    ] as const) {
      const peer = createPeer(1, { scbk });
      const wire = createWire([paired], [peer]);
      wire.until(() => wire.state('lobby') === 'online');
      peer.scbk = has;
      wire.did(wire.bus.giveKey('lobby', given, wire.nowMs()));
      wire.run(5_000);
      assert.equal(wire.state('lobby'), 'online');
      assert.equal(wire.kinds('key-proved').length, proved);
      assert.equal(wire.kinds('key-failed').length, 1 - proved);
    }
  });

  it('typed wrong for a reader without any: offline and an alarm, and the right one still helps', () => {
    const peer = createPeer(1, { scbk: given });
    const wire = createWire([{ ...paired, keys: {} }], [peer]);
    wire.run(2_000);
    wire.did(wire.bus.giveKey('lobby', bytesOf('ff1d3a5c7b92e0461f8c2d7a9b3e5061'), wire.nowMs()));
    wire.run(5_000);
    assert.ok(wire.kinds('alarm').some((event) => event.kind === 'alarm' && event.alarm === 'key-refused'));
    assert.equal(wire.state('lobby'), 'offline');
    wire.did(wire.bus.giveKey('lobby', given, wire.nowMs()));
    wire.until(() => wire.state('lobby') === 'online', 3_000);
  });
});
