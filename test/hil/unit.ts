/** The service under test, through systemd. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
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

function groupOf(name: string): number {
  const row = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return Number(row?.split(':')[2]);
}

const sysfs = '/sys/class/gpio';

/** udev's part, which the guest has not: lines that appear in sysfs belong to the group gpio (60-sallyport.rules). */
export function playUdev(): () => void {
  const gpio = groupOf('gpio');
  const give = (path: string): void => {
    if (!existsSync(path) || statSync(path).gid === gpio) return;
    chownSync(path, 0, gpio);
    chmodSync(path, 0o664);
  };
  for (const file of ['export', 'unexport']) give(`${sysfs}/${file}`);
  const timer = setInterval(() => {
    for (const line of readdirSync(sysfs).filter((name) => /^gpio\d+$/.test(name))) {
      for (const file of ['active_low', 'direction', 'edge', 'value']) give(`${sysfs}/${line}/${file}`);
    }
  }, 50);
  return () => clearInterval(timer);
}

const pausing = '/etc/systemd/system/sallyport.service.d/pause.conf';

/** Stops the unit; with `pauses` it is started again with a control thread that is made to pause (pause.ts). */
export async function restartPausing(pauses: boolean): Promise<void> {
  await systemctl('stop', 'sallyport');
  const text = '[Service]\nEnvironment=NODE_OPTIONS=--import=/opt/sallyport/dist/test/hil/pause.js\n';
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
