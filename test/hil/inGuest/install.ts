/** The product's own installer on a machine that has nothing of it: a release as built, then a running service. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { untilApi } from '../api.js';
import { figure } from '../figures.js';
import { groupOf, install, log, mainPid, putData, run, systemctl } from '../unit.js';

describe('systemd/install.sh', () => {
  it('installs a built release and starts it: claimed by nobody, on a board in memory', async () => {
    assert.ok(!existsSync('/opt/sallyport') && !existsSync('/etc/sallyport'));
    const startNs = process.hrtime.bigint();
    const { status, text } = install();
    assert.equal(status, 0, text);
    figure(`install.sh to ready: ${(Number(process.hrtime.bigint() - startNs) / 1e9).toFixed(1)} s`);
    assert.match(text, /Wrote \/etc\/sallyport\/site\.yaml: the demo[\s\S]*Sallyport runs/);
    assert.equal(await systemctl('is-enabled', 'sallyport'), 'enabled');
    await untilApi();
    assert.match(readFileSync(log, 'utf8'), /claim/i);
  });

  it('runs as its own user, in the groups of its devices, on its own folders', async () => {
    const account = /^sallyport:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    const status = readFileSync(`/proc/${await mainPid()}/status`, 'utf8');
    assert.equal(/^Uid:\t(\d+)/m.exec(status)?.[1], account?.[1]);
    const groups = /^Groups:\t(.*)$/m.exec(status)?.[1]?.trim().split(' ') ?? [];
    for (const name of ['gpio', 'dialout']) assert.ok(groups.includes(String(groupOf(name))), name);
    const { uid, mode } = statSync('/var/lib/sallyport');
    assert.deepEqual([String(uid), mode & 0o777], [account?.[1], 0o700]);
    assert.deepEqual(
      [statSync('/opt/sallyport/dist').uid, existsSync('/opt/sallyport/dist/test')],
      [0, false],
    );
  });

  it('udev gave the lines to their group, by our rule', () => {
    const gpio = groupOf('gpio');
    for (const [path, mode] of [
      ['/dev/gpiochip0', 0o660],
      ['/sys/class/gpio/export', 0o220],
      ['/sys/class/gpio/unexport', 0o220],
    ] as const) {
      const found = statSync(path);
      assert.deepEqual([found.gid, found.mode & mode], [gpio, mode], path);
    }
  });

  it('brings the command', async () => {
    const { version } = JSON.parse(readFileSync('/release/package.json', 'utf8')) as { version: string };
    assert.equal(run('/usr/local/bin/sallyport', '--version').text.trim(), version);
  });

  // The story goes on with a site that has people.
  after(async () => {
    await systemctl('stop', 'sallyport');
    putData('/loop/data');
  });
});
