import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notePlan, readPlan } from '../src/outputPlan.js';

/** The program as the service runs it. On the mock board every process has metal of its own, so this tests which lines it takes. */
describe('outputs-safe', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-safe-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (site: string, runtime: string | undefined = folder) => {
    const env = { ...process.env, ...(runtime === undefined ? {} : { RUNTIME_DIRECTORY: runtime }) };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['dist/src/outputsSafe.js', '--site', site],
      {
        env,
        encoding: 'utf8',
      },
    );
    return { status, text: stdout + stderr };
  };
  const plan = { board: 'mock', outputs: [{ line: 'relay7', activeLow: true }], inputs: [] };

  it('takes the outputs of the site file when no controller has run since the boot, once', () => {
    const { status, text } = run('src/demo/site.yaml');
    assert.equal(status, 0);
    assert.match(text, /^outputs are safe: relay1, relay2\b.* of mock\n$/);
    assert.deepEqual(run('src/demo/site.yaml'), { status: 0, text: 'outputs are safe already\n' });
  });

  it('takes those a controller held, whatever the site file says now', () => {
    notePlan(folder, plan);
    assert.deepEqual(run('there is none'), { status: 0, text: 'outputs are safe: relay7 of mock\n' });
    assert.deepEqual(run('there is none'), { status: 0, text: 'outputs are safe already\n' });
    notePlan(folder, plan);
    assert.deepEqual(readPlan(folder), { board: 'mock', outputs: plan.outputs });
    assert.equal(run('there is none').text, 'outputs are safe: relay7 of mock\n');
  });

  it('fails loudly, and tries again the next time, when an output cannot be had', () => {
    notePlan(folder, { ...plan, outputs: [{ line: 'relay99', activeLow: false }] });
    for (const time of [1, 2]) {
      const { status, text } = run('src/demo/site.yaml');
      assert.equal(status, 1, `time ${time}`);
      assert.match(text, /outputs-safe: line relay99: is not on the board/);
    }
  });

  it('notes lines for the small program: driver, offset, inactive level, chips', () => {
    const outputs = [
      { line: 'gpio22', activeLow: false },
      { line: 'gpio5', activeLow: true },
    ];
    notePlan(folder, { board: 'pi', outputs });
    const labels = 'pinctrl-rp1,pinctrl-bcm2711,pinctrl-bcm2835';
    const note = () => readFileSync(join(folder, 'outputs.lines'), 'utf8');
    assert.equal(note(), `gpiochip 22 0 ${labels}\ngpiochip 5 1 ${labels}\n`);
    notePlan(folder, { board: 'pi', driver: 'onoff', outputs });
    assert.equal(note(), `onoff 22 0 ${labels}\nonoff 5 1 ${labels}\n`);
    const perl = () =>
      spawnSync('perl', ['systemd/outputs-safe.pl'], {
        env: { RUNTIME_DIRECTORY: folder },
        encoding: 'utf8',
      });
    if (existsSync('/sys/class/gpio')) return;
    assert.equal(perl().status, 1);
    assert.match(perl().stderr, /onoff 22 0 .*: not to be had/);
    assert.ok(existsSync(join(folder, 'outputs.json')), 'the thorough one is still asked');
    notePlan(folder, plan);
    assert.equal(perl().status, 0);
    assert.equal(readPlan(folder), 'done');
  });

  it('a note that cannot be read is no note: the site file says', () => {
    for (const text of ['', '{', 'null', '{"board":"mock"}', '{"outputs":[]}']) {
      writeFileSync(join(folder, 'outputs.json'), text);
      assert.match(run('src/demo/site.yaml').text, /^outputs are safe: relay1, relay2/, text);
    }
  });

  it('names what is wrong with a site file', () => {
    const site = join(folder, 'site.yaml');
    writeFileSync(site, 'name: x\n');
    const { status, text } = run(site);
    assert.equal(status, 1);
    assert.match(text, /outputs-safe: .*site\.yaml:1:1: board: missing/);
  });

  it('notes nothing where there is no folder, and a folder that takes nothing keeps no old plan', () => {
    notePlan(undefined, plan);
    assert.equal(readPlan(undefined), undefined);
    notePlan(folder, plan);
    assert.match(readFileSync(join(folder, 'outputs.json'), 'utf8'), /relay7/);
    assert.ok(!existsSync(join(folder, 'outputs.json.new')));
  });
});
