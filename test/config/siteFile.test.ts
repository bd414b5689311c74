import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { loadSiteFile, parseSiteFile } from '../../src/config/siteFile.js';
import { fullSite, known } from './known.js';

const small = `name: Small
board: bench
timeZone: UTC
doors:
  a:
    name: A
    number: 1
    relay: { line: relay1 }
`;

function errorsOf(text: string): readonly string[] {
  const result = parseSiteFile(text, 's.yaml', known);
  return result.ok ? [] : result.errors.map(formatSiteError);
}

function siteOf(text: string) {
  const result = parseSiteFile(text, 's.yaml', known);
  if (!result.ok) assert.fail(result.errors.map(formatSiteError).join('\n'));
  return result.site;
}

/** `fullSite` with one piece replaced, which must be there. */
function changed(from: string, to: string): string {
  assert.ok(fullSite.includes(from), from);
  return fullSite.replace(from, to);
}

describe('site file: good ones', () => {
  it('fills in every default', () => {
    assert.deepEqual(siteOf(small), {
      name: 'Small',
      board: 'bench',
      acceptEdgeLoss: false,
      timeZone: 'UTC',
      data: './data',
      clock: 'auto',
      untrustedClock: 'deny',
      storageDeadlineMs: 1000,
      http: { host: '127.0.0.1', port: 8080, tls: 'auto', requestsPerMinute: 12_000, connectionsMax: 512 },
      doors: [
        {
          id: 'a',
          name: 'A',
          number: 1,
          relay: { line: 'relay1', activeLow: false, lock: { kind: 'strike', failMode: 'fail-secure' } },
        },
      ],
      formats: {},
      interlocks: {},
      readers: [],
      outputs: [],
      serial: {},
    });
  });

  it('takes every key there is; a reader without a name goes by door and direction', () => {
    const site = siteOf(fullSite);
    assert.deepEqual(site.doors[0]?.contact, {
      line: 'in1',
      openWhen: 'inactive',
      activeLow: true,
      debounceMs: 50,
    });
    assert.deepEqual(site.readers[0]?.wiegand, {
      d0: 'd0',
      d1: 'd1',
      formats: ['H10301', 'WG34'],
      frameGapMs: 30,
      keypad: '4-bit',
      led: { line: 'led1', activeLow: true },
      ledRed: { line: 'led2', activeLow: false },
      beep: { line: 'beep1', activeLow: false },
      signals: { denied: { beep: { once: [300] } } },
    });
    assert.deepEqual(
      site.readers.map(({ id, name }) => [id, name]),
      [
        ['gate-in', 'North post'],
        ['gate-in-2', 'Gate entry'],
        ['gate-out', 'Gate exit'],
      ],
    );
    assert.deepEqual(site.outputs, [{ id: 'siren', line: 'relay3', activeLow: true }]);
    assert.deepEqual(site.fire, { line: 'in4', activeLow: true, debounceMs: 20 });
  });

  it('takes an anchor and its alias, and names a mistake under it at the anchor', () => {
    const two = (inner: string) => `${small}    rex: &rex ${inner}\n`;
    assert.deepEqual(errorsOf(`${two('{ line: in1 }')}fire: *rex\n`), [
      's.yaml:9:23: fire.line: "in1" is used already by doors.a.rex (line 9); give each line one use',
    ]);
  });
});

