import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decode,
  encode,
  even,
  labelOf,
  odd,
  run,
  type WiegandFormat,
  wiegandFormats,
} from '../../../src/readers/wiegand/formats.js';

const all = [...wiegandFormats.values()];
const h10301 = formatNamed('H10301');
const h10306 = formatNamed('H10306');

function formatNamed(name: string): WiegandFormat {
  const format = wiegandFormats.get(name);
  assert.ok(format !== undefined);
  return format;
}

/** The frame of a left-aligned, zero-padded hex sample. */
function bitsOfSample(hex: string, length: number): string {
  return BigInt(`0x${hex}`)
    .toString(2)
    .padStart(hex.length * 4, '0')
    .slice(0, length);
}

function bitsOf(format: WiegandFormat, facility: number, number: string): string {
  const encoded = encode(format, { facility, number });
  assert.ok(encoded.ok);
  return encoded.bits;
}

const flip = (bits: string, at: number) =>
  bits.slice(0, at) + (bits[at] === '1' ? '0' : '1') + bits.slice(at + 1);

const anyCard = fc.constantFrom(...all).chain((format) => {
  const max = ([first, last]: readonly [number, number]) => 2 ** (last - first + 1) - 1;
  const facility = format.facility === undefined ? fc.constant(0) : fc.nat(max(format.facility));
  return fc.tuple(fc.constant(format), facility, fc.nat(max(format.number)).map(String));
});

describe('wiegand formats: published frames', () => {
  const samples = [
    { format: h10301, facility: 123, number: '45678', frame: 'BDD93740', secret: '7BB26E', bits: 24 },
    { format: h10301, facility: 1, number: '1', frame: '80800080', secret: '010001', bits: 24 },
    { format: h10306, facility: 1234, number: '56789', frame: '82696EEA80', secret: '04D2DDD5', bits: 32 },
    {
      format: h10306,
      facility: 0x04a1,
      number: `${0xb2c3}`,
      frame: '0250D961C0',
      secret: '04A1B2C3',
      bits: 32,
    },
  ];
  for (const { format, facility, number, frame, secret, bits } of samples) {
    it(`${format.name} ${facility}/${number} = ${frame}`, () => {
      const sent = bitsOfSample(frame, format.length);
      assert.deepEqual(decode(sent, all), { ok: true, format: format.name, facility, number, secret, bits });
      assert.equal(bitsOf(format, facility, number), sent);
    });
  }
});

describe('wiegand formats: rows that join later', () => {
  const joining: readonly { format: WiegandFormat; facility?: number; number: string; frame: string }[] = [
    {
      format: {
        name: 'H10302',
        length: 37,
        number: [1, 35],
        parity: [even(0, run(1, 18)), odd(36, run(18, 35))],
      },
      number: '12345678901',
      frame: 'ADFDC1C350',
    },
    {
      format: {
        name: 'C1000-35',
        length: 35,
        facility: [2, 13],
        number: [14, 33],
        parity: [
          even(
            1,
            run(2, 33).filter((p) => p % 3 !== 1),
          ),
          odd(
            34,
            run(1, 32).filter((p) => p % 3 !== 0),
          ),
          odd(0, run(1, 34)),
        ],
      },
      facility: 1234,
      number: '567890',
      frame: 'D34A2A9480',
    },
    {
      // Fixed ones are odd parity over nothing; an XOR byte is eight even parities.
      format: {
        name: 'P10001',
        length: 40,
        facility: [4, 15],
        number: [16, 31],
        parity: [
          ...run(0, 3).map((p) => odd(p, [])),
          ...run(32, 39).map((p) => even(p, [p - 32, p - 24, p - 16, p - 8])),
        ],
      },
      facility: 1234,
      number: '56789',
      frame: 'F4D2DDD52E',
    },
  ];
  for (const { format, facility, number, frame } of joining) {
    it(`${format.name} needs no code`, () => {
      const sent = bitsOfSample(frame, format.length);
      const card = facility === undefined ? { number } : { facility, number };
      assert.deepEqual(encode(format, card), { ok: true, bits: sent });
      const read = decode(sent, [...all, format]);
      assert.ok(read.ok);
      assert.deepEqual([read.format, read.facility, read.number], [format.name, facility, number]);
    });
  }

  it('of two formats with one length the first whose parity holds is taken', () => {
    const odd26: WiegandFormat = { name: 'odd26', length: 26, number: [1, 25], parity: [odd(0, run(1, 25))] };
    const named = (bits: string, formats: WiegandFormat[]) => {
      const read = decode(bits, formats);
      return read.ok ? read.format : read.error.kind;
    };
    // An even and an odd half make an odd whole: this frame is good in both.
    const both = bitsOf(h10301, 1, '1');
    assert.equal(named(both, [h10301, odd26]), 'H10301');
    assert.equal(named(both, [odd26, h10301]), 'odd26');
    const oddOnly = flip(flip(both, 1), 25);
    assert.equal(named(oddOnly, [h10301, odd26]), 'odd26');
    assert.equal(named(oddOnly, [h10301]), 'parity');
  });
});

