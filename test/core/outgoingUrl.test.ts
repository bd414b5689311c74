import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskedUrl } from '../../src/core/outgoingUrl.js';

describe('maskedUrl', () => {
  it('hides the password of the user info and secrets in the query, and nothing else', () => {
    const shown: readonly [string, string][] = [
      ['http://door:s3c@ret@10.0.0.2/fcgi/OpenDoor?a=1', 'http://door:*****@10.0.0.2/fcgi/OpenDoor?a=1'],
      ['https://door@host/', 'https://door@host/'],
      ['http://h/do?UserName=u&Password=p#x', 'http://h/do?UserName=u&Password=*****#x'],
      ['http://h/a:b@c?Name=$name&token=t&x=1', 'http://h/a:b@c?Name=$name&token=*****&x=1'],
      ['not a url: a@b', 'not a url: a@b'],
    ];
    for (const [url, masked] of shown) assert.equal(maskedUrl(url), masked);
  });

  it('masks what is masked to itself', () => {
    fc.assert(
      fc.property(fc.constantFrom('http://h/', 'https://h:8/a?b=c&key=d#e'), fc.string(), (url, password) => {
        const with_ = url.replace('://', `://u:${encodeURIComponent(password)}@`);
        assert.equal(maskedUrl(maskedUrl(with_)), maskedUrl(with_));
      }),
    );
  });
});
