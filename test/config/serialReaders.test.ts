import assert from 'node:assert/strict';
import { presetFramings } from '../../src/config/serialReaderSchema.js';
import { serialReaderLinesOf } from '../../src/config/serialWiring.js';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { wiringTable } from '../../src/config/wiring.js';
import { serialPresets, serialSettingsOf } from '../../src/readers/serial/presets.js';
import { known } from './known.js';

const good = `name: Yard
board: bench
timeZone: UTC
serial:
  push: { device: /dev/ttyUSB0 }
  polled: { device: /dev/ttyUSB1, baud: 19200, parity: even }
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
readers:
  gate-in:
    door: gate
    direction: entry
    serial: { line: push, framing: em4100, bits: 40, show: { granted: "47 0D" } }
    tamper: { line: in3 }
  gate-out:
    door: gate
    direction: exit
    serial: { line: polled, framing: modbus-rtu, unit: 7, register: 0, count: 4, sequenceWord: 0, offset: 2, clear: "06 0000 0000" }
  side:
    door: gate
    direction: exit
    serial: { line: polled, framing: length-prefixed, header: "FE", ask: "0001023033", empty: "00", check: { kind: crc16, polynomial: 0x1021 } }
`;

function errorOf(from: string, to: string): string {
  assert.ok(good.includes(from), from);
  const result = parseSiteFile(good.replace(from, to), 's.yaml', known);
  assert.ok(!result.ok, `${to} passed`);
  return result.errors.map(formatSiteError).join('\n');
}

describe('site file: simple serial readers', () => {
  const result = parseSiteFile(good, 's.yaml', known);
  assert.ok(result.ok, result.ok ? '' : result.errors.map(formatSiteError).join('\n'));
  const { site } = result;

  it('gives each line its readers, and what they say makes settings', () => {
    const lines = serialReaderLinesOf(site);
    assert.deepEqual(
      lines.map(({ line, baud, readers }) => [line, baud, readers.map(({ id }) => id)]),
      [
        ['push', 9_600, ['gate-in']],
        ['polled', 19_200, ['gate-out', 'side']],
      ],
    );
    const [, polled] = lines;
    const settings = polled?.readers.map(({ given }) => serialSettingsOf(given));
    assert.deepEqual(settings?.[0], {
      ...{ framing: 'modbus-rtu', name: 'modbus-rtu', repeatMs: 2_000, show: {} },
      card: { text: 'binary', offset: 2, reversed: false },
      ...{ unit: 7, function: 3, start: 0, count: 4, newBy: { by: 'sequence', word: 0 } },
      ...{ clear: Uint8Array.of(6, 0, 0, 0, 0), everyMs: 200, timeoutMs: 200 },
    });
    assert.equal(settings?.[1]?.framing, 'length-prefixed');
  });

  it('knows the presets there are', () => {
    assert.deepEqual([...presetFramings], [...serialPresets.keys()]);
  });

  it('says in the wiring table how they speak, and that they are in clear', () => {
    const board = known.boards.get('bench');
    assert.ok(board !== undefined);
    assert.match(wiringTable(site, board), /reader gate-in +em4100, IN CLEAR, entry of gate +push/);
  });

  it('names the line and the remedy of every mistake', () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [
        'framing: em4100',
        'framing: em410',
        /gate-in.serial.framing: "em410" is not allowed here; write one of/,
      ],
      ['framing: em4100', 'framing: em4100, start: "02"', /start says nothing to framing em4100/],
      ['unit: 7', 'unit: 300', /unit: 300 is not allowed here; write the unit, 1 to 247/],
      ['unit: 7', 'unit: 7, end: "0D"', /end says nothing to framing modbus-rtu; remove it/],
      ['register: 0, count: 4', 'register: 0', /framing modbus-rtu needs count; add count/],
      [
        'header: "FE"',
        'header: "F"',
        /header: "F" is not allowed here; write what a frame begins with as hex/,
      ],
      ['header: "FE", ', '', /needs header/],
      ['ask: "0001023033", ', '', /an answer without a question; add ask/],
      ['framing: em4100', 'framing: em4100, acknowledge: "06"', /acknowledge says nothing to framing em4100/],
      ['unit: 7', 'unit: 7, keyPrefix: "4B"', /keyPrefix says nothing to framing modbus-rtu; remove it/],
      ['line: push', 'line: pusher', /there is no port "pusher" under serial; did you mean push\?/],
      ['line: push', 'line: polled', /readers that speak by themselves share none/],
      ['show: { granted', 'show: { granteed', /unknown key; did you mean granted\?/],
      ['framing: em4100', 'framing: decimal-line, pattern: "x"', /pattern: "x" is not allowed here/],
    ];
    for (const [from, to, message] of cases) assert.match(errorOf(from, to), message);
  });
});
