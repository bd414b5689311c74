/** The command and `ready.mjs` as separate processes, as people run them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, databaseFile } from '../src/storage/database.js';

const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const ready = join(process.cwd(), 'src', 'ready.mjs');
const demoSite = join(process.cwd(), 'src', 'demo', 'site.yaml');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Ended {
  const env = { ...process.env, SALLYPORT_DATA: '', SALLYPORT_HTTP_PORT: '', ...options.env };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { ...options, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Node arguments that make a process believe it runs on another version. */
function pretend(version: string): readonly string[] {
  const code = `Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('sallyport', () => {
  it('--version is the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual(node([cli, '--version']), { status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('check-config prints the wiring of a good file', () => {
    const { status, stdout, stderr } = node([cli, 'check-config', demoSite]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /good\. 2 doors, 4 readers, board mock\./);
    assert.match(stdout, /^door garage +contact, open when active +in2 /m);
  });

  it('check-config prints every mistake with its place and ends with 1', () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      readFileSync(demoSite, 'utf8').replace('relay2', 'relay1').replace('number: 1', 'number: 0'),
    );
    const { status, stdout, stderr } = node([cli, 'check-config', file], {
      env: { SALLYPORT_HTTP_PORT: 'x' },
    });
    assert.deepEqual([status, stdout], [1, '']);
    const lines = stderr.trimEnd().split('\n');
    assert.equal(lines.length, 4);
    assert.match(stderr, /bad\.yaml:\d+:\d+: doors\.lobby\.number: 0 is not allowed here/);
    assert.match(stderr, /doors\.garage\.relay\.line: "relay1" is used already by doors\.lobby\.relay/);
    assert.match(stderr, /^SALLYPORT_HTTP_PORT: "x" is not a port/m);
    assert.equal(lines[3], '3 mistakes.');
  });

  it('run with a bad file or without one starts nothing', () => {
    const absent = node([cli, 'run', '--site', join(folder, 'absent.yaml')]);
    assert.equal(absent.status, 1);
    assert.match(absent.stderr, /absent\.yaml: ENOENT/);
    assert.equal(node([cli, 'run']).status, 1);
    assert.equal(node([cli, 'frobnicate']).status, 1);
  });

  it('verify-log and replay say in one line that there is no database', () => {
    for (const command of ['verify-log', 'replay']) {
      const { status, stderr } = node([cli, command, '--data', join(folder, 'nothing')]);
      assert.equal(status, 1);
      assert.match(stderr, /^sallyport: there is no .+sallyport\.db; name the data folder with --data\n$/);
    }
    assert.ok(!existsSync(join(folder, 'nothing')), 'a doctor makes nothing');
  });

  it('verify-log refuses a file that is not a log, and a head it cannot read', () => {
    const data = join(folder, 'empty');
    mkdirSync(data);
    createDatabase(join(data, databaseFile)).close();
    const { status, stderr } = node([cli, 'verify-log', '--data', data]);
    assert.equal(status, 1);
    assert.match(stderr, /^(?:sallyport: |Row ).+\n$/);
    const wrong = node([cli, 'verify-log', '--data', data, '--head', '12:abc']);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /--head: write it as verify-log printed it, SEQ:HASH/);
  });

  it('demo serves, ends cleanly at SIGTERM, and leaves a whole log', async () => {
    const data = join(folder, 'demo');
    const env = { ...process.env, SALLYPORT_DATA: data, SALLYPORT_HTTP_PORT: '0' };
    const child = spawn(process.execPath, [cli, 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    const isReady = new Promise<void>((resolve) => {
      const note = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (printed.includes('Stop with Ctrl-C.')) resolve();
      };
      child.stdout.on('data', note);
      child.stderr.on('data', note);
    });
    try {
      await Promise.race([isReady, ended]);
      assert.match(printed, /Sallyport is ready on http:\/\/127\.0\.0\.1:\d+ \(board: mock\)/);
      child.kill('SIGTERM');
      assert.equal(await ended, 0, printed);
    } finally {
      child.kill('SIGKILL');
    }
    const whole = node([cli, 'verify-log'], { env: { SALLYPORT_DATA: data } });
    assert.deepEqual([whole.status, whole.stderr], [0, '']);
    const head = /: (\d+:[0-9a-f]{64})\n$/.exec(whole.stdout)?.[1];
    assert.ok(head !== undefined, whole.stdout);
    assert.equal(node([cli, 'verify-log', '--data', data, '--head', head]).status, 0);
    const later = head.replace(/^\d+/, '999999');
    assert.equal(node([cli, 'verify-log', '--data', data, '--head', later]).status, 1);
    assert.match(node([cli, 'replay', '--data', data]).stdout, /^The zone records equal the replay/);
  });
});

describe('the Node version', () => {
  it('wrong: one line from the command and from ready.mjs alike, before anything else', () => {
    for (const version of [
      '16.20.2',
      '18.20.8',
      '20.18.3',
      '21.7.3',
      '22.13.1',
      '23.11.0',
      '25.1.0',
      '26.1.0',
    ]) {
      const line = `Sallyport needs Node 20 (from 20.19), 22 (from 22.14) or 24; this is Node ${version}. Install one of those and start again.\n`;
      const wanted = { status: 1, stdout: '', stderr: line };
      assert.deepEqual(node([...pretend(version), cli, '--version']), wanted);
      assert.deepEqual(node([...pretend(version), ready]), wanted);
    }
  });

  it('good ones start', () => {
    for (const version of ['20.19.0', '20.20.2', '22.14.0', '22.23.3', '24.0.0', '24.21.0']) {
      assert.equal(node([...pretend(version), cli, '--version']).status, 0, version);
    }
  });
});

describe('ready.mjs', () => {
  /** A package folder of its own, with a stand-in for npm and for the compiler that note that they were called. */
  function checkout(name: string): {
    readonly root: string;
    start(env?: Record<string, string>): Ended;
    calls(): string;
  } {
    const root = join(folder, name);
    for (const part of ['src/ui', 'hardware', 'test', 'dist', 'node_modules/typescript/bin']) {
      mkdirSync(join(root, part), { recursive: true });
    }
    copyFileSync(ready, join(root, 'src', 'ready.mjs'));
    writeFileSync(join(root, 'package-lock.json'), '{}');
    writeFileSync(join(root, 'tsconfig.json'), '{}');
    writeFileSync(join(root, 'src', 'a.ts'), '1');
    const log = join(root, 'calls');
    const noteCall = (what: string) =>
      `require('fs').appendFileSync(${JSON.stringify(log)}, '${what} ' + process.argv.slice(2).join(' ') + '\\n'); process.exit(+(process.env.FAIL ?? 0));`;
    writeFileSync(join(root, 'npm.cjs'), noteCall('npm'));
    writeFileSync(join(root, 'node_modules/typescript/bin/tsc'), noteCall('tsc'));
    const page = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${noteCall('page')}`;
    writeFileSync(join(root, 'src/ui/build.mjs'), page);
    writeFileSync(join(root, 'node_modules/typescript/package.json'), '{"type":"commonjs"}');
    const npm = { npm_execpath: join(root, 'npm.cjs') };
    return {
      root,
      start: (env = {}) => node([join(root, 'src', 'ready.mjs')], { cwd: root, env: { ...npm, ...env } }),
      calls: () => {
        const text = existsSync(log) ? readFileSync(log, 'utf8').replaceAll(root, 'ROOT') : '';
        rmSync(log, { force: true });
        return text;
      },
    };
  }

  it('installs and builds once, then says and does nothing until something changes', () => {
    const { root, start, calls } = checkout('twice');
    assert.equal(start().status, 0);
    assert.equal(calls(), 'npm ci --include=dev\ntsc -p ROOT/\npage \n');
    assert.deepEqual(start(), { status: 0, stdout: '', stderr: '' });
    assert.equal(calls(), '');
    writeFileSync(join(root, 'src', 'b.ts'), '2');
    assert.equal(start().status, 0);
    assert.equal(calls(), 'tsc -p ROOT/\npage \n');
    rmSync(join(root, 'src', 'b.ts'));
    assert.equal(start().status, 0);
    assert.equal(calls(), 'tsc -p ROOT/\npage \n');
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    assert.equal(start().status, 0);
    assert.equal(calls(), 'npm ci --include=dev\ntsc -p ROOT/\npage \n');
  });

  describe('packages that npm installed before', () => {
    const lock = (version: string, extra = {}) =>
      JSON.stringify({
        packages: {
          '': { version: '0.1.0' },
          'node_modules/a': { version, integrity: 'sha512-x' },
          'node_modules/other-system': { version: '1.0.0', optional: true },
          ...extra,
        },
      });
    /** A stand-in for SQLite that loads, or does not, under both names that Node versions take. */
    function sqlite(root: string, code: string): void {
      for (const name of ['better-sqlite3', 'better-sqlite3-13']) {
        mkdirSync(join(root, 'node_modules', name), { recursive: true });
        writeFileSync(join(root, 'node_modules', name, 'index.js'), code);
      }
    }
    const works = 'module.exports = class { close() {} };';
    const present = JSON.stringify({
      packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } },
    });
    const cases = [
      { name: 'are taken as they are', wanted: lock('1.0.0'), code: works, installs: false },
      { name: 'of another version are installed again', wanted: lock('2.0.0'), code: works, installs: true },
      {
        name: 'of which one is missing are installed again',
        wanted: lock('1.0.0', { 'node_modules/b': { version: '1.0.0', dev: true } }),
        code: works,
        installs: true,
      },
      {
        name: 'built for another Node are installed again',
        wanted: lock('1.0.0'),
        code: 'process.abort()',
        installs: true,
      },
    ];
    for (const { name, wanted, code, installs } of cases) {
      it(name, () => {
        const { root, start, calls } = checkout(name.replaceAll(' ', '-'));
        sqlite(root, code);
        writeFileSync(join(root, 'package-lock.json'), wanted);
        writeFileSync(join(root, 'node_modules', '.package-lock.json'), present);
        assert.equal(start().status, 0);
        assert.equal(calls(), `${installs ? 'npm ci --include=dev\n' : ''}tsc -p ROOT/\npage \n`);
        assert.deepEqual(start(), { status: 0, stdout: '', stderr: '' });
      });
    }
  });

  it('a failed install ends with 1, names the missing compiler, and is tried again', () => {
    const { start, calls } = checkout('failing');
    const { status, stderr } = start({ FAIL: '1', PATH: '/nowhere' });
    assert.equal(status, 1);
    assert.match(stderr, /g\+\+, make, python3 is missing here: sudo apt install build-essential python3\n$/);
    assert.equal(calls(), 'npm ci --include=dev\n');
    assert.equal(start().status, 0);
    assert.equal(calls(), 'npm ci --include=dev\ntsc -p ROOT/\npage \n');
  });

  it('without npm it says what to run', () => {
    const { status, stderr } = checkout('bare').start({ npm_execpath: '' });
    assert.equal(status, 1);
    assert.match(stderr, /Run: npm ci/);
  });
});
