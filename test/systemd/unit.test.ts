import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const unit = readFileSync('systemd/sallyport.service', 'utf8');
const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
/** Exposure, from 0 to 10. */
const exposureMax = 3;

/** The unit with the node of this machine, where systemd looks at it. */
function inFolder<T>(text: string, look: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-unit-'));
  try {
    const path = join(folder, 'sallyport.service');
    writeFileSync(path, text.replaceAll('/usr/bin/node', process.execPath));
    return look(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

describe('systemd/sallyport.service', () => {
  (analyze ? it : it.skip)('systemd-analyze verify has nothing to say', () => {
    const { status, text } = inFolder(unit, (path) => run('verify', path));
    assert.deepEqual({ status, text }, { status: 0, text: '' });
  });

  (analyze ? it : it.skip)('systemd-analyze verify would have', () => {
    const { text } = inFolder(unit.replace('Restart=', 'Restrat='), (path) => run('verify', path));
    assert.match(text, /Unknown key.*Restrat/);
  });

  (analyze ? it : it.skip)(`its exposure is at most ${exposureMax}`, () => {
    const threshold = `--threshold=${exposureMax * 10}`;
    const { status, text } = inFolder(unit, (path) => run('security', '--offline=true', threshold, path));
    const found = Number(/exposure level for sallyport\.service: ([\d.]+)/.exec(text)?.[1]);
    assert.ok(found <= exposureMax, text);
    assert.equal(status, 0);
  });

  if (!analyze) it.skip('systemd-analyze is missing: the unit is not verified here', () => {});

  it('starts again for ever, is watched, and puts outputs safe before and after', () => {
    const says = (line: string) => assert.ok(unit.split('\n').includes(line), line);
    says('StartLimitIntervalSec=0');
    says('Restart=always');
    says('Type=notify');
    assert.match(unit, /^WatchdogSec=[1-9]/m);
    const safe = /^Exec(?:StartPre|StopPost)=-.*\/usr\/bin\/node dist\/src\/outputsSafe\.js --site/gm;
    assert.equal(unit.match(safe)?.length, 2);
    says('ExecStopPost=-/usr/bin/perl systemd/outputs-safe.pl');
  });

  it('runs the same Node flags as npm start', () => {
    const flags = (text: string) => text.match(/--(?:max-semi|heap)[a-z-]+=\d+/g);
    assert.deepEqual(flags(unit), flags(readFileSync('package.json', 'utf8').split('\n').join(' ')));
  });
});
