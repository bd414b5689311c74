/** Simple serial readers and the site, over a wire in memory. */
import assert from 'node:assert/strict';
import { createSerialWire } from '../../hardware/mock/serial.js';
import { createSerialReaders } from '../../src/control/serialReaders.js';
import { modbusFrame } from '../../src/readers/serial/modbus.js';
import type { SerialGiven } from '../../src/readers/serial/presets.js';
import { createManualClock } from '../hardware/manualClock.js';
import { hexOf } from '../readers/osdp/vectors.js';

/** A site with these readers on one line of 9600; `told` is what it heard, as words. */
function openSite(readers: Readonly<Record<string, SerialGiven>>, learned?: string[]) {
  const clock = createManualClock();
  const wire = createSerialWire({ port: 'line', baud: 9_600 }, clock);
  const told: string[] = [];
  const serial = createSerialReaders({
    lines: [
      { line: 'line', baud: 9_600, readers: Object.entries(readers).map(([id, given]) => ({ id, given })) },
    ],
    serial: () => wire.near,
    ...{ nowUs: clock.nowUs, nowWallMs: () => 1_700_000_000_000, setTimer: clock.setTimer },
    on: {
      learn(_, bits) {
        if (learned === undefined) return false;
        learned.push(bits);
        return true;
      },
      card: (id, { secret, label }) => told.push(`card ${id} ${secret} ${label}`),
      pin: (id, digits) => told.push(`pin ${id} ${digits.length}`),
      unreadable: (id, fault, bits) => told.push(`unreadable ${id} ${fault} ${bits}`),
      answering: (id, answering) => told.push(`answering ${id} ${answering}`),
      fault: (line, fault) => told.push(`fault ${line} ${fault}`),
    },
  });
  serial.start();
  return { clock, wire, told, serial };
}

describe('serial readers in the controller', () => {
  it('tells cards, PINs and faults, and counts them; a label shows four digits', () => {
    const { clock, wire, told, serial } = openSite({ gate: { framing: 'decimal-line' } });
    const reader = wire.join();
    for (const text of ['0000123478\r\n', '12x4\r\n']) {
      reader.write(new Uint8Array(Buffer.from(text)));
      clock.advanceMs(100);
    }
    for (const key of '9876#') {
      reader.write(new Uint8Array(Buffer.from(key)));
      clock.advanceMs(300);
    }
    assert.deepEqual(told, ['card gate 01E256 decimal-line ••3478', 'unreadable gate text 32', 'pin gate 4']);
    assert.deepEqual(serial.health(), [
      {
        id: 'gate',
        frames: 6,
        parityErrors: 0,
        lengthErrors: 1,
        noise: 0,
        lastSeenWallMs: 1_700_000_000_000,
      },
    ]);
  });

  it('a card that is wanted for learning is none, and is as wide as it was sent', () => {
    const learned: string[] = [];
    const { clock, wire, told } = openSite({ gate: { framing: 'em4100' } }, learned);
    wire.join().write(new Uint8Array(Buffer.from('\x02000000000101\x03')));
    clock.advanceMs(100);
    assert.deepEqual([told, learned], [[], ['1'.padStart(40, '0')]]);
  });

  it('sends what is shown, and says nothing after close', () => {
    const { clock, wire, told, serial } = openSite({
      gate: { framing: 'em4100', show: { granted: '47 0D' } },
    });
    const sent: number[] = [];
    const reader = wire.join();
    reader.onBytes((bytes) => sent.push(...bytes));
    serial.show('gate', 'granted');
    serial.show('gate', 'denied');
    clock.advanceMs(200);
    assert.deepEqual(sent, [0x47, 0x0d]);
    serial.close();
    reader.write(new Uint8Array(Buffer.from('\x0262E3086CED08\x03')));
    serial.show('gate', 'granted');
    clock.advanceMs(1_000);
    assert.deepEqual([told, sent.length], [[], 2]);
    assert.equal(clock.armed(), 0);
  });

  it('tells when a reader that is asked goes and comes, and when the adapter does', () => {
    const { clock, wire, told } = openSite({
      gate: { framing: 'modbus-rtu', unit: 1, register: 1_000, count: 4 },
    });
    let isThere = true;
    const slave = wire.join();
    let asked: number[] = [];
    slave.onBytes((bytes) => {
      asked.push(...bytes);
      if (asked.length < 8) return;
      assert.equal(hexOf(Uint8Array.from(asked)), '010303e80004c479');
      asked = [];
      if (isThere) slave.write(modbusFrame(1, [3, 8, 0, 0, 0, 0, 0, 0, 0, 0]));
    });
    clock.advanceMs(1_000);
    isThere = false;
    clock.advanceMs(3_000);
    isThere = true;
    clock.advanceMs(3_000);
    wire.fail();
    clock.advanceMs(3_000);
    wire.mend();
    asked = [];
    clock.advanceMs(3_000);
    assert.deepEqual(told, [
      'answering gate true',
      'answering gate false',
      'answering gate true',
      'fault line unavailable',
      'answering gate false',
      'fault line restored',
      'answering gate true',
    ]);
  });
});
