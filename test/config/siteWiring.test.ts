import assert from 'node:assert/strict';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { wiringOf } from '../../src/config/wiring.js';
import { known } from './known.js';

/** Two doors with contacts, one without, and a reader that wants card and PIN. */
const text = `name: Works
board: bench
timeZone: UTC
doors:
  outer: { name: Outer, number: 1, relay: { line: relay1 }, contact: { line: in1 } }
  inner: { name: Inner, number: 2, relay: { line: relay2 }, contact: { line: in2 } }
  shed: { name: Shed, number: 3, relay: { line: relay3 } }
readers:
  outer-in:
    door: outer
    direction: entry
    asks: card-and-pin
    wiegand: { d0: d0, d1: d1, formats: [H10301], keypad: 4-bit }
interlocks:
  airlock: [outer, inner]
`;

function errorsOf(from: string, to: string): readonly string[] {
  assert.ok(text.includes(from), from);
  const result = parseSiteFile(text.replace(from, to), 's.yaml', known);
  return result.ok ? [] : result.errors.map(formatSiteError);
}

describe('interlocks, what a reader asks for, and lines that are taken', () => {
  it('reach the core', () => {
    const result = parseSiteFile(text, 's.yaml', known);
    if (!result.ok) assert.fail(result.errors.map(formatSiteError).join('\n'));
    const wiring = wiringOf(result.site);
    assert.deepEqual(wiring.interlocks, [{ id: 'airlock', doors: ['outer', 'inner'] }]);
    assert.equal(wiring.readers[0]?.asks, 'card-and-pin');
  });

  it('refuse doors that are not there, are named twice, or cannot say that they are closed', () => {
    assert.deepEqual(errorsOf('[outer, inner]', '[outer, iner]'), [
      's.yaml:15:20: interlocks.airlock.1: there is no door "iner"; did you mean inner?',
    ]);
    assert.deepEqual(errorsOf('[outer, inner]', '[outer, outer]'), [
      's.yaml:15:20: interlocks.airlock.1: "outer" is given twice; keep one',
    ]);
    assert.deepEqual(errorsOf('[outer, inner]', '[outer, shed]'), [
      's.yaml:15:20: interlocks.airlock.1: door "shed" has no contact, so nothing says whether it is closed; wire one and add contact under doors.shed',
    ]);
    assert.deepEqual(errorsOf('[outer, inner]', '[outer]'), [
      's.yaml:15:3: interlocks.airlock: this list is not allowed here; write two doors or more, for instance [outer, inner]',
    ]);
  });

  it('refuse a line the board keeps for itself, and say what for', () => {
    assert.deepEqual(errorsOf('contact: { line: in2 }', 'contact: { line: kept }'), [
      's.yaml:6:78: doors.inner.contact.line: board "bench" keeps "kept" for itself: the EEPROM of a HAT; take another line',
    ]);
  });

  it('refuse a PIN where there are no keys', () => {
    assert.deepEqual(errorsOf(', keypad: 4-bit', ''), [
      's.yaml:12:11: readers.outer-in.asks: card-and-pin at a reader without keys; add keypad under wiegand, or write card',
    ]);
    assert.deepEqual(errorsOf('asks: card-and-pin', 'asks: retina'), [
      's.yaml:12:11: readers.outer-in.asks: "retina" is not allowed here; write card, card-or-pin (the usual) or card-and-pin',
    ]);
  });
});
