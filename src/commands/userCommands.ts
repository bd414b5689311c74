/** `sallyport user import|export|places` and `sallyport card lookup|enrol|take`: people and their cards, many and one at a time. */
import { createWriteStream, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Desk, type Given, list, on, part, type Row, say, type Terminal } from './desk.js';
import type { Local } from './local.js';
import { tableOf } from './show.js';

export function addUserActs(desk: Desk, user: Command): void {
  on(desk, user.command('places'), (local, given, terminal, [key]) =>
    list(local, `/api/v1/users/${part(key)}/places?`, given, terminal, [
      ['ZONE', (row) => row['zone']],
      ['SIDE', (row) => row['direction']],
      ['READER', (row) => row['reader']],
      ['AT', (row) => row['at']],
    ]),
  )
    .description('where a user was last seen, zone by zone')
    .argument('<id>');
  on(desk, user.command('export'), async (local, given) => {
    const to =
      given['out'] === undefined ? process.stdout : createWriteStream(String(given['out']), { mode: 0o600 });
    await local.fetch(`/api/v1/exports/users?format=${String(given['format'])}`, to);
  })
    .description('all users and cards as CSV')
    .option('--format <name>', 'sallyport or akuvox', 'sallyport')
    .option('--out <file>', 'instead of the output');
  on(desk, user.command('import'), async (local, given, terminal, [file = '']) => {
    const path = `/api/v1/imports?format=${String(given['format'])}&dryRun=${given['dryRun'] === true}`;
    const bytes = readFileSync(file === '-' ? 0 : file);
    const { status, body } = await local.ask({ method: 'POST', path, file: { type: 'text/csv', bytes } });
    if (status === 202) await follow(local, body as Progress, given, terminal);
    else terminal.out(given.json === true ? JSON.stringify(body) : reportText(body as Report));
  })
    .description('users and cards from CSV: checked whole, then written')
    .argument('<file>', '- reads the input')
    .option('--format <name>', 'sallyport or akuvox', 'sallyport')
    .option('--dry-run', 'only check, and say what would change');
}

interface Report {
  readonly lines: number;
  readonly create: number;
  readonly change: number;
  readonly same: number;
  readonly faultCount: number;
  readonly faults: readonly { readonly line: number; readonly column?: string; readonly message: string }[];
}

function reportText({ lines, create, change, same, faultCount, faults }: Report): string {
  const head = `${lines} lines: ${create} new, ${change} changed, ${same} as they are, ${faultCount} faults`;
  return [
    head,
    ...faults.map(
      ({ line, column, message }) => `  line ${line}${column === undefined ? '' : `, ${column}`}: ${message}`,
    ),
  ].join('\n');
}

interface Progress {
  readonly id: string;
  readonly state: string;
  readonly lines: number;
  readonly done: number;
  readonly failed: number;
  readonly faults: Report['faults'];
}

async function follow(local: Local, begun: Progress, given: Given, terminal: Terminal): Promise<void> {
  let progress = begun;
  while (progress.state === 'writing') {
    terminal.progress?.(barOf(progress.done, progress.lines));
    await terminal.wait(250);
    progress = (await local.ask({ method: 'GET', path: `/api/v1/imports/${begun.id}` })).body as Progress;
  }
  terminal.progress?.(`${barOf(progress.done, progress.lines)}\n`);
  if (given.json === true) terminal.out(JSON.stringify(progress));
  else
    terminal.out(`${progress.done} of ${progress.lines} lines ${progress.state}, ${progress.failed} failed`);
  if (progress.state !== 'done' || progress.failed > 0)
    throw new Error(
      progress.faults.map(({ line, message }) => `line ${line}: ${message}`).join('\n') ||
        'the import ended early',
    );
}

/** `[#####.....]  50 %  500/1000` */
export function barOf(done: number, whole: number): string {
  const part = whole === 0 ? 1 : done / whole;
  const filled = Math.round(part * 30);
  return `[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %  ${done}/${whole}`;
}

/** Cards: whose is this one, and whose shall the next one be? */
export function addCards(desk: Desk, card: Command): void {
  on(desk, card.command('lookup'), async (local, given, terminal, [text]) => {
    const { body } = await local.ask({ method: 'POST', path: '/api/v1/card-lookup', body: { text } });
    const { matches } = body as { readonly matches: readonly Row[] };
    if (given.json === true) return terminal.out(JSON.stringify(body));
    const of = (row: Row, key: 'user' | 'credential'): Row => row[key] as Row;
    terminal.out(
      tableOf(
        [
          ['USER', (row) => of(row, 'user')['id']],
          ['NAME', (row) => of(row, 'user')['name']],
          ['CARD', (row) => of(row, 'credential')['id']],
          ['LABEL', (row) => of(row, 'credential')['label']],
          ['STATUS', (row) => of(row, 'credential')['status']],
          ['READ AS', (row) => row['as']],
        ],
        matches,
      ),
    );
  })
    .description('who has this card or code?')
    .argument('<text>', 'as printed: 25/4822, a number, hex in either byte order, or bits');
  on(desk, card.command('enrol'), (local, given, terminal, [user]) => enrol(local, given, terminal, user))
    .description('give a user the next card presented at a reader; it opens nothing meanwhile')
    .argument('<user>')
    .requiredOption('--reader <id>', 'the reader')
    .option('--seconds <count>', 'how long to wait', '60');
  on(desk, card.command('take'), async (local, given, terminal, [handle, user]) => {
    const body = { handle, user };
    say(terminal, given, (await local.ask({ method: 'POST', path: '/api/v1/enrolments', body })).body);
  })
    .description('give a user the unknown card of a refusal in the log, within ten minutes')
    .argument('<handle>', 'in the row: detail.enrol')
    .argument('<user>');
}

interface Learning {
  readonly phase: 'off' | 'armed' | 'read';
  readonly bits?: string;
  readonly readings?: readonly { readonly hex: string }[];
}

async function enrol(
  local: Local,
  given: Given & Readonly<Record<string, unknown>>,
  terminal: Terminal,
  user: string | undefined,
): Promise<void> {
  // Who is not there is told before anybody walks to the reader.
  await local.ask({ method: 'GET', path: `/api/v1/users/${part(user)}` });
  const path = `/api/v1/readers/${part(String(given['reader']))}/learn`;
  const armed = await local.ask({ method: 'POST', path, body: { seconds: Number(given['seconds']) } });
  terminal.progress?.(`present the card at ${String(given['reader'])} `);
  let learning = armed.body as Learning;
  while (learning.phase === 'armed') {
    await terminal.wait(250);
    learning = (await local.ask({ method: 'GET', path })).body as Learning;
  }
  terminal.progress?.('\n');
  const [reading] = learning.readings ?? [];
  if (learning.phase !== 'read') throw new Error('no card was presented in time');
  await local.ask({ method: 'DELETE', path });
  const card = reading === undefined ? { bits: learning.bits } : { hex: reading.hex };
  const made = await local.ask({
    method: 'POST',
    path: '/api/v1/credentials',
    body: { user, kind: 'card', ...card },
  });
  say(terminal, given, made.body);
}
