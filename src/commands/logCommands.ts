/** `sallyport log`: what happened, and with --follow what happens. */
import { type Desk, type Given, momentOf, on, type Row, type Terminal } from './desk.js';
import { type Local, RefusedError } from './local.js';
import { type Columns, tableOf } from './show.js';

const columns: Columns = [
  ['SEQ', (row) => row['seq']],
  ['AT', (row) => row['at']],
  ['KIND', (row) => row['kind']],
  ['WHO', (row) => row['userName'] ?? row['user']],
  ['DOOR', (row) => row['door']],
  ['READER', (row) => row['reader']],
  ['REASON', (row) => row['reason']],
];
/** Rows that come one by one stand under each other as far as they are no wider. */
const least = [8, 24, 20, 20, 12, 12, 0];
const filters = ['kind', 'user', 'door', 'reader', 'zone', 'reason'] as const;
const againMs = 1_000;

export function addLog(desk: Desk): void {
  const command = on(desk, desk.program.command('log'), (local, given, terminal) =>
    given['follow'] === true ? follow(local, given, terminal) : latest(local, given, terminal),
  )
    .description('the latest events, oldest first')
    .option('-f, --follow', 'go on with what happens, until Ctrl-C')
    .option('--limit <count>', 'how many', '50')
    .option('--from <time>', 'from this time on, for instance 2026-03-01T08:00:00Z')
    .option('--to <time>', 'before this time');
  const told = {
    kind: 'of this kind',
    user: 'of this user',
    door: 'at this door',
    reader: 'at this reader',
    zone: 'of this zone',
    reason: 'refused for this reason',
  };
  for (const filter of filters) command.option(`--${filter} <${filter}>`, told[filter]);
}

type Asked = Given & Record<string, unknown>;

async function latest(local: Local, given: Asked, terminal: Terminal, before?: number): Promise<void> {
  const query = filters.flatMap((key) =>
    given[key] === undefined ? [] : [`${key}=${encodeURIComponent(String(given[key]))}`],
  );
  for (const [option, key] of [
    ['from', 'fromMs'],
    ['to', 'toMs'],
  ] as const) {
    if (given[option] !== undefined) query.push(`${key}=${momentOf(option, String(given[option]))}`);
  }
  if (before !== undefined) query.push(`before=${before}`);
  const limit = Number(given['limit']);
  const rows: Row[] = [];
  // A page of a search may be short: it looks at a bounded number of rows.
  for (let cursor = ''; rows.length < limit || cursor === ''; ) {
    const path = `/api/v1/events?${[`limit=${String(given['limit'])}`, ...query].join('&')}${cursor}`;
    const page = (await local.ask({ method: 'GET', path })).body as {
      readonly items: readonly Row[];
      readonly next?: string;
    };
    rows.push(...page.items);
    if (page.next === undefined) break;
    cursor = `&cursor=${page.next}`;
  }
  const shown = rows.slice(0, limit).reverse();
  if (given.json === true) for (const row of shown) terminal.out(JSON.stringify(row));
  else terminal.out(tableOf(columns, shown, given['follow'] === true ? least : []));
}

/** No row is missed and none comes twice, whatever happens to the connection: it goes on after the last one shown. */
async function follow(local: Local, given: Asked, terminal: Terminal): Promise<void> {
  const { body } = await local.ask({ method: 'GET', path: '/api/v1/events?limit=1' });
  const [newest] = (body as { readonly items: readonly Row[] }).items;
  let last = Number(newest?.['seq'] ?? 0);
  await latest(local, given, terminal, last + 1);
  for (;;) {
    try {
      for await (const row of local.events(`/api/v1/events/stream?after=${last}`)) {
        last = Number(row['seq']);
        if (!fits(row, given)) continue;
        if (given.json === true) terminal.out(JSON.stringify(row));
        else terminal.out(tableOf(columns, [row], least, false));
      }
    } catch (error) {
      // Full for the moment, or starting anew: it comes back. What it refuses it refuses for good.
      if (error instanceof RefusedError && error.status !== 503) throw error;
    }
    await terminal.wait(againMs);
  }
}

function fits(row: Row, given: Asked): boolean {
  return filters.every((key) => given[key] === undefined || String(row[key]) === given[key]);
}
