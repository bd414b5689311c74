import assert from 'node:assert/strict';
import { osdpLinesOf, readerLinesOf, serialRequestsOf } from '../../src/config/serialWiring.js';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { wiringTable } from '../../src/config/wiring.js';
import { known } from './known.js';

const good = `name: Yard
board: bench
timeZone: UTC
serial:
  rs485: { device: /dev/serial/by-id/usb-adapter, baud: 115200, adapter: uart, pollMs: 50 }
doors:
  gate:
    name: Gate
    number: 1
    relay: { line: gate-in/out1 }
    contact: { line: gate-in/in1 }
    rex: { line: gate-in/in2, activeLow: true }
readers:
  gate-in:
    door: gate
    direction: entry
    osdp: { line: rs485, address: 3, formats: [H10301], idle: blue, offline: white, texts: { granted: Welcome, offline: Closed } }
  gate-out:
    door: gate
    direction: exit
    osdp: { line: rs485, address: 4, secure: off, formats: [H10301], text: hex }
`;

function siteOf(text: string) {
  const result = parseSiteFile(text, 's.yaml', known);
  assert.ok(result.ok, result.ok ? '' : result.errors.map(formatSiteError).join('\n'));
  return result.site;
}

function errorOf(from: string, to: string): string {
  assert.ok(good.includes(from), from);
  const result = parseSiteFile(good.replace(from, to), 's.yaml', known);
  assert.ok(!result.ok, `${to} passed`);
  return result.errors.map(formatSiteError).join('\n');
}

describe('site file: OSDP readers', () => {
  it('gives ports, readers by line, and what hangs at a reader', () => {
    const site = siteOf(good);
    assert.deepEqual(serialRequestsOf(site), [
      {
        ...{ port: 'rs485', baud: 115_200, parity: 'none', dataBits: 8, stopBits: 1 },
        device: '/dev/serial/by-id/usb-adapter',
      },
    ]);
    const [line] = osdpLinesOf(site);
    assert.deepEqual(
      line?.readers.map(({ id, address, secure, text }) => [id, address, secure, text]),
      [
        ['gate-in', 3, 'required', 'decimal'],
        ['gate-out', 4, 'off', 'hex'],
      ],
    );
    assert.deepEqual(line?.readers[0]?.profile, {
      ...{ idle: 'blue', offline: 'white' },
      texts: { granted: 'Welcome', offline: 'Closed' },
    });
    assert.deepEqual(
      readerLinesOf(site).map(({ line: name, use, activeLow }) => [name, use, activeLow]),
      [
        ['gate-in/out1', 'relay', false],
        ['gate-in/in1', 'state', false],
        ['gate-in/in2', 'press', true],
      ],
    );
    const bench = known.boards.get('bench');
    assert.ok(bench !== undefined);
    assert.match(wiringTable(site, bench), /OSDP address 4, IN CLEAR, exit of gate {2,}rs485/);
  });

  const mistakes: readonly [from: string, to: string, error: string][] = [
    [
      'line: rs485, address: 3',
      'line: rs486, address: 3',
      's.yaml:17:19: readers.gate-in.osdp.line: there is no port "rs486" under serial; did you mean rs485?',
    ],
    [
      'address: 4',
      'address: 3',
      's.yaml:21:35: readers.gate-out.osdp.address: 3 is the address of gate-in on this line already (line 17); give each reader its own',
    ],
    [
      'address: 4',
      'address: 127',
      's.yaml:21:35: readers.gate-out.osdp.address: 127 is not allowed here; write the address of the reader, 0 to 126',
    ],
    [
      'baud: 115200',
      'baud: 14400',
      's.yaml:5:57: serial.rs485.baud: 14400 is no speed of OSDP; write one of: 9600, 19200, 38400, 57600, 115200, 230400',
    ],
    [
      'baud: 115200',
      'parity: even',
      's.yaml:5:3: serial.rs485: OSDP is 8 data bits, no parity, 1 stop bit; remove parity, dataBits and stopBits',
    ],
    [
      'device: /dev/serial/by-id/usb-adapter, ',
      '',
      's.yaml:5:3: serial.rs485: no device; write device: /dev/serial/by-id/...',
    ],
    [
      'formats: [H10301], text',
      'formats: [H1O301], text',
      's.yaml:21:61: readers.gate-out.osdp.formats.0: "H1O301" is not a card format; did you mean H10301?',
    ],
    [
      'secure: off',
      'secure: no',
      's.yaml:21:46: readers.gate-out.osdp.secure: "no" is not allowed here; write required (Secure Channel or nothing) or off (in clear: anybody at the cable can open)',
    ],
    [
      'gate-in/out1',
      'gate-on/out1',
      's.yaml:10:20: doors.gate.relay.line: there is no OSDP reader "gate-on"; did you mean gate-in?',
    ],
    [
      'gate-in/out1',
      'gate-in/in3',
      's.yaml:10:20: doors.gate.relay.line: "gate-in/in3" is no output of a reader; write READER/out1',
    ],
    [
      'gate-in/in1',
      'gate-in/in0',
      's.yaml:11:22: doors.gate.contact.line: "gate-in/in0" is no input of a reader; write READER/in1',
    ],
    [
      'gate-in/in1',
      'gate-in/in2',
      's.yaml:12:18: doors.gate.rex.line: "gate-in/in2" is used already by doors.gate.contact (line 11); give each line one use',
    ],
    [
      'text: hex }',
      'text: hex }\n    tamper: { line: in3 }',
      's.yaml:22:5: readers.gate-out.tamper: a line for what the reader tells; remove it: an OSDP reader tells its tamper itself',
    ],
    [
      'text: hex }',
      'text: hex }\n    wiegand: { d0: d0, d1: d1, formats: [H10301] }',
      's.yaml:21:5: readers.gate-out.osdp: the reader has wiegand already; keep the one it is wired by',
    ],
  ];
  for (const [from, to, error] of mistakes) {
    it(`names ${to === '' ? `the missing ${from}` : to}`, () => assert.equal(errorOf(from, to), error));
  }
});
