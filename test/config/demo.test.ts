import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { loadSiteFile } from '../../src/config/siteFile.js';
import { annsCard, cardCode, demoPeople, demoSource } from '../../src/demo/people.js';
import { welcome } from '../../src/demo/welcome.js';

import { known } from '../../src/known.js';
import { decode, encode } from '../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';

describe('the demo', () => {
  it('has a site file without a mistake: two doors, four readers', () => {
    const result = loadSiteFile('src/demo/site.yaml', {}, known);
    if (!result.ok) assert.fail(result.errors.map(formatSiteError).join('\n'));
    const { doors, readers } = result.site;
    assert.deepEqual(
      doors.map(({ id, number, contact, rex }) => [id, number, contact !== undefined, rex !== undefined]),
      [
        ['lobby', 1, false, true],
        ['garage', 2, true, true],
      ],
    );
    assert.deepEqual(
      readers.map(({ id, door, direction }) => `${id} ${door} ${direction}`),
      ['lobby-in lobby entry', 'lobby-out lobby exit', 'garage-in garage entry', 'garage-out garage exit'],
    );
  });

  it('enrols each card under the secret that its reader decodes', () => {
    const h10301 = wiegandFormats.get('H10301');
    assert.ok(h10301);
    const cards = demoPeople().flatMap((op) =>
      op.op === 'put' && op.collection === 'credentials' ? [op.body] : [],
    );
    assert.equal(cards.length, 3);
    for (const { secret, bits, facility, number } of cards) {
      assert.ok(facility !== undefined && number !== undefined);
      const frame = encode(h10301, { facility, number });
      assert.ok(frame.ok);
      const read = decode(frame.bits, [h10301]);
      assert.ok(read.ok);
      assert.deepEqual([read.secret, read.bits], [secret, bits]);
    }
  });

  it('names only doors and readers of its site file', () => {
    const result = loadSiteFile('src/demo/site.yaml', {}, known);
    assert.ok(result.ok);
    const doors = result.site.doors.map(({ id }) => id);
    const readers = result.site.readers.map(({ id }) => id);
    for (const op of [...demoPeople(), demoSource('x')]) {
      if (op.op !== 'put') continue;
      if (op.collection === 'zones') {
        assert.deepEqual(op.body.members.map(({ reader }) => reader).sort(), [...readers].sort());
      }
      if (op.collection === 'access-rights') {
        assert.deepEqual(
          op.body.doors.map(({ door }) => door),
          doors,
        );
      }
      if (op.collection === 'sources') assert.deepEqual(op.body.doors, doors);
    }
  });

  it('gives its sender HA1 values of the password made at this start, not the password', () => {
    const { body } = demoSource('made now');
    const sha256 = createHash('sha256').update('demo:HTTPAPI:made now').digest('hex');
    assert.equal(body.ha1Sha256, sha256);
    assert.match(body.ha1Md5, /^[0-9a-f]{32}$/);
    assert.ok(!JSON.stringify(body).includes('made now'));
    assert.notEqual(demoSource('another').body.ha1Md5, body.ha1Md5);
  });

  it('prints complete commands, and the claim only while unclaimed', () => {
    assert.equal(cardCode(annsCard), '001912D6');
    const facts = {
      address: 'http://127.0.0.1:9',
      board: 'mock',
      sourcePassword: 'pw',
      token: 'TOK',
      mode: 'Exit',
    } as const;
    const claimed = welcome(facts);
    assert.match(
      claimed,
      /curl --digest -u demo:pw 'http:\/\/127\.0\.0\.1:9\/fcgi\/OpenDoor\?action=OpenDoor&/,
    );
    assert.match(claimed, /&AntiPassbackMode=Exit&Name=Ann&UnlockType=Card&Code=001912D6'/);
    assert.match(claimed, /Bearer TOK/);
    assert.doesNotMatch(claimed, /claim/);
    const fresh = welcome({ ...facts, claimCode: 'ABCD-EFGH' });
    assert.match(fresh, /ABCD-EFGH/);
    assert.match(fresh, /http:\/\/127\.0\.0\.1:9\/api\/v1\/claim/);
  });
});