describe('wiegand formats: what is refused', () => {
  it('every single flipped bit', () => {
    fc.assert(
      fc.property(anyCard, ([format, facility, number]) => {
        const bits = bitsOf(format, facility, number);
        for (let at = 0; at < bits.length; at += 1) {
          const error = { kind: 'parity', bits: bits.length };
          assert.deepEqual(decode(flip(bits, at), all), { ok: false, error });
        }
      }),
    );
  });

  it('every length off by one, and the length of a format that is not configured', () => {
    fc.assert(
      fc.property(anyCard, fc.constantFrom('0', '1'), ([format, facility, number], extra) => {
        const bits = bitsOf(format, facility, number);
        for (const wrong of [bits.slice(1), bits.slice(0, -1), bits + extra, extra + bits]) {
          assert.deepEqual(decode(wrong, all), { ok: false, error: { kind: 'length', bits: wrong.length } });
        }
        const others = all.filter((other) => other !== format);
        assert.deepEqual(decode(bits, others), { ok: false, error: { kind: 'length', bits: bits.length } });
      }),
    );
  });

  it('is total: any bits give an answer, and what is accepted is sent back the same', () => {
    const bits = fc.array(fc.constantFrom('0', '1'), { maxLength: 140 }).map((list) => list.join(''));
    const framed = fc
      .integer({ min: 0, max: 2 ** 26 - 1 })
      .map((value) => value.toString(2).padStart(26, '0'));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(bits, framed), (sent) => {
        const read = decode(sent, all);
        if (!read.ok) return;
        accepted += 1;
        assert.equal(bitsOf(formatNamed(read.format), read.facility ?? 0, read.number), sent);
        assert.match(read.secret, /^([0-9A-F]{2})+$/);
        assert.ok(read.secret === '00' || !read.secret.startsWith('00'));
      }),
      { numRuns: 2000 },
    );
    assert.ok(accepted > 50, `only ${accepted} accepted: the test would prove nothing`);
  });
});

describe('wiegand formats: encode', () => {
  it('comes back through decode', () => {
    fc.assert(
      fc.property(anyCard, ([format, facility, number]) => {
        const read = decode(bitsOf(format, facility, number), all);
        assert.ok(read.ok);
        assert.deepEqual([read.format, read.facility, read.number], [format.name, facility, number]);
      }),
    );
  });

  it('names the field that does not fit', () => {
    const error = (facility: number, number: string) => {
      const encoded = encode(h10301, { facility, number });
      return encoded.ok ? 'ok' : encoded.error.kind;
    };
    assert.equal(error(255, '65535'), 'ok');
    assert.equal(error(256, '1'), 'facility');
    assert.equal(error(-1, '1'), 'facility');
    assert.equal(error(1.5, '1'), 'facility');
    assert.equal(error(Number.NaN, '1'), 'facility');
    for (const number of ['65536', '-1', '', '1e3', '0x10', ' 1', '9'.repeat(41), '1\n']) {
      assert.equal(error(1, number), 'number', JSON.stringify(number));
    }
    const plain: WiegandFormat = { name: 'plain', length: 8, number: [0, 7], parity: [] };
    assert.deepEqual(encode(plain, { number: '255' }), { ok: true, bits: '11111111' });
    assert.deepEqual(encode(plain, { facility: 1, number: '255' }), {
      ok: false,
      error: { kind: 'facility' },
    });
  });
});

describe('wiegand formats: the name of a card in logs', () => {
  it('shows the last four digits and no more', () => {
    assert.equal(labelOf({ format: 'H10301', number: '4822' }), 'H10301 ••4822');
    assert.equal(labelOf({ format: 'H10301', number: '64822' }), 'H10301 ••4822');
    assert.equal(labelOf({ format: 'H10301', number: '7' }), 'H10301 ••0007');
    assert.equal(labelOf({ format: 'H10302', number: '12345678901' }), 'H10302 ••8901');
  });
});
