/** The service under test, through systemd. */
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { promisify } from 'node:util';

const siteFile = '/etc/sallyport/site.yaml';
export const log = '/run/sallyport.log';

/** `start` and `restart` come back when the unit is ready, as `Type=notify` says. */
export async function systemctl(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('systemctl', args, { encoding: 'utf8' })).stdout.trim();
}

/** What a program said and how it ended. */
export function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/** The installer of the release, as a person runs it. */
export function install(...args: readonly string[]) {
  return run('/release/systemd/install.sh', ...args);
}

/** Puts a data folder in the place of the unit's own. */
export function putData(from: string): void {
  const to = '/var/lib/sallyport';
  const { uid, gid } = statSync(to);
  rmSync(to, { recursive: true });
  cpSync(from, to, { recursive: true });
  for (const name of ['', ...readdirSync(to)]) chownSync(`${to}/${name}`, uid, gid);
}

/** A property of the unit. */
function property(name: string): Promise<string> {
  return systemctl('show', 'sallyport', '--value', `--property=${name}`);
}

export async function mainPid(): Promise<number> {
  return Number(await property('MainPID'));
}

/** Another process than `pid` is ready. */
export async function isBack(pid: number): Promise<boolean> {
  const now = await mainPid();
  return now !== pid && now !== 0 && (await property('ActiveState')) === 'active';
}

/** Is the unit ready, with this site file? */
export async function isServing(site: string): Promise<boolean> {
  return (
    existsSync(siteFile) &&
    readFileSync(siteFile, 'utf8') === site &&
    (await property('ActiveState')) === 'active'
  );
}

/** Writes the site file the unit starts with. */
export function useSite(text: string): void {
  writeFileSync(siteFile, text);
  chownSync(siteFile, 0, groupOf('sallyport'));
  chmodSync(siteFile, 0o640);
}

export function groupOf(name: string): number {
  const row = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return Number(row?.split(':')[2]);
}

const pausing = '/etc/systemd/system/sallyport.service.d/pause.conf';

/** Stops the unit; with `pauses` it is started again with a control thread that is made to pause (pause.ts). */
export async function restartPausing(pauses: boolean): Promise<void> {
  await systemctl('stop', 'sallyport');
  const text = '[Service]\nEnvironment=NODE_OPTIONS=--import=/release/dist/test/hil/pause.js\n';
  if (pauses) writeFileSync(pausing, text);
  else rmSync(pausing);
  await systemctl('daemon-reload');
  if (pauses) await systemctl('start', 'sallyport');
}

/** Milliseconds from the latest start of the process to its word that it is ready. */
export async function startedInMs(): Promise<number> {
  const at = async (name: string) => Number(await property(`${name}TimestampMonotonic`));
  return ((await at('ActiveEnter')) - (await at('ExecMainStart'))) / 1_000;
}
