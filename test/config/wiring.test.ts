import assert from 'node:assert/strict';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { wiringOf, wiringTable } from '../../src/config/wiring.js';
import { fullSite, known } from './known.js';

const result = parseSiteFile(fullSite, 's.yaml', known);
assert.ok(result.ok);
const { site } = result;

describe('wiring of a site file', () => {
  it('gives storage what it cannot know', () => {
    assert.deepEqual(wiringOf(site), {
      timeZone: 'Europe/Berlin',
      untrustedClock: 'allow',
      storageDeadlineMs: 500,
      interlocks: [],
      doors: [{ id: 'gate', name: 'Gate', hasContact: true }],
      readers: [
        { id: 'gate-in', name: 'North post', door: 'gate', direction: 'entry' },
        { id: 'gate-in-2', name: 'Gate entry', door: 'gate', direction: 'entry' },
        { id: 'gate-out', name: 'Gate exit', door: 'gate', direction: 'exit' },
      ],
    });
  });

  it('prints a table with every line once', () => {
    const board = known.boards.get('bench');
    assert.ok(board);
    assert.equal(
      wiringTable(site, board),
      `
WHERE           USE                          LINE    PIN  BCM  DIRECTION  BIAS  ACTIVE  AT BOOT
door gate       relay (maglock, fail-safe)   relay1  -    -    output     -     low     unknown
door gate       contact, open when inactive  in1     11   17   input      none  low     unknown
door gate       rex                          in2     -    -    input      -     high    unknown
reader gate-in  D0, entry of gate            d0      -    -    input      -     low     unknown
reader gate-in  D1, entry of gate            d1      -    -    input      -     low     unknown
reader gate-in  lamp                         led1    -    -    output     -     low     unknown
reader gate-in  red lamp                     led2    -    -    output     -     high    unknown
reader gate-in  beeper                       beep1   -    -    output     -     high    unknown
reader gate-in  tamper                       in3     -    -    input      -     high    unknown
output siren    of zones                     relay3  -    -    output     -     low     unknown
site            fire                         in4     -    -    input      -     low     unknown`.slice(1),
    );
  });
});