describe('site file: every mistake, its place and its mending', () => {
  const cases: readonly [title: string, text: string, expected: readonly string[]][] = [
    ['an empty file', '# nothing\n', ['s.yaml: empty; begin with the commented example src/demo/site.yaml']],
    [
      'not a mapping',
      'hello',
      [
        's.yaml:1:1: "hello" is not allowed here; write keys and values: name, board, timeZone and doors at least',
      ],
    ],
    [
      'unknown key, near a known one',
      changed('storageDeadlineMs', 'storageDeadlineMS'),
      ['s.yaml:7:1: storageDeadlineMS: unknown key; did you mean storageDeadlineMs?'],
    ],
    [
      'unknown key, near none',
      changed('direction: exit', 'direction: exit, colour: red'),
      [
        's.yaml:28:44: readers.gate-out.colour: unknown key; write one of: name, door, direction, asks, wiegand, osdp, serial, tamper, deviceId, forward',
      ],
    ],
    [
      'a key twice',
      changed('clock: assume', 'board: bench\nclock: assume'),
      ['s.yaml:5:1: board: given twice, first in line 2; keep one of the two, or give it another id'],
    ],
    [
      'a door id twice',
      `${small}  a: { name: B, number: 2, relay: { line: relay2 } }\n`,
      ['s.yaml:9:3: doors.a: given twice, first in line 5; keep one of the two, or give it another id'],
    ],
    [
      'wrong type',
      changed('number: 3', 'number: three'),
      [
        's.yaml:12:13: doors.gate.number: "three" is not allowed here; write the OpenDoor DoorNum, 1 to 8, each once',
      ],
    ],
    [
      'missing number',
      changed('    number: 3\n', ''),
      ['s.yaml:10:3: doors.gate.number: missing; write the OpenDoor DoorNum, 1 to 8, each once'],
    ],
    [
      'a number out of range',
      changed('number: 3', 'number: 9'),
      [
        's.yaml:12:13: doors.gate.number: 9 is not allowed here; write the OpenDoor DoorNum, 1 to 8, each once',
      ],
    ],
    [
      'a number twice',
      `${small}  b: { name: B, number: 1, relay: { line: relay2 } }\n`,
      ['s.yaml:9:25: doors.b.number: 1 is the number of a already (line 7); 2 is free'],
    ],
    [
      'a bad id',
      small.replace('  a:', '  "A 1":'),
      [
        's.yaml:5:3: doors."A 1": not an id; write an id of lower-case letters, digits, - and _ that begins with a letter (at most 32)',
      ],
    ],
    [
      'an id that a plain object would swallow',
      `${small}  __proto__: { name: B }\n`,
      ['s.yaml:9:3: doors.__proto__: not a key; take another name'],
    ],
    [
      'no door',
      small.replace(/doors:[\s\S]*/, 'doors: {}\n'),
      ['s.yaml:4:1: doors: no door; write at least one door'],
    ],
    [
      'a line the board has not',
      changed('line: in1', 'line: im1'),
      ['s.yaml:18:22: doors.gate.contact.line: board "bench" has no line "im1"; did you mean in1?'],
    ],
    [
      'an output as an input',
      changed('line: in1', 'line: relay2'),
      [
        's.yaml:18:22: doors.gate.contact.line: "relay2" is an output, this must be an input; write one of: in1, in2, in3, in4, d0, d1, spare',
      ],
    ],
    [
      'an input as an output',
      changed('line: relay1', 'line: in1').replace('contact: { line: in1', 'contact: { line: spare'),
      [
        's.yaml:14:13: doors.gate.relay.line: "in1" is an input, this must be an output; write one of: relay1, relay2, relay3, boots-high, boots-low, led1, led2, beep1, spare',
      ],
    ],
    [
      'a line twice',
      changed('tamper: { line: in3 }', 'tamper: { line: d1 }'),
      [
        's.yaml:26:21: readers.gate-in.tamper.line: "d1" is used already by readers.gate-in.wiegand (line 25); give each line one use',
      ],
    ],
    [
      'a relay that is active at boot',
      small.replace('relay1', 'boots-high'),
      [
        's.yaml:8:20: doors.a.relay.line: "boots-high" stands high while the machine boots, which is active: the door would open; take another line, or a relay that needs the other level and activeLow: true',
      ],
    ],
    [
      'an active-low relay that is active at boot',
      small.replace('relay1', 'boots-low, activeLow: true'),
      [
        's.yaml:8:20: doors.a.relay.line: "boots-low" stands low while the machine boots, which is active: the door would open; take another line, or a relay that needs the other level and activeLow: false',
      ],
    ],
    [
      'a reader at a missing door',
      changed('gate-out: { door: gate', 'gate-out: { door: gatr'),
      ['s.yaml:28:21: readers.gate-out.door: there is no door "gatr"; did you mean gate?'],
    ],
    [
      'an unknown board',
      changed('board: bench', 'board: bnch'),
      ['s.yaml:2:8: board: there is no board "bnch"; did you mean bench?'],
    ],
    [
      'an unknown time zone',
      changed('Europe/Berlin', 'Europe/Berlim'),
      ['s.yaml:3:11: timeZone: "Europe/Berlim" is not a time zone; did you mean Europe/Berlin?'],
    ],
    [
      'an offset for a time zone',
      changed('Europe/Berlin', '"+01:00"'),
      ['s.yaml:3:11: timeZone: "+01:00" is not a time zone; write an IANA name, for instance Europe/Berlin'],
    ],
    [
      'a port out of range',
      changed('port: 9000', 'port: 65536'),
      ['s.yaml:8:30: http.port: 65536 is not allowed here; write a port, 1 to 65535 (0 = any free one)'],
    ],
    [
      'durations below their limits',
      changed('frameGapMs: 30', 'frameGapMs: 4').replace('debounceMs: 0', 'debounceMs: -1'),
      [
        's.yaml:19:35: doors.gate.rex.debounceMs: -1 is not allowed here; write milliseconds, 0 to 5000',
        's.yaml:25:69: readers.gate-in.wiegand.frameGapMs: 4 is not allowed here; write milliseconds, 5 to 1000',
      ],
    ],
    [
      'lamp patterns that are none',
      changed('{ once: [300] }', '{ repeat: [300] }').replace('led: { line: led1', 'led: { line: led2'),
      [
        's.yaml:25:142: readers.gate-in.wiegand.ledRed.line: "led2" is used already by readers.gate-in.wiegand.led (line 25); give each line one use',
        's.yaml:25:202: readers.gate-in.wiegand.signals.denied.beep.repeat: this list is not allowed here; write off, steady, { once: [100] } or { repeat: [100, 900] } (an even count of 20 to 10000 ms, at most 16)',
      ],
    ],
    [
      'a signal that does not exist',
      changed('signals: { denied', 'signals: { refused'),
      [
        's.yaml:25:184: readers.gate-in.wiegand.signals.refused: unknown key; write one of: granted, denied, denied-passback, waiting-for-pin, held, alarm, normal',
      ],
    ],
    [
      'an unknown card format, and one twice',
      changed('[H10301, WG34]', '[H10302, WG34, WG34]'),
      [
        's.yaml:25:42: readers.gate-in.wiegand.formats.0: "H10302" is not a card format; did you mean H10301?',
        's.yaml:25:56: readers.gate-in.wiegand.formats.2: "WG34" is given twice; keep one',
      ],
    ],
    [
      'a maglock that stays locked without power',
      changed('failMode: fail-safe', 'failMode: fail-secure'),
      [
        's.yaml:16:40: doors.gate.relay.lock.failMode: a maglock opens without power; write failMode: fail-safe',
      ],
    ],
    [
      'a maglock without a button of its own',
      changed('    hardwareRex: confirmed\n', ''),
      [
        's.yaml:16:21: doors.gate.relay.lock.kind: a maglock needs a way out that does not depend on this controller; fit a button that cuts its power, try it, then write hardwareRex: confirmed under doors.gate',
      ],
    ],
    [
      'a tamper contact where there is no reader',
      changed('gate-out: { door: gate', 'gate-out: { tamper: { line: spare }, door: gate'),
      [
        's.yaml:28:15: readers.gate-out.tamper: a place without wiegand has no housing to open; remove it, or add wiegand',
      ],
    ],
    [
      'a second document',
      `${small}---\nname: x\n`,
      ['s.yaml:9:1: a second document begins; remove the line ---'],
    ],
    [
      'an anchor that is not there',
      changed('{ line: in4, activeLow: true }', '*input'),
      [
        's.yaml:1:1: cannot be read: Unresolved alias (the anchor must be set before the alias): input; write it without nested anchors and aliases (&, *), at most 50',
      ],
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => assert.deepEqual(errorsOf(text), expected));
  }

  it('syntax: place and hint', () => {
    const [first] = errorsOf(changed('  gate:\n', '\tgate:\n'));
    assert.match(first ?? '', /^s\.yaml:10:1: not valid YAML: .*; check indentation/);
  });

  it('all at once, in the order of the file', () => {
    const bad = changed('board: bench', 'bord: bench')
      .replace('number: 3', 'number: 0')
      .replace('line: in2', 'line: in1')
      .replace('direction: exit', 'direction: out');
    assert.deepEqual(
      errorsOf(bad).map((error) => error.split('; ')[0]),
      [
        's.yaml:1:1: board: missing',
        's.yaml:2:1: bord: unknown key',
        's.yaml:12:13: doors.gate.number: 0 is not allowed here',
        's.yaml:19:18: doors.gate.rex.line: "in1" is used already by doors.gate.contact (line 18)',
        's.yaml:28:38: readers.gate-out.direction: "out" is not allowed here',
      ],
    );
  });

  it('driver: one the board has; Wiegand over onoff only with the loss accepted, and says what was measured', () => {
    assert.deepEqual(errorsOf(`${small.replace('bench', 'memory')}driver: gpiochip\n`), [
      's.yaml:9:9: driver: "gpiochip" cannot open board "memory"; leave it out, or write one of: mock',
    ]);
    assert.deepEqual(errorsOf(`${small}driver: gpiochip\n`), []);
    assert.match(
      errorsOf(changed('acceptEdgeLoss: true', 'acceptEdgeLoss: false'))[0] ?? '',
      /driver: onoff loses edges of Wiegand readers such as gate-in: so it was measured \(line \d+\); write driver: gpiochip/,
    );
  });

  it('every key of the full example, given an impossible value, is named at its own line', () => {
    const lines = fullSite.split('\n');
    for (const [index, line] of lines.entries()) {
      if (!/^ *[a-zA-Z0-9-]+: /.test(line)) continue;
      const text = lines.with(index, line.replace(/:.*/, ': { impossible: [1] }')).join('\n');
      const own = errorsOf(text).filter((error) => error.startsWith(`s.yaml:${index + 1}:`));
      assert.ok(own.length > 0, `no error in line ${index + 1} of\n${text}\n${errorsOf(text).join('\n')}`);
    }
  });
});

