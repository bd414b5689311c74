/** `sallyport backup`: made, listed, fetched, brought here, restored; when and how many; what opens them. */
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { type Desk, list, on, part, say, tell } from './desk.js';
import { makeKeyFile, passphraseOf } from './keyFile.js';
import { bodyOf } from './show.js';

const path = '/api/v1/backups';
const passphraseOption = [
  '--file <file>',
  'a file whose first line is the passphrase; - reads the input',
] as const;
const keyOption = ['--key-file <file>', 'a file that is the key, instead of a passphrase'] as const;

export function addBackup(desk: Desk): void {
  const backup = desk.program
    .command('backup')
    .description(
      'make, list, fetch and restore backups; what opens them, when they are made, how many are kept',
    );
  const keyOf = (given: Readonly<Record<string, unknown>>): string =>
    passphraseOf({
      ...(given['file'] === undefined ? {} : { passphraseFile: String(given['file']) }),
      ...(given['keyFile'] === undefined ? {} : { keyFile: String(given['keyFile']) }),
    });
  on(desk, backup.command('list'), (local, given, terminal) =>
    list(local, `${path}?`, given, terminal, [
      ['NAME', (row) => row['name']],
      ['BYTES', (row) => row['bytes']],
    ]),
  ).description('those on this controller, newest first');
  on(desk, backup.command('make'), async (local, given, terminal) =>
    say(terminal, given, (await local.ask({ method: 'POST', path })).body),
  ).description('make one now');
  on(desk, backup.command('passphrase'), async (local, given, terminal) => {
    const body = { passphrase: keyOf(given) };
    const at = '/api/v1/backup-passphrase';
    const { etag = '*' } = await local.ask({ method: 'GET', path: at });
    await local.ask({ method: 'PUT', path: at, body, ifMatch: etag });
    tell(
      terminal,
      given,
      'From now on backups open with this. Keep it elsewhere: without it they open for nobody.',
    );
  })
    .description('set what opens the backups made from now on')
    .option(...passphraseOption)
    .option(...keyOption);
  backup
    .command('new-key')
    .description('make a key file, to be kept away from this machine')
    .argument('<file>')
    .action((file: string) => makeKeyFile(file));
  on(desk, backup.command('fetch'), async (local, given, _terminal, [file = '']) => {
    const to = createWriteStream(String(given['out'] ?? file), { flags: 'wx', mode: 0o600 });
    await local.fetch(`${path}/${part(file)}`, to);
  })
    .description('copy one out')
    .argument('<name>')
    .option('--out <file>', 'under another name');
  on(desk, backup.command('put'), async (local, given, terminal, [file = '']) => {
    const bytes = { stream: createReadStream(file), length: statSync(file).size };
    const sent = { type: 'application/octet-stream', bytes };
    await local.ask({ method: 'PUT', path: `${path}/${part(basename(file))}`, file: sent });
    tell(terminal, given, `${basename(file)} is here`);
  })
    .description('bring one here, to restore it')
    .argument('<file>', 'named as it was made');
  on(desk, backup.command('restore'), async (local, given, terminal, [file = '']) => {
    const body = { name: file, passphrase: keyOf(given) };
    say(terminal, given, (await local.ask({ method: 'POST', path: '/api/v1/restores', body })).body);
  })
    .description('put one that is here in place; the controller starts again on it')
    .argument('<name>')
    .option(...passphraseOption)
    .option(...keyOption);
  addSettings(desk, backup);
}

function addSettings(desk: Desk, backup: Command): void {
  on(desk, backup.command('settings'), async (local, given, terminal, pairs) => {
    const settings = '/api/v1/backup-settings';
    const read = await local.ask({ method: 'GET', path: settings });
    const { revision: _, ...before } = read.body as Readonly<Record<string, unknown>>;
    const body = { ...before, ...bodyOf(pairs) };
    if (pairs.length > 0) await local.ask({ method: 'PUT', path: settings, body, ifMatch: read.etag ?? '*' });
    say(terminal, given, body);
  })
    .description('when they are made by themselves and how many are kept: daily, hour, keep')
    .argument('[field=value...]');
}
