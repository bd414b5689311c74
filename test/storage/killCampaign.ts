/**
 * Kills a writing program again and again and looks whether anything acknowledged is missing. Also a script:
 * `KILLS=2000 node dist/test/storage/killCampaign.js`.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReader } from '../../src/storage/database.js';
import { replayLog } from '../../src/storage/replayLog.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { newFolder } from './scene.js';

export interface CampaignResult {
  readonly kills: number;
  readonly acknowledged: number;
}

/** Folders are changed after so many kills: verifying a log that grows for ever would take all the time. */
const killsOfFolder = 10;
/** Side by side, since most of the time is spent starting programs and waiting for the moment. */
const lanes = 2;

export const program: string = fileURLToPath(new URL('./crashingWriter.js', import.meta.url));

/** Throws at the first kill after which something is missing, damaged or not as the log says. */
export async function runKillCampaign(kills: number): Promise<CampaignResult> {
  let started = 0;
  let acknowledged = 0;
  const lane = async (): Promise<void> => {
    while (started < kills) {
      const dataDir = newFolder();
      for (let i = 0; i < killsOfFolder && started < kills; i += 1) {
        started += 1;
        acknowledged += await killOnce(dataDir, `session-${started}`);
      }
      rmSync(dataDir, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { kills: started, acknowledged };
}

async function killOnce(dataDir: string, session: string): Promise<number> {
  const lines = await writeAndKill(dataDir, session);
  const committed = lines
    .filter((line) => /^(committed|recovered) /.test(line))
    .map((line) => Number(line.split(' ')[1]));
  const written = lines
    .filter((line) => line.startsWith('written '))
    .map((line) => Number(line.split(' ')[1]));
  const through = committed.at(-1) ?? 0;
  const dbPath = join(dataDir, 'sallyport.db');
  const db = openReader(dbPath);
  assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  const found = db
    .prepare<[string], number>(
      "SELECT json_extract(detail, '$.commit') FROM events WHERE json_extract(detail, '$.session') = ? ORDER BY seq",
    )
    .pluck()
    .all(session);
  const hasUser = db.prepare('SELECT 1 FROM users WHERE id = ?');
  for (const id of written)
    assert.ok(hasUser.get(`${session}-${id}`), `write ${id} of ${session} is missing`);
  db.close();
  assert.deepEqual(
    found,
    Array.from({ length: found.length }, (_, i) => i + 1),
    'each commit once, in order',
  );
  assert.ok(found.length >= through, `${session}: ${through} acknowledged, ${found.length} found`);
  const verdict = verifyLog(dbPath);
  assert.ok(verdict.ok, JSON.stringify(verdict));
  assert.equal(replayLog(dbPath).differing, 0);
  return through + written.length;
}

/** What the program printed until it was killed, 20 to 150 ms after it began to write. */
function writeAndKill(dataDir: string, session: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, dataDir, session], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let armed = false;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
      if (armed || !output.includes('ready\n')) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), 20 + Math.random() * 130);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(output.slice(0, output.lastIndexOf('\n')).split('\n'));
      else reject(new Error(`${session} ended by itself (${code}): ${output.slice(-500)}`));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { kills, acknowledged } = await runKillCampaign(Number(process.env['KILLS'] ?? 100));
  process.stdout.write(`${kills} kills, ${acknowledged} acknowledged, 0 lost\n`);
}
