import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spelled } from '../../src/outbound/forwards.js';
import {
  filled,
  filledUrl,
  jsonEncoded,
  percentEncoded,
  withoutCredentials,
} from '../../src/outbound/template.js';

describe('template: variables', () => {
  it('are filled into the query, percent-encoded; unknown ones stay', () => {
    const url = filledUrl('http://a/$name/x?Name=$name&T=$unlocktype&X=$nothing&Y=$__proto__', {
      name: 'Jürgen & Söhne + 1',
      unlocktype: 'QR Code',
    });
    assert.equal(
      url?.href,
      'http://a/$name/x?Name=J%C3%BCrgen%20%26%20S%C3%B6hne%20%2B%201&T=QR%20Code&X=$nothing&Y=$__proto__',
    );
  });

  it('are never another host, path, parameter or header, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const url = filledUrl('http://user:pw@10.0.0.9:81/fcgi/OpenDoor?Name=$name&DoorNum=1', { name });
        assert.ok(url);
        assert.equal(url.host + url.pathname, '10.0.0.9:81/fcgi/OpenDoor');
        assert.deepEqual([...url.searchParams.keys()], ['Name', 'DoorNum']);
        assert.equal(url.searchParams.get('Name'), Buffer.from(name, 'utf8').toString('utf8'));
      }),
    );
  });

  it('a URL of another scheme, or none, is refused', () => {
    for (const bad of ['file:///etc/passwd', 'ftp://a/', 'javascript:alert(1)', 'a/b', '', 'http://']) {
      assert.equal(filledUrl(bad, {}), undefined, bad);
    }
  });

  it('in a JSON body stay inside their string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const body = filled('{"name":"$name"}', { name }, jsonEncoded);
        assert.deepEqual(JSON.parse(body), { name });
      }),
    );
  });

  it('only unreserved characters stay as they are', () => {
    assert.equal(percentEncoded("AZaz09-._~!*'()/\u0000"), 'AZaz09-._~%21%2A%27%28%29%2F%00');
  });

  it('credentials are taken out of the URL and decoded', () => {
    const { url, credentials } = withoutCredentials(new URL('http://us%40er:p%3A%25w@h/x?y=1'));
    assert.deepEqual([url.href, credentials], ['http://h/x?y=1', { username: 'us@er', password: 'p:%w' }]);
    assert.deepEqual(withoutCredentials(new URL('http://h/')).credentials, undefined);
    assert.equal(withoutCredentials(new URL('http://u:%zz@h/')).credentials?.password, '%zz');
  });
});

describe('template: a card in the four display modes', () => {
  for (const [format, code] of [
    ['8HN', '0A1B2C3D'],
    ['8HR', '3D2C1B0A'],
    ['6H3D5D', '02711325'],
    ['8H10D', '0169552957'],
  ] as const) {
    it(`${format}: ${code}`, () => assert.equal(spelled('0A1B2C3D', format), code));
  }
});
