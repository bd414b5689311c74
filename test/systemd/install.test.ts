import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A release as far as the installer looks at it, and an empty disk to install it to. */
function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-install-'));
  const release = join(folder, 'release');
  const root = join(folder, 'root');
  mkdirSync(root);
  cpSync('systemd', join(release, 'systemd'), { recursive: true });
  cpSync('src/demo', join(release, 'src/demo'), { recursive: true });
  const write = (path: string, text: string) => {
    mkdirSync(join(release, path, '..'), { recursive: true });
    writeFileSync(join(release, path), text);
  };
  write('package.json', '{ "version": "1" }');
  write('dist/src/cli.js', 'process.exit(0);');
  write('dist/test/big.test.js', '');
  write('node_modules/some/index.js', '');
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      join(release, 'systemd/install.sh'),
      ['--root', root, ...args],
      { encoding: 'utf8' },
    );
    return { status, text: stdout + stderr };
  };
  return {
    release,
    write,
    run,
    files: () =>
      readdirSync(root, { recursive: true, withFileTypes: true, encoding: 'utf8' })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
        .sort(),
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    put: (path: string, text: string) => {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    has: (path: string) => existsSync(join(root, path)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

describe('systemd/install.sh', () => {
  let at: ReturnType<typeof scene>;
  beforeEach(() => {
    at = scene();
  });
  afterEach(() => at.remove());

  it('installs what the service needs and no tests', () => {
    const { status, text } = at.run();
    assert.equal(status, 0, text);
    for (const path of [
      '/etc/sallyport/site.yaml',
      '/etc/systemd/system/sallyport.service',
      '/etc/udev/rules.d/60-sallyport.rules',
      '/opt/sallyport/dist/src/cli.js',
      '/opt/sallyport/node_modules/some/index.js',
      '/opt/sallyport/src/demo/site.yaml',
      '/usr/lib/sysusers.d/sallyport.conf',
      '/usr/lib/tmpfiles.d/sallyport.conf',
      '/usr/local/bin/sallyport',
    ]) {
      assert.ok(at.has(path), path);
    }
    assert.ok(!at.has('/opt/sallyport/dist/test'));
    const unit = at.read('/etc/systemd/system/sallyport.service');
    const node = /^ExecStart=(\S+)/m.exec(unit)?.[1] ?? '';
    assert.ok(existsSync(node), node);
    assert.match(at.read('/usr/local/bin/sallyport'), new RegExp(`exec ${node} `));
  });

  it('run twice changes nothing', () => {
    at.run();
    const first = at.files().map((path) => [path, at.read(path)]);
    const { status, text } = at.run();
    assert.equal(status, 0, text);
    assert.deepEqual(
      at.files().map((path) => [path, at.read(path)]),
      first,
    );
  });

  it('an update brings the new release and keeps site file and data', () => {
    at.run();
    at.put('/etc/sallyport/site.yaml', 'name: mine');
    at.put('/var/lib/sallyport/sallyport.db', 'people');
    at.write('package.json', '{ "version": "2" }');
    at.write('dist/src/new.js', '');
    rmSync(join(at.release, 'node_modules/some'), { recursive: true });
    at.write('node_modules/other/index.js', '');
    assert.equal(at.run().status, 0);
    assert.match(at.read('/opt/sallyport/package.json'), /"2"/);
    assert.ok(at.has('/opt/sallyport/dist/src/new.js') && at.has('/opt/sallyport/node_modules/other'));
    assert.ok(!at.has('/opt/sallyport/node_modules/some'), 'what the old release had is gone');
    assert.equal(at.read('/etc/sallyport/site.yaml'), 'name: mine');
    assert.equal(at.read('/var/lib/sallyport/sallyport.db'), 'people');
  });

  it('a release that does not accept the site file, or is not built, changes nothing', () => {
    at.run();
    at.put('/etc/sallyport/site.yaml', 'name: mine');
    at.write('package.json', '{ "version": "2" }');
    at.write('dist/src/cli.js', 'process.stderr.write("site.yaml:1:1: no door\\n"); process.exit(1);');
    const refused = at.run();
    assert.equal(refused.status, 1);
    assert.match(refused.text, /site\.yaml:1:1: no door[\s\S]*nothing was changed/);
    rmSync(join(at.release, 'dist'), { recursive: true });
    const unbuilt = at.run();
    assert.equal(unbuilt.status, 1);
    assert.match(unbuilt.text, /is not built: npm ci && npm run build/);
    assert.match(at.read('/opt/sallyport/package.json'), /"1"/);
  });

  it('an interrupted copy is made good by the next run', () => {
    at.put('/opt/sallyport.new/half', '');
    at.put('/opt/sallyport.old/dist/src/cli.js', '');
    assert.equal(at.run().status, 0);
    assert.deepEqual(
      at.files().filter((path) => /sallyport\.(new|old)/.test(path)),
      [],
    );
  });

  it('uninstalls all but site file and data; --purge takes these too', () => {
    at.run();
    at.put('/var/lib/sallyport/sallyport.db', 'people');
    assert.equal(at.run('--uninstall').status, 0);
    assert.deepEqual(at.files(), ['/etc/sallyport/site.yaml', '/var/lib/sallyport/sallyport.db']);
    assert.equal(at.run('--uninstall').status, 0);
    at.run();
    assert.equal(at.run('--purge').status, 0);
    assert.deepEqual(at.files(), []);
  });

  it('names what it can do when asked for something else', () => {
    const { status, text } = at.run('--wrong');
    assert.equal(status, 2);
    assert.match(text, /--uninstall[\s\S]*--purge[\s\S]*--root DIR/);
    assert.deepEqual(at.files(), []);
  });
});