describe('site file: from the disk and the environment', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
    writeFileSync(join(folder, 'good.yaml'), small);
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from([0x6e, 0x3a, 0x20, 0xe9, 0x0a]));
    writeFileSync(join(folder, 'bad.yaml'), 'nam: x');
  });
  after(() => rmSync(folder, { recursive: true }));
  const load = (name: string, env: Record<string, string> = {}) =>
    loadSiteFile(join(folder, name), env, known);

  it('the variables come before the file, the folder comes back absolute', () => {
    const plain = load('good.yaml');
    assert.ok(plain.ok);
    assert.equal(plain.site.data, join(process.cwd(), 'data'));
    const moved = load('good.yaml', { SALLYPORT_DATA: '/var/x', SALLYPORT_HTTP_PORT: '0' });
    assert.ok(moved.ok);
    assert.deepEqual([moved.site.data, moved.site.http.port], ['/var/x', 0]);
    const blank = load('good.yaml', { SALLYPORT_DATA: '', SALLYPORT_HTTP_PORT: '' });
    assert.deepEqual(blank, plain);
  });

  it('a wrong variable is named beside the mistakes of the file', () => {
    for (const port of ['65536', '-1', '80 ', '0x50', '1e3', 'http']) {
      const result = load('bad.yaml', { SALLYPORT_HTTP_PORT: port, SALLYPORT_DATA: 'a\nb' });
      assert.ok(!result.ok);
      const texts = result.errors.map(formatSiteError);
      const wanted = `SALLYPORT_HTTP_PORT: ${JSON.stringify(port)} is not a port; write 1 to 65535 (0 = any free one)`;
      assert.ok(texts.includes(wanted), texts.join('\n'));
      assert.ok(texts.includes('SALLYPORT_DATA: not a folder; write a path on one line'));
      assert.ok(texts.some((text) => text.includes('bad.yaml:1:1: nam: unknown key; did you mean name?')));
    }
    assert.ok(!load('good.yaml', { SALLYPORT_HTTP_PORT: '99999' }).ok);
  });

  it('a file that is missing, a folder or not UTF-8 is an error, not an exception', () => {
    for (const name of ['absent.yaml', '.', 'latin1.yaml', 'a\0b']) {
      const result = load(name);
      assert.ok(!result.ok && result.errors.length === 1, name);
    }
  });
});
