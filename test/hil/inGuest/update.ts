/** The installer on a machine that runs: an update keeps everything, a release that does not fit changes nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get, lastSeq, status, untilApi } from '../api.js';
import { figure } from '../figures.js';
import { isLocked, isUnlocked, openLobby, serve } from '../hands.js';
import { gpiochipSite, relay } from '../loopSite.js';
import { lineState, until } from '../simgpio.js';
import { install, mainPid, systemctl, useSite } from '../unit.js';

const packageFile = '/release/package.json';

describe('systemd/install.sh on a running controller', () => {
  before(async () => {
    await serve(gpiochipSite);
    await untilApi();
  });

  it('a release that does not accept the site file: nothing changes, the doors are served on', async () => {
    const pid = await mainPid();
    useSite(gpiochipSite.replace('gpio16', 'gpio99'));
    const { status: code, text } = install();
    assert.equal(code, 1, text);
    assert.match(text, /gpio99[\s\S]*nothing was changed/);
    assert.equal(await mainPid(), pid);
    useSite(gpiochipSite);
  });

  it('an update brings the new release and keeps people, log and site file', async () => {
    const release = readFileSync(packageFile, 'utf8');
    writeFileSync(packageFile, release.replace(/"version": ".*"/, '"version": "99.0.0"'));
    const seq = await lastSeq();
    const users = await get<unknown>('/api/v1/users?limit=100');
    await openLobby();
    const pid = await mainPid();
    const startNs = process.hrtime.bigint();
    const { status: code, text } = install();
    assert.equal(code, 0, text);
    figure(`update to ready: ${(Number(process.hrtime.bigint() - startNs) / 1e9).toFixed(1)} s`);
    assert.match(text, /Updating a running controller/);
    assert.ok(isLocked(relay.lobby), 'no grant outlives the update');
    assert.notEqual(await mainPid(), pid);
    await untilApi();
    assert.equal((await status()).version, '99.0.0');
    assert.deepEqual(await get<unknown>('/api/v1/users?limit=100'), users);
    assert.ok((await lastSeq()) > seq);
    assert.equal(readFileSync('/etc/sallyport/site.yaml', 'utf8'), gpiochipSite);
    await openLobby();
  });

  it('--uninstall releases the relays and keeps site file and data; --purge takes these too', async () => {
    await until('lobby unlocked', () => isUnlocked(relay.lobby));
    assert.equal(install('--uninstall').status, 0);
    assert.notEqual(lineState(relay.lobby), 'out 1');
    assert.equal(await systemctl('show', 'sallyport', '--value', '--property=ActiveState'), 'inactive');
    for (const gone of [
      '/opt/sallyport',
      '/etc/systemd/system/sallyport.service',
      '/usr/local/bin/sallyport',
    ]) {
      assert.ok(!existsSync(gone), gone);
    }
    assert.ok(existsSync('/etc/sallyport/site.yaml') && existsSync('/var/lib/sallyport/sallyport.db'));
    assert.equal(install('--purge').status, 0);
    assert.ok(!existsSync('/etc/sallyport') && !existsSync('/var/lib/sallyport'));
  });
});
