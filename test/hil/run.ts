/**
 * `npm run test:hil`: hardware in the loop. Boots Debian's kernel under qemu with a simulated GPIO chip, systemd and the
 * unit of this project, and runs there the contract of both GPIO drivers and the product itself (inGuest/). Ends with
 * 0 when all is well or when the guest cannot be built here, which it says; with 1 when something failed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { enrol } from './enrol.js';
import { packages } from './packages.js';

const guest = 'test/hil/guest';
const cannotBuild = 3;
/** A guest that is not at its end by then is given up; on a machine with nothing else to do it takes under five minutes. */
const patienceMs = 1_000 * Number(process.env['HIL_MAX_S'] || 900);
/** The guest says something at least so often, unless it hangs. */
const silenceMs = 300_000;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const built = buildGuest();
  if (typeof built === 'string') {
    say(`SKIPPED: hardware in the loop: ${built}`);
    return 0;
  }
  const tree = join(mkdtempSync(join(tmpdir(), 'sallyport-hil-')), 'tree');
  try {
    await prepare(built.folder, tree);
    execFileSync('bash', [join(guest, 'pack.sh'), built.folder, tree, process.execPath], {
      stdio: 'inherit',
    });
    return verdict(await boot(built.folder));
  } finally {
    rmSync(dirname(tree), { recursive: true, force: true });
  }
}

/** What the guest said to its end, or what it said before it was given up: a slow machine is no failure, a hang is. */
function verdict({ text, end }: Booted): number {
  const ended = /The loop ended with (\d+)\./.exec(text);
  if (ended !== null) return ended[1] === '0' ? 0 : 1;
  if (text.trim() === '') {
    say('SKIPPED: hardware in the loop: qemu starts no guest here');
    return 0;
  }
  const failed = /^\s+\d+\) /m.test(text);
  if (end === 'slow' && !failed) {
    say(`SKIPPED the rest of the loop: not at its end after ${patienceMs / 1_000} s; so far nothing failed`);
    return 0;
  }
  say('FAILED: the guest did not come to its end');
  return 1;
}

/** Built once for each state of its sources; a string says why it cannot be. */
function buildGuest(): { readonly folder: string } | string {
  const hash = createHash('sha256');
  for (const file of ['build.sh', 'simgpio.c']) hash.update(readFileSync(join(guest, file)));
  const folder = resolve('dist/hil', hash.digest('hex').slice(0, 16));
  if (existsSync(join(folder, 'kernel'))) return { folder };
  rmSync(folder, { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync('bash', [join(guest, 'build.sh'), folder], {
    encoding: 'utf8',
  });
  if (status === 0) return { folder };
  rmSync(folder, { recursive: true, force: true });
  const last = stdout.trim().split('\n').at(-1);
  return status === cannotBuild && last !== undefined
    ? last
    : `the guest cannot be built: ${stdout}${stderr}`;
}

/** What is special to this run: a data folder with people, what to do, which packages go where. */
async function prepare(guestFolder: string, tree: string): Promise<void> {
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  mkdirSync(join(tree, 'loop/data'), { recursive: true });
  put('loop/token', await enrol(join(tree, 'loop/data')));
  const { release, mocha } = packages(readFileSync('package-lock.json', 'utf8'));
  writeFileSync(join(guestFolder, 'packages.release'), release.join('\n'));
  writeFileSync(join(guestFolder, 'packages.mocha'), mocha.join('\n'));
  put('loop/loop.sh', readFileSync(join(guest, 'loop.sh'), 'utf8'));
  put('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  put('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  put('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
  put('etc/hosts', '127.0.0.1 localhost\n');
  put('etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
  put('etc/systemd/system/sallyport.service.d/loop.conf', dropIn);
  put('etc/systemd/system/loop.service', loopUnit);
}

const dropIn = `[Service]
StandardOutput=append:/run/sallyport.log
StandardError=append:/run/sallyport.log
`;

const loopUnit = `[Unit]
DefaultDependencies=no
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
TimeoutStartSec=infinity
Environment="GREP=${process.env['HIL_GREP'] ?? ''}" FRAMES=${process.env['HIL_FRAMES'] ?? ''}
ExecStart=/bin/sh /loop/loop.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
`;

/**
 * One counted processor: each instruction is 2 ns of the guest's time, and idle time passes at once. So neither a slow nor a
 * busy host changes what is measured (KVM would, and is not to be had in many places).
 */
function boot(folder: string): Promise<Booted> {
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'pc,accel=tcg', '-cpu', 'max', '-smp', '1', '-m', '1536', '-icount', 'shift=1,sleep=off'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
      ...['-kernel', join(folder, 'kernel'), '-initrd', join(folder, 'initrd.cpio')],
      '-append',
      'console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable preempt=full systemd.unit=loop.service ' +
        'systemd.show_status=no systemd.log_level=err systemd.unified_cgroup_hierarchy=1',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let end: Booted['end'] = 'off';
  const giveUp = (why: Booted['end']) => () => {
    end = why;
    qemu.kill('SIGKILL');
  };
  const slow = setTimeout(giveUp('slow'), patienceMs);
  let silent = setTimeout(giveUp('silent'), silenceMs);
  let text = '';
  qemu.stdout.on('data', (piece: Buffer) => {
    process.stdout.write(piece);
    text += piece.toString();
    clearTimeout(silent);
    silent = setTimeout(giveUp('silent'), silenceMs);
  });
  // Whoever stops us stops the guest.
  const stop = () => void qemu.kill('SIGKILL');
  process.once('SIGTERM', stop).once('SIGINT', stop);
  return new Promise((done, failed) => {
    qemu.once('error', failed);
    qemu.once('close', () => {
      clearTimeout(slow);
      clearTimeout(silent);
      done({ text, end });
    });
  });
}

interface Booted {
  readonly text: string;
  /** It went off by itself, or was given up: out of time, or silent. */
  readonly end: 'off' | 'slow' | 'silent';
}

process.exitCode = await main();
