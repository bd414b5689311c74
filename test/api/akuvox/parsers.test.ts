import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allowList, isAddressBlock } from '../../../src/api/akuvox/addresses.js';
import {
  type DigestAnswer,
  expectedResponse,
  ha1,
  parseAuthorization,
} from '../../../src/api/akuvox/digest.js';
import { createNonces } from '../../../src/api/akuvox/nonces.js';
import {
  candidatesOf,
  cardSecretOf,
  hexSecret,
  labelOf,
  modeOf,
  unlockKindOf,
} from '../../../src/api/akuvox/normalise.js';
import { parseOpenDoorQuery } from '../../../src/api/akuvox/query.js';
import { createRepeats } from '../../../src/api/akuvox/repeats.js';
import type { Outcome } from '../../../src/api/akuvox/replies.js';
import { redactRequestLine } from '../../../src/api/clientError.js';

describe('the OpenDoor query', () => {
  const read = (query: string) => Object.fromEntries(parseOpenDoorQuery(query) ?? [['refused', 'x']]);
  const refused = { refused: 'x' };

  it('reads form A as devices send it', () => {
    const query =
      'action=OpenDoor&DoorNum=1&AntiPassbackMode=Entry&Name=Ann%20B&UnlockType=RF%20Card&Code=0A1B2C3D';
    assert.deepEqual(read(query), {
      action: 'OpenDoor',
      DoorNum: '1',
      AntiPassbackMode: 'Entry',
      Name: 'Ann B',
      UnlockType: 'RF Card',
      Code: '0A1B2C3D',
    });
  });

  for (const query of [
    'DoorNum=1&DoorNum=1',
    'DoorNum=1&doornum=2',
    'doornum=1',
    'antipassbackmode=entry&DoorNum=1',
    'DoorNum[]=1',
    'DoorNum=1&DoorNum[]=2',
    'Door%4eum=1',
    'Code=1%00',
    'Name=a%00b',
    `Code=${'1'.repeat(65)}`,
    `Name=${'n'.repeat(65)}`,
    'Code=%ff%fe',
    `DoorNum=1&x=${'y'.repeat(3_000)}`,
    'a&'.repeat(40),
  ]) {
    it(`refuses ${query.slice(0, 40)}`, () => assert.deepEqual(read(query), refused));
  }

  it('lets a lone % stand, takes + as a space in names only, and a Latin-1 name as it is', () => {
    assert.deepEqual(read('Name=100%&Code=a%'), { Name: '100%', Code: 'a%' });
    assert.deepEqual(read('Name=Ann+B&Code=a+b'), { Name: 'Ann B', Code: 'a+b' });
    assert.deepEqual(read('Name=J%FCrgen'), { Name: 'Jürgen' });
    assert.deepEqual(read('Name=J%C3%BCrgen'), { Name: 'Jürgen' });
  });

  it('takes line breaks and bidi marks out of a name', () => {
    assert.deepEqual(read('Name=a%0Db%E2%80%AEc'), { Name: 'a\ufffdb\ufffdc' });
  });

  it('never throws and never gives a value over 64 characters, on any text', () => {
    const word = fc.constantFrom(
      'action',
      'DoorNum',
      'Code',
      'Name',
      '=',
      '&',
      '%',
      '%00',
      '%ff',
      '[',
      '+',
      '1',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(word, fc.string({ maxLength: 3 }))).map((x) => x.join('')),
    );
    fc.assert(
      fc.property(text, (query) => {
        const parsed = parseOpenDoorQuery(query);
        for (const value of parsed?.values() ?? []) assert.ok(value.length <= 64 && !value.includes('\0'));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('Akuvox words', () => {
  it('folds modes and refuses what is none', () => {
    const modes: [string | undefined, string][] = [
      ['Entry', 'entry'],
      [' "IN" ', 'entry'],
      ['ingress', 'entry'],
      ['EXIT', 'exit'],
      ['out', 'exit'],
      ['1', 'entry'],
      ['2', 'exit'],
      ['0', 'none'],
      ['-1', 'none'],
      [undefined, 'none'],
      ['', 'none'],
      ['Disabled', 'none'],
      ['$antipassbackmode', 'none'],
      ['3', 'bad'],
      ['entryy', 'bad'],
      ['1.0', 'bad'],
      ['--', 'bad'],
      [' ', 'none'],
    ];
    for (const [word, mode] of modes) assert.equal(modeOf(word, '1-2'), mode, word);
    assert.deepEqual(
      ['0', '1', '2', '-1'].map((word) => modeOf(word, '0-1')),
      ['entry', 'exit', 'bad', 'none'],
    );
  });

  it('knows what UnlockType says', () => {
    const words = ['RF_Card', 'Private PIN', 'QR Code', 'License-Plate', 'Face', '', '$unlocktype'];
    assert.deepEqual(words.map(unlockKindOf), [
      'card',
      'pin',
      'code',
      'code',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('reads one card in all four display modes', () => {
    assert.equal(cardSecretOf('0A1B2C3D', '8HN'), '0A1B2C3D');
    assert.equal(cardSecretOf('a1:b2-c3d', '8HN'), '0A1B2C3D');
    assert.equal(cardSecretOf('3D2C1B0A', '8HR'), '0A1B2C3D');
    assert.equal(cardSecretOf('0169552957', '8H10D'), '0A1B2C3D');
    assert.equal(cardSecretOf('02711325', '6H3D5D'), '1B2C3D');
    assert.equal(cardSecretOf('4294967296', '8H10D'), undefined);
    assert.equal(cardSecretOf('25699999', '6H3D5D'), undefined);
    assert.equal(cardSecretOf('not hex', '8HN'), undefined);
    assert.equal(hexSecret('A1B'), '0A1B');
    assert.equal(hexSecret('000000'), '00');
  });

  it('never tries a card as a PIN, and an unnamed kind in order', () => {
    const kinds = (code: string, kind: 'card' | 'pin' | 'code' | 'unknown') =>
      candidatesOf(code, kind, '8HN', (digits) => `hmac ${digits}`).map((one) => one.kind);
    assert.deepEqual(kinds('1234', 'card'), ['card']);
    assert.deepEqual(kinds('1234', 'pin'), ['pin']);
    assert.deepEqual(kinds('1234', 'code'), ['code']);
    assert.deepEqual(kinds('1234', 'unknown'), ['card', 'pin', 'code']);
    assert.deepEqual(kinds('https://x', 'unknown'), ['code']);
    assert.deepEqual(
      candidatesOf('0012', 'pin', '8HN', (digits) => digits),
      [{ kind: 'pin', secret: '0012' }],
    );
  });

  it('shows the last four of a card and nothing of a PIN', () => {
    assert.equal(labelOf('0a1b2c3d', 'card'), '••2C3D');
    assert.equal(labelOf('1234', 'pin'), 'PIN');
    assert.equal(labelOf('12345678', 'unknown'), '••••');
    assert.equal(labelOf('A1B2', 'card'), '••••');
  });
});

describe('the Authorization header', () => {
  // RFC 7616 section 3.9.1.
  const rfc = (algorithm: 'MD5' | 'SHA-256', response: string) =>
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", ' +
    `algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ` +
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ' +
    `response="${response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const vectors = [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const;
  for (const [algorithm, response] of vectors) {
    it(`gives the ${algorithm} response of RFC 7616`, () => {
      const answer = parseAuthorization(rfc(algorithm, response));
      assert.equal(answer?.kind, 'digest');
      const secret = ha1(algorithm, 'Mufasa', 'Circle of Life', 'http-auth@example.org');
      assert.equal(expectedResponse(answer as DigestAnswer, secret), response);
      assert.equal((answer as DigestAnswer).response, response);
    });
  }

  it('refuses what is malformed, doubled, or asks for what is not offered', () => {
    const good = rfc('MD5', 'x');
    for (const bad of [
      good.replace('qop=auth', 'qop=auth-int'),
      good.replace('MD5', 'SHA-512-256'),
      good.replace('MD5', 'MD5-sess'),
      good.replace('nc=00000001', 'nc=1'),
      good.replace('nc=00000001, ', ''),
      `${good}, username="other"`,
      `${good}, userhash=true`,
      `${good} garbage`,
      good.replace('Digest', 'Digesto'),
      'Digest',
      'Basic',
      'Basic ####',
      `Basic ${Buffer.from('nocolon').toString('base64')}`,
      `Basic ${'A'.repeat(5_000)}`,
      'Bearer abc',
    ]) {
      assert.equal(parseAuthorization(bad), undefined, bad.slice(0, 60));
    }
    assert.ok(parseAuthorization(good) !== undefined);
  });

  it('keeps colons in a Basic password', () => {
    const header = `basic ${Buffer.from('u:p:q').toString('base64')}`;
    assert.deepEqual(parseAuthorization(header), { kind: 'basic', username: 'u', password: 'p:q' });
  });

  it('never throws on any text', () => {
    const bit = fc.constantFrom('username', 'nonce', '=', '"', '\\', ',', ' ', 'qop=auth', 'nc=', '0', 'x');
    const text = fc.array(fc.oneof(bit, fc.string({ maxLength: 4 }))).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom('Digest ', 'Basic ', ''), text, (scheme, rest) => {
        parseAuthorization(scheme + rest);
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes time in proportion to a hostile header', () => {
    const started = process.hrtime.bigint();
    for (const part of ['a="\\\\', '\t', 'a=,', ' =', 'a ']) {
      parseAuthorization(`Digest ${part.repeat(4_000 / part.length)}`);
    }
    assert.ok(process.hrtime.bigint() - started < 500_000_000n);
  });
});

describe('nonces', () => {
  const nonces = createNonces(Buffer.alloc(32, 7));

  it('count strictly upwards, each count once', () => {
    const nonce = nonces.issue('10.0.0.1', 0);
    const uses = [1, 2, 2, 1, 9, 3].map((count) => nonces.use(nonce, '10.0.0.1', count, 10));
    assert.deepEqual(uses, ['accepted', 'accepted', 'replayed', 'replayed', 'accepted', 'replayed']);
  });

  it('serve an answer without qop once, and no counted one after it', () => {
    const nonce = nonces.issue('10.0.0.1', 0);
    const uses = [undefined, undefined, 1].map((count) => nonces.use(nonce, '10.0.0.1', count, 10));
    assert.deepEqual(uses, ['accepted', 'replayed', 'replayed']);
  });

  it('hold for one address and one minute, and only as issued', () => {
    const nonce = nonces.issue('10.0.0.1', 0);
    assert.equal(nonces.use(nonce, '10.0.0.2', 1, 10), 'forged');
    assert.equal(nonces.use(nonce, '10.0.0.1', 1, 60_001), 'stale');
    for (let at = 0; at < nonce.length; at += 1) {
      const other = nonce[at] === 'A' ? 'B' : 'A';
      const bent = nonce.slice(0, at) + other + nonce.slice(at + 1);
      assert.equal(nonces.use(bent, '10.0.0.1', 1, 10), 'forged', `character ${at}`);
    }
  });

  it('pushed out of the ring are stale, not fresh', () => {
    const nonce = nonces.issue('10.0.0.1', 0);
    nonces.use(nonce, '10.0.0.1', 1, 0);
    for (let issued = 0; issued < 65_536; issued += 1) nonces.issue('10.0.0.1', 0);
    assert.equal(nonces.use(nonce, '10.0.0.1', 1, 0), 'stale');
  }).timeout(10_000);
});

describe('allow-lists', () => {
  it('hold addresses and blocks of both families, v4-mapped ones as v4', () => {
    const allows = allowList(['192.0.2.7', '10.1.0.0/16', '2001:db8::/32', '::ffff:198.51.100.1']);
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '10.1.255.1', '2001:db8::5', '198.51.100.1']) {
      assert.equal(allows(address), true, address);
    }
    for (const address of ['192.0.2.8', '10.2.0.1', '2001:db9::1', '', 'x', '::1']) {
      assert.equal(allows(address), false, address);
    }
    assert.equal(allowList([])('127.0.0.1'), false);
  });

  it('know a block from other text', () => {
    const texts = [
      '10.0.0.0/33',
      '10.0.0',
      'host',
      '10.0.0.0/-1',
      '::/129',
      '10.0.0.0/8 ',
      '10.0.0.0/8',
      '::1',
    ];
    assert.deepEqual(texts.map(isAddressBlock), [false, false, false, false, false, false, true, true]);
  });
});

describe('repeats', () => {
  it('answer the first answer again for their time, also while it is being found', async () => {
    const repeats = createRepeats();
    let runs = 0;
    let finish: (outcome: Outcome) => void = () => undefined;
    const act = () => {
      runs += 1;
      return new Promise<Outcome>((resolve) => {
        finish = resolve;
      });
    };
    const first = repeats('k', 0, 1_000, act);
    const second = repeats('k', 5_000, 1_000, act);
    finish({ kind: 'opened' });
    assert.deepEqual(await Promise.all([first, second]), [{ kind: 'opened' }, { kind: 'opened' }]);
    assert.equal(runs, 1);
    void repeats('k', 999, 1_000, act);
    assert.equal(runs, 1);
    void repeats('k', 1_000, 1_000, act);
    void repeats('other', 1_000, 1_000, act);
    assert.equal(runs, 3);
  });

  it('are off at 0', async () => {
    const repeats = createRepeats();
    let runs = 0;
    const act = async (): Promise<Outcome> => {
      runs += 1;
      return { kind: 'opened' };
    };
    await repeats('k', 0, 0, act);
    await repeats('k', 0, 0, act);
    assert.equal(runs, 2);
  });
});

describe('a refused request line', () => {
  it('is shown without any value', () => {
    const raw = Buffer.from(
      'GET /fcgi/OpenDoor?action=OpenDoor&Name=John Smith&Code=1234&pw=x HTTP/1.1\r\nAuthorization: Basic eA==\r\n',
    );
    assert.equal(redactRequestLine(raw), 'GET /fcgi/OpenDoor?action=…&Name=…&Code=…&…');
    assert.equal(redactRequestLine(Buffer.from('GET http://u:p@h/fcgi/do?Password=x y')), 'GET /fcgi/do?…');
    assert.equal(redactRequestLine(Buffer.from('\x16\x03\x01')), undefined);
    assert.equal(redactRequestLine(Buffer.from('GET /api/v1/x?token=1')), undefined);
  });

  it('never shows a planted secret, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const raw = Buffer.from(`GET /fcgi/OpenDoor?${before}=SECRET42${after}`);
        assert.ok(!(redactRequestLine(raw) ?? '').includes('SECRET42'));
      }),
      { numRuns: 2_000 },
    );
  });
});
