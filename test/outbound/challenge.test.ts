import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authorizationFor, challengesOf } from '../../src/outbound/challenge.js';

const mufasa = {
  username: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  allowBasic: true,
};
const rfc = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const basic = `Basic ${Buffer.from('Mufasa:Circle of Life').toString('base64')}`;

describe('challenge: the answer to a 401', () => {
  it('is the one of RFC 7616 section 3.9.1, MD5', () => {
    const header = authorizationFor([rfc('MD5')], mufasa) ?? '';
    assert.match(header, /response="8ca523f5e9506fed4657c9700eebdbec"/);
    assert.match(header, /uri="\/dir\/index\.html", .*algorithm=MD5, opaque="FQhe.*", qop=auth, nc=00000001/);
  });

  it('is the one of RFC 7616 section 3.9.1, SHA-256, which goes before MD5', () => {
    const expected = /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/;
    assert.match(authorizationFor([rfc('MD5'), rfc('SHA-256')], mufasa) ?? '', expected);
    assert.match(authorizationFor([`${rfc('MD5')}, ${rfc('SHA-256')}`], mufasa) ?? '', expected);
  });

  it('without qop has neither cnonce nor nc (RFC 2069)', () => {
    const header = authorizationFor(['Digest realm="r", nonce="n"'], mufasa) ?? '';
    assert.doesNotMatch(header, /qop|cnonce|nc=/);
  });

  it('is Basic only when that is allowed and no Digest is offered', () => {
    assert.equal(authorizationFor(['Basic realm="r"'], mufasa), basic);
    assert.equal(authorizationFor(['Basic realm="r"'], { ...mufasa, allowBasic: false }), undefined);
    assert.match(authorizationFor(['Basic realm="r"', rfc('MD5')], mufasa) ?? '', /^Digest /);
    const unable = 'Digest realm="r", nonce="n", algorithm=SHA-512-256';
    assert.equal(authorizationFor(['Basic realm="r"', unable], mufasa), undefined);
  });

  it('is none for auth-int alone, other schemes and half challenges', () => {
    for (const header of ['Digest realm="r", nonce="n", qop="auth-int"', 'Bearer', 'Digest realm="r"', '']) {
      assert.equal(authorizationFor([header], mufasa), undefined, header);
    }
  });

  it('reads quoted commas and escapes', () => {
    const [first, second] = challengesOf('Digest realm="a, \\"b\\"", nonce=n1 , Basic realm=x');
    assert.deepEqual(
      [...(first?.parameters ?? [])],
      [
        ['realm', 'a, "b"'],
        ['nonce', 'n1'],
      ],
    );
    assert.equal(second?.scheme, 'basic');
  });

  it('never throws and never makes a header that holds a line break', () => {
    const piece = fc.constantFrom(
      'Digest ',
      'Basic ',
      'realm="',
      '"',
      ',',
      'nonce=',
      'qop=auth',
      '\r\n',
      '\\',
      '=',
    );
    const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.string(), (headers, username) => {
        const header = authorizationFor(headers, { ...mufasa, username });
        assert.doesNotMatch(header ?? '', /[\r\n\0]/);
      }),
    );
  });
});
