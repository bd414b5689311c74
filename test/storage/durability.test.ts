import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openReader, openWriter } from '../../src/storage/database.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { program } from './killCampaign.js';
import { newFolder, openScene } from './scene.js';

const tracer = 'strace';
const probe = spawnSync(tracer, ['-f', '-o', '/dev/null', 'true']);
const straceMissing = probe.error !== undefined || probe.status !== 0;

/** Runs the writing program under strace and gives what it printed and the trace. */
function traced(dataDir: string, commits: number, ...inject: string[]): { lines: string[]; trace: string } {
  const log = join(dataDir, 'trace');
  const args = ['-f', '-e', 'trace=fsync,fdatasync', ...inject, '-o', log];
  const run = spawnSync(tracer, [...args, process.execPath, program, dataDir, 's', String(commits)], {
    encoding: 'utf8',
    timeout: 40_000,
    // strace passes a polite signal on to the program and stays.
    killSignal: 'SIGKILL',
  });
  return { lines: run.stdout.trim().split('\n'), trace: readFileSync(log, 'utf8') };
}

function storedCommits(dataDir: string): number {
  const db = openReader(join(dataDir, 'sallyport.db'));
  const rows = Number(db.prepare('SELECT count(*) FROM events').pluck().get());
  db.close();
  return rows;
}

describe('durability', () => {
  let dataDir: string;
  beforeEach(function () {
    if (straceMissing && this.currentTest?.title.includes('strace') === true) {
      this.currentTest.title += ' (skipped: strace is not installed here, or may not trace)';
      this.skip();
    }
    dataDir = newFolder();
  });
  afterEach(() => {
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
  });

  it('syncs once at least for each acknowledged commit, counted by strace', function () {
    this.timeout(60_000);
    const syncsOf = (trace: string): number =>
      trace.split('\n').filter((line) => /sync\(.*= 0/.test(line)).length;
    traced(dataDir, 0);
    const idle = syncsOf(traced(dataDir, 0).trace);
    const { lines, trace } = traced(dataDir, 100);
    assert.equal(lines.filter((line) => line.startsWith('committed')).length, 100);
    assert.ok(syncsOf(trace) - idle >= 100, `${syncsOf(trace)} syncs, ${idle} of them without a commit`);
  });

  it('survives failing syncs, injected by strace: nothing acknowledged is missing', function () {
    this.timeout(60_000);
    const inject = ['-e', 'inject=fsync,fdatasync:error=EIO:when=20+31'];
    const { lines, trace } = traced(dataDir, 60, ...inject);
    assert.match(trace, /EIO.*INJECTED/);
    const failed = lines.filter((line) => line.startsWith('failed'));
    assert.ok(failed.length > 0 && failed.every((line) => line.includes('SQLITE_IOERR')), failed.join('\n'));
    assert.equal(lines.filter((line) => line.startsWith('recovered')).length, failed.length);
    assert.equal(lines.at(-1), 'closed', lines.slice(-5).join('\n'));
    assert.equal(storedCommits(dataDir), 60);
    assert.ok(verifyLog(join(dataDir, 'sallyport.db')).ok);
  });

  it('has FULL set on every connection it opens', () => {
    const scene = openScene({ dataDir });
    for (const open of [openWriter, openReader]) {
      const db = open(scene.dbPath);
      assert.equal(db.pragma('synchronous', { simple: true }), 2);
      assert.equal(db.pragma('journal_mode', { simple: true }), 'wal');
      db.close();
    }
    scene.writer.close();
  });
});
