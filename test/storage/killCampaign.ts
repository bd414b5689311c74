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
import { newFolder, openScene } from './scene.js';

export interface CampaignResult {
  readonly kills: number;
  readonly acknowledged: number;
}

/** Folders are changed after so many kills: verifying a log that grows for ever would take all the time. */
const killsOfFolder = 10;
/** Side by side, since most of the time is spent starting programs and waiting for the moment. */
const lanes = 2;

export const program: string = fileURLToPath(new URL('./crashingWriter.js', import.meta.url));
const zoneProgram = fileURLToPath(new URL('./crashingZones.js', import.meta.url));

/** Throws at the first kill after which something is missing, damaged or not as the log says. */
export const runKillCampaign = (kills: number): Promise<CampaignResult> => campaign(kills, killWriter);

/**
 * The same of the core on the storage, with clears, resets, violations and zones that change: after every kill the log
 * replays to the records, and after the start that follows too, with nothing left on its way.
 */
export const runZoneKillCampaign = (kills: number): Promise<CampaignResult> => campaign(kills, killZones);

async function campaign(
  kills: number,
  killOnce: (dataDir: string, session: string) => Promise<number>,
): Promise<CampaignResult> {
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

async function killZones(dataDir: string, session: string): Promise<number> {
  const lines = await writeAndKill(zoneProgram, dataDir, session);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('refused')),
    [],
  );
  const committed = lines
    .filter((line) => line.startsWith('committed '))
    .map((line) => Number(line.slice(10)));
  const through = committed.at(-1) ?? 0;
  const dbPath = join(dataDir, 'sallyport.db');
  const db = openReader(dbPath);
  const last = db.prepare('SELECT session, last_commit AS through FROM commit_progress').get();
  db.close();
  const durable = last as { readonly session: string; readonly through: number } | undefined;
  if (through > 0) {
    assert.equal(durable?.session, session);
    assert.ok((durable?.through ?? 0) >= through, `${session}: ${through} acknowledged`);
  }
  const verdict = verifyLog(dbPath);
  assert.ok(verdict.ok, JSON.stringify(verdict));
  replaysToTheRecords(dbPath, `killed ${session}`);
  const scene = openScene({ dataDir });
  scene.writer.close();
  scene.reads.close();
  replaysToTheRecords(dbPath, `started after ${session}`);
  return through;
}

function replaysToTheRecords(dbPath: string, when: string): void {
  const { differing, differences } = replayLog(dbPath);
  assert.equal(differing, 0, `${when}: ${JSON.stringify(differences.slice(0, 3))}`);
}

async function killWriter(dataDir: string, session: string): Promise<number> {
  const lines = await writeAndKill(program, dataDir, session);
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
function writeAndKill(file: string, dataDir: string, session: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, dataDir, session], {
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
  const asked = Number(process.env['KILLS'] ?? 100);
  for (const [what, run] of [
    ['storage', runKillCampaign],
    ['zones', runZoneKillCampaign],
  ] as const) {
    const { kills, acknowledged } = await run(asked);
    process.stdout.write(`${what}: ${kills} kills, ${acknowledged} acknowledged, 0 lost\n`);
  }
}
