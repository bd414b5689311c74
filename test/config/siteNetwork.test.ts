import assert from 'node:assert/strict';
import { formatSiteError } from '../../src/config/siteErrors.js';
import { parseSiteFile } from '../../src/config/siteFile.js';
import { fullSite, known } from './known.js';

describe('site file: the network', () => {
  const errorsOf = (http: string) => {
    assert.ok(fullSite.includes('port: 9000'));
    const result = parseSiteFile(fullSite.replace('port: 9000', http), 's.yaml', known);
    return result.ok ? [] : result.errors.map(formatSiteError);
  };

  it('a certificate with its key, and only where files are read', () => {
    assert.deepEqual(errorsOf('port: 9000, tls: files, certificate: c.pem, key: k.pem'), []);
    assert.deepEqual(errorsOf('port: 9000, tls: files, certificate: c.pem'), [
      's.yaml:8:1: http: tls: files without key; write key: its path',
    ]);
    assert.deepEqual(errorsOf('port: 9000, certificate: c.pem'), [
      's.yaml:8:49: http.certificate: not read; write tls: files, or leave it out',
    ]);
  });

  it('OpenDoor has a port of its own, or none', () => {
    assert.deepEqual(errorsOf('port: 9000, openDoorPort: 9001'), []);
    assert.deepEqual(errorsOf('port: 9000, openDoorPort: 9000'), [
      's.yaml:8:50: http.openDoorPort: is port too; write another port',
    ]);
  });

  it('whom to tell is a URI', () => {
    assert.deepEqual(errorsOf('port: 9000, securityContact: "mailto:a@b.example"'), []);
    assert.equal(errorsOf('port: 9000, securityContact: somebody').length, 1);
  });
});
