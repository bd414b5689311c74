/**
 * The commands that manage a running controller, over its socket: each is a request of the API, so what the API
 * refuses they refuse, and what it logs is logged, by the operator `local`.
 */
import { createWriteStream, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Asked, type Local, localOf } from './local.js';
import { bodyOf, type Columns, fieldsOf, tableOf } from './show.js';

interface Terminal {
  readonly out: (text: string) => void;
  /** Replaces the line of a progress bar; absent where nobody watches. */
  readonly progress?: (text: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

interface Given {
  readonly data: string;
  readonly json?: boolean;
}

interface Desk {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly data: readonly [flags: string, description: string, value: string];
}

type Row = Readonly<Record<string, unknown>>;

const id: Columns[number] = ['ID', (row) => row['id']];
const name: Columns[number] = ['NAME', (row) => row['name']];

/** A kind of thing that is listed, shown, added, changed and deleted. */
interface Resource {
  readonly word: string;
  readonly path: string;
  readonly columns: Columns;
}

const resources: readonly Resource[] = [
  {
    word: 'user',
    path: '/api/v1/users',
    columns: [
      id,
      name,
      ['ENABLED', (row) => row['enabled']],
      ['GROUPS', (row) => row['groups']],
      ['NOTE', (row) => row['note']],
    ],
  },
  {
    word: 'card',
    path: '/api/v1/credentials',
    columns: [
      id,
      ['USER', (row) => row['user']],
      ['KIND', (row) => row['kind']],
      ['LABEL', (row) => row['label']],
      ['FORMAT', (row) => row['format']],
      ['STATUS', (row) => row['status']],
    ],
  },
  { word: 'group', path: '/api/v1/groups', columns: [id, name, ['RIGHTS', (row) => row['accessRights']]] },
  { word: 'right', path: '/api/v1/access-rights', columns: [id, name, ['DOORS', (row) => row['doors']]] },
  { word: 'schedule', path: '/api/v1/schedules', columns: [id, name] },
  {
    word: 'zone',
    path: '/api/v1/zones',
    columns: [
      id,
      name,
      ['TYPE', (row) => row['type']],
      ['DISABLED', (row) => row['disabled']],
      ['RESET S', (row) => row['resetSeconds']],
    ],
  },
  {
    word: 'operator',
    path: '/api/v1/operators',
    columns: [id, name, ['ROLE', (row) => row['role']], ['DISABLED', (row) => row['disabled']]],
  },
  {
    word: 'source',
    path: '/api/v1/sources',
    columns: [
      id,
      name,
      ['ENABLED', (row) => row['enabled']],
      ['ADDRESSES', (row) => row['addresses']],
      ['DOORS', (row) => row['doors']],
    ],
  },
  {
    word: 'hook',
    path: '/api/v1/hooks',
    columns: [
      id,
      name,
      ['ENABLED', (row) => row['enabled']],
      ['EVENTS', (row) => row['events']],
      ['URL', (row) => row['url']],
    ],
  },
];

const eventColumns: Columns = [
  ['SEQ', (row) => row['seq']],
  ['AT', (row) => row['at']],
  ['KIND', (row) => row['kind']],
  ['WHO', (row) => row['userName'] ?? row['user']],
  ['DOOR', (row) => row['door']],
  ['READER', (row) => row['reader']],
  ['REASON', (row) => row['reason']],
];

/** Adds the commands to the program. */
export function addManagement(desk: Desk): void {
  const words = new Map(resources.map((resource) => [resource.word, resourceCommand(desk, resource)]));
  const user = words.get('user');
  if (user !== undefined) addUserFiles(desk, user);
  addZoneClear(desk, words.get('zone'));
  addDoor(desk);
  addLog(desk);
  addBackup(desk);
  on(desk, desk.program.command('api'), async (local, given, terminal, [method = '', path = '', body]) => {
    const asked = { method: method.toUpperCase() as Asked['method'], path };
    const { body: answer } = await local.ask(
      body === undefined ? asked : { ...asked, body: JSON.parse(body) },
    );
    if (answer !== undefined) terminal.out(JSON.stringify(answer, undefined, given.json === true ? 0 : 2));
  })
    .description('any request of the API')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'for instance /api/v1/status')
    .argument('[json]', 'the body');
}

type Run = (
  local: Local,
  given: Given & Record<string, unknown>,
  terminal: Terminal,
  words: readonly string[],
) => Promise<void>;

/** A command with the options all of them have. */
function on({ data, terminal }: Desk, command: Command, run: Run): Command {
  return command
    .option(...data)
    .option('--json', 'for scripts: the answer as JSON')
    .action(async (...all: unknown[]) => {
      const given = command.opts() as Given & Record<string, unknown>;
      const words = all
        .slice(0, -2)
        .flat()
        .filter((word): word is string => typeof word === 'string');
      await run(localOf(given.data), given, terminal, words);
    });
}

function resourceCommand(desk: Desk, { word, path, columns }: Resource): Command {
  const command = desk.program.command(word).description(`list, show, add, set and delete: ${word}`);
  const single = (key = ''): string => `${path}/${encodeURIComponent(key)}`;
  const tagOf = async (local: Local, key = ''): Promise<string> =>
    (await local.ask({ method: 'GET', path: single(key) })).etag ?? '*';
  const say = (terminal: Terminal, given: Given, thing: unknown): void =>
    terminal.out(given.json === true ? JSON.stringify(thing) : fieldsOf(thing));
  on(desk, command.command('list'), async (local, given, terminal) => {
    const query = given['text'] === undefined ? '' : `&text=${encodeURIComponent(String(given['text']))}`;
    await list(local, `${path}?limit=500${query}`, given, terminal, columns);
  })
    .description('all of them')
    .option('--text <begin>', 'those whose name begins so');
  on(desk, command.command('show'), async (local, given, terminal, [key]) =>
    say(terminal, given, (await local.ask({ method: 'GET', path: single(key) })).body),
  ).argument('<id>');
  on(desk, command.command('add'), async (local, given, terminal, pairs) =>
    say(terminal, given, (await local.ask({ method: 'POST', path, body: bodyOf(pairs) })).body),
  ).argument('<field=value...>', 'JSON where it is JSON: groups=["staff"]');
  on(desk, command.command('set'), async (local, given, terminal, [key, ...pairs]) => {
    const asked = {
      method: 'PATCH',
      path: single(key),
      body: bodyOf(pairs),
      ifMatch: await tagOf(local, key),
    } as const;
    say(terminal, given, (await local.ask(asked)).body);
  })
    .argument('<id>')
    .argument('<field=value...>', 'null takes an optional field away');
  on(desk, command.command('delete'), async (local, _given, terminal, [key]) => {
    await local.ask({ method: 'DELETE', path: single(key), ifMatch: await tagOf(local, key) });
    terminal.out(`${word} ${key} deleted`);
  }).argument('<id>');
  return command;
}

/** Page after page; as JSON one thing a line, so that a script need not hold them all. */
async function list(
  local: Local,
  path: string,
  given: Given,
  terminal: Terminal,
  columns: Columns,
): Promise<void> {
  const rows: Row[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await local.ask({ method: 'GET', path: path + cursor });
    const page = body as { readonly items: readonly Row[]; readonly next?: string };
    if (given.json === true) for (const row of page.items) terminal.out(JSON.stringify(row));
    else rows.push(...page.items);
    if (page.next === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  if (given.json !== true) terminal.out(tableOf(columns, rows));
}

function addUserFiles(desk: Desk, user: Command): void {
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

function addZoneClear(desk: Desk, zone: Command | undefined): void {
  if (zone === undefined) return;
  on(desk, zone.command('clear'), async (local, given, terminal, [key = '', ...users]) => {
    const path = `/api/v1/zones/${encodeURIComponent(key)}/clear`;
    const { body } = await local.ask({
      method: 'POST',
      path,
      body: { users: users.length === 0 ? 'all' : users },
    });
    terminal.out(given.json === true ? JSON.stringify(body) : fieldsOf(body));
  })
    .description('forget who is inside: the named users, or everybody')
    .argument('<id>')
    .argument('[user...]');
}

function addDoor(desk: Desk): void {
  const door = desk.program.command('door').description('list doors, release, lock, unlock, back to normal');
  on(desk, door.command('list'), (local, given, terminal) =>
    list(local, '/api/v1/doors?', given, terminal, [
      id,
      name,
      ['UNLOCK MS', (row) => row['unlockMs']],
      ['COUNTS', (row) => row['passageCounts']],
    ]),
  );
  for (const command of ['release', 'lock', 'unlock', 'normal']) {
    on(desk, door.command(command), async (local, given, terminal, [key = '']) => {
      const path = `/api/v1/doors/${encodeURIComponent(key)}/${command}`;
      const { body } = await local.ask({ method: 'POST', path });
      terminal.out(given.json === true ? JSON.stringify(body ?? {}) : `door ${key}: ${command}`);
    }).argument('<id>');
  }
}

function addLog(desk: Desk): void {
  on(desk, desk.program.command('log'), async (local, given, terminal) => {
    const filters = ['kind', 'user', 'door', 'reason'].flatMap((key) =>
      given[key] === undefined ? [] : [`${key}=${encodeURIComponent(String(given[key]))}`],
    );
    const { body } = await local.ask({
      method: 'GET',
      path: `/api/v1/events?${[`limit=${String(given['limit'])}`, ...filters].join('&')}`,
    });
    const rows = [...(body as { readonly items: readonly Row[] }).items].reverse();
    if (given.json === true) for (const row of rows) terminal.out(JSON.stringify(row));
    else terminal.out(tableOf(eventColumns, rows));
  })
    .description('the latest events, oldest first')
    .option('--limit <count>', 'how many', '50')
    .option('--kind <kind>', 'of this kind')
    .option('--user <id>', 'of this user')
    .option('--door <id>', 'at this door')
    .option('--reason <reason>', 'refused for this reason');
}

function addBackup(desk: Desk): void {
  const backup = desk.program
    .command('backup')
    .description('make, list and fetch backups, set their passphrase');
  on(desk, backup.command('list'), (local, given, terminal) =>
    list(local, '/api/v1/backups?', given, terminal, [
      ['NAME', (row) => row['name']],
      ['BYTES', (row) => row['bytes']],
    ]),
  );
  on(desk, backup.command('make'), async (local, given, terminal) => {
    const { body } = await local.ask({ method: 'POST', path: '/api/v1/backups' });
    terminal.out(given.json === true ? JSON.stringify(body) : fieldsOf(body));
  });
  on(desk, backup.command('passphrase'), async (local, given, terminal) => {
    const [passphrase] = readFileSync(given['file'] === '-' ? 0 : String(given['file']), 'utf8').split(
      /\r?\n/,
    );
    await local.ask({ method: 'PUT', path: '/api/v1/backup-passphrase', body: { passphrase } });
    terminal.out(
      'From now on backups open with this passphrase. Keep it elsewhere: without it they open for nobody.',
    );
  }).requiredOption('--file <file>', 'a file whose first line is the passphrase; - reads the input');
  on(desk, backup.command('fetch'), async (local, given, _terminal, [file = '']) => {
    const to = createWriteStream(String(given['out'] ?? file), { flags: 'wx', mode: 0o600 });
    await local.fetch(`/api/v1/backups/${encodeURIComponent(file)}`, to);
  })
    .argument('<name>')
    .option('--out <file>', 'under another name');
}
