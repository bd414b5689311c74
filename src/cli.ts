#!/usr/bin/env node
/** The `sallyport` command. Each command imports what it needs when it runs, so that the short ones start fast. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { SiteResult } from './config/siteFile.js';
import type { SiteFile } from './config/siteSchema.js';
import type { StartOptions } from './main.js';

/** In the sources: the compiled file is `dist/src/cli.js`. */
const demoSite = fileURLToPath(new URL('../../src/demo/site.yaml', import.meta.url));

const out = (text: string): boolean => process.stdout.write(`${text}\n`);
const err = (text: string): boolean => process.stderr.write(`${text}\n`);

/** One sentence if this is the wrong Node, as `ready.mjs` says it: the SQLite driver would only crash. */
function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 14) || major === 24) return undefined;
  return `Sallyport needs Node 20 (from 20.19), 22 (from 22.14) or 24; this is Node ${version}. Install one of those and start again.`;
}

async function main(): Promise<void> {
  const [command, option, site, ...more] = process.argv.slice(2);
  // As the service starts it, without the library that reads commands: a tenth of a second on a small machine.
  if (command === 'run' && option === '--site' && site !== undefined && more.length === 0) {
    return run(site, false);
  }
  const [{ Command }, { version }] = await Promise.all([import('commander'), import('./version.js')]);
  const sallyport = new Command('sallyport')
    .description('A door controller: readers and OpenDoor requests in, one anti-passback core, relays out.')
    .version(version);
  sallyport
    .command('demo')
    .description('run the demo site on the mock board')
    .action(() => run(demoSite, true));
  sallyport
    .command('run')
    .description('run the controller')
    .requiredOption('--site <file>', 'the site file')
    .action(({ site }: { site: string }) => run(site, false));
  sallyport
    .command('check-config')
    .description('name every mistake of a site file, or print its wiring')
    .argument('<file>', 'the site file')
    .action(checkConfig);
  const data = ['--data <folder>', 'the data folder', process.env['SALLYPORT_DATA'] || 'data'] as const;
  sallyport
    .command('verify-log')
    .description('prove that the event log is whole, or name the first bad row')
    .option(...data)
    .option('--head <seq:hash>', 'an end of the log that was noted elsewhere')
    .action(verify);
  sallyport
    .command('restore')
    .description('restore a backup into a data folder on which nothing runs')
    .argument('<file>', 'the backup')
    .option(...data)
    .option(
      '--passphrase-file <file>',
      'a file whose first line is the passphrase; - reads it from the input',
    )
    .option('--key-file <file>', 'the key file, instead of a passphrase')
    .option('--site <file>', 'where the site file of the backup goes; what is there is kept beside it')
    .action(restoreBackup);
  sallyport
    .command('replay')
    .description('prove that the zone records equal the replay of the log')
    .option(...data)
    .action(replay);
  // What serves carries only what it needs: the other commands' packages are time and memory.
  if (!['demo', 'run'].includes(process.argv[2] ?? '')) await addClients(sallyport, data);
  await sallyport.parseAsync();
}

/** The commands that speak to a running controller, or to its readers. */
async function addClients(sallyport: Command, data: readonly [string, string, string]): Promise<void> {
  const [{ addOsdpCommands }, { addManagement }] = await Promise.all([
    import('./osdpCli.js'),
    import('./commands/manage.js'),
  ]);
  addOsdpCommands(sallyport, { print: out, loadSite });
  addManagement({
    program: sallyport,
    data,
    terminal: {
      out,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ...(process.stderr.isTTY ? { progress: (text: string) => void process.stderr.write(`\r${text}`) } : {}),
    },
  });
}

/** The checked site file, read in a thread that ends; ends the process with every error if there are any. */
async function loadSite(path: string): Promise<SiteFile> {
  const { Worker } = await import('node:worker_threads');
  const result = await new Promise<SiteResult>((resolve, reject) => {
    const reading = new Worker(new URL('./siteThread.js', import.meta.url), { workerData: path });
    reading.once('message', resolve);
    reading.once('error', reject);
  });
  if (result.ok) return result.site;
  // Only now: it brings the checking library into this thread, a tenth of a second and its memory.
  const { formatSiteError } = await import('./config/siteErrors.js');
  for (const error of result.errors) err(formatSiteError(error));
  const count = result.errors.length;
  err(`${count} ${count === 1 ? 'mistake' : 'mistakes'}.`);
  process.exit(1);
}

