import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadSiteFile } from '../src/config/siteFile.js';
import { known } from '../src/known.js';
import { keptSite } from '../src/siteKept.js';

describe('the site file as it was last found good', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-kept-'));
  after(() => rmSync(folder, { recursive: true }));
  const env = { SALLYPORT_DATA: folder };
  const path = join(folder, 'site.yaml');
  const kept = join(folder, 'site.checked');
  const text = readFileSync('src/demo/site.yaml', 'utf8');
  const load = (file = path) => {
    const found = loadSiteFile(file, env, known);
    assert.ok(found.ok);
    return found.site;
  };
  beforeEach(() => {
    rmSync(kept, { force: true });
    writeFileSync(path, text);
  });

  it('is read back to the same, while nothing has changed', () => {
    const first = keptSite(path, env);
    assert.equal(first.site, undefined);
    first.keep(load());
    assert.deepEqual(keptSite(path, env).site, load());
  });

  it('is not used for a file, a folder, a port or a name that is another', () => {
    keptSite(path, env).keep(load());
    writeFileSync(join(folder, 'other.yaml'), text);
    assert.equal(keptSite(join(folder, 'other.yaml'), env).site, undefined);
    assert.equal(keptSite(path, { ...env, SALLYPORT_HTTP_PORT: '8123' }).site, undefined);
    assert.equal(keptSite(path, {}).site, undefined);
    writeFileSync(path, `${text}\n`);
    assert.equal(keptSite(path, env).site, undefined);
  });

  it('is not kept of a file that was edited while it was read', () => {
    const { keep } = keptSite(path, env);
    const site = load();
    writeFileSync(path, `${text}\n`);
    keep(site);
    writeFileSync(path, text);
    assert.equal(keptSite(path, env).site, undefined);
  });

  it('is read anew when what was kept is torn or bent anywhere', () => {
    keptSite(path, env).keep(load());
    const whole = readFileSync(kept);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, by, cut) => {
        const bent = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) bent[at] = (bent[at] ?? 0) ^ by;
        writeFileSync(kept, bent);
        assert.equal(keptSite(path, env).site, undefined);
      }),
    );
  });

  it('a file or a folder that is not there is no error', () => {
    const nowhere = { SALLYPORT_DATA: join(folder, 'nowhere') };
    keptSite(path, nowhere).keep(load());
    assert.equal(keptSite(path, nowhere).site, undefined);
    assert.equal(keptSite(join(folder, 'none.yaml'), env).site, undefined);
  });
});
