import assert from 'node:assert/strict';
import fc from 'fast-check';
import { siteFormatsOf } from '../../src/config/hardwareWiring.js';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { positionsOf } from '../../src/config/siteFormats.js';
import { decode, encode, run } from '../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { known as benchKnown } from './known.js';

const known = { ...benchKnown, formats: wiegandFormats };

/** A small site whose reader is given `wiegand` and that writes `formats` itself. */
function siteWith(formats: string, wiegand: string): string {
  return `name: Works
board: bench
timeZone: UTC
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
readers:
  gate-in: { door: gate, direction: entry, wiegand: { d0: d0, d1: d1, ${wiegand} } }
formats:
  yard:
${formats}`;
}

const yard = `    bits: 28
    facility: 1-8
    issue: 9
    number: [10-25]
    parity:
      - { bit: 0, kind: even, over: 1-13 }
      - { bit: 27, kind: odd, over: [14-26, 0] }
`;

function errorsOf(text: string): readonly string[] {
  const result = parseSiteFile(text, 's.yaml', known);
  return result.ok ? [] : result.errors.map(formatSiteError);
}

describe('card formats of a site', () => {
  it('are read as the decoder takes them', () => {
    const result = parseSiteFile(siteWith(yard, 'formats: [yard, H10301]'), 's.yaml', known);
    if (!result.ok) assert.fail(result.errors.map(formatSiteError).join('\n'));
    const [format] = siteFormatsOf(result.site);
    assert.ok(format !== undefined);
    assert.deepEqual(format, {
      name: 'yard',
      length: 28,
      facility: run(1, 8),
      issue: [9],
      number: run(10, 25),
      parity: [
        { position: 0, parity: 'even', over: run(1, 13) },
        { position: 27, parity: 'odd', over: [...run(14, 26), 0] },
      ],
    });
    const sent = encode(format, { facility: 12, issue: 1, number: '4711' });
    assert.ok(sent.ok);
    const read = decode(sent.bits, [format]);
    assert.ok(read.ok);
    assert.deepEqual([read.facility, read.issue, read.number], [12, 1, '4711']);
  });

  it('name bits as ranges and lists, either way round', () => {
    assert.deepEqual(positionsOf(3), [3]);
    assert.deepEqual(positionsOf('3-5'), [3, 4, 5]);
    assert.deepEqual(positionsOf('5-3'), [5, 4, 3]);
    assert.deepEqual(positionsOf([1, '8-10', '2-1']), [1, 8, 9, 10, 2, 1]);
  });

  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'bits that are not there',
      yard.replace('number: [10-25]', 'number: [10-28]').replace('bit: 27', 'bit: 28'),
      'formats: [yard]',
      [
        's.yaml:13:5: formats.yard.number: there is no bit 28; the bits of a frame are 0 to 27',
        's.yaml:13:5: formats.yard.number: bit 28 has another use (line 16); give each bit one use',
        's.yaml:16:16: formats.yard.parity.1.bit: there is no bit 28; the bits of a frame are 0 to 27',
      ],
    ],
    [
      'a bit with two uses',
      yard.replace('issue: 9', 'issue: 8').replace('bit: 27', 'bit: 25'),
      'formats: [yard]',
      [
        's.yaml:12:12: formats.yard.issue: bit 8 has another use (line 11); give each bit one use',
        's.yaml:13:5: formats.yard.number: bit 25 has another use (line 16); give each bit one use',
        's.yaml:16:31: formats.yard.parity.1.over: bit 25 is counted twice; name each bit once',
      ],
    ],
    [
      'a check bit given twice, and one that counts itself',
      yard.replace('bit: 27', 'bit: 0'),
      'formats: [yard]',
      [
        's.yaml:16:16: formats.yard.parity.1.bit: bit 0 is a check bit already (line 15); keep one',
        's.yaml:16:30: formats.yard.parity.1.over: bit 0 is counted twice; name each bit once',
      ],
    ],
    [
      'a check bit over one that is set later',
      yard.replace('over: 1-13', 'over: [1-13, 27]').replace('[14-26, 0]', '14-26'),
      'formats: [yard]',
      [
        's.yaml:15:31: formats.yard.parity.0.over: counts bit 27, a check bit that is set after it (line 16); put that one first',
      ],
    ],
    [
      'what is no list of bits',
      yard.replace('1-8', 'one to eight').replace('kind: odd', 'kind: uneven'),
      'formats: [yard]',
      [
        's.yaml:11:15: formats.yard.facility: "one to eight" is not allowed here; write bits, the first sent is 0, for instance 1-8 or [1-8, 12] (8-1 = last sent first)',
        's.yaml:16:26: formats.yard.parity.1.kind: "uneven" is not allowed here; write even or odd',
      ],
    ],
    [
      'a length no reader sends',
      yard.replace('bits: 28', 'bits: 300'),
      'formats: [yard]',
      [
        's.yaml:10:11: formats.yard.bits: 300 is not allowed here; write the length of a frame, 8 to 256 bits',
      ],
    ],
    [
      'bytes that are none',
      `${yard}    reverse: bytes\n`,
      'formats: [yard]',
      [
        's.yaml:17:14: formats.yard.reverse: 26 data bits are no whole bytes; name all check bits, or leave reverse out',
      ],
    ],
    [
      'facilities for cards that have none',
      yard,
      'formats: [H10302], facilities: [25]',
      [
        's.yaml:7:81: readers.gate-in.wiegand.formats.0: "H10302" has no facility code, but facilities are given; leave facilities out, or take a format with one',
      ],
    ],
    [
      'a format that is never read behind another',
      yard,
      'formats: [H10302, yard, H10304]',
      [
        's.yaml:7:95: readers.gate-in.wiegand.formats.2: every "H10304" is read as "H10302", which comes before it; keep the one whose numbers stand on the cards',
      ],
    ],
    [
      'cards of the length of a key',
      '    bits: 8\n    number: 1-6\n    parity: []\n',
      'formats: [yard], keypad: 8-bit-high',
      [
        's.yaml:7:81: readers.gate-in.wiegand.formats.0: the keypad sends frames of 8 bits as well; no card of this length can be told from a key: leave one of them out',
      ],
    ],
  ];
  for (const [what, formats, wiegand, expected] of cases) {
    it(`refuses ${what}`, () => assert.deepEqual(errorsOf(siteWith(formats, wiegand)), expected));
  }

  it('refuses the name of a built-in one', () => {
    const text = siteWith(yard, 'formats: [H10301]').replace('  yard:', '  H10301:');
    assert.deepEqual(errorsOf(text), [
      's.yaml:9:3: formats.H10301: there is a format of this name already; take another name',
    ]);
  });

  it('whatever is written, it is refused by line, or encodes and decodes every number', () => {
    const bit = fc.nat(40);
    const bits = fc.oneof(
      bit.map(String),
      fc.tuple(bit, bit).map(([a, b]) => `${a}-${b}`),
      fc
        .array(
          fc.oneof(
            bit.map(String),
            fc.tuple(bit, bit).map(([a, b]) => `${a}-${b}`),
          ),
          { maxLength: 3 },
        )
        .map((list) => `[${list.join(', ')}]`),
    );
    const rule = fc.record({ at: bit, kind: fc.constantFrom('even', 'odd'), over: bits });
    let good = 0;
    fc.assert(
      fc.property(
        fc.record({
          length: fc.integer({ min: 8, max: 41 }),
          number: bits,
          parity: fc.array(rule, { maxLength: 3 }),
          reverse: fc.constantFrom('', '    reverse: bits\n', '    reverse: bytes\n'),
          value: fc.bigInt({ min: 0n, max: 2n ** 41n }),
        }),
        ({ length, number, parity, reverse, value }) => {
          const rules = parity.map(({ at, kind, over }) => `{ bit: ${at}, kind: ${kind}, over: ${over} }`);
          const text = `    bits: ${length}\n    number: ${number}\n    parity: [${rules.join(', ')}]\n${reverse}`;
          const result = parseSiteFile(siteWith(text, 'formats: [yard]'), 's.yaml', known);
          if (!result.ok) {
            for (const { place } of result.errors) assert.ok(place !== undefined && place.line >= 7);
            return;
          }
          good += 1;
          const [format] = siteFormatsOf(result.site);
          assert.ok(format !== undefined);
          const wanted = (value % (1n << BigInt(format.number.length))).toString();
          const sent = encode(format, { number: wanted });
          assert.ok(sent.ok);
          const read = decode(sent.bits, [format]);
          assert.ok(read.ok && read.number === wanted && sent.bits.length === length);
        },
      ),
      { numRuns: 3_000 },
    );
    assert.ok(good > 20, `only ${good} good ones: the test would prove nothing`);
  });
});