async function checkConfig(file: string): Promise<void> {
  const site = await loadSite(file);
  const [{ wiringTable }, { boards }] = await Promise.all([
    import('./config/wiring.js'),
    import('../hardware/boards/boards.js'),
  ]);
  const board = boards.find(({ id }) => id === site.board);
  if (board === undefined) throw new Error(`board ${site.board} passed the check but is not there`);
  const { doors, readers, http } = site;
  out(`${file}: good. ${doors.length} doors, ${readers.length} readers, board ${site.board}.`);
  out(`HTTP on ${http.host} port ${http.port}, data in ${site.data}, time zone ${site.timeZone}.\n`);
  out(wiringTable(site, board));
  out(`\n${board.name}:\n${board.drawing}`);
}

async function run(path: string, demo: boolean): Promise<void> {
  const { keptSite } = await import('./siteKept.js');
  const kept = keptSite(path, process.env);
  // A file that must be read is read in a thread: this one gets ready meanwhile.
  const [site, { start }] = await Promise.all([kept.site ?? loadSite(path), import('./main.js')]);
  await serve(start, { site, sitePath: resolve(path), demo });
  if (kept.site === undefined) kept.keep(site);
}

type Start = typeof import('./main.js').start;

/** Runs until a signal. The first one closes cleanly, the second ends at once. */
async function serve(start: Start, of: Pick<StartOptions, 'site' | 'sitePath' | 'demo'>): Promise<void> {
  // A reader of our output that goes away is no reason to leave the doors.
  process.stdout.on('error', () => undefined);
  let closing = false;
  /** A restored backup begins a new life in the same process: who started it need not know how. */
  const again = (): Promise<{ close(): Promise<void> }> => start({ ...of, print: out, restart });
  const restart = (): void => {
    if (closing) return;
    running = running.then((one) => one.close()).then(again);
    running.catch(fail);
  };
  let running = again();
  const close = (): void => {
    if (closing) process.exit(1);
    closing = true;
    running
      .then((one) => one.close())
      .then(() => process.exit(0))
      .catch(fail);
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  await running;
}

async function verify({ data, head }: { data: string; head?: string }): Promise<void> {
  const [{ verifyLog }, { databaseFile }] = await Promise.all([
    import('./storage/verifyLog.js'),
    import('./storage/database.js'),
  ]);
  const noted = head === undefined ? undefined : parseHead(head);
  const verdict = verifyLog(existing(data, databaseFile), noted && { head: noted });
  if (!verdict.ok) {
    err(verdict.message);
    process.exitCode = 1;
    return;
  }
  out(
    `The log is whole: ${verdict.rows} rows. Its end, to note elsewhere: ${verdict.head.seq}:${verdict.head.hash}`,
  );
}

async function restoreBackup(
  file: string,
  { data, site, ...key }: { data: string; site?: string; passphraseFile?: string; keyFile?: string },
): Promise<void> {
  const [{ restore }, { passphraseOf }] = await Promise.all([
    import('./commands/restore.js'),
    import('./commands/keyFile.js'),
  ]);
  const where = { dataDir: resolve(data), ...(site === undefined ? {} : { site: resolve(site) }) };
  out(await restore({ file, ...where, passphrase: passphraseOf(key), wallMs: Date.now() }));
}

function existing(folder: string, file: string): string {
  const path = join(resolve(folder), file);
  if (existsSync(path)) return path;
  throw new Error(`there is no ${path}; name the data folder with --data`);
}

function parseHead(text: string): { readonly seq: number; readonly hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash: hash.toLowerCase() };
  throw new Error('--head: write it as verify-log printed it, SEQ:HASH with 64 hexadecimal digits');
}

async function replay({ data }: { data: string }): Promise<void> {
  const [{ replayLog }, { databaseFile }] = await Promise.all([
    import('./storage/replayLog.js'),
    import('./storage/database.js'),
  ]);
  const { rows, records, differing, differences } = replayLog(existing(data, databaseFile));
  if (differing === 0) {
    out(`The zone records equal the replay of the log (records: ${records}, rows that moved one: ${rows}).`);
    return;
  }
  for (const { zone, user, replayed, stored } of differences) {
    const says = (record: typeof replayed) =>
      record === undefined ? 'no record' : `${record.direction} at ${record.reader} (row ${record.seq})`;
    err(
      `zone ${zone}, user ${JSON.stringify(user)}: the log says ${says(replayed)}, the table ${says(stored)}`,
    );
  }
  err(`${differing} zone records differ from the replay of the log.`);
  process.exitCode = 1;
}

function fail(error: unknown): never {
  err(`sallyport: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  err(problem);
  process.exit(1);
}
main().catch(fail);
