/** The certificate of the installation's own authority: taken, served at once, kept over a restart, given back. */
import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, ownCertificate } from '../src/api/certificate.js';
import { certificateFor, type ServedCertificate } from '../src/certificateFor.js';

describe('a certificate from elsewhere', () => {
  let folder: string;
  let open: ServedCertificate[];
  let given: Certificate;
  const self = { kind: 'self-signed' } as const;
  const serve = async (tls: Parameters<typeof certificateFor>[0]['tls'] = self) => {
    const served = await certificateFor({ dbPath: join(folder, 'sallyport.db'), tls });
    open.push(served);
    return served;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
    open = [];
    const names = ['door.example.org'];
    given = await ownCertificate({ folder: join(folder, 'elsewhere'), names, nowMs: Date.now() });
  });
  afterEach(() => {
    for (const one of open) one.close();
    rmSync(folder, { recursive: true });
  });

  it('is served at once and after the next start, and the own one again when it is given back', async () => {
    const served = await serve();
    const own = served.now()?.sha256;
    const told: string[] = [];
    served.onRenewed(({ sha256 }) => told.push(sha256));
    const { sha256, notAfterMs } = given;
    deepEqual(served.desk?.take(given.cert, given.key), { kind: 'served', sha256, notAfterMs });
    deepEqual([served.now()?.sha256, told], [sha256, [sha256]]);
    equal(statSync(join(folder, 'tls', 'given', 'key.pem')).mode & 0o777, 0o600);
    const again = await serve();
    equal(again.now()?.sha256, sha256);
    equal((await again.desk?.drop())?.kind, 'served');
    equal(again.now()?.sha256, own);
    equal((await serve()).now()?.sha256, own);
  });

  it('what cannot be served is refused by name, and changes nothing', async () => {
    const served = await serve();
    const own = served.now();
    const other = await ownCertificate({ folder: join(folder, 'other'), names: ['x'], nowMs: Date.now() });
    const fieldOf = (cert: string, key: string) => {
      const answer = served.desk?.take(cert, key);
      return answer?.kind === 'unusable' ? `${answer.field} ${answer.message}` : answer?.kind;
    };
    equal(fieldOf('nonsense', given.key), 'certificate is no certificate in PEM');
    match(fieldOf(given.cert, other.key) ?? '', /^key is not the key/);
    match(fieldOf(given.cert, 'nonsense') ?? '', /^key is not the key/);
    const old = await ownCertificate({ folder: join(folder, 'old'), names: ['x'], nowMs: 0 });
    equal(fieldOf(old.cert, old.key), 'certificate is over');
    equal(served.now(), own);
    equal((await serve()).now()?.sha256, own?.sha256);
  });

  it('damaged on the disk, the own one is served rather than none', async () => {
    const served = await serve();
    served.desk?.take(given.cert, given.key);
    writeFileSync(join(folder, 'tls', 'given', 'certificate.pem'), given.cert.slice(0, 99));
    const now = (await serve()).now();
    notEqual(now, undefined);
    notEqual(now?.sha256, given.sha256);
  });

  it('is not taken where the site file says what is served', async () => {
    equal((await serve({ kind: 'off' })).desk, undefined);
  });
});
